use std::collections::{BTreeMap, BTreeSet};

use super::entities::Entity;
use super::{managed_policy, policy};
use crate::aws::{Clients, Failure, Found};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Shape};

/// Policies that are written out in a user or a group.
pub(super) const INLINE_POLICIES: Shape = Shape::List(&Shape::Object(&[
    Property::text("PolicyName").required(),
    Property::new("PolicyDocument", Shape::Document).required(),
]));

/// The policies of a user or a group, as `Policies` and `ManagedPolicyArns` name them.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    inline: BTreeMap<String, String>,
    attached: BTreeSet<String>,
}

impl Holdings {
    pub(super) fn of(properties: Properties<'_>) -> Self {
        let policies = properties.objects("Policies").into_iter();
        let inline = policies
            .filter_map(|policy| Some((policy.text("PolicyName")?, policy.document("PolicyDocument")?)));
        let attached = properties.texts("ManagedPolicyArns").into_iter().collect();
        Self { inline: inline.collect(), attached }
    }

    /// Takes what is there by its names: for what has to be gone whatever it says.
    pub(super) fn standing(inline: Vec<String>, attached: Vec<String>) -> Self {
        let inline = inline.into_iter().map(|name| (name, String::new())).collect();
        Self { inline, attached: attached.into_iter().collect() }
    }

    /// Gives an entity what is new or changed since `before`, and takes what is no longer named.
    pub(super) async fn settle(
        &self,
        clients: &Clients,
        entity: &Entity,
        before: &Self,
    ) -> Result<(), Failure> {
        for (name, document) in &self.inline {
            if before.inline.get(name) != Some(document) {
                policy::put(clients, name, document, entity).await?;
            }
        }
        for arn in self.attached.difference(&before.attached) {
            managed_policy::attach(clients, arn, entity).await?;
        }
        for name in before.inline.keys().filter(|name| !self.inline.contains_key(*name)) {
            policy::remove(clients, name, entity).await.found()?;
        }
        for arn in before.attached.difference(&self.attached) {
            managed_policy::detach(clients, arn, entity).await.found()?;
        }
        Ok(())
    }
}
