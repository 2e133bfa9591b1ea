//! What operators take, read where it stands.

use std::fmt;
use std::marker::PhantomData;

use indexmap::IndexMap;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

use super::Matcher;
use super::arn::{ArnMatcher, PARTS};
use super::equality::order;
use super::pattern::Pattern;
use crate::text::{all_of, names_in, names_in_json};

/// A JSON value whose `{{ names }}` are well formed.
pub(super) struct Literal(pub(super) Value);

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        names_in_json(&value).map_err(D::Error::custom)?;
        Ok(Self(value))
    }
}

/// A number, and nothing that only looks like one.
pub(super) struct Bound(pub(super) Number);

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BoundVisitor;

        impl Visitor<'_> for BoundVisitor {
            type Value = Bound;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number without quotes")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Bound, E> {
                Ok(Bound(value.into()))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Bound, E> {
                Ok(Bound(value.into()))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Bound, E> {
                finite(value).map(Bound)
            }

            // An error of our own words is placed exactly; serde's "invalid type" is placed at the key.
            fn visit_str<E: Error>(self, text: &str) -> Result<Bound, E> {
                Err(E::custom(format!("{text:?} is a text; write a number without quotes")))
            }
        }

        deserializer.deserialize_any(BoundVisitor)
    }
}

/// Two bounds in their order.
pub(super) struct Range(pub(super) Matcher);

impl<'de> Deserialize<'de> for Range {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RangeVisitor;

        impl<'de> Visitor<'de> for RangeVisitor {
            type Value = Range;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of two numbers")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Range, A::Error> {
                let bounds = Filled::<Bound>::new("between").visit_seq(items)?;
                match <[Bound; 2]>::try_from(bounds) {
                    Ok([low, high]) if order(&low.0, &high.0).is_le() => {
                        Ok(Range(Matcher::Between(low.0, high.0)))
                    }
                    _ => Err(A::Error::custom(
                        "`between` takes two numbers, the lower first: `between: [3, 30]`",
                    )),
                }
            }
        }

        deserializer.deserialize_any(RangeVisitor)
    }
}

/// The text that an operator takes. A number is not one: `prefix: 5` would hide a mistake.
pub(super) struct Text(pub(super) &'static str);

impl<'de> DeserializeSeed<'de> for Text {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a text for `{}`, in quotes where YAML would read something else", self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        if text.is_empty() {
            return Err(E::custom(format!("`{}` of an empty text says nothing", self.0)));
        }
        checked(text)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<String, E> {
        Err(self.not_a_text(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<String, E> {
        Err(self.not_a_text(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<String, E> {
        Err(self.not_a_text(value))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<String, E> {
        Err(self.not_a_text(value))
    }
}

impl Text {
    fn not_a_text<E: Error>(&self, value: impl fmt::Display) -> E {
        E::custom(format!("`{}` takes a text; write '{value}' in quotes", self.0))
    }
}

pub(super) struct PatternText(pub(super) Pattern);

impl<'de> Deserialize<'de> for PatternText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PatternVisitor;

        impl Visitor<'_> for PatternVisitor {
            type Value = PatternText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a regular expression in quotes")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<PatternText, E> {
                Pattern::parse(text).map(PatternText).map_err(E::custom)
            }
        }

        deserializer.deserialize_any(PatternVisitor)
    }
}

/// A list that is not empty: an empty one asserts nothing, or what `empty` says better.
pub(super) struct Filled<T>(&'static str, PhantomData<T>);

impl<T> Filled<T> {
    pub(super) fn new(operator: &'static str) -> Self {
        Self(operator, PhantomData)
    }
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Filled<T> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Filled<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list for `{}`", self.0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        if list.is_empty() {
            let name = self.0;
            let help = if name == "exactly" { "; for an empty list write `empty: true`" } else { "" };
            return Err(A::Error::custom(format!("`{name}` of an empty list says nothing{help}")));
        }
        Ok(list)
    }
}

/// A map from field to matcher. `keys` are the fields there can be, where that is known.
pub(super) struct Fields {
    pub(super) of: &'static str,
    pub(super) keys: Option<&'static [&'static str]>,
}

impl<'de> DeserializeSeed<'de> for Fields {
    type Value = IndexMap<String, Matcher>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Fields {
    type Value = IndexMap<String, Matcher>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a map from field to matcher for `{}`", self.of)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = IndexMap::new();
        while let Some(key) = map.next_key_seed(FieldKey { keys: self.keys })? {
            let value = map.next_value()?;
            if fields.insert(key.clone(), value).is_some() {
                return Err(A::Error::custom(format!("`{key}` occurs twice")));
            }
        }
        if fields.is_empty() {
            return Err(A::Error::custom(format!("`{}` of an empty map says nothing", self.of)));
        }
        Ok(fields)
    }
}

struct FieldKey {
    keys: Option<&'static [&'static str]>,
}

impl<'de> DeserializeSeed<'de> for FieldKey {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for FieldKey {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<String, E> {
        match self.keys {
            Some(keys) if !keys.contains(&key) => {
                Err(E::custom(format!("an ARN has no part `{key}`; its parts are {}", all_of(keys))))
            }
            _ => Ok(key.to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for ArnMatcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ArnVisitor;

        impl<'de> Visitor<'de> for ArnVisitor {
            type Value = ArnMatcher;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an ARN with wildcards, or a map from its parts to matchers")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<ArnMatcher, E> {
                if !text.starts_with("arn:") || text.splitn(6, ':').count() < 6 {
                    return Err(E::custom(format!(
                        "`{text}` is not an ARN of six parts; write for example `arn:aws:lambda:*:*:function:get-order`"
                    )));
                }
                checked(text).map(ArnMatcher::Like)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ArnMatcher, A::Error> {
                Fields { of: "arn", keys: Some(&PARTS) }.visit_map(map).map(ArnMatcher::Parts)
            }
        }

        deserializer.deserialize_any(ArnVisitor)
    }
}

pub(super) fn finite<E: Error>(value: f64) -> Result<Number, E> {
    Number::from_f64(value).ok_or_else(|| E::custom(format!("{value} is not a number that JSON has")))
}

/// Returns the text if its `{{ names }}` are well formed.
pub(super) fn checked<E: Error>(text: &str) -> Result<String, E> {
    names_in(text).map_err(E::custom)?;
    Ok(text.to_owned())
}
