use serde_json::Value;
use sha1::{Digest, Sha1};

/// Returns the first ten digits of a text's SHA-1: what the transform puts behind a logical id that is to change with what it stands for.
pub(super) fn suffix(text: &str) -> String {
    digest(text)[..10].to_owned()
}

/// Returns a text's SHA-1 in hexadecimal digits.
pub(super) fn digest(text: &str) -> String {
    hex::encode(Sha1::digest(text.as_bytes()))
}

/// Writes JSON with its keys in order, without spaces, all but ASCII escaped.
pub(super) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort_unstable();
            text.push('{');
            for (index, key) in keys.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                string(key, text);
                text.push(':');
                write(&members[key], text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::String(inside) => string(inside, text),
        scalar => text.push_str(&scalar.to_string()),
    }
}

fn string(inside: &str, text: &mut String) {
    for letter in Value::from(inside).to_string().chars() {
        if letter.is_ascii() {
            text.push(letter);
        } else {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_in_order_and_nothing_but_ascii_is_left() {
        let value = json!({"b": [1, true, null], "a": {"é": "😀\n"}});
        assert_eq!(canonical(&value), r#"{"a":{"\u00e9":"\ud83d\ude00\n"},"b":[1,true,null]}"#);
    }

    #[test]
    fn a_suffix_is_the_beginning_of_the_digest() {
        assert_eq!(digest("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(suffix("abc"), "a9993e3647");
    }
}
