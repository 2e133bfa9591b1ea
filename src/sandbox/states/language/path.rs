use std::cell::Cell;

use serde_json::Value;

/// The longest filter, in bytes, how deep its brackets nest, and how many steps a path has: limits of the sandbox's own.
const FILTER: usize = 1024;
const BRACKETS: usize = 16;
const STEPS: usize = 64;

/// A path into a JSON document: `$.items[0].name`, `$..total`, `$['a b'][*]`, `$.list[1:3]`, `$.list[0,2]`.
///
/// What AWS takes of `JSONPath`, without functions. A path with a filter (`$.items[?(@.price > 10)]`) is read as RFC 9535 has it.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) text: String,
    /// Whether it begins in the context object (`$$`).
    pub(super) of_context: bool,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Names(Vec<String>),
    Indexes(Vec<i64>),
    All,
    /// From, to (not included).
    Slice(Option<i64>, Option<i64>),
    /// Of everything below, also of itself.
    Deep,
    /// The whole path, for one with filters.
    Query(String),
}

/// What a path finds is larger than a payload may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMuch;

/// A text that is no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoPath;

impl Path {
    pub(super) fn parse(text: &str) -> Result<Self, NoPath> {
        let (of_context, mut rest) = match text.strip_prefix("$$") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('$').ok_or(NoPath)?),
        };
        if rest.contains("[?") {
            if !is_modest(rest) {
                return Err(NoPath);
            }
            let query = format!("${rest}");
            serde_json_path::JsonPath::parse(&query).map_err(|_| NoPath)?;
            return Ok(Self { text: text.to_owned(), of_context, steps: vec![Step::Query(query)] });
        }
        let mut steps = Vec::new();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix("..") {
                steps.push(Step::Deep);
                rest = if after.starts_with('[') { after } else { name(after, &mut steps)? };
            } else if let Some(after) = rest.strip_prefix('.') {
                rest = name(after, &mut steps)?;
            } else {
                rest = bracket(rest.strip_prefix('[').ok_or(NoPath)?, &mut steps)?;
            }
        }
        if steps.len() > STEPS {
            return Err(NoPath);
        }
        Ok(Self { text: text.to_owned(), of_context, steps })
    }

    /// Whether it names one place at most: such a path may be written to.
    pub(super) fn is_definite(&self) -> bool {
        self.steps.iter().all(|step| match step {
            Step::Names(names) => names.len() == 1,
            Step::Indexes(indexes) => indexes.len() == 1,
            Step::All | Step::Slice(..) | Step::Deep | Step::Query(_) => false,
        })
    }

    /// What stands there: the value itself of a path that names one place, `None` where nothing is; else a list.
    ///
    /// `left`: how many bytes may still be copied, about; what is found counts against it.
    pub(super) fn find(&self, root: &Value, left: &Cell<usize>) -> Result<Option<Value>, TooMuch> {
        let mut found = vec![root];
        for step in &self.steps {
            let mut next = Vec::new();
            for value in found {
                next.extend(step.of(value));
                // Each place will cost a byte at least.
                if next.len() > left.get() {
                    return Err(TooMuch);
                }
            }
            found = next;
        }
        found.iter().try_for_each(|value| weigh(value, left))?;
        Ok(if self.is_definite() {
            found.first().map(|value| (*value).clone())
        } else {
            Some(Value::Array(found.into_iter().cloned().collect()))
        })
    }

    /// Puts a value there, making the objects on the way; fails where something else than an object or a list's element is.
    pub(super) fn put(&self, input: Value, value: Value) -> Option<Value> {
        let mut whole = if input.is_null() { Value::Object(serde_json::Map::new()) } else { input };
        let mut place = &mut whole;
        for step in &self.steps {
            place = match step {
                Step::Names(names) => {
                    let name = names.first()?;
                    if place.is_null() {
                        *place = Value::Object(serde_json::Map::new());
                    }
                    place.as_object_mut()?.entry(name.clone()).or_insert(Value::Null)
                }
                Step::Indexes(indexes) => {
                    let index = usize::try_from(*indexes.first()?).ok()?;
                    place.as_array_mut()?.get_mut(index)?
                }
                Step::All | Step::Slice(..) | Step::Deep | Step::Query(_) => return None,
            };
        }
        *place = value;
        Some(whole)
    }
}

impl Step {
    fn of<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        match (self, value) {
            (Self::Names(names), Value::Object(members)) => {
                names.iter().filter_map(|name| members.get(name)).collect()
            }
            (Self::Indexes(indexes), Value::Array(items)) => {
                indexes.iter().filter_map(|index| items.get(position(*index, items.len())?)).collect()
            }
            (Self::All, Value::Array(items)) => items.iter().collect(),
            (Self::All, Value::Object(members)) => members.values().collect(),
            (Self::Slice(from, to), Value::Array(items)) => {
                let bound = |at: i64| {
                    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
                    let at = if at < 0 { length.saturating_add(at) } else { at };
                    usize::try_from(at.clamp(0, length)).unwrap_or_default()
                };
                let (from, to) = (from.map_or(0, bound), to.map_or(items.len(), bound));
                items.get(from..to.max(from)).unwrap_or_default().iter().collect()
            }
            // It was read once, so it can be read again.
            (Self::Query(query), value) => match serde_json_path::JsonPath::parse(query) {
                Ok(query) => query.query(value).all(),
                Err(_) => vec![],
            },
            (Self::Deep, value) => {
                let mut all = vec![value];
                let mut at = 0;
                while let Some(value) = all.get(at).copied() {
                    match value {
                        Value::Array(items) => all.extend(items),
                        Value::Object(members) => all.extend(members.values()),
                        _ => {}
                    }
                    at += 1;
                }
                all
            }
            _ => vec![],
        }
    }
}

/// Whether a filter is so small and plain that reading and asking it costs little: no search below everything within a filter.
fn is_modest(filter: &str) -> bool {
    let mut depth = 0_usize;
    let next = filter.chars().skip(1).chain([' ']);
    let deepest = filter.chars().zip(next).map(|signs| {
        match signs {
            // A comparison opens nothing.
            ('!', '=') => {}
            ('(' | '[' | '!', _) => depth += 1,
            (')' | ']', _) => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth
    });
    let within = filter.split_once("[?").map_or("", |(_, within)| within);
    filter.len() <= FILTER && deepest.max().unwrap_or_default() <= BRACKETS && !within.contains("..")
}

/// Takes what a value weighs off what is left.
pub(super) fn weigh(value: &Value, left: &Cell<usize>) -> Result<(), TooMuch> {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        let weight = match value {
            Value::String(text) => text.len() + 2,
            Value::Array(items) => {
                open.extend(items);
                2
            }
            Value::Object(members) => {
                open.extend(members.values());
                members.keys().map(|name| name.len() + 4).sum::<usize>() + 2
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => 2,
        };
        left.set(left.get().checked_sub(weight).ok_or(TooMuch)?);
    }
    Ok(())
}

fn position(index: i64, length: usize) -> Option<usize> {
    let index = if index < 0 { index.checked_add(i64::try_from(length).ok()?)? } else { index };
    usize::try_from(index).ok()
}

/// Reads a name after a dot.
fn name<'a>(rest: &'a str, steps: &mut Vec<Step>) -> Result<&'a str, NoPath> {
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    if name.is_empty() || name.contains(['(', ')', ' ', '\'', '"', ']', ',', '?', '@']) {
        return Err(NoPath);
    }
    steps.push(if name == "*" { Step::All } else { Step::Names(vec![name.to_owned()]) });
    Ok(rest)
}

/// Reads what stands in brackets, which are open.
fn bracket<'a>(rest: &'a str, steps: &mut Vec<Step>) -> Result<&'a str, NoPath> {
    if rest.starts_with(['\'', '"']) {
        return quoted(rest, steps);
    }
    let end = rest.find(']').ok_or(NoPath)?;
    let (inner, rest) = (rest[..end].trim(), &rest[end + 1..]);
    let number = |text: &str| text.trim().parse::<i64>().map_err(|_| NoPath);
    let step = if inner == "*" {
        Step::All
    } else if let Some((from, to)) = inner.split_once(':') {
        let bound = |text: &str| match text.trim() {
            "" => Ok(None),
            text => number(text).map(Some),
        };
        Step::Slice(bound(from)?, bound(to)?)
    } else {
        Step::Indexes(inner.split(',').map(number).collect::<Result<_, _>>()?)
    };
    steps.push(step);
    Ok(rest)
}

/// Reads names in quotes, and the bracket after them.
fn quoted<'a>(mut rest: &'a str, steps: &mut Vec<Step>) -> Result<&'a str, NoPath> {
    let mut names = Vec::new();
    loop {
        let quote = rest.chars().next().filter(|sign| matches!(sign, '\'' | '"')).ok_or(NoPath)?;
        let mut name = String::new();
        let mut signs = rest.char_indices().skip(1);
        let end = loop {
            match signs.next().ok_or(NoPath)? {
                (_, '\\') => name.push(signs.next().ok_or(NoPath)?.1),
                (at, sign) if sign == quote => break at + 1,
                (_, sign) => name.push(sign),
            }
        };
        names.push(name);
        rest = rest[end..].trim_start();
        if let Some(after) = rest.strip_prefix(']') {
            steps.push(Step::Names(names));
            return Ok(after);
        }
        rest = rest.strip_prefix(',').ok_or(NoPath)?.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn find(path: &str) -> Option<Value> {
        let input = json!({ "a": { "b c": 1, "l": [1, 2, { "x": 3 }] }, "n": null });
        let context = json!({ "Execution": { "Name": "run" } });
        let path = Path::parse(path).unwrap();
        path.find(if path.of_context { &context } else { &input }, &Cell::new(1000)).unwrap()
    }

    #[test]
    fn a_path_to_one_place_gives_the_value() {
        for (path, value) in [
            ("$.a['b c']", json!(1)),
            ("$.a.l[0]", json!(1)),
            ("$.a.l[-1].x", json!(3)),
            ("$[\"n\"]", json!(null)),
            ("$$.Execution.Name", json!("run")),
        ] {
            assert_eq!(find(path), Some(value), "{path}");
        }
        for path in ["$.b", "$.a.l[7]", "$.a.x.y", "$.n.x"] {
            assert_eq!(find(path), None, "{path}");
        }
    }

    #[test]
    fn a_path_to_many_places_gives_a_list() {
        for (path, value) in [
            ("$.a.l[*]", json!([1, 2, { "x": 3 }])),
            ("$.a.l[0:2]", json!([1, 2])),
            ("$.a.l[-2:]", json!([2, { "x": 3 }])),
            ("$.a.l[0,1]", json!([1, 2])),
            ("$..x", json!([3])),
            ("$.nothing[*]", json!([])),
            ("$['n','z']", json!([null])),
            ("$.a.l[?(@.x == 3)]", json!([{ "x": 3 }])),
        ] {
            assert_eq!(find(path), Some(value), "{path}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for wrong in
            ["", "a", "$.", "$.a.", "$.a[", "$.a[x]", "$.a b", "$['a'", "$.a.length()", "$a", "$.a[?(]"]
        {
            assert_eq!(Path::parse(wrong), Err(NoPath), "{wrong}");
        }
    }

    #[test]
    fn what_would_find_too_much_finds_nothing() {
        let mut nested = json!(1);
        for _ in 0..100 {
            nested = json!([nested]);
        }
        let path = Path::parse("$..[*]..[*]..[*]..[*]").unwrap();
        assert_eq!(path.find(&nested, &Cell::new(262_144)), Err(TooMuch));
        let whole = Path::parse("$").unwrap();
        let left = Cell::new(300);
        assert!(whole.find(&nested, &left).unwrap().is_some());
        assert_eq!(left.get(), 98, "a hundred brackets and a number");
        assert_eq!(whole.find(&nested, &left), Err(TooMuch));
    }

    #[test]
    fn what_costs_too_much_to_read_or_to_ask_is_no_path() {
        let nested = |depth: usize| format!("$.a[?({}@.x==1{})]", "(".repeat(depth), ")".repeat(depth));
        assert!(Path::parse(&nested(10)).is_ok());
        let many = format!("$.a[?(@.x != 0{})]", " && @.x != 1".repeat(20));
        assert!(Path::parse(&many).is_ok(), "comparisons do not nest");
        for wrong in
            [nested(100), nested(20_000), "$.a[?@..b == 1]".to_owned(), "$.a".to_owned() + &".b".repeat(64)]
        {
            assert_eq!(Path::parse(&wrong), Err(NoPath), "{}", wrong.len());
        }
    }

    #[test]
    fn a_value_is_put_where_a_path_leads() {
        let put = |path: &str, input| Path::parse(path).unwrap().put(input, json!(7));
        assert_eq!(put("$.a.b", json!({ "c": 1 })), Some(json!({ "a": { "b": 7 }, "c": 1 })));
        assert_eq!(put("$", json!(1)), Some(json!(7)));
        assert_eq!(put("$.l[1]", json!({ "l": [1, 2] })), Some(json!({ "l": [1, 7] })));
        assert_eq!(put("$.l[2]", json!({ "l": [1, 2] })), None);
        assert_eq!(put("$.a", json!([1])), None);
        assert!(!Path::parse("$.a[*]").unwrap().is_definite());
    }
}
