use serde_json::{Value, json};

use super::expansion::{Expansion, Inherited, attribute, reference};
use super::part::{Built, Part};
use super::referable::tag_list;
use super::{event, function_extra, role};

/// A function in the making, as its events and what else hangs on it see it.
#[derive(Debug)]
pub(super) struct Function<'a> {
    pub(super) id: &'a str,
    pub(super) properties: &'a Part<'a>,
    pub(super) inherited: Inherited,
    /// Logical id of the alias that is called in the function's place.
    pub(super) alias: Option<String>,
    /// Policies that its events need: ARNs of managed ones, and inline ones.
    pub(super) event_managed: Vec<&'static str>,
    pub(super) event_policies: Vec<Value>,
}

impl Function<'_> {
    /// What names the function in a call.
    pub(super) fn name(&self) -> Value {
        reference(self.alias.as_deref().unwrap_or(self.id))
    }

    pub(super) fn arn(&self) -> Value {
        self.alias.as_deref().map_or_else(|| attribute(self.id, "Arn"), reference)
    }

    /// What stands for the ARN in a text that is substituted.
    pub(super) fn variable(&self) -> String {
        match &self.alias {
            Some(alias) => format!("${{{alias}}}"),
            None => format!("${{{}.Arn}}", self.id),
        }
    }
}

/// Properties that a function has under the same name.
const SAME: [&str; 15] = [
    "Architectures",
    "Description",
    "Environment",
    "EphemeralStorage",
    "FileSystemConfigs",
    "FunctionName",
    "Handler",
    "KmsKeyArn",
    "LoggingConfig",
    "MemorySize",
    "PackageType",
    "ReservedConcurrentExecutions",
    "Runtime",
    "SnapStart",
    "Timeout",
];

/// A function with its role, its events, its alias and its URL.
pub(super) fn expand(expansion: &mut Expansion<'_>, id: &str, resource: &Part<'_>, properties: &Part<'_>) {
    let mut built = Built::new();
    match (properties.get("CodeUri"), properties.get("InlineCode")) {
        (_, Some(source)) => {
            built.made_of("Code", json!({ "ZipFile": source.value }), &source);
        }
        (Some(uri), None) => {
            let made = code(expansion, &uri);
            built.made_of("Code", made, &uri);
        }
        (None, None) => {
            expansion.refuse_key(&resource.at, "a function needs `CodeUri` or `InlineCode`");
        }
    }
    for key in ["Handler", "Runtime"] {
        expansion.need(properties, key, "a function");
    }
    built.take_all(properties, &SAME);
    built.take("VpcConfig", properties.get("VpcConfig"));
    built.take("Layers", properties.get("Layers"));
    let none = Value::Object(serde_json::Map::new());
    let tags = properties.get("Tags").unwrap_or_else(|| Part::new(&none, &resource.at));
    built.made_of("Tags", tag_list(&tags, Some("lambda:createdBy")), &tags);
    if let Some(mode) = properties.get("Tracing") {
        built.made_of("TracingConfig", json!({ "Mode": mode.value }), &mode);
    }
    let queue = properties.get("DeadLetterQueue");
    if let Some(queue) = &queue {
        expansion.known(queue, &["Type", "TargetArn"], "`DeadLetterQueue`");
        if !matches!(queue.text("Type"), Some("SQS" | "SNS")) {
            expansion
                .refuse(&queue.at, "a dead letter queue has the `Type` `SQS` or `SNS`, and a `TargetArn`");
        }
        if let Some(target) = expansion.need(queue, "TargetArn", "`DeadLetterQueue`") {
            built.made_of("DeadLetterConfig", json!({ "TargetArn": target.value }), &target);
        }
    }
    let mut function = Function {
        id,
        properties,
        inherited: Inherited::of(resource),
        alias: None,
        event_managed: Vec::new(),
        event_policies: Vec::new(),
    };
    function_extra::alias(expansion, &mut function, resource, &built);
    function_extra::url(expansion, &function);
    let mut more = function_extra::invoke_config(expansion, &function);
    event::expand(expansion, &mut function);
    more.append(&mut function.event_policies);
    function.event_policies = more;
    if let Some(role) = properties.get("Role") {
        built.take("Role", Some(role));
    } else {
        built.set("Role", attribute(&format!("{id}Role"), "Arn"));
        role::expand(expansion, &function, queue.as_ref());
    }
    let inherited = function.inherited.clone().and(resource, "DependsOn").and(resource, "Metadata");
    expansion.put(id, "AWS::Lambda::Function", built, &inherited);
}

/// Returns what a URI of code stands for: an object that is stored, or a path in the scenario's files.
pub(super) fn code(expansion: &mut Expansion<'_>, uri: &Part<'_>) -> Value {
    if let Some(text) = uri.value.as_str() {
        let Some(stored) = text.strip_prefix("s3://") else { return text.into() };
        let Some((bucket, key)) =
            stored.split_once('/').filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty())
        else {
            expansion.refuse(&uri.at, "the URI of an object is `s3://bucket/key`");
            return Value::Null;
        };
        let (key, version) = match key.split_once("?versionId=") {
            Some((key, version)) => (key, Some(version)),
            None => (key, None),
        };
        let mut made = json!({ "S3Bucket": bucket, "S3Key": key });
        if let Some(version) = version {
            made["S3ObjectVersion"] = version.into();
        }
        return made;
    }
    let (Some(bucket), Some(key)) = (uri.get("Bucket"), uri.get("Key")) else {
        expansion.refuse(&uri.at, "code is a path, `s3://bucket/key`, or a mapping with `Bucket` and `Key`");
        return Value::Null;
    };
    expansion.known(uri, &["Bucket", "Key", "Version"], "the code");
    let mut made = json!({ "S3Bucket": bucket.value, "S3Key": key.value });
    if let Some(version) = uri.get("Version") {
        made["S3ObjectVersion"] = version.value.clone();
    }
    made
}
