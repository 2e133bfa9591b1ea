use std::collections::BTreeMap;

use serde_json::Value;

use super::Template;
use super::intrinsic::function;
use super::resolve::{NoAnswers, Problem, ResolveError, resolve, text_of};
use super::scope::Scope;

/// Evaluates the conditions of a template, whose parameters the scope already holds.
pub(super) fn evaluate(template: &Template, scope: &Scope) -> Result<BTreeMap<String, bool>, ResolveError> {
    let bodies: BTreeMap<&str, &Value> = template.section("Conditions").collect();
    let mut known = BTreeMap::new();
    for name in bodies.keys() {
        let holds = named(name, &bodies, scope, &mut Vec::new()).map_err(|problem| ResolveError {
            pointer: super::pointer::below("/Conditions", name),
            problem,
        })?;
        known.insert((*name).to_owned(), holds);
    }
    Ok(known)
}

fn named<'a>(
    name: &'a str,
    bodies: &BTreeMap<&'a str, &'a Value>,
    scope: &Scope,
    within: &mut Vec<&'a str>,
) -> Result<bool, Problem> {
    let body = bodies.get(name).ok_or_else(|| Problem::UnknownCondition(name.to_owned()))?;
    if within.contains(&name) {
        return Err(Problem::CircularCondition(name.to_owned()));
    }
    within.push(name);
    let holds = holds(body, bodies, scope, within)?;
    within.pop();
    Ok(holds)
}

fn holds<'a>(
    body: &'a Value,
    bodies: &BTreeMap<&'a str, &'a Value>,
    scope: &Scope,
    within: &mut Vec<&'a str>,
) -> Result<bool, Problem> {
    if let Some(Value::String(name)) = body.get("Condition") {
        return named(name, bodies, scope, within);
    }
    let (key, argument) = function(body).ok_or(Problem::NotACondition)?;
    let list = argument.as_array().ok_or(Problem::NotACondition)?;
    let mut each =
        || list.iter().map(|part| holds(part, bodies, scope, within)).collect::<Result<Vec<_>, _>>();
    match (key, list.as_slice()) {
        ("Fn::And", _) => Ok(each()?.into_iter().all(|part| part)),
        ("Fn::Or", _) => Ok(each()?.into_iter().any(|part| part)),
        ("Fn::Not", [part]) => Ok(!holds(part, bodies, scope, within)?),
        ("Fn::Equals", [one, other]) => Ok(compared(one, scope)? == compared(other, scope)?),
        _ => Err(Problem::NotACondition),
    }
}

/// CloudFormation compares texts: `true` equals `"true"`.
fn compared(value: &Value, scope: &Scope) -> Result<Value, Problem> {
    let value = resolve(value, scope, &NoAnswers).map_err(|error| error.problem)?;
    Ok(text_of(&value).map_or(value, Value::String))
}
