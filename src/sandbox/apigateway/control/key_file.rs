//! Files of API keys.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-file-format.html>

use serde_json::{Value, json};

use super::Ask;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{ApiKey, Map};
use crate::sandbox::apigateway::fault::{bad_request, conflict};
use crate::sandbox::apigateway::identifier;
use crate::sandbox::apigateway::state::Region;

/// One row: a key, and the plans that it joins.
#[derive(Debug)]
struct Row {
    name: String,
    value: String,
    description: Option<String>,
    enabled: bool,
    plans: Vec<String>,
}

/// Makes every key of a file, or none of them.
pub(super) fn import(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    if ask.query("format").as_deref() != Some("csv") {
        return Err(bad_request("Invalid API Key import format specified. Valid options are csv"));
    }
    let rows = read(&ask.request.body)?;
    let mut warnings = vec![];
    for (at, row) in rows.iter().enumerate() {
        let twice = rows[..at].iter().any(|other| other.value == row.value);
        if twice || region.api_keys.values().any(|key| key.value == row.value) {
            return Err(conflict("API Key already exists"));
        }
        for plan in row.plans.iter().filter(|plan| !region.usage_plans.contains_key(*plan)) {
            warnings.push(format!("API Key {}: Invalid Usage Plan ID specified: {plan}", row.name));
        }
    }
    let strict = ask.query("failonwarnings").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if strict && !warnings.is_empty() {
        return Err(bad_request(format!("Warnings found during import:\n\t{}", warnings.join("\n\t"))));
    }
    let mut ids = vec![];
    for row in rows {
        let id = identifier::long(ask.random);
        for plan in row.plans.iter().filter(|plan| region.usage_plans.contains_key(*plan)) {
            region.plan_keys.entry(plan.clone()).or_default().insert(id.clone());
        }
        let key = ApiKey {
            id: id.clone(),
            value: row.value,
            name: Some(row.name),
            customer_id: None,
            description: row.description,
            enabled: row.enabled,
            created_date: ask.now,
            last_updated_date: ask.now,
            stage_keys: vec![],
            tags: Map::new(),
        };
        region.api_keys.insert(id.clone(), key);
        ids.push(id);
    }
    Ok(json!({ "ids": ids, "warnings": warnings }))
}

/// The first row names the columns; a name and a key must be among them.
fn read(body: &[u8]) -> Result<Vec<Row>, ServiceError> {
    let text = std::str::from_utf8(body).map_err(|_| bad_request("The API key file is not valid UTF-8"))?;
    let mut records = records(text.trim_start_matches('\u{feff}')).into_iter();
    let header: Vec<String> =
        records.next().unwrap_or_default().iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    let column = |name: &str| header.iter().position(|there| there == name);
    let (Some(name), Some(key)) = (column("name"), column("key")) else {
        return Err(bad_request("The API key file must have the columns name and key"));
    };
    let mut rows = vec![];
    for record in records {
        let at =
            |column: Option<usize>| column.and_then(|at| record.get(at)).map(|text| text.trim().to_owned());
        let value = at(Some(key)).unwrap_or_default();
        if value.len() < 20 {
            return Err(bad_request("API Key value should be at least 20 characters"));
        }
        let plans = at(column("usageplanids")).unwrap_or_default();
        rows.push(Row {
            name: at(Some(name)).unwrap_or_default(),
            value,
            description: at(column("description")).filter(|text| !text.is_empty()),
            enabled: at(column("enabled")).is_some_and(|text| text.eq_ignore_ascii_case("true")),
            plans: plans.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect(),
        });
    }
    Ok(rows)
}

/// Splits comma-separated values; a field in quotes may hold commas, line ends, and quotes written twice (RFC 4180).
fn records(text: &str) -> Vec<Vec<String>> {
    let mut records = vec![];
    let mut record: Vec<String> = vec![];
    let mut field = String::new();
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            '\r' if !quoted => {}
            other => field.push(other),
        }
    }
    record.push(field);
    records.push(record);
    records.retain(|record| record.iter().any(|field| !field.trim().is_empty()));
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_in_quotes_keep_their_commas_and_quotes() {
        let text = "Name,key\r\n\"a, b\",\"say \"\"x\"\"\"\n\n last,k";
        assert_eq!(records(text), [vec!["Name", "key"], vec!["a, b", "say \"x\""], vec![" last", "k"]]);
    }

    #[test]
    fn a_file_without_a_key_column_or_with_a_short_key_is_refused() {
        let message = |text: &str| read(text.as_bytes()).expect_err(text).message;
        assert!(message("name,value\na,b").contains("columns name and key"));
        assert!(message("").contains("columns name and key"));
        assert!(message("name,key\na,short").contains("at least 20"));
        assert!(read(&[0xff]).is_err());
        assert!(read(b"name,key\n").expect("no rows are no error").is_empty());
    }
}
