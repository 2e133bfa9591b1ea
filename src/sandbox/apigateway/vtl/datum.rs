use std::cell::RefCell;
use std::rc::Rc;

use indexmap::IndexMap;
use serde_json::Value;

use super::syntax::Node;

/// A value in a template. Lists and maps are shared: what changes one changes every reference to it.
#[derive(Debug, Clone)]
pub(super) enum Datum {
    Null,
    Bool(bool),
    Whole(i64),
    Fraction(f64),
    Text(String),
    /// The flag tells a list that came from JSON, which is written as JSON, from one that the template made.
    List(Rc<RefCell<Vec<Datum>>>, bool),
    Map(Rc<RefCell<IndexMap<String, Datum>>>),
    /// What `#define` named.
    Block(Rc<[Node]>),
    /// `$input`
    Input,
    /// `$util`
    Util,
}

impl Datum {
    pub(super) fn list(entries: Vec<Self>) -> Self {
        Self::List(Rc::new(RefCell::new(entries)), false)
    }

    pub(super) fn map(entries: IndexMap<String, Self>) -> Self {
        Self::Map(Rc::new(RefCell::new(entries)))
    }

    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => number
                .as_i64()
                .map_or_else(|| Self::Fraction(number.as_f64().unwrap_or_default()), Self::Whole),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(entries) => {
                Self::List(Rc::new(RefCell::new(entries.iter().map(Self::of).collect())), true)
            }
            Value::Object(members) => {
                Self::map(members.iter().map(|(name, value)| (name.clone(), Self::of(value))).collect())
            }
        }
    }

    pub(super) fn to_value(&self) -> Value {
        self.value_within(0)
    }

    /// A list that holds itself ends somewhere.
    fn value_within(&self, depth: usize) -> Value {
        if depth > 64 {
            return Value::Null;
        }
        match self {
            Self::Null | Self::Block(_) | Self::Input | Self::Util => Value::Null,
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Whole(number) => (*number).into(),
            Self::Fraction(number) => (*number).into(),
            Self::Text(text) => text.clone().into(),
            Self::List(entries, _) => {
                entries.borrow().iter().map(|entry| entry.value_within(depth + 1)).collect()
            }
            Self::Map(members) => Value::Object(
                members
                    .borrow()
                    .iter()
                    .map(|(name, value)| (name.clone(), value.value_within(depth + 1)))
                    .collect(),
            ),
        }
    }

    /// How the value is written into the text: nothing for null, maps as Java writes them.
    pub(super) fn written(&self) -> String {
        self.written_within(0)
    }

    fn written_within(&self, depth: usize) -> String {
        if depth > 64 {
            return String::new();
        }
        match self {
            Self::Null | Self::Block(_) | Self::Input | Self::Util => String::new(),
            Self::Bool(flag) => flag.to_string(),
            Self::Whole(number) => number.to_string(),
            Self::Fraction(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.1}"),
            Self::Fraction(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::List(_, true) => self.value_within(depth).to_string(),
            Self::List(entries, false) => {
                let entries: Vec<String> =
                    entries.borrow().iter().map(|entry| entry.inner(depth + 1)).collect();
                format!("[{}]", entries.join(", "))
            }
            Self::Map(members) => {
                let members: Vec<String> = members
                    .borrow()
                    .iter()
                    .map(|(name, value)| format!("{name}={}", value.inner(depth + 1)))
                    .collect();
                format!("{{{}}}", members.join(", "))
            }
        }
    }

    fn inner(&self, depth: usize) -> String {
        if matches!(self, Self::Null) { "null".to_owned() } else { self.written_within(depth) }
    }

    /// Null and false are false; everything else is true, an empty text too.
    pub(super) fn is_true(&self) -> bool {
        !matches!(self, Self::Null | Self::Bool(false))
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "templates count in small numbers")]
            Self::Whole(number) => Some(*number as f64),
            Self::Fraction(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Null, _) | (_, Self::Null) => false,
            (Self::Whole(a), Self::Whole(b)) => a == b,
            (Self::List(..) | Self::Map(_), Self::List(..) | Self::Map(_)) => {
                self.to_value() == other.to_value()
            }
            _ => match (self.number(), other.number()) {
                (Some(a), Some(b)) => (a - b).abs() < f64::EPSILON,
                // As in Velocity, what is of different kinds is compared as text.
                _ => self.written() == other.written(),
            },
        }
    }
}
