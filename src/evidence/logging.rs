use serde_json::Value;

use super::Resource;

impl Resource {
    /// Returns the log group that a function writes to: the one that its logging configuration names, or the one that Lambda makes for it
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html>). It need not exist yet.
    #[must_use]
    pub fn log_group(&self) -> String {
        let configured = self.properties.pointer("/LoggingConfig/LogGroup").and_then(Value::as_str);
        // Evidence of earlier releases has the group among the attributes alone.
        let named = configured.or_else(|| self.attributes["LogGroup"].as_str());
        named.map_or_else(|| format!("/aws/lambda/{}", self.id), str::to_owned)
    }

    /// Whether a function writes its log as JSON records
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>).
    #[must_use]
    pub fn logs_json(&self) -> bool {
        self.properties.pointer("/LoggingConfig/LogFormat").is_some_and(|format| format == "JSON")
    }

    /// Whether a stream of the function's log group may be its own. In a group that several functions share, streams are named
    /// `YYYY/MM/DD/NAME[VERSION]...`; where no name stands in that place the group is one function's alone.
    #[must_use]
    pub fn may_write_stream(&self, stream: &str) -> bool {
        let mut parts = stream.splitn(4, '/');
        let date =
            parts.by_ref().take(3).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit())).count();
        let Some((writer, _)) = parts.next().filter(|_| date == 3).and_then(|rest| rest.split_once('['))
        else {
            return true;
        };
        writer.is_empty() || writer == self.id
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn function(properties: &Value, attributes: &Value) -> Resource {
        serde_json::from_value(json!({
            "key": "AWS::Lambda::Function/taker", "type": "AWS::Lambda::Function", "id": "taker",
            "properties": properties, "attributes": attributes,
        }))
        .unwrap()
    }

    #[test]
    fn a_function_logs_where_its_configuration_says() {
        let named = json!({ "LoggingConfig": { "LogGroup": "shop", "LogFormat": "JSON" } });
        assert_eq!(function(&named, &json!({})).log_group(), "shop");
        assert_eq!(function(&json!({}), &json!({ "LogGroup": "shop" })).log_group(), "shop");
        assert_eq!(function(&json!({}), &json!({})).log_group(), "/aws/lambda/taker");
        assert!(function(&named, &json!({})).logs_json());
        assert!(!function(&json!({ "LoggingConfig": { "LogFormat": "Text" } }), &json!({})).logs_json());
    }

    #[test]
    fn a_stream_tells_whose_it_is_in_a_group_of_several() {
        let taker = function(&json!({}), &json!({}));
        for own in ["2026/11/22/taker[$LATEST]0af1", "2026/11/22/[$LATEST]0af1", "any", "a/b/c/other[1]x"] {
            assert!(taker.may_write_stream(own), "{own}");
        }
        for other in ["2026/11/22/giver[$LATEST]0af1", "2026/11/22/taker-2[7][0af1]"] {
            assert!(!taker.may_write_stream(other), "{other}");
        }
    }
}
