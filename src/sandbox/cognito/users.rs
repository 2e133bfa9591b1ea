use indexmap::{IndexMap, IndexSet};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::auth::check_secret_hash;
use super::entity::{PasswordPolicy, Pool, User};
use super::fault::{invalid, not_authorized};
use super::operation::{Ask, epoch};
use super::pools::page;
use super::state::pool;
use crate::sandbox::ServiceError;

const EXISTS: &str = "UsernameExistsException";

/// The attributes that every pool knows; others are custom ones.
const STANDARD: [&str; 18] = [
    "sub",
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
];

pub(super) fn digest(salt: &str, password: &str) -> String {
    hex::encode(Sha256::digest(format!("{salt}:{password}")))
}

fn sealed(ask: &Ask<'_>, password: &str) -> (String, String) {
    let salt = ask.random.uuid();
    let digest = digest(&salt, password);
    (salt, digest)
}

/// <https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html>
fn check_password(policy: &PasswordPolicy, password: &str) -> Result<(), ServiceError> {
    let refuse = |what: &str| {
        let text = format!("Password did not conform with password policy: {what}");
        Err(ServiceError::new(400, "InvalidPasswordException", text))
    };
    if password.chars().count() < policy.minimum_length {
        return refuse("Password not long enough");
    }
    let has = |fits: fn(char) -> bool| password.chars().any(fits);
    if policy.require_uppercase && !has(char::is_uppercase) {
        return refuse("Password must have uppercase characters");
    }
    if policy.require_lowercase && !has(char::is_lowercase) {
        return refuse("Password must have lowercase characters");
    }
    if policy.require_numbers && !has(|letter| letter.is_ascii_digit()) {
        return refuse("Password must have numeric characters");
    }
    if policy.require_symbols && !has(|letter| !letter.is_alphanumeric() && !letter.is_whitespace()) {
        return refuse("Password must have symbol characters");
    }
    Ok(())
}

/// Makes a user in a pool, under the given name, or under an id of its own where an attribute is the name.
fn add(
    pool: &mut Pool,
    ask: &Ask<'_>,
    given: IndexMap<String, String>,
    status: &str,
    password: Option<&str>,
) -> Result<User, ServiceError> {
    let name = ask.needed("Username")?;
    if name.chars().count() > 128 || name.chars().any(char::is_whitespace) {
        return Err(invalid("Username should not contain whitespace, and have at most 128 characters."));
    }
    if let Some(wrong) =
        given.keys().find(|name| !STANDARD.contains(&name.as_str()) && !name.starts_with("custom:"))
    {
        return Err(invalid(format!(
            "Attributes did not conform to the schema: {wrong}: Attribute does not exist in the schema.\n"
        )));
    }
    let by_attribute = pool
        .settings
        .get("UsernameAttributes")
        .and_then(Value::as_array)
        .is_some_and(|list| !list.is_empty());
    let sub = ask.random.uuid();
    let mut attributes = IndexMap::from([("sub".to_owned(), sub.clone())]);
    if by_attribute {
        let kind = if name.starts_with('+') { "phone_number" } else { "email" };
        if kind == "email" && !name.contains('@') {
            return Err(invalid("Username should be an email."));
        }
        attributes.insert(kind.to_owned(), name.to_owned());
    }
    attributes.extend(given.into_iter().filter(|(name, _)| name != "sub"));
    if pool.key_of(name).is_some() {
        return Err(ServiceError::new(400, EXISTS, "User account already exists"));
    }
    let user = User {
        username: if by_attribute { sub } else { name.to_owned() },
        attributes,
        created: ask.now,
        changed: ask.now,
        enabled: true,
        status: status.to_owned(),
        password: password.map(|password| sealed(ask, password)),
        groups: IndexSet::new(),
    };
    pool.users.insert(user.username.to_lowercase(), user.clone());
    Ok(user)
}

fn attributes(user: &User) -> Value {
    user.attributes.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect()
}

fn wire(user: &User) -> Value {
    json!({
        "Username": user.username,
        "Attributes": attributes(user),
        "UserCreateDate": epoch(user.created),
        "UserLastModifiedDate": epoch(user.changed),
        "Enabled": user.enabled,
        "UserStatus": user.status,
    })
}

/// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html>
pub(super) fn create(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let pool = pool(pools, ask.needed("UserPoolId")?)?;
    let temporary = ask.text("TemporaryPassword");
    if let Some(password) = temporary {
        check_password(&pool.policy, password)?;
    }
    let user = add(pool, ask, ask.attributes("UserAttributes"), "FORCE_CHANGE_PASSWORD", temporary)?;
    Ok(json!({ "User": wire(&user) }))
}

pub(super) fn get(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let user = pool(pools, ask.needed("UserPoolId")?)?.user(ask.needed("Username")?)?;
    Ok(json!({
        "Username": user.username,
        "UserAttributes": attributes(user),
        "UserCreateDate": epoch(user.created),
        "UserLastModifiedDate": epoch(user.changed),
        "Enabled": user.enabled,
        "UserStatus": user.status,
    }))
}

pub(super) fn delete(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let pool = pool(pools, ask.needed("UserPoolId")?)?;
    let name = pool.user(ask.needed("Username")?)?.username.clone();
    pool.users.shift_remove(&name.to_lowercase());
    pool.sessions.retain(|_, session| session.username != name);
    Ok(Value::Null)
}

pub(super) fn set_password(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let pool = pool(pools, ask.needed("UserPoolId")?)?;
    let password = ask.needed("Password")?;
    let permanent = ask.input.get("Permanent").and_then(Value::as_bool) == Some(true);
    pool.user(ask.needed("Username")?)?;
    check_password(&pool.policy, password)?;
    let sealed = sealed(ask, password);
    let user = pool.user_mut(ask.needed("Username")?)?;
    user.password = Some(sealed);
    let status = if permanent { "CONFIRMED" } else { "FORCE_CHANGE_PASSWORD" };
    status.clone_into(&mut user.status);
    user.changed = ask.now;
    Ok(json!({}))
}

pub(super) fn confirm(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let pool = pool(pools, ask.needed("UserPoolId")?)?;
    let user = pool.user_mut(ask.needed("Username")?)?;
    if user.status != "UNCONFIRMED" {
        return Err(not_authorized(format!("User cannot be confirmed. Current status is {}", user.status)));
    }
    "CONFIRMED".clone_into(&mut user.status);
    user.changed = ask.now;
    Ok(json!({}))
}

/// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html>
pub(super) fn sign_up(ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let client = ask.needed("ClientId")?;
    let password = ask.needed("Password")?;
    ask.state.with_client(client, |_, pool| {
        check_secret_hash(pool.client(client)?, ask.needed("Username")?, ask.text("SecretHash"))?;
        let admin_only =
            pool.settings.get("AdminCreateUserConfig").map(|given| &given["AllowAdminCreateUserOnly"]);
        if admin_only.and_then(Value::as_bool) == Some(true) {
            return Err(not_authorized("SignUp is not permitted for this user pool"));
        }
        check_password(&pool.policy, password)?;
        let user = add(pool, ask, ask.attributes("UserAttributes"), "UNCONFIRMED", Some(password))?;
        Ok(json!({ "UserConfirmed": false, "UserSub": user.sub() }))
    })
}

/// Lists users, those that fit `Filter` where there is one: `attribute = "value"` or `attribute ^= "start"`.
pub(super) fn list(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let pool = pool(pools, ask.needed("UserPoolId")?)?;
    let filter = ask.text("Filter").map(read_filter).transpose()?;
    let fits = |user: &&User| {
        let Some((name, starts, value)) = &filter else { return true };
        let there = match name.as_str() {
            "username" => Some(user.username.as_str()),
            "cognito:user_status" => Some(user.status.as_str()),
            "status" => Some(if user.enabled { "Enabled" } else { "Disabled" }),
            name => user.attributes.get(name).map(String::as_str),
        };
        there.is_some_and(|there| if *starts { there.starts_with(value.as_str()) } else { there == value })
    };
    let items = pool.users.values().filter(fits).map(|user| (user.username.clone(), wire(user)));
    page(ask, "Limit", "PaginationToken", "Users", items.collect())
}

fn read_filter(text: &str) -> Result<(String, bool, String), ServiceError> {
    let malformed = || invalid("One or more requested filter is invalid.");
    let (name, value) = text.split_once('=').ok_or_else(malformed)?;
    let starts = name.trim_end().ends_with('^');
    let name = name.trim_end().trim_end_matches('^').trim().trim_matches('"').to_owned();
    let value =
        value.trim().strip_prefix('"').and_then(|value| value.strip_suffix('"')).ok_or_else(malformed)?;
    if name.is_empty() { Err(malformed()) } else { Ok((name, starts, value.replace("\\\"", "\""))) }
}
