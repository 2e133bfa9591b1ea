use serde_json::Value;

use crate::sandbox::ServiceError;
use crate::template::Template;

/// Types whose making must be acknowledged, and the property that names them.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
const IAM: [(&str, &str); 7] = [
    ("AWS::IAM::AccessKey", ""),
    ("AWS::IAM::Group", "GroupName"),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"),
    ("AWS::IAM::Policy", ""),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::IAM::User", "UserName"),
];

/// Checks that a caller has acknowledged what a template does: identities, with names of their own, and transforms. `written` is the
/// template as it was sent, `expanded` what it stands for; `directly` says that nobody looks at a change set in between.
pub(super) fn check(
    written: &Template,
    expanded: &Template,
    given: &[String],
    directly: bool,
) -> Result<(), ServiceError> {
    let has = |name: &str| given.iter().any(|given| given == name);
    if directly && !written.document["Transform"].is_null() && !has("CAPABILITY_AUTO_EXPAND") {
        return Err(lacking("CAPABILITY_AUTO_EXPAND"));
    }
    match needed(expanded) {
        Some("CAPABILITY_NAMED_IAM") if !has("CAPABILITY_NAMED_IAM") => Err(lacking("CAPABILITY_NAMED_IAM")),
        Some("CAPABILITY_IAM") if !has("CAPABILITY_IAM") && !has("CAPABILITY_NAMED_IAM") => {
            Err(lacking("CAPABILITY_IAM"))
        }
        _ => Ok(()),
    }
}

/// Returns the capability that a template's identities need.
pub(super) fn needed(template: &Template) -> Option<&'static str> {
    let mut needed = None;
    for resource in template.resources() {
        let Some((_, name)) = IAM.iter().find(|(kind, _)| *kind == resource.kind) else { continue };
        if !name.is_empty() && resource.properties.get(*name).is_some_and(|given| *given != Value::Null) {
            return Some("CAPABILITY_NAMED_IAM");
        }
        needed = Some("CAPABILITY_IAM");
    }
    needed
}

fn lacking(name: &str) -> ServiceError {
    ServiceError::new(400, "InsufficientCapabilitiesException", format!("Requires capabilities : [{name}]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str, given: &[&str]) -> Result<(), String> {
        let template = Template::parse("template", text).unwrap();
        let given: Vec<String> = given.iter().map(|text| (*text).to_owned()).collect();
        check(&template, &template, &given, true).map_err(|error| error.message)
    }

    #[test]
    fn identities_must_be_acknowledged_and_named_ones_by_name() {
        let plain = r#"{"Resources": {"G": {"Type": "AWS::IAM::Group"}}}"#;
        assert_eq!(checked(plain, &[]).unwrap_err(), "Requires capabilities : [CAPABILITY_IAM]");
        assert!(checked(plain, &["CAPABILITY_NAMED_IAM"]).is_ok());
        let named = r#"{"Resources": {"G": {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "g"}}}}"#;
        assert_eq!(
            checked(named, &["CAPABILITY_IAM"]).unwrap_err(),
            "Requires capabilities : [CAPABILITY_NAMED_IAM]"
        );
        assert!(checked(r#"{"Resources": {"G": {"Type": "AWS::Logs::LogGroup"}}}"#, &[]).is_ok());
    }
}
