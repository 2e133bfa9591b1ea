use std::collections::{HashMap, HashSet, VecDeque};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::machine::{Kind, Machine, State};
use super::problem::{DUPLICATE, Problem, SCHEMA, TARGET};
use super::read_state;

/// The longest name of a state. <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
const LONGEST_NAME: usize = 80;

/// What is known while a definition is read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) problems: Vec<Problem>,
    /// Names of states, which are unique in the whole definition.
    names: HashSet<String>,
}

/// Reads a definition, or says all that is wrong with it.
pub(in crate::sandbox::states) fn read(text: &str) -> Result<Machine, Vec<Problem>> {
    let whole: Value = serde_json::from_str(text)
        .map_err(|error| vec![Problem::new("INVALID_JSON_DESCRIPTION", error.to_string(), "")])?;
    let mut reading = Reading::default();
    let machine = machine(&whole, "", &mut reading);
    match machine {
        Some(machine) if reading.problems.is_empty() => Ok(machine),
        _ => Err(reading.problems),
    }
}

/// How deep branches and items nest: an execution of such a machine can still be written down and read again.
const DEEPEST: usize = 10;

/// Reads a machine: the whole, a branch, or an item's.
pub(super) fn machine(value: &Value, at: &str, reading: &mut Reading) -> Option<Machine> {
    let mut fields = Fields::of(value, at, reading)?;
    fields.ignore(&["Comment"]);
    fields.language(reading);
    let mut timeout = None;
    if at.is_empty() {
        fields.ignore(&["Version"]);
        let given = fields.take("TimeoutSeconds");
        timeout = given.and_then(|value| positive(value, at, "TimeoutSeconds", reading));
    } else if let Some(config) = fields.take("ProcessorConfig") {
        let mode = config.get("Mode").and_then(Value::as_str).unwrap_or("INLINE");
        if mode != "INLINE" {
            let what = format!("ProcessorConfig Mode {mode}");
            reading.problems.push(Problem::lacking(what, format!("{at}/ProcessorConfig")));
        }
    }
    if at.matches("/States/").count() > DEEPEST {
        let message = format!("Machines nest deeper than {DEEPEST} levels, which is the sandbox's limit");
        reading.problems.push(Problem::new(SCHEMA, message, at));
        return None;
    }
    let start = fields.text("StartAt", true, reading);
    let states = fields.required("States", reading);
    fields.nothing_else(reading);
    let states = states?;
    let Some(given) = states.as_object() else {
        reading.problems.push(Problem::new(SCHEMA, "Expected value of type Object", format!("{at}/States")));
        return None;
    };
    let mut all = IndexMap::new();
    for (name, value) in given {
        let at = format!("{at}/States/{name}");
        if name.chars().count() > LONGEST_NAME {
            let message = format!("State name is longer than {LONGEST_NAME} characters");
            reading.problems.push(Problem::new("INVALID_STATE_NAME", message, &at));
        }
        if !reading.names.insert(name.clone()) {
            reading.problems.push(Problem::new(DUPLICATE, format!("Duplicate State name: {name}"), &at));
        }
        if let Some(state) = read_state::state(value, &at, reading) {
            all.insert(name.clone(), state);
        }
    }
    let machine = Machine { start: start?, states: all, timeout };
    if machine.states.len() == given.len() {
        check_ways(&machine, at, reading);
    }
    Some(machine)
}

/// Whether every way leads to a state, every state has a way to it, and there is an end.
fn check_ways(machine: &Machine, at: &str, reading: &mut Reading) {
    let missing = |field: &str, target: &str, at: String| {
        Problem::new(TARGET, format!("Missing '{field}' target: {target}"), at)
    };
    if !machine.states.contains_key(&machine.start) {
        reading.problems.push(missing("StartAt", &machine.start, format!("{at}/StartAt")));
        return;
    }
    let mut ways: HashMap<&str, Vec<&str>> = HashMap::new();
    for (name, state) in &machine.states {
        for (field, place, target) in targets(state) {
            if machine.states.contains_key(target) {
                ways.entry(name).or_default().push(target);
            } else {
                reading.problems.push(missing(field, target, format!("{at}/States/{name}{place}")));
            }
        }
    }
    let mut reached: HashSet<&str> = HashSet::from([machine.start.as_str()]);
    let mut next = VecDeque::from([machine.start.as_str()]);
    while let Some(name) = next.pop_front() {
        for target in ways.get(name).into_iter().flatten() {
            if reached.insert(target) {
                next.push_back(target);
            }
        }
    }
    for name in machine.states.keys().filter(|name| !reached.contains(name.as_str())) {
        let message = format!("State \"{name}\" is not reachable.");
        reading.problems.push(Problem::new(TARGET, message, format!("{at}/States/{name}")));
    }
    let ends = |state: &State| match state.kind {
        Kind::Choice { .. } => false,
        _ => state.next.is_none(),
    };
    if !machine.states.values().any(ends) {
        let message = "The workflow does not have a terminal state";
        reading.problems.push(Problem::new("MISSING_END_STATE", message, format!("{at}/States")));
    }
}

/// Where a state leads: the field, its place below the state, the name of the next one.
fn targets(state: &State) -> Vec<(&'static str, String, &str)> {
    let mut all = Vec::new();
    if let Some(next) = &state.next {
        all.push(("Next", "/Next".to_owned(), next.as_str()));
    }
    if let Kind::Choice { rules, default } = &state.kind {
        let rules = rules.iter().enumerate();
        all.extend(
            rules.map(|(index, (_, next))| ("Next", format!("/Choices[{index}]/Next"), next.as_str())),
        );
        all.extend(default.iter().map(|next| ("Default", "/Default".to_owned(), next.as_str())));
    }
    let catchers = state.catchers.iter().enumerate();
    all.extend(catchers.map(|(index, it)| ("Next", format!("/Catch[{index}]/Next"), it.next.as_str())));
    all
}

/// A whole number of at least one, or nothing and a problem.
pub(super) fn positive(value: &Value, at: &str, field: &str, reading: &mut Reading) -> Option<i64> {
    // A hundred million seconds are the longest that a wait or a timeout has.
    let number = value.as_i64().filter(|number| (1..=99_999_999).contains(number));
    if number.is_none() {
        let message = "Expected a positive integer, at most 99999999";
        reading.problems.push(Problem::new(SCHEMA, message, format!("{at}/{field}")));
    }
    number
}

/// The fields of an object, each read once.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    members: Map<String, Value>,
    source: &'a Map<String, Value>,
    pub(super) at: String,
}

impl<'a> Fields<'a> {
    pub(super) fn of(value: &'a Value, at: &str, reading: &mut Reading) -> Option<Self> {
        let Some(source) = value.as_object() else {
            reading.problems.push(Problem::new(SCHEMA, "Expected value of type Object", at));
            return None;
        };
        Some(Self { members: source.clone(), source, at: at.to_owned() })
    }

    pub(super) fn place(&self, field: &str) -> String {
        format!("{}/{field}", self.at)
    }

    pub(super) fn take(&mut self, field: &str) -> Option<&'a Value> {
        self.members.remove(field)?;
        self.source.get(field)
    }

    pub(super) fn required(&mut self, field: &str, reading: &mut Reading) -> Option<&'a Value> {
        let value = self.take(field);
        if value.is_none() {
            let message = format!("The field '{field}' is required but was missing");
            reading.problems.push(Problem::new(SCHEMA, message, &self.at));
        }
        value
    }

    pub(super) fn text(&mut self, field: &str, required: bool, reading: &mut Reading) -> Option<String> {
        let value = if required { self.required(field, reading) } else { self.take(field) }?;
        let text = value.as_str().map(str::to_owned);
        if text.is_none() {
            reading.problems.push(Problem::new(SCHEMA, "Expected value of type String", self.place(field)));
        }
        text
    }

    pub(super) fn ignore(&mut self, fields: &[&str]) {
        for field in fields {
            self.members.remove(*field);
        }
    }

    /// Refuses another language than `JSONPath`.
    pub(super) fn language(&mut self, reading: &mut Reading) {
        match self.take("QueryLanguage").map(|value| value.as_str()) {
            None | Some(Some("JSONPath")) => {}
            Some(Some("JSONata")) => {
                reading.problems.push(Problem::lacking("QueryLanguage JSONata", self.place("QueryLanguage")));
            }
            Some(_) => {
                let message = "Value must be one of: [JSONPath, JSONata]";
                reading.problems.push(Problem::new(SCHEMA, message, self.place("QueryLanguage")));
            }
        }
    }

    /// What AWS carries out and the sandbox does not.
    pub(super) fn lacking(&mut self, fields: &[&'static str], reading: &mut Reading) {
        for field in fields {
            if self.take(field).is_some() {
                reading.problems.push(Problem::lacking(*field, self.place(field)));
            }
        }
    }

    pub(super) fn nothing_else(self, reading: &mut Reading) {
        for field in self.members.keys() {
            reading.problems.push(Problem::new(SCHEMA, "Field is not supported", self.place(field)));
        }
    }
}
