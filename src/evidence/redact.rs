use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

/// What stands where a secret stood.
const REDACTED: &str = "[redacted]";

/// Fields whose values are secrets, without regard to case, `-` and `_`.
const SECRET_FIELDS: [&str; 9] = [
    "authorization",
    "proxyauthorization",
    "secretaccesskey",
    "awssecretaccesskey",
    "sessiontoken",
    "awssessiontoken",
    "securitytoken",
    "xamzsecuritytoken",
    "xamzsignature",
];

/// Secrets that text holds: what is kept comes in group 1.
static SECRETS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        // Access key ids of users and sessions: the first four letters say which.
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
        r"\b((?:AKIA|ASIA))[A-Z0-9]{12,}\b",
        // The header of a signed request, and any bearer.
        r"(?i)(\bauthorization\b[\x22']?\s*[:=]\s*[\x22']?)[^\r\n\x22']+",
        r"(AWS4-HMAC-SHA256\s+)Credential=[^\r\n\x22']+",
        // A presigned URL.
        r"(?i)(\bX-Amz-(?:Signature|Security-Token|Credential)(?:=|%3D))[^&\s\x22'<>]+",
        r"(?i)(\bx-amz-security-token[\x22']?\s*:\s*[\x22']?)[^\s\x22',}]+",
        // Environment, configuration files, and the answers of STS.
        r"(?i)(\b(?:aws_?)?(?:secret_?access_?key|session_?token|security_?token)\\?[\x22']?\s*[:=]\s*\\?[\x22']?)[A-Za-z0-9/+=_-]{8,}",
        r"(<(?:SecretAccessKey|SessionToken)>)[^<]+",
    ]
    .iter()
    // The patterns are the ones above, and a test uses each.
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// Returns a value without credentials: the fields that hold them, and what texts say of them.
pub fn redact(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(redact_text(text)),
        Value::Array(items) => items.iter().map(redact).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| {
                let value = match value {
                    Value::Null | Value::Bool(_) => value.clone(),
                    _ if is_secret_field(key) => Value::from(REDACTED),
                    _ => redact(value),
                };
                (redact_text(key), value)
            });
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

/// Returns a text without access keys, secret keys, session tokens and signatures.
///
/// A secret key that stands alone, without anything that says what it is, cannot be told from other text.
pub fn redact_text(text: &str) -> String {
    SECRETS.iter().fold(text.to_owned(), |text, secret| {
        let keep =
            |found: &Captures<'_>| format!("{}{REDACTED}", found.get(1).map_or("", |kept| kept.as_str()));
        if secret.is_match(&text) { secret.replace_all(&text, keep).into_owned() } else { text }
    })
}

fn is_secret_field(key: &str) -> bool {
    let key: String = key.chars().filter(|c| !"-_".contains(*c)).collect::<String>().to_lowercase();
    SECRET_FIELDS.contains(&key.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn credentials_are_taken_out_wherever_they_are_named() {
        for (text, redacted) in [
            ("key AKIAIOSFODNN7EXAMPLE used", "key AKIA[redacted] used"),
            (
                "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/x, Signature=ab12",
                "Authorization: [redacted]",
            ),
            (
                "sent AWS4-HMAC-SHA256 Credential=ASIAIOSFODNN7EXAMPLE/x, Signature=ab12",
                "sent AWS4-HMAC-SHA256 [redacted]",
            ),
            ("https://x/?a=1&X-Amz-Signature=ab12&b=2", "https://x/?a=1&X-Amz-Signature=[redacted]&b=2"),
            ("https://x/?X-Amz-Security-Token=ab%2F12", "https://x/?X-Amz-Security-Token=[redacted]"),
            ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", "AWS_SECRET_ACCESS_KEY=[redacted]"),
            ("{'AWS_SESSION_TOKEN': 'FwoGZXIvYXdzEJr'}", "{'AWS_SESSION_TOKEN': '[redacted]'}"),
            (r#"{\"SecretAccessKey\": \"wJalrXUtnFEMI\"}"#, r#"{\"SecretAccessKey\": \"[redacted]\"}"#),
            ("<SessionToken>abc</SessionToken>", "<SessionToken>[redacted]</SessionToken>"),
            ("x-amz-security-token: FwoG", "x-amz-security-token: [redacted]"),
            ("the session token is missing", "the session token is missing"),
        ] {
            assert_eq!(redact_text(text), redacted);
        }
    }

    #[test]
    fn every_pattern_is_in_use() {
        assert_eq!(SECRETS.len(), 7);
    }

    #[test]
    fn fields_are_known_by_their_name_however_it_is_spelt() {
        let value = json!({"authorization": ["x"], "Secret_Access_Key": 1, "X-Amz-Signature": "s", "id": "o-1", "sessionToken": null});
        assert_eq!(
            redact(&value),
            json!({"authorization": REDACTED, "Secret_Access_Key": REDACTED, "X-Amz-Signature": REDACTED, "id": "o-1", "sessionToken": null})
        );
    }

    proptest! {
        #[test]
        fn no_secret_comes_through_whatever_stands_around_it(
            before in "[ -~]{0,20}", after in "[ -~]{0,20}", key in "(AKIA|ASIA)[A-Z0-9]{16}", secret in "[A-Za-z0-9/+]{40}"
        ) {
            // A word that goes on is no key.
            let shown = redact_text(&format!("{before} {key} {after}"));
            prop_assert!(!shown.contains(&key));
            for label in ["AWS_SECRET_ACCESS_KEY=", "\"SecretAccessKey\": \"", "aws_session_token = ", "X-Amz-Signature="] {
                let shown = redact_text(&format!("{before} {label}{secret} {after}"));
                prop_assert!(!shown.contains(&secret), "{}", shown);
            }
        }

        #[test]
        fn redacting_twice_changes_nothing_more(text in "[ -~]{0,60}", key in "AKIA[A-Z0-9]{16}") {
            let once = redact_text(&format!("{text} {key} SecretAccessKey={text}"));
            prop_assert_eq!(redact_text(&once), once);
        }

        #[test]
        fn ordinary_text_is_left_alone(text in "[a-z0-9 {}:,/.-]{0,60}") {
            prop_assume!(!text.contains("authorization"));
            prop_assert_eq!(redact_text(&text), text);
        }
    }
}
