//! JSON as Python's `json.dumps(value, sort_keys=True, indent=4, separators=(",", ": "))` writes it, which the transform's texts are.

use std::fmt::Write as _;

use serde_json::Value;

/// Returns the lines of a value.
pub(super) fn lines(value: &Value) -> Vec<String> {
    let mut text = String::new();
    write(value, 0, &mut text);
    text.split('\n').map(str::to_owned).collect()
}

fn write(value: &Value, depth: usize, out: &mut String) {
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("    ", depth));
    };
    match value {
        Value::Object(members) if !members.is_empty() => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (index, (key, value)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(out, depth + 1);
                string(key, out);
                out.push_str(": ");
                write(value, depth + 1, out);
            }
            line(out, depth);
            out.push('}');
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (index, value) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(out, depth + 1);
                write(value, depth + 1, out);
            }
            line(out, depth);
            out.push(']');
        }
        Value::String(text) => string(text, out),
        other => out.push_str(&other.to_string()),
    }
}

/// A text with everything beyond ASCII escaped.
fn string(text: &str, out: &mut String) {
    let quoted = Value::from(text).to_string();
    for unit in quoted.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() && byte != 0x7f => out.push(char::from(byte)),
            _ if unit == 0x7f => out.push('\u{7f}'),
            _ => {
                // Writing to a text cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_sorted_and_signs_beyond_ascii_escaped() {
        let value = json!({ "b": [1, {}], "a": "é\n😀", "c": [] });
        let expected = [
            "{",
            "    \"a\": \"\\u00e9\\n\\ud83d\\ude00\",",
            "    \"b\": [",
            "        1,",
            "        {}",
            "    ],",
            "    \"c\": []",
            "}",
        ];
        assert_eq!(lines(&value), expected);
    }
}
