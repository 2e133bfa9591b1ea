use crate::policy::{Decision, Effect, PolicySource, Principal};
use crate::sandbox::{Access, ServiceError};

/// States a denied access as AWS does: who, what, on which resource, and which kind of policy is the reason.
///
/// The words are those of
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>; `service` is the signing name of
/// the service that was called, which decides over code and status (a function's creation that lacks `iam:PassRole` is
/// refused by Lambda, not by IAM).
pub fn denial(service: &str, principal: &Principal, access: &Access, decision: &Decision) -> ServiceError {
    let (code, status) = denied_code(service);
    let who = match principal {
        Principal::Anonymous => "anonymous".to_owned(),
        Principal::Service { name } => name.clone(),
        Principal::WebIdentity { provider } => provider.clone(),
        known => known.arn().unwrap_or_default(),
    };
    let Access { action, resource, .. } = access;
    let reason = reason(action, decision);
    ServiceError::new(
        status,
        code,
        format!("User: {who} is not authorized to perform: {action} on resource: {resource}{reason}"),
    )
}

/// Returns the code and the status with which a service refuses: `AccessDenied` in the XML protocols,
/// `AccessDeniedException` in the JSON ones, where only those that name the operation in `X-Amz-Target` answer 400.
pub fn denied_code(service: &str) -> (&'static str, u16) {
    match service {
        "iam" | "sts" | "s3" | "sqs" | "cloudformation" => ("AccessDenied", 403),
        // <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors>
        "sns" => ("AuthorizationError", 403),
        "dynamodb" | "logs" | "cloudtrail" | "events" | "states" | "secretsmanager" | "ssm"
        | "cognito-idp" => ("AccessDeniedException", 400),
        _ => ("AccessDeniedException", 403),
    }
}

/// Whether an error's code says that the policies do not allow something.
pub fn is_denial(code: &str) -> bool {
    code.starts_with("AccessDenied") || code == "AuthorizationError"
}

fn reason(action: &str, decision: &Decision) -> String {
    let trust = action.starts_with("sts:AssumeRole");
    let explicit = decision.effect == Effect::ExplicitDeny;
    let kind = match decision.denied_by {
        None => return String::new(),
        Some(PolicySource::Identity) => "an identity-based policy",
        Some(PolicySource::Resource) if trust => "a role trust policy",
        Some(PolicySource::Resource) => "a resource-based policy",
        Some(PolicySource::Boundary) => "a permissions boundary",
        Some(PolicySource::Session) => "a session policy",
    };
    if explicit {
        return format!(" with an explicit deny in {kind}");
    }
    let kind = kind.split_once(' ').map_or(kind, |(_article, kind)| kind);
    format!(" because no {kind} allows the {action} action")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> Principal {
        Principal::User {
            account: "111122223333".into(),
            path: "/".into(),
            name: "ada".into(),
            id: "AIDAEXAMPLE".into(),
        }
    }

    fn decision(effect: Effect, denied_by: Option<PolicySource>) -> Decision {
        Decision { effect, decided_by: vec![], denied_by, missing_keys: vec![] }
    }

    #[test]
    fn a_missing_allow_names_the_kind_of_policy_and_the_action() {
        let access = Access::new("dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:111122223333:table/orders");
        let error = denial(
            "dynamodb",
            &user(),
            &access,
            &decision(Effect::ImplicitDeny, Some(PolicySource::Identity)),
        );
        assert_eq!((error.status, error.code.as_ref()), (400, "AccessDeniedException"));
        assert_eq!(
            error.message,
            "User: arn:aws:iam::111122223333:user/ada is not authorized to perform: dynamodb:PutItem on resource: \
             arn:aws:dynamodb:us-east-1:111122223333:table/orders because no identity-based policy allows the \
             dynamodb:PutItem action"
        );
    }

    #[test]
    fn an_explicit_deny_names_where_it_stands() {
        let kinds = [
            (PolicySource::Identity, "with an explicit deny in an identity-based policy"),
            (PolicySource::Resource, "with an explicit deny in a resource-based policy"),
            (PolicySource::Boundary, "with an explicit deny in a permissions boundary"),
            (PolicySource::Session, "with an explicit deny in a session policy"),
        ];
        for (source, words) in kinds {
            let error = denial(
                "iam",
                &user(),
                &Access::new("iam:ListUsers", "*"),
                &decision(Effect::ExplicitDeny, Some(source)),
            );
            assert!(error.message.ends_with(words), "{}", error.message);
            assert_eq!((error.status, error.code.as_ref()), (403, "AccessDenied"));
        }
    }

    #[test]
    fn a_trust_policy_is_called_so() {
        let error = denial(
            "sts",
            &user(),
            &Access::new("sts:AssumeRole", "arn:aws:iam::111122223333:role/deploy"),
            &decision(Effect::ImplicitDeny, Some(PolicySource::Resource)),
        );
        assert!(
            error.message.ends_with("because no role trust policy allows the sts:AssumeRole action"),
            "{}",
            error.message
        );
    }
}
