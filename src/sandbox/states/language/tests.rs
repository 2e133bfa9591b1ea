//! Whole definitions, run without any service: calls are answered by the test, and time passes as it says.

mod choices;
mod failures;
mod functions;
mod groups;
mod limits;
mod reading;
mod states;

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::{Counts, Event, Failure, Line, Next, Wish, World, go_on, read};

/// When every run begins: 2026-01-01T00:00:00Z, in milliseconds since 1970.
const BEGINNING: i64 = 1_767_225_600_000;
/// A task of a function, as far as it goes in a state.
const PAY: &str = "arn:aws:lambda:eu-west-1:123456789012:function:pay";

/// What a run gave: its outcome, the types of its events, and how many seconds passed.
struct Ran {
    outcome: Result<Value, Failure>,
    events: Vec<Event>,
    seconds: i64,
}

impl Ran {
    fn kinds(&self) -> Vec<&str> {
        self.events.iter().map(|event| event.kind.as_str()).collect()
    }

    #[track_caller]
    fn output(&self) -> Value {
        self.outcome.clone().unwrap()
    }

    #[track_caller]
    fn error(&self) -> String {
        self.outcome.clone().unwrap_err().error
    }
}

/// Runs a definition; each call is answered by the test, or never.
fn run_with(
    definition: &Value,
    input: &Value,
    mut answer: impl FnMut(&Wish) -> Option<Result<Value, Failure>>,
) -> Ran {
    let machine = read(&definition.to_string()).unwrap();
    let first =
        Event { id: 1, previous: 0, at: BEGINNING, kind: "ExecutionStarted".into(), details: Value::Null };
    let (mut line, mut counts) = (Line::new(&machine, input.clone(), 1), Counts::new(7, &first));
    let run = json!({ "Name": "run", "Input": input });
    let about = Map::from_iter([("Execution".to_owned(), run)]);
    let (mut now, mut events, mut offered) = (BEGINNING, Vec::new(), HashSet::new());
    for _ in 0..10_000 {
        let mut given = HashMap::new();
        for wish in line.wishes(&machine) {
            if offered.insert(wish.id)
                && let Some(outcome) = answer(&wish)
            {
                given.insert(wish.id, outcome);
            }
        }
        // What is kept between two turns is all that there is.
        line = serde_json::from_str(&serde_json::to_string(&line).unwrap()).unwrap();
        let mut world = World {
            now,
            region: "eu-west-1",
            about: &about,
            given,
            counts: &mut counts,
            events: vec![],
            budget: 3,
        };
        let next = go_on(&machine, &mut line, &mut world);
        events.append(&mut world.events);
        match next {
            Next::Over(outcome) => return Ran { outcome, events, seconds: (now - BEGINNING) / 1000 },
            Next::Later(due) if line.wishes(&machine).iter().all(|wish| offered.contains(&wish.id)) => {
                now = due.expect("it waits for something");
            }
            Next::Soon | Next::Later(_) => {}
        }
    }
    panic!("it never ends: {line:?}");
}

fn run(definition: &Value, input: &Value) -> Ran {
    run_with(definition, input, |wish| panic!("nobody answers {wish:?}"))
}

/// A machine of one state.
fn one(state: &Value) -> Value {
    let mut state = state.clone();
    let type_name = state["Type"].as_str().unwrap_or_default();
    if !matches!(type_name, "Choice" | "Succeed" | "Fail") && state.get("Next").is_none() {
        state["End"] = true.into();
    }
    json!({ "StartAt": "One", "States": { "One": state } })
}

/// What a payload template gives for an input.
#[track_caller]
fn filled(template: &Value, input: &Value) -> Value {
    run(&one(&json!({ "Type": "Pass", "Parameters": template })), input).output()
}

/// What an intrinsic function gives; fails with the error's name.
fn called(call: &str, input: &Value) -> Result<Value, String> {
    let ran = run(&one(&json!({ "Type": "Pass", "Parameters": { "r.$": call } })), input);
    ran.outcome.map(|output| output["r"].clone()).map_err(|failure| failure.error)
}
