use serde_json::{Map, Value};

/// A function as an integration's URI names it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) name: String,
    /// The region and account that its ARN names; `None` where the URI holds no ARN.
    pub(super) arn: String,
    /// A version or an alias.
    pub(super) qualifier: Option<String>,
}

/// Reads the function out of an integration's URI, with the stage's variables filled in:
/// `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION_ARN/invocations`.
/// An HTTP API may name the function's ARN by itself. `None` for a URI that names no function.
pub(super) fn function(uri: &str, variables: &Map<String, Value>) -> Option<Target> {
    let uri = filled(uri, variables);
    let arn = match uri.split_once("/functions/") {
        Some((_, rest)) => rest.split('/').next()?,
        None => uri.as_str(),
    };
    let parts: Vec<&str> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "lambda", _, _, "function", name] => {
            Some(Target { name: (*name).to_owned(), arn: arn.to_owned(), qualifier: None })
        }
        ["arn", _, "lambda", _, _, "function", name, qualifier] => Some(Target {
            name: (*name).to_owned(),
            arn: parts[..7].join(":"),
            qualifier: Some((*qualifier).to_owned()),
        }),
        _ => None,
    }
}

/// Puts stage variables in: `${stageVariables.name}`. One that is not set is empty, as in API Gateway.
fn filled(uri: &str, variables: &Map<String, Value>) -> String {
    const BEGIN: &str = "${stageVariables.";
    let mut filled = String::new();
    let mut rest = uri;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        filled.push_str(before);
        match after.split_once('}') {
            Some((name, after)) => {
                filled.push_str(variables.get(name).and_then(Value::as_str).unwrap_or_default());
                rest = after;
            }
            None => return filled + BEGIN + after,
        }
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PREFIX: &str = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions";

    #[test]
    fn name_and_qualifier_are_read_out_of_the_uri() {
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:get";
        let plain = function(&format!("{PREFIX}/{arn}/invocations"), &Map::new()).unwrap();
        assert_eq!(plain, Target { name: "get".into(), arn: arn.into(), qualifier: None });
        assert_eq!(function(arn, &Map::new()), Some(plain));
        let alias = function(&format!("{PREFIX}/{arn}:live/invocations"), &Map::new()).unwrap();
        assert_eq!(alias, Target { name: "get".into(), arn: arn.into(), qualifier: Some("live".into()) });
    }

    #[test]
    fn stage_variables_are_filled_in() {
        let variables = json!({"fn": "get"});
        let uri = format!(
            "{PREFIX}/arn:aws:lambda:eu-west-1:123456789012:function:${{stageVariables.fn}}/invocations"
        );
        assert_eq!(function(&uri, variables.as_object().unwrap()).unwrap().name, "get");
    }

    #[test]
    fn a_uri_of_another_kind_names_no_function() {
        for uri in
            ["https://example.com/functions", "arn:aws:apigateway:x:sqs:path/1/q", "", "${stageVariables."]
        {
            assert_eq!(function(uri, &Map::new()), None, "{uri}");
        }
    }
}
