use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use super::address::Address;
use super::backing::Backing;
use super::entry::StageView;
use super::exchange::Exchange;
use super::http::Backends;
use super::integration_request;
use super::integration_response::{self, Inbound};
use super::reach::Reach;
use super::refusal::{self, Refusal};
use super::{
    authorize, aws, cache, credentials, delivery, event, keys, lambda, proxy_response, signed, validate,
};
use crate::context::{Clock, Random};
use crate::sandbox::apigateway::entity::Integration;
use crate::sandbox::apigateway::state::State;
use crate::sandbox::jwt::Issuers;
use crate::sandbox::{
    Authority, Caller, Dispatch, Entrance, Future, InvocationOutcome, InvocationType, Invoker, LogSink,
    Request, Response,
};

/// The largest payload that API Gateway takes, in bytes.
const LARGEST: usize = 10 * 1024 * 1024;

/// The data plane: answers requests to deployed stages.
#[derive(Clone)]
pub struct ExecuteApi {
    state: Arc<State>,
    clock: Arc<dyn Clock>,
    random: Random,
    invoker: Arc<dyn Invoker>,
    surroundings: Surroundings,
    backends: Arc<Backends>,
}

/// What the data plane needs of the sandbox around it. Without an authority every signature and every role is refused,
/// without a line to other services their integrations are not covered, without a log sink nothing is logged.
#[derive(Clone, Default)]
pub struct Surroundings {
    pub authority: Option<Arc<Authority>>,
    pub dispatch: Option<Arc<dyn Dispatch>>,
    pub logs: Option<Arc<dyn LogSink>>,
    /// The user pools whose tokens count.
    pub issuers: Option<Arc<dyn Issuers>>,
    pub reach: Reach,
}

impl std::fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").field("reach", &self.reach).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ExecuteApi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExecuteApi").finish_non_exhaustive()
    }
}

impl Entrance for ExecuteApi {
    fn claims(&self, request: &Request) -> bool {
        self.address(request).is_some()
    }

    fn serve(&self, request: Request) -> Future<'_, Response> {
        Box::pin(async move {
            let request_id = self.random.uuid();
            let extended = self.extended_id();
            let address = self.address(&request);
            let opened = address.and_then(|address| self.open(&request, &address, &request_id, &extended));
            let response = match opened {
                None => refusal::forbidden(),
                Some((exchange, view)) => self.answer(&request, exchange, &view).await,
            };
            response.with_header("x-amzn-requestid", &request_id).with_header("x-amz-apigw-id", &extended)
        })
    }
}

impl ExecuteApi {
    pub(in crate::sandbox::apigateway) fn new(
        state: Arc<State>,
        clock: Arc<dyn Clock>,
        random: Random,
        invoker: Arc<dyn Invoker>,
    ) -> Self {
        let surroundings = Surroundings::default();
        let backends = Arc::new(Backends::within(surroundings.reach));
        Self { state, clock, random, invoker, surroundings, backends }
    }

    /// The same data plane, within a sandbox.
    pub(in crate::sandbox::apigateway) fn within(&self, surroundings: Surroundings) -> Self {
        let backends = Arc::new(Backends::within(surroundings.reach));
        Self { surroundings, backends, ..self.clone() }
    }

    pub(super) fn invoker(&self) -> &dyn Invoker {
        self.invoker.as_ref()
    }

    pub(super) fn authority(&self) -> Option<&Authority> {
        self.surroundings.authority.as_deref()
    }

    pub(super) fn dispatch(&self) -> Option<&dyn Dispatch> {
        self.surroundings.dispatch.as_deref()
    }

    pub(super) fn issuers(&self) -> Option<&dyn Issuers> {
        self.surroundings.issuers.as_deref()
    }

    pub(super) fn logs(&self) -> Option<&dyn LogSink> {
        self.surroundings.logs.as_deref()
    }

    /// A number from 0 to 100, to share traffic by.
    pub(super) fn draw(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "the draw is below 10,000")]
        let drawn = self.random.below(10_000) as f64;
        drawn / 100.0
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// `requestContext.extendedRequestId`: 15 letters and an equals sign.
    pub(super) fn extended_id(&self) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        self.random.characters(LETTERS, 15) + "="
    }

    /// The caller's trace id if it sent one, else a new one that begins now.
    pub(super) fn trace_id(&self, given: Option<&str>, now: Timestamp) -> String {
        match given.filter(|given| given.contains("Root=")) {
            Some(given) => given.to_owned(),
            None => format!("Root=1-{:08x}-{}", now.as_second(), hex::encode(self.random.bytes::<12>())),
        }
    }

    /// Where a request leads: by the address of the API itself, or by a custom domain name.
    fn address(&self, request: &Request) -> Option<Address> {
        Address::of(request).or_else(|| Address::of_domain(request, &self.state))
    }

    /// Runs the request, and writes the logs that the stage asks for.
    async fn answer(&self, request: &Request, mut exchange: Exchange, view: &StageView) -> Response {
        let began = self.elapsed();
        exchange.log.begin(&exchange);
        let outcome = self.run(request, &mut exchange, view).await;
        let (response, refused) = match outcome {
            Ok(response) => (response, None),
            Err(refused) => {
                tracing::debug!(api = %exchange.api, stage = %exchange.stage, verb = %exchange.verb,
                    path = %exchange.path, status = refused.status, "{}", refused.cause);
                (refused.answer(&exchange), Some(refused))
            }
        };
        exchange.log.finish(&exchange, &response, refused.as_ref());
        let latency = self.elapsed().saturating_sub(began);
        delivery::deliver(self, view, &exchange, &response, refused.as_ref(), latency);
        response
    }

    async fn run(
        &self,
        request: &Request,
        exchange: &mut Exchange,
        view: &StageView,
    ) -> Result<Response, Refusal> {
        let frozen = exchange.frozen.clone();
        let target = frozen.definition().resources.get(&exchange.resource);
        let method = target.and_then(|resource| resource.resource_methods.get(&exchange.method));
        let method = method.ok_or_else(|| signed::without_route(self.authority(), request))?;
        if exchange.body.len() > LARGEST {
            return Err(Refusal::new(
                "REQUEST_TOO_LARGE",
                "Request Too Long",
                "the payload is larger than 10 MB",
            ));
        }
        let permit = if method.authorization_type == "AWS_IAM" {
            exchange.caller = Some(signed::check(self.authority(), request, exchange)?);
            authorize::Permit::default()
        } else {
            let permit = authorize::check(self, exchange, method).await?;
            let admitted = authorize::resource_policy(exchange);
            signed::note_open(self.authority(), request, exchange, admitted.as_deref());
            admitted?;
            permit
        };
        exchange.authorizer = permit.context;
        let elapsed = self.clock.elapsed();
        if method.api_key_required {
            keys::check(&self.state, exchange, permit.usage_identifier_key, elapsed)?;
        }
        keys::throttle_stage(&self.state, exchange, view, elapsed)?;
        validate::check(exchange, method)?;
        let integration = method.method_integration.as_ref();
        let integration =
            integration.ok_or_else(|| Refusal::misconfigured("the method has no integration"))?;
        let place = cache::place(self.authority(), request, exchange, view, integration)?;
        let Some(place) = place else { return self.integrate(exchange, integration).await };
        if let Some(kept) = place.kept(&self.state, elapsed) {
            return Ok(place.told(kept));
        }
        let response = self.integrate(exchange, integration).await?;
        place.keep(&self.state, &response, elapsed);
        Ok(place.told(response))
    }

    /// Hands the request to its integration, for as long as the integration's timeout lets it.
    pub(super) async fn integrate(
        &self,
        exchange: &Exchange,
        integration: &Integration,
    ) -> Result<Response, Refusal> {
        let limit = Duration::from_millis(u64::try_from(integration.timeout_in_millis).unwrap_or(29_000));
        let work = async {
            match Backing::of(integration) {
                Backing::FunctionByProxy => {
                    self.proxy(exchange, integration, self.credentials(exchange, integration)?).await
                }
                Backing::Function => {
                    self.function(exchange, integration, self.credentials(exchange, integration)?).await
                }
                Backing::Service => {
                    let caller = self.credentials(exchange, integration)?;
                    aws::call(self, exchange, integration, caller).await
                }
                Backing::VpcLink => Err(Refusal::not_covered("HTTP through a VPC link")),
                Backing::Http | Backing::HttpByProxy => {
                    self.backends.call(exchange, integration, self.clock.as_ref()).await
                }
                Backing::Mock => mock(exchange, integration),
                Backing::Other => {
                    let (kind, uri) = (&integration.kind, integration.uri.as_deref().unwrap_or_default());
                    let service = uri.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(3));
                    Err(Refusal::not_covered(format!("{kind} with {}", service.unwrap_or("nothing"))))
                }
            }
        };
        tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(Refusal::timeout()))
    }

    /// Whose permissions the integration uses.
    fn credentials(&self, exchange: &Exchange, integration: &Integration) -> Result<Option<Caller>, Refusal> {
        let arn = integration.credentials.as_deref();
        credentials::of(self.authority(), &self.state, exchange, arn, self.elapsed())
    }

    async fn proxy(
        &self,
        exchange: &Exchange,
        integration: &Integration,
        caller: Option<Caller>,
    ) -> Result<Response, Refusal> {
        // What is mapped does not reach a proxy's function, but what may not be mapped fails nevertheless.
        integration_request::build(exchange, integration)?;
        let payload = Bytes::from(event::of(exchange).to_string());
        let kind = InvocationType::RequestResponse;
        let outcome = self.invoke(exchange, integration, payload, kind, caller).await?;
        if outcome.function_error.is_some() {
            let message = lambda::error_message(&outcome.payload).unwrap_or_default();
            return Err(Refusal::bad_gateway(format!(
                "Lambda execution failed with status 200 due to customer function error: {message}. Lambda request \
                 id: {}",
                outcome.request_id
            )));
        }
        let types = &exchange.frozen.definition().rest_api.binary_media_types;
        let response = proxy_response::read(&outcome.payload, types, exchange.header("accept"))?;
        Ok(response.with_header("x-amzn-trace-id", &exchange.trace_id))
    }

    /// Invokes the integration's function, and logs what goes out and what comes back.
    async fn invoke(
        &self,
        exchange: &Exchange,
        integration: &Integration,
        payload: Bytes,
        kind: InvocationType,
        caller: Option<Caller>,
    ) -> Result<InvocationOutcome, Refusal> {
        let began = self.elapsed();
        lambda::log_request(exchange, integration, &payload);
        let outcome =
            lambda::invoke(self.invoker.as_ref(), exchange, integration, payload, kind, caller).await?;
        let headers = [("x-amzn-RequestId".to_owned(), outcome.request_id.clone())];
        let latency = self.elapsed().saturating_sub(began);
        exchange.log.received(outcome.status, &headers, &outcome.payload, latency);
        Ok(outcome)
    }

    async fn function(
        &self,
        exchange: &Exchange,
        integration: &Integration,
        caller: Option<Caller>,
    ) -> Result<Response, Refusal> {
        let outbound = integration_request::build(exchange, integration)?;
        let asynchronous = outbound.header("x-amz-invocation-type") == Some("Event");
        let kind = if asynchronous { InvocationType::Event } else { InvocationType::RequestResponse };
        let payload =
            if outbound.body.is_empty() { Bytes::from_static(b"{}") } else { outbound.body.clone() };
        let outcome = self.invoke(exchange, integration, payload, kind, caller).await?;
        let failed = outcome.function_error.as_ref().and_then(|_| lambda::error_message(&outcome.payload));
        let inbound = Inbound {
            // Of a function that did not fail there is nothing to hold patterns against.
            selection: failed.unwrap_or_default(),
            headers: vec![
                ("content-type".to_owned(), "application/json".to_owned()),
                ("x-amzn-requestid".to_owned(), outcome.request_id),
            ],
            body: outcome.payload,
        };
        let answer = integration_response::answer(exchange, integration, &outbound, &inbound)?;
        Ok(answer.with_header("x-amzn-trace-id", &exchange.trace_id))
    }
}

fn mock(exchange: &Exchange, integration: &Integration) -> Result<Response, Refusal> {
    let outbound = integration_request::build(exchange, integration)?;
    let status = integration_response::mock_status(&outbound.body)?;
    let inbound = Inbound { selection: status.to_string(), headers: vec![], body: Bytes::new() };
    integration_response::answer(exchange, integration, &outbound, &inbound)
}
