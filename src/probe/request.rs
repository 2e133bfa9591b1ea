use std::sync::Arc;

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::run::{Probe, Step};
use super::sought::{internal, late, live_url, unreachable, url_of};
use super::{HttpError, Outgoing, Variables, breakdown};
use crate::challenge::HttpRequest;
use crate::evidence::Inspection;
use crate::resource::parallel::each;
use crate::text::{PlaceholderError, fill, fill_json};

/// What cannot stand in a URL as it is. A value that was captured from the candidate's answer may hold anything.
const NOT_IN_URL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'#');

/// Sends a request to the live stage of the candidate's API, so many times at the same moment as it says. Any answer is something seen.
pub(super) async fn send(
    probe: &mut Probe<'_>,
    inspection: &Inspection,
    request: &HttpRequest,
) -> Step<Value> {
    let path = fill(&request.path, &probe.variables).map_err(|error| internal(format!("`http`: {error}")))?;
    let endpoint = &probe.world.clients.endpoint;
    let (base, host) = match &request.url {
        Some(function) => url_of(inspection, endpoint, function)?,
        None => (live_url(inspection, endpoint, request.api.as_deref(), &request.method, &path)?, None),
    };
    let mut outgoing =
        outgoing(&base, request, &probe.variables).map_err(|error| internal(format!("`http`: {error}")))?;
    outgoing.headers.extend(host.map(|host| ("host".to_owned(), host)));
    let line = format!("{} {}", outgoing.method, outgoing.url);
    let headers: Map<_, _> =
        outgoing.headers.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect();
    let sent = json!({ "headers": headers, "body": String::from_utf8_lossy(&outgoing.body) });
    let since = probe.world.clock.now();
    let times = request.times.unwrap_or(1) as usize;
    let answers = each(vec![outgoing.clone(); times], times, |outgoing| {
        let http = Arc::clone(&probe.world.http);
        async move { http.send(&outgoing).await }
    })
    .await;
    for answer in &answers {
        match answer {
            Ok(answer) => probe.recorder.note(&line, &sent, answer),
            Err(error) => probe.recorder.note(&line, &sent, &json!({ "error": error.to_string() })),
        }
    }
    let broke = |answer: &Value| answer["status"].as_u64() >= Some(500);
    if inspection.may_break_down_itself() && answers.iter().flatten().any(broke) {
        breakdown::look(probe, inspection, request, &path, since).await;
    }
    match answers.into_iter().collect::<Result<Vec<_>, _>>() {
        Ok(answers) if request.times.is_some() => Ok(json!({ "answers": answers })),
        Ok(mut answers) => Ok(answers.pop().unwrap_or_default()),
        Err(HttpError::Malformed(message)) => Err(internal(message)),
        Err(HttpError::Transport(message)) => Err(unreachable(message)),
        Err(HttpError::Late(limit)) => {
            let sought = format!("{} {}", outgoing.method, request.path);
            Err(late(&probe.world.clients, &sought, limit).await)
        }
    }
}

fn outgoing(base: &str, request: &HttpRequest, variables: &Variables) -> Result<Outgoing, PlaceholderError> {
    let path = fill(&request.path, variables)?;
    let path = utf8_percent_encode(&path, NOT_IN_URL).to_string();
    let slash = if path.starts_with('/') { "" } else { "/" };
    let body = match fill_json(&request.body, variables)? {
        Value::Null => None,
        Value::String(text) => Some((text, None)),
        json => Some((json.to_string(), Some("application/json"))),
    };
    let mut headers = Vec::new();
    for (name, value) in &request.headers {
        let value: String =
            fill(value, variables)?.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        headers.push((name.clone(), value));
    }
    if let Some((_, Some(kind))) = &body
        && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
    {
        headers.push(("content-type".to_owned(), (*kind).to_owned()));
    }
    let body = body.map(|(text, _)| Bytes::from(text)).unwrap_or_default();
    Ok(Outgoing { method: request.method.clone(), url: format!("{base}{slash}{path}"), headers, body })
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;

    fn request(path: &str, body: Value) -> HttpRequest {
        HttpRequest {
            api: None,
            url: None,
            method: "POST".into(),
            path: path.into(),
            headers: IndexMap::new(),
            body,
            times: None,
        }
    }

    fn filled(request: &HttpRequest) -> Outgoing {
        let variables = [("order".to_owned(), "o 1\r\n{x}".to_owned())].into();
        outgoing("http://127.0.0.1:1/live", request, &variables).unwrap()
    }

    #[test]
    fn a_json_body_is_filled_in_and_says_what_it_is() {
        let sent = filled(&request("/orders", json!({ "id": "{{ order }}" })));
        assert_eq!(sent.body, r#"{"id":"o 1\r\n{x}"}"#);
        assert_eq!(sent.headers, [("content-type".to_owned(), "application/json".to_owned())]);
    }

    #[test]
    fn a_string_body_is_sent_as_it_is_and_no_body_without_a_type() {
        assert_eq!(filled(&request("/", json!("not json"))).body, "not json");
        let none = filled(&request("/", Value::Null));
        assert!(none.body.is_empty() && none.headers.is_empty());
    }

    #[test]
    fn whatever_was_captured_makes_a_url_that_can_be_sent() {
        let sent = filled(&request("orders/{{ order }}?a=b", Value::Null));
        assert_eq!(sent.url, "http://127.0.0.1:1/live/orders/o%201%0D%0A%7Bx%7D?a=b");
    }

    #[test]
    fn a_header_cannot_smuggle_in_another() {
        let mut request = request("/", Value::Null);
        request.headers.insert("x-order".into(), "{{ order }}".into());
        assert_eq!(filled(&request).headers, [("x-order".to_owned(), "o 1  {x}".to_owned())]);
    }
}
