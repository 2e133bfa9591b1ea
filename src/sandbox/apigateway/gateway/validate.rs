use serde_json::Value;

use super::exchange::Exchange;
use super::refusal::Refusal;
use super::schema;
use crate::sandbox::apigateway::entity::Method;

/// Checks what the method's validator checks.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html>
pub(super) fn check(exchange: &Exchange, method: &Method) -> Result<(), Refusal> {
    let definition = exchange.frozen.definition();
    let validator = method.request_validator_id.as_ref().and_then(|id| definition.validators.get(id));
    let Some(validator) = validator else { return Ok(()) };
    if validator.validate_request_parameters {
        parameters(exchange, method)?;
    }
    if validator.validate_request_body {
        body(exchange, method)?;
    }
    Ok(())
}

/// Names what is missing: headers first, then path, then query, as AWS does.
fn parameters(exchange: &Exchange, method: &Method) -> Result<(), Refusal> {
    let mut missing = vec![];
    for place in ["header", "path", "querystring"] {
        for (name, required) in method.request_parameters.iter().flatten() {
            let Some((there, name)) =
                name.strip_prefix("method.request.").and_then(|rest| rest.split_once('.'))
            else {
                continue;
            };
            if !required || there.trim_start_matches("multivalue") != place {
                continue;
            }
            let value = match place {
                "header" => exchange.header(name),
                "path" => exchange.path_parameters.get(name).map(String::as_str),
                _ => exchange.query_value(name),
            };
            if value.is_none_or(str::is_empty) {
                missing.push(name);
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("Missing required request parameters: [{}]", missing.join(", "));
    let refusal = Refusal::new("BAD_REQUEST_PARAMETERS", message.clone(), message.clone());
    Err(Refusal { validation: Some(message), ..refusal })
}

/// Without a model for the content type nothing is checked. An empty body counts as an empty object.
fn body(exchange: &Exchange, method: &Method) -> Result<(), Refusal> {
    let Some(models) = &method.request_models else { return Ok(()) };
    let content_type = exchange.content_type();
    let name = models.get(&content_type).or_else(|| models.get("$default"));
    let definition = exchange.frozen.definition();
    let Some(model) = name.and_then(|name| definition.models.get(name)) else { return Ok(()) };
    let document = if exchange.body.is_empty() {
        Some(Value::Object(serde_json::Map::new()))
    } else {
        serde_json::from_slice::<Value>(&exchange.body).ok()
    };
    let problems = match document {
        Some(document) => schema::problems(&definition.models, model, &document),
        None => vec!["Unknown error parsing request body".to_owned()],
    };
    if problems.is_empty() {
        return Ok(());
    }
    let problems = format!("[{}]", problems.join(", "));
    let cause =
        format!("Request body does not match model schema for content type {content_type}: {problems}");
    let refusal = Refusal::new("BAD_REQUEST_BODY", "Invalid request body", cause);
    Err(Refusal { validation: Some(problems), ..refusal })
}
