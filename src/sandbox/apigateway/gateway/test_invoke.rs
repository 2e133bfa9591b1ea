use serde::Deserialize;
use serde_json::{Map as Object, Value, json};

use super::exchange::Exchange;
use super::execution_log::{ExecutionLog, Level, named};
use super::{ExecuteApi, validate};
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::control::Ask;
use crate::sandbox::apigateway::entity::{Definition, Frozen, Map};
use crate::sandbox::apigateway::fault::not_found;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    path_with_query_string: Option<String>,
    body: Option<String>,
    headers: Option<Map<String>>,
    multi_value_headers: Option<Map<Vec<String>>>,
    stage_variables: Option<Map<String>>,
}

impl ExecuteApi {
    /// Runs a method as it is being worked on, without authorization and keys, and tells what happened.
    /// <https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeMethod.html>
    pub(in crate::sandbox::apigateway) async fn test_invoke(
        &self,
        ask: &Ask<'_>,
    ) -> Result<Value, ServiceError> {
        let input: Input = ask.input()?;
        let api = ask.path("restapi_id");
        let (resource, verb) = (ask.path("resource_id"), ask.path("http_method"));
        let definition =
            self.state().with(ask.scope, |region| region.apis.get(api).map(|api| api.definition.clone()));
        let found = definition.filter(|definition| definition.resources.contains_key(resource));
        let definition = found.ok_or_else(|| not_found("Invalid Resource identifier specified"))?;
        let methods = &definition.resources[resource].resource_methods;
        let key = [verb, "ANY"].into_iter().find(|key| methods.contains_key(*key));
        let key = key.ok_or_else(|| not_found("Invalid Method identifier specified"))?.to_owned();
        let exchange = self.rehearse(ask, definition, (resource, &key, verb), input);
        self.tell(&exchange, ask).await
    }

    /// A request that nobody sent, to a definition that may not be deployed.
    pub(super) fn rehearse(
        &self,
        ask: &Ask<'_>,
        definition: Definition,
        (resource, key, verb): (&str, &str, &str),
        input: Input,
    ) -> Exchange {
        let resource_path =
            definition.resources.get(resource).map_or("/", |resource| &resource.path).to_owned();
        let whole = input.path_with_query_string.filter(|path| !path.is_empty());
        let whole = whole.unwrap_or_else(|| resource_path.clone());
        let (path, query) = whole.split_once('?').unwrap_or((&whole, ""));
        let mut headers: Vec<(String, String)> = input.headers.unwrap_or_default().into_iter().collect();
        for (name, values) in input.multi_value_headers.unwrap_or_default() {
            headers.retain(|(there, _)| !there.eq_ignore_ascii_case(&name));
            headers.extend(values.into_iter().map(|value| (name.clone(), value)));
        }
        Exchange {
            scope: ask.scope.clone(),
            api: ask.path("restapi_id").to_owned(),
            stage: "test-invoke-stage".to_owned(),
            deployment: String::new(),
            base_path: None,
            is_canary: None,
            variables: input.stage_variables.unwrap_or_default(),
            verb: if verb == "ANY" { "GET" } else { verb }.to_owned(),
            path_parameters: path_parameters(&resource_path, path),
            path: path.to_owned(),
            sent: path.to_owned(),
            resource: resource.to_owned(),
            method: key.to_owned(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers,
            body: input.body.unwrap_or_default().into(),
            peer: ask.request.peer,
            log: ExecutionLog::kept(),
            source_ip: "test-invoke-source-ip".to_owned(),
            domain: "testPrefix.testDomainName".to_owned(),
            request_id: ask.random.uuid(),
            extended_request_id: self.extended_id(),
            trace_id: self.trace_id(None, ask.now),
            received: ask.now,
            flushes: 0,
            authorizer: Object::new(),
            caller: None,
            api_key: None,
            frozen: Frozen::from(definition),
        }
    }

    async fn tell(&self, exchange: &Exchange, ask: &Ask<'_>) -> Result<Value, ServiceError> {
        let (_, method) =
            exchange.target().ok_or_else(|| not_found("Invalid Method identifier specified"))?;
        exchange.log.begin(exchange);
        let began = self.elapsed();
        let outcome = match (validate::check(exchange, method), &method.method_integration) {
            (Err(refused), _) => Err(refused),
            (Ok(()), Some(integration)) => self.integrate(exchange, integration).await,
            (Ok(()), None) => {
                Err(super::refusal::Refusal::misconfigured("No integration defined for method"))
            }
        };
        let latency = self.elapsed().saturating_sub(began).as_millis();
        let (response, refused) = match outcome {
            Ok(response) => (response, None),
            Err(refused) => (refused.answer(exchange), Some(refused)),
        };
        exchange.log.finish(exchange, &response, refused.as_ref());
        let log = told(exchange, ask);
        let mut headers = named(&response);
        if refused.is_some() {
            // Recorded: of its own answers AWS shows the error's type alone.
            headers.retain(|(name, _)| name == "x-amzn-ErrorType");
        }
        let single: Object<String, Value> =
            headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let mut multi = Object::new();
        for (name, value) in &headers {
            let list = multi.entry(name.clone()).or_insert_with(|| json!([]));
            if let Some(list) = list.as_array_mut() {
                list.push(json!(value));
            }
        }
        Ok(json!({
            "status": response.status.as_u16(),
            "body": String::from_utf8_lossy(&response.body),
            "headers": single,
            "multiValueHeaders": multi,
            "log": log,
            "latency": u64::try_from(latency).unwrap_or(u64::MAX),
        }))
    }
}

/// The execution log, as a test shows it.
pub(super) fn told(exchange: &Exchange, ask: &Ask<'_>) -> String {
    let time = ask.now.strftime("%a %b %d %H:%M:%S UTC %Y").to_string();
    let mut log = format!("Execution log for request {}\n", exchange.request_id);
    for line in exchange.log.lines(Level::Data) {
        log.push_str(&format!("{time} : {line}\n"));
    }
    log
}

/// What the path's segments say for the resource's variables; nothing where they do not fit.
fn path_parameters(pattern: &str, path: &str) -> Map<String> {
    let parts: Vec<&str> = pattern.trim_matches('/').split('/').collect();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let mut found = Map::new();
    for (position, part) in parts.iter().enumerate() {
        let Some(segment) = segments.get(position) else { return Map::new() };
        let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
            if part != segment {
                return Map::new();
            }
            continue;
        };
        match name.strip_suffix('+') {
            Some(name) => found.insert(name.to_owned(), segments[position..].join("/")),
            None => found.insert(name.to_owned(), (*segment).to_owned()),
        };
    }
    found
}
