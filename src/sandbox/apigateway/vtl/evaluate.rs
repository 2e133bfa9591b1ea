use std::collections::HashMap;
use std::rc::Rc;

use indexmap::IndexMap;
use serde_json::{Map as Object, Value};

use super::datum::Datum;
use super::input::Input;
use super::syntax::{Expression, Node, Operator, Reference, Step};
use super::{functions, methods, template};
use crate::sandbox::apigateway::entity::Map;

/// API Gateway goes through at most so many items in one `#foreach`.
const MOST_ITEMS: usize = 1000;
/// In bytes; a payload may have 10 MB.
const LONGEST: usize = 10 * 1024 * 1024;
/// Steps of one rendering, so that nested loops end.
const MOST_STEPS: usize = 400_000;
/// How deeply defined blocks may refer to each other.
const DEEPEST: usize = 32;

/// What a template gave.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sandbox::apigateway) struct Rendered {
    pub text: String,
    /// `$context.requestOverride`
    pub request_override: Value,
    /// `$context.responseOverride`
    pub response_override: Value,
}

/// Whether a template says the same whatever it is rendered with.
pub(in crate::sandbox::apigateway) fn is_literal(text: &str) -> bool {
    !text.contains(['$', '#'])
}

/// Renders a template; the error says what is wrong with it, with the line.
pub(in crate::sandbox::apigateway) fn render(
    text: &str,
    context: &Object<String, Value>,
    variables: &Map<String>,
    input: &Input,
) -> Result<Rendered, String> {
    let nodes = template::parse(text)?;
    let mut machine = Machine::new(context, variables, input);
    machine.run(&nodes)?;
    let overrides = |name: &str| match machine.variables.get("context") {
        Some(Datum::Map(members)) => members.borrow().get(name).map(Datum::to_value).unwrap_or_default(),
        _ => Value::Null,
    };
    Ok(Rendered {
        request_override: overrides("requestOverride"),
        response_override: overrides("responseOverride"),
        text: machine.output,
    })
}

/// Fills in references only, as gateway responses do.
pub(in crate::sandbox::apigateway) fn substitute(
    text: &str,
    context: &Object<String, Value>,
    variables: &Map<String>,
    input: &Input,
) -> String {
    let mut machine = Machine::new(context, variables, input);
    match machine.run(&template::parse_references(text)) {
        Ok(_) => machine.output,
        Err(_) => text.to_owned(),
    }
}

/// How a block ended.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Flow {
    On,
    Break,
    Stop,
}

struct Machine<'a> {
    variables: HashMap<String, Datum>,
    input: &'a Input,
    output: String,
    steps: usize,
    depth: usize,
}

impl<'a> Machine<'a> {
    fn new(context: &Object<String, Value>, stage: &Map<String>, input: &'a Input) -> Self {
        let mut known = context.clone();
        for (name, places) in [
            ("requestOverride", &["header", "path", "querystring"][..]),
            ("responseOverride", &["header"][..]),
        ] {
            if known.contains_key(name) {
                continue;
            }
            let places =
                places.iter().map(|place| ((*place).to_owned(), Value::Object(Object::new()))).collect();
            known.insert(name.to_owned(), Value::Object(places));
        }
        let stage = stage.iter().map(|(name, value)| (name.clone(), Datum::text(value))).collect();
        let variables = HashMap::from([
            ("context".to_owned(), Datum::of(&Value::Object(known))),
            ("stageVariables".to_owned(), Datum::map(stage)),
            ("input".to_owned(), Datum::Input),
            ("util".to_owned(), Datum::Util),
        ]);
        Self { variables, input, output: String::new(), steps: 0, depth: 0 }
    }

    fn run(&mut self, nodes: &[Node]) -> Result<Flow, String> {
        for node in nodes {
            self.count()?;
            match node {
                Node::Text(text) => self.output.push_str(text),
                Node::Reference(reference) => match self.resolve(reference)? {
                    Datum::Block(block) => {
                        let flow = self.nested(&block)?;
                        if flow == Flow::Stop {
                            return Ok(flow);
                        }
                    }
                    found => self.output.push_str(&found.written()),
                },
                Node::Define(name, block) => {
                    self.variables.insert(name.clone(), Datum::Block(Rc::clone(block)));
                }
                Node::Set(target, value) => {
                    let value = self.evaluate(value)?;
                    self.assign(target, value)?;
                }
                Node::If(branches, otherwise) => {
                    let mut chosen = otherwise;
                    for (condition, block) in branches {
                        if self.evaluate(condition)?.is_true() {
                            chosen = block;
                            break;
                        }
                    }
                    let flow = self.run(chosen)?;
                    if flow != Flow::On {
                        return Ok(flow);
                    }
                }
                Node::Foreach(name, over, block) => {
                    if self.foreach(name, over, block)? == Flow::Stop {
                        return Ok(Flow::Stop);
                    }
                }
                Node::Break => return Ok(Flow::Break),
                Node::Stop => return Ok(Flow::Stop),
            }
            if self.output.len() > LONGEST {
                return Err("mapping template: the result is longer than 10 MB".to_owned());
            }
        }
        Ok(Flow::On)
    }

    /// Renders a defined block in place; one that refers to itself ends somewhere.
    fn nested(&mut self, block: &[Node]) -> Result<Flow, String> {
        if self.depth >= DEEPEST {
            return Err("mapping template: #define blocks are nested too deeply".to_owned());
        }
        self.depth += 1;
        let flow = self.run(block);
        self.depth -= 1;
        flow
    }

    fn count(&mut self) -> Result<(), String> {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            Err("mapping template: it takes too many steps".to_owned())
        } else {
            Ok(())
        }
    }

    fn foreach(&mut self, name: &str, over: &Expression, block: &[Node]) -> Result<Flow, String> {
        let items: Vec<Datum> = match self.evaluate(over)? {
            Datum::List(entries, _) => entries.borrow().clone(),
            Datum::Map(members) => members.borrow().values().cloned().collect(),
            _ => return Ok(Flow::On),
        };
        let before = [name, "foreach", "velocityCount"].map(|name| (name, self.variables.get(name).cloned()));
        let last = items.len().min(MOST_ITEMS);
        let mut result = Flow::On;
        for (position, item) in items.into_iter().take(MOST_ITEMS).enumerate() {
            let position_datum = |number: usize| Datum::Whole(i64::try_from(number).unwrap_or(i64::MAX));
            self.variables.insert(name.to_owned(), item);
            self.variables.insert("velocityCount".to_owned(), position_datum(position + 1));
            let state = IndexMap::from([
                ("index".to_owned(), position_datum(position)),
                ("count".to_owned(), position_datum(position + 1)),
                ("hasNext".to_owned(), Datum::Bool(position + 1 < last)),
                ("first".to_owned(), Datum::Bool(position == 0)),
                ("last".to_owned(), Datum::Bool(position + 1 == last)),
            ]);
            self.variables.insert("foreach".to_owned(), Datum::map(state));
            match self.run(block)? {
                Flow::On => {}
                Flow::Break => break,
                Flow::Stop => {
                    result = Flow::Stop;
                    break;
                }
            }
        }
        for (name, value) in before {
            match value {
                Some(value) => self.variables.insert(name.to_owned(), value),
                None => self.variables.remove(name),
            };
        }
        Ok(result)
    }

    fn assign(&mut self, target: &Reference, value: Datum) -> Result<(), String> {
        let Some((last, steps)) = target.steps.split_last() else {
            self.variables.insert(target.name.clone(), value);
            return Ok(());
        };
        let holder = self.resolve(&Reference { name: target.name.clone(), steps: steps.to_vec() })?;
        let key = match last {
            Step::Member(name) => Datum::text(name),
            Step::Index(index) => self.evaluate(index)?,
            Step::Call(..) => return Err("mapping template: #set cannot assign to a call".to_owned()),
        };
        match (holder, &key) {
            (Datum::Map(members), key) => {
                members.borrow_mut().insert(key.written(), value);
            }
            (Datum::List(entries, _), Datum::Whole(at)) => {
                let slot = usize::try_from(*at).unwrap_or(usize::MAX);
                if let Some(slot) = entries.borrow_mut().get_mut(slot) {
                    *slot = value;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn resolve(&mut self, reference: &Reference) -> Result<Datum, String> {
        let mut found = self.variables.get(&reference.name).cloned().unwrap_or(Datum::Null);
        for step in &reference.steps {
            self.count()?;
            found = match step {
                Step::Member(name) => self.member(&found, name),
                Step::Index(index) => {
                    let index = self.evaluate(index)?;
                    at(&found, &index)
                }
                Step::Call(name, arguments) => {
                    let mut values = Vec::with_capacity(arguments.len());
                    for argument in arguments {
                        values.push(self.evaluate(argument)?);
                    }
                    self.call(&found, name, &values)
                }
            };
        }
        Ok(found)
    }

    fn member(&self, subject: &Datum, name: &str) -> Datum {
        match subject {
            Datum::Map(members) => members.borrow().get(name).cloned().unwrap_or(Datum::Null),
            Datum::Input if name == "body" => self.input.body(),
            // As in Velocity, a member is as well a getter: `$list.empty` calls `isEmpty()`, `$list.size` calls nothing.
            _ => {
                let mut letters = name.chars();
                let first = letters.next().map(|first| first.to_ascii_uppercase());
                let getter: String = first.into_iter().chain(letters).collect();
                let found = methods::call(subject, &format!("is{getter}"), &[]);
                found.or_else(|| methods::call(subject, &format!("get{getter}"), &[])).unwrap_or(Datum::Null)
            }
        }
    }

    fn call(&self, subject: &Datum, name: &str, arguments: &[Datum]) -> Datum {
        let first = arguments.first().map(Datum::written);
        match (subject, name) {
            (Datum::Input, "body") => self.input.body(),
            (Datum::Input, "path") => self.input.path(first.as_deref().unwrap_or("$")),
            (Datum::Input, "json") => self.input.json(first.as_deref().unwrap_or("$")),
            (Datum::Input, "params") => match first {
                Some(name) => self.input.param(&name),
                None => self.input.params(),
            },
            (Datum::Util, name) => functions::call(name, arguments).unwrap_or(Datum::Null),
            (subject, name) => methods::call(subject, name, arguments).unwrap_or(Datum::Null),
        }
    }

    fn evaluate(&mut self, expression: &Expression) -> Result<Datum, String> {
        self.count()?;
        Ok(match expression {
            Expression::Null => Datum::Null,
            Expression::Bool(flag) => Datum::Bool(*flag),
            Expression::Whole(number) => Datum::Whole(*number),
            Expression::Fraction(number) => Datum::Fraction(*number),
            Expression::Text(text) => Datum::text(text),
            Expression::Template(nodes) => {
                let outer = std::mem::take(&mut self.output);
                let result = self.run(nodes);
                let text = std::mem::replace(&mut self.output, outer);
                result?;
                Datum::Text(text)
            }
            Expression::List(entries) => {
                let entries = entries.iter().map(|entry| self.evaluate(entry));
                Datum::list(entries.collect::<Result<_, _>>()?)
            }
            Expression::Range(first, last) => {
                let (first, last) = (self.evaluate(first)?, self.evaluate(last)?);
                range(&first, &last)
            }
            Expression::Map(entries) => {
                let mut members = IndexMap::new();
                for (key, value) in entries {
                    members.insert(self.evaluate(key)?.written(), self.evaluate(value)?);
                }
                Datum::map(members)
            }
            Expression::Reference(reference) => self.resolve(reference)?,
            Expression::Not(inner) => Datum::Bool(!self.evaluate(inner)?.is_true()),
            Expression::Negative(inner) => match self.evaluate(inner)? {
                Datum::Whole(number) => Datum::Whole(number.wrapping_neg()),
                Datum::Fraction(number) => Datum::Fraction(-number),
                _ => Datum::Null,
            },
            Expression::Binary(operator, left, right) => self.binary(*operator, left, right)?,
        })
    }

    fn binary(&mut self, operator: Operator, left: &Expression, right: &Expression) -> Result<Datum, String> {
        let left = self.evaluate(left)?;
        match operator {
            Operator::Or if left.is_true() => return Ok(Datum::Bool(true)),
            Operator::And if !left.is_true() => return Ok(Datum::Bool(false)),
            _ => {}
        }
        let right = self.evaluate(right)?;
        let order = || match (left.number(), right.number()) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => match (&left, &right) {
                (Datum::Text(a), Datum::Text(b)) => Some(a.cmp(b)),
                _ => None,
            },
        };
        Ok(match operator {
            Operator::Or | Operator::And => Datum::Bool(right.is_true()),
            Operator::Equal => Datum::Bool(left.equals(&right)),
            Operator::Unequal => Datum::Bool(!left.equals(&right)),
            Operator::Less => Datum::Bool(order().is_some_and(std::cmp::Ordering::is_lt)),
            Operator::LessOrEqual => Datum::Bool(order().is_some_and(std::cmp::Ordering::is_le)),
            Operator::Greater => Datum::Bool(order().is_some_and(std::cmp::Ordering::is_gt)),
            Operator::GreaterOrEqual => Datum::Bool(order().is_some_and(std::cmp::Ordering::is_ge)),
            _ => arithmetic(operator, &left, &right),
        })
    }
}

fn at(subject: &Datum, index: &Datum) -> Datum {
    let found = match (subject, index) {
        (Datum::List(entries, _), Datum::Whole(number)) => {
            usize::try_from(*number).ok().and_then(|at| entries.borrow().get(at).cloned())
        }
        (Datum::Map(members), key) => members.borrow().get(&key.written()).cloned(),
        _ => None,
    };
    found.unwrap_or(Datum::Null)
}

fn range(first: &Datum, last: &Datum) -> Datum {
    let (Datum::Whole(first), Datum::Whole(last)) = (first, last) else { return Datum::Null };
    let most = i64::try_from(MOST_ITEMS).unwrap_or(i64::MAX);
    let numbers: Vec<Datum> = if first <= last {
        (*first..=(*last).min(first.saturating_add(most))).map(Datum::Whole).collect()
    } else {
        (*last.max(&first.saturating_sub(most))..=*first).rev().map(Datum::Whole).collect()
    };
    Datum::list(numbers)
}

fn arithmetic(operator: Operator, left: &Datum, right: &Datum) -> Datum {
    if let (Datum::Whole(a), Datum::Whole(b)) = (left, right) {
        let result = match operator {
            Operator::Plus => a.checked_add(*b),
            Operator::Minus => a.checked_sub(*b),
            Operator::Times => a.checked_mul(*b),
            Operator::Divide => a.checked_div(*b),
            _ => a.checked_rem(*b),
        };
        return result.map_or(Datum::Null, Datum::Whole);
    }
    if let (Some(a), Some(b)) = (left.number(), right.number()) {
        return Datum::Fraction(match operator {
            Operator::Plus => a + b,
            Operator::Minus => a - b,
            Operator::Times => a * b,
            Operator::Divide => a / b,
            _ => a % b,
        });
    }
    let text = matches!(left, Datum::Text(_)) || matches!(right, Datum::Text(_));
    if operator == Operator::Plus && text {
        return Datum::Text(left.written() + &right.written());
    }
    Datum::Null
}
