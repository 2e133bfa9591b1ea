use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use percent_encoding::percent_decode_str;

use super::super::entity::{Integration, Map};
use super::super::identifier;
use super::super::service::Parts;
use super::super::state::State;
use super::address::{self, Address};
use super::backend::Backends;
use super::backing::Backing;
use super::exchange::{self, Exchange, Permit};
use super::key_sets::KeySets;
use super::refusal::Refusal;
use super::{access_log, authorize, function, mapping, routing, throttle};
use crate::sandbox::{Cors, Entrance, Future, Request, Response, cors};

/// The largest payload that API Gateway takes, in bytes.
const LARGEST: usize = 10 * 1024 * 1024;

/// The data plane of HTTP APIs.
pub struct HttpApis {
    state: Arc<State>,
    parts: Parts,
    backends: Backends,
    key_sets: KeySets,
}

impl std::fmt::Debug for HttpApis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpApis").finish_non_exhaustive()
    }
}

impl Entrance for HttpApis {
    fn claims(&self, request: &Request) -> bool {
        address::claims(&self.state, request)
    }

    fn serve(&self, request: Request) -> Future<'_, Response> {
        Box::pin(async move {
            let id = identifier::request(&self.parts.random);
            let response = match address::find(&self.state, &request) {
                None => Refusal::not_found("there is no such stage").answer(),
                Some(address) if address.deployed.web_socket => {
                    Refusal::not_covered("connections to WebSocket APIs").answer()
                }
                Some(address) if address.by_endpoint && address.deployed.endpoint_disabled => {
                    Refusal::not_found("the API's own endpoint is disabled").answer()
                }
                Some(address) => self.answer(&request, address, &id).await,
            };
            response.with_header("apigw-requestid", &id)
        })
    }
}

impl HttpApis {
    pub(in crate::sandbox::apigatewayv2) fn new(state: Arc<State>, parts: Parts) -> Self {
        let backends = Backends::within(parts.reach);
        Self { state, parts, backends, key_sets: KeySets::default() }
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    pub(super) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Returns the key set of an issuer of tokens.
    pub(super) async fn key_set(&self, issuer: &str) -> Result<serde_json::Value, String> {
        let now = self.parts.clock.now().as_second();
        self.key_sets.of(issuer, self.parts.issuers.as_ref(), &self.backends, now).await
    }

    /// Forgets what authorizers said to a stage.
    pub(in crate::sandbox::apigatewayv2) fn forget_permits(&self, api: &str, stage: &str) {
        let prefix = format!("{api}/{stage}/");
        self.state.traffic().permits.retain(|key, _| !key.starts_with(&prefix));
    }

    /// Answers a request to a stage: a preflight by the configuration, anything else by its route.
    async fn answer(&self, request: &Request, address: Address, id: &str) -> Response {
        let stage = address.deployed.stage.clone();
        let mut exchange = self.open(request, address, id);
        let cors: Option<Cors> = exchange.definition.cors.clone();
        if let Some(cors) = cors.as_ref().filter(|_| cors::is_preflight(request)) {
            return cors::preflight(cors, request, 204);
        }
        let started = self.parts.clock.elapsed();
        let (response, refusal) = match self.run(request, &mut exchange, &stage).await {
            Ok(response) => (response, None),
            Err(refusal) => {
                tracing::debug!(api = %exchange.api, stage = %exchange.stage, route = %exchange.route_key,
                    status = refusal.status, "{}", refusal.cause);
                (refusal.answer(), Some(refusal))
            }
        };
        let response = match &cors {
            Some(cors) => cors::decorate(cors, request, response),
            None => response,
        };
        let took = self.parts.clock.elapsed().saturating_sub(started);
        access_log::write(self, &exchange, &stage, &response, refusal.as_ref(), took);
        response
    }

    /// Gathers what is known of a request.
    fn open(&self, request: &Request, address: Address, id: &str) -> Exchange {
        let Address { deployed, raw_path, path, domain, base_path, .. } = address;
        let source_ip = request.peer.to_canonical().to_string();
        let trace_id = self.trace_id(request.header("x-amzn-trace-id"), request.received);
        let (headers, cookies) = exchange::headers(request, &source_ip, &trace_id);
        // An HTTP API decodes the path before it looks at it; functions and routes see no escapes.
        // <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html>
        let decoded = |path: &str| percent_decode_str(path).decode_utf8_lossy().into_owned();
        let (raw_path, path) = (decoded(&raw_path), decoded(&path));
        Exchange {
            account: deployed.scope.account.to_string(),
            scope: deployed.scope,
            definition: deployed.definition.unwrap_or_default(),
            api: deployed.api,
            stage: deployed.stage.stage_name,
            variables: deployed.stage.stage_variables,
            verb: request.method.as_str().to_owned(),
            raw_path,
            path,
            base_path,
            raw_query: request.raw_query.clone(),
            query: request.query(),
            headers,
            cookies,
            body: request.body.clone(),
            protocol: "HTTP/1.1",
            source_ip,
            domain,
            request_id: id.to_owned(),
            trace_id,
            received: request.received,
            route_key: String::new(),
            path_parameters: Map::new(),
            permit: Permit::None,
        }
    }

    /// The caller's trace id if it sent one, else a new one that begins now.
    fn trace_id(&self, given: Option<&str>, now: Timestamp) -> String {
        if let Some(given) = given.filter(|given| given.contains("Root=")) {
            given.to_owned()
        } else {
            let random = hex::encode(self.parts.random.bytes::<12>());
            format!("Root=1-{:08x}-{random}", now.as_second())
        }
    }

    async fn run(
        &self,
        request: &Request,
        exchange: &mut Exchange,
        stage: &super::super::entity::Stage,
    ) -> Result<Response, Refusal> {
        let definition = Arc::clone(&exchange.definition);
        let found = routing::find(&definition.routes, &exchange.verb, &exchange.path);
        let found = found.ok_or_else(|| Refusal::not_found("no route fits the request"))?;
        exchange.route_key.clone_from(&found.route.route_key);
        exchange.path_parameters = found.parameters;
        throttle::check(&self.state, exchange, stage, self.parts.clock.elapsed())?;
        if exchange.body.len() > LARGEST {
            return Err(Refusal::new(413, "Request Entity Too Large", "the payload is larger than 10 MB"));
        }
        exchange.permit = authorize::check(self, request, exchange, found.route).await?;
        let integration = found.route.integration_id().and_then(|id| definition.integrations.get(id));
        let integration = integration.ok_or_else(|| Refusal::not_found("the route has no integration"))?;
        self.integrate(exchange, integration).await
    }

    /// Hands the request to its integration, for as long as the integration's timeout lets it.
    async fn integrate(
        &self,
        exchange: &mut Exchange,
        integration: &Integration,
    ) -> Result<Response, Refusal> {
        let limit = u64::try_from(integration.timeout_in_millis.unwrap_or(30_000)).unwrap_or(30_000);
        let backing = Backing::of(integration);
        if let (Backing::Service, Some(subtype)) = (backing, &integration.integration_subtype) {
            return Err(Refusal::not_covered(&format!("integrations with {subtype}")));
        }
        let path = mapping::request(exchange, integration.request_parameters.as_ref());
        if let Some(path) = &path {
            exchange.raw_path.clone_from(path);
            exchange.path.clone_from(path);
        }
        let work = async {
            match backing {
                Backing::Function => {
                    function::integrate(self.parts.invoker.as_ref(), exchange, integration).await
                }
                Backing::VpcLink => Err(Refusal::not_covered("integrations through a VPC link")),
                Backing::Http => self.backends.integrate(exchange, integration, path.as_deref()).await,
                Backing::Service | Backing::Other => {
                    let other = &integration.integration_type;
                    Err(Refusal::not_covered(&format!("integrations of type {other}")))
                }
            }
        };
        let timeout =
            || Err(Refusal::new(503, "Service Unavailable", "the integration did not answer in time"));
        let answered =
            tokio::time::timeout(Duration::from_millis(limit), work).await.unwrap_or_else(|_| timeout())?;
        Ok(mapping::response(exchange, integration.response_parameters.as_ref(), answered))
    }
}
