use std::collections::BTreeMap;

use serde_json::Value;

use super::constraint::{invalid, serialization, violated};
use crate::sandbox::ServiceError;

/// Names that Lambda sets itself.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>
const RESERVED: &[&str] = &[
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
];

/// In bytes, measured on the JSON of the map.
const LIMIT: usize = 4096;

/// Reads `Environment`.
pub(super) fn read(value: &Value) -> Result<BTreeMap<String, String>, ServiceError> {
    let variables = match value.get("Variables") {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(map)) => map,
        Some(other) => return Err(serialization(other, "a map")),
    };
    let mut out = BTreeMap::new();
    for (name, value) in variables {
        let value = value.as_str().ok_or_else(|| serialization(value, "a string"))?;
        if !is_name(name) && !RESERVED.contains(&name.as_str()) {
            return Err(violated(
                &format!("{{{name}={value}}}"),
                "environment.variables",
                "satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]",
            ));
        }
        out.insert(name.clone(), value.to_owned());
    }
    let reserved: Vec<&str> = out.keys().map(String::as_str).filter(|name| RESERVED.contains(name)).collect();
    if !reserved.is_empty() {
        return Err(invalid(format!(
            "Lambda was unable to configure your environment variables because the environment variables you have provided \
             contains reserved keys that are currently not supported for modification. Reserved keys used in this request: {}",
            reserved.join(", ")
        )));
    }
    let measured = serde_json::to_string(&out).unwrap_or_default();
    if measured.len() > LIMIT {
        return Err(invalid(format!(
            "Lambda was unable to configure your environment variables because the environment variables you have provided \
             exceeded the 4KB limit. String measured: {measured}"
        )));
    }
    Ok(out)
}

fn is_name(name: &str) -> bool {
    let mut letters = name.bytes();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && name.len() > 1
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reserved_names_are_listed_in_the_refusal() {
        let error =
            read(&json!({ "Variables": { "AWS_REGION": "x", "_HANDLER": "y", "OK_1": "z" } })).unwrap_err();
        assert_eq!(error.code, "InvalidParameterValueException");
        assert!(
            error.message.ends_with("Reserved keys used in this request: AWS_REGION, _HANDLER"),
            "{}",
            error.message
        );
    }

    #[test]
    fn four_kilobytes_are_the_limit_of_the_whole_map() {
        let fits = "x".repeat(4096 - r#"{"AB":""}"#.len());
        assert!(read(&json!({ "Variables": { "AB": fits } })).is_ok());
        let error = read(&json!({ "Variables": { "AB": format!("{fits}x") } })).unwrap_err();
        assert!(error.message.contains("exceeded the 4KB limit"), "{}", error.message);
    }

    #[test]
    fn a_name_has_two_letters_at_least() {
        assert_eq!(read(&json!({ "Variables": { "A": "x" } })).unwrap_err().code, "ValidationException");
        assert!(read(&json!({ "Variables": { "A1": "x" } })).is_ok());
    }
}
