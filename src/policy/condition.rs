use super::Context;
use super::operator::{Operator, Test};
use super::pattern::Pattern;

/// One operator of a `Condition` element with all keys that it tests.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub(super) quantifier: Option<Quantifier>,
    pub(super) operator: Operator,
    pub(super) if_exists: bool,
    pub(super) keys: Vec<KeyTest>,
}

/// A context key and the values that it is tested against.
#[derive(Debug, Clone)]
pub(super) struct KeyTest {
    pub(super) key: String,
    pub(super) values: Vec<Pattern>,
}

/// How a key with several values is tested.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    ForAllValues,
    ForAnyValue,
}

/// An operator's name taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OperatorName {
    pub(super) quantifier: Option<Quantifier>,
    pub(super) operator: Operator,
    pub(super) if_exists: bool,
}

impl OperatorName {
    pub(super) fn parse(name: &str) -> Option<Self> {
        let (quantifier, rest) = if let Some(rest) = name.strip_prefix("ForAllValues:") {
            (Some(Quantifier::ForAllValues), rest)
        } else if let Some(rest) = name.strip_prefix("ForAnyValue:") {
            (Some(Quantifier::ForAnyValue), rest)
        } else {
            (None, name)
        };
        let (rest, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |rest| (rest, true));
        let operator = Operator::parse(rest)?;
        // Null is about whether the key exists, so it takes no IfExists.
        (!(if_exists && operator.test == Test::Null)).then_some(Self { quantifier, operator, if_exists })
    }
}

impl Condition {
    /// Whether it holds for every key. Notes the keys that it asks for and that the request does not carry.
    ///
    /// `allows` is the statement's effect: where a variable has no value, a `Not` operator must not become a way in.
    pub(super) fn holds(&self, context: &Context, allows: bool, missing: &mut Vec<String>) -> bool {
        // Every key is looked at, so that the list of missing ones is complete.
        let mut all = true;
        for key in &self.keys {
            all &= self.key_holds(key, context, allows, missing);
        }
        all
    }

    fn key_holds(
        &self,
        tested: &KeyTest,
        context: &Context,
        allows: bool,
        missing: &mut Vec<String>,
    ) -> bool {
        let actual = context.get(&tested.key);
        if self.operator.test == Test::Null {
            let absent = actual.is_none_or(<[String]>::is_empty);
            let absent = if absent { "true" } else { "false" };
            return tested.values.iter().any(|value| value.text().eq_ignore_ascii_case(absent));
        }
        if actual.is_none() && !self.if_exists {
            note(missing, &tested.key);
        }
        for variable in tested.values.iter().flat_map(Pattern::required_keys) {
            if context.get(variable).is_none() {
                note(missing, variable);
            }
        }
        let actual = match (actual, self.quantifier) {
            (Some(values), _) if !values.is_empty() => values,
            (_, Some(Quantifier::ForAllValues)) => return true,
            (_, Some(Quantifier::ForAnyValue)) => return self.if_exists,
            (_, None) => return self.if_exists || self.operator.negated,
        };
        let mut satisfied =
            actual.iter().map(|value| self.value_holds(value, &tested.values, context, allows));
        match self.quantifier {
            Some(Quantifier::ForAllValues) => satisfied.all(|holds| holds),
            Some(Quantifier::ForAnyValue) => satisfied.any(|holds| holds),
            None if self.operator.negated => satisfied.all(|holds| holds),
            None => satisfied.any(|holds| holds),
        }
    }

    fn value_holds(&self, actual: &str, expected: &[Pattern], context: &Context, allows: bool) -> bool {
        let mut unresolved = false;
        let mut matched = false;
        for pattern in expected {
            match self.operator.test.compare(actual, pattern, context) {
                Some(answer) => matched |= answer,
                None => unresolved = true,
            }
        }
        if self.operator.negated { !(matched || unresolved && allows) } else { matched }
    }
}

/// Adds a key that is missing, once.
pub(super) fn note(missing: &mut Vec<String>, key: &str) {
    if !missing.iter().any(|known| known.eq_ignore_ascii_case(key)) {
        missing.push(key.to_owned());
    }
}
