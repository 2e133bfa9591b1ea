use super::Context;
use super::condition::{Condition, KeyTest, note};
use super::grammar::{self, Draft, DraftStatement, STAR};
use super::json::Json;
use super::pattern::Pattern;
use super::principal_pattern::{Closeness, Names, PrincipalPattern};
use super::statement::{Listed, Statement};
use super::validation;

/// Where a policy stands; what its grammar allows depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    /// Inline on a user, group or role, or a session policy: no `Principal`.
    Identity,
    /// A managed policy, attached to a user, group or role, or a boundary: as `Identity`, and version 2012-10-17 only.
    Managed,
    /// On a resource: `Principal` required.
    Resource,
    /// A role's trust policy: `Principal` required, no `Resource`.
    Trust,
}

/// A policy document that was parsed and found valid.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(super) kind: PolicyKind,
    pub(super) statements: Vec<Statement>,
}

/// Why a document is not a policy, in AWS's words (the message of `MalformedPolicyDocument`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Malformed {
    pub message: String,
}

impl Policy {
    /// Parses strictly, as IAM does; the first fault that IAM would name is the error.
    pub fn parse(text: &str, kind: PolicyKind) -> Result<Self, Malformed> {
        let document = Json::parse(text).map_err(|_| match kind {
            PolicyKind::Identity | PolicyKind::Managed => grammar::syntax_error(),
            PolicyKind::Resource | PolicyKind::Trust => {
                Malformed { message: "This policy contains invalid Json".to_owned() }
            }
        })?;
        let draft = grammar::read(&document)?;
        validation::check(&draft, kind)?;
        Ok(Self::of(&draft, kind))
    }

    fn of(draft: &Draft, kind: PolicyKind) -> Self {
        // Without a version it is the older language, which has no variables.
        let variables = draft.version.as_deref() == Some("2012-10-17");
        let statements = draft.statements.iter().map(|statement| build(statement, variables)).collect();
        Self { kind, statements }
    }

    pub fn kind(&self) -> PolicyKind {
        self.kind
    }

    pub fn statement_count(&self) -> usize {
        self.statements.len()
    }

    /// Returns kind and value of every principal that the document names, for example `("AWS", "123456789012")`.
    pub fn principals(&self) -> impl Iterator<Item = (&str, &str)> {
        let listed = self.statements.iter().filter_map(|statement| statement.principals.as_ref());
        listed.flat_map(|listed| listed.patterns.iter().map(PrincipalPattern::named))
    }

    /// Whether a statement may allow an action, given in lower case, to somebody on something.
    pub(super) fn may_allow(&self, action: &str) -> bool {
        self.statements.iter().any(|statement| statement.allows && statement.is_about(action))
    }

    /// Returns the context keys that conditions and variables ask for, each once, as the document writes them
    /// (`GetContextKeysForCustomPolicy`).
    pub fn context_keys(&self) -> Vec<String> {
        let mut keys = vec![];
        for statement in &self.statements {
            for tested in statement.conditions.iter().flat_map(|condition| &condition.keys) {
                note(&mut keys, &tested.key);
                tested.values.iter().flat_map(Pattern::required_keys).for_each(|key| note(&mut keys, key));
            }
            let resources = statement.resources.iter().flat_map(|listed| &listed.patterns);
            resources.flat_map(Pattern::required_keys).for_each(|key| note(&mut keys, key));
        }
        keys
    }
}

/// What is asked, made ready to be matched with many statements.
pub(super) struct Question<'a> {
    pub(super) names: Names,
    /// In lower case.
    pub(super) action: String,
    pub(super) resource: &'a str,
    pub(super) context: &'a Context,
}

impl Statement {
    /// Whether it applies, and how closely it names the principal. Notes the context keys that it misses.
    pub(super) fn applies(&self, question: &Question<'_>, missing: &mut Vec<String>) -> Option<Closeness> {
        if !self.is_about(&question.action) {
            return None;
        }
        let closeness = self.names(&question.names)?;
        if !self.resource_matches(question, missing) {
            return None;
        }
        // Every condition is looked at, so that the list of missing keys is complete.
        let mut all = true;
        for condition in &self.conditions {
            all &= condition.holds(question.context, self.allows, missing);
        }
        all.then_some(closeness)
    }

    /// Whether it speaks of an action, given in lower case.
    fn is_about(&self, action: &str) -> bool {
        let nothing = Context::new();
        let matches = |pattern: &Pattern| pattern.matches(action, &nothing) == Some(true);
        self.actions.patterns.iter().any(matches) != self.actions.negated
    }

    fn names(&self, names: &Names) -> Option<Closeness> {
        match &self.principals {
            None => Some(Closeness::Direct),
            Some(listed) if listed.negated => {
                (!names.excepted(&listed.patterns)).then_some(Closeness::Direct)
            }
            Some(listed) => listed.patterns.iter().filter_map(|pattern| pattern.names(names)).max(),
        }
    }

    fn resource_matches(&self, question: &Question<'_>, missing: &mut Vec<String>) -> bool {
        let Some(listed) = &self.resources else { return true };
        let mut unresolved = false;
        let mut matched = false;
        for pattern in &listed.patterns {
            if let Some(answer) = pattern.matches(question.resource, question.context) {
                matched |= answer;
                continue;
            }
            unresolved = true;
            for key in pattern.required_keys().filter(|key| question.context.get(key).is_none()) {
                note(missing, key);
            }
        }
        if listed.negated {
            // What an unresolved pattern would have excepted is not known: that must not become a way in.
            !(matched || unresolved && self.allows)
        } else {
            matched
        }
    }
}

fn build(draft: &DraftStatement, variables: bool) -> Statement {
    let resource = |text: &String| Pattern::resource(text, variables);
    let principal = |(kind, value): &(String, String)| {
        if kind == STAR { Some(PrincipalPattern::Everyone) } else { PrincipalPattern::parse(kind, value) }
    };
    let conditions = draft.conditions.iter().map(|condition| {
        let reading = condition.name.operator.reading(variables);
        let keys = condition.keys.iter().map(|(key, values)| KeyTest {
            key: key.clone(),
            values: values.iter().map(|value| Pattern::new(value, reading)).collect(),
        });
        Condition {
            quantifier: condition.name.quantifier,
            operator: condition.name.operator,
            if_exists: condition.name.if_exists,
            keys: keys.collect(),
        }
    });
    Statement {
        sid: draft.sid.clone().filter(|sid| !sid.is_empty()),
        allows: draft.effect == "Allow",
        actions: listed(draft.action.as_ref(), draft.not_action.as_ref(), |text| Some(Pattern::action(text)))
            .unwrap_or(Listed { patterns: vec![], negated: false }),
        resources: listed(draft.resource.as_ref(), draft.not_resource.as_ref(), |text| Some(resource(text))),
        principals: listed(draft.principal.as_ref(), draft.not_principal.as_ref(), principal),
        conditions: conditions.collect(),
    }
}

fn listed<D, T>(
    plain: Option<&Vec<D>>,
    negated: Option<&Vec<D>>,
    read: impl Fn(&D) -> Option<T>,
) -> Option<Listed<T>> {
    let (list, negated) = plain.map(|list| (list, false)).or(negated.map(|list| (list, true)))?;
    Some(Listed { patterns: list.iter().filter_map(read).collect(), negated })
}
