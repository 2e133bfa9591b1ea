//! What holds for all policies and requests.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const ACTIONS: [&str; 5] =
    ["s3:GetObject", "s3:PutObject", "dynamodb:GetItem", "dynamodb:PutItem", "iam:GetRole"];
const RESOURCES: [&str; 4] = [
    "arn:aws:s3:::bucket/key",
    "arn:aws:s3:::bucket/ada",
    "arn:aws:dynamodb:us-east-1:111122223333:table/orders",
    "*",
];

fn action_patterns() -> impl Strategy<Value = Value> {
    let pattern = prop::sample::select(vec![
        "*",
        "s3:*",
        "s3:Get*",
        "dynamodb:?etItem",
        "iam:GetRole",
        "S3:putobject",
        "sqs:SendMessage",
    ]);
    prop::collection::vec(pattern, 1..3).prop_map(|patterns| json!(patterns))
}

fn resource_patterns() -> impl Strategy<Value = Value> {
    let pattern = prop::sample::select(vec![
        "*",
        "arn:aws:s3:::bucket/*",
        "arn:aws:s3:::bucket/${aws:username}",
        "arn:aws:dynamodb:*:111122223333:table/*",
        "arn:aws:dynamodb:us-*:111122223333:table/order?",
    ]);
    prop::collection::vec(pattern, 1..3).prop_map(|patterns| json!(patterns))
}

fn conditions() -> impl Strategy<Value = Option<Value>> {
    prop::option::of(prop::sample::select(vec![
        json!({"StringEquals": {"aws:username": "ada"}}),
        json!({"StringNotEquals": {"aws:username": "ada"}}),
        json!({"StringLikeIfExists": {"aws:username": "a*"}}),
        json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}),
        json!({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["team"]}}),
        json!({"Null": {"aws:TagKeys": "true"}}),
    ]))
}

fn statement(effect: &'static str) -> impl Strategy<Value = Value> {
    (action_patterns(), any::<bool>(), resource_patterns(), any::<bool>(), conditions()).prop_map(
        move |(actions, not_action, resources, not_resource, condition)| {
            let mut statement = json!({"Effect": effect});
            statement[if not_action { "NotAction" } else { "Action" }] = actions;
            statement[if not_resource { "NotResource" } else { "Resource" }] = resources;
            if let Some(condition) = condition {
                statement["Condition"] = condition;
            }
            statement
        },
    )
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(prop_oneof![3 => statement("Allow"), 1 => statement("Deny")], 0..4)
}

fn requests() -> impl Strategy<Value = Request> {
    let users = prop::sample::select(vec![None, Some("ada"), Some("bob"), Some("*")]);
    let tags = prop::option::of(prop::collection::vec(prop::sample::select(vec!["team", "owner"]), 0..3));
    let who = prop::sample::select(vec!["user", "session"]);
    (who, prop::sample::select(&ACTIONS[..]), prop::sample::select(&RESOURCES[..]), users, tags).prop_map(
        |(who, action, resource, user, tags)| {
            let mut context = Context::new();
            if let Some(user) = user {
                context.set("aws:username", vec![user.to_owned()]);
            }
            if let Some(tags) = tags {
                context.set("aws:TagKeys", tags.into_iter().map(str::to_owned).collect());
            }
            Request { principal: principal(who), action: action.into(), resource: resource.into(), context }
        },
    )
}

fn policy(name: &str, statements: &[Value]) -> Option<(String, Arc<Policy>)> {
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    (!statements.is_empty()).then(|| parsed(name, &document, PolicyKind::Managed))
}

fn decided(request: &Request, identity: &[Value], session: Option<&[Value]>) -> Decision {
    let identity: Vec<_> = policy("identity", identity).into_iter().collect();
    let session: Vec<_> = session.and_then(|statements| policy("session", statements)).into_iter().collect();
    decide(request, &Applicable { identity: &identity, session: &session, ..Applicable::default() })
}

proptest! {
    #[test]
    fn adding_a_deny_never_allows_more(
        request in requests(), statements in statements(), deny in statement("Deny"),
    ) {
        let before = decided(&request, &statements, None);
        let mut more = statements;
        more.push(deny);
        prop_assert!(before.is_allowed() || !decided(&request, &more, None).is_allowed());
    }

    #[test]
    fn adding_an_allow_never_denies_more(
        request in requests(), statements in statements(), allow in statement("Allow"),
    ) {
        let before = decided(&request, &statements, None);
        let mut more = statements;
        more.push(allow);
        prop_assert!(!before.is_allowed() || decided(&request, &more, None).is_allowed());
    }

    #[test]
    fn the_trace_names_the_statements_that_decided(
        request in requests(), identity in statements(), session in statements(),
    ) {
        let decision = decided(&request, &identity, Some(&session));
        let written = |matched: &Matched| match matched.source {
            PolicySource::Identity => identity[matched.statement]["Effect"].clone(),
            _ => session[matched.statement]["Effect"].clone(),
        };
        match decision.effect {
            Effect::Allowed => {
                prop_assert!(!decision.decided_by.is_empty() && decision.denied_by.is_none());
                prop_assert!(decision.decided_by.iter().all(|matched| written(matched) == "Allow"));
            }
            Effect::ExplicitDeny => {
                prop_assert!(!decision.decided_by.is_empty());
                prop_assert!(decision.decided_by.iter().all(|matched| written(matched) == "Deny"));
                prop_assert_eq!(decision.denied_by, Some(decision.decided_by[0].source));
            }
            Effect::ImplicitDeny => {
                prop_assert!(decision.decided_by.is_empty() && decision.denied_by.is_some());
            }
        }
    }

    #[test]
    fn the_statement_that_decides_decides_the_same_alone(request in requests(), statements in statements()) {
        let decision = decided(&request, &statements, None);
        if let Some(matched) = decision.decided_by.first() {
            let alone = decided(&request, &statements[matched.statement..=matched.statement], None);
            prop_assert_eq!(alone.effect, decision.effect);
        }
    }

    #[test]
    fn no_text_breaks_the_parser(text in "\\PC{0,80}") {
        let _ = Policy::parse(&text, PolicyKind::Identity);
        let document = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": text, "Resource": text,
            "Condition": {"DateLessThan": {"a": text}, "IpAddress": {"b": text}, "StringLike": {"c": text}},
        }});
        let _ = Policy::parse(&document.to_string(), PolicyKind::Trust);
        if let Ok(policy) = Policy::parse(&document.to_string(), PolicyKind::Identity) {
            let context = Context::new().with("a", &*text).with("b", &*text).with("c", &*text);
            let request = Request { principal: principal("user"), action: text.clone(), resource: text, context };
            let identity = [("any".to_owned(), Arc::new(policy))];
            decide(&request, &Applicable { identity: &identity, ..Applicable::default() });
        }
    }
}
