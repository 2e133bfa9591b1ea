use serde_json::Value;

use crate::inspect::inspect_without;
use crate::provision::{Site, Stack, teardown};
use crate::resource::{Made, STACK_TAG, Standing};
use crate::target::Lease;

/// How often what is left is gone through: what hangs on something else cannot go before that.
const ROUNDS: usize = 5;

/// Deletes whatever bears a stack's tag or name, where nobody noted what was made: a process may have died while it was made. Fails with a
/// sentence. A name must be nobody else's.
pub(super) async fn clear_remains(site: &Site, lease: &Lease, name: &str) -> Result<(), String> {
    let mut said = String::new();
    for _ in 0..ROUNDS {
        let left = remains(lease, name).await;
        if left.resources.is_empty() {
            return Ok(());
        }
        match teardown(site, &left).await {
            Ok(()) => {}
            Err(unfinished) => said = unfinished.error.to_string(),
        }
    }
    match remains(lease, name).await.resources.keys().next() {
        None => Ok(()),
        Some(first) => Err(format!("{first} cannot be deleted: {said}")),
    }
}

/// Looks for what is left, as a stack in which nothing depends on anything.
async fn remains(lease: &Lease, name: &str) -> Stack {
    let seen = inspect_without(&lease.clients, lease.profile.left_out).await;
    let region = lease.clients.endpoint.region.clone();
    let mut stack = Stack::empty(name, String::new(), lease.account.clone(), region);
    let begins = format!("{name}-");
    for resource in seen.resources {
        let tag = resource.tags.get(STACK_TAG);
        let own = match tag {
            Some(tag) => tag == name,
            None => resource.id.contains(&begins),
        };
        // The user goes by itself, with keys and policies.
        if own && resource.kind != "AWS::IAM::User" {
            let made = Made { id: resource.id, attributes: attributes(resource.arn) };
            let standing = Standing {
                kind: resource.kind,
                made,
                properties: resource.properties,
                tags: resource.tags,
                digest: None,
            };
            stack.resources.insert(resource.key, standing);
        }
    }
    stack
}

fn attributes(arn: Option<String>) -> std::collections::BTreeMap<String, Value> {
    arn.map(|arn| ("Arn".to_owned(), Value::String(arn))).into_iter().collect()
}
