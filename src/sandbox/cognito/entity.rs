use indexmap::{IndexMap, IndexSet};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map as Object, Value};

/// A user pool, with everything in it.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    pub id: String,
    pub name: String,
    pub arn: String,
    pub created: Timestamp,
    /// Settings as they were given, in the wire's shape.
    pub settings: Object<String, Value>,
    pub policy: PasswordPolicy,
    pub clients: IndexMap<String, Client>,
    /// By username, which is in lower case: usernames are not case sensitive.
    pub users: IndexMap<String, User>,
    pub groups: IndexMap<String, Group>,
    /// By refresh token: who got it, and through which client.
    pub sessions: IndexMap<String, Session>,
}

/// What passwords must be.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct PasswordPolicy {
    pub minimum_length: usize,
    pub require_uppercase: bool,
    pub require_lowercase: bool,
    pub require_numbers: bool,
    pub require_symbols: bool,
    /// In days.
    pub temporary_password_validity_days: u32,
}

impl Default for PasswordPolicy {
    /// <https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html>
    fn default() -> Self {
        Self {
            minimum_length: 8,
            require_uppercase: true,
            require_lowercase: true,
            require_numbers: true,
            require_symbols: true,
            temporary_password_validity_days: 7,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Client {
    pub id: String,
    pub name: String,
    pub secret: Option<String>,
    pub created: Timestamp,
    pub flows: Vec<String>,
    /// In seconds each.
    pub access_lifetime: i64,
    pub id_lifetime: i64,
    pub refresh_lifetime: i64,
    /// Other settings as they were given, in the wire's shape.
    pub settings: Object<String, Value>,
}

#[derive(Debug, Clone)]
pub(super) struct User {
    pub username: String,
    pub attributes: IndexMap<String, String>,
    pub created: Timestamp,
    pub changed: Timestamp,
    pub enabled: bool,
    /// `UNCONFIRMED`, `CONFIRMED` or `FORCE_CHANGE_PASSWORD`.
    pub status: String,
    /// Salt and digest.
    pub password: Option<(String, String)>,
    pub groups: IndexSet<String>,
}

impl User {
    pub(super) fn sub(&self) -> &str {
        self.attributes.get("sub").map_or("", String::as_str)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Group {
    pub name: String,
    pub description: Option<String>,
    pub precedence: Option<i64>,
    pub role: Option<String>,
    pub created: Timestamp,
}

/// A sign-in that can be renewed.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub username: String,
    pub client: String,
    pub origin: String,
    pub signed_in: Timestamp,
    pub expires: Timestamp,
}
