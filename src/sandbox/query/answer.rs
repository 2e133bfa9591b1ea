use serde_json::{Map, Value, json};

use crate::sandbox::{Request, Response};

/// How lists travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lists {
    /// As `member`s within an element of the list's name.
    Members,
    /// As elements of the list's name one after the other.
    Flat,
}

/// Writes the answer to an operation: an object is a structure, an array is a list of `member`s (of `entry`s, under the
/// name `entry`, which is how maps travel), null is left out. A `result` that is null has no result element at all.
pub fn answer(operation: &str, namespace: &str, result: &Value, request_id: &str) -> Response {
    written(operation, namespace, result, request_id, Lists::Members)
}

/// Writes the answer in the form that the request wants: XML, or JSON, which API Gateway asks for.
pub fn answer_to(
    request: &Request,
    operation: &str,
    namespace: &str,
    result: &Value,
    lists: Lists,
) -> Response {
    if !wants_json(request) {
        return written(operation, namespace, result, &request.id, lists);
    }
    let mut body = Map::new();
    if !result.is_null() {
        body.insert(format!("{operation}Result"), without_entries(result));
    }
    body.insert("ResponseMetadata".to_owned(), json!({ "RequestId": request.id }));
    Response::json(200, &json!({ format!("{operation}Response"): body }))
        .with_header("x-amzn-requestid", &request.id)
}

/// Whether a request of the Query protocol asks for its answer as JSON.
pub fn wants_json(request: &Request) -> bool {
    request.header("accept").is_some_and(|accept| accept.starts_with("application/json"))
}

/// Maps that travel as entries in XML are plain in JSON.
fn without_entries(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            if let Some(Value::Array(entries)) = members.get("entry") {
                let pair = |entry: &Value| Some((entry["key"].as_str()?.to_owned(), entry["value"].clone()));
                return Value::Object(entries.iter().filter_map(pair).collect());
            }
            Value::Object(
                members.iter().map(|(name, value)| (name.clone(), without_entries(value))).collect(),
            )
        }
        Value::Array(items) => items.iter().map(without_entries).collect(),
        other => other.clone(),
    }
}

fn written(operation: &str, namespace: &str, result: &Value, request_id: &str, lists: Lists) -> Response {
    let mut xml = format!("<{operation}Response xmlns=\"{namespace}\">");
    if !result.is_null() {
        element(&format!("{operation}Result"), result, lists, &mut xml);
    }
    xml.push_str("<ResponseMetadata><RequestId>");
    escape(request_id, &mut xml);
    xml.push_str("</RequestId></ResponseMetadata></");
    xml.push_str(operation);
    xml.push_str("Response>");
    Response { body: xml.into(), ..Response::empty(200) }
        .with_header("content-type", "text/xml")
        .with_header("x-amzn-requestid", request_id)
}

fn element(name: &str, value: &Value, lists: Lists, xml: &mut String) {
    if value.is_null() {
        return;
    }
    xml.push('<');
    xml.push_str(name);
    xml.push('>');
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::Array(entries) if name == "entry" || lists == Lists::Flat => {
                        for entry in entries {
                            element(name, entry, lists, xml);
                        }
                    }
                    value => element(name, value, lists, xml),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                element("member", item, lists, xml);
            }
        }
        Value::String(text) => escape(text, xml),
        other => xml.push_str(&other.to_string()),
    }
    xml.push_str("</");
    xml.push_str(name);
    xml.push('>');
}

fn escape(text: &str, xml: &mut String) {
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            // A bare carriage return would be read as a line feed.
            '\r' => xml.push_str("&#13;"),
            // Other control characters cannot stand in XML 1.0 at all.
            control if control < ' ' && !matches!(control, '\n' | '\t') => xml.push('\u{fffd}'),
            plain => xml.push(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(operation: &str, result: &Value) -> String {
        String::from_utf8(answer(operation, "urn:n", result, "id").body.to_vec()).unwrap()
    }

    #[test]
    fn structures_lists_and_maps_have_their_elements() {
        let result =
            json!({"A": {"B": "x<&>", "C": null}, "L": [1, {"D": true}], "M": {"entry": [{"key": "k"}]}});
        assert_eq!(
            text("Do", &result),
            "<DoResponse xmlns=\"urn:n\"><DoResult><A><B>x&lt;&amp;&gt;</B></A><L><member>1</member>\
             <member><D>true</D></member></L><M><entry><key>k</key></entry></M></DoResult>\
             <ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></DoResponse>"
        );
    }

    #[test]
    fn flat_lists_are_elements_one_after_the_other() {
        let response = written("Do", "urn:n", &json!({ "Q": ["a", "b"] }), "id", Lists::Flat);
        let text = String::from_utf8(response.body.to_vec()).unwrap();
        assert!(text.contains("<DoResult><Q>a</Q><Q>b</Q></DoResult>"), "{text}");
    }

    #[test]
    fn maps_are_plain_in_json() {
        let map = json!({ "A": { "entry": [{ "key": "k", "value": "v" }] }, "L": [1] });
        assert_eq!(without_entries(&map), json!({ "A": { "k": "v" }, "L": [1] }));
    }

    #[test]
    fn an_operation_without_an_output_has_no_result() {
        let metadata = "<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata>";
        assert_eq!(text("Do", &Value::Null), format!("<DoResponse xmlns=\"urn:n\">{metadata}</DoResponse>"));
    }
}
