use std::borrow::Cow;

use http::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::exchange::Exchange;
use super::mapping;
use crate::sandbox::Response;
use crate::sandbox::apigateway::entity::{GatewayResponse, default_status};
use crate::sandbox::apigateway::vtl;

/// Why the gateway answers by itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    /// A gateway response type.
    pub kind: &'static str,
    pub status: u16,
    /// What the caller reads.
    pub message: String,
    /// What the execution log says; never shown to the caller.
    pub cause: String,
    /// `$context.error.validationErrorString`: what a validator found.
    pub validation: Option<String>,
    /// `x-amzn-errortype`.
    pub error_type: Cow<'static, str>,
}

impl Refusal {
    pub(super) fn new(kind: &'static str, message: impl Into<String>, cause: impl Into<String>) -> Self {
        let error_type = match kind {
            "MISSING_AUTHENTICATION_TOKEN" => "MissingAuthenticationTokenException",
            "INVALID_API_KEY" => "ForbiddenException",
            "ACCESS_DENIED" => "AccessDeniedException",
            "UNAUTHORIZED" => "UnauthorizedException",
            "AUTHORIZER_CONFIGURATION_ERROR" => "AuthorizerConfigurationException",
            "INVALID_SIGNATURE" => "InvalidSignatureException",
            "EXPIRED_TOKEN" => "ExpiredTokenException",
            "BAD_REQUEST_BODY" | "BAD_REQUEST_PARAMETERS" | "UNSUPPORTED_MEDIA_TYPE" => "BadRequestException",
            "THROTTLED" => "TooManyRequestsException",
            "QUOTA_EXCEEDED" => "LimitExceededException",
            "REQUEST_TOO_LARGE" => "RequestTooLargeException",
            _ => "InternalServerErrorException",
        };
        let status = default_status(kind).unwrap_or(500);
        Self {
            kind,
            status,
            message: message.into(),
            cause: cause.into(),
            validation: None,
            error_type: error_type.into(),
        }
    }

    /// No resource, or no such method of it.
    pub(super) fn no_route() -> Self {
        Self::new(
            "MISSING_AUTHENTICATION_TOKEN",
            "Missing Authentication Token",
            "no method fits the request",
        )
    }

    /// The API is set up so that it cannot work: 500.
    pub(super) fn misconfigured(cause: impl Into<String>) -> Self {
        Self::new("API_CONFIGURATION_ERROR", "Internal server error", cause)
    }

    /// The gateway fails on its own way to or from the integration: 500.
    pub(super) fn server_error(cause: impl Into<String>) -> Self {
        Self { status: 500, ..Self::new("DEFAULT_5XX", "Internal server error", cause) }
    }

    /// Nobody can be reached where the integration points to: 504.
    pub(super) fn unreachable() -> Self {
        Self::new(
            "INTEGRATION_FAILURE",
            "Network error communicating with endpoint",
            "Execution failed due to a network error communicating with endpoint",
        )
    }

    /// The function failed or did not answer in the proxy's format: 502.
    pub(super) fn bad_gateway(cause: impl Into<String>) -> Self {
        Self { status: 502, ..Self::new("DEFAULT_5XX", "Internal server error", cause) }
    }

    /// The integration took longer than its timeout: 504.
    pub(super) fn timeout() -> Self {
        Self::new(
            "INTEGRATION_TIMEOUT",
            "Endpoint request timed out",
            "Execution failed due to a timeout error",
        )
    }

    /// Something that the sandbox does not run: it says so by name.
    pub(super) fn not_covered(what: impl std::fmt::Display) -> Self {
        let message = format!("the sandbox does not cover integrations of type {what}");
        Self { status: 501, ..Self::new("DEFAULT_5XX", message.clone(), message) }
    }

    /// The answer, as the API's gateway responses shape it.
    pub(super) fn answer(&self, exchange: &Exchange) -> Response {
        let set = &exchange.frozen.definition().gateway_responses;
        let response = GatewayResponse::resolve(set, self.kind);
        // 502 is of no type of its own; the class that was set covers it.
        let own = set.contains_key(self.kind) || !matches!(self.kind, "DEFAULT_4XX" | "DEFAULT_5XX");
        let status = response.status_code.as_ref().filter(|_| own).and_then(|code| code.parse().ok());
        let mut answer = self.render(exchange, &response, status.unwrap_or(self.status));
        for (target, source) in &response.response_parameters {
            let name = target.trim_start_matches("gatewayresponse.header.").to_ascii_lowercase();
            let value = mapping::request_source(exchange, source);
            let value = value.and_then(|value| HeaderValue::from_str(&value).ok());
            if let (Ok(name), Some(value)) = (HeaderName::try_from(name), value) {
                answer.headers.insert(name, value);
            }
        }
        answer.with_header("x-amzn-errortype", &self.error_type)
    }

    fn render(&self, exchange: &Exchange, response: &GatewayResponse, status: u16) -> Response {
        let accept = exchange.header("accept").unwrap_or_default();
        let templates = &response.response_templates;
        let chosen = accept.split(',').find_map(|kind| templates.get_key_value(kind.trim()));
        let chosen = chosen.or_else(|| templates.get_key_value("application/json"));
        let Some((kind, template)) = chosen.or_else(|| templates.iter().next()) else {
            return plain(status, &self.message, self.kind);
        };
        if template == "{\"message\":$context.error.messageString}" {
            return plain(status, &self.message, self.kind);
        }
        let mut context = exchange.context();
        context.insert(
            "error".to_owned(),
            json!({
                "message": self.message,
                "messageString": Value::from(self.message.clone()).to_string(),
                "responseType": self.kind,
                "validationErrorString": self.validation,
            }),
        );
        let input = vtl::Input::of(&exchange.body, mapping::parameters(exchange));
        // Gateway responses know no logic, only variables.
        let body = vtl::substitute(template, &context, &exchange.variables, &input);
        let mut answer = Response::empty(status).with_header("content-type", kind);
        answer.body = body.into();
        answer
    }
}

/// AWS's own bodies; some of them have a blank after the colon, and denials a capital letter.
fn plain(status: u16, message: &str, kind: &str) -> Response {
    let text = Value::from(message).to_string();
    let body = match kind {
        // Recorded by many: what is wrong with an authorizer is not told.
        "AUTHORIZER_CONFIGURATION_ERROR" => "{\"message\":null}".to_owned(),
        "ACCESS_DENIED" => format!("{{\"Message\":{text}}}"),
        "MISSING_AUTHENTICATION_TOKEN"
        | "INVALID_API_KEY"
        | "UNAUTHORIZED"
        | "THROTTLED"
        | "QUOTA_EXCEEDED" => {
            format!("{{\"message\":{text}}}")
        }
        _ => format!("{{\"message\": {text}}}"),
    };
    let mut answer = Response::empty(status).with_header("content-type", "application/json");
    answer.body = body.into();
    answer
}

/// What no API answers: an unknown API or stage.
pub(super) fn forbidden() -> Response {
    let mut answer = Response::empty(403).with_header("content-type", "application/json");
    answer.body = "{\"message\":\"Forbidden\"}".into();
    answer.with_header("x-amzn-errortype", "ForbiddenException")
}
