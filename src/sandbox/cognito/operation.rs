use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::{Map as Object, Value};

use super::entity::Pool;
use super::fault::violated;
use super::state::State;
use super::{auth, clients, groups, pools, users};
use crate::context::Random;
use crate::sandbox::{Scope, ServiceError};

/// What an operation is asked.
pub(super) struct Ask<'a> {
    pub scope: &'a Scope,
    pub input: &'a Object<String, Value>,
    pub now: Timestamp,
    pub random: &'a Random,
    pub state: &'a State,
}

type Pools = IndexMap<String, Pool>;

/// What carries an operation out.
#[derive(Clone, Copy)]
pub(super) enum Handler {
    /// On the pools of the caller's region.
    Region(fn(&mut Pools, &Ask<'_>) -> Result<Value, ServiceError>),
    /// For whoever has a client's id; no signature is needed.
    Public(fn(&Ask<'_>) -> Result<Value, ServiceError>),
    /// As a region's, but makes tokens, which needs more than the lock allows.
    Admin(fn(&Ask<'_>) -> Result<Value, ServiceError>),
}

pub(super) struct Entry {
    pub name: &'static str,
    pub mutates: bool,
    pub handler: Handler,
}

const fn entry(name: &'static str, mutates: bool, handler: Handler) -> Entry {
    Entry { name, mutates, handler }
}

/// Every operation that is covered.
pub(super) const OPERATIONS: &[Entry] = &[
    entry("CreateUserPool", true, Handler::Region(pools::create)),
    entry("DescribeUserPool", false, Handler::Region(pools::describe)),
    entry("ListUserPools", false, Handler::Region(pools::list)),
    entry("DeleteUserPool", true, Handler::Region(pools::delete)),
    entry("CreateUserPoolClient", true, Handler::Region(clients::create)),
    entry("DescribeUserPoolClient", false, Handler::Region(clients::describe)),
    entry("ListUserPoolClients", false, Handler::Region(clients::list)),
    entry("DeleteUserPoolClient", true, Handler::Region(clients::delete)),
    entry("AdminCreateUser", true, Handler::Region(users::create)),
    entry("AdminGetUser", false, Handler::Region(users::get)),
    entry("AdminDeleteUser", true, Handler::Region(users::delete)),
    entry("AdminSetUserPassword", true, Handler::Region(users::set_password)),
    entry("AdminConfirmSignUp", true, Handler::Region(users::confirm)),
    entry("ListUsers", false, Handler::Region(users::list)),
    entry("SignUp", true, Handler::Public(users::sign_up)),
    entry("CreateGroup", true, Handler::Region(groups::create)),
    entry("AdminAddUserToGroup", true, Handler::Region(groups::add)),
    entry("AdminListGroupsForUser", false, Handler::Region(groups::of_user)),
    entry("InitiateAuth", true, Handler::Public(auth::initiate)),
    entry("AdminInitiateAuth", true, Handler::Admin(auth::admin_initiate)),
];

impl Ask<'_> {
    /// Returns a text; an empty one counts as none.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.input.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// Returns a text that must be there.
    pub(super) fn needed(&self, name: &str) -> Result<&str, ServiceError> {
        self.text(name).ok_or_else(|| {
            let mut letters = name.chars();
            let first = letters.next().map(|letter| letter.to_ascii_lowercase());
            let member: String = first.into_iter().chain(letters).collect();
            violated("null", &member, "not be null")
        })
    }

    /// Returns the texts of a list.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let list = self.input.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    }

    /// Returns the pairs of a list of `{"Name": ..., "Value": ...}`.
    pub(super) fn attributes(&self, name: &str) -> IndexMap<String, String> {
        let list = self.input.get(name).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(|one| {
                Some((one["Name"].as_str()?.to_owned(), one["Value"].as_str().unwrap_or_default().to_owned()))
            })
            .collect()
    }
}

/// A moment as the JSON protocol writes it: seconds, with their fraction.
pub(super) fn epoch(moment: Timestamp) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit a double")]
    let seconds = moment.as_millisecond() as f64 / 1000.0;
    seconds.into()
}
