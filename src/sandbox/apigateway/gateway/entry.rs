use super::address::Address;
use super::exchange::Exchange;
use super::execution_log::ExecutionLog;
use super::{ExecuteApi, headers};
use crate::sandbox::Request;
use crate::sandbox::apigateway::control::cache_prefix;
use crate::sandbox::apigateway::entity::{AccessLogSettings, Map, MethodSetting};

/// What a stage says of its requests that is not part of what was deployed: it holds at once, without a deployment.
#[derive(Debug, Clone, Default)]
pub(super) struct StageView {
    /// By `RESOURCE_PATH/METHOD`, or `*/*`.
    pub settings: Map<MethodSetting>,
    pub access_log: Option<AccessLogSettings>,
    /// What the answers of the stage's cache are kept under, if it has one.
    pub cache: Option<String>,
    /// The role that API Gateway writes logs with, of the account's settings.
    pub log_role: Option<String>,
}

impl StageView {
    /// The setting for a request's method, with its key: its own before the one for all.
    pub(super) fn setting(&self, exchange: &Exchange) -> Option<(&String, &MethodSetting)> {
        if self.settings.is_empty() {
            return None;
        }
        let path = exchange.resource_path();
        let verb = &exchange.method;
        let encoded = path.replace('/', "~1");
        let spellings = [
            format!("{encoded}/{verb}"),
            format!("{}/{verb}", encoded.trim_start_matches("~1")),
            format!("{}/{verb}", path.trim_start_matches('/')),
            "*/*".to_owned(),
        ];
        spellings.iter().find_map(|name| self.settings.get_key_value(name))
    }
}

impl ExecuteApi {
    /// Finds API and stage, and gathers what is known of the request. `None` when one of them is not there.
    pub(super) fn open(
        &self,
        request: &Request,
        address: &Address,
        request_id: &str,
        extended: &str,
    ) -> Option<(Exchange, StageView)> {
        let draw = self.draw();
        let opened = self.state().with_api(&address.api, |scope, region, api| {
            let name = percent_encoding::percent_decode_str(&address.stage).decode_utf8_lossy();
            let stage = api.stages.get(name.as_ref())?;
            let mut deployment = stage.deployment_id.clone();
            let mut variables = stage.variables.clone();
            let canary = stage.canary_settings.as_ref().filter(|canary| draw < canary.percent_traffic);
            if let Some(canary) = canary {
                deployment = canary.deployment_id.clone().unwrap_or(deployment);
                variables.extend(canary.stage_variable_overrides.clone());
            }
            let frozen = api.deployments.get(&deployment)?.frozen.clone();
            // Turning the endpoint off needs a deployment, too; a custom domain name leads past it.
            if frozen.definition().rest_api.disable_execute_api_endpoint && address.base_path.is_none() {
                return None;
            }
            let view = StageView {
                settings: stage.method_settings.clone(),
                access_log: stage.access_log_settings.clone(),
                cache: stage.cache_cluster_enabled.then(|| {
                    let own = canary.filter(|canary| !canary.use_stage_cache).map_or("", |_| "canary/");
                    cache_prefix(&address.api, stage) + own
                }),
                log_role: region.account.cloudwatch_role_arn.clone(),
            };
            let flushes = region.flushes.get(&format!("{}/{name}", address.api)).copied().unwrap_or_default();
            let source_ip = request.peer.to_string();
            let trace_id = self.trace_id(request.header("x-amzn-trace-id"), request.received);
            let domain = if address.by_host {
                let host = request.header("host").unwrap_or_default();
                host.rsplit_once(':').map_or(host, |(name, _)| name).to_owned()
            } else {
                format!("{}.execute-api.{}.amazonaws.com", address.api, scope.region)
            };
            let verb = request.method.as_str().to_owned();
            let found = frozen.routes().find(&verb, &address.path).unwrap_or_default();
            let types = &frozen.definition().rest_api.endpoint_configuration.types;
            let edge = types.iter().any(|kind| kind == "EDGE");
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
                sent: address.sent.clone(),
                base_path: address.base_path.clone(),
                api: address.api.clone(),
                flushes,
                authorizer: serde_json::Map::new(),
                caller: None,
                api_key: None,
                scope: scope.clone(),
                frozen,
                stage: stage.stage_name.clone(),
                deployment,
                is_canary: stage.canary_settings.as_ref().map(|_| canary.is_some()),
                variables,
                verb,
                peer: request.peer,
                log: ExecutionLog::default(),
                source_ip,
                domain,
                trace_id,
            };
            Some((exchange, view))
        });
        let (mut exchange, view) = opened??;
        if view.log_role.is_some() && (view.access_log.is_some() || view.setting(&exchange).is_some()) {
            exchange.log = ExecutionLog::kept();
        }
        Some((exchange, view))
    }
}
