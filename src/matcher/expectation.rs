use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use super::fill::Values;
use super::judge::{Found, Judgement, Subject};
use super::pattern::PatternError;
use super::selector::Selector;
use super::{Matcher, Mismatch};

/// What a check expects of its subject: selectors with matchers, in the order written.
#[derive(Debug, Clone, Default)]
pub struct Expectation {
    lines: Vec<(Selector, Matcher)>,
}

impl Expectation {
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Returns the selectors as written, each with its matcher.
    pub fn lines(&self) -> impl Iterator<Item = (&str, &Matcher)> {
        self.lines.iter().map(|(selector, matcher)| (selector.written.as_str(), matcher))
    }

    /// Returns the names that are to be filled in, each as often as it occurs.
    pub fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.lines.iter().for_each(|(_, matcher)| matcher.collect_names(&mut names));
        names
    }

    /// Returns the expectation with every `{{ name }}` replaced by its value.
    pub fn filled(&self, values: &Values) -> Result<Self, PatternError> {
        let lines = self.lines.iter();
        let lines = lines
            .map(|(selector, matcher)| Ok::<_, PatternError>((selector.clone(), matcher.filled(values)?)));
        Ok(Self { lines: lines.collect::<Result<_, _>>()? })
    }

    /// Returns every mismatch; none means that the subject is as expected.
    ///
    /// Where a selector selects several nodes, each must match, unless the matcher speaks of a list (`len`, `includes`, ...):
    /// then the selected nodes are the list. Where it selects nothing, only `absent: true`, `exists: false` and, for a
    /// selector of several, a matcher that speaks of a list can hold, and only if what the node would stand in is there.
    pub fn mismatches(&self, subject: &Value) -> Vec<Mismatch> {
        self.lines
            .iter()
            .flat_map(|(selector, matcher)| judge(selector, matcher, subject).mismatches())
            .collect()
    }
}

impl Matcher {
    /// Returns every mismatch of one value, which goes by a name; none means that it matches.
    pub fn mismatches(&self, name: &str, value: &Value) -> Vec<Mismatch> {
        self.judge(&Subject::one(name.to_owned(), value)).mismatches()
    }
}

fn judge(selector: &Selector, matcher: &Matcher, subject: &Value) -> Judgement {
    let nodes = selector.nodes(subject);
    let as_list = selector.selects_several() && matcher.is_about_a_list();
    let written = || selector.written.clone();
    if nodes.is_empty() {
        let found = match selector.unresolved(subject) {
            Some(why) => Found::Unresolved(why),
            None if as_list => Found::Several(vec![]),
            None => Found::Absent,
        };
        matcher.judge(&Subject { path: written(), found })
    } else if as_list {
        matcher.judge(&Subject { path: written(), found: Found::Several(nodes) })
    } else {
        Judgement::all(nodes.into_iter().map(|(path, value)| matcher.judge(&Subject::one(path, value))))
    }
}

/// Keys of an expectation that are not selectors, such as `allows` of a role's.
pub trait Besides: Default {
    /// The keys that are taken out.
    const KEYS: &'static [&'static str];

    /// Reads the value of one of [`Self::KEYS`] with `map.next_value()`.
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &'static str, map: &mut A) -> Result<(), A::Error>;
}

impl Besides for () {
    const KEYS: &'static [&'static str] = &[];

    fn read<'de, A: MapAccess<'de>>(&mut self, _: &'static str, _: &mut A) -> Result<(), A::Error> {
        Ok(())
    }
}

/// An expectation, and what stood beside its selectors.
#[derive(Debug, Clone, Default)]
pub struct ExpectationAnd<B> {
    pub expectation: Expectation,
    pub besides: B,
}

impl<'de> Deserialize<'de> for Expectation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ExpectationAnd::<()>::deserialize(deserializer).map(|read| read.expectation)
    }
}

impl<'de, B: Besides> Deserialize<'de> for ExpectationAnd<B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ExpectationVisitor(PhantomData))
    }
}

struct ExpectationVisitor<B>(PhantomData<B>);

impl<'de, B: Besides> Visitor<'de> for ExpectationVisitor<B> {
    type Value = ExpectationAnd<B>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map from selector to matcher, such as `status: 200`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut read = ExpectationAnd::<B>::default();
        let mut empty = true;
        while let Some(key) =
            map.next_key_seed(KeySeed { besides: B::KEYS, before: &read.expectation.lines })?
        {
            empty = false;
            match key {
                Key::Beside(key) => read.besides.read(key, &mut map)?,
                Key::Selector(selector) => {
                    let matcher = map.next_value()?;
                    read.expectation.lines.push((selector, matcher));
                }
            }
        }
        if empty {
            return Err(A::Error::custom("an empty map expects nothing; write for example `status: 200`"));
        }
        Ok(read)
    }
}

enum Key {
    Beside(&'static str),
    Selector(Selector),
}

/// Reads a key where it stands, so that a bad selector is reported there.
struct KeySeed<'a> {
    besides: &'static [&'static str],
    before: &'a [(Selector, Matcher)],
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a selector")
    }

    fn visit_str<E: Error>(self, written: &str) -> Result<Key, E> {
        if let Some(key) = self.besides.iter().find(|key| **key == written) {
            return Ok(Key::Beside(key));
        }
        let selector = Selector::parse(written).map_err(E::custom)?;
        match self.before.iter().find(|(other, _)| *other == selector) {
            Some((same, _)) => Err(E::custom(format!(
                "`{}` and `{written}` are one selector; wrap its matchers in `all`",
                same.written
            ))),
            None => Ok(Key::Selector(selector)),
        }
    }
}
