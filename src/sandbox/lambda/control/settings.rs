use serde_json::{Map, Value};

use super::super::entity::{LayerReference, Runtime, Settings, Tracing};
use super::constraint::{invalid, missing, number, serialization, text, violated, word};
use super::variables;
use crate::sandbox::ServiceError;

/// Finds the layer version that an ARN names.
pub(super) type FindLayer<'a> = &'a dyn Fn(&str) -> Result<LayerReference, ServiceError>;

/// Reads the settings of `CreateFunction`.
pub(super) fn create(body: &Map<String, Value>, find: FindLayer<'_>) -> Result<Settings, ServiceError> {
    let runtime = given(body, "Runtime");
    let handler = given(body, "Handler");
    let (Some(runtime), Some(_)) = (runtime, handler) else {
        // A value that breaks its constraint is told before what is lacking.
        if let Some(architectures) = given(body, "Architectures") {
            architecture(architectures)?;
        }
        if let Some(size) = given(body, "EphemeralStorage").and_then(|storage| storage.get("Size")) {
            number(size, "ephemeralStorage.size", 512, 10_240)?;
        }
        return Err(invalid(
            "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
        ));
    };
    let mut settings = Settings {
        runtime: read_runtime(runtime)?,
        role: String::new(),
        handler: String::new(),
        description: String::new(),
        timeout: 3,
        memory: 128,
        variables: std::collections::BTreeMap::new(),
        has_environment: false,
        layers: vec![],
        ephemeral: 512,
        tracing: Tracing::PassThrough,
        architecture: "x86_64".to_owned(),
        dead_letter: None,
        kms_key: None,
        log_format: "Text".to_owned(),
        log_group: None,
        application_log_level: None,
        system_log_level: None,
        snap_start: "None".to_owned(),
    };
    if given(body, "Role").is_none() {
        return Err(missing("role"));
    }
    if let Some(architectures) = given(body, "Architectures") {
        settings.architecture = architecture(architectures)?;
    }
    merge(&mut settings, body, find)?;
    Ok(settings)
}

/// Takes over what `UpdateFunctionConfiguration` gives; everything else stays.
pub(super) fn merge(
    settings: &mut Settings,
    body: &Map<String, Value>,
    find: FindLayer<'_>,
) -> Result<(), ServiceError> {
    if let Some(value) = given(body, "Runtime") {
        settings.runtime = read_runtime(value)?;
    }
    if let Some(value) = given(body, "Role") {
        settings.role = role(value)?;
    }
    if let Some(value) = given(body, "Handler") {
        let handler = text(value, "handler", 128)?;
        if handler.is_empty() || handler.contains(char::is_whitespace) {
            return Err(violated(handler, "handler", r"satisfy regular expression pattern: [^\s]+"));
        }
        handler.clone_into(&mut settings.handler);
    }
    if let Some(value) = given(body, "Description") {
        text(value, "description", 256)?.clone_into(&mut settings.description);
    }
    if let Some(value) = given(body, "Timeout") {
        settings.timeout = number(value, "timeout", 1, 900)?;
    }
    if let Some(value) = given(body, "MemorySize") {
        settings.memory = number(value, "memorySize", 128, 10_240)?;
    }
    if let Some(value) = given(body, "Environment") {
        settings.variables = variables::read(value)?;
        settings.has_environment = true;
    }
    if let Some(value) = given(body, "Layers") {
        settings.layers = layers(value, find)?;
    }
    if let Some(value) = given(body, "EphemeralStorage") {
        let size = value.get("Size").ok_or_else(|| missing("ephemeralStorage.size"))?;
        settings.ephemeral = number(size, "ephemeralStorage.size", 512, 10_240)?;
    }
    if let Some(mode) = given(body, "TracingConfig").and_then(|config| config.get("Mode")) {
        let mode = word(mode, "tracingConfig.mode", &["Active", "PassThrough"])?;
        settings.tracing = if mode == "Active" { Tracing::Active } else { Tracing::PassThrough };
    }
    if let Some(target) = given(body, "DeadLetterConfig").and_then(|config| config.get("TargetArn")) {
        let target = text(target, "deadLetterConfig.targetArn", 2048)?;
        settings.dead_letter = (!target.is_empty()).then(|| target.to_owned());
    }
    if let Some(key) = given(body, "KMSKeyArn") {
        let key = text(key, "kMSKeyArn", 2048)?;
        settings.kms_key = (!key.is_empty()).then(|| key.to_owned());
    }
    if let Some(apply) = given(body, "SnapStart").and_then(|config| config.get("ApplyOn")) {
        word(apply, "snapStart.applyOn", &["PublishedVersions", "None"])?
            .clone_into(&mut settings.snap_start);
        if settings.snap_start != "None" && !settings.runtime.can_snap_start() {
            return Err(invalid(format!(
                "{} is not supported for SnapStart enabled functions.",
                settings.runtime
            )));
        }
    }
    if let Some(config) = given(body, "LoggingConfig") {
        logging(settings, config)?;
    }
    for refused in [
        "VpcConfig",
        "FileSystemConfigs",
        "ImageConfig",
        "DurableConfig",
        "TenancyConfig",
        "CapacityProviderConfig",
    ] {
        if let Some(value) = given(body, refused)
            && !is_empty(value)
        {
            return Err(ServiceError::not_covered("lambda", &format!("functions with {refused}")));
        }
    }
    Ok(())
}

/// Reads `Architectures`, a list of one.
pub(super) fn architecture(value: &Value) -> Result<String, ServiceError> {
    match value.as_array().map(Vec::as_slice) {
        Some([one]) => match one.as_str() {
            Some(name @ ("x86_64" | "arm64")) => Ok(name.to_owned()),
            _ => Err(violated(
                &listed(value),
                "architectures",
                "satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
            )),
        },
        Some(_) => Err(violated(&listed(value), "architectures", "have length less than or equal to 1")),
        None => Err(serialization(value, "a list")),
    }
}

/// Shows a list as AWS's messages do: `[a, b]`.
pub(super) fn listed(value: &Value) -> String {
    let items: Vec<String> = value
        .as_array()
        .into_iter()
        .flatten()
        .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
        .collect();
    format!("[{}]", items.join(", "))
}

fn logging(settings: &mut Settings, config: &Value) -> Result<(), ServiceError> {
    if let Some(format) = config.get("LogFormat") {
        word(format, "loggingConfig.logFormat", &["JSON", "Text"])?.clone_into(&mut settings.log_format);
    }
    if let Some(group) = config.get("LogGroup") {
        settings.log_group = Some(text(group, "loggingConfig.logGroup", 512)?.to_owned());
    }
    let level = |key: &str, member: &str| {
        let levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
        config.get(key).map(|level| word(level, member, &levels).map(str::to_owned)).transpose()
    };
    let application = level("ApplicationLogLevel", "loggingConfig.applicationLogLevel")?;
    let system = level("SystemLogLevel", "loggingConfig.systemLogLevel")?;
    if settings.log_format == "Text" {
        if application.is_some() || system.is_some() {
            return Err(invalid(
                "LogLevel is not supported when LogFormat is set to \"Text\". Remove LogLevel from your request or change the \
                 LogFormat to \"JSON\" and try again.",
            ));
        }
        (settings.application_log_level, settings.system_log_level) = (None, None);
    } else {
        let or_info =
            |new: Option<String>, old: Option<String>| new.or(old).or_else(|| Some("INFO".to_owned()));
        settings.application_log_level = or_info(application, settings.application_log_level.take());
        settings.system_log_level = or_info(system, settings.system_log_level.take());
    }
    Ok(())
}

fn layers(value: &Value, find: FindLayer<'_>) -> Result<Vec<LayerReference>, ServiceError> {
    let arns = value.as_array().ok_or_else(|| serialization(value, "a list"))?;
    if arns.len() > 5 {
        return Err(invalid("Cannot reference more than 5 layers."));
    }
    let mut out: Vec<LayerReference> = vec![];
    for arn in arns {
        let arn = arn.as_str().ok_or_else(|| serialization(arn, "a string"))?;
        let found = find(arn)?;
        let (layer, _) = arn.rsplit_once(':').unwrap_or((arn, ""));
        let twin =
            out.iter().find(|other| other.arn.rsplit_once(':').is_some_and(|(other, _)| other == layer));
        if let Some(twin) = twin {
            return Err(invalid(format!(
                "Two different versions of the same layer are not allowed to be referenced in the same function. {} and {arn} are \
                 versions of the same layer.",
                twin.arn
            )));
        }
        out.push(found);
    }
    Ok(out)
}

fn read_runtime(value: &Value) -> Result<Runtime, ServiceError> {
    let name = value.as_str().ok_or_else(|| serialization(value, "a string"))?;
    Runtime::parse(name).ok_or_else(|| {
        invalid(format!(
            "Value {name} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{}] or be a valid ARN",
            Runtime::known()
        ))
    })
}

/// Reads the ARN of a role; whether there is one is another question.
fn role(value: &Value) -> Result<String, ServiceError> {
    let arn = value.as_str().ok_or_else(|| serialization(value, "a string"))?;
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let role = match parts[..] {
        ["arn", "aws", "iam", "", account, role]
            if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) =>
        {
            role.strip_prefix("role/").or_else(|| role.strip_prefix("role"))
        }
        _ => None,
    };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&byte);
    match role {
        Some(role) if !role.is_empty() && role.bytes().all(allowed) => Ok(arn.to_owned()),
        _ => Err(violated(
            arn,
            "role",
            r"satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
        )),
    }
}

fn given<'a>(body: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    body.get(key).filter(|value| !value.is_null())
}

/// Whether a structure says nothing: SDKs send empty ones.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.values().all(is_empty),
        Value::Array(list) => list.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Null | Value::Bool(false) => true,
        _ => false,
    }
}
