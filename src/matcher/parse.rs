//! Reading matchers. The visitors are written by hand, so that a YAML reader reports the line and column of the very word.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;

use super::argument::{Bound, Fields, Filled, Literal, PatternText, Range, Text, checked, finite};
use super::operator::OPERATORS;
use super::{Matcher, Operator};
use crate::text::{all_of, did_you_mean, one_of};

impl<'de> Deserialize<'de> for Matcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MatcherVisitor)
    }
}

struct MatcherVisitor;

impl<'de> Visitor<'de> for MatcherVisitor {
    type Value = Matcher;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a matcher: a plain value, or a map with one operator such as `contains: order`")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Matcher, E> {
        Ok(Matcher::Equal(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Matcher, E> {
        Ok(Matcher::Equal(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Matcher, E> {
        Ok(Matcher::Equal(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Matcher, E> {
        finite(value).map(|number| Matcher::Equal(Value::Number(number)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Matcher, E> {
        checked(value).map(|text| Matcher::Equal(Value::from(text)))
    }

    fn visit_unit<E: Error>(self) -> Result<Matcher, E> {
        Err(E::custom("nothing is expected here; where null is expected, write `null: true`"))
    }

    fn visit_none<E: Error>(self) -> Result<Matcher, E> {
        self.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Matcher, A::Error> {
        Err(A::Error::custom(
            "a list alone does not say how it is compared; write `equal: [...]` for just this list, `exactly: [...]` for \
             these elements in any order, or `includes_all: [...]` for at least these",
        ))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Matcher, A::Error> {
        let Some(operator) = map.next_key_seed(OperatorKey { before: None })? else {
            return Err(A::Error::custom(
                "an empty map expects nothing; write an operator such as `exists: true`",
            ));
        };
        let matcher = read(operator, &mut map)?;
        // A second key is always an error, and only the key's own visitor can tell where it stands.
        if map.next_key_seed(OperatorKey { before: Some(operator) })?.is_some() {
            map.next_value::<IgnoredAny>()?;
        }
        Ok(matcher)
    }
}

/// Reads an operator's argument.
fn read<'de, A: MapAccess<'de>>(operator: &Operator, map: &mut A) -> Result<Matcher, A::Error> {
    let name = operator.name;
    Ok(match name {
        "equal" => Matcher::Equal(map.next_value::<Literal>()?.0),
        "not" => Matcher::Not(map.next_value()?),
        "all" => Matcher::All(map.next_value_seed(Filled::new(name))?),
        "any" => Matcher::Any(map.next_value_seed(Filled::new(name))?),
        "none" => Matcher::None(map.next_value_seed(Filled::new(name))?),
        "gt" => Matcher::Gt(map.next_value::<Bound>()?.0),
        "ge" => Matcher::Ge(map.next_value::<Bound>()?.0),
        "lt" => Matcher::Lt(map.next_value::<Bound>()?.0),
        "le" => Matcher::Le(map.next_value::<Bound>()?.0),
        "between" => map.next_value::<Range>()?.0,
        "prefix" => Matcher::Prefix(map.next_value_seed(Text(name))?),
        "suffix" => Matcher::Suffix(map.next_value_seed(Text(name))?),
        "contains" => Matcher::Contains(map.next_value_seed(Text(name))?),
        "matches" => Matcher::Matches(map.next_value::<PatternText>()?.0),
        "one_of" => {
            let values: Vec<Literal> = map.next_value_seed(Filled::new(name))?;
            Matcher::OneOf(values.into_iter().map(|value| value.0).collect())
        }
        "len" => Matcher::Len(map.next_value()?),
        "empty" => Matcher::Empty(map.next_value()?),
        "exists" => Matcher::Exists(map.next_value()?),
        "absent" => Matcher::Absent(map.next_value()?),
        "null" => Matcher::Null(map.next_value()?),
        "includes" => Matcher::Includes(map.next_value()?),
        "includes_all" => Matcher::IncludesAll(map.next_value_seed(Filled::new(name))?),
        "exactly" => Matcher::Exactly(map.next_value_seed(Filled::new(name))?),
        "every" => Matcher::Every(map.next_value()?),
        "has_key" => Matcher::HasKey(map.next_value_seed(Text(name))?),
        "like" => Matcher::Like(map.next_value_seed(Fields { of: "like", keys: None })?),
        "json" => Matcher::Json(map.next_value()?),
        "number" => Matcher::Number(map.next_value()?),
        "arn" => Matcher::Arn(map.next_value()?),
        other => return Err(A::Error::custom(format!("operator `{other}` has no reader"))),
    })
}

/// A key that must be an operator, and the only one.
struct OperatorKey {
    before: Option<&'static Operator>,
}

impl<'de> DeserializeSeed<'de> for OperatorKey {
    type Value = &'static Operator;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for OperatorKey {
    type Value = &'static Operator;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an operator")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        if let Some(before) = self.before {
            let both = all_of([before.name, name]);
            return Err(E::custom(format!("more than one operator: {both}; wrap them in `all`")));
        }
        Operator::named(name).ok_or_else(|| {
            let names = OPERATORS.iter().map(|operator| operator.name);
            let help = did_you_mean(name, names.clone()).unwrap_or_else(|| {
                format!("write one of {}; to match the fields of an object, `like: {{ ... }}`", one_of(names))
            });
            E::custom(format!("unknown operator `{name}`; {help}"))
        })
    }

    // YAML reads an unquoted `null` as null, and here it can only mean the operator.
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        self.visit_str("null")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        self.visit_str("null")
    }

    fn visit_some<D>(self, deserializer: D) -> Result<Self::Value, D::Error>
    where
        D: Deserializer<'de>,
    {
        deserializer.deserialize_any(self)
    }
}
