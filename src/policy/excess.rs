use std::collections::BTreeSet;

use super::catalogue::{CatalogueAction, catalogue, resource_type_of};
use super::pattern::Pattern;
use super::{Applicable, Context, Decision, Matched, Principal, Request, decide};

/// A name that nobody uses, for resources that are asked about as samples of all others.
const NOBODYS: &str = "proofmark-canary";

/// Whose powers are measured, and what they should be.
#[derive(Debug, Clone)]
pub struct Mandate<'a> {
    pub principal: &'a Principal,
    /// The condition keys that its requests carry.
    pub context: &'a Context,
    /// What it must be able to do: action, and ARN, with wildcards where many resources are meant.
    pub must_allow: &'a [(String, String)],
    /// The resources that it is there for.
    pub targets: &'a [String],
    pub region: &'a str,
}

/// How far a power reaches that nobody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// A target itself.
    Target,
    /// A kind of resource that has no target: another service's, most often.
    Other,
    /// Resources of a target's kind that are not targets.
    Sibling,
    /// An action without a resource.
    Account,
}

/// An action that is allowed beyond the mandate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excess {
    /// For example `dynamodb:DeleteTable`.
    pub action: &'static str,
    pub reach: Reach,
    /// The resource that was asked about: a target, or a sample of the others.
    pub resource: String,
    pub allowed_by: Vec<Matched>,
}

/// Returns what the policies allow beyond the mandate: every action of the catalogue is tried on the targets, on a sibling
/// of each, on a sample of every other kind of resource that it takes, or on `*`. In effective terms, so that neither the
/// order nor the number of statements matters. Of an action that is allowed on several, each reach stands once.
pub fn excess(policies: &Applicable<'_>, mandate: &Mandate<'_>) -> Vec<Excess> {
    let account = mandate.principal.account().unwrap_or_default();
    let wanted: Vec<(&str, Pattern)> = mandate
        .must_allow
        .iter()
        .map(|(action, resource)| (action.as_str(), Pattern::resource(resource, false)))
        .collect();
    let is_wanted = |action: &str, resource: &str| {
        wanted.iter().any(|(wanted, pattern)| {
            wanted.eq_ignore_ascii_case(action) && pattern.matches(resource, &Context::new()) == Some(true)
        })
    };
    // By its form, since a kind of resource can stand with several services.
    let targets: Vec<(&str, &String)> =
        mandate.targets.iter().filter_map(|target| Some((resource_type_of(target)?.arn, target))).collect();
    let mut found = vec![];
    for action in catalogue() {
        // Most actions are named by no statement, and need not be tried.
        if !may_allow(policies, mandate.principal, action.name) {
            continue;
        }
        let mut reached = BTreeSet::new();
        for (reach, resource) in samples(action, &targets, mandate.region, account) {
            if reached.contains(&reach) || is_wanted(action.name, &resource) {
                continue;
            }
            let decision = ask(policies, mandate, action.name, &resource);
            if decision.is_allowed() {
                reached.insert(reach);
                found.push(Excess { action: action.name, reach, resource, allowed_by: decision.decided_by });
            }
        }
    }
    found
}

fn may_allow(policies: &Applicable<'_>, principal: &Principal, action: &str) -> bool {
    let action = action.to_lowercase();
    let named =
        policies.identity.iter().chain(policies.resource).any(|(_, policy)| policy.may_allow(&action));
    // No policy binds the root user, in its own account.
    named || matches!(principal, Principal::Root { .. })
}

fn samples(
    action: &CatalogueAction,
    targets: &[(&str, &String)],
    region: &str,
    account: &str,
) -> Vec<(Reach, String)> {
    if action.resources.is_empty() {
        return vec![(Reach::Account, "*".to_owned())];
    }
    let mut samples = vec![];
    for kind in &action.resources {
        let mut reach = Reach::Other;
        for (_, target) in targets.iter().filter(|(arn, _)| *arn == kind.arn) {
            reach = Reach::Sibling;
            samples.push((Reach::Target, (*target).clone()));
        }
        samples.push((reach, kind.arn_with(region, account, NOBODYS)));
    }
    samples
}

fn ask(policies: &Applicable<'_>, mandate: &Mandate<'_>, action: &str, resource: &str) -> Decision {
    let request = Request {
        principal: mandate.principal.clone(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        context: mandate.context.clone(),
    };
    decide(&request, policies)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::policy::{Policy, PolicyKind};

    const TABLE: &str = "arn:aws:dynamodb:us-east-1:111122223333:table/orders";

    fn found(statements: &str) -> Vec<(&'static str, Reach)> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let policy = Policy::parse(&text, PolicyKind::Identity).unwrap();
        let identity = [("role".to_owned(), Arc::new(policy))];
        let principal = Principal::Session {
            account: "111122223333".into(),
            path: "/".into(),
            role: "app".into(),
            id: "AROAAPP".into(),
            session: "run".into(),
        };
        let mandate = Mandate {
            principal: &principal,
            context: &Context::of_principal(&principal),
            must_allow: &[("dynamodb:PutItem".into(), TABLE.into())],
            targets: &[TABLE.into()],
            region: "us-east-1",
        };
        let policies = Applicable { identity: &identity, ..Applicable::default() };
        excess(&policies, &mandate).into_iter().map(|excess| (excess.action, excess.reach)).collect()
    }

    #[test]
    fn a_role_that_may_do_what_it_must_has_no_excess() {
        let statement = format!(r#"{{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"{TABLE}"}}"#);
        assert!(found(&statement).is_empty());
    }

    #[test]
    fn the_same_powers_in_another_form_have_the_same_excess() {
        let one = format!(
            r#"{{"Effect":"Allow","Action":["dynamodb:PutItem","dynamodb:DeleteItem"],"Resource":"{TABLE}"}}"#
        );
        let two = format!(
            r#"{{"Effect":"Allow","Action":"dynamodb:DeleteI*","Resource":"{TABLE}"}},
               {{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"{TABLE}"}}"#
        );
        assert_eq!(found(&one), [("dynamodb:DeleteItem", Reach::Target)]);
        assert_eq!(found(&one), found(&two));
    }

    fn statements() -> impl Strategy<Value = Vec<String>> {
        let effect = prop_oneof![3 => Just("Allow"), 1 => Just("Deny")];
        let actions = prop_oneof![
            Just(r#"["dynamodb:*"]"#),
            Just(r#"["dynamodb:Put*","s3:GetObject"]"#),
            Just(r#"["dynamodb:GetItem","iam:PassRole","logs:*"]"#),
        ];
        let resource = prop_oneof![Just("*"), Just(TABLE), Just("arn:aws:dynamodb:*:*:table/other")];
        let statement = (effect, actions, resource).prop_map(|(effect, actions, resource)| {
            format!(r#"{{"Effect":"{effect}","Action":{actions},"Resource":"{resource}"}}"#)
        });
        prop::collection::vec(statement, 1..5)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn order_and_splitting_make_no_difference(mut statements in statements(), at in any::<prop::sample::Index>()) {
            let powers = |statements: &[String]| -> BTreeSet<(&str, Reach)> {
                found(&statements.join(",")).into_iter().collect()
            };
            let before = powers(&statements);
            let at = at.index(statements.len());
            statements.rotate_left(at);
            prop_assert_eq!(&before, &powers(&statements));
            // One statement for each action, the wild ones among them.
            let split: Vec<String> = statements.iter().flat_map(|statement| {
                let (before, rest) = statement.split_once('[').unwrap();
                let (actions, after) = rest.split_once(']').unwrap();
                actions.split(',').map(|action| format!("{before}{action}{after}")).collect::<Vec<_>>()
            }).collect();
            prop_assert_eq!(&before, &powers(&split));
        }
    }

    #[test]
    fn a_star_for_a_resource_reaches_the_siblings() {
        let statement = r#"{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"*"}"#;
        assert_eq!(found(statement), [("dynamodb:PutItem", Reach::Sibling)]);
    }

    #[test]
    fn full_access_reaches_everything() {
        let all = found(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
        for expected in [
            ("dynamodb:DeleteTable", Reach::Target),
            ("dynamodb:DeleteTable", Reach::Sibling),
            ("dynamodb:ListTables", Reach::Account),
            ("s3:GetObject", Reach::Other),
            ("iam:PassRole", Reach::Other),
        ] {
            assert!(all.contains(&expected), "{expected:?}");
        }
        assert!(!all.contains(&("dynamodb:PutItem", Reach::Target)));
    }

    #[test]
    fn an_action_is_found_however_a_statement_speaks_of_it() {
        let all_but = found(r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#);
        assert!(all_but.contains(&("dynamodb:DeleteTable", Reach::Target)));
        assert!(all_but.iter().all(|(action, _)| !action.starts_with("iam:")));
        let shouted = format!(r#"{{"Effect":"Allow","Action":"DynamoDB:DELETEITEM","Resource":"{TABLE}"}}"#);
        assert_eq!(found(&shouted), [("dynamodb:DeleteItem", Reach::Target)]);
    }

    #[test]
    fn what_is_denied_is_no_excess() {
        let statement = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","NotAction":"s3:GetObject","Resource":"*"}"#;
        assert!(found(statement).iter().all(|(action, _)| *action == "s3:GetObject"));
        assert!(!found(statement).is_empty());
    }
}
