use std::cell::{Cell, OnceCell};

use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::intrinsic::{Expression, mix};
use super::line::Line;
use super::path::{NoPath, Path, TooMuch};
use super::problem::{Problem, SCHEMA};

/// How many bytes a payload has at most, and how deep it nests: AWS names no limit of the second kind.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
pub(super) const PAYLOAD: usize = 262_144;
const DEEPEST: usize = 64;

/// What paths and intrinsic functions see.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    pub(super) input: &'a Value,
    /// What `$$` names.
    context: &'a Context<'a>,
    /// Where the stream of random numbers stands.
    seed: &'a Cell<u64>,
    /// How many bytes may still be copied.
    left: Cell<usize>,
}

/// The context object, which is made when it is asked for: it holds the execution's input, and few paths begin in it.
#[derive(Debug)]
pub(super) struct Context<'a> {
    about: &'a Map<String, Value>,
    line: &'a Line,
    made: OnceCell<Value>,
}

impl<'a> Context<'a> {
    pub(super) fn new(about: &'a Map<String, Value>, line: &'a Line) -> Self {
        Self { about, line, made: OnceCell::new() }
    }

    /// The same, as an item of a Map state sees it.
    pub(super) fn of_item(&self, index: usize, value: &Value) -> Self {
        let mut whole = self.value().clone();
        whole["Map"] = json!({ "Item": { "Index": index, "Value": value } });
        Self { about: self.about, line: self.line, made: OnceCell::from(whole) }
    }

    fn value(&self) -> &Value {
        self.made.get_or_init(|| {
            let mut context = self.about.clone();
            let line = self.line;
            let entered = jiff::Timestamp::from_millisecond(line.entered_at).unwrap_or_default();
            let retries: u32 = line.retried.iter().sum();
            let state =
                json!({ "EnteredTime": entered.to_string(), "Name": line.state, "RetryCount": retries });
            context.insert("State".to_owned(), state);
            if let Some((index, value)) = &line.item {
                context.insert("Map".to_owned(), json!({ "Item": { "Index": index, "Value": value } }));
            }
            Value::Object(context)
        })
    }
}

/// Refuses what nests so deep that it could not be read again.
pub(in crate::sandbox::states) fn not_too_deep(value: &Value) -> Result<(), Failure> {
    let mut open = vec![(value, 1)];
    while let Some((value, depth)) = open.pop() {
        if depth > DEEPEST {
            return Err(Failure::runtime(format!(
                "The payload nests deeper than {DEEPEST} levels, which is the sandbox's limit."
            )));
        }
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(members) => open.extend(members.values().map(|member| (member, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}

impl<'a> Scope<'a> {
    pub(super) fn new(input: &'a Value, context: &'a Context<'a>, seed: &'a Cell<u64>) -> Self {
        Self { input, context, seed, left: Cell::new(PAYLOAD) }
    }

    /// What a path finds, if anything.
    pub(super) fn find(&self, path: &Path) -> Result<Option<Value>, Failure> {
        let root = if path.of_context { self.context.value() } else { self.input };
        path.find(root, &self.left).map_err(|TooMuch| Failure::too_large("The state was given a payload"))
    }

    pub(super) fn draw(&self) -> u64 {
        let next = mix(self.seed.get());
        self.seed.set(next);
        next
    }

    /// What stands at a path, which must be there.
    pub(super) fn at(&self, path: &Path, field: &str) -> Result<Value, Failure> {
        self.find(path)?.ok_or_else(|| {
            let (what, from) = if path.of_context {
                ("Context Object", self.context.value())
            } else {
                ("input", self.input)
            };
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
