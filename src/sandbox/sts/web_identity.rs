use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::assume_role::{HOUR, MOST_POLICY, read};
use super::operations::{duration, validation, written};
use super::parameters::{length, packed_size, policy_arns, text};
use crate::policy::Context;
use crate::sandbox::ServiceError;
use crate::sandbox::iam::{Iam, SessionRequest, Voucher};
use crate::sandbox::jwt::{Fault, Issuers, Token, verify};
use crate::sandbox::query::Parameters;

/// What anybody may call who has a token.
pub(super) const NAME: &str = "AssumeRoleWithWebIdentity";
/// Claims that say what a session brings along. <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
const TAGS: &str = "https://aws.amazon.com/tags";
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";

/// Gives a session of a role to whoever shows a token of a provider that the role trusts.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
pub(super) fn run(iam: &Iam, issuers: &dyn Issuers, parameters: &Parameters) -> Result<Value, ServiceError> {
    let asked = read(parameters)?;
    let token = text(parameters, "WebIdentityToken", "webIdentityToken", 4, 20_000)?;
    if let Some(provider) = parameters.get("ProviderId") {
        // Only tokens of OAuth 2.0 name a provider besides: they are opaque, and nobody here could ask what they stand for.
        return Err(ServiceError::not_covered("sts", &format!("{NAME} with the ProviderId {provider}")));
    }
    let seconds = duration(parameters, 12 * HOUR, HOUR)?;
    let policy = parameters.get("Policy").map(str::to_owned);
    if let Some(policy) = &policy {
        length(policy, "policy", 1, MOST_POLICY)?;
    }
    let token = Token::parse(token).map_err(|_| {
        invalid(
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
        )
    })?;
    let account = asked.role_arn.split(':').nth(4).unwrap_or_default();
    let issuer = token.text("iss").unwrap_or_default();
    let known = iam
        .voucher(account, issuer)
        .ok_or_else(|| invalid(format!("No OpenIDConnect provider found in your account for {issuer}")))?;
    believe(&token, &known, issuers, iam.now())?;
    let session = Brought::by(&token)?;
    let mut actions = vec!["sts:AssumeRoleWithWebIdentity"];
    if !session.tags.is_empty() {
        actions.push("sts:TagSession");
    }
    if session.source_identity.is_some() {
        actions.push("sts:SetSourceIdentity");
    }
    let keys = token_keys(&token, &known.place);
    let mut context = session.keys().with("aws:FederatedProvider", &known.arn);
    context.set("sts:RoleSessionName", vec![asked.session.clone()]);
    for (key, value) in &keys {
        context.set(key, vec![value.clone()]);
    }
    if !iam.trusts_voucher(&asked.role_arn, &known.arn, &actions, &context) {
        return Err(ServiceError::new(403, "AccessDenied", format!("Not authorized to perform sts:{NAME}")));
    }
    if seconds > iam.assumable_role(&asked.role_arn).map_or(HOUR, |role| role.max_session) {
        return Err(validation(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    let policy_arns = policy_arns(parameters);
    let packed = packed_size(policy.as_deref(), &policy_arns, &session.tags);
    let mut federated = keys;
    federated.push(("aws:FederatedProvider".to_owned(), known.arn));
    let credentials = iam.issue_session(SessionRequest {
        role_arn: asked.role_arn,
        name: asked.session,
        duration: seconds,
        policy,
        policy_arns,
        tags: session.tags,
        transitive_tags: session.transitive,
        source_identity: session.source_identity.clone(),
        federated,
        ..SessionRequest::default()
    })?;
    Ok(json!({
        "Credentials": written(&credentials),
        "SubjectFromWebIdentityToken": token.text("sub"),
        "AssumedRoleUser": {
            "AssumedRoleId": credentials.principal.user_id(),
            "Arn": credentials.principal.arn(),
        },
        "PackedPolicySize": packed,
        "Provider": issuer,
        "Audience": audience(&token),
        "SourceIdentity": session.source_identity,
    }))
}

/// Checks that a token is the provider's, meant for one of its clients, and not over. `now` is in seconds since 1970.
fn believe(token: &Token, known: &Voucher, issuers: &dyn Issuers, now: i64) -> Result<(), ServiceError> {
    let issuer = token.text("iss").unwrap_or_default();
    if !audience(token).is_some_and(|audience| known.clients.contains(&audience)) {
        return Err(invalid("Incorrect token audience"));
    }
    let keys = issuers.key_set(issuer).ok_or_else(|| {
        // There is no network to fetch the keys of others from.
        invalid(
            "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
        )
    })?;
    let rejected = || {
        invalid(
            "The web identity token that was passed could not be validated by Amazon Web Services. Get a new identity token from the identity provider and then retry the request.",
        )
    };
    verify(token, &keys).map_err(|_| rejected())?;
    match token.check_times(now) {
        Ok(()) => Ok(()),
        Err(Fault::Expired) => {
            let shown = |seconds: i64| Timestamp::from_second(seconds).unwrap_or_default();
            let end = token.claims.get("exp").and_then(Value::as_i64).unwrap_or_default();
            let message = format!(
                "Token expired: current date/time {} must be before the expiration date/time {}",
                shown(now),
                shown(end)
            );
            Err(ServiceError::new(400, "ExpiredTokenException", message))
        }
        Err(_) => Err(rejected()),
    }
}

/// Returns who a token is meant for: the party that it was issued to, where it names one besides its audience.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>
fn audience(token: &Token) -> Option<String> {
    let plain = || match token.claims.get("aud")? {
        Value::Array(list) => list.first()?.as_str(),
        one => one.as_str(),
    };
    token.text("azp").or_else(plain).map(str::to_owned)
}

/// The condition keys that a token brings: `accounts.example.com:sub`.
fn token_keys(token: &Token, place: &str) -> Vec<(String, String)> {
    let mut keys = vec![];
    let mut add = |name: &str, value: Option<&str>| {
        keys.extend(value.map(|value| (format!("{place}:{name}"), value.to_owned())));
    };
    add("aud", audience(token).as_deref());
    if token.text("azp").is_some() {
        add("oaud", token.text("aud"));
    }
    for name in ["sub", "amr", "email"] {
        add(name, token.text(name));
    }
    keys
}

/// What a token wants its session to have.
struct Brought {
    tags: Vec<(String, String)>,
    transitive: Vec<String>,
    source_identity: Option<String>,
}

impl Brought {
    fn by(token: &Token) -> Result<Self, ServiceError> {
        let none = Map::new();
        let claim = token.claims.get(TAGS).and_then(Value::as_object).unwrap_or(&none);
        let principal = claim.get("principal_tags").and_then(Value::as_object).unwrap_or(&none);
        let mut tags = vec![];
        for (key, value) in principal {
            // Each stands in a list of one.
            let value = value.as_array().and_then(|list| list.first()).unwrap_or(value);
            let Some(value) = value.as_str() else {
                return Err(invalid(format!("The tag {key} of the token has no value.")));
            };
            tags.push((key.clone(), value.to_owned()));
        }
        let listed = claim.get("transitive_tag_keys").and_then(Value::as_array).into_iter().flatten();
        let transitive = listed.filter_map(|key| key.as_str().map(str::to_owned)).collect();
        Ok(Self { tags, transitive, source_identity: token.text(SOURCE_IDENTITY).map(str::to_owned) })
    }

    fn keys(&self) -> Context {
        let mut context = Context::new();
        if !self.tags.is_empty() {
            context.set("aws:TagKeys", self.tags.iter().map(|(key, _)| key.clone()).collect());
        }
        for (key, value) in &self.tags {
            context.set(&format!("aws:RequestTag/{key}"), vec![value.clone()]);
        }
        if !self.transitive.is_empty() {
            context.set("sts:TransitiveTagKeys", self.transitive.clone());
        }
        if let Some(identity) = &self.source_identity {
            context.set("sts:SourceIdentity", vec![identity.clone()]);
        }
        context
    }
}

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "InvalidIdentityToken", message)
}
