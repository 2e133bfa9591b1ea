use indexmap::IndexMap;
use serde_json::{Map as Object, Value, json};

use super::entity::{PasswordPolicy, Pool};
use super::fault::{invalid, violated};
use super::operation::{Ask, epoch};
use super::state::pool;
use crate::sandbox::ServiceError;

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Settings that are kept and shown as they were given.
const KEPT: [&str; 9] = [
    "AliasAttributes",
    "UsernameAttributes",
    "AutoVerifiedAttributes",
    "LambdaConfig",
    "UserPoolTags",
    "AdminCreateUserConfig",
    "UsernameConfiguration",
    "AccountRecoverySetting",
    "DeletionProtection",
];

/// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html>
pub(super) fn create(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let name = ask.needed("PoolName")?.to_owned();
    let plain = |letter: char| letter.is_alphanumeric() || " +=,.@-_".contains(letter);
    if name.chars().count() > 128 || !name.chars().all(plain) {
        return Err(violated(&name, "poolName", r"satisfy regular expression pattern: [\w\s+=,.@-]+"));
    }
    if ask.input.get("MfaConfiguration").and_then(Value::as_str).is_some_and(|mfa| mfa != "OFF") {
        return Err(ServiceError::not_covered("cognito-idp", "CreateUserPool with MFA"));
    }
    let settings = KEPT.iter().filter_map(|name| Some(((*name).to_owned(), ask.input.get(*name)?.clone())));
    let settings: Object<String, Value> = settings.filter(|(_, value)| !value.is_null()).collect();
    let triggers = settings.get("LambdaConfig").and_then(Value::as_object);
    if triggers.is_some_and(|triggers| !triggers.is_empty()) {
        return Err(ServiceError::not_covered("cognito-idp", "CreateUserPool with Lambda triggers"));
    }
    let policy = match ask.input.get("Policies").map(|policies| &policies["PasswordPolicy"]) {
        None | Some(Value::Null) => PasswordPolicy::default(),
        Some(given) => {
            let strict = json!({ "RequireUppercase": false, "RequireLowercase": false, "RequireNumbers": false, "RequireSymbols": false });
            let mut whole = strict;
            for (name, value) in given.as_object().into_iter().flatten() {
                whole[name] = value.clone();
            }
            serde_json::from_value(whole).map_err(|error| invalid(error.to_string()))?
        }
    };
    if !(6..=99).contains(&policy.minimum_length) {
        return Err(violated(
            &policy.minimum_length.to_string(),
            "policies.passwordPolicy.minimumLength",
            "have value between 6 and 99",
        ));
    }
    let id = format!("{}_{}", ask.scope.region, ask.random.characters(LETTERS, 9));
    let made = Pool {
        arn: format!("arn:aws:cognito-idp:{}:{}:userpool/{id}", ask.scope.region, ask.scope.account),
        id: id.clone(),
        name,
        created: ask.now,
        settings,
        policy,
        clients: IndexMap::new(),
        users: IndexMap::new(),
        groups: IndexMap::new(),
        sessions: IndexMap::new(),
    };
    let answer = json!({ "UserPool": wire(&made) });
    pools.insert(id, made);
    Ok(answer)
}

fn wire(pool: &Pool) -> Value {
    let mut body = json!({
        "Id": pool.id,
        "Name": pool.name,
        "Arn": pool.arn,
        "Policies": { "PasswordPolicy": pool.policy },
        "DeletionProtection": "INACTIVE",
        "LambdaConfig": {},
        "CreationDate": epoch(pool.created),
        "LastModifiedDate": epoch(pool.created),
        "SchemaAttributes": standard_attributes(),
        "VerificationMessageTemplate": { "DefaultEmailOption": "CONFIRM_WITH_CODE" },
        "MfaConfiguration": "OFF",
        "EstimatedNumberOfUsers": pool.users.len(),
        "EmailConfiguration": { "EmailSendingAccount": "COGNITO_DEFAULT" },
        "UserPoolTags": {},
        "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": false, "UnusedAccountValidityDays": 7 },
        "UserPoolTier": "ESSENTIALS",
    });
    for (name, value) in &pool.settings {
        body[name] = value.clone();
    }
    body
}

/// <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html>
fn standard_attributes() -> Value {
    const TEXTS: [&str; 15] = [
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
        "gender",
        "zoneinfo",
        "locale",
        "phone_number",
        "address",
    ];
    let text = |name: &str, required: bool, mutable: bool, least: &str| {
        json!({
            "Name": name,
            "AttributeDataType": "String",
            "DeveloperOnlyAttribute": false,
            "Mutable": mutable,
            "Required": required,
            "StringAttributeConstraints": { "MinLength": least, "MaxLength": "2048" },
        })
    };
    let mut all = vec![text("sub", true, false, "1")];
    all.extend(TEXTS.iter().map(|name| text(name, false, true, "0")));
    for name in ["email_verified", "phone_number_verified"] {
        all.push(json!({
            "Name": name,
            "AttributeDataType": "Boolean",
            "DeveloperOnlyAttribute": false,
            "Mutable": true,
            "Required": false,
        }));
    }
    Value::Array(all)
}

pub(super) fn describe(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    Ok(json!({ "UserPool": wire(pool(pools, ask.needed("UserPoolId")?)?) }))
}

pub(super) fn list(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let items = pools.values().map(|pool| {
        let brief = json!({
            "Id": pool.id,
            "Name": pool.name,
            "LambdaConfig": {},
            "CreationDate": epoch(pool.created),
            "LastModifiedDate": epoch(pool.created),
        });
        (pool.id.clone(), brief)
    });
    page(ask, "MaxResults", "NextToken", "UserPools", items.collect())
}

/// Answers one page of a list. Tokens are the last item's identifier.
pub(super) fn page(
    ask: &Ask<'_>,
    size: &str,
    token: &str,
    member: &str,
    items: Vec<(String, Value)>,
) -> Result<Value, ServiceError> {
    let most = ask.input.get(size).map_or(Some(60), Value::as_u64);
    let most = most.and_then(|most| usize::try_from(most).ok()).filter(|most| (1..=60).contains(most));
    let most = most.ok_or_else(|| {
        let given = ask.input.get(size).map(ToString::to_string).unwrap_or_default();
        let name = size[..1].to_ascii_lowercase() + &size[1..];
        violated(&given, &name, "have value between 1 and 60")
    })?;
    let start = match ask.text(token) {
        None => 0,
        Some(last) => {
            let found = items.iter().position(|(id, _)| id == last);
            found.ok_or_else(|| invalid("Invalid pagination token specified."))? + 1
        }
    };
    let more = items.len() > start + most;
    let shown: Vec<(String, Value)> = items.into_iter().skip(start).take(most).collect();
    let mut body = json!({});
    if let Some((last, _)) = shown.last().filter(|_| more) {
        body[token] = json!(last);
    }
    body[member] = shown.into_iter().map(|(_, item)| item).collect();
    Ok(body)
}

pub(super) fn delete(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let found = pool(pools, ask.needed("UserPoolId")?)?;
    if found.settings.get("DeletionProtection").and_then(Value::as_str) == Some("ACTIVE") {
        return Err(invalid(
            "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be \
             inactivated first.",
        ));
    }
    let id = found.id.clone();
    pools.shift_remove(&id);
    Ok(Value::Null)
}
