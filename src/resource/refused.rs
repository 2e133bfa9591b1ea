/// Types that authors' templates have and a scenario cannot hold, each with what to do instead.
pub(super) const REFUSED: [(&str, &str); 8] = [
    ("AWS::CloudFormation::Stack", "write the nested stack's resources into the template"),
    ("AWS::CloudWatch::Alarm", "a scenario has no alarms; look at logs instead"),
    ("AWS::Cognito::UserPool", "a scenario has no user pools; let an authorizer function decide"),
    ("AWS::Cognito::UserPoolClient", "a scenario has no user pools; let an authorizer function decide"),
    ("AWS::KMS::Key", "leave keys to the services: what they encrypt by themselves needs none"),
    ("AWS::SSM::Parameter", "hand the value to the function in its environment"),
    ("AWS::SecretsManager::Secret", "hand the value to the function in its environment"),
    ("AWS::Scheduler::Schedule", "write a rule of AWS::Events::Rule with a `ScheduleExpression`"),
];

/// Returns what to do instead of a type.
pub(super) fn instead(kind: &str) -> Option<&'static str> {
    REFUSED.iter().find(|(refused, _)| *refused == kind).map(|(_, instead)| *instead)
}
