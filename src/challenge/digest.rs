use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{Act, Check, Given, HttpRequest, Subject};
use crate::evidence::{Binding, digest};
use crate::text::{fill_json, names_in_json};

/// Returns the SHA-256 of what the grader does for a check: what it puts in place, its acts, and its look at the subject.
///
/// `variables` are the stack's and the drawn inputs. What the check's own acts capture stays open: it is known only
/// afterwards, and the digest is the same before and after. What is expected is no part of it, so that a check whose
/// expectation was put right can be graded anew from what was seen.
pub fn probe_digest(check: &Check, variables: &BTreeMap<String, String>) -> String {
    let given: Vec<Value> = check.given.iter().map(put).collect();
    let when: Vec<Value> = check.when.iter().map(act).collect();
    let probe = json!({ "given": given, "when": when, "subject": subject(&check.subject) });
    let captured: BTreeSet<&String> = check.when.iter().flat_map(|act| captures(act).keys()).collect();
    let mut values = variables.clone();
    // A name without a value stands for itself.
    for name in names_in_json(&probe).unwrap_or_default() {
        if captured.contains(&name.to_owned()) || !values.contains_key(name) {
            values.insert(name.to_owned(), format!("{{{{ {name} }}}}"));
        }
    }
    digest(&fill_json(&probe, &values).unwrap_or(probe))
}

fn captures(act: &Act) -> &IndexMap<String, String> {
    let (Act::Http { capture, .. } | Act::Invoke { capture, .. }) = act;
    capture
}

fn put(given: &Given) -> Value {
    match given {
        Given::Put { table, item } => json!({ "put": { "table": binding(table), "item": item } }),
        Given::Send { queue, body } => json!({ "send": { "queue": binding(queue), "body": body } }),
        Given::Upload { bucket, key, body } => {
            json!({ "upload": { "bucket": binding(bucket), "key": key, "body": body } })
        }
        Given::Publish { topic, message } => {
            json!({ "publish": { "topic": binding(topic), "message": message } })
        }
        Given::Emit { bus, source, detail_type, detail } => {
            let bus = bus.as_ref().map(binding);
            json!({ "emit": { "bus": bus, "source": source, "detail_type": detail_type, "detail": detail } })
        }
    }
}

fn act(act: &Act) -> Value {
    let what = match act {
        Act::Http { request, .. } => json!({ "http": http(request) }),
        Act::Invoke { function, payload, .. } => {
            json!({ "invoke": { "function": binding(function), "payload": payload } })
        }
    };
    // Sorted by the digest; where the values come from matters, for they go into what follows.
    let capture: serde_json::Map<String, Value> =
        captures(act).iter().map(|(name, path)| (name.clone(), path.clone().into())).collect();
    json!({ "act": what, "capture": capture })
}

fn http(request: &HttpRequest) -> Value {
    let HttpRequest { api, url, method, path, headers, body, times } = request;
    let mut told = json!({ "api": api, "method": method, "path": path, "headers": headers, "body": body });
    // Told only where it is, so that what was probed before such requests were known keeps its digest.
    if let Some(function) = url {
        told["url"] = binding(function);
    }
    if let Some(times) = times {
        told["times"] = json!(times);
    }
    told
}

fn subject(subject: &Subject) -> Value {
    let look = match subject {
        Subject::Http(request) => http(request),
        Subject::Invoke { function, payload } => json!({ "function": binding(function), "payload": payload }),
        Subject::Item { table, key } => json!({ "table": binding(table), "key": key }),
        Subject::Messages { queue, read } => json!({ "queue": binding(queue), "read": read }),
        Subject::Object { bucket, key } => json!({ "bucket": binding(bucket), "key": key }),
        Subject::Log { of, filter } => json!({ "of": binding(of), "filter": filter }),
        Subject::Function { of } | Subject::Role { of } | Subject::Table { of } | Subject::Queue { of } => {
            json!({ "of": binding(of) })
        }
        Subject::Route { api, method, path } => json!({ "api": api, "method": method, "path": path }),
        Subject::Resource { kind, of } => json!({ "kind": kind, "of": binding(of) }),
        // Nothing is done for these; the digest only tells them apart.
        Subject::Group { of, .. } => of.iter().map(member).collect(),
        Subject::Question(question) => json!(question.ask),
        Subject::Unchanged(unchanged) => json!(format!("{unchanged:?}")),
        Subject::Audit(query) => json!(format!("{query:?}")),
    };
    json!({ subject.verb(): look })
}

fn member(member: &Check) -> Value {
    subject(&member.subject)
}

fn binding(binding: &Binding) -> Value {
    match binding {
        Binding::Logical(id) => json!({ "logical": id }),
        Binding::Route { api, method, path } => json!({ "api": api, "method": method, "path": path }),
        Binding::From { way, start } => json!({ way.word(): self::binding(start) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::challenge::Visibility;
    use crate::matcher::Expectation;
    use crate::source::Location;

    fn check(path: &str) -> Check {
        let request = |method: &str, path: &str| HttpRequest {
            api: None,
            url: None,
            method: method.to_owned(),
            path: path.to_owned(),
            headers: IndexMap::new(),
            body: Value::Null,
            times: None,
        };
        let capture = IndexMap::from([("id".to_owned(), "$.body.id".to_owned())]);
        Check {
            id: "reads".to_owned(),
            title: "It reads".to_owned(),
            weight: 1,
            needs: vec![],
            gate: None,
            deduct: None,
            visibility: Visibility::Visible,
            hidden_hint: None,
            within: None,
            why: None,
            hint: None,
            hint_cost: None,
            given: vec![],
            when: vec![Act::Http { request: request("POST", "/orders"), capture }],
            subject: Subject::Http(request("GET", path)),
            expect: Expectation::default(),
            role: None,
            location: Location::file("challenge.yaml"),
        }
    }

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_an_act_captures_does_not_change_the_digest() {
        let check = check("/orders/{{ id }}?of={{ customer }}");
        let before = probe_digest(&check, &values(&[("customer", "c-1")]));
        assert_eq!(probe_digest(&check, &values(&[("customer", "c-1"), ("id", "o-17")])), before);
        assert_ne!(probe_digest(&check, &values(&[("customer", "c-2")])), before);
    }

    #[test]
    fn how_often_a_request_is_made_counts_and_once_is_as_it_was() {
        let of = |times| {
            let Subject::Http(request) = check("/orders").subject else { unreachable!("it is a request") };
            let subject = Subject::Http(HttpRequest { times, ..request });
            probe_digest(&Check { subject, ..check("/orders") }, &values(&[]))
        };
        assert_eq!(of(None), probe_digest(&check("/orders"), &values(&[])));
        assert!(of(Some(2)) != of(None) && of(Some(2)) != of(Some(3)));
    }

    #[test]
    fn only_what_is_done_counts() {
        let values = values(&[]);
        let digest = |check: &Check| probe_digest(check, &values);
        let same = Check { title: "Other words".to_owned(), weight: 5, ..check("/orders") };
        assert_eq!(digest(&same), digest(&check("/orders")));
        assert_ne!(digest(&check("/orders/")), digest(&check("/orders")));
        assert_ne!(digest(&Check { when: vec![], ..check("/orders") }), digest(&check("/orders")));
    }
}
