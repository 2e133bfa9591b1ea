use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Between the parts of a key; no AWS name holds it.
const SEPARATOR: char = '\u{1f}';

/// Takes a structure apart: a record for each entry of its maps, and one for each other member. A change of one entry is then a
/// change of one small record.
pub fn split(prefix: &str, whole: &impl Serialize) -> Result<Vec<(String, Vec<u8>)>, String> {
    let Value::Object(members) = serde_json::to_value(whole).map_err(|error| error.to_string())? else {
        return Err("not a structure".to_owned());
    };
    let mut records = Vec::new();
    for (name, value) in members {
        match value {
            Value::Object(entries) if !entries.is_empty() => {
                for (entry, value) in entries {
                    records
                        .push((format!("{prefix}{name}{SEPARATOR}{entry}"), value.to_string().into_bytes()));
                }
            }
            value => records.push((format!("{prefix}{name}"), value.to_string().into_bytes())),
        }
    }
    Ok(records)
}

/// Puts a structure together again.
pub fn join<T: DeserializeOwned>(records: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<T, String> {
    let mut members = Map::new();
    for (key, value) in records {
        let value: Value = serde_json::from_slice(&value).map_err(|error| format!("{key}: {error}"))?;
        match key.split_once(SEPARATOR) {
            Some((name, entry)) => {
                let entries = members.entry(name.to_owned()).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(entries) = entries {
                    entries.insert(entry.to_owned(), value);
                }
            }
            None => {
                members.insert(key, value);
            }
        }
    }
    serde_json::from_value(Value::Object(members)).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Whole {
        users: BTreeMap<String, u32>,
        empty: BTreeMap<String, u32>,
        alias: Option<String>,
    }

    #[test]
    fn a_structure_comes_back_from_its_parts() {
        let users = BTreeMap::from([("a/b".to_owned(), 1), ("c".to_owned(), 2)]);
        let whole = Whole { users, empty: BTreeMap::new(), alias: Some("x".to_owned()) };
        let records = split("p/", &whole).unwrap();
        assert_eq!(records.len(), 4);
        let bare =
            records.into_iter().map(|(key, value)| (key.strip_prefix("p/").unwrap().to_owned(), value));
        assert_eq!(join::<Whole>(bare).unwrap(), whole);
    }
}
