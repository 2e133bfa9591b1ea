use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map as Object, Value};

/// The longest token that is read, in bytes; headers hold no more.
const LONGEST: usize = 16 * 1024;

/// Why a token does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the token is malformed")]
    Malformed,
    #[error("signing method {0} is invalid")]
    Algorithm(String),
    #[error("the token's key is not one of its issuer's")]
    UnknownKey,
    #[error("the signature is invalid")]
    Signature,
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid yet")]
    NotYet,
    #[error("the token has an invalid issuer")]
    Issuer,
    #[error("the token does not have a valid audience")]
    Audience,
}

/// A token, as it was read. Nothing of it is to be believed before its signature was verified.
#[derive(Debug, Clone)]
pub struct Token {
    pub header: Object<String, Value>,
    pub claims: Object<String, Value>,
    /// What was signed.
    pub(super) signed: String,
    pub(super) signature: Vec<u8>,
}

impl Token {
    /// Reads a token in compact form.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > LONGEST {
            return Err(Fault::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(Fault::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(Fault::Malformed)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Fault::Malformed);
        let object = |part: &str| match serde_json::from_slice(&decode(part)?) {
            Ok(Value::Object(members)) => Ok(members),
            _ => Err(Fault::Malformed),
        };
        Ok(Self {
            header: object(header)?,
            claims: object(claims)?,
            signed: signed.to_owned(),
            signature: decode(signature)?,
        })
    }

    /// Returns a claim that is text.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// Returns the scopes that the token carries, in `scope` or `scp`, as one text or as a list.
    pub fn scopes(&self) -> Vec<String> {
        let found = self.claims.get("scope").or_else(|| self.claims.get("scp"));
        match found {
            Some(Value::String(text)) => text.split_whitespace().map(str::to_owned).collect(),
            Some(Value::Array(list)) => {
                list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
            }
            _ => vec![],
        }
    }

    /// Checks the times: `exp` must be there and lie ahead, `nbf` and `iat` must not. In seconds.
    pub fn check_times(&self, now: i64) -> Result<(), Fault> {
        let number = |claim: &str| match self.claims.get(claim) {
            None => Ok(None),
            Some(value) => {
                #[expect(clippy::cast_possible_truncation, reason = "whole seconds are all that counts")]
                let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64));
                seconds.map(Some).ok_or(Fault::Malformed)
            }
        };
        if number("exp")?.is_none_or(|end| end <= now) {
            return Err(Fault::Expired);
        }
        let ahead = |claim: &str| Ok::<_, Fault>(number(claim)?.is_some_and(|start| start > now));
        if ahead("nbf")? || ahead("iat")? { Err(Fault::NotYet) } else { Ok(()) }
    }

    /// Checks that the token is meant for one of `audiences`: by `aud`, or by `client_id` where there is no `aud`.
    pub fn check_audience(&self, audiences: &[String]) -> Result<(), Fault> {
        let is_wanted =
            |value: &Value| value.as_str().is_some_and(|text| audiences.iter().any(|one| one == text));
        let fits = match self.claims.get("aud").or_else(|| self.claims.get("client_id")) {
            Some(Value::Array(list)) => list.iter().any(is_wanted),
            Some(one) => is_wanted(one),
            None => false,
        };
        if fits { Ok(()) } else { Err(Fault::Audience) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn token(claims: &Value) -> Token {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}.c2ln", part(&json!({ "alg": "RS256" })), part(claims));
        Token::parse(&text).expect("three parts of base64url")
    }

    #[test]
    fn what_is_no_token_is_malformed() {
        for text in ["", "a", "a.b", "a.b.c", "..", "e30.e30", "bnVsbA.e30.e30", &"x".repeat(20_000)] {
            assert_eq!(Token::parse(text).expect_err(text), Fault::Malformed);
        }
    }

    #[test]
    fn times_must_hold() {
        assert_eq!(token(&json!({})).check_times(5), Err(Fault::Expired));
        assert_eq!(token(&json!({ "exp": 5 })).check_times(5), Err(Fault::Expired));
        assert_eq!(token(&json!({ "exp": 6 })).check_times(5), Ok(()));
        assert_eq!(token(&json!({ "exp": 6, "nbf": 6 })).check_times(5), Err(Fault::NotYet));
        assert_eq!(token(&json!({ "exp": 9, "iat": 6 })).check_times(5), Err(Fault::NotYet));
        assert_eq!(token(&json!({ "exp": "soon" })).check_times(5), Err(Fault::Malformed));
    }

    #[test]
    fn the_client_counts_only_where_there_is_no_audience() {
        let wanted = ["app".to_owned()];
        assert_eq!(token(&json!({ "client_id": "app" })).check_audience(&wanted), Ok(()));
        assert_eq!(token(&json!({ "aud": ["x", "app"] })).check_audience(&wanted), Ok(()));
        let foreign = token(&json!({ "aud": "x", "client_id": "app" }));
        assert_eq!(foreign.check_audience(&wanted), Err(Fault::Audience));
    }

    #[test]
    fn scopes_come_as_text_or_as_a_list() {
        assert_eq!(token(&json!({ "scope": "a b" })).scopes(), ["a", "b"]);
        assert_eq!(token(&json!({ "scp": ["a"] })).scopes(), ["a"]);
    }
}
