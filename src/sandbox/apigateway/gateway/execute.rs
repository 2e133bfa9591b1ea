use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use super::address::Address;
use super::exchange::Exchange;
use super::refusal::{self, Refusal};
use super::transform::{self, Inbound};
use super::{authorize, event, headers, keys, lambda, proxy_response, signed, validate};
use crate::context::{Clock, Random};
use crate::sandbox::apigateway::entity::{Integration, Map, MethodSetting};
use crate::sandbox::apigateway::state::State;
use crate::sandbox::{Authority, Entrance, Future, InvocationType, Invoker, Request, Response};

/// The largest payload that API Gateway takes, in bytes.
const LARGEST: usize = 10 * 1024 * 1024;

/// The data plane: answers requests to deployed stages.
#[derive(Clone)]
pub struct ExecuteApi {
    state: Arc<State>,
    clock: Arc<dyn Clock>,
    random: Random,
    invoker: Arc<dyn Invoker>,
    authority: Option<Arc<Authority>>,
}

impl std::fmt::Debug for ExecuteApi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExecuteApi").finish_non_exhaustive()
    }
}

impl Entrance for ExecuteApi {
    fn claims(&self, request: &Request) -> bool {
        Address::of(request).is_some()
    }

    fn serve(&self, request: Request) -> Future<'_, Response> {
        Box::pin(async move {
            let Some(address) = Address::of(&request) else { return refusal::forbidden() };
            let request_id = self.random.uuid();
            let extended = self.extended_id();
            let response = match self.open(&request, &address, &request_id, &extended) {
                None => refusal::forbidden(),
                Some((mut exchange, settings)) => match self.run(&request, &mut exchange, &settings).await {
                    Ok(response) => response,
                    Err(refused) => {
                        tracing::debug!(api = %exchange.api, stage = %exchange.stage, verb = %exchange.verb,
                            path = %exchange.path, status = refused.status, "{}", refused.cause);
                        refused.answer(&exchange)
                    }
                },
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
        Self { state, clock, random, invoker, authority: None }
    }

    /// The same data plane, with an authority to verify signatures with.
    pub(in crate::sandbox::apigateway) fn verifying(&self, authority: Arc<Authority>) -> Self {
        Self { authority: Some(authority), ..self.clone() }
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

    /// Finds API and stage, and gathers what is known of the request. `None` when one of them is not there.
    fn open(
        &self,
        request: &Request,
        address: &Address,
        request_id: &str,
        extended: &str,
    ) -> Option<(Exchange, Map<MethodSetting>)> {
        let draw = self.random.below(10_000);
        let found = self.state.with_api(&address.api, |scope, _, api| {
            let name = percent_encoding::percent_decode_str(&address.stage).decode_utf8_lossy();
            let stage = api.stages.get(name.as_ref())?;
            let mut deployment_id = stage.deployment_id.clone();
            let mut variables = stage.variables.clone();
            #[expect(clippy::cast_precision_loss, reason = "the draw is below 10,000")]
            let drawn = draw as f64;
            if let Some(canary) =
                stage.canary_settings.as_ref().filter(|canary| drawn < canary.percent_traffic * 100.0)
            {
                deployment_id = canary.deployment_id.clone().unwrap_or(deployment_id);
                variables.extend(canary.stage_variable_overrides.clone());
            }
            let frozen = api.deployments.get(&deployment_id)?.frozen.clone();
            if frozen.definition().rest_api.disable_execute_api_endpoint {
                return None;
            }
            let settings = stage.method_settings.clone();
            Some((scope.clone(), stage.stage_name.clone(), deployment_id, variables, frozen, settings))
        })??;
        let (scope, stage, deployment, variables, frozen, settings) = found;
        let source_ip = request.peer.to_string();
        let trace_id = self.trace_id(request.header("x-amzn-trace-id"), request.received);
        let host = request.header("host").unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let domain = if address.by_host {
            host.to_owned()
        } else {
            format!("{}.execute-api.{}.amazonaws.com", address.api, scope.region)
        };
        let verb = request.method.as_str().to_owned();
        let found = frozen.routes().find(&verb, &address.path).unwrap_or_default();
        let edge =
            frozen.definition().rest_api.endpoint_configuration.types.iter().any(|kind| kind == "EDGE");
        let exchange = Exchange {
            resource: found.resource,
            method: found.verb,
            path_parameters: found.parameters,
            headers: headers::of_request(request, &source_ip, &trace_id, edge),
            query: request.query(),
            body: request.body.clone(),
            request_id: request_id.to_owned(),
            extended_request_id: extended.to_owned(),
            received: request.received,
            path: address.path.clone(),
            api: address.api.clone(),
            authorizer: serde_json::Map::new(),
            caller: None,
            api_key: None,
            scope,
            frozen,
            stage,
            deployment,
            variables,
            verb,
            source_ip,
            domain,
            trace_id,
        };
        Some((exchange, settings))
    }

    async fn run(
        &self,
        request: &Request,
        exchange: &mut Exchange,
        settings: &Map<MethodSetting>,
    ) -> Result<Response, Refusal> {
        let frozen = exchange.frozen.clone();
        let target = frozen.definition().resources.get(&exchange.resource);
        let method = target.and_then(|resource| resource.resource_methods.get(&exchange.method));
        let method = method.ok_or_else(Refusal::no_route)?;
        if exchange.body.len() > LARGEST {
            return Err(Refusal::new(
                "REQUEST_TOO_LARGE",
                "Request Too Long",
                "the payload is larger than 10 MB",
            ));
        }
        let permit = if method.authorization_type == "AWS_IAM" {
            exchange.caller = Some(signed::check(self.authority.as_deref(), request, exchange)?);
            authorize::Permit::default()
        } else {
            let permit = authorize::check(self.invoker.as_ref(), exchange, method).await?;
            authorize::resource_policy(exchange)?;
            permit
        };
        exchange.authorizer = permit.context;
        let elapsed = self.clock.elapsed();
        if method.api_key_required {
            keys::check(&self.state, exchange, permit.usage_identifier_key, elapsed)?;
        }
        keys::throttle_stage(&self.state, exchange, settings, elapsed)?;
        validate::check(exchange, method)?;
        let integration = method.method_integration.as_ref();
        let integration =
            integration.ok_or_else(|| Refusal::misconfigured("the method has no integration"))?;
        self.integrate(exchange, integration).await
    }

    /// Hands the request to its integration, for as long as the integration's timeout lets it.
    pub(super) async fn integrate(
        &self,
        exchange: &Exchange,
        integration: &Integration,
    ) -> Result<Response, Refusal> {
        let limit = Duration::from_millis(u64::try_from(integration.timeout_in_millis).unwrap_or(29_000));
        let uri = integration.uri.as_deref().unwrap_or_default();
        let work = async {
            match integration.kind.as_str() {
                "AWS_PROXY" if uri.contains(":lambda:path/") => self.proxy(exchange, integration).await,
                "AWS" if uri.contains(":lambda:path/") => self.function(exchange, integration).await,
                "MOCK" => mock(exchange, integration),
                kind => Err(not_covered(kind, uri)),
            }
        };
        tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(Refusal::timeout()))
    }

    async fn proxy(&self, exchange: &Exchange, integration: &Integration) -> Result<Response, Refusal> {
        let payload = Bytes::from(event::of(exchange).to_string());
        let kind = InvocationType::RequestResponse;
        let outcome = lambda::invoke(self.invoker.as_ref(), exchange, integration, payload, kind).await?;
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

    async fn function(&self, exchange: &Exchange, integration: &Integration) -> Result<Response, Refusal> {
        let outbound = transform::request(exchange, integration)?;
        let asynchronous = outbound
            .headers
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case("x-amz-invocation-type") && value == "Event");
        let kind = if asynchronous { InvocationType::Event } else { InvocationType::RequestResponse };
        let payload =
            if outbound.body.is_empty() { Bytes::from_static(b"{}") } else { outbound.body.clone() };
        let outcome = lambda::invoke(self.invoker.as_ref(), exchange, integration, payload, kind).await?;
        let failed = outcome.function_error.as_ref().and_then(|_| lambda::error_message(&outcome.payload));
        let inbound = Inbound {
            selection: failed.unwrap_or_else(|| outcome.status.to_string()),
            headers: vec![("x-amzn-requestid".to_owned(), outcome.request_id)],
            body: outcome.payload,
        };
        transform::answer(exchange, integration, &outbound, &inbound)
    }
}

fn mock(exchange: &Exchange, integration: &Integration) -> Result<Response, Refusal> {
    let outbound = transform::request(exchange, integration)?;
    let status = transform::mock_status(&outbound.body)?;
    let inbound = Inbound { selection: status.to_string(), headers: vec![], body: Bytes::new() };
    transform::answer(exchange, integration, &outbound, &inbound)
}

/// An integration that the sandbox does not run: it says so by name.
fn not_covered(kind: &str, uri: &str) -> Refusal {
    let service = uri.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(3));
    let what = service.map_or_else(|| kind.to_owned(), |service| format!("{kind} with {service}"));
    let message = format!("the sandbox does not cover integrations of type {what}");
    Refusal { status: 501, ..Refusal::new("DEFAULT_5XX", message.clone(), message) }
}
