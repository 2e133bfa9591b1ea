//! Function URLs: an HTTP API with one route, one function and no gateway around it.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::entity::{Definition, Map};
use super::exchange::{self, Exchange, Permit};
use super::refusal::Refusal;
use super::{event_v2, reply};
use crate::context::{Clock, Random};
use crate::policy::{Matched, Principal};
use crate::sandbox::authority::{Asked, request_keys};
use crate::sandbox::front::signer;
use crate::sandbox::{
    Authority, Caller, Cors, Entrance, FunctionUrl, FunctionUrls, Future, Request, Response, ServiceError,
    UrlAuth, UrlMode, cors,
};

/// The largest request that Lambda takes, in bytes.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const LARGEST: usize = 6 * 1024 * 1024;

const HELP: &str = "Forbidden. For troubleshooting Function URL authorization issues, see: \
                    https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";

/// The type of a stream that begins with status and headers.
const PRELUDE: &str = "application/vnd.awslambda.http-integration-response";

/// The data plane of function URLs: `{id}.lambda-url.{region}.ANYTHING`.
pub struct FunctionUrlEntrance {
    urls: Arc<dyn FunctionUrls>,
    authority: Arc<Authority>,
    clock: Arc<dyn Clock>,
    random: Random,
}

impl fmt::Debug for FunctionUrlEntrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionUrlEntrance").finish_non_exhaustive()
    }
}

/// Reads the URL's id out of the host, and the host without its port.
fn named(request: &Request) -> Option<(String, String)> {
    let host = request.header("host")?;
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let mut labels = host.split('.');
    let id = labels.next().filter(|id| !id.is_empty())?;
    (labels.next() == Some("lambda-url")).then(|| (id.to_ascii_lowercase(), host.to_owned()))
}

impl Entrance for FunctionUrlEntrance {
    fn claims(&self, request: &Request) -> bool {
        named(request).is_some()
    }

    fn serve(&self, request: Request) -> Future<'_, Response> {
        Box::pin(async move {
            let request_id = self.random.uuid();
            let response = match named(&request).and_then(|(id, host)| Some((self.urls.find_url(&id)?, host)))
            {
                Some((url, host)) => self.answer(&request, &url, host, &request_id).await,
                // A URL that is not there has the same answer as one that nobody may call.
                None => refuse(&Refusal::forbidden("there is no such function URL")),
            };
            response.with_header("x-amzn-requestid", &request_id)
        })
    }
}

/// Refusals of function URLs name what is wrong in `Message`, and a hint where the caller may not.
fn refuse(refusal: &Refusal) -> Response {
    let (message, error) = match refusal.status {
        403 => (HELP, "AccessDeniedException"),
        413 => (refusal.message.as_str(), "RequestEntityTooLargeException"),
        429 => ("Rate Exceeded.", "TooManyRequestsException"),
        _ => (refusal.message.as_str(), "InternalServerErrorException"),
    };
    Response::json(refusal.status, &json!({ "Message": message })).with_header("x-amzn-errortype", error)
}

impl FunctionUrlEntrance {
    pub fn new(
        urls: Arc<dyn FunctionUrls>,
        authority: Arc<Authority>,
        clock: Arc<dyn Clock>,
        random: Random,
    ) -> Self {
        Self { urls, authority, clock, random }
    }

    async fn answer(&self, request: &Request, url: &FunctionUrl, host: String, id: &str) -> Response {
        let cors = url.cors.as_ref().map(read_cors);
        if let Some(cors) = cors.as_ref().filter(|_| cors::is_preflight(request)) {
            return cors::preflight(cors, request, 200);
        }
        let response = match self.run(request, url, host, id).await {
            Ok(response) => response,
            Err(refusal) => {
                tracing::debug!(url = %url.id, status = refusal.status, "{}", refusal.cause);
                refuse(&refusal)
            }
        };
        match &cors {
            Some(cors) => cors::decorate(cors, request, response),
            None => response,
        }
    }

    /// Lets in whom the function's policy, and the caller's own, allow.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
    fn admit(&self, request: &Request, url: &FunctionUrl) -> Result<Option<Caller>, Refusal> {
        let caller = match url.auth {
            UrlAuth::Open => None,
            UrlAuth::Iam => {
                let found = signer(request, "lambda", &self.authority).map_err(|error| {
                    self.note(request, url, None, Err(&error));
                    Refusal::forbidden(error.message)
                })?;
                let Some(found) = found else {
                    let message = "Missing Authentication Token";
                    let unsigned = ServiceError::new(403, "MissingAuthenticationTokenException", message);
                    self.note(request, url, None, Err(&unsigned));
                    return Err(Refusal::forbidden("the request is not signed"));
                };
                Some(found)
            }
        };
        let known = caller.clone().unwrap_or(Caller { principal: Principal::Anonymous, access_key_id: None });
        let keys = request_keys(request, &known, &url.scope);
        let mut allowed_by = Vec::new();
        for access in self.urls.url_accesses(url) {
            match self.authority.check("lambda", &known, &access, keys.clone()) {
                Ok(decision) => allowed_by.extend(decision.decided_by),
                Err(error) => {
                    self.note(request, url, Some(&known), Err(&error));
                    return Err(Refusal::forbidden(error.message));
                }
            }
        }
        self.note(request, url, Some(&known), Ok(&allowed_by));
        Ok(caller)
    }

    fn note(
        &self,
        request: &Request,
        url: &FunctionUrl,
        caller: Option<&Caller>,
        outcome: Result<&[Matched], &ServiceError>,
    ) {
        let Some(journal) = self.authority.journal() else { return };
        let asked = Asked {
            service: "lambda",
            operation: "InvokeFunctionUrl",
            resource: &url.function_arn,
            scope: &url.scope,
            time: request.received,
        };
        journal.at_entrance(request, caller, &asked, outcome);
    }

    async fn run(
        &self,
        request: &Request,
        url: &FunctionUrl,
        host: String,
        id: &str,
    ) -> Result<Response, Refusal> {
        let caller = self.admit(request, url)?;
        if request.body.len() > LARGEST {
            return Err(Refusal::new(413, "Request Entity Too Large", "the payload is larger than 6 MB"));
        }
        let exchange = self.open(request, url, host, id, caller);
        let mut event = event_v2::of(&exchange);
        if let Permit::None = exchange.permit {
            event["requestContext"]["authentication"] = Value::Null;
        }
        let payload = Bytes::from(event.to_string());
        let trace = Some(exchange.trace_id.as_str());
        let failed = |error: crate::sandbox::ServiceError| match error.status {
            429 => Refusal::new(429, "Rate Exceeded.", error.message),
            413 => Refusal::new(413, "Request Entity Too Large", error.message),
            _ => Refusal::new(502, "Internal Server Error", error.message),
        };
        if url.mode == UrlMode::Streamed {
            let outcome = self.urls.stream_url(url, payload, trace).await.map_err(failed)?;
            if outcome.error.is_some() && outcome.body.is_empty() {
                return Err(Refusal::new(502, "Internal Server Error", "the function failed"));
            }
            return streamed(outcome.content_type.as_deref(), outcome.body);
        }
        let outcome = self.urls.invoke_url(url, payload, trace).await.map_err(failed)?;
        if outcome.function_error.is_some() {
            // <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html>
            return Err(Refusal::new(502, "Internal Server Error", "the function failed"));
        }
        reply::of_v2(&outcome.payload, "application/json")
            .map_err(|refusal| Refusal { status: 502, ..refusal })
    }

    fn open(
        &self,
        request: &Request,
        url: &FunctionUrl,
        host: String,
        id: &str,
        caller: Option<Caller>,
    ) -> Exchange {
        let source_ip = request.peer.to_canonical().to_string();
        let trace_id =
            if let Some(given) = request.header("x-amzn-trace-id").filter(|given| given.contains("Root=")) {
                given.to_owned()
            } else {
                let random = hex::encode(self.random.bytes::<12>());
                format!("Root=1-{:08x}-{random}", self.clock.now().as_second())
            };
        let (headers, cookies) = exchange::headers(request, &source_ip, &trace_id);
        let account = caller.as_ref().and_then(|caller| caller.principal.account().map(str::to_owned));
        Exchange {
            account: account.unwrap_or_else(|| "anonymous".to_owned()),
            scope: url.scope.clone(),
            definition: Arc::new(Definition::default()),
            api: url.id.clone(),
            stage: "$default".to_owned(),
            variables: Map::new(),
            verb: request.method.as_str().to_owned(),
            raw_path: request.raw_path.clone(),
            path: request.raw_path.clone(),
            base_path: None,
            raw_query: request.raw_query.clone(),
            query: request.query(),
            headers,
            cookies,
            body: request.body.clone(),
            protocol: "HTTP/1.1",
            source_ip,
            domain: host,
            request_id: id.to_owned(),
            trace_id,
            received: request.received,
            route_key: "$default".to_owned(),
            path_parameters: Map::new(),
            permit: caller.map_or(Permit::None, Permit::Iam),
        }
    }
}

/// Reads `Cors` as Lambda keeps it, with names in title case.
fn read_cors(value: &Value) -> Cors {
    let list = |name: &str| {
        let found = value[name].as_array()?;
        Some(found.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect())
    };
    Cors {
        allow_credentials: value["AllowCredentials"].as_bool(),
        allow_headers: list("AllowHeaders"),
        allow_methods: list("AllowMethods"),
        allow_origins: list("AllowOrigins"),
        expose_headers: list("ExposeHeaders"),
        max_age: value["MaxAge"].as_i64(),
    }
}

/// Reads a stream: status and headers in JSON, eight zero bytes, then the body; or the body alone.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html>
fn streamed(content_type: Option<&str>, body: Bytes) -> Result<Response, Refusal> {
    let mut response = Response::empty(200);
    if content_type != Some(PRELUDE) {
        response.body = body;
        return Ok(response.with_header("content-type", content_type.unwrap_or("application/octet-stream")));
    }
    let broken = || Refusal::new(502, "Internal Server Error", "the stream's prelude cannot be read");
    let end = body.windows(8).position(|window| window == [0; 8]).ok_or_else(broken)?;
    let prelude: Value = serde_json::from_slice(&body[..end]).map_err(|_| broken())?;
    let status = prelude["statusCode"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(200);
    response.status = http::StatusCode::from_u16(status).map_err(|_| broken())?;
    let headers = prelude["headers"].as_object().into_iter().flatten();
    let mut headers: Vec<(String, String)> = headers
        .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect();
    let cookies = prelude["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str);
    headers.extend(cookies.map(|cookie| ("set-cookie".to_owned(), cookie.to_owned())));
    reply::put_headers(&mut response, &headers);
    response.body = body.slice(end + 8..);
    if !response.headers.contains_key("content-type") {
        response = response.with_header("content-type", "application/octet-stream");
    }
    Ok(response)
}
