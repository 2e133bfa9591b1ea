use serde_json::Value;

/// Issuers of tokens whose keys are known without a network. The sandbox's user pools are.
pub trait Issuers: Send + Sync {
    /// Returns the JSON Web Key Set of an issuer, by the URL in a token's `iss`; `None` for an issuer that is not here.
    fn key_set(&self, issuer: &str) -> Option<Value>;
}

/// No issuer at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoIssuers;

impl Issuers for NoIssuers {
    fn key_set(&self, _issuer: &str) -> Option<Value> {
        None
    }
}
