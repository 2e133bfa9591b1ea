use serde_json::{Map, Value};

use crate::support::Received;

/// What a service answered, whatever its protocol: XML is read into the same tree as JSON.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
    pub(crate) raw: String,
}

impl Answer {
    pub(crate) fn of(received: &Received) -> Self {
        let raw = received.text();
        let body = if raw.trim_start().starts_with('<') {
            unwrap_result(xml(&raw))
        } else {
            serde_json::from_str(&raw).unwrap_or(Value::Null)
        };
        Self { status: received.status, headers: received.headers.clone(), body, raw }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns what stands at a JSON pointer; null where nothing does.
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.body.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// Returns the text at a JSON pointer, which must be there.
    #[track_caller]
    pub(crate) fn text(&self, pointer: &str) -> String {
        match self.at(pointer) {
            Value::String(text) => text.clone(),
            Value::Null => panic!("no {pointer} in {}", self.raw),
            other => other.to_string(),
        }
    }

    /// Asserts what stands at a JSON pointer. XML's values are texts.
    #[track_caller]
    pub(crate) fn has(&self, pointer: &str, value: impl Into<Value>) -> &Self {
        assert_eq!(*self.at(pointer), value.into(), "{pointer} of {}", self.raw);
        self
    }

    /// Asserts that nothing stands at a JSON pointer, or an empty list.
    #[track_caller]
    pub(crate) fn lacks(&self, pointer: &str) -> &Self {
        let found = self.at(pointer);
        let empty = found.is_null()
            || found.as_array().is_some_and(Vec::is_empty)
            || found.as_str().is_some_and(str::is_empty);
        assert!(empty, "{pointer} of {}", self.raw);
        self
    }

    /// Returns the error's code, from where the protocol has it.
    pub(crate) fn code(&self) -> String {
        let header = self.header("x-amzn-errortype").map(|code| code.split(':').next().unwrap_or(code));
        let tree = ["/__type", "/Error/Code", "/Code", "/code"];
        let tree = tree.iter().find_map(|pointer| self.at(pointer).as_str());
        let code = header.or(tree).unwrap_or_default();
        code.rsplit('#').next().unwrap_or(code).to_owned()
    }

    pub(crate) fn message(&self) -> String {
        let places = ["/message", "/Message", "/Error/Message"];
        places.iter().find_map(|place| self.at(place).as_str()).unwrap_or_default().to_owned()
    }
}

/// Answers of the Query protocol stand in `<ActionResponse><ActionResult>`.
fn unwrap_result(tree: Value) -> Value {
    let Value::Object(tree) = &tree else { return tree };
    let Some((name, inner)) = tree.iter().next() else { return Value::Null };
    let result = name.strip_suffix("Response").map(|action| format!("{action}Result"));
    result.and_then(|result| inner.get(&result)).unwrap_or(inner).clone()
}

/// An open element: its name, what is in it so far, and its text.
type Open = (String, Vec<(String, Value)>, String);

/// Reads XML into a tree: an element with elements is an object, one with text a string, `member` elements and repeated
/// ones a list.
pub(crate) fn xml(text: &str) -> Value {
    let mut rest = text;
    let mut stack: Vec<Open> = vec![(String::new(), vec![], String::new())];
    while let Some(start) = rest.find('<') {
        let Some(end) = rest[start..].find('>').map(|end| start + end) else { break };
        let tag = &rest[start + 1..end];
        if let Some(top) = stack.last_mut() {
            top.2.push_str(&rest[..start]);
        }
        rest = &rest[end + 1..];
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if tag.starts_with('/') {
            let (name, children, text) = stack.pop().expect("an element was open");
            let value = value(children, &text);
            stack.last_mut().expect("the document is open").1.push((name, value));
        } else if let Some(tag) = tag.strip_suffix('/') {
            let name = tag.split_whitespace().next().unwrap_or_default().to_owned();
            stack.last_mut().expect("the document is open").1.push((name, Value::String(String::new())));
        } else {
            let name = tag.split_whitespace().next().unwrap_or_default().to_owned();
            stack.push((name, vec![], String::new()));
        }
    }
    let (_, children, text) = stack.swap_remove(0);
    value(children, &text)
}

fn value(children: Vec<(String, Value)>, text: &str) -> Value {
    if children.is_empty() {
        return Value::String(unescape(text));
    }
    if children.iter().all(|(name, _)| name == "member") {
        return Value::Array(children.into_iter().map(|(_, value)| value).collect());
    }
    let mut tree: Map<String, Value> = Map::new();
    for (name, value) in children {
        match tree.get_mut(&name) {
            None => {
                tree.insert(name, value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(one) => *one = Value::Array(vec![one.take(), value]),
        }
    }
    Value::Object(tree)
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}
