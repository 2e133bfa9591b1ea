use indexmap::IndexMap;
use serde_json::{Map as Object, Value, json};

use super::entity::{Client, Pool};
use super::fault::{invalid, violated};
use super::operation::{Ask, epoch};
use super::pools::page;
use super::state::pool;
use crate::sandbox::ServiceError;

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

const FLOWS: [&str; 9] = [
    "ADMIN_NO_SRP_AUTH",
    "CUSTOM_AUTH_FLOW_ONLY",
    "USER_PASSWORD_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_CUSTOM_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_AUTH",
];

/// Settings that are kept and shown as they were given.
const KEPT: [&str; 9] = [
    "AllowedOAuthFlows",
    "AllowedOAuthFlowsUserPoolClient",
    "AllowedOAuthScopes",
    "CallbackURLs",
    "LogoutURLs",
    "PreventUserExistenceErrors",
    "ReadAttributes",
    "SupportedIdentityProviders",
    "WriteAttributes",
];

/// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html>
pub(super) fn create(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let pool = pool(pools, ask.needed("UserPoolId")?)?;
    let name = ask.needed("ClientName")?.to_owned();
    let flows = ask.texts("ExplicitAuthFlows");
    if let Some(wrong) = flows.iter().find(|flow| !FLOWS.contains(&flow.as_str())) {
        let set = FLOWS.join(", ");
        return Err(violated(
            &format!("[{wrong}]"),
            "explicitAuthFlows",
            &format!("satisfy enum value set: [{set}]"),
        ));
    }
    let old = |flow: &String| !flow.starts_with("ALLOW_");
    if flows.iter().any(old) && !flows.iter().all(old) {
        return Err(invalid("ExplicitAuthFlows with and without the prefix ALLOW_ cannot be mixed"));
    }
    let secret = ask.input.get("GenerateSecret").and_then(Value::as_bool) == Some(true);
    let units = ask.input.get("TokenValidityUnits").cloned().unwrap_or_else(|| json!({}));
    let lifetime = |member: &str, unit: &str, usual: (i64, &str), range: std::ops::RangeInclusive<i64>| {
        let given = ask.input.get(member).and_then(Value::as_i64).filter(|given| *given != 0);
        let unit = units[unit].as_str().unwrap_or(usual.1);
        let factor = match unit {
            "seconds" => 1,
            "minutes" => 60,
            "hours" => 3600,
            _ => 86_400,
        };
        let seconds = given.map_or_else(|| seconds_of(usual), |given| given.saturating_mul(factor));
        if range.contains(&seconds) {
            Ok(seconds)
        } else {
            Err(invalid(format!("Invalid range for token validity: {member}")))
        }
    };
    let settings = KEPT.iter().filter_map(|name| Some(((*name).to_owned(), ask.input.get(*name)?.clone())));
    let mut settings: Object<String, Value> = settings.filter(|(_, value)| !value.is_null()).collect();
    for name in ["AccessTokenValidity", "IdTokenValidity", "RefreshTokenValidity"] {
        if let Some(value) =
            ask.input.get(name).filter(|value| value.as_i64().is_some_and(|given| given != 0))
        {
            settings.insert(name.to_owned(), value.clone());
        }
    }
    settings.insert("TokenValidityUnits".to_owned(), units.clone());
    let client = Client {
        id: ask.random.characters(LETTERS, 26),
        name,
        secret: secret.then(|| ask.random.characters(LETTERS, 51)),
        created: ask.now,
        access_lifetime: lifetime("AccessTokenValidity", "AccessToken", (1, "hours"), 300..=86_400)?,
        id_lifetime: lifetime("IdTokenValidity", "IdToken", (1, "hours"), 300..=86_400)?,
        refresh_lifetime: lifetime("RefreshTokenValidity", "RefreshToken", (30, "days"), 3600..=315_360_000)?,
        flows,
        settings,
    };
    let answer = json!({ "UserPoolClient": wire(pool, &client) });
    pool.clients.insert(client.id.clone(), client);
    Ok(answer)
}

fn seconds_of((count, unit): (i64, &str)) -> i64 {
    count * if unit == "days" { 86_400 } else { 3600 }
}

fn wire(pool: &Pool, client: &Client) -> Value {
    let mut body = json!({
        "UserPoolId": pool.id,
        "ClientName": client.name,
        "ClientId": client.id,
        "LastModifiedDate": epoch(client.created),
        "CreationDate": epoch(client.created),
        "RefreshTokenValidity": 30,
        "TokenValidityUnits": {},
        "AllowedOAuthFlowsUserPoolClient": false,
        "EnableTokenRevocation": true,
        "EnablePropagateAdditionalUserContextData": false,
        "AuthSessionValidity": 3,
    });
    if !client.flows.is_empty() {
        body["ExplicitAuthFlows"] = json!(client.flows);
    }
    if let Some(secret) = &client.secret {
        body["ClientSecret"] = json!(secret);
    }
    for (name, value) in &client.settings {
        body[name] = value.clone();
    }
    body
}

pub(super) fn describe(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let pool = pool(pools, ask.needed("UserPoolId")?)?;
    Ok(json!({ "UserPoolClient": wire(pool, pool.client(ask.needed("ClientId")?)?) }))
}

pub(super) fn list(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let pool = pool(pools, ask.needed("UserPoolId")?)?;
    let items = pool.clients.values().map(|client| {
        let brief = json!({ "ClientId": client.id, "UserPoolId": pool.id, "ClientName": client.name });
        (client.id.clone(), brief)
    });
    page(ask, "MaxResults", "NextToken", "UserPoolClients", items.collect())
}

pub(super) fn delete(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let pool = pool(pools, ask.needed("UserPoolId")?)?;
    let id = pool.client(ask.needed("ClientId")?)?.id.clone();
    pool.clients.shift_remove(&id);
    pool.sessions.retain(|_, session| session.client != id);
    Ok(Value::Null)
}
