use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use serde_json::{Map as Object, Value, json};
use sha2::Sha256;

use super::entity::{Client, Pool, Session, User};
use super::fault::{invalid, no_client, not_authorized, violated};
use super::operation::Ask;
use super::state::pool;
use super::tokens::{self, Issue};
use super::users::digest;
use crate::sandbox::front::constant_time_eq;
use crate::sandbox::{Scope, ServiceError};

const WRONG: &str = "Incorrect username or password.";

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// How many sign-ins a pool remembers; the oldest are forgotten first.
const SESSIONS: usize = 10_000;

/// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html>
pub(super) fn initiate(ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let client = ask.needed("ClientId")?;
    let outcome = ask.state.with_client(client, |scope, pool| start(ask, scope, pool, client, false))?;
    finish(ask, outcome)
}

/// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminInitiateAuth.html>
pub(super) fn admin_initiate(ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let id = ask.needed("UserPoolId")?;
    let client = ask.needed("ClientId")?;
    let outcome = ask.state.with(ask.scope, |pools| {
        let pool = pool(pools, id)?;
        if !pool.clients.contains_key(client) {
            return Err(no_client(client));
        }
        start(ask, ask.scope, pool, client, true)
    })?;
    finish(ask, outcome)
}

/// What a sign-in led to.
enum Outcome {
    Challenge(Value),
    Tokens(Box<Issue>, Option<String>),
}

/// Signs the tokens, which is done without the lock: a pool's first key takes a moment to make.
fn finish(ask: &Ask<'_>, outcome: Outcome) -> Result<Value, ServiceError> {
    let (issue, refresh) = match outcome {
        Outcome::Challenge(answer) => return Ok(answer),
        Outcome::Tokens(issue, refresh) => (issue, refresh),
    };
    let failed = || ServiceError::new(500, "InternalErrorException", "the token could not be signed");
    let key = ask.state.key(&issue.pool, ask.random).ok_or_else(failed)?;
    let mut result = json!({
        "AccessToken": key.sign(&tokens::access(&issue, ask.random)).ok_or_else(failed)?,
        "ExpiresIn": issue.access_lifetime,
        "TokenType": "Bearer",
    });
    if let Some(token) = refresh {
        result["RefreshToken"] = json!(token);
    }
    result["IdToken"] = json!(key.sign(&tokens::id(&issue, ask.random)).ok_or_else(failed)?);
    Ok(json!({ "AuthenticationResult": result, "ChallengeParameters": {} }))
}

fn start(
    ask: &Ask<'_>,
    scope: &Scope,
    pool: &mut Pool,
    client: &str,
    admin: bool,
) -> Result<Outcome, ServiceError> {
    let flow = ask.needed("AuthFlow")?;
    let client = pool.client(client)?.clone();
    let empty = Object::new();
    let parameters = ask.input.get("AuthParameters").and_then(Value::as_object).unwrap_or(&empty);
    let parameter = |name: &str| parameters.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    match flow {
        "USER_PASSWORD_AUTH" => {
            check_flow(&client, &["ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"], flow)?;
        }
        "ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH" if admin => {
            check_flow(&client, &["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"], flow)?;
        }
        "ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH" => {
            return Err(invalid("Initiate Auth method not supported."));
        }
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => {
            let token = parameter("REFRESH_TOKEN")
                .ok_or_else(|| invalid("Missing required parameter REFRESH_TOKEN"))?;
            return refresh(ask, scope, pool, &client, token, parameter("SECRET_HASH"));
        }
        "USER_SRP_AUTH" | "CUSTOM_AUTH" | "USER_AUTH" => {
            return Err(ServiceError::not_covered("cognito-idp", &format!("InitiateAuth with {flow}")));
        }
        other => {
            let set = "[USER_SRP_AUTH, REFRESH_TOKEN_AUTH, REFRESH_TOKEN, CUSTOM_AUTH, ADMIN_NO_SRP_AUTH, \
                       USER_PASSWORD_AUTH, ADMIN_USER_PASSWORD_AUTH, USER_AUTH]";
            return Err(violated(other, "authFlow", &format!("satisfy enum value set: {set}")));
        }
    }
    let name = parameter("USERNAME").ok_or_else(|| invalid("Missing required parameter USERNAME"))?;
    let password = parameter("PASSWORD").ok_or_else(|| invalid("Missing required parameter PASSWORD"))?;
    check_secret_hash(&client, name, parameter("SECRET_HASH"))?;
    let hides = client.settings.get("PreventUserExistenceErrors").and_then(Value::as_str) == Some("ENABLED");
    let user = match pool.user(name) {
        Ok(user) => user.clone(),
        Err(_) if hides => return Err(not_authorized(WRONG)),
        Err(unknown) => return Err(unknown),
    };
    let right =
        user.password.as_ref().is_some_and(|(salt, known)| constant_time_eq(&digest(salt, password), known));
    if !right {
        return Err(not_authorized(WRONG));
    }
    if !user.enabled {
        return Err(not_authorized("User is disabled."));
    }
    match user.status.as_str() {
        "UNCONFIRMED" => {
            return Err(ServiceError::new(400, "UserNotConfirmedException", "User is not confirmed."));
        }
        "FORCE_CHANGE_PASSWORD" => return Ok(Outcome::Challenge(new_password(ask, &user))),
        _ => {}
    }
    let token = ask.random.characters(LETTERS, 400);
    let session = Session {
        username: user.username.clone(),
        client: client.id.clone(),
        origin: ask.random.uuid(),
        signed_in: ask.now,
        expires: ask
            .now
            .saturating_add(jiff::SignedDuration::from_secs(client.refresh_lifetime))
            .unwrap_or(ask.now),
    };
    if pool.sessions.len() >= SESSIONS {
        pool.sessions.shift_remove_index(0);
    }
    let issue = issue(ask, scope, pool, &client, &user, &session);
    pool.sessions.insert(token.clone(), session);
    Ok(Outcome::Tokens(Box::new(issue), Some(token)))
}

fn check_flow(client: &Client, allowed: &[&str], flow: &str) -> Result<(), ServiceError> {
    if client.flows.iter().any(|flow| allowed.contains(&flow.as_str())) {
        return Ok(());
    }
    if flow == "USER_PASSWORD_AUTH" {
        return Err(invalid("USER_PASSWORD_AUTH flow not enabled for this client"));
    }
    Err(invalid("Auth flow not enabled for this client"))
}

/// Checks `SECRET_HASH`, where the client has a secret: HMAC-SHA256 of username and client id, in base64.
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash>
pub(super) fn check_secret_hash(
    client: &Client,
    name: &str,
    given: Option<&str>,
) -> Result<(), ServiceError> {
    let Some(secret) = &client.secret else { return Ok(()) };
    let Some(given) = given else {
        return Err(not_authorized(format!(
            "Client {} is configured with secret but SECRET_HASH was not received",
            client.id
        )));
    };
    let wrong = || not_authorized(format!("Unable to verify secret hash for client {}", client.id));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| wrong())?;
    mac.update(name.as_bytes());
    mac.update(client.id.as_bytes());
    let given = STANDARD.decode(given).map_err(|_| wrong())?;
    mac.verify_slice(&given).map_err(|_| wrong())
}

fn new_password(ask: &Ask<'_>, user: &User) -> Value {
    let attributes: Object<String, Value> = user
        .attributes
        .iter()
        .filter(|(name, _)| *name != "sub")
        .map(|(name, value)| (name.clone(), value.clone().into()))
        .collect();
    json!({
        "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "Session": ask.random.characters(LETTERS, 200),
        "ChallengeParameters": {
            "USER_ID_FOR_SRP": user.username,
            "requiredAttributes": "[]",
            "userAttributes": Value::Object(attributes).to_string(),
        },
    })
}

fn refresh(
    ask: &Ask<'_>,
    scope: &Scope,
    pool: &mut Pool,
    client: &Client,
    token: &str,
    hash: Option<&str>,
) -> Result<Outcome, ServiceError> {
    let session = pool.sessions.get(token).filter(|session| session.client == client.id).cloned();
    let session = session.ok_or_else(|| not_authorized("Invalid Refresh Token"))?;
    if session.expires <= ask.now {
        return Err(not_authorized("Refresh Token has expired"));
    }
    let user = pool.user(&session.username)?.clone();
    check_secret_hash(client, &user.username, hash)?;
    if !user.enabled {
        return Err(not_authorized("User is disabled."));
    }
    Ok(Outcome::Tokens(Box::new(issue(ask, scope, pool, client, &user, &session)), None))
}

fn issue(
    ask: &Ask<'_>,
    scope: &Scope,
    pool: &Pool,
    client: &Client,
    user: &User,
    session: &Session,
) -> Issue {
    Issue {
        pool: pool.id.clone(),
        issuer: tokens::issuer(&scope.region, &pool.id),
        client: client.id.clone(),
        user: user.clone(),
        groups: groups(pool, user),
        origin: session.origin.clone(),
        event: ask.random.uuid(),
        signed_in: session.signed_in.as_second(),
        now: ask.now.as_second(),
        access_lifetime: client.access_lifetime,
        id_lifetime: client.id_lifetime,
    }
}

/// The user's groups, those with the smallest precedence first.
fn groups(pool: &Pool, user: &User) -> Vec<(String, Option<String>)> {
    let mut groups: Vec<_> = user.groups.iter().filter_map(|name| pool.groups.get(name)).collect();
    groups.sort_by_key(|group| group.precedence.unwrap_or(i64::MAX));
    groups.into_iter().map(|group| (group.name.clone(), group.role.clone())).collect()
}
