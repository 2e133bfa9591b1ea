use serde_json::Value;

use crate::sandbox::Response;

/// Writes the answer to an operation: an object is a structure, an array is a list of `member`s (of `entry`s, under the
/// name `entry`, which is how maps travel), null is left out. A `result` that is null has no result element at all.
pub fn answer(operation: &str, namespace: &str, result: &Value, request_id: &str) -> Response {
    let mut xml = format!("<{operation}Response xmlns=\"{namespace}\">");
    if !result.is_null() {
        element(&format!("{operation}Result"), result, &mut xml);
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

fn element(name: &str, value: &Value, xml: &mut String) {
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
                    Value::Array(entries) if name == "entry" => {
                        for entry in entries {
                            element(name, entry, xml);
                        }
                    }
                    value => element(name, value, xml),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                element("member", item, xml);
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
    fn an_operation_without_an_output_has_no_result() {
        let metadata = "<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata>";
        assert_eq!(text("Do", &Value::Null), format!("<DoResponse xmlns=\"urn:n\">{metadata}</DoResponse>"));
    }
}
