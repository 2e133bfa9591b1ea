use serde_json::Value;

use super::step::{delete, forget};
use super::{Error, Leftover, Site, Stack, Unfinished};
use crate::aws::Failure;
use crate::resource::parallel::each;
use crate::resource::{Standing, schema};

/// Deletes a stack's resources, the last made first. What is gone already is fine; what cannot be deleted is in the error, with the stack
/// that remains.
pub async fn teardown(site: &Site, stack: &Stack) -> Result<(), Box<Unfinished>> {
    let mut remaining = stack.clone();
    let mut leftovers = Vec::new();
    for level in order(stack) {
        let work: Vec<(String, Standing)> = level
            .into_iter()
            .filter_map(|id| Some((id.clone(), stack.resources.get(&id)?.clone())))
            .collect();
        let results = each(work, site.parallel, |(id, standing)| {
            let site = site.clone();
            async move {
                let result = delete(&site, &id, &standing).await;
                (id, standing, result)
            }
        })
        .await;
        for (id, standing, result) in results {
            match result {
                Ok(()) => {
                    remaining.resources.shift_remove(&id);
                }
                Err(failure) => {
                    let (kind, physical) = (standing.kind, standing.made.id);
                    leftovers.push(Leftover { logical_id: id, kind, id: physical, failure });
                }
            }
        }
    }
    let gone = stack.resources.iter().filter(|(id, _)| !remaining.resources.contains_key(*id));
    each(gone.map(|(_, standing)| standing.clone()).collect(), site.parallel, |standing| {
        let site = site.clone();
        async move { forget(&site, &standing).await }
    })
    .await;
    let Some(first) = leftovers.first() else { return Ok(()) };
    let (logical_id, kind): (String, String) = (first.logical_id.clone(), first.kind.clone());
    let failure: Failure = first.failure.clone();
    let error = Error::Resource { logical_id, kind, failure, leftovers };
    Err(Box::new(Unfinished { error, stack: remaining }))
}

/// Returns what is to be deleted, level by level. Parts go with the whole that they belong to, if that is of the stack too.
fn order(stack: &Stack) -> Vec<Vec<String>> {
    let own = |id: &&String| stack.resources.contains_key(*id);
    let listed: Vec<&String> = stack.levels.iter().flatten().collect();
    // What a change left behind is in no level: nothing that stands needs it.
    let loose = stack.resources.keys().filter(|id| !listed.contains(id)).cloned().collect();
    let mut levels: Vec<Vec<String>> = vec![loose];
    levels.extend(stack.levels.iter().rev().map(|level| level.iter().filter(own).cloned().collect()));
    for level in &mut levels {
        level.retain(|id| !stack.resources.get(id).is_some_and(|standing| goes_with_whole(stack, standing)));
    }
    levels
}

fn goes_with_whole(stack: &Stack, part: &Standing) -> bool {
    let property = schema(&part.kind).and_then(|schema| schema.part_of);
    let Some(whole) = property.and_then(|name| part.properties.get(name)).and_then(Value::as_str) else {
        return false;
    };
    stack.resources.values().any(|standing| {
        standing.made.id == whole
            || standing.made.attributes.get("Arn").and_then(Value::as_str) == Some(whole)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::resource::Made;

    fn standing(kind: &str, id: &str, properties: Value) -> Standing {
        let made = Made { id: id.to_owned(), attributes: BTreeMap::new() };
        Standing { kind: kind.to_owned(), made, properties, tags: BTreeMap::new(), digest: None }
    }

    #[test]
    fn parts_go_with_their_whole_and_the_rest_in_reverse() {
        let mut stack = Stack::empty("s", String::new(), String::new(), String::new());
        stack.levels = vec![vec!["Role".into(), "Api".into()], vec!["Function".into(), "Path".into()]];
        for (id, resource) in [
            ("Role", standing("AWS::IAM::Role", "r", json!({}))),
            ("Api", standing("AWS::ApiGateway::RestApi", "a1", json!({}))),
            ("Function", standing("AWS::Lambda::Function", "f", json!({}))),
            ("Path", standing("AWS::ApiGateway::Resource", "p1", json!({"RestApiId": "a1"}))),
            ("Foreign", standing("AWS::ApiGateway::Resource", "p2", json!({"RestApiId": "other"}))),
        ] {
            stack.resources.insert(id.to_owned(), resource);
        }
        assert_eq!(order(&stack), [vec!["Foreign"], vec!["Function"], vec!["Role", "Api"]]);
    }
}
