use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::denial::is_denial;
use crate::context::Random;
use crate::policy::{Matched, Principal};
use crate::sandbox::audit::{AuditLog, Entry, Outcome};
use crate::sandbox::{Caller, Request, Scope, ServiceError};

/// Notes the calls that the front does not see: what one service asks of another, and what comes in by a data plane.
#[derive(Clone)]
pub struct Journal {
    log: Arc<AuditLog>,
    random: Random,
    /// When a poller's refusal was noted last, by what was asked.
    refused: Arc<Mutex<HashMap<String, Timestamp>>>,
}

/// A poller asks several times a second: what it is refused again and again is noted once in so many seconds.
const REFUSED_AGAIN: i64 = 60;
/// How many pollers' refusals are remembered.
const MOST_REFUSED: usize = 1000;

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").finish_non_exhaustive()
    }
}

/// What was asked, where and when. It belongs to the account whose resource it is.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Signing name of the service.
    pub service: &'a str,
    /// AWS's name of the operation.
    pub operation: &'a str,
    pub resource: &'a str,
    pub scope: &'a Scope,
    pub time: Timestamp,
}

impl Journal {
    pub fn new(log: Arc<AuditLog>, random: Random) -> Self {
        Self { log, random, refused: Arc::default() }
    }

    /// Notes a call that a service makes, for itself or for a principal.
    pub fn between_services(
        &self,
        by: &str,
        principal: &Principal,
        asked: &Asked<'_>,
        outcome: Result<&[Matched], &ServiceError>,
    ) {
        let mut entry = self.entry(asked, outcome);
        entry.principal = Some(principal.clone());
        entry.invoked_by = Some(by.to_owned());
        // CloudTrail shows the service where a client's address and program would stand.
        by.clone_into(&mut entry.source_ip);
        by.clone_into(&mut entry.user_agent);
        self.log.record(entry);
    }

    /// Notes what a service did on its customer's behalf without being asked, such as to poll a queue. The one who acts is a service, or
    /// a role that Lambda uses; what is refused time and again is noted once a minute.
    pub fn on_behalf(
        &self,
        principal: &Principal,
        asked: &Asked<'_>,
        outcome: Result<&[Matched], &ServiceError>,
    ) {
        if let Err(error) = outcome {
            let key = format!("{principal:?} {} {} {}", asked.operation, asked.resource, error.code);
            let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
            let last = refused.get(&key);
            if last.is_some_and(|last| asked.time.as_second() - last.as_second() < REFUSED_AGAIN) {
                return;
            }
            if refused.len() >= MOST_REFUSED {
                refused.clear();
            }
            refused.insert(key, asked.time);
        }
        let by = match principal {
            Principal::Service { name } => name,
            _ => "lambda.amazonaws.com",
        };
        self.between_services(by, principal, asked, outcome);
    }

    /// Notes a request to a data plane; without a caller it is one whose signature did not count.
    pub fn at_entrance(
        &self,
        request: &Request,
        caller: Option<&Caller>,
        asked: &Asked<'_>,
        outcome: Result<&[Matched], &ServiceError>,
    ) {
        let mut entry = self.entry(asked, outcome);
        entry.principal = caller.map(|caller| caller.principal.clone());
        entry.access_key_id = caller.and_then(|caller| caller.access_key_id.clone());
        entry.source_ip = request.peer.to_canonical().to_string();
        request.header("user-agent").unwrap_or_default().clone_into(&mut entry.user_agent);
        self.log.record(entry);
    }

    fn entry(&self, asked: &Asked<'_>, outcome: Result<&[Matched], &ServiceError>) -> Entry {
        let error = outcome.err();
        let verb = |verb: &&str| asked.operation.starts_with(*verb);
        Entry {
            request_id: self.random.uuid(),
            time: asked.time,
            account: Some(asked.scope.account.clone()),
            region: asked.scope.region.clone(),
            principal: None,
            access_key_id: None,
            source_ip: String::new(),
            user_agent: String::new(),
            invoked_by: None,
            service: asked.service.to_owned(),
            operation: asked.operation.to_owned(),
            read_only: ["Get", "List", "Describe"].iter().any(verb),
            resources: vec![asked.resource.to_owned()],
            outcome: match error {
                None => Outcome::Allowed,
                Some(error) if is_denial(&error.code) => Outcome::Denied,
                Some(_) => Outcome::Failed,
            },
            allowed_by: outcome.map(<[Matched]>::to_vec).unwrap_or_default(),
            error_code: error.map(|error| error.code.to_string()),
            error_message: error.map(|error| error.message.clone()),
        }
    }
}

/// Names the operation behind an action: the two differ where an action covers several operations.
pub(super) fn operation_of(action: &str) -> &str {
    match action {
        "lambda:InvokeFunction" => "Invoke",
        action => action.split_once(':').map_or(action, |(_, operation)| operation),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::PolicySource;
    use crate::sandbox::AccountId;

    #[test]
    fn a_call_between_services_is_noted_with_who_and_why() {
        let log = Arc::new(AuditLog::new());
        let journal = Journal::new(Arc::clone(&log), Random::from_seed(1));
        let account = AccountId::parse("111122223333").unwrap();
        let scope = Scope { account: account.clone(), region: "eu-west-1".into() };
        let asked = Asked {
            service: "lambda",
            operation: operation_of("lambda:InvokeFunction"),
            resource: "arn:aws:lambda:eu-west-1:111122223333:function:f",
            scope: &scope,
            time: "2026-11-22T10:00:00Z".parse().unwrap(),
        };
        let gateway = Principal::Service { name: "apigateway.amazonaws.com".into() };
        let statement = Matched {
            source: PolicySource::Resource,
            policy: "policy of f".into(),
            statement: 0,
            sid: Some("gateway".into()),
            allows: true,
        };
        journal.between_services("apigateway.amazonaws.com", &gateway, &asked, Ok(&[statement]));
        let refused = ServiceError::new(403, "AccessDeniedException", "no");
        journal.between_services("apigateway.amazonaws.com", &gateway, &asked, Err(&refused));
        let entries = log.entries(&account, |_| true);
        assert_eq!((entries[0].outcome, entries[1].outcome), (Outcome::Allowed, Outcome::Denied));
        let shown = entries[0].to_json();
        assert_eq!(
            (&shown["operation"], &shown["invokedBy"]),
            (&"Invoke".into(), &"apigateway.amazonaws.com".into())
        );
        assert_eq!(shown["allowedBy"][0]["sid"], "gateway");
        assert_eq!(entries[0].user_agent, "apigateway.amazonaws.com");
    }

    #[test]
    fn what_a_poller_is_refused_again_and_again_is_noted_once_a_minute() {
        let log = Arc::new(AuditLog::new());
        let journal = Journal::new(Arc::clone(&log), Random::from_seed(1));
        let account = AccountId::parse("111122223333").unwrap();
        let scope = Scope { account: account.clone(), region: "eu-west-1".into() };
        let role = Principal::Session {
            account: account.to_string(),
            path: "/".into(),
            role: "worker".into(),
            id: "AROAEXAMPLE".into(),
            session: "worker".into(),
        };
        let refused = ServiceError::new(403, "AccessDenied", "no");
        let begin: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        for second in 0..120 {
            let time = begin + jiff::SignedDuration::from_secs(second);
            let resource = "arn:aws:sqs:eu-west-1:111122223333:jobs";
            let asked = Asked { service: "sqs", operation: "ReceiveMessage", resource, scope: &scope, time };
            journal.on_behalf(&role, &asked, Err(&refused));
        }
        let entries = log.entries(&account, |_| true);
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].invoked_by.as_deref(), Some("lambda.amazonaws.com"));
    }
}
