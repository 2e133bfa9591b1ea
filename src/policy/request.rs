use std::collections::BTreeMap;

use super::Principal;

/// One question to the policies: may `principal` do `action` to `resource`?
#[derive(Debug, Clone)]
pub struct Request {
    pub principal: Principal,
    /// Service prefix and operation, for example `dynamodb:PutItem`.
    pub action: String,
    /// An ARN, or `*` for an action that has no resource.
    pub resource: String,
    pub context: Context,
}

/// The context keys of a request. Key names match without regard to case, as AWS has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    values: BTreeMap<String, Vec<String>>,
}

impl Context {
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the keys that follow from who asks alone.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    pub fn of_principal(principal: &Principal) -> Self {
        let mut context = Self::new();
        let kind = match principal {
            Principal::Anonymous | Principal::WebIdentity { .. } => "Anonymous",
            Principal::Root { .. } => "Account",
            Principal::User { name, .. } => {
                context = context.with("aws:username", name);
                "User"
            }
            Principal::Session { .. } => "AssumedRole",
            Principal::Federated { .. } => "FederatedUser",
            Principal::Service { name } => {
                return context
                    .with("aws:PrincipalIsAWSService", "true")
                    .with("aws:PrincipalServiceName", name)
                    .with("aws:PrincipalServiceNamesList", name);
            }
        };
        context = context.with("aws:PrincipalType", kind).with("aws:PrincipalIsAWSService", "false");
        // A session goes by its role's ARN here, not by its own.
        if let Some(arn) = principal.role_arn().or_else(|| principal.arn()) {
            context = context.with("aws:PrincipalArn", arn);
        }
        if let Some(account) = principal.account() {
            context = context.with("aws:PrincipalAccount", account);
        }
        context.with("aws:userid", principal.user_id().unwrap_or_else(|| "anonymous".to_owned()))
    }

    /// Sets a key to one value.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.set(key, vec![value.into()]);
        self
    }

    /// Sets a key to several values; an empty list is a key that is there without a value.
    pub fn set(&mut self, key: &str, values: Vec<String>) {
        self.values.insert(key.to_ascii_lowercase(), values);
    }

    /// Returns a key's values; `None` means that the request does not carry the key.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.values.get(&key.to_ascii_lowercase()).map(Vec::as_slice)
    }

    /// Takes over every key of `other`, replacing those that are there.
    pub fn extend(&mut self, other: Self) {
        self.values.extend(other.values);
    }

    /// Returns the keys in lower case, with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.values.iter().map(|(key, values)| (key.as_str(), values.as_slice()))
    }
}
