use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::integration_uri::function;
use crate::evidence::{Link, LinkKind, Resource};

/// Types whose resources an environment names by their name alone, the likelier first.
const NAMED: [&str; 4] =
    ["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::Events::EventBus"];

/// What links lead to.
#[derive(Debug)]
pub(super) struct Index {
    keys: BTreeSet<String>,
    /// Key by ARN.
    arns: BTreeMap<String, String>,
    /// Key by name: tables, buckets, queues, buses.
    names: BTreeMap<String, String>,
    /// Key by the end of a queue's URL, account and name: hosts differ by who asks.
    queues: BTreeMap<String, String>,
}

impl Index {
    pub(super) fn of(resources: &[Resource]) -> Self {
        let arns =
            resources.iter().filter_map(|resource| Some((resource.arn.clone()?, resource.key.clone())));
        let mut names = BTreeMap::new();
        for kind in NAMED {
            for resource in resources.iter().filter(|resource| resource.kind == kind) {
                let name = resource.key.rsplit('/').next().unwrap_or_default();
                names.entry(name.to_owned()).or_insert_with(|| resource.key.clone());
            }
        }
        let queues = resources.iter().filter(|resource| resource.kind == "AWS::SQS::Queue");
        Self {
            keys: resources.iter().map(|resource| resource.key.clone()).collect(),
            arns: arns.collect(),
            names,
            queues: queues
                .filter_map(|queue| Some((url_end(&queue.id)?.to_owned(), queue.key.clone())))
                .collect(),
        }
    }

    /// Returns the key of the function that an integration's URI names, if it stands in this account and region.
    pub(super) fn function(&self, uri: &str, variables: &Map<String, Value>) -> Option<String> {
        let target = function(uri, variables)?;
        self.arns.get(&target.arn).cloned()
    }

    /// Returns the key of what an ARN names: a table's stream is the table, a function's alias the function.
    pub(super) fn at(&self, arn: &str) -> Option<String> {
        let parts: Vec<&str> = arn.split(':').collect();
        let whole = match parts.as_slice() {
            ["arn", _, "lambda", _, _, "function", _, _] => parts[..7].join(":"),
            ["arn", _, "dynamodb", ..] => arn.split("/stream/").next().unwrap_or_default().to_owned(),
            _ => arn.to_owned(),
        };
        self.arns.get(&whole).cloned()
    }

    /// Returns the key of what a value of a function's environment names: by ARN, URL or name.
    pub(super) fn named(&self, value: &str) -> Option<String> {
        let by_url = || self.queues.get(url_end(value)?).cloned();
        self.names.get(value).cloned().or_else(|| self.at(value)).or_else(by_url)
    }
}

/// Returns account and name of a queue's URL.
fn url_end(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    let (account, name) = path.split_once('/')?;
    let plain =
        !name.contains('/') && account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    plain.then_some(path)
}

pub(super) fn join(index: &Index, links: &mut BTreeSet<Link>, from: &str, to: &str, kind: LinkKind) {
    if index.keys.contains(to) && index.keys.contains(from) {
        links.insert(Link { from: from.to_owned(), to: to.to_owned(), kind });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_known_by_its_url_whatever_the_host() {
        assert_eq!(url_end("http://127.0.0.1:4566/123456789012/jobs"), Some("123456789012/jobs"));
        assert_eq!(
            url_end("https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"),
            Some("123456789012/jobs")
        );
        for other in ["https://example.com/shop/jobs", "123456789012/jobs", "http://x/123456789012/a/b"] {
            assert_eq!(url_end(other), None, "{other}");
        }
    }
}
