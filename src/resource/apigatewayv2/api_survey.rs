use aws_sdk_apigatewayv2::types::{Api, RouteSettings, Stage};
use serde_json::{Map, Value, json};

use super::{api, cors, parts_survey, served, stage};
use crate::aws::{Clients, ErrorClass, Failure, Outcome};
use crate::resource::pages::pages;
use crate::resource::parallel::{READS, each};
use crate::resource::properties::{Shaped, parsed, sorted};
use crate::resource::survey::{Survey, seen, tagged};

/// Reads the HTTP APIs of account and region with all their parts.
///
/// A stage's `attributes.live` is `{source, routes}` as a REST API's is: what its deployment holds, or, where the target cannot tell
/// that, what the API holds now (`source: draft`).
pub(super) async fn survey(clients: &Clients) -> Survey {
    let mut survey = Survey::default();
    let listed = pages(async |token| {
        let output = clients.apigatewayv2.get_apis().set_next_token(token).send().await;
        let output = output.during("apigateway:GetApis")?;
        Ok((output.items, output.next_token))
    });
    let Some(apis) = survey.keep(api::SCHEMA.kind, listed.await) else { return survey };
    let http = |api: &Api| api.protocol_type().is_none_or(|protocol| protocol.as_str() == "HTTP");
    let apis = apis.into_iter().filter(http).collect();
    let parts = each(apis, READS, |api| {
        let clients = clients.clone();
        async move { whole(&clients, &api).await }
    })
    .await;
    survey.absorb_all(parts);
    survey
}

async fn whole(clients: &Clients, found: &Api) -> Survey {
    let mut survey = Survey::default();
    let id = found.api_id().unwrap_or_default();
    let properties = Shaped::new()
        .maybe("Name", found.name())
        .text("Description", found.description())
        .with("ProtocolType", "HTTP")
        .maybe("CorsConfiguration", found.cors_configuration().map(cors::shape))
        .with("DisableExecuteApiEndpoint", found.disable_execute_api_endpoint().unwrap_or(false))
        .text("Version", found.version())
        .done();
    let mut itself = seen(&api::SCHEMA, id, id, properties);
    itself.arn = Some(api::arn(&clients.endpoint.region, id));
    itself.attributes = Shaped::new().maybe("ApiEndpoint", found.api_endpoint()).done();
    survey.resources.push(tagged(itself, found.tags().cloned().unwrap_or_default()));
    let draft = parts_survey::parts(clients, &mut survey, id).await;
    stages(clients, &mut survey, id, &draft).await;
    survey
}

async fn stages(clients: &Clients, survey: &mut Survey, api: &str, draft: &[Value]) {
    let listed = pages(async |token| {
        let output = clients.apigatewayv2.get_stages().api_id(api).set_next_token(token).send().await;
        let output = output.during("apigateway:GetStages")?;
        Ok((output.items, output.next_token))
    });
    let listed = survey.keep(format!("{}/{api}", stage::SCHEMA.kind), listed.await);
    for each in listed.unwrap_or_default() {
        let name = each.stage_name().unwrap_or_default();
        let mut found = seen(&stage::SCHEMA, &format!("{api}/{name}"), name, shape(api, &each));
        found.arn = Some(stage::arn(&clients.endpoint.region, api, name));
        let live = match each.deployment_id() {
            Some(_) => live(clients, api, name, draft).await,
            // Nothing was deployed to it yet.
            None => Ok(json!({ "source": "deployment", "routes": [] })),
        };
        match live {
            Ok(live) => found.attributes["live"] = live,
            Err(failure) => survey.gap(&found.key, &failure),
        }
        if let Some(message) = each.last_deployment_status_message() {
            found.attributes["LastDeploymentStatusMessage"] = message.into();
        }
        survey.resources.push(tagged(found, each.tags.unwrap_or_default()));
    }
}

fn shape(api: &str, stage: &Stage) -> Value {
    let log = stage.access_log_settings().filter(|log| log.destination_arn().is_some());
    let log = log.map(|log| json!({ "DestinationArn": log.destination_arn(), "Format": log.format() }));
    let by_route = stage.route_settings().into_iter().flatten();
    let mut by_route: Vec<_> = by_route.map(|(key, given)| (key.clone(), settings(given))).collect();
    by_route.sort_by(|(one, _), (other, _)| one.cmp(other));
    Shaped::new()
        .with("ApiId", api)
        .maybe("StageName", stage.stage_name())
        .with("AutoDeploy", stage.auto_deploy().unwrap_or(false))
        .maybe("DeploymentId", stage.deployment_id())
        .text("Description", stage.description())
        .maybe("AccessLogSettings", log)
        .filled("DefaultRouteSettings", stage.default_route_settings().map_or(Value::Null, settings))
        .filled("RouteSettings", by_route.into_iter().collect::<Map<_, _>>().into())
        .filled("StageVariables", sorted(stage.stage_variables()))
        .done()
}

fn settings(settings: &RouteSettings) -> Value {
    Shaped::new()
        .maybe("DetailedMetricsEnabled", settings.detailed_metrics_enabled())
        .maybe("ThrottlingBurstLimit", settings.throttling_burst_limit())
        .maybe("ThrottlingRateLimit", settings.throttling_rate_limit())
        .done()
}

/// Returns what a stage serves. A target that knows no exports has told what the API holds now.
async fn live(clients: &Clients, api: &str, stage: &str, draft: &[Value]) -> Result<Value, Failure> {
    let call = clients
        .apigatewayv2
        .export_api()
        .api_id(api)
        .stage_name(stage)
        .specification("OAS30")
        .output_type("JSON")
        .include_extensions(true);
    match call.send().await.during("apigateway:ExportApi") {
        Ok(output) => {
            let bytes = output.body.map(aws_sdk_apigatewayv2::primitives::Blob::into_inner);
            let export = parsed(&String::from_utf8_lossy(&bytes.unwrap_or_default()));
            Ok(json!({ "source": "deployment", "routes": served::routes(&export) }))
        }
        Err(failure) if unknown(&failure) => Ok(json!({ "source": "draft", "routes": draft })),
        Err(failure) => Err(failure),
    }
}

/// Whether the target does not know the operation at all: emulators say so in several ways.
fn unknown(failure: &Failure) -> bool {
    match failure.class {
        ErrorClass::Unsupported | ErrorClass::Other => true,
        ErrorClass::Missing => !failure.has_code("NotFoundException"),
        ErrorClass::Unreachable => failure.code.is_none(),
        _ => false,
    }
}
