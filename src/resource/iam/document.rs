use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::aws::{Clients, Failure, Outcome};
use crate::resource::properties::parsed;

/// Reads a policy document as IAM returns it: JSON, percent-encoded (RFC 3986).
pub(super) fn decoded(document: &str) -> Value {
    parsed(&percent_decode_str(document).decode_utf8_lossy())
}

/// Reads the document of a managed policy's default version.
pub(super) async fn managed_document(clients: &Clients, arn: &str) -> Result<Value, Failure> {
    let output = clients.iam.get_policy().policy_arn(arn).send().await.during("iam:GetPolicy")?;
    let version = output.policy().and_then(|policy| policy.default_version_id()).unwrap_or("v1");
    let call = clients.iam.get_policy_version().policy_arn(arn).version_id(version);
    let output = call.send().await.during("iam:GetPolicyVersion")?;
    let document = output.policy_version().and_then(|version| version.document());
    Ok(document.map_or(Value::Null, decoded))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_are_decoded_whether_encoded_or_not() {
        let expected = json!({"Version": "2012-10-17"});
        assert_eq!(decoded("%7B%22Version%22%3A%222012-10-17%22%7D"), expected);
        assert_eq!(decoded(r#"{"Version": "2012-10-17"}"#), expected);
    }
}
