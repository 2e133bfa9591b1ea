use super::catalogue::catalogue;
use super::pattern::Pattern;
use super::statement::Statement;
use super::{Context, Policy};

/// What a statement's form gives away, whatever it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LintKind {
    /// Allows every action of every service.
    EveryAction,
    /// Allows every action of a service, `dynamodb:*`.
    EveryActionOfService,
    /// Allows actions that can be confined to a resource on every resource.
    EveryResource,
    /// Allows whatever is not listed, new actions of AWS's among it.
    AllowNotAction,
    /// Allows on whatever is not listed.
    AllowNotResource,
    /// Allows to pass every role, and so to become whatever any role may.
    PassEveryRole,
}

/// A finding about one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    pub kind: LintKind,
    /// Position of the statement in its policy, from 0.
    pub statement: usize,
    pub sid: Option<String>,
    /// The text of the policy that it is about, for example `dynamodb:*`.
    pub text: String,
}

/// Looks at the form of a policy's allowing statements.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
pub fn structural_lints(policy: &Policy) -> Vec<Lint> {
    let mut lints = vec![];
    for (position, statement) in policy.statements.iter().enumerate().filter(|(_, s)| s.allows) {
        for (kind, text) in of_statement(statement) {
            lints.push(Lint { kind, statement: position, sid: statement.sid.clone(), text });
        }
    }
    lints
}

fn of_statement(statement: &Statement) -> Vec<(LintKind, String)> {
    let mut found = vec![];
    if statement.actions.negated {
        found.push((LintKind::AllowNotAction, join(&statement.actions.patterns)));
    } else {
        for action in &statement.actions.patterns {
            let text = action.text();
            if action.is_star() || text == "*:*" {
                found.push((LintKind::EveryAction, text.to_owned()));
            } else if text.ends_with(":*") {
                found.push((LintKind::EveryActionOfService, text.to_owned()));
            }
        }
    }
    let Some(resources) = &statement.resources else { return found };
    if resources.negated {
        found.push((LintKind::AllowNotResource, join(&resources.patterns)));
    } else if let Some(star) = resources.patterns.iter().find(|pattern| is_everything(pattern)) {
        let confinable: Vec<&Pattern> =
            statement.actions.patterns.iter().filter(|action| can_be_confined(action)).collect();
        if !confinable.is_empty() {
            found.push((LintKind::EveryResource, star.text().to_owned()));
        }
    }
    let passes = |pattern: &Pattern| pattern.matches("iam:passrole", &Context::new()) == Some(true);
    let to_everything = |pattern: &Pattern| is_everything(pattern) || names_every_role(pattern);
    let pass_role = statement.actions.patterns.iter().any(passes) != statement.actions.negated;
    if pass_role
        && !resources.negated
        && let Some(wide) = resources.patterns.iter().find(|pattern| to_everything(pattern))
    {
        found.push((LintKind::PassEveryRole, wide.text().to_owned()));
    }
    found
}

fn join(patterns: &[Pattern]) -> String {
    patterns.iter().map(Pattern::text).collect::<Vec<_>>().join(", ")
}

fn is_everything(pattern: &Pattern) -> bool {
    pattern.is_star() || pattern.text().split(':').skip(2).all(|segment| segment == "*")
}

fn names_every_role(pattern: &Pattern) -> bool {
    let text = pattern.text();
    pattern.has_wildcard() && text.contains(":iam:") && (text.ends_with(":role/*") || text.ends_with(":*"))
}

/// Whether an action pattern covers an action that takes a resource. What the catalogue does not know is taken to.
fn can_be_confined(pattern: &Pattern) -> bool {
    let nothing = Context::new();
    let mut known = false;
    for action in catalogue() {
        if pattern.matches(&action.name.to_lowercase(), &nothing) == Some(true) {
            if !action.resources.is_empty() {
                return true;
            }
            known = true;
        }
    }
    !known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::PolicyKind;

    fn kinds(statement: &str) -> Vec<LintKind> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        let policy = Policy::parse(&text, PolicyKind::Identity).unwrap();
        structural_lints(&policy).into_iter().map(|lint| lint.kind).collect()
    }

    #[test]
    fn wide_statements_are_named_for_what_they_are() {
        use LintKind::{
            AllowNotAction, AllowNotResource, EveryAction, EveryActionOfService, EveryResource, PassEveryRole,
        };
        for (statement, expected) in [
            (
                r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#,
                vec![EveryAction, EveryResource, PassEveryRole],
            ),
            (
                r#"{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:table/orders"}"#,
                vec![EveryActionOfService],
            ),
            (r#"{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"*"}"#, vec![EveryResource]),
            (r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"arn:aws:s3:::b"}"#, vec![AllowNotAction]),
            (
                r#"{"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b"}"#,
                vec![AllowNotResource],
            ),
            (
                r#"{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/*"}"#,
                vec![PassEveryRole],
            ),
        ] {
            assert_eq!(kinds(statement), expected, "{statement}");
        }
    }

    #[test]
    fn narrow_statements_and_denies_are_not_named() {
        for statement in [
            r#"{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"arn:aws:dynamodb:*:*:table/orders"}"#,
            // There is no resource to confine it to.
            r#"{"Effect":"Allow","Action":["dynamodb:ListTables","xray:PutTraceSegments"],"Resource":"*"}"#,
            r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/app"}"#,
        ] {
            assert!(kinds(statement).is_empty(), "{statement}");
        }
    }
}
