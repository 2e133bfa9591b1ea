use serde_json::Value;

use super::choice::timestamp;
use super::intrinsic::Expression;
use super::machine::{Amount, Catcher, Each, Kind, Part, Retrier, State, Text, Until};
use super::path::{NoPath, Path};
use super::payload::{check, no_path};
use super::problem::{Problem, SCHEMA};
use super::read::{Fields, Reading, machine, positive};
use super::read_choice::choices;
use super::resource::{NoResource, Resource};

const TYPES: &str = "[Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait]";
/// The longest list of a retrier's: a task is tried a hundred million times at most.
const MOST_ATTEMPTS: u64 = 99_999_999;

/// Reads a state; nothing where it cannot be made sense of, and then there is a problem.
pub(super) fn state(value: &Value, at: &str, reading: &mut Reading) -> Option<State> {
    let mut fields = Fields::of(value, at, reading)?;
    fields.ignore(&["Comment"]);
    fields.language(reading);
    let type_name = fields.text("Type", true, reading)?;
    fields.lacking(&["Assign", "Output", "Arguments"], reading);
    let kind = match type_name.as_str() {
        "Pass" => Some(Kind::Pass { result: fields.take("Result").cloned() }),
        "Task" => task(&mut fields, reading),
        "Choice" => choices(&mut fields, reading),
        "Wait" => wait(&mut fields, reading).map(Kind::Wait),
        "Succeed" => Some(Kind::Succeed),
        "Fail" => Some(fail(&mut fields, reading)),
        "Parallel" => branches(&mut fields, reading),
        "Map" => each(&mut fields, reading),
        _ => {
            let message = format!("Value must be one of: {TYPES}");
            reading.problems.push(Problem::new(SCHEMA, message, fields.place("Type")));
            return None;
        }
    };
    let works = matches!(type_name.as_str(), "Task" | "Parallel" | "Map");
    let makes = works || type_name == "Pass";
    let (mut input, mut output, mut result) = (Part::Whole, Part::Whole, Part::Whole);
    if type_name != "Fail" {
        input = part(&mut fields, "InputPath", reading);
        output = part(&mut fields, "OutputPath", reading);
    }
    let mut parameters = None;
    if makes {
        // A Map's are those of its items.
        if type_name != "Map" {
            parameters = template(&mut fields, "Parameters", reading);
        }
        result = reference(&mut fields, "ResultPath", reading);
    }
    let selector = if works { template(&mut fields, "ResultSelector", reading) } else { None };
    let retriers = if works { retriers(&mut fields, reading) } else { vec![] };
    let catchers = if works { catchers(&mut fields, reading) } else { vec![] };
    let next = match type_name.as_str() {
        "Choice" | "Succeed" | "Fail" => None,
        _ => next(&mut fields, reading),
    };
    fields.nothing_else(reading);
    Some(State { kind: kind?, next, input, output, parameters, selector, result, retriers, catchers })
}

fn next(fields: &mut Fields<'_>, reading: &mut Reading) -> Option<String> {
    let next = fields.text("Next", false, reading);
    let end = fields.take("End");
    let ends = end == Some(&Value::Bool(true));
    if ends == next.is_some() || end.is_some_and(|end| !end.is_boolean()) {
        let message = "Exactly one of the fields 'Next' and 'End' is required";
        reading.problems.push(Problem::new(SCHEMA, message, &fields.at));
    }
    next
}

/// A path that may be `null`.
pub(super) fn part(fields: &mut Fields<'_>, field: &str, reading: &mut Reading) -> Part {
    match fields.take(field) {
        None => Part::Whole,
        Some(Value::Null) => Part::Nothing,
        Some(value) => {
            let Ok(path) = value.as_str().map_or(Err(NoPath), Path::parse) else {
                reading.problems.push(no_path(field, false, &fields.place(field)));
                return Part::Whole;
            };
            Part::At(path)
        }
    }
}

/// A place to write to.
fn reference(fields: &mut Fields<'_>, field: &str, reading: &mut Reading) -> Part {
    let part = part(fields, field, reading);
    if let Part::At(path) = &part
        && (path.of_context || !path.is_definite())
    {
        reading.problems.push(Problem::new(SCHEMA, "Value is not a Reference Path", fields.place(field)));
    }
    part
}

/// A path that has to be one.
pub(super) fn path(fields: &mut Fields<'_>, field: &str, reading: &mut Reading) -> Option<Path> {
    let parsed = fields.take(field)?.as_str().map_or(Err(NoPath), Path::parse);
    if parsed.is_err() {
        reading.problems.push(no_path(field, false, &fields.place(field)));
    }
    parsed.ok()
}

fn template(fields: &mut Fields<'_>, field: &str, reading: &mut Reading) -> Option<Value> {
    let template = fields.take(field)?;
    check(template, &fields.place(field), &mut reading.problems);
    Some(template.clone())
}

fn task(fields: &mut Fields<'_>, reading: &mut Reading) -> Option<Kind> {
    fields.lacking(&["Credentials", "HeartbeatSeconds", "HeartbeatSecondsPath"], reading);
    let timeout = amount(fields, "TimeoutSeconds", reading);
    let resource = fields.text("Resource", true, reading)?;
    match Resource::parse(&resource) {
        Ok(resource) => Some(Kind::Task { resource, timeout }),
        Err(reason) => {
            let at = fields.place("Resource");
            reading.problems.push(match reason {
                NoResource::Wrong => Problem::new(SCHEMA, "Value is not a valid resource ARN", at),
                NoResource::Lacking => Problem::lacking(format!("the resource {resource}"), at),
            });
            None
        }
    }
}

fn both(fields: &Fields<'_>, one: &str, reading: &mut Reading) {
    let message = format!("Only one of the fields '{one}' and '{one}Path' may be given");
    reading.problems.push(Problem::new(SCHEMA, message, &fields.at));
}

fn amount(fields: &mut Fields<'_>, field: &str, reading: &mut Reading) -> Option<Amount> {
    let path = path(fields, &format!("{field}Path"), reading);
    let plain = fields.take(field);
    if path.is_some() && plain.is_some() {
        both(fields, field, reading);
    }
    match (plain, path) {
        (Some(value), _) => positive(value, &fields.at, field, reading).map(Amount::Seconds),
        (None, path) => path.map(Amount::At),
    }
}

fn wait(fields: &mut Fields<'_>, reading: &mut Reading) -> Option<Until> {
    let mut all = Vec::new();
    if let Some(value) = fields.take("Seconds") {
        // Unlike a timeout, a wait may be none.
        let number = value.as_i64().filter(|number| (0..=99_999_999).contains(number));
        if number.is_none() {
            let message = "Expected a non-negative integer, at most 99999999";
            reading.problems.push(Problem::new(SCHEMA, message, fields.place("Seconds")));
        }
        all.push(Until::After(Amount::Seconds(number.unwrap_or_default())));
    }
    all.extend(path(fields, "SecondsPath", reading).map(|path| Until::After(Amount::At(path))));
    if let Some(value) = fields.take("Timestamp") {
        if timestamp(value).is_none() {
            let message = "Expected a timestamp in the RFC3339 profile of ISO 8601";
            reading.problems.push(Problem::new(SCHEMA, message, fields.place("Timestamp")));
        }
        all.push(Until::Moment(value.clone()));
    }
    all.extend(path(fields, "TimestampPath", reading).map(Until::MomentAt));
    if all.len() != 1 {
        let message =
            "Exactly one of the fields [Seconds, SecondsPath, Timestamp, TimestampPath] is required";
        reading.problems.push(Problem::new(SCHEMA, message, &fields.at));
        return None;
    }
    all.pop()
}

fn fail(fields: &mut Fields<'_>, reading: &mut Reading) -> Kind {
    let mut made = |field: &str| {
        let plain = fields.text(field, false, reading).map(Text::Plain);
        let path = format!("{field}Path");
        let Some(value) = fields.take(&path) else { return plain };
        if plain.is_some() {
            both(fields, field, reading);
        }
        let parsed = value.as_str().map_or(Err(NoPath), Expression::parse);
        if parsed.is_err() {
            reading.problems.push(no_path(&path, true, &fields.place(&path)));
        }
        parsed.ok().map(Text::Made)
    };
    let (error, cause) = (made("Error"), made("Cause"));
    Kind::Fail { error, cause }
}

fn branches(fields: &mut Fields<'_>, reading: &mut Reading) -> Option<Kind> {
    let given = fields.required("Branches", reading)?;
    let at = fields.place("Branches");
    let Some(given) = given.as_array().filter(|given| !given.is_empty()) else {
        reading.problems.push(Problem::new(SCHEMA, "Expected an array of at least one element", at));
        return None;
    };
    let read = |(index, branch)| machine(branch, &format!("{at}[{index}]"), reading);
    given.iter().enumerate().map(read).collect::<Option<Vec<_>>>().map(Kind::Parallel)
}

fn each(fields: &mut Fields<'_>, reading: &mut Reading) -> Option<Kind> {
    let lacking = [
        "ItemReader",
        "ItemBatcher",
        "ResultWriter",
        "ToleratedFailureCount",
        "ToleratedFailureCountPath",
        "ToleratedFailurePercentage",
        "ToleratedFailurePercentagePath",
        "MaxConcurrencyPath",
        "Label",
    ];
    fields.lacking(&lacking, reading);
    let items = part(fields, "ItemsPath", reading);
    let (old, new) = (template(fields, "Parameters", reading), template(fields, "ItemSelector", reading));
    let concurrency = fields.take("MaxConcurrency").and_then(|value| {
        let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
        if number.is_none() {
            let message = "Expected a non-negative integer";
            reading.problems.push(Problem::new(SCHEMA, message, fields.place("MaxConcurrency")));
        }
        number.filter(|number| *number > 0)
    });
    let (iterator, processor) = (fields.take("Iterator"), fields.take("ItemProcessor"));
    if iterator.is_some() == processor.is_some() || old.is_some() && new.is_some() {
        let message =
            "Exactly one of the fields 'ItemProcessor' and 'Iterator' is required, and one selector at most";
        reading.problems.push(Problem::new(SCHEMA, message, &fields.at));
    }
    let name = if processor.is_some() { "ItemProcessor" } else { "Iterator" };
    let machine = machine(processor.or(iterator)?, &fields.place(name), reading)?;
    Some(Kind::Map(Box::new(Each { items, selector: new.or(old), machine, concurrency })))
}

fn errors(fields: &mut Fields<'_>, reading: &mut Reading) -> Vec<String> {
    let given = fields.required("ErrorEquals", reading).and_then(Value::as_array);
    let names: Vec<String> =
        given.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    if given.is_some_and(|given| given.is_empty() || given.len() != names.len())
        || names.len() > 1 && names.iter().any(|name| name == super::failure::ALL)
    {
        let message = "Expected an array of error names, in which 'States.ALL' stands alone";
        reading.problems.push(Problem::new(SCHEMA, message, fields.place("ErrorEquals")));
    }
    names
}

/// Reads a list of retriers or catchers.
fn list<T>(
    fields: &mut Fields<'_>,
    field: &str,
    reading: &mut Reading,
    mut read: impl FnMut(&mut Fields<'_>, &mut Reading) -> Option<T>,
) -> Vec<T> {
    let Some(given) = fields.take(field) else { return vec![] };
    let at = fields.place(field);
    let Some(given) = given.as_array() else {
        reading.problems.push(Problem::new(SCHEMA, "Expected value of type Array", at));
        return vec![];
    };
    let mut all = Vec::new();
    for (index, value) in given.iter().enumerate() {
        let names = value.get("ErrorEquals").and_then(Value::as_array);
        let for_all = names.is_some_and(|names| names.iter().any(|name| name == super::failure::ALL));
        if for_all && index + 1 < given.len() {
            // <https://states-language.net/#errors>
            let message = "'States.ALL' is for the last of them only";
            let place = format!("{at}[{index}]/ErrorEquals");
            reading.problems.push(Problem::new(SCHEMA, message, place));
        }
        let Some(mut fields) = Fields::of(value, &format!("{at}[{index}]"), reading) else { continue };
        fields.ignore(&["Comment"]);
        fields.lacking(&["Assign", "Output"], reading);
        all.extend(read(&mut fields, reading));
        fields.nothing_else(reading);
    }
    all
}

/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>
const LONGEST_DELAY: i64 = 31_622_400;

fn retriers(fields: &mut Fields<'_>, reading: &mut Reading) -> Vec<Retrier> {
    list(fields, "Retry", reading, |fields, reading| {
        let errors = errors(fields, reading);
        let mut seconds = |field: &str, reading: &mut Reading| {
            let value = fields.take(field)?;
            positive(value, &fields.at, field, reading)
        };
        let interval = seconds("IntervalSeconds", reading).unwrap_or(1);
        let longest = seconds("MaxDelaySeconds", reading);
        if longest.is_some_and(|longest| longest <= interval || longest >= LONGEST_DELAY) {
            let message = format!("Expected more than IntervalSeconds, and less than {LONGEST_DELAY}");
            reading.problems.push(Problem::new(SCHEMA, message, fields.place("MaxDelaySeconds")));
        }
        let attempts = fields
            .take("MaxAttempts")
            .map_or(Some(3), |value| value.as_u64().filter(|it| *it <= MOST_ATTEMPTS));
        let rate =
            fields.take("BackoffRate").map_or(Some(2.0), |value| value.as_f64().filter(|it| *it >= 1.0));
        if attempts.is_none() || rate.is_none() {
            let message = "Expected MaxAttempts of at least 0 and BackoffRate of at least 1";
            reading.problems.push(Problem::new(SCHEMA, message, &fields.at));
        }
        let jitter = fields.take("JitterStrategy").is_none_or(|value| value == "FULL" || value == "NONE");
        if !jitter {
            let message = "Value must be one of: [FULL, NONE]";
            reading.problems.push(Problem::new(SCHEMA, message, fields.place("JitterStrategy")));
        }
        let attempts = u32::try_from(attempts?).ok()?;
        Some(Retrier { errors, interval, attempts, rate: rate?, longest })
    })
}

fn catchers(fields: &mut Fields<'_>, reading: &mut Reading) -> Vec<Catcher> {
    list(fields, "Catch", reading, |fields, reading| {
        let errors = errors(fields, reading);
        let result = reference(fields, "ResultPath", reading);
        let next = fields.text("Next", true, reading)?;
        Some(Catcher { errors, next, result })
    })
}
