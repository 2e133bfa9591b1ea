//! States that have lines within: Parallel and Map.

use std::cell::Cell;

use serde_json::{Value, json};

use super::failure::Failure;
use super::line::{Doing, Items, Line};
use super::machine::{Each, Kind, Machine, State};
use super::payload::{Scope, fill};
use super::step::{World, advance, taken};

pub(super) fn begin_branches(machines: &[Machine], input: &Value, line: &mut Line, world: &mut World<'_>) {
    world.note("ParallelStateStarted", &mut line.last, Value::Null);
    let branch = |machine| {
        let item = line.item.clone();
        Line { item, ..Line::new(machine, input.clone(), line.last) }
    };
    let lines: Vec<Line> = machines.iter().map(branch).collect();
    line.doing = Doing::Branches(lines);
}

/// Lets the branches go on; gives their outputs when all have ended, and the failure of the first that fails.
pub(super) fn branches(
    state: &State,
    line: &mut Line,
    lines: &mut [Line],
    world: &mut World<'_>,
) -> Option<Result<Value, Failure>> {
    let Kind::Parallel(machines) = &state.kind else { return None };
    for (machine, branch) in machines.iter().zip(lines.iter_mut()) {
        advance(machine, branch, world);
        if let Some(Err(failure)) = branch.outcome() {
            line.last = branch.last;
            world.note("ParallelStateFailed", &mut line.last, Value::Null);
            return Some(Err(failure.clone()));
        }
    }
    let outputs: Option<Vec<Value>> =
        lines.iter().map(|branch| branch.outcome()?.as_ref().ok().cloned()).collect();
    let outputs = outputs?;
    line.last = lines.iter().map(|branch| branch.last).max().unwrap_or(line.last);
    world.note("ParallelStateSucceeded", &mut line.last, Value::Null);
    Some(Ok(Value::Array(outputs)))
}

/// Finds the items and makes what each line gets.
pub(super) fn begin_items(
    each: &Each,
    input: &Value,
    line: &mut Line,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let (context, seed) = (world.context(line), Cell::new(world.counts.seed.wrapping_add(line.last)));
    let scope = Scope { input, context: &context, seed: &seed };
    let found = taken(&each.items, "ItemsPath", &scope)?;
    let Value::Array(values) = found else {
        return Err(Failure::runtime(format!(
            "Reference path for items must point to an array, but was: {found}"
        )));
    };
    let inputs = match &each.selector {
        None => values.clone(),
        Some(template) => {
            let mut inputs = Vec::new();
            for (index, value) in values.iter().enumerate() {
                let mut context = context.clone();
                context["Map"] = json!({ "Item": { "Index": index, "Value": value } });
                inputs.push(fill(template, &Scope { input, context: &context, seed: &seed })?);
            }
            inputs
        }
    };
    world.note("MapStateStarted", &mut line.last, json!({ "length": values.len() }));
    line.doing = Doing::Items(Items { inputs, values, lines: vec![] });
    Ok(())
}

/// Lets the items' lines go on, as many at a time as may.
pub(super) fn items(
    state: &State,
    line: &mut Line,
    items: &mut Items,
    world: &mut World<'_>,
) -> Option<Result<Value, Failure>> {
    let Kind::Map(each) = &state.kind else { return None };
    let about = |index: usize| json!({ "name": line.state, "index": index });
    // What ended before this look was noted then.
    let mut ended: Vec<bool> = items.lines.iter().map(|item| item.outcome().is_some()).collect();
    let mut index = 0;
    while index < items.inputs.len() {
        if index == items.lines.len() {
            let busy = ended.iter().filter(|ended| !**ended).count();
            if each.concurrency.is_some_and(|most| busy >= most) || world.events.len() >= world.budget {
                break;
            }
            let mut last = line.last;
            world.note("MapIterationStarted", &mut last, about(index));
            let item = Line {
                item: Some((index, items.values.get(index).cloned().unwrap_or_default())),
                ..Line::new(&each.machine, items.inputs.get(index).cloned().unwrap_or_default(), last)
            };
            items.lines.push(item);
            ended.push(false);
        }
        let item = &mut items.lines[index];
        if !ended[index] {
            advance(&each.machine, item, world);
            let outcome = item.outcome().cloned();
            ended[index] = outcome.is_some();
            match outcome {
                Some(Ok(_)) => world.note("MapIterationSucceeded", &mut item.last, about(index)),
                Some(Err(failure)) => {
                    world.note("MapIterationFailed", &mut item.last, about(index));
                    line.last = item.last;
                    world.note("MapStateFailed", &mut line.last, Value::Null);
                    return Some(Err(failure));
                }
                None => {}
            }
        }
        index += 1;
    }
    if items.lines.len() < items.inputs.len() {
        return None;
    }
    let outputs: Option<Vec<Value>> =
        items.lines.iter().map(|item| item.outcome()?.as_ref().ok().cloned()).collect();
    let outputs = outputs?;
    line.last = items.lines.iter().map(|item| item.last).max().unwrap_or(line.last);
    world.note("MapStateSucceeded", &mut line.last, Value::Null);
    Some(Ok(Value::Array(outputs)))
}
