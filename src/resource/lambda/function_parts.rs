use aws_sdk_lambda::types::{Cors, FunctionEventInvokeConfig, FunctionUrlConfig};
use serde_json::{Value, json};

use super::permission::target_of;
use super::{event_invoke_config, url};
use crate::aws::{Clients, Outcome};
use crate::evidence::Resource;
use crate::resource::properties::Shaped;
use crate::resource::survey::{Survey, seen};

/// Reads a function's URLs, and what becomes of its asynchronous calls.
pub(super) async fn survey(clients: &Clients, survey: &mut Survey, function: &str) {
    let lambda = &clients.lambda;
    let listed = lambda.list_function_url_configs().function_name(function).into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("lambda:ListFunctionUrlConfigs");
    let urls = survey.keep(format!("{}/{function}", url::SCHEMA.kind), listed).unwrap_or_default();
    survey.resources.extend(urls.iter().map(|each| address(function, each)));

    let listed = lambda.list_function_event_invoke_configs().function_name(function);
    let listed = listed.into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("lambda:ListFunctionEventInvokeConfigs");
    let kind = event_invoke_config::SCHEMA.kind;
    let configs = survey.keep(format!("{kind}/{function}"), listed).unwrap_or_default();
    survey.resources.extend(configs.iter().map(|each| invocations(function, each)));
}

/// A URL; `attributes.FunctionUrl` is the address.
fn address(function: &str, config: &FunctionUrlConfig) -> Resource {
    let (_, qualifier) = target_of(config.function_arn());
    let properties = Shaped::new()
        .with("TargetFunctionArn", config.function_arn())
        .maybe("Qualifier", qualifier.clone())
        .with("AuthType", config.auth_type().as_str())
        .maybe("InvokeMode", config.invoke_mode().map(aws_sdk_lambda::types::InvokeMode::as_str))
        .maybe("Cors", config.cors().map(cors))
        .done();
    let place = qualifier.map_or_else(|| function.to_owned(), |qualifier| format!("{function}/{qualifier}"));
    let mut resource = seen(&url::SCHEMA, &place, config.function_arn(), properties);
    resource.attributes = json!({ "FunctionUrl": config.function_url() });
    resource
}

fn cors(cors: &Cors) -> Value {
    Shaped::new()
        .maybe("AllowCredentials", cors.allow_credentials())
        .filled("AllowHeaders", cors.allow_headers().into())
        .filled("AllowMethods", cors.allow_methods().into())
        .filled("AllowOrigins", cors.allow_origins().into())
        .filled("ExposeHeaders", cors.expose_headers().into())
        .maybe("MaxAge", cors.max_age())
        .done()
}

fn invocations(function: &str, config: &FunctionEventInvokeConfig) -> Resource {
    let (_, qualifier) = target_of(config.function_arn().unwrap_or_default());
    let qualifier = qualifier.unwrap_or_else(|| "$LATEST".to_owned());
    let destinations = config.destination_config();
    let failure = destinations.and_then(|all| all.on_failure()).and_then(|one| one.destination());
    let success = destinations.and_then(|all| all.on_success()).and_then(|one| one.destination());
    let target = |arn: Option<&str>| Some(json!({ "Destination": arn.filter(|arn| !arn.is_empty())? }));
    let destinations =
        Shaped::new().maybe("OnFailure", target(failure)).maybe("OnSuccess", target(success)).done();
    let properties = Shaped::new()
        .with("FunctionName", function)
        .with("Qualifier", qualifier.clone())
        .maybe("MaximumEventAgeInSeconds", config.maximum_event_age_in_seconds())
        .maybe("MaximumRetryAttempts", config.maximum_retry_attempts())
        .filled("DestinationConfig", destinations)
        .done();
    let place = format!("{function}/{qualifier}");
    seen(&event_invoke_config::SCHEMA, &place, place.clone(), properties)
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::types::{DestinationConfig, OnFailure};

    use super::*;

    #[test]
    fn destinations_that_are_empty_are_none() {
        let none = DestinationConfig::builder().on_failure(OnFailure::builder().destination("").build());
        let config = FunctionEventInvokeConfig::builder()
            .function_arn("arn:aws:lambda:eu-west-1:123456789012:function:work:live")
            .maximum_retry_attempts(0)
            .destination_config(none.build());
        let seen = invocations("work", &config.build());
        let expected = json!({"FunctionName": "work", "Qualifier": "live", "MaximumRetryAttempts": 0});
        assert_eq!(
            (seen.key.as_str(), seen.properties),
            ("AWS::Lambda::EventInvokeConfig/work/live", expected)
        );
    }
}
