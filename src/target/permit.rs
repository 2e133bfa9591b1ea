use std::fmt;

use serde::Deserialize;

use super::Lease;
use crate::aws::{ErrorClass, Failure, Outcome as _};

/// The AWS accounts in which scenarios may be put up: the file `accounts.yaml` of the configuration folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permits {
    pub accounts: Vec<Permit>,
}

/// One account that its owner has given over to scenarios.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permit {
    /// Twelve digits.
    pub id: String,
    /// The role whose presence says so in the account itself: its organisation's tags an account cannot read.
    pub sentinel: String,
    /// Where scenarios may stand. After a teardown all of them are looked through.
    pub regions: Vec<String>,
    /// As whom grades look.
    #[serde(default)]
    pub grader: Option<GraderRole>,
}

impl Permit {
    /// Returns the names of what stays in an account that is otherwise empty: the roles that its owner put there.
    pub fn kept(&self) -> Vec<String> {
        let grader = self.grader.as_ref().and_then(|role| role.arn.rsplit('/').next());
        [Some(self.sentinel.as_str()), grader].into_iter().flatten().map(str::to_owned).collect()
    }
}

/// A role that a grader assumes, and what its trust policy asks for
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html>).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraderRole {
    pub arn: String,
    pub external_id: String,
}

/// Why nothing may be put up in an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotPermitted {
    /// The list does not name it.
    Unlisted {
        account: String,
    },
    /// The account may be used, this region not.
    Region {
        account: String,
        region: String,
        regions: Vec<String>,
    },
    /// The account does not hold its sentinel.
    NoSentinel {
        account: String,
        role: String,
    },
    Unseen(Failure),
}

impl fmt::Display for NotPermitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlisted { account } => {
                write!(f, "account {account} is not one in which scenarios may be put up")
            }
            Self::Region { account, region, regions } => {
                let regions = regions.join(", ");
                write!(f, "region {region} is not one that may be used in account {account} ({regions})")
            }
            Self::NoSentinel { account, role } => {
                write!(
                    f,
                    "account {account} is on the list, and does not hold the role {role} that would say so too"
                )
            }
            Self::Unseen(failure) => write!(f, "whether the account may be used cannot be told: {failure}"),
        }
    }
}

impl std::error::Error for NotPermitted {}

impl Permits {
    /// Reads the file.
    pub fn parse(text: &str) -> Result<Self, String> {
        let permits: Self = serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
        for permit in &permits.accounts {
            let digits = permit.id.len() == 12 && permit.id.bytes().all(|byte| byte.is_ascii_digit());
            if !digits {
                return Err(format!("`{}` is no account id: it has twelve digits, in quotes", permit.id));
            }
            if permit.sentinel.is_empty() || permit.regions.is_empty() {
                return Err(format!("account {} needs a `sentinel` and at least one region", permit.id));
            }
        }
        Ok(permits)
    }

    /// Returns what is said of an account.
    pub fn of(&self, account: &str) -> Option<&Permit> {
        self.accounts.iter().find(|permit| permit.id == account)
    }

    /// Lets a lease be used, if the list names its account and region and the account holds its sentinel. Nothing is changed.
    pub async fn admit(&self, lease: &Lease) -> Result<&Permit, NotPermitted> {
        let account = lease.account.clone();
        let Some(permit) = self.of(&account) else {
            return Err(NotPermitted::Unlisted { account });
        };
        let region = &lease.clients.endpoint.region;
        if !permit.regions.contains(region) {
            let (region, regions) = (region.clone(), permit.regions.clone());
            return Err(NotPermitted::Region { account, region, regions });
        }
        let asked = lease.clients.iam.get_role().role_name(&permit.sentinel).send().await;
        match asked.during("iam:GetRole") {
            Ok(_) => Ok(permit),
            Err(failure) if failure.class == ErrorClass::Missing => {
                Err(NotPermitted::NoSentinel { account, role: permit.sentinel.clone() })
            }
            Err(failure) => Err(NotPermitted::Unseen(failure)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"
accounts:
  - id: "111122223333"
    sentinel: proofmark-scenarios
    regions: [eu-west-1, us-east-1]
    grader: { arn: "arn:aws:iam::111122223333:role/grader", external_id: a1 }
"#;

    #[test]
    fn the_list_is_read_strictly() {
        assert_eq!(Permits::parse(LIST).unwrap().accounts[0].regions.len(), 2);
        for (from, to) in [
            ("\"111122223333\"", "\"1111\""),
            ("[eu-west-1, us-east-1]", "[]"),
            ("sentinel: proofmark-scenarios", "sentinel: \"\""),
            ("regions:", "region:"),
        ] {
            let text = LIST.replace(from, to);
            assert!(text != LIST && Permits::parse(&text).is_err(), "{text}");
        }
    }
}
