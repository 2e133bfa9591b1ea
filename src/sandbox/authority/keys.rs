use jiff::Timestamp;

use crate::policy::{Context, Principal};
use crate::sandbox::{Caller, Request, Scope};

/// Builds the global condition keys that a caller brings along, whatever it asks for.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
pub fn principal_keys(principal: &Principal, scope: &Scope, now: Timestamp) -> Context {
    let seconds = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let mut keys = Context::new()
        .with("aws:CurrentTime", seconds.to_string())
        .with("aws:EpochTime", now.as_second().to_string())
        // The sandbox speaks plain HTTP on a loopback address, which counts as secure here: a policy that refuses
        // insecure transport, a good practice on AWS, must not lock out everybody.
        .with("aws:SecureTransport", "true")
        .with("aws:RequestedRegion", scope.region.clone());
    let (kind, is_service) = match principal {
        Principal::Anonymous | Principal::WebIdentity { .. } => ("Anonymous", false),
        Principal::Root { .. } => ("Account", false),
        Principal::User { .. } => ("User", false),
        Principal::Session { .. } => ("AssumedRole", false),
        Principal::Federated { .. } => ("FederatedUser", false),
        Principal::Service { name } => {
            keys = keys.with("aws:PrincipalServiceName", name.clone());
            ("Service", true)
        }
    };
    if !is_service {
        keys = keys.with("aws:PrincipalType", kind);
    }
    keys = keys.with("aws:PrincipalIsAWSService", is_service.to_string());
    if !is_service && *principal != Principal::Anonymous {
        keys = keys.with("aws:ViaAWSService", "false");
    }
    // A session is known by its role's ARN, not by the session's.
    if let Some(arn) = principal.role_arn().or_else(|| principal.arn()) {
        keys = keys.with("aws:PrincipalArn", arn);
    }
    if let Some(account) = principal.account() {
        keys = keys.with("aws:PrincipalAccount", account);
    }
    if let Some(id) = principal.user_id() {
        keys = keys.with("aws:userid", id);
    }
    match principal {
        Principal::User { name, .. } => keys.with("aws:username", name.clone()),
        // Present with temporary credentials only; those that came with a code say so themselves.
        Principal::Session { .. } => keys.with("aws:MultiFactorAuthPresent", "false"),
        _ => keys,
    }
}

/// Builds all global condition keys of a request over HTTP.
pub fn request_keys(request: &Request, caller: &Caller, scope: &Scope) -> Context {
    let mut keys = principal_keys(&caller.principal, scope, request.received)
        .with("aws:SourceIp", request.peer.to_canonical().to_string());
    for (header, key) in [("user-agent", "aws:UserAgent"), ("referer", "aws:Referer")] {
        if let Some(value) = request.header(header) {
            keys = keys.with(key, value);
        }
    }
    keys
}

/// The keys of what a service acts for: the ARN of a topic, a rule, a bucket, and the account in it.
pub fn source_keys(source: Option<&str>) -> Context {
    let Some(source) = source else { return Context::new() };
    let keys = Context::new().with("aws:SourceArn", source);
    match source.split(':').nth(4).filter(|account| !account.is_empty()) {
        Some(account) => keys.with("aws:SourceAccount", account),
        None => keys,
    }
}

/// The service that calls another one as a principal: itself, or Lambda with a function's role.
pub fn acting_for(principal: &Principal) -> &str {
    match principal {
        Principal::Service { name } => name,
        _ => "lambda.amazonaws.com",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::AccountId;

    fn keys(principal: &Principal) -> Context {
        let scope = Scope { account: AccountId::fallback(), region: "eu-west-1".into() };
        principal_keys(principal, &scope, "2026-01-02T03:04:05.678Z".parse().unwrap())
    }

    #[test]
    fn a_session_is_known_by_its_role() {
        let keys = keys(&Principal::Session {
            account: "111122223333".into(),
            path: "/app/".into(),
            role: "reader".into(),
            id: "AROAEXAMPLE".into(),
            session: "one".into(),
        });
        let value = |key: &str| keys.get(key).map(<[String]>::concat);
        assert_eq!(value("aws:PrincipalArn").unwrap(), "arn:aws:iam::111122223333:role/app/reader");
        assert_eq!(value("aws:userid").unwrap(), "AROAEXAMPLE:one");
        assert_eq!(value("aws:PrincipalType").unwrap(), "AssumedRole");
        assert_eq!(value("aws:username"), None);
        assert_eq!(value("aws:CurrentTime").unwrap(), "2026-01-02T03:04:05Z");
        assert_eq!(value("aws:RequestedRegion").unwrap(), "eu-west-1");
    }

    #[test]
    fn a_service_has_no_account() {
        let keys = keys(&Principal::Service { name: "lambda.amazonaws.com".into() });
        assert_eq!(keys.get("aws:PrincipalAccount"), None);
        assert_eq!(keys.get("aws:PrincipalIsAWSService").unwrap(), ["true"]);
    }
}
