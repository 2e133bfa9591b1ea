use std::fmt;

use crate::sandbox::{AccountId, Scope, ServiceError};

/// A function as a caller names it: `name`, `name:qualifier`, a partial ARN or an ARN.
///
/// <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html>
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub(crate) struct FunctionName {
    pub scope: Scope,
    pub name: String,
    /// A version, an alias or `$LATEST`; `None` is the unqualified function.
    pub qualifier: Option<String>,
}

/// The pattern that AWS's message shows for most operations.
pub(crate) const PATTERN: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?";

/// The one that it shows for `GetFunction`, `Invoke` and `DeleteFunction`.
pub(crate) const PATTERN_GET: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";

impl FunctionName {
    /// Reads a name as `scope`'s caller gives it, with the `Qualifier` parameter of the request.
    pub(crate) fn parse(text: &str, qualifier: Option<&str>, scope: &Scope) -> Result<Self, ServiceError> {
        let malformed = || {
            ServiceError::new(
                400,
                "ValidationException",
                format!(
                    "1 validation error detected: Value '{text}' at 'functionName' failed to satisfy constraint: Member must \
                     satisfy regular expression pattern: {PATTERN}"
                ),
            )
        };
        let mut parts: Vec<&str> = text.split(':').collect();
        let mut scope = scope.clone();
        if parts.first() == Some(&"arn") {
            if parts.len() < 7 || parts[2] != "lambda" || parts[5] != "function" {
                return Err(malformed());
            }
            scope = Scope {
                account: AccountId::parse(parts[4]).ok_or_else(malformed)?,
                region: parts[3].to_owned(),
            };
            parts.drain(..6);
        } else {
            // A partial ARN: `[region:]account:function:name`, each part but the name optional.
            if parts.len() > 2 && parts[0].matches('-').count() >= 2 && AccountId::parse(parts[1]).is_some() {
                parts[0].clone_into(&mut scope.region);
                parts.remove(0);
            }
            if parts.len() > 1
                && let Some(account) = AccountId::parse(parts[0])
            {
                scope.account = account;
                parts.remove(0);
            }
            if parts.len() > 1 && parts[0] == "function" {
                parts.remove(0);
            }
        }
        let (name, own) = match parts[..] {
            [name] => (name, None),
            [name, own] => (name, Some(own)),
            _ => return Err(malformed()),
        };
        if !is_word(name) || name.len() > 140 || own.is_some_and(|own| own != "$LATEST" && !is_word(own)) {
            return Err(malformed());
        }
        let qualifier = match (own, qualifier) {
            (Some(own), Some(given)) if own != given => {
                return Err(ServiceError::new(
                    400,
                    "InvalidParameterValueException",
                    "The derived qualifier from the function name does not match the specified qualifier.",
                ));
            }
            (own, given) => own.or(given).map(str::to_owned),
        };
        Ok(Self { scope, name: name.to_owned(), qualifier })
    }

    /// Returns the ARN without a qualifier.
    pub(crate) fn unqualified_arn(&self) -> String {
        format!("arn:aws:lambda:{}:{}:function:{}", self.scope.region, self.scope.account, self.name)
    }

    /// Returns the ARN with the qualifier, if there is one.
    pub(crate) fn arn(&self) -> String {
        match &self.qualifier {
            Some(qualifier) => format!("{}:{qualifier}", self.unqualified_arn()),
            None => self.unqualified_arn(),
        }
    }

    /// The error for a function, version or alias that is not there.
    pub(crate) fn not_found(&self) -> ServiceError {
        ServiceError::new(404, "ResourceNotFoundException", format!("Function not found: {self}"))
    }
}

impl fmt::Display for FunctionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn())
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here() -> Scope {
        Scope { account: AccountId::fallback(), region: "eu-west-1".into() }
    }

    #[test]
    fn a_name_may_be_given_as_arn_partial_arn_or_name() {
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:orders";
        for text in [arn, "123456789012:function:orders", "function:orders", "orders", "123456789012:orders"]
        {
            let name = FunctionName::parse(text, None, &here()).unwrap();
            assert_eq!(name.arn(), arn, "{text}");
        }
        let other = "arn:aws:lambda:us-east-2:000000000001:function:orders:live";
        assert_eq!(FunctionName::parse(other, None, &here()).unwrap().arn(), other);
    }

    #[test]
    fn a_qualifier_may_stand_in_the_name_or_beside_it_but_not_differ() {
        let both = FunctionName::parse("orders:live", Some("live"), &here()).unwrap();
        assert_eq!(both.qualifier.as_deref(), Some("live"));
        let error = FunctionName::parse("orders:live", Some("1"), &here()).unwrap_err();
        assert_eq!(error.code, "InvalidParameterValueException");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in
            ["", "a b", "orders:x:y:z", "arn:aws:lambda:eu-west-1:1:function:a", "arn:aws:s3:::bucket", "a/b"]
        {
            let error = FunctionName::parse(text, None, &here()).unwrap_err();
            assert_eq!((error.status, error.code.as_ref()), (400, "ValidationException"), "{text}");
        }
    }
}
