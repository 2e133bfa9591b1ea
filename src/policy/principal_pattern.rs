use super::Principal;

/// One entry of a `Principal` element.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PrincipalPattern {
    /// `*`, or `AWS: *`.
    Everyone,
    /// An account, as its id or as the ARN of its root: what it allows, the account hands on by its own policies.
    Account(String),
    /// The ARN or the unique id of a user, a role or a session.
    Identity(String),
    Service(String),
    /// `Federated`, an identity provider, or `CanonicalUser`, which no caller here can be.
    Foreign {
        kind: String,
        value: String,
    },
}

/// How closely an entry names a principal; the closest wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Closeness {
    /// The principal's account: its own policies must allow too.
    Account,
    /// A session's role: the session's boundary and session policies still limit it.
    Role,
    /// The user, the session or everyone: limited by explicit denies only.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
    Direct,
}

impl PrincipalPattern {
    /// Reads an entry; `None` when it is none that AWS would take.
    pub(super) fn parse(kind: &str, value: &str) -> Option<Self> {
        match kind {
            "AWS" if value == "*" => Some(Self::Everyone),
            "AWS" if is_account(value) => Some(Self::Account(value.to_owned())),
            "AWS" if value.starts_with("arn:") => {
                let parts: Vec<&str> = value.splitn(6, ':').collect();
                let [_, partition, service @ ("iam" | "sts"), "", account, resource] = parts[..] else {
                    return None;
                };
                if !partition.starts_with("aws") || !is_account(account) {
                    return None;
                }
                if resource == "root" && service == "iam" {
                    return Some(Self::Account(account.to_owned()));
                }
                let kinds: &[&str] = if service == "iam" {
                    &["user/", "role/"]
                } else {
                    &["assumed-role/", "federated-user/"]
                };
                // A wildcard cannot stand for a part of a name.
                let named =
                    kinds.iter().any(|kind| resource.len() > kind.len() && resource.starts_with(kind));
                (named && !resource.contains(['*', '?'])).then(|| Self::Identity(value.to_owned()))
            }
            "AWS" => is_unique_id(value).then(|| Self::Identity(value.to_owned())),
            "Service" => {
                let known = [".amazonaws.com", ".amazonaws.com.cn", ".aws.internal", ".amazon.com"];
                let named = known.iter().any(|end| value.len() > end.len() && value.ends_with(end));
                (named && !value.contains(['*', '?'])).then(|| Self::Service(value.to_owned()))
            }
            "Federated" | "CanonicalUser" if !value.is_empty() => {
                Some(Self::Foreign { kind: kind.to_owned(), value: value.to_owned() })
            }
            _ => None,
        }
    }

    /// Returns the kind and value as a document has them.
    pub(super) fn named(&self) -> (&str, &str) {
        match self {
            Self::Everyone => ("AWS", "*"),
            Self::Account(value) | Self::Identity(value) => ("AWS", value),
            Self::Service(value) => ("Service", value),
            Self::Foreign { kind, value } => (kind, value),
        }
    }

    /// Says how closely it names `names`, if at all.
    pub(super) fn names(&self, names: &Names) -> Option<Closeness> {
        match self {
            Self::Everyone => Some(Closeness::Direct),
            Self::Account(account) => (names.account.as_deref() == Some(account)).then_some(if names.root {
                Closeness::Direct
            } else {
                Closeness::Account
            }),
            Self::Identity(identity) => {
                if names.direct.contains(identity) {
                    Some(Closeness::Direct)
                } else {
                    names.role.contains(identity).then_some(Closeness::Role)
                }
            }
            Self::Service(service) => {
                (names.service.as_deref() == Some(service)).then_some(Closeness::Direct)
            }
            Self::Foreign { kind, value } => {
                let vouched = kind == "Federated" && names.provider.as_deref() == Some(value);
                vouched.then_some(Closeness::Direct)
            }
        }
    }
}

/// Everything that a `Principal` element can call a principal.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// ARN and id of the user or the session.
    direct: Vec<String>,
    /// ARN and id of a session's role.
    role: Vec<String>,
    account: Option<String>,
    service: Option<String>,
    /// ARN of the identity provider.
    provider: Option<String>,
    root: bool,
}

impl Names {
    pub(super) fn of(principal: &Principal) -> Self {
        let account = principal.account().map(str::to_owned);
        let direct = principal.arn().into_iter().chain(principal.user_id()).collect();
        match principal {
            Principal::Anonymous => Self::default(),
            Principal::WebIdentity { provider } => {
                Self { provider: Some(provider.clone()), ..Self::default() }
            }
            Principal::Root { .. } => Self { account, root: true, ..Self::default() },
            Principal::User { .. } | Principal::Federated { .. } => {
                Self { direct, account, ..Self::default() }
            }
            Principal::Session { id, .. } => {
                let role = principal.role_arn().into_iter().chain([id.clone()]).collect();
                Self { direct, role, account, ..Self::default() }
            }
            Principal::Service { name } => Self { service: Some(name.clone()), ..Self::default() },
        }
    }

    /// Whether a `NotPrincipal` list leaves the principal out. A session must be listed with its role: the role is a
    /// principal of the request too.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
    pub(super) fn excepted(&self, listed: &[PrincipalPattern]) -> bool {
        let direct = listed.iter().any(|entry| entry.names(self) == Some(Closeness::Direct));
        let role = self.role.is_empty()
            || listed.iter().any(|entry| match entry {
                PrincipalPattern::Everyone => true,
                PrincipalPattern::Identity(identity) => self.role.contains(identity),
                _ => false,
            });
        direct && role
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Unique ids stand in a policy in place of the ARN of an identity that was deleted.
fn is_unique_id(text: &str) -> bool {
    (text.starts_with("AIDA") || text.starts_with("AROA"))
        && text.len() >= 16
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":+=,.@_-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_that_aws_refuses_are_refused() {
        for (kind, value) in [
            ("AWS", "arn:aws:iam::123456789012:role/app-*"),
            ("AWS", "arn:aws:iam::12:root"),
            ("AWS", "arn:aws:s3:::bucket"),
            ("AWS", "ada"),
            ("AWS", "arn:aws:iam::123456789012:group/admins"),
            ("Service", "lambda"),
            ("Service", "*"),
            ("Robot", "*"),
        ] {
            assert_eq!(PrincipalPattern::parse(kind, value), None, "{kind} {value}");
        }
    }

    #[test]
    fn an_account_is_named_by_its_id_and_by_the_arn_of_its_root() {
        let id = PrincipalPattern::parse("AWS", "123456789012");
        assert_eq!(id, PrincipalPattern::parse("AWS", "arn:aws:iam::123456789012:root"));
        assert!(id.is_some());
    }
}
