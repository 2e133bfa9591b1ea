//! The text that Python 2 makes of a value, with the order in which its dictionaries keep their keys.
//!
//! The logical id of a deployment ends in a digest of its definition's text, and the transform still writes that text as the
//! Python 2 did in which it was born: ids must not change for templates that do not.

use serde_json::{Map, Value};

/// Stands before each text that comes from the template: the transform knows those from its own, and writes them with a `u` before
/// them. A character for private use, which no template needs.
const MARK: char = '\u{e000}';

/// Marks a text that comes from the template.
pub(super) fn marked(text: &str) -> String {
    format!("{MARK}{text}")
}

/// Marks every text of a value that comes from the template.
pub(super) fn all_marked(value: &Value) -> Value {
    match value {
        Value::String(text) => marked(text).into(),
        Value::Array(items) => items.iter().map(all_marked).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(key, member)| (marked(key), all_marked(member)))
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// Returns a text without its mark.
pub(super) fn unmarked(text: &str) -> &str {
    text.strip_prefix(MARK).unwrap_or(text)
}

/// Takes the marks away.
pub(super) fn all_unmarked(value: Value) -> Value {
    match value {
        Value::String(text) => unmarked(&text).into(),
        Value::Array(items) => items.into_iter().map(all_unmarked).collect(),
        Value::Object(members) => {
            let members = members.into_iter();
            members
                .map(|(key, member)| (unmarked(&key).to_owned(), all_unmarked(member)))
                .collect::<Map<_, _>>()
                .into()
        }
        other => other,
    }
}

/// Returns a value as `str` of Python 2 writes it.
pub(super) fn representation(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => string(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(representation).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let pairs = ordered(members).into_iter();
            let pairs: Vec<String> =
                pairs.map(|key| format!("{}: {}", string(key), representation(&members[key]))).collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}

fn string(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut told = if text.starts_with(MARK) { format!("u{quote}") } else { quote.to_string() };
    for letter in unmarked(text).chars() {
        match letter {
            '\\' => told.push_str("\\\\"),
            '\n' => told.push_str("\\n"),
            '\r' => told.push_str("\\r"),
            '\t' => told.push_str("\\t"),
            letter if letter == quote => {
                told.push('\\');
                told.push(letter);
            }
            letter if letter.is_ascii_graphic() || letter == ' ' => told.push(letter),
            letter => {
                let code = u32::from(letter);
                told.push_str(&match code {
                    0..=0xff => format!("\\x{code:02x}"),
                    0x100..=0xffff => format!("\\u{code:04x}"),
                    _ => format!("\\U{code:08x}"),
                });
            }
        }
    }
    told.push(quote);
    told
}

/// Returns the keys of a mapping in the order of a Python 2 dictionary into which they were put one after the other.
pub(super) fn ordered(members: &Map<String, Value>) -> Vec<&str> {
    let mut slots: Vec<Option<&str>> = vec![None; 8];
    let mut used = 0;
    for key in members.keys() {
        place(&mut slots, key);
        used += 1;
        if used * 3 >= slots.len() * 2 {
            let wanted = if used > 50_000 { used * 2 } else { used * 4 };
            let mut size = 8;
            while size <= wanted {
                size *= 2;
            }
            let before = std::mem::replace(&mut slots, vec![None; size]);
            before.into_iter().flatten().for_each(|key| place(&mut slots, key));
        }
    }
    slots.into_iter().flatten().collect()
}

fn place<'k>(slots: &mut [Option<&'k str>], key: &'k str) {
    let mask = slots.len() as u64 - 1;
    let mut perturb = hash(key);
    let mut index = perturb & mask;
    // A table is never full, so that a free slot comes.
    while let Some(slot) = usize::try_from(index & mask).ok().and_then(|index| slots.get_mut(index)) {
        if slot.is_none() {
            *slot = Some(key);
            return;
        }
        index = index.wrapping_mul(5).wrapping_add(perturb).wrapping_add(1);
        perturb >>= 5;
    }
}

/// The hash of a text in Python 2 on 64 bits.
fn hash(text: &str) -> u64 {
    let text = unmarked(text);
    let mut letters = text.chars().map(u32::from).map(u64::from);
    let Some(first) = letters.next() else { return 0 };
    let mut hash = first << 7;
    for letter in std::iter::once(first).chain(letters) {
        hash = hash.wrapping_mul(1_000_003) ^ letter;
    }
    hash ^= text.chars().count() as u64;
    if hash == u64::MAX { u64::MAX - 1 } else { hash }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_are_hashed_as_python_2_did() {
        // `hash("a")` of Python 2.7 on 64 bits.
        assert_eq!(hash("a"), 12_416_037_344);
        assert_eq!(hash(""), 0);
    }

    #[test]
    fn values_are_written_as_python_2_did() {
        let value = json!({"a": [1, true, null, "it's"], "é": "\"'\n"});
        let told = representation(&all_marked(&value));
        assert!(told.contains("u'a': [1, True, None, u\"it's\"]"), "{told}");
        assert!(told.contains("u'\\xe9': u'\"\\'\\n'"), "{told}");
    }
}
