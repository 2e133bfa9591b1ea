use serde_json::{Value, json};

use super::entity::User;
use crate::context::Random;

/// What tokens are made of.
pub(super) struct Issue {
    pub pool: String,
    pub issuer: String,
    pub client: String,
    pub user: User,
    /// Names, and the role of each that has one.
    pub groups: Vec<(String, Option<String>)>,
    pub origin: String,
    pub event: String,
    /// In seconds since 1970, as `now`.
    pub signed_in: i64,
    pub now: i64,
    /// In seconds.
    pub access_lifetime: i64,
    pub id_lifetime: i64,
}

/// The `iss` of a pool's tokens.
pub(super) fn issuer(region: &str, pool: &str) -> String {
    format!("https://cognito-idp.{region}.amazonaws.com/{pool}")
}

fn common(issue: &Issue, random: &Random, kind: &str, lifetime: i64) -> Value {
    let mut claims = json!({ "sub": issue.user.sub() });
    if !issue.groups.is_empty() {
        claims["cognito:groups"] = issue.groups.iter().map(|(name, _)| name.as_str()).collect();
    }
    claims["iss"] = json!(issue.issuer);
    claims["origin_jti"] = json!(issue.origin);
    claims["event_id"] = json!(issue.event);
    claims["token_use"] = json!(kind);
    claims["auth_time"] = json!(issue.signed_in);
    claims["exp"] = json!(issue.now + lifetime);
    claims["iat"] = json!(issue.now);
    claims["jti"] = json!(random.uuid());
    claims
}

/// <https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html>
pub(super) fn access(issue: &Issue, random: &Random) -> Value {
    let mut claims = common(issue, random, "access", issue.access_lifetime);
    claims["client_id"] = json!(issue.client);
    claims["scope"] = json!("aws.cognito.signin.user.admin");
    claims["username"] = json!(issue.user.username);
    claims
}

/// <https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html>
pub(super) fn id(issue: &Issue, random: &Random) -> Value {
    let mut claims = common(issue, random, "id", issue.id_lifetime);
    claims["aud"] = json!(issue.client);
    claims["cognito:username"] = json!(issue.user.username);
    let roles: Vec<&String> = issue.groups.iter().filter_map(|(_, role)| role.as_ref()).collect();
    if let Some(first) = roles.first() {
        claims["cognito:preferred_role"] = json!(first);
        claims["cognito:roles"] = json!(roles);
    }
    for (name, value) in &issue.user.attributes {
        if name == "sub" {
            continue;
        }
        claims[name] = match (name.as_str(), value.as_str()) {
            ("email_verified" | "phone_number_verified", flag) => json!(flag == "true"),
            (_, text) => json!(text),
        };
    }
    claims
}
