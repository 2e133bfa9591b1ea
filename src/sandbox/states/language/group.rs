//! States that have lines within: Parallel and Map.

use std::cell::Cell;

use serde_json::{Value, json};

use super::failure::Failure;
use super::line::{Doing, Items, Line};
use super::machine::{Each, Kind, Machine, State};
use super::payload::{PAYLOAD, Scope, fill, not_too_deep};
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
    let scope = Scope::new(input, &context, &seed);
    let found = taken(&each.items, "ItemsPath", &scope)?;
    let Value::Array(values) = found else {
        return Err(Failure::runtime(format!(
            "Reference path for items must point to an array, but was: {found}"
        )));
    };
    world.note("MapStateStarted", &mut line.last, json!({ "length": values.len() }));
    line.doing = Doing::Items(Items { input: input.clone(), values, lines: vec![], bytes: 0 });
    Ok(())
}

/// What the line of an item gets.
fn item_input(
    each: &Each,
    items: &Items,
    index: usize,
    line: &Line,
    world: &World<'_>,
) -> Result<Value, Failure> {
    let value = items.values.get(index).cloned().unwrap_or_default();
    let Some(template) = &each.selector else { return Ok(value) };
    let seed = Cell::new(world.counts.seed.wrapping_add(line.last).wrapping_add(index as u64));
    let context = world.context(line).of_item(index, &value);
    let input = fill(template, &Scope::new(&items.input, &context, &seed))?;
    not_too_deep(&input)?;
    Ok(input)
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
    while index < items.values.len() {
        if index == items.lines.len() {
            let busy = ended.iter().filter(|ended| !**ended).count();
            if busy >= each.at_a_time() || world.events.len() >= world.budget {
                break;
            }
            let value = items.values.get(index).cloned().unwrap_or_default();
            let input = match item_input(each, items, index, line, world) {
                Ok(input) => input,
                Err(failure) => {
                    world.note("MapStateFailed", &mut line.last, Value::Null);
                    return Some(Err(failure));
                }
            };
            let mut last = line.last;
            world.note("MapIterationStarted", &mut last, about(index));
            let item = Line { item: Some((index, value)), ..Line::new(&each.machine, input, last) };
            items.lines.push(item);
            ended.push(false);
        }
        let item = &mut items.lines[index];
        if !ended[index] {
            advance(&each.machine, item, world);
            let outcome = item.outcome().cloned();
            ended[index] = outcome.is_some();
            match outcome {
                Some(Ok(output)) => {
                    world.note("MapIterationSucceeded", &mut item.last, about(index));
                    // Nobody asks any more what it got.
                    (item.input, item.item) = (Value::Null, None);
                    items.bytes += output.to_string().len();
                    if items.bytes > PAYLOAD {
                        line.last = item.last;
                        world.note("MapStateFailed", &mut line.last, Value::Null);
                        let what = format!("The state/task '{}' returned a result", line.state);
                        return Some(Err(Failure::too_large(&what)));
                    }
                }
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
    if items.lines.len() < items.values.len() {
        return None;
    }
    let outputs: Option<Vec<Value>> =
        items.lines.iter().map(|item| item.outcome()?.as_ref().ok().cloned()).collect();
    let outputs = outputs?;
    line.last = items.lines.iter().map(|item| item.last).max().unwrap_or(line.last);
    world.note("MapStateSucceeded", &mut line.last, Value::Null);
    Some(Ok(Value::Array(outputs)))
}
