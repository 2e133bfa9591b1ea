use super::fault::access_denied;
use super::operation::Ask;
use super::service::Desk;
use super::xml::Element;
use crate::sandbox::{Request, Response, ServiceError};

/// Answers a browser's question whether it may send a request.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html>
pub(super) fn preflight(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    let refuse = |message: &str| ServiceError { message: message.to_owned(), ..access_denied() };
    if desk.request.header("origin").is_none() {
        return Err(ServiceError::new(
            400,
            "BadRequest",
            "Insufficient information. Origin request header needed.",
        ));
    }
    let Some(method) = desk.request.header("access-control-request-method") else {
        return Err(ServiceError::new(400, "BadRequest", "Invalid Access-Control-Request-Method: null"));
    };
    let state = desk.s3.state();
    let Some(inner) = state.bucket(&ask.bucket)?.facts.configurations.get("cors") else {
        return Err(refuse("CORSResponse: CORS is not enabled for this bucket."));
    };
    apply(inner, desk.request, method, true, Response::empty(200)).ok_or_else(|| {
        refuse("CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.")
    })
}

/// Adds the headers that let a page of another origin read an answer.
pub(super) fn allow(desk: &Desk<'_>, ask: &Ask, answer: Response) -> Response {
    if desk.request.header("origin").is_none()
        || ask.bucket.is_empty()
        || desk.request.method == http::Method::OPTIONS
    {
        return answer;
    }
    let state = desk.s3.state();
    let inner = state.buckets.get(&ask.bucket).and_then(|bucket| bucket.facts.configurations.get("cors"));
    let Some(inner) = inner else { return answer };
    apply(inner, desk.request, desk.request.method.as_str(), false, answer.clone()).unwrap_or(answer)
}

/// Finds the first rule that lets a request pass and puts what it says into the answer.
fn apply(
    inner: &str,
    request: &Request,
    method: &str,
    preflight: bool,
    answer: Response,
) -> Option<Response> {
    let rules = Element::read(format!("<CORS>{inner}</CORS>").as_bytes(), "CORS").ok()?;
    let origin = request.header("origin")?;
    let asked: Vec<String> = request
        .header("access-control-request-headers")
        .filter(|_| preflight)
        .into_iter()
        .flat_map(|names| names.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .collect();
    let rule = rules.all("CORSRule").find(|rule| {
        rule.all("AllowedOrigin").any(|pattern| fits(&pattern.text, origin))
            && rule.all("AllowedMethod").any(|allowed| allowed.text == method)
            && asked.iter().all(|name| {
                rule.all("AllowedHeader").any(|pattern| fits(&pattern.text.to_ascii_lowercase(), name))
            })
    })?;
    let list =
        |name: &'static str| rule.all(name).map(|child| child.text.clone()).collect::<Vec<_>>().join(", ");
    let anybody = rule.all("AllowedOrigin").any(|pattern| pattern.text == "*");
    let mut answer = answer
        .with_header("access-control-allow-origin", if anybody { "*" } else { origin })
        .with_header("access-control-allow-methods", &list("AllowedMethod"))
        .with_header("vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    if !anybody {
        answer = answer.with_header("access-control-allow-credentials", "true");
    }
    if !asked.is_empty() {
        answer = answer.with_header("access-control-allow-headers", &asked.join(", "));
    }
    let exposed = list("ExposeHeader");
    if !exposed.is_empty() {
        answer = answer.with_header("access-control-expose-headers", &exposed);
    }
    if let Some(age) = rule.value("MaxAgeSeconds") {
        answer = answer.with_header("access-control-max-age", age);
    }
    Some(answer)
}

/// Whether a text fits a pattern with at most one star.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => {
            text.len() >= before.len() + after.len() && text.starts_with(before) && text.ends_with(after)
        }
    }
}
