use std::collections::{BTreeMap, HashMap};

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{
    ApplicationLogLevel, Architecture, DeadLetterConfig, Environment, EphemeralStorage, FunctionCode,
    LogFormat, LoggingConfig, Runtime, SystemLogLevel, TracingConfig, TracingMode,
};

use super::function_survey::survey;
use super::package::Code;
use super::settled::settled;
use crate::aws::{Clients, Failure, Found, Outcome, Patience, patiently};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Name, Property, Schema, Shape, TAGS, TEXT_MAP, TEXTS};
use crate::resource::survey::Survey;
use crate::resource::tags::dropped;

const APPLICATION_LEVELS: [&str; 6] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-function.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::Lambda::Function",
    properties: &[
        Property::new("Architectures", Shape::List(&Shape::Choice(&["x86_64", "arm64"]))),
        Property::new(
            "Code",
            Shape::PathOr(&[
                Property::text("S3Bucket"),
                Property::text("S3Key"),
                Property::text("S3ObjectVersion"),
                Property::text("ZipFile"),
            ]),
        )
        .required(),
        Property::new("DeadLetterConfig", Shape::Object(&[Property::text("TargetArn")])),
        Property::text("Description"),
        Property::new("Environment", Shape::Object(&[Property::new("Variables", TEXT_MAP)])),
        Property::new("EphemeralStorage", Shape::Object(&[Property::new("Size", Shape::Integer).required()])),
        Property::text("FunctionName").create_only(),
        Property::text("Handler"),
        Property::new("Layers", TEXTS),
        Property::new(
            "LoggingConfig",
            Shape::Object(&[
                Property::new("ApplicationLogLevel", Shape::Choice(&APPLICATION_LEVELS)),
                Property::new("LogFormat", Shape::Choice(&["JSON", "Text"])),
                Property::text("LogGroup"),
                Property::new("SystemLogLevel", Shape::Choice(&["DEBUG", "INFO", "WARN"])),
            ]),
        ),
        Property::new("MemorySize", Shape::Integer),
        Property::new("ReservedConcurrentExecutions", Shape::Integer),
        Property::text("Role").required(),
        Property::text("Runtime"),
        Property::new("Tags", TAGS),
        Property::new("Timeout", Shape::Integer),
        Property::new(
            "TracingConfig",
            Shape::Object(&[Property::new("Mode", Shape::Choice(&["Active", "PassThrough"]))]),
        ),
    ],
    attributes: &["Arn"],
    name: Some(Name { property: "FunctionName", longest: 64 }),
    part_of: None,
    taggable: true,
};

/// The properties that UpdateFunctionConfiguration changes.
const CONFIGURATION: &[&str] = &[
    "DeadLetterConfig",
    "Description",
    "Environment",
    "EphemeralStorage",
    "Handler",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "Role",
    "Runtime",
    "Timeout",
    "TracingConfig",
];

/// A function: `Ref` returns its name.
#[derive(Debug)]
pub(crate) struct Function;

impl ResourceType for Function {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(create(clients, wanted))
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(update(clients, standing, wanted))
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let name = &standing.made.id;
            let call = clients.lambda.delete_function().function_name(name);
            call.send().await.during("lambda:DeleteFunction").found()?;
            forget_log(clients, name).await;
            Ok(())
        })
    }

    fn forget<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, ()> {
        Box::pin(forget_log(clients, &standing.made.id))
    }

    fn digest(&self, wanted: &Wanted) -> Result<Option<String>, Failure> {
        Ok(Code::of(wanted.properties(), "Code", &wanted.files)?.digest())
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(survey(clients, &SCHEMA))
    }
}

async fn create(clients: &Clients, wanted: &Wanted) -> Result<Made, Incomplete> {
    let properties = wanted.properties();
    let name = wanted.name_in("FunctionName");
    let code = match Code::of(properties, "Code", &wanted.files)? {
        Code::Zip(bytes) => FunctionCode::builder().zip_file(Blob::new(bytes)).build(),
        Code::Stored { bucket, key, version } => {
            FunctionCode::builder().s3_bucket(bucket).s3_key(key).set_s3_object_version(version).build()
        }
    };
    let call = clients
        .lambda
        .create_function()
        .function_name(&name)
        .code(code)
        .set_runtime(properties.text("Runtime").map(|runtime| Runtime::from(runtime.as_str())))
        .set_handler(properties.text("Handler"))
        .role(properties.need("Role")?)
        .set_description(properties.text("Description"))
        .set_timeout(properties.integer("Timeout"))
        .set_memory_size(properties.integer("MemorySize"))
        .set_environment(environment(properties))
        .set_ephemeral_storage(storage(properties)?)
        .set_dead_letter_config(dead_letters(properties))
        .set_layers(layers(properties))
        .set_logging_config(properties.object("LoggingConfig").map(logging))
        .set_architectures(architectures(properties))
        .set_tracing_config(tracing_config(properties))
        .set_tags(Some(wanted.tags.clone().into_iter().collect()));
    let output = patiently(patience(clients), passing, || async {
        call.clone().send().await.during("lambda:CreateFunction")
    })
    .await?;
    let made = Made::new(&name).maybe("Arn", output.function_arn());
    settled(clients, &name).await.map_err(Incomplete::after(&made))?;
    reserve(clients, &name, None, properties.integer("ReservedConcurrentExecutions"))
        .await
        .map_err(Incomplete::after(&made))?;
    Ok(made)
}

async fn update(clients: &Clients, standing: &Standing, wanted: &Wanted) -> Result<Made, Failure> {
    let (before, after) = (standing.properties(), wanted.properties());
    let name = &standing.made.id;
    let code = Code::of(after, "Code", &wanted.files)?;
    let stored_elsewhere = matches!(code, Code::Stored { .. }) && before.get("Code") != after.get("Code");
    if code.digest() != standing.digest
        || stored_elsewhere
        || before.get("Architectures") != after.get("Architectures")
    {
        let call = clients.lambda.update_function_code().function_name(name);
        let call = call.set_architectures(architectures(after));
        let call = match code {
            Code::Zip(bytes) => call.zip_file(Blob::new(bytes)),
            Code::Stored { bucket, key, version } => {
                call.s3_bucket(bucket).s3_key(key).set_s3_object_version(version)
            }
        };
        patiently(patience(clients), passing, || async {
            call.clone().send().await.during("lambda:UpdateFunctionCode")
        })
        .await?;
        settled(clients, name).await?;
    }
    if CONFIGURATION.iter().any(|property| before.get(property) != after.get(property)) {
        let call = clients
            .lambda
            .update_function_configuration()
            .function_name(name)
            .role(after.need("Role")?)
            .set_runtime(after.text("Runtime").map(|runtime| Runtime::from(runtime.as_str())))
            .set_handler(after.text("Handler"))
            .description(after.text("Description").unwrap_or_default())
            // What a template leaves out goes back to Lambda's default.
            .timeout(after.integer("Timeout").unwrap_or(3))
            .memory_size(after.integer("MemorySize").unwrap_or(128))
            .environment(environment(after).unwrap_or_else(no_variables))
            .set_ephemeral_storage(storage(after)?)
            .dead_letter_config(
                dead_letters(after).unwrap_or_else(|| DeadLetterConfig::builder().target_arn("").build()),
            )
            .set_layers(Some(after.texts("Layers")))
            .set_logging_config(logging_change(name, before, after))
            .set_tracing_config(tracing_config(after));
        patiently(patience(clients), passing, || async {
            call.clone().send().await.during("lambda:UpdateFunctionConfiguration")
        })
        .await?;
        settled(clients, name).await?;
    }
    let concurrency = |properties: Properties<'_>| properties.integer("ReservedConcurrentExecutions");
    reserve(clients, name, concurrency(before), concurrency(after)).await?;
    let arn = standing.made.attributes.get("Arn").and_then(|arn| arn.as_str()).unwrap_or(name);
    if standing.tags != wanted.tags {
        settle_tags(clients, arn, &standing.tags, &wanted.tags).await?;
    }
    Ok(standing.made.clone())
}

fn logging(given: Properties<'_>) -> LoggingConfig {
    LoggingConfig::builder()
        .set_application_log_level(
            given.text("ApplicationLogLevel").map(|level| ApplicationLogLevel::from(level.as_str())),
        )
        .set_log_format(given.text("LogFormat").map(|format| LogFormat::from(format.as_str())))
        .set_log_group(given.text("LogGroup"))
        .set_system_log_level(given.text("SystemLogLevel").map(|level| SystemLogLevel::from(level.as_str())))
        .build()
}

/// What a template leaves out goes back to Lambda's default.
fn logging_change(name: &str, before: Properties<'_>, after: Properties<'_>) -> Option<LoggingConfig> {
    let usual = || {
        let usual = LoggingConfig::builder().log_format(LogFormat::Text);
        usual.log_group(format!("/aws/lambda/{name}")).build()
    };
    match after.object("LoggingConfig") {
        Some(given) => Some(logging(given)),
        None => before.object("LoggingConfig").map(|_| usual()),
    }
}

/// Deletes the log group that Lambda made for a function: nothing of a scenario is to stay behind. One that may not be deleted is
/// no reason to keep the rest.
async fn forget_log(clients: &Clients, name: &str) {
    let call = clients.logs.delete_log_group().log_group_name(format!("/aws/lambda/{name}"));
    if let Err(failure) = call.send().await.during("logs:DeleteLogGroup").found() {
        tracing::debug!(%failure, "a function's log group stays");
    }
}

async fn settle_tags(
    clients: &Clients,
    arn: &str,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    let call = clients.lambda.tag_resource().resource(arn);
    let call = call.set_tags(Some(after.clone().into_iter().collect()));
    call.send().await.during("lambda:TagResource")?;
    let dropped = dropped(before, after);
    if !dropped.is_empty() {
        let call = clients.lambda.untag_resource().resource(arn).set_tag_keys(Some(dropped));
        call.send().await.during("lambda:UntagResource")?;
    }
    Ok(())
}

async fn reserve(
    clients: &Clients,
    name: &str,
    before: Option<i32>,
    after: Option<i32>,
) -> Result<(), Failure> {
    match after {
        Some(number) if before != after => {
            let call = clients.lambda.put_function_concurrency().function_name(name);
            let call = call.reserved_concurrent_executions(number);
            call.send().await.during("lambda:PutFunctionConcurrency").map(drop)
        }
        None if before.is_some() => {
            let call = clients.lambda.delete_function_concurrency().function_name(name);
            call.send().await.during("lambda:DeleteFunctionConcurrency").found().map(drop)
        }
        _ => Ok(()),
    }
}

/// A role that was just made cannot be assumed for some seconds, and a function takes one update at a time; only where changes take
/// their time is it worth waiting.
fn patience(clients: &Clients) -> Patience {
    if clients.eventual() {
        Patience::SETTLING
    } else {
        Patience { limit: std::time::Duration::ZERO, ..Patience::SETTLING }
    }
}

fn passing(failure: &Failure) -> bool {
    let role =
        failure.has_code("InvalidParameterValueException") && failure.says("cannot be assumed by Lambda");
    let update = failure.has_code("ResourceConflictException") && failure.says("update is in progress");
    role || update
}

fn environment(properties: Properties<'_>) -> Option<Environment> {
    let variables = properties.object("Environment")?.text_map("Variables")?;
    Some(Environment::builder().set_variables(Some(variables)).build())
}

fn no_variables() -> Environment {
    Environment::builder().set_variables(Some(HashMap::new())).build()
}

fn storage(properties: Properties<'_>) -> Result<Option<EphemeralStorage>, Failure> {
    let size = properties.object("EphemeralStorage").and_then(|storage| storage.integer("Size"));
    let storage = size.map(|size| EphemeralStorage::builder().size(size).build()).transpose()?;
    Ok(storage)
}

fn dead_letters(properties: Properties<'_>) -> Option<DeadLetterConfig> {
    let target = properties.object("DeadLetterConfig")?.text("TargetArn")?;
    Some(DeadLetterConfig::builder().target_arn(target).build())
}

fn layers(properties: Properties<'_>) -> Option<Vec<String>> {
    let layers = properties.texts("Layers");
    (!layers.is_empty()).then_some(layers)
}

fn architectures(properties: Properties<'_>) -> Option<Vec<Architecture>> {
    let named = properties.texts("Architectures");
    (!named.is_empty()).then(|| named.iter().map(|name| Architecture::from(name.as_str())).collect())
}

fn tracing_config(properties: Properties<'_>) -> Option<TracingConfig> {
    let mode = properties.object("TracingConfig")?.text("Mode")?;
    Some(TracingConfig::builder().mode(TracingMode::from(mode.as_str())).build())
}
