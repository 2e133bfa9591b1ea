use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::intrinsic::function;
use super::scope::Scope;
use super::substitution::{Part, parts};
use super::{Template, pointer};
use crate::source::Diagnostic;

/// What resources that exist answer to `Ref` and `Fn::GetAtt`.
pub trait Answers {
    /// Returns what `Ref` gives for a resource; `None` when it does not exist yet.
    fn reference(&self, logical_id: &str) -> Option<Value>;

    /// Returns what `Fn::GetAtt` gives; `None` when the resource has no such attribute.
    fn attribute(&self, logical_id: &str, name: &str) -> Option<Value>;
}

/// The answers of one resource.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    pub reference: Value,
    pub attributes: BTreeMap<String, Value>,
}

impl Answers for BTreeMap<String, Answer> {
    fn reference(&self, logical_id: &str) -> Option<Value> {
        self.get(logical_id).map(|answer| answer.reference.clone())
    }

    fn attribute(&self, logical_id: &str, name: &str) -> Option<Value> {
        self.get(logical_id).and_then(|answer| answer.attributes.get(name)).cloned()
    }
}

/// No resource exists.
pub(super) struct NoAnswers;

impl Answers for NoAnswers {
    fn reference(&self, _logical_id: &str) -> Option<Value> {
        None
    }

    fn attribute(&self, _logical_id: &str, _name: &str) -> Option<Value> {
        None
    }
}

/// Why a value could not be resolved, and at which node below it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct ResolveError {
    /// JSON pointer, counted from the value that was to be resolved.
    pub pointer: String,
    #[source]
    pub problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("`{0}` is neither a parameter nor a resource that exists")]
    UnknownName(String),
    #[error("`{id}` has no attribute `{attribute}`")]
    UnknownAttribute { id: String, attribute: String },
    #[error("there is no condition `{0}`")]
    UnknownCondition(String),
    #[error("the condition `{0}` needs itself")]
    CircularCondition(String),
    #[error("this is not a condition")]
    NotACondition,
    #[error("the mappings hold no `{0}`")]
    UnknownMapping(String),
    #[error("`{function}` {problem}")]
    Misuse { function: String, problem: String },
}

impl ResolveError {
    /// Returns the error with its place in the template. `at` is the pointer of the value that was to be resolved.
    pub fn diagnostic(&self, template: &Template, at: &str) -> Diagnostic {
        Diagnostic::error(self.problem.to_string()).at(template.location(&format!("{at}{}", self.pointer)))
    }
}

/// Evaluates all intrinsics of a value. A member or element that is `AWS::NoValue` is left out.
pub fn resolve(value: &Value, scope: &Scope, answers: &dyn Answers) -> Result<Value, ResolveError> {
    let resolver = Resolver { scope, answers };
    Ok(resolver.value(value, "")?.unwrap_or(Value::Null))
}

/// Evaluates the outputs, in the order written. Numbers and booleans become text, as in CloudFormation's answers.
pub fn outputs(
    template: &Template,
    scope: &Scope,
    answers: &dyn Answers,
) -> Result<IndexMap<String, String>, ResolveError> {
    let outputs = template.section("Outputs").map(|(name, body)| {
        let at = pointer::below(&pointer::below("/Outputs", name), "Value");
        let wrong = |problem| ResolveError { pointer: at.clone(), problem };
        let value = resolve(body.get("Value").unwrap_or(&Value::Null), scope, answers)
            .map_err(|error| ResolveError { pointer: format!("{at}{}", error.pointer), ..error })?;
        let text = text_of(&value).ok_or_else(|| wrong(misuse("Outputs", "must be texts")))?;
        Ok((name.to_owned(), text))
    });
    outputs.collect()
}

/// Returns a scalar as the text that CloudFormation makes of it.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn misuse(function: &str, problem: impl Into<String>) -> Problem {
    Problem::Misuse { function: function.to_owned(), problem: problem.into() }
}

struct Resolver<'a> {
    scope: &'a Scope,
    answers: &'a dyn Answers,
}

impl Resolver<'_> {
    /// `None` is `AWS::NoValue`.
    fn value(&self, value: &Value, at: &str) -> Result<Option<Value>, ResolveError> {
        if let Some((key, argument)) = function(value) {
            return self.function(key, argument, at);
        }
        Ok(Some(match value {
            Value::Array(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| self.value(item, &pointer::element(at, index)));
                Value::Array(items.filter_map(Result::transpose).collect::<Result<_, _>>()?)
            }
            Value::Object(members) => {
                let mut kept = Map::new();
                for (key, member) in members {
                    if let Some(member) = self.value(member, &pointer::below(at, key))? {
                        kept.insert(key.clone(), member);
                    }
                }
                Value::Object(kept)
            }
            scalar => scalar.clone(),
        }))
    }

    fn function(&self, key: &str, argument: &Value, at: &str) -> Result<Option<Value>, ResolveError> {
        let wrong = |problem| ResolveError { pointer: at.to_owned(), problem };
        // `If` evaluates the branch taken alone: the other may name what does not exist.
        if let ("Fn::If", Some([Value::String(name), yes, no])) =
            (key, argument.as_array().map(Vec::as_slice))
        {
            let holds = self.scope.condition(name);
            let holds = holds.ok_or_else(|| wrong(Problem::UnknownCondition(name.clone())))?;
            let below = pointer::element(&pointer::below(at, key), if holds { 1 } else { 2 });
            return self.value(if holds { yes } else { no }, &below);
        }
        if let ("Ref", Some(name)) = (key, argument.as_str()) {
            return if name == "AWS::NoValue" { Ok(None) } else { self.name(name).map(Some).map_err(wrong) };
        }
        let argument = self.value(argument, &pointer::below(at, key))?.unwrap_or(Value::Null);
        self.apply(key, &argument).map(Some).map_err(wrong)
    }

    fn name(&self, name: &str) -> Result<Value, Problem> {
        let parameter = self.scope.parameter(name).cloned();
        parameter
            .or_else(|| self.answers.reference(name))
            .ok_or_else(|| Problem::UnknownName(name.to_owned()))
    }

    fn attribute(&self, id: &str, attribute: &str) -> Result<Value, Problem> {
        let unknown = || Problem::UnknownAttribute { id: id.to_owned(), attribute: attribute.to_owned() };
        self.answers.attribute(id, attribute).ok_or_else(unknown)
    }

    /// Carries out a function whose argument is resolved.
    fn apply(&self, key: &str, argument: &Value) -> Result<Value, Problem> {
        let list = argument.as_array().map_or(&[][..], Vec::as_slice);
        match (key, list) {
            ("Fn::GetAtt", [Value::String(id), Value::String(attribute)]) => self.attribute(id, attribute),
            ("Fn::Sub", [Value::String(text), Value::Object(own)]) => self.substitute(text, own),
            ("Fn::Sub", []) if argument.is_string() => {
                self.substitute(argument.as_str().unwrap_or_default(), &Map::new())
            }
            ("Fn::Join", [Value::String(delimiter), Value::Array(values)]) => {
                let texts = values.iter().map(text_of).collect::<Option<Vec<_>>>();
                let texts = texts.ok_or_else(|| misuse(key, "can join texts only"))?;
                Ok(texts.join(delimiter).into())
            }
            ("Fn::Select", [index, Value::Array(values)]) => {
                let index = text_of(index).and_then(|index| index.parse::<usize>().ok());
                let found = index.and_then(|index| values.get(index)).filter(|found| !found.is_null());
                found
                    .cloned()
                    .ok_or_else(|| misuse(key, format!("finds no such index among {}", values.len())))
            }
            ("Fn::Split", [Value::String(delimiter), Value::String(text)]) if !delimiter.is_empty() => {
                Ok(text.split(delimiter.as_str()).collect())
            }
            ("Fn::FindInMap", [map, first, second]) => {
                let mut found = &self.scope.mappings;
                for step in [map, first, second] {
                    let step = text_of(step).ok_or_else(|| misuse(key, "takes names"))?;
                    found = found.get(&step).ok_or(Problem::UnknownMapping(step))?;
                }
                Ok(found.clone())
            }
            ("Fn::GetAZs", _) => {
                let region = argument.as_str().filter(|region| !region.is_empty());
                let region = region.unwrap_or(&self.scope.region);
                Ok(["a", "b", "c"].iter().map(|zone| format!("{region}{zone}")).collect())
            }
            ("Fn::Base64", _) => match text_of(argument) {
                Some(text) => Ok(STANDARD.encode(text).into()),
                None => Err(misuse(key, "takes a text")),
            },
            _ => Err(misuse(key, "cannot be used like this")),
        }
    }

    fn substitute(&self, text: &str, own: &Map<String, Value>) -> Result<Value, Problem> {
        let parts = parts(text).map_err(|piece| misuse("Fn::Sub", format!("cannot read `{piece}`")))?;
        let mut filled = String::new();
        for part in parts {
            let name = match part {
                Part::Literal(literal) => {
                    filled.push_str(literal);
                    continue;
                }
                Part::Variable(name) => name,
            };
            let value = match (own.get(name), name.split_once('.')) {
                (Some(value), _) => value.clone(),
                (None, Some((id, attribute))) => self.attribute(id, attribute)?,
                (None, None) => self.name(name)?,
            };
            let text = text_of(&value)
                .ok_or_else(|| misuse("Fn::Sub", format!("cannot put `{name}` into a text")))?;
            filled.push_str(&text);
        }
        Ok(filled.into())
    }
}
