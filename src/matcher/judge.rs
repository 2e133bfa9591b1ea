use serde_json::{Number, Value};

use super::arn::{self, ArnMatcher};
use super::equality::{differences, kind_of, order, same};
use super::selector::member;
use super::{Matcher, Mismatch};

/// What a matcher says of a subject.
///
/// The third answer keeps `not` honest: a matcher that could not judge (nothing is there, or a text where a number is
/// wanted) stays unmatched however often it is turned round, so that "must not" is never met by building nothing.
#[derive(Debug)]
pub(super) enum Judgement {
    Holds,
    Differs(Vec<Mismatch>),
    Unclear(Vec<Mismatch>),
}

/// What a matcher looks at.
#[derive(Debug, Clone)]
pub(super) struct Subject<'v> {
    /// Normalised path, or the selector as written where that selects nothing or several nodes.
    pub(super) path: String,
    pub(super) found: Found<'v>,
}

#[derive(Debug, Clone)]
pub(super) enum Found<'v> {
    One(&'v Value),
    /// The nodes that a selector for several selected.
    Several(Vec<(String, &'v Value)>),
    /// Nothing, though what it would stand in is there.
    Absent,
    /// Nothing, and nothing can be said of it: the reason.
    Unresolved(String),
}

impl<'v> Subject<'v> {
    pub(super) fn one(path: String, value: &'v Value) -> Self {
        Self { path, found: Found::One(value) }
    }

    fn actual(&self) -> Option<Value> {
        match &self.found {
            Found::One(value) => Some((*value).clone()),
            Found::Several(nodes) => Some(nodes.iter().map(|(_, value)| (*value).clone()).collect()),
            Found::Absent | Found::Unresolved(_) => None,
        }
    }

    /// Returns the elements of a list: the value's, or the selected nodes.
    fn elements(&self) -> Option<Vec<Subject<'v>>> {
        match &self.found {
            Found::One(Value::Array(items)) => {
                let items = items.iter().enumerate();
                Some(items.map(|(i, item)| Self::one(format!("{}[{i}]", self.path), item)).collect())
            }
            Found::Several(nodes) => {
                Some(nodes.iter().map(|(path, value)| Self::one(path.clone(), value)).collect())
            }
            _ => None,
        }
    }
}

impl Judgement {
    pub(super) fn mismatches(self) -> Vec<Mismatch> {
        match self {
            Self::Holds => vec![],
            Self::Differs(mismatches) | Self::Unclear(mismatches) => mismatches,
        }
    }

    fn holds(&self) -> bool {
        matches!(self, Self::Holds)
    }

    /// All must hold: one that differs decides, then one that is unclear. Every mismatch is told.
    pub(super) fn all(judgements: impl IntoIterator<Item = Self>) -> Self {
        let (mut told, mut differs) = (Vec::new(), false);
        for judgement in judgements {
            differs |= matches!(judgement, Self::Differs(_));
            told.extend(judgement.mismatches());
        }
        match (told.is_empty(), differs) {
            (true, _) => Self::Holds,
            (false, true) => Self::Differs(told),
            (false, false) => Self::Unclear(told),
        }
    }

    /// One must hold. Those that could not judge count only where none could: an author who writes a matcher for a
    /// text and one for a list means either.
    fn any(judgements: &[Self], failed: Mismatch) -> Self {
        if judgements.iter().any(Self::holds) {
            Self::Holds
        } else if judgements.iter().any(|judgement| matches!(judgement, Self::Differs(_))) {
            Self::Differs(vec![failed])
        } else {
            let told = judgements.iter().find_map(|judgement| match judgement {
                Self::Unclear(told) => told.iter().find_map(|mismatch| mismatch.note.clone()),
                _ => None,
            });
            Self::Unclear(vec![Mismatch { note: told, ..failed }])
        }
    }

    fn turned(self, failed: Mismatch) -> Self {
        match self {
            Self::Holds => Self::Differs(vec![failed]),
            Self::Differs(_) => Self::Holds,
            Self::Unclear(told) => {
                let note = told.into_iter().find_map(|mismatch| mismatch.note);
                Self::Unclear(vec![Mismatch { note, ..failed }])
            }
        }
    }

    /// In an object that is there, a field that is not there is a difference like any other.
    fn decided(self) -> Self {
        match self {
            Self::Unclear(told) => Self::Differs(told),
            other => other,
        }
    }
}

impl Matcher {
    /// Judges a subject.
    pub(super) fn judge(&self, subject: &Subject<'_>) -> Judgement {
        match (self, &subject.found) {
            // These four lead on to other matchers, which may ask for presence.
            (Self::Not(inner), _) => inner.judge(subject).turned(self.mismatch(subject)),
            (Self::All(inner), _) => Judgement::all(inner.iter().map(|inner| inner.judge(subject))),
            (Self::Any(inner), _) => self.any_of(inner, subject),
            (Self::None(inner), _) => {
                let any = self.any_of(inner, subject);
                any.turned(self.mismatch(subject))
            }
            (_, Found::Unresolved(why)) => self.unclear(subject, why.clone()),
            (Self::Exists(wanted), found) => self.verdict(subject, *wanted != matches!(found, Found::Absent)),
            (Self::Absent(wanted), found) => self.verdict(subject, *wanted == matches!(found, Found::Absent)),
            (_, Found::Absent) => Judgement::Unclear(vec![Mismatch { note: None, ..self.mismatch(subject) }]),
            (_, Found::Several(nodes)) if !self.is_about_a_list() => Judgement::all(
                nodes.iter().map(|(path, value)| self.judge(&Subject::one(path.clone(), value))),
            ),
            (
                Self::Includes(_) | Self::IncludesAll(_) | Self::Exactly(_) | Self::Every(_),
                Found::One(_) | Found::Several(_),
            ) => match subject.elements() {
                Some(elements) => self.judge_list(subject, &elements),
                None => self.wrong_type(subject, "a list"),
            },
            (Self::Len(inner), found) => match length(found) {
                Some(length) => {
                    let number = Value::from(length);
                    match inner.judge(&Subject::one(subject.path.clone(), &number)) {
                        Judgement::Holds => Judgement::Holds,
                        Judgement::Differs(_) => {
                            self.differs(subject, Some(format!("its length is {length}")))
                        }
                        Judgement::Unclear(_) => {
                            self.unclear(subject, format!("its length, {length}, is a number"))
                        }
                    }
                }
                None => self.wrong_type(subject, "a text, a list or an object"),
            },
            (Self::Empty(wanted), found) => match length(found) {
                Some(length) => self.verdict(subject, (length == 0) == *wanted),
                None => self.wrong_type(subject, "a text, a list or an object"),
            },
            (_, Found::One(value)) => self.judge_value(subject, value),
            // What speaks of a list was dealt with above.
            (_, Found::Several(_)) => self.wrong_type(subject, "a list"),
        }
    }

    fn any_of(&self, inner: &[Self], subject: &Subject<'_>) -> Judgement {
        let judgements: Vec<_> = inner.iter().map(|inner| inner.judge(subject)).collect();
        Judgement::any(&judgements, self.mismatch(subject))
    }

    fn judge_value(&self, subject: &Subject<'_>, value: &Value) -> Judgement {
        match self {
            Self::Equal(expected) => differences(expected, value, &subject.path),
            Self::OneOf(values) => self.verdict(subject, values.iter().any(|expected| same(expected, value))),
            Self::Null(wanted) => self.verdict(subject, value.is_null() == *wanted),
            Self::Gt(bound) => self.compare(subject, value, |value| order(value, bound).is_gt()),
            Self::Ge(bound) => self.compare(subject, value, |value| order(value, bound).is_ge()),
            Self::Lt(bound) => self.compare(subject, value, |value| order(value, bound).is_lt()),
            Self::Le(bound) => self.compare(subject, value, |value| order(value, bound).is_le()),
            Self::Between(low, high) => {
                self.compare(subject, value, |value| order(value, low).is_ge() && order(value, high).is_le())
            }
            Self::Prefix(part) => self.text(subject, value, |text| text.starts_with(part.as_str())),
            Self::Suffix(part) => self.text(subject, value, |text| text.ends_with(part.as_str())),
            Self::Contains(part) => self.text(subject, value, |text| text.contains(part.as_str())),
            Self::Matches(pattern) => match value.as_str().map(|text| pattern.finds(text)) {
                Some(Some(found)) => self.verdict(subject, found),
                Some(None) => self.unclear(subject, "its `{{ names }}` were not filled in".to_owned()),
                None => self.wrong_type(subject, "a text"),
            },
            Self::Arn(ArnMatcher::Like(pattern)) => {
                self.text(subject, value, |text| arn::is_like(pattern, text))
            }
            Self::Arn(ArnMatcher::Parts(parts)) => {
                let Some(text) = value.as_str() else { return self.wrong_type(subject, "a text") };
                let Some(split) = arn::split(text) else {
                    return self.differs(subject, Some("it is not an ARN".to_owned()));
                };
                let found = arn::PARTS.iter().zip(split);
                Judgement::all(found.filter_map(|(name, part)| {
                    let part = Value::from(part);
                    let path = format!("{} ({name})", subject.path);
                    parts.get(*name).map(|inner| inner.judge(&Subject::one(path, &part)))
                }))
            }
            Self::HasKey(key) => match value.as_object() {
                Some(fields) => self.verdict(subject, fields.contains_key(key)),
                None => self.wrong_type(subject, "an object"),
            },
            Self::Like(pattern) => match value.as_object() {
                Some(fields) => Judgement::all(pattern.iter().map(|(key, inner)| {
                    let path = member(&subject.path, key);
                    match fields.get(key) {
                        Some(value) => inner.judge(&Subject::one(path, value)),
                        None => inner.judge(&Subject { path, found: Found::Absent }).decided(),
                    }
                })),
                None => self.wrong_type(subject, "an object"),
            },
            Self::Json(inner) => match value.as_str().map(serde_json::from_str::<Value>) {
                Some(Ok(parsed)) => {
                    inner.judge(&Subject::one(format!("{} (as JSON) $", subject.path), &parsed))
                }
                Some(Err(error)) => self.unclear(subject, format!("it is not JSON: {error}")),
                None => self.wrong_type(subject, "a text"),
            },
            Self::Number(inner) => match value.as_str().map(str::parse::<Number>) {
                Some(Ok(number)) => {
                    let number = Value::Number(number);
                    inner.judge(&Subject::one(format!("{} (as a number)", subject.path), &number))
                }
                Some(Err(_)) => self.unclear(subject, "it is not a number".to_owned()),
                None => self.wrong_type(subject, "a text"),
            },
            // Combinators, presence and lists were dealt with by the caller.
            _ => self.wrong_type(subject, "something else"),
        }
    }

    fn judge_list(&self, subject: &Subject<'_>, elements: &[Subject<'_>]) -> Judgement {
        let words = |matcher: &Self| match matcher {
            Self::Equal(value) => value.clone(),
            other => Value::String(other.describe()),
        };
        let missing = |missing: Vec<Value>| Mismatch { missing, ..self.mismatch(subject) };
        match self {
            Self::Every(_) if elements.is_empty() => {
                self.unclear(subject, "an empty list has no element to look at".to_owned())
            }
            Self::Every(inner) => Judgement::all(elements.iter().map(|element| inner.judge(element))),
            Self::Includes(inner) => find(inner, elements, missing(vec![words(inner)])),
            Self::IncludesAll(inner) => {
                let lacking: Vec<_> = inner
                    .iter()
                    .map(|inner| (inner, find(inner, elements, missing(vec![]))))
                    .filter(|(_, judgement)| !judgement.holds())
                    .collect();
                let missing = missing(lacking.iter().map(|(inner, _)| words(inner)).collect());
                let judgement = Judgement::all(lacking.into_iter().map(|(_, judgement)| judgement));
                match judgement {
                    Judgement::Holds => Judgement::Holds,
                    Judgement::Differs(_) => Judgement::Differs(vec![missing]),
                    Judgement::Unclear(told) => {
                        let note = told.into_iter().find_map(|mismatch| mismatch.note);
                        Judgement::Unclear(vec![Mismatch { note, ..missing }])
                    }
                }
            }
            Self::Exactly(inner) => {
                let (unmet, extra) = pair(inner, elements);
                if unmet.is_empty() && extra.is_empty() {
                    return Judgement::Holds;
                }
                let extra = extra.into_iter().filter_map(|i| elements[i].actual()).collect();
                let missing = unmet.into_iter().map(|i| words(&inner[i])).collect();
                Judgement::Differs(vec![Mismatch { missing, extra, ..self.mismatch(subject) }])
            }
            _ => self.wrong_type(subject, "something else"),
        }
    }

    fn compare(&self, subject: &Subject<'_>, value: &Value, holds: impl Fn(&Number) -> bool) -> Judgement {
        match value {
            Value::Number(number) => self.verdict(subject, holds(number)),
            _ => self.wrong_type(subject, "a number"),
        }
    }

    fn text(&self, subject: &Subject<'_>, value: &Value, holds: impl Fn(&str) -> bool) -> Judgement {
        match value {
            Value::String(text) => self.verdict(subject, holds(text)),
            _ => self.wrong_type(subject, "a text"),
        }
    }

    fn verdict(&self, subject: &Subject<'_>, holds: bool) -> Judgement {
        if holds { Judgement::Holds } else { self.differs(subject, None) }
    }

    fn differs(&self, subject: &Subject<'_>, note: Option<String>) -> Judgement {
        Judgement::Differs(vec![Mismatch { note, ..self.mismatch(subject) }])
    }

    fn unclear(&self, subject: &Subject<'_>, note: String) -> Judgement {
        Judgement::Unclear(vec![Mismatch { note: Some(note), ..self.mismatch(subject) }])
    }

    fn wrong_type(&self, subject: &Subject<'_>, wanted: &str) -> Judgement {
        let found = match &subject.found {
            Found::One(value) => kind_of(value),
            Found::Several(_) => "a list",
            Found::Absent | Found::Unresolved(_) => "nothing",
        };
        self.unclear(subject, format!("it is {found}, not {wanted}"))
    }

    fn mismatch(&self, subject: &Subject<'_>) -> Mismatch {
        Mismatch {
            path: subject.path.clone(),
            expected: self.describe(),
            actual: subject.actual(),
            missing: vec![],
            extra: vec![],
            note: None,
        }
    }
}

fn length(found: &Found<'_>) -> Option<usize> {
    match found {
        Found::One(Value::String(text)) => Some(text.chars().count()),
        Found::One(Value::Array(items)) => Some(items.len()),
        Found::One(Value::Object(fields)) => Some(fields.len()),
        Found::Several(nodes) => Some(nodes.len()),
        _ => None,
    }
}

/// Looks for an element that matches. In an empty list there is none, and that is a clear answer.
fn find(matcher: &Matcher, elements: &[Subject<'_>], failed: Mismatch) -> Judgement {
    if elements.is_empty() {
        return Judgement::Differs(vec![failed]);
    }
    let judgements: Vec<_> = elements.iter().map(|element| matcher.judge(element)).collect();
    Judgement::any(&judgements, failed)
}

/// Pairs matchers with elements, each element once, so that as many as possible are paired (augmenting paths); returns
/// what stays alone on either side.
fn pair(matchers: &[Matcher], elements: &[Subject<'_>]) -> (Vec<usize>, Vec<usize>) {
    fn place(matcher: usize, fits: &[Vec<usize>], taken_by: &mut [Option<usize>], seen: &mut [bool]) -> bool {
        fits[matcher].iter().any(|&element| {
            if std::mem::replace(&mut seen[element], true) {
                return false;
            }
            let free = match taken_by[element] {
                None => true,
                Some(other) => place(other, fits, taken_by, seen),
            };
            if free {
                taken_by[element] = Some(matcher);
            }
            free
        })
    }
    let fits: Vec<Vec<usize>> = matchers
        .iter()
        .map(|matcher| (0..elements.len()).filter(|&i| matcher.judge(&elements[i]).holds()).collect())
        .collect();
    let mut taken_by = vec![None; elements.len()];
    let unmet = (0..matchers.len())
        .filter(|&matcher| !place(matcher, &fits, &mut taken_by, &mut vec![false; elements.len()]))
        .collect();
    let extra = (0..elements.len()).filter(|&i| taken_by[i].is_none()).collect();
    (unmet, extra)
}
