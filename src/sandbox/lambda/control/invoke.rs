use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;

use super::super::entity::{FunctionName, Progress, Target};
use super::super::execution::{Job, Outcome};
use super::access::of_service;
use super::command::Command;
use super::constraint::violated;
use super::functions::named;
use super::retry;
use super::service::{Core, Lambda};
use crate::policy::Principal;
use crate::sandbox::{
    Future, Invocation, InvocationOutcome, InvocationType, Invoker, Request, Response, Scope, ServiceError,
};

/// Of a synchronous invocation, in bytes. <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const SYNCHRONOUS_LIMIT: usize = 6_291_456;
/// Of an asynchronous one.
const EVENT_LIMIT: usize = 1_048_576;

impl Core {
    pub(super) async fn invoke(
        self: &Arc<Self>,
        request: &Request,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let (name, kind, job) = self.read_invocation(request, command)?;
        let (target, outcome) = self.run(name, kind, job).await?;
        let version = &target.snapshot.version;
        let Some(outcome) = outcome else {
            let status = if kind == InvocationType::DryRun { 204 } else { 202 };
            return Ok(Response::empty(status).with_header("x-amz-executed-version", version));
        };
        let mut response = Response::empty(200)
            .with_header("content-type", "application/json")
            .with_header("x-amz-executed-version", version)
            .with_header("x-amzn-trace-id", &self.trace_id(None));
        if outcome.failed {
            response = response.with_header("x-amz-function-error", "Unhandled");
        }
        if request.header("x-amz-log-type") == Some("Tail") {
            response = response.with_header("x-amz-log-result", &STANDARD.encode(&outcome.tail));
        }
        response.body = outcome.payload;
        Ok(response)
    }

    /// `InvokeAsync`, which `Event` has replaced.
    pub(super) async fn invoke_async(
        self: &Arc<Self>,
        request: &Request,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let (name, _, job) = self.read_invocation(request, command)?;
        self.run(name, InvocationType::Event, job).await?;
        Ok(Response::json(202, &serde_json::json!({ "Status": 202 })))
    }

    /// Reads what the request's headers say of an invocation.
    pub(super) fn read_invocation<'a>(
        &self,
        request: &Request,
        command: &'a Command,
    ) -> Result<(&'a FunctionName, InvocationType, Job), ServiceError> {
        let name = named(command)?;
        let kind = match request.header("x-amz-invocation-type") {
            None | Some("RequestResponse") => InvocationType::RequestResponse,
            Some("Event") => InvocationType::Event,
            Some("DryRun") => InvocationType::DryRun,
            Some(other) => {
                return Err(violated(
                    other,
                    "invocationType",
                    "satisfy enum value set: [Event, RequestResponse, DryRun]",
                ));
            }
        };
        let job = Job {
            request_id: request.id.clone(),
            payload: request.body.clone(),
            trace_id: self.trace_id(request.header("x-amzn-trace-id")),
            client_context: request
                .header("x-amz-client-context")
                .and_then(|text| STANDARD.decode(text).ok())
                .and_then(|bytes| String::from_utf8(bytes).ok()),
            streamed: false,
        };
        Ok((name, kind, job))
    }

    /// Runs an invocation; without an outcome where none is waited for.
    pub(super) async fn run(
        self: &Arc<Self>,
        name: &FunctionName,
        kind: InvocationType,
        mut job: Job,
    ) -> Result<(Target, Option<Outcome>), ServiceError> {
        // What is not there is refused at once, what changes just now is waited for.
        self.registry.target(name, &self.random)?;
        let limit = if kind == InvocationType::Event { EVENT_LIMIT } else { SYNCHRONOUS_LIMIT };
        if job.payload.len() > limit {
            let kind = if kind == InvocationType::Event { "Event" } else { "RequestResponse" };
            return Err(ServiceError::new(
                413,
                "RequestTooLargeException",
                format!(
                    "{} byte payload is too large for the {kind} invocation type (limit {limit} bytes)",
                    job.payload.len()
                ),
            ));
        }
        if job.payload.is_empty() {
            job.payload = Bytes::from_static(b"{}");
        } else if let Err(error) = serde_json::from_slice::<Box<serde_json::value::RawValue>>(&job.payload) {
            return Err(ServiceError::new(
                400,
                "InvalidRequestContentException",
                format!("Could not parse request body into json: Could not parse payload into json: {error}"),
            ));
        }
        self.wait_for_update(name).await?;
        let target = self.registry.target(name, &self.random)?;
        if let Progress::Failed(reason) = &target.snapshot.state {
            self.try_again(name, reason).await?;
        }
        match kind {
            InvocationType::DryRun => Ok((target, None)),
            InvocationType::Event => {
                retry::enqueue(self, name.clone(), job);
                self.pending.settled().await?;
                Ok((target, None))
            }
            InvocationType::RequestResponse => {
                // In a task of its own: a caller that hangs up does not end the function.
                let engine = Arc::clone(&self.engine);
                let running = target.clone();
                let work = tokio::spawn(async move { engine.invoke(&running, &job).await });
                let outcome = work.await.map_err(|_| {
                    ServiceError::new(500, "ServiceException", "the invocation was cut by the sandbox's end")
                })??;
                Ok((target, Some(outcome)))
            }
        }
    }

    /// Prepares a function again that could not be prepared: what was missing may be there by now.
    async fn try_again(self: &Arc<Self>, name: &FunctionName, reason: &str) -> Result<(), ServiceError> {
        let again = self.registry.with(&name.scope, |region| {
            let function = region.function_mut(name)?;
            let latest = Arc::make_mut(&mut function.latest);
            latest.state = Progress::Under;
            latest.revision = self.random.uuid();
            Ok::<_, ServiceError>(Arc::clone(&function.latest))
        })?;
        self.settle(FunctionName { qualifier: None, ..name.clone() }, &again);
        self.wait_for_update(name).await?;
        match &self.registry.target(name, &self.random)?.snapshot.state {
            Progress::Done => Ok(()),
            _ => Err(ServiceError::new(500, "ServiceException", reason)),
        }
    }

    /// Returns the trace that an invocation belongs to: the caller's, or a new one.
    pub(super) fn trace_id(&self, given: Option<&str>) -> String {
        if let Some(given) = given.filter(|given| given.len() < 512 && given.contains("Root=")) {
            return given.to_owned();
        }
        let seconds = self.clock.now().as_second();
        let root = hex::encode(self.random.bytes::<12>());
        let parent = hex::encode(self.random.bytes::<8>());
        format!("Root=1-{seconds:08x}-{root};Parent={parent};Sampled=0")
    }
}

impl Invoker for Lambda {
    fn invoke<'a>(
        &'a self,
        scope: &'a Scope,
        invocation: Invocation,
    ) -> Future<'a, Result<InvocationOutcome, ServiceError>> {
        Box::pin(async move {
            let core = &self.core;
            let name = FunctionName::parse(&invocation.function_arn, None, scope)?;
            let source = (invocation.source_arn.as_deref(), invocation.source_account.as_deref());
            let access = of_service(&name, &core.registry, source);
            // Whether the function is there is told to those only who may invoke it.
            let by = match &invocation.principal {
                Principal::Service { name } => name.as_str(),
                _ => "lambda.amazonaws.com",
            };
            core.authority.check_internal("lambda", by, &invocation.principal, &access, scope)?;
            let job = Job {
                request_id: core.random.uuid(),
                payload: invocation.payload,
                trace_id: core.trace_id(invocation.trace_id.as_deref()),
                client_context: None,
                streamed: false,
            };
            let request_id = job.request_id.clone();
            let (target, outcome) = core.run(&name, invocation.kind, job).await?;
            let status = match invocation.kind {
                InvocationType::RequestResponse => 200,
                InvocationType::Event => 202,
                InvocationType::DryRun => 204,
            };
            let (payload, failed) =
                outcome.map_or((Bytes::new(), false), |outcome| (outcome.payload, outcome.failed));
            Ok(InvocationOutcome {
                status,
                payload,
                function_error: failed.then(|| "Unhandled".to_owned()),
                executed_version: target.snapshot.version.clone(),
                request_id,
            })
        })
    }
}

/// Returns the message of an error payload.
pub(super) fn error_text(payload: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(payload).ok()?;
    value.get("errorMessage")?.as_str().map(str::to_owned)
}
