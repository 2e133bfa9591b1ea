use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use super::audit::AuditLog;
use super::front::constant_time_eq;
use super::keeping::{Keeper, pack};
use super::lambda::Lambda;
use super::{
    AccountId, Activity, Authority, Directory, KeyRecordWithId, Request, Response, Rest, SandboxClock,
    Service, Standing,
};
use crate::context::{Clock as _, Random};

/// Where the sandbox's own calls stand; no AWS service uses the prefix.
const PREFIX: &str = "/_proofmark/";
/// The sandbox's own records, among those of the services.
pub(super) const OWN: &str = "sandbox";
/// A hundred years, in seconds.
const LONGEST_ADVANCE: f64 = 3_153_600_000.0;

/// What the sandbox's owner may do with it over HTTP: see its health, open accounts, reset, read the audit log.
///
/// Calls that change or show anything carry the admin token (`Authorization: Bearer ...`), except in an open sandbox.
pub struct Admin {
    pub directory: Arc<dyn Directory>,
    pub audit: Arc<AuditLog>,
    pub random: Random,
    /// The account that is there from the start, and again after a reset of everything.
    pub first_account: AccountId,
    pub token: String,
    pub open: bool,
    pub authority: Arc<Authority>,
    pub keeper: Arc<Keeper>,
    pub clock: Arc<SandboxClock>,
    pub activity: Arc<Activity>,
    /// Where there are functions.
    pub lambda: Option<Arc<Lambda>>,
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin").field("open", &self.open).finish_non_exhaustive()
    }
}

impl Admin {
    /// Answers a request under `/_proofmark/`; `None` for any other.
    pub fn answer(&self, request: &Request, services: &[Arc<dyn Service>]) -> Option<Response> {
        let name = request.raw_path.strip_prefix(PREFIX)?;
        let wanted = match name {
            "health" | "isolation" | "audit" | "export" | "quiet" => "GET",
            "reset" | "accounts" | "freeze" | "clock" => "POST",
            _ => return Some(refuse(404, "the sandbox has no such call of its own")),
        };
        if request.method.as_str() != wanted {
            return Some(
                refuse(405, &format!("/_proofmark/{name} wants {wanted}")).with_header("allow", wanted),
            );
        }
        if name == "health" {
            return Some(self.health(services));
        }
        if name == "quiet" {
            return Some(self.quiet(request).unwrap_or_else(|refused| refused));
        }
        if name == "isolation" {
            return Some(self.isolation());
        }
        if !self.is_admin(request) {
            return Some(refuse(403, "the admin token is missing or wrong (Authorization: Bearer <token>)"));
        }
        let answer = match name {
            "audit" => self.show_audit(request),
            "reset" => self.reset(request, services),
            "freeze" => self.freeze(request),
            "clock" => self.advance(request),
            "export" => self.export(),
            _ => self.open_account(request),
        };
        Some(answer.unwrap_or_else(|refused| refused))
    }

    fn is_admin(&self, request: &Request) -> bool {
        let given = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        self.open || given.is_some_and(|given| constant_time_eq(given.trim(), &self.token))
    }

    fn health(&self, services: &[Arc<dyn Service>]) -> Response {
        let names: Vec<&str> = services.iter().map(|service| service.signing_name()).collect();
        Response::json(
            200,
            &json!({
                "status": "ok",
                "version": env!("CARGO_PKG_VERSION"),
                "open": self.open,
                "state": self.authority.standing().name(),
                "services": names,
            }),
        )
    }

    /// Says whether the sandbox still works on something for an account by itself: `?account=` begins a question and returns its
    /// `moment`, `&since=` that moment asks whether all is done; `retrying`: something failed and will be tried again. It tells nothing but that, so anybody may ask.
    fn quiet(&self, request: &Request) -> Result<Response, Response> {
        let account = request.query_value("account").ok_or_else(|| refuse(400, "account is missing"))?;
        let account = parse_account(&account)?;
        let moment = match request.query_value("since") {
            Some(since) => since.parse().map_err(|_| refuse(400, "since is the moment of a question"))?,
            None => self.activity.ask(&account),
        };
        let Rest { quiet, retrying } = self.activity.rest(&account, moment);
        Ok(Response::json(200, &json!({ "moment": moment, "quiet": quiet, "retrying": retrying })))
    }

    /// Says how well handlers are kept in. Not a part of health, which is asked while the sandbox starts: trying it out takes some
    /// milliseconds, once.
    fn isolation(&self) -> Response {
        Response::json(
            200,
            &match self.lambda.as_ref().map(|lambda| lambda.isolation()) {
                None => json!({ "isolation": null }),
                Some(Ok(level)) => json!({ "isolation": level }),
                Some(Err(reason)) => json!({ "isolation": null, "reason": reason }),
            },
        )
    }

    /// Forgets one account, or all. After that the account, or the first one, is there again with a new key.
    fn reset(&self, request: &Request, services: &[Arc<dyn Service>]) -> Result<Response, Response> {
        let account = account_of(request)?;
        for service in services {
            service.reset(account.as_ref());
        }
        self.audit.reset(account.as_ref());
        self.keeper.reset(account.as_ref());
        if self.open {
            return Ok(Response::json(200, &json!({ "status": "ok" })));
        }
        let account = account.unwrap_or_else(|| self.first_account.clone());
        self.open(&account)
    }

    /// Opens an account that nobody has yet, or adds a key to the one that the body names.
    fn open_account(&self, request: &Request) -> Result<Response, Response> {
        let account = match account_of(request)? {
            Some(account) => account,
            None => self.fresh_account(),
        };
        self.open(&account)
    }

    fn open(&self, account: &AccountId) -> Result<Response, Response> {
        let key = self.directory.open_account(account);
        self.keeper.save("iam", account).map_err(|error| refuse(error.status, &error.message))?;
        Ok(show_key(&key))
    }

    /// Freezes the sandbox (the body may name another state: `{"state": "running"}`, `"probing"`), and says how it stands. With
    /// `{"at": seconds}` a running one freezes by itself, when the clock's elapsed time gets there.
    fn freeze(&self, request: &Request) -> Result<Response, Response> {
        let body = body_of(request)?;
        let wanted = match body.get("state") {
            None | Some(Value::Null) => Standing::Frozen,
            Some(state) => state
                .as_str()
                .and_then(Standing::parse)
                .ok_or_else(|| refuse(400, "state must be \"frozen\", \"probing\" or \"running\""))?,
        };
        if self.authority.standing() == Standing::Evidence {
            return Err(refuse(409, "the sandbox is evidence, which stays as it is"));
        }
        let at = match body.get("at") {
            None | Some(Value::Null) => None,
            Some(at) => Some(
                at.as_f64()
                    .and_then(|seconds| std::time::Duration::try_from_secs_f64(seconds).ok())
                    .filter(|_| wanted == Standing::Running)
                    .ok_or_else(|| {
                        refuse(400, "at must be a number of seconds, and the state \"running\"")
                    })?,
            ),
        };
        // First, so that a sandbox that is let run again does not run without its end.
        self.authority.set_deadline(at);
        if wanted == Standing::Frozen {
            self.directory.retire_service_sessions();
        }
        self.authority.set_standing(wanted);
        let cut = match &self.lambda {
            Some(lambda) if wanted == Standing::Frozen => lambda.retire(),
            _ => Vec::new(),
        };
        self.save_own()?;
        Ok(Response::json(200, &json!({ "state": wanted.name(), "eventsCut": cut })))
    }

    /// Advances the clock by the body's `{"advance": seconds}`, and tells the time.
    fn advance(&self, request: &Request) -> Result<Response, Response> {
        let body = body_of(request)?;
        let seconds = match body.get("advance") {
            None | Some(Value::Null) => 0.0,
            Some(value) => value
                .as_f64()
                .filter(|seconds| (0.0..=LONGEST_ADVANCE).contains(seconds))
                .ok_or_else(|| refuse(400, "advance must be a number of seconds, from 0 to 3153600000: the clock does not go back"))?,
        };
        if seconds > 0.0 {
            self.clock.advance(std::time::Duration::from_secs_f64(seconds));
            self.save_own()?;
        }
        let ahead = self.clock.ahead().as_secs_f64();
        Ok(Response::json(200, &json!({ "now": self.clock.now().to_string(), "aheadSeconds": ahead })))
    }

    /// Everything that is kept, as one file that can be opened again as evidence.
    fn export(&self) -> Result<Response, Response> {
        let facts = json!({
            "exported": self.clock.now().to_string(),
            "state": self.authority.standing().name(),
            "version": env!("CARGO_PKG_VERSION"),
        });
        match pack(&self.keeper, &facts) {
            Ok(Some(bytes)) => Ok(Response { body: bytes.into(), ..Response::empty(200) }
                .with_header("content-type", "application/zip")
                .with_header("content-disposition", "attachment; filename=\"sandbox-state.zip\"")),
            Ok(None) => Err(refuse(409, "the sandbox keeps nothing on disk; start it with --state FOLDER")),
            Err(error) => Err(refuse(500, &format!("the state cannot be read: {error}"))),
        }
    }

    fn save_own(&self) -> Result<(), Response> {
        self.keeper.save(OWN, &self.first_account).map_err(|error| refuse(error.status, &error.message))
    }

    fn fresh_account(&self) -> AccountId {
        // Of 900 thousand millions; a clash is not to be expected within the life of a sandbox.
        let number = 100_000_000_000 + self.random.below(900_000_000_000);
        AccountId::parse(&number.to_string()).unwrap_or_else(AccountId::fallback)
    }

    fn show_audit(&self, request: &Request) -> Result<Response, Response> {
        let account = match request.query_value("account") {
            Some(text) => parse_account(&text)?,
            None => self.first_account.clone(),
        };
        let since = match request.query_value("since") {
            Some(text) => Some(
                text.parse::<jiff::Timestamp>()
                    .map_err(|_| refuse(400, "since is not a time, such as 2026-01-02T03:04:05Z"))?,
            ),
            None => None,
        };
        let recent = |entry: &super::audit::Entry| since.is_none_or(|since| entry.time >= since);
        let shown = |entries: Vec<Arc<super::audit::Entry>>| -> Vec<Value> {
            entries.iter().map(|entry| entry.to_json()).collect()
        };
        Ok(Response::json(
            200,
            &json!({
                "account": account.as_str(),
                "entries": shown(self.audit.entries(&account, recent)),
                "nobodys": shown(self.audit.nobodys(recent)),
            }),
        ))
    }
}

fn body_of(request: &Request) -> Result<Value, Response> {
    if request.body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&request.body).map_err(|_| refuse(400, "the body is not JSON"))
}

fn account_of(request: &Request) -> Result<Option<AccountId>, Response> {
    let body = body_of(request)?;
    match body.get("account") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => parse_account(text).map(Some),
        Some(_) => Err(refuse(400, "account must be a string of 12 digits")),
    }
}

fn parse_account(text: &str) -> Result<AccountId, Response> {
    AccountId::parse(text).ok_or_else(|| refuse(400, "an account id has 12 digits"))
}

fn show_key(key: &KeyRecordWithId) -> Response {
    Response::json(
        200,
        &json!({
            "account": key.record.account.as_str(),
            "accessKeyId": key.access_key_id,
            "secretAccessKey": key.record.secret,
            "arn": key.record.principal.arn(),
        }),
    )
}

fn refuse(status: u16, message: &str) -> Response {
    Response::json(status, &json!({ "message": message }))
}
