use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use serde_json::Value;

use super::super::entity::FunctionName;
use super::super::execution::Job;
use super::access::of_service;
use super::constraint::invalid;
use super::retry;
use super::service::Core;
use crate::policy::Principal;
use crate::sandbox::{Access, Scope, ServiceError};

/// Sessions are renewed this many seconds before they end.
const MARGIN: i64 = 300;

/// Where records of invocations and dead letters go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Queue,
    Topic,
    Function,
    Bus,
}

impl Kind {
    /// Reads it off an ARN.
    pub(super) fn of(arn: &str) -> Option<Self> {
        match arn.split(':').nth(2)? {
            "sqs" => Some(Self::Queue),
            "sns" => Some(Self::Topic),
            "lambda" => Some(Self::Function),
            "events" => Some(Self::Bus),
            _ => None,
        }
    }

    /// The service, and the operation that the role needs.
    fn access(self) -> (&'static str, &'static str) {
        match self {
            Self::Queue => ("sqs", "SendMessage"),
            Self::Topic => ("sns", "Publish"),
            Self::Function => ("lambda", "InvokeFunction"),
            Self::Bus => ("events", "PutEvents"),
        }
    }
}

impl Core {
    /// Refuses a dead-letter target that the role may not send to.
    pub(super) fn check_dead_letters(
        &self,
        role: &str,
        target: &str,
        scope: &Scope,
    ) -> Result<(), ServiceError> {
        let Some(kind @ (Kind::Queue | Kind::Topic)) = Kind::of(target) else {
            return Err(invalid(format!("The target ARN {target} is neither a queue nor a topic.")));
        };
        let (service, operation) = kind.access();
        if self.may(role, kind, target, scope)? {
            return Ok(());
        }
        let shown = service.to_uppercase();
        Err(invalid(format!(
            "The provided execution role does not have permissions to call {operation} on {shown}"
        )))
    }

    /// Refuses a destination that the role may not send to.
    pub(super) fn check_destination(
        &self,
        role: &str,
        target: &str,
        scope: &Scope,
    ) -> Result<(), ServiceError> {
        let Some(kind) = Kind::of(target) else { return Ok(()) };
        if self.may(role, kind, target, scope)? {
            return Ok(());
        }
        let (_, operation) = kind.access();
        Err(invalid(format!(
            "The function's execution role does not have permissions to call {operation} on {target}"
        )))
    }

    fn may(&self, role: &str, kind: Kind, target: &str, scope: &Scope) -> Result<bool, ServiceError> {
        let (service, operation) = kind.access();
        let session = self.directory.assume_for_service(role, "lambda.amazonaws.com", "proofmark-check");
        let session =
            session.map_err(|_| invalid("The role defined for the function cannot be assumed by Lambda."))?;
        let access = Access::new(format!("{service}:{operation}"), target);
        Ok(self.authority.would_allow(&session.principal, &access, scope))
    }

    /// Sends the record of an invocation to a destination, as the function's role.
    pub(super) fn send(
        self: &Arc<Self>,
        function: &FunctionName,
        target: &str,
        record: &Value,
        outcome: &str,
    ) -> Result<(), ServiceError> {
        let principal = self.role_session(function)?;
        if Kind::of(target) != Some(Kind::Function) {
            let text = record.to_string();
            // A bus takes them as events of this kind; queues and topics have no use for it.
            let kind = format!("Lambda Function Invocation Result - {outcome}");
            let about = if Kind::of(target) == Some(Kind::Bus) {
                vec![("Source".to_owned(), "lambda".to_owned()), ("DetailType".to_owned(), kind)]
            } else {
                vec![]
            };
            return self.hand_over(&principal, function, target, &text, &about);
        }
        let name = FunctionName::parse(target, None, &function.scope)?;
        let access = of_service(&name, &self.registry, (None, None));
        self.authority.check_internal(
            "lambda",
            "lambda.amazonaws.com",
            &principal,
            &access,
            &function.scope,
        )?;
        let job = Job {
            request_id: self.random.uuid(),
            payload: Bytes::from(record.to_string()),
            trace_id: self.trace_id(None),
            client_context: None,
            streamed: false,
        };
        retry::enqueue(self, name, job);
        Ok(())
    }

    /// Sends an event that was given up to the function's dead-letter queue or topic: the event itself, with what went wrong in
    /// the message's attributes. <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq>
    pub(super) fn send_dead_letter(
        &self,
        function: &FunctionName,
        target: &str,
        job: &Job,
        problem: Option<&str>,
    ) -> Result<(), ServiceError> {
        let principal = self.role_session(function)?;
        let text = String::from_utf8_lossy(&job.payload);
        let mut attributes = vec![
            ("RequestID".to_owned(), job.request_id.clone()),
            ("ErrorCode".to_owned(), "200".to_owned()),
        ];
        // Queues take no attribute without a value; Lambda cuts long ones.
        let problem: String = problem.unwrap_or_default().chars().take(1024).collect();
        attributes.extend((!problem.is_empty()).then(|| ("ErrorMessage".to_owned(), problem)));
        self.hand_over(&principal, function, target, &text, &attributes)
    }

    fn hand_over(
        &self,
        principal: &Principal,
        function: &FunctionName,
        target: &str,
        text: &str,
        attributes: &[(String, String)],
    ) -> Result<(), ServiceError> {
        let sink = self.surroundings.sink(target);
        let sink =
            sink.ok_or_else(|| ServiceError::not_covered("lambda", &format!("sending to {target}")))?;
        sink.send(principal, Some(&function.unqualified_arn()), target, text, attributes)
    }

    /// Gives a session of a function's role, which Lambda polls and sends as.
    pub(super) fn role_session(&self, function: &FunctionName) -> Result<Principal, ServiceError> {
        let role = self
            .registry
            .with(&function.scope, |region| region.snapshot(function).map(|it| it.settings.role.clone()))?;
        let now = self.clock.now();
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        // A poller asks several times a second; a session lasts an hour.
        if let Some((principal, until)) = sessions.get(&role)
            && until.as_second() - now.as_second() > MARGIN
            && self.directory.is_current(principal)
        {
            return Ok(principal.clone());
        }
        let session = self.directory.assume_for_service(&role, "lambda.amazonaws.com", &function.name)?;
        sessions.insert(role, (session.principal.clone(), session.expires));
        Ok(session.principal)
    }
}
