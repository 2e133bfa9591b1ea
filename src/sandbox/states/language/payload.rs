use std::cell::Cell;

use serde_json::{Map, Value};

use super::failure::Failure;
use super::intrinsic::{Expression, mix};
use super::path::{NoPath, Path};
use super::problem::{Problem, SCHEMA};

/// What paths and intrinsic functions see.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    pub(super) input: &'a Value,
    /// What `$$` names.
    pub(super) context: &'a Value,
    /// Where the stream of random numbers stands.
    pub(super) seed: &'a Cell<u64>,
}

impl Scope<'_> {
    pub(super) fn draw(&self) -> u64 {
        let next = mix(self.seed.get());
        self.seed.set(next);
        next
    }

    /// What stands at a path, which must be there.
    pub(super) fn at(&self, path: &Path, field: &str) -> Result<Value, Failure> {
        path.find(self.input, self.context).ok_or_else(|| {
            let (what, from) =
                if path.of_context { ("Context Object", self.context) } else { ("input", self.input) };
            Failure::runtime(format!(
                "The JSONPath '{}' specified for the field '{field}' could not be found in the {what} '{from}'",
                path.text
            ))
        })
    }
}

/// Fills a payload template in: of fields whose names end in `.$` the values are paths or calls.
pub(super) fn fill(template: &Value, scope: &Scope<'_>) -> Result<Value, Failure> {
    match template {
        Value::Object(members) => {
            let mut filled = Map::new();
            for (name, value) in members {
                let (name, value) = match (name.strip_suffix(".$"), value.as_str()) {
                    (Some(bare), Some(text)) => {
                        let expression = Expression::parse(text).map_err(|_| {
                            Failure::runtime(format!(
                                "The value for the field '{name}' must be a valid JSONPath"
                            ))
                        })?;
                        (bare, expression.evaluate(name, scope)?)
                    }
                    _ => (name.as_str(), fill(value, scope)?),
                };
                filled.insert(name.to_owned(), value);
            }
            Ok(Value::Object(filled))
        }
        Value::Array(items) => items.iter().map(|item| fill(item, scope)).collect(),
        other => Ok(other.clone()),
    }
}

/// Says what is wrong with a payload template.
pub(super) fn check(template: &Value, at: &str, problems: &mut Vec<Problem>) {
    match template {
        Value::Object(members) => {
            for (name, value) in members {
                let at = format!("{at}/{name}");
                if name.ends_with(".$") {
                    let parsed = value.as_str().map_or(Err(NoPath), Expression::parse);
                    if parsed.is_err() {
                        problems.push(no_path(name, true, &at));
                    }
                } else {
                    check(value, &at, problems);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                check(item, &format!("{at}[{index}]"), problems);
            }
        }
        _ => {}
    }
}

/// A text that should be a path, or a call where these are taken, too.
pub(super) fn no_path(name: &str, calls: bool, at: &str) -> Problem {
    if calls {
        let what = "must be a valid JSONPath or a valid intrinsic function call";
        return Problem::new(SCHEMA, format!("The value for the field '{name}' {what}"), at);
    }
    Problem::new(SCHEMA, "Value is not a Reference Path", at)
}
