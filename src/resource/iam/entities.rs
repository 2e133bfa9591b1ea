use std::collections::BTreeSet;

use crate::resource::properties::Properties;

/// Whom a policy is given to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entity {
    Group(String),
    Role(String),
    User(String),
}

/// Returns whom `Groups`, `Roles` and `Users` name.
pub(super) fn of_properties(properties: Properties<'_>) -> BTreeSet<Entity> {
    let groups = properties.texts("Groups").into_iter().map(Entity::Group);
    let roles = properties.texts("Roles").into_iter().map(Entity::Role);
    let users = properties.texts("Users").into_iter().map(Entity::User);
    groups.chain(roles).chain(users).collect()
}
