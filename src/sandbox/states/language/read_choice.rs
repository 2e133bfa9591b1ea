use serde_json::Value;

use super::choice::{Condition, Family, Kind as Is, Operand, Relation, Test};
use super::machine::Kind;
use super::path::{NoPath, Path};
use super::payload::no_path;
use super::problem::{Problem, SCHEMA};
use super::read::{Fields, Reading};
use super::read_state::path;

const FAMILIES: [(&str, Family); 4] = [
    ("String", Family::String),
    ("Numeric", Family::Numeric),
    ("Boolean", Family::Boolean),
    ("Timestamp", Family::Timestamp),
];
const RELATIONS: [(&str, Relation); 5] = [
    ("Equals", Relation::Equals),
    ("LessThan", Relation::LessThan),
    ("GreaterThan", Relation::GreaterThan),
    ("LessThanEquals", Relation::LessThanEquals),
    ("GreaterThanEquals", Relation::GreaterThanEquals),
];
const KINDS: [(&str, Is); 6] = [
    ("IsNull", Is::Null),
    ("IsPresent", Is::Present),
    ("IsNumeric", Is::Numeric),
    ("IsString", Is::String),
    ("IsBoolean", Is::Boolean),
    ("IsTimestamp", Is::Timestamp),
];

/// Reads the choices of a Choice state.
pub(super) fn choices(fields: &mut Fields<'_>, reading: &mut Reading) -> Option<Kind> {
    let default = fields.text("Default", false, reading);
    let given = fields.required("Choices", reading)?;
    let at = fields.place("Choices");
    let Some(given) = given.as_array().filter(|given| !given.is_empty()) else {
        reading.problems.push(Problem::new(SCHEMA, "Expected an array of at least one element", at));
        return None;
    };
    let mut rules = Vec::new();
    for (index, value) in given.iter().enumerate() {
        let mut fields = Fields::of(value, &format!("{at}[{index}]"), reading)?;
        let next = fields.text("Next", true, reading);
        let condition = condition(fields, reading);
        rules.push((condition?, next?));
    }
    Some(Kind::Choice { rules, default })
}

fn condition(mut fields: Fields<'_>, reading: &mut Reading) -> Option<Condition> {
    fields.ignore(&["Comment"]);
    fields.lacking(&["Assign", "Output", "Condition"], reading);
    let inner = |value: &Value, at: String, reading: &mut Reading| {
        let fields = Fields::of(value, &at, reading)?;
        condition(fields, reading)
    };
    for name in ["And", "Or"] {
        let Some(value) = fields.take(name) else { continue };
        let at = fields.place(name);
        let Some(given) = value.as_array().filter(|given| !given.is_empty()) else {
            reading.problems.push(Problem::new(SCHEMA, "Expected an array of at least one element", at));
            return None;
        };
        let mut all = Vec::new();
        for (index, value) in given.iter().enumerate() {
            all.push(inner(value, format!("{at}[{index}]"), reading)?);
        }
        fields.nothing_else(reading);
        return Some(if name == "And" { Condition::And(all) } else { Condition::Or(all) });
    }
    if let Some(value) = fields.take("Not") {
        let not = inner(value, fields.place("Not"), reading)?;
        fields.nothing_else(reading);
        return Some(Condition::Not(Box::new(not)));
    }
    let variable = path(&mut fields, "Variable", reading);
    let mut tests = Vec::new();
    for (name, value) in operators(&mut fields) {
        tests.extend(test(&name, value, &fields, reading));
    }
    let complete = variable.is_some() && tests.len() == 1;
    if !complete && reading.problems.is_empty() {
        let message = "Expected a 'Variable' and exactly one comparison operator, or one of [And, Or, Not]";
        reading.problems.push(Problem::new(SCHEMA, message, &fields.at));
    }
    fields.nothing_else(reading);
    Some(Condition::Test { variable: variable?, test: tests.pop()? })
}

/// The operators that are given, by their names.
fn operators<'a>(fields: &mut Fields<'a>) -> Vec<(String, &'a Value)> {
    let mut names: Vec<String> = KINDS.iter().map(|(name, _)| (*name).to_owned()).collect();
    names.push("StringMatches".to_owned());
    for (family, _) in FAMILIES {
        for (relation, _) in RELATIONS {
            // Of truth values there is equality only.
            if family != "Boolean" || relation == "Equals" {
                names.extend([format!("{family}{relation}"), format!("{family}{relation}Path")]);
            }
        }
    }
    names.into_iter().filter_map(|name| fields.take(&name).map(|value| (name, value))).collect()
}

fn test(name: &str, value: &Value, fields: &Fields<'_>, reading: &mut Reading) -> Option<Test> {
    let mut expected = |what: &str| {
        let message = format!("Expected value of type {what}");
        reading.problems.push(Problem::new(SCHEMA, message, fields.place(name)));
    };
    if let Some((_, kind)) = KINDS.iter().find(|(known, _)| *known == name) {
        let wanted = value.as_bool();
        if wanted.is_none() {
            expected("Boolean");
        }
        return wanted.map(|wanted| Test::Is(*kind, wanted));
    }
    if name == "StringMatches" {
        if !value.is_string() {
            expected("String");
        }
        return value.as_str().map(|pattern| Test::Matches(pattern.to_owned()));
    }
    let bare = name.strip_suffix("Path").unwrap_or(name);
    let (word, family) = FAMILIES.iter().find(|(word, _)| bare.starts_with(word))?;
    let relation = bare.strip_prefix(word)?;
    let (_, relation) = RELATIONS.iter().find(|(known, _)| *known == relation)?;
    let operand = if bare.len() == name.len() {
        if !family.takes(value) {
            expected(word);
            return None;
        }
        Operand::Literal(value.clone())
    } else {
        let Ok(path) = value.as_str().map_or(Err(NoPath), Path::parse) else {
            reading.problems.push(no_path(name, false, &fields.place(name)));
            return None;
        };
        Operand::At(path)
    };
    Some(Test::Compare(*family, *relation, operand))
}
