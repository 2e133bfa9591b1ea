use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use serde_json::json;

use super::permit::GraderRole;
use super::{Lease, TargetKind};
use crate::aws::{Clients, Endpoint, ErrorClass, Failure, Outcome as _};

/// Of a session, in seconds: a grade ends within a quarter of it.
const LASTS: i32 = 3600;

/// What a grade does: it looks, and does what a scenario's users and checks do. A session has no right that this does not name, whatever the
/// role may (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>).
fn session_policy() -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Sid": "Look", "Effect": "Allow", "Resource": "*", "Action": [
                "apigateway:GET", "cloudtrail:LookupEvents", "dynamodb:Describe*", "dynamodb:GetItem", "dynamodb:List*",
                "events:Describe*", "events:List*", "iam:Get*", "iam:List*", "lambda:Get*", "lambda:List*", "logs:Describe*",
                "logs:FilterLogEvents", "logs:Get*", "logs:List*", "logs:TestMetricFilter", "s3:Get*", "s3:List*", "sns:Get*",
                "sns:List*", "sqs:Get*", "sqs:List*", "sqs:ReceiveMessage", "states:Describe*", "states:List*",
                "sts:GetCallerIdentity" ] },
            { "Sid": "DoWhatChecksDo", "Effect": "Allow", "Resource": "*", "Action": [
                "dynamodb:PutItem", "events:PutEvents", "lambda:InvokeFunction", "s3:PutObject", "sns:Publish", "sqs:SendMessage",
                "sqs:ChangeMessageVisibility" ] },
        ],
    })
    .to_string()
}

/// Takes on a grader's role: from then on the lease looks, and changes nothing but what checks put in place.
pub async fn assume_grader(lease: &Lease, role: &GraderRole) -> Result<Lease, Failure> {
    let endpoint = &lease.clients.endpoint;
    let call = lease.clients.sts.assume_role().role_arn(&role.arn).role_session_name("proofmark-grade");
    let call = call.external_id(&role.external_id).policy(session_policy()).duration_seconds(LASTS);
    let answer = call.send().await.during("sts:AssumeRole")?;
    let keys = answer.credentials.ok_or_else(|| {
        Failure::new(ErrorClass::Other, "sts:AssumeRole", "the answer holds no credentials")
    })?;
    let keys = Credentials::new(
        keys.access_key_id,
        keys.secret_access_key,
        Some(keys.session_token),
        None,
        "proofmark-grader",
    );
    let endpoint = Endpoint { credentials: SharedCredentialsProvider::new(keys), ..endpoint.clone() };
    let kind = if endpoint.url.is_some() { lease.kind } else { TargetKind::Account };
    Ok(Lease { kind, clients: Clients::new(&endpoint), ..lease.clone() })
}
