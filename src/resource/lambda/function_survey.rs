use aws_sdk_lambda::operation::get_function::GetFunctionOutput;
use aws_sdk_lambda::types::{
    AliasConfiguration, ApplicationLogLevel, FunctionConfiguration, LogFormat, LoggingConfig, SystemLogLevel,
};
use serde_json::{Value, json};

use super::function_parts;
use crate::aws::{Clients, Found, Outcome};
use crate::evidence::Resource;
use crate::resource::parallel::{READS, each};
use crate::resource::properties::{Shaped, parsed, sorted};
use crate::resource::schema::Schema;
use crate::resource::survey::{Survey, seen, tagged};

/// Reads the functions of account and region with their aliases, URLs, and what becomes of asynchronous calls.
///
/// `attributes.Policy` is the resource policy, or null where there is none; it is absent where it could not be read.
pub(super) async fn survey(clients: &Clients, schema: &'static Schema) -> Survey {
    let mut survey = Survey::default();
    let listed = clients.lambda.list_functions().into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("lambda:ListFunctions");
    let Some(functions) = survey.keep(schema.kind, listed) else { return survey };
    let names: Vec<String> = functions.into_iter().filter_map(|function| function.function_name).collect();
    let parts = each(names, READS, |name| {
        let clients = clients.clone();
        async move { function(&clients, schema, &name).await }
    })
    .await;
    survey.absorb_all(parts);
    survey
}

async fn function(clients: &Clients, schema: &Schema, name: &str) -> Survey {
    let mut survey = Survey::default();
    let key = format!("{}/{name}", schema.kind);
    let lambda = &clients.lambda;
    let read = lambda.get_function().function_name(name).send().await.during("lambda:GetFunction");
    let Some(output) = survey.keep(&key, read) else { return survey };
    let Some(configuration) = output.configuration() else { return survey };

    let mut resource = seen(schema, name, name, shape(&output, configuration));
    resource.arn = configuration.function_arn().map(str::to_owned);
    resource.attributes = attributes(configuration);
    let policy = lambda.get_policy().function_name(name).send().await.during("lambda:GetPolicy").found();
    if let Some(policy) = survey.keep(&key, policy) {
        resource.attributes["Policy"] =
            policy.and_then(|output| output.policy).map_or(Value::Null, |text| parsed(&text));
    }
    let tags = output.tags().cloned().unwrap_or_default();
    survey.resources.push(tagged(resource, tags));

    let listed = lambda.list_aliases().function_name(name).into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("lambda:ListAliases");
    for each in survey.keep(format!("AWS::Lambda::Alias/{name}"), listed).unwrap_or_default() {
        let policy = match each.name() {
            Some(alias) => {
                let call = lambda.get_policy().function_name(name).qualifier(alias);
                survey.keep(&key, call.send().await.during("lambda:GetPolicy").found()).flatten()
            }
            None => None,
        };
        survey.resources.push(alias(name, &each, policy.and_then(|output| output.policy)));
    }
    function_parts::survey(clients, &mut survey, name).await;
    survey
}

fn shape(output: &GetFunctionOutput, configuration: &FunctionConfiguration) -> Value {
    let variables = configuration.environment().and_then(|environment| environment.variables());
    let layers: Vec<Value> =
        configuration.layers().iter().filter_map(|layer| layer.arn()).map(Value::from).collect();
    let architectures: Vec<Value> =
        configuration.architectures().iter().map(|architecture| json!(architecture.as_str())).collect();
    let reserved =
        output.concurrency().and_then(aws_sdk_lambda::types::Concurrency::reserved_concurrent_executions);
    let failures = configuration.dead_letter_config().and_then(|failures| failures.target_arn());
    let failures = failures.filter(|target| !target.is_empty());
    let mode = configuration.tracing_config().and_then(|tracing| tracing.mode());
    Shaped::new()
        .maybe("FunctionName", configuration.function_name())
        .text("Description", configuration.description())
        .maybe("Runtime", configuration.runtime().map(aws_sdk_lambda::types::Runtime::as_str))
        .maybe("Handler", configuration.handler())
        .maybe("Role", configuration.role())
        .maybe("Timeout", configuration.timeout())
        .maybe("MemorySize", configuration.memory_size())
        .filled(
            "Environment",
            variables.map_or(Value::Null, |variables| json!({"Variables": sorted(Some(variables))})),
        )
        .maybe(
            "EphemeralStorage",
            configuration.ephemeral_storage().map(|storage| json!({"Size": storage.size()})),
        )
        .filled("Layers", layers.into())
        .filled("Architectures", architectures.into())
        .maybe("DeadLetterConfig", failures.map(|target| json!({"TargetArn": target})))
        .filled("LoggingConfig", configuration.logging_config().map_or(Value::Null, logging))
        .maybe("TracingConfig", mode.map(|mode| json!({"Mode": mode.as_str()})))
        .maybe("ReservedConcurrentExecutions", reserved)
        .done()
}

fn logging(config: &LoggingConfig) -> Value {
    let level = config.application_log_level().map(ApplicationLogLevel::as_str);
    Shaped::new()
        .maybe("ApplicationLogLevel", level)
        .maybe("LogFormat", config.log_format().map(LogFormat::as_str))
        .maybe("LogGroup", config.log_group())
        .maybe("SystemLogLevel", config.system_log_level().map(SystemLogLevel::as_str))
        .done()
}

fn attributes(configuration: &FunctionConfiguration) -> Value {
    Shaped::new()
        .maybe("State", configuration.state().map(aws_sdk_lambda::types::State::as_str))
        .maybe("StateReason", configuration.state_reason())
        .maybe(
            "LastUpdateStatus",
            configuration.last_update_status().map(aws_sdk_lambda::types::LastUpdateStatus::as_str),
        )
        .maybe("LastUpdateStatusReason", configuration.last_update_status_reason())
        .maybe("CodeSha256", configuration.code_sha256())
        .maybe("CodeSize", (configuration.code_size() > 0).then(|| configuration.code_size()))
        .maybe("LastModified", configuration.last_modified())
        .maybe("PackageType", configuration.package_type().map(aws_sdk_lambda::types::PackageType::as_str))
        .done()
}

fn alias(function: &str, alias: &AliasConfiguration, policy: Option<String>) -> Resource {
    let name = alias.name().unwrap_or_default();
    let weights = alias.routing_config().and_then(|routing| routing.additional_version_weights());
    let mut weights: Vec<_> = weights.into_iter().flatten().collect();
    weights.sort_by_key(|(version, _)| *version);
    let weights: Vec<Value> = weights
        .into_iter()
        .map(|(version, weight)| json!({"FunctionVersion": version, "FunctionWeight": weight}))
        .collect();
    let routing = if weights.is_empty() { Value::Null } else { json!({"AdditionalVersionWeights": weights}) };
    let properties = Shaped::new()
        .with("FunctionName", function)
        .with("Name", name)
        .maybe("FunctionVersion", alias.function_version())
        .text("Description", alias.description())
        .filled("RoutingConfig", routing)
        .done();
    let schema = &super::alias::SCHEMA;
    let arn = alias.alias_arn().unwrap_or_default();
    let mut resource = seen(schema, &format!("{function}/{name}"), arn, properties);
    resource.arn = Some(arn.to_owned());
    resource.attributes["Policy"] = policy.map_or(Value::Null, |text| parsed(&text));
    resource
}
