use indexmap::IndexMap;
use serde_json::{Value, json};

use super::entity::{Group, Pool};
use super::fault::not_found;
use super::operation::{Ask, epoch};
use super::pools::page;
use super::state::pool;
use crate::sandbox::ServiceError;

/// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html>
pub(super) fn create(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let pool = pool(pools, ask.needed("UserPoolId")?)?;
    let name = ask.needed("GroupName")?.to_owned();
    if pool.groups.contains_key(&name) {
        return Err(ServiceError::new(400, "GroupExistsException", "A group with the name already exists."));
    }
    let group = Group {
        name: name.clone(),
        description: ask.text("Description").map(str::to_owned),
        precedence: ask.input.get("Precedence").and_then(Value::as_i64),
        role: ask.text("RoleArn").map(str::to_owned),
        created: ask.now,
    };
    let answer = json!({ "Group": wire(pool, &group) });
    pool.groups.insert(name, group);
    Ok(answer)
}

fn wire(pool: &Pool, group: &Group) -> Value {
    let mut body = json!({
        "GroupName": group.name,
        "UserPoolId": pool.id,
        "CreationDate": epoch(group.created),
        "LastModifiedDate": epoch(group.created),
    });
    if let Some(text) = &group.description {
        body["Description"] = json!(text);
    }
    if let Some(number) = group.precedence {
        body["Precedence"] = json!(number);
    }
    if let Some(role) = &group.role {
        body["RoleArn"] = json!(role);
    }
    body
}

pub(super) fn add(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let pool = pool(pools, ask.needed("UserPoolId")?)?;
    let group = ask.needed("GroupName")?;
    let name = ask.needed("Username")?;
    pool.user(name)?;
    if !pool.groups.contains_key(group) {
        return Err(not_found("Group not found."));
    }
    pool.user_mut(name)?.groups.insert(group.to_owned());
    Ok(Value::Null)
}

pub(super) fn of_user(pools: &mut IndexMap<String, Pool>, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let pool = pool(pools, ask.needed("UserPoolId")?)?;
    let user = pool.user(ask.needed("Username")?)?;
    let items =
        user.groups.iter().filter_map(|name| Some((name.clone(), wire(pool, pool.groups.get(name)?))));
    page(ask, "Limit", "NextToken", "Groups", items.collect())
}
