use serde_json::{Value, json};

use super::expansion::{Expansion, Inherited, attribute, reference};
use super::function::Function;
use super::hash::{canonical, suffix};
use super::part::{Built, Part};

/// `AutoPublishAlias`: a version for each change of the code, and an alias that points to the last.
pub(super) fn alias(
    expansion: &mut Expansion<'_>,
    function: &mut Function<'_>,
    resource: &Part<'_>,
    built: &Built,
) {
    let (id, properties) = (function.id, function.properties);
    let concurrency = properties.get("ProvisionedConcurrencyConfig");
    let Some(given) = properties.get("AutoPublishAlias") else {
        if let Some(concurrency) = concurrency {
            expansion.refuse_key(&concurrency.at, "`ProvisionedConcurrencyConfig` needs `AutoPublishAlias`");
        }
        return;
    };
    let name = expansion.text_of(&given).filter(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    });
    let Some(name) = name else {
        let message = "`AutoPublishAlias` must be a name of letters, digits, `-` and `_`, or a parameter that holds one";
        expansion.refuse(&given.at, message);
        return;
    };
    let code = built.members.get("Code").cloned().unwrap_or_default();
    let hashed = if properties.flag("AutoPublishAliasAllProperties") == Some(true) {
        canonical(&Value::Object(built.members.clone()))
    } else if let Some(sha) = properties.get("AutoPublishCodeSha256") {
        expansion.text_of(&sha).unwrap_or_default()
    } else {
        canonical(&code)
    };
    let version = format!("{id}Version{}", suffix(&hashed));
    let mut made = Built::new();
    made.take("Description", properties.get("VersionDescription"));
    made.set("FunctionName", reference(id));
    let mut inherited = function.inherited.from(&given.at).with("DeletionPolicy", "Retain");
    if let Some(policy) = resource.value.get("UpdateReplacePolicy") {
        inherited = inherited.with("UpdateReplacePolicy", policy.clone());
    }
    expansion.put(&version, "AWS::Lambda::Version", made, &inherited);
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let alias = format!("{id}Alias{letters}");
    let mut made = Built::new().with("Name", name).with("FunctionName", reference(id));
    made.set("FunctionVersion", attribute(&version, "Version"));
    made.take("ProvisionedConcurrencyConfig", concurrency);
    expansion.put(&alias, "AWS::Lambda::Alias", made, &function.inherited.from(&given.at));
    expansion.referables.insert(format!("{id}.Version"), version);
    expansion.referables.insert(format!("{id}.Alias"), alias.clone());
    function.alias = Some(alias);
}

/// `FunctionUrlConfig`: an address of the function's own, and for a public one the permissions to call it.
pub(super) fn url(expansion: &mut Expansion<'_>, function: &Function<'_>) {
    let Some(config) = function.properties.get("FunctionUrlConfig") else { return };
    expansion.known(&config, &["AuthType", "Cors", "InvokeMode"], "`FunctionUrlConfig`");
    let Some(auth @ ("NONE" | "AWS_IAM")) = config.text("AuthType") else {
        expansion.refuse(&config.at, "the `AuthType` of a function URL is `AWS_IAM` or `NONE`");
        return;
    };
    let id = function.id;
    let inherited = function.inherited.from(&config.at);
    let mut made = Built::new().with("TargetFunctionArn", function.name()).with("AuthType", auth);
    made.take_all(&config, &["Cors", "InvokeMode"]);
    expansion.put(&format!("{id}Url"), "AWS::Lambda::Url", made, &inherited);
    if auth == "NONE" {
        let open = |action: &str| {
            Built::new().with("Action", action).with("FunctionName", function.name()).with("Principal", "*")
        };
        let made = open("lambda:InvokeFunctionUrl").with("FunctionUrlAuthType", "NONE");
        let permission = "AWS::Lambda::Permission";
        expansion.put(&format!("{id}UrlPublicPermissions"), permission, made, &inherited);
        let made = open("lambda:InvokeFunction").with("InvokedViaFunctionUrl", true);
        expansion.put(&format!("{id}URLInvokeAllowPublicAccess"), permission, made, &inherited);
    }
}

/// `EventInvokeConfig`: what becomes of asynchronous calls. Returns the policies that its destinations need.
pub(super) fn invoke_config(expansion: &mut Expansion<'_>, function: &Function<'_>) -> Vec<Value> {
    let Some(config) = function.properties.get("EventInvokeConfig") else { return Vec::new() };
    let known = ["DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts"];
    expansion.known(&config, &known, "`EventInvokeConfig`");
    let id = format!("{}EventInvokeConfig", function.id);
    let inherited = function.inherited.from(&config.at);
    let mut policies = Vec::new();
    let mut made = Built::new().with("DestinationConfig", json!({}));
    if let Some(destinations) = config.get("DestinationConfig") {
        expansion.known(&destinations, &["OnFailure", "OnSuccess"], "`DestinationConfig`");
        let mut told = serde_json::Map::new();
        for case in ["OnSuccess", "OnFailure"] {
            if let Some(destination) = destinations.get(case)
                && let Some((target, policy)) = destination_of(expansion, &id, case, &destination, &inherited)
            {
                told.insert(case.to_owned(), json!({ "Destination": target }));
                policies.extend(policy);
            }
        }
        made.made_of("DestinationConfig", told, &destinations);
    }
    made.set("FunctionName", reference(function.id));
    made.take_all(&config, &["MaximumEventAgeInSeconds", "MaximumRetryAttempts"]);
    let mut inherited = inherited;
    match &function.alias {
        Some(alias) => {
            let name = expansion.resources[alias.as_str()]["Properties"]["Name"].clone();
            made.set("Qualifier", name);
            inherited = inherited.with("DependsOn", json!([alias]));
        }
        None => made.set("Qualifier", "$LATEST"),
    }
    expansion.put(&id, "AWS::Lambda::EventInvokeConfig", made, &inherited);
    policies
}

fn destination_of(
    expansion: &mut Expansion<'_>,
    id: &str,
    case: &str,
    destination: &Part<'_>,
    inherited: &Inherited,
) -> Option<(Value, Option<Value>)> {
    expansion.known(destination, &["Destination", "Type"], &format!("`{case}`"));
    let given = destination.get("Destination");
    let kind = destination.text("Type");
    let action = match kind {
        Some("SQS") => "sqs:SendMessage",
        Some("SNS") => "sns:Publish",
        Some("Lambda") => "lambda:InvokeFunction",
        Some("EventBridge") => "events:PutEvents",
        _ => {
            expansion.refuse(
                &destination.at,
                format!("the `Type` of `{case}` is `SQS`, `SNS`, `Lambda` or `EventBridge`"),
            );
            return None;
        }
    };
    let kind = kind.unwrap_or_default();
    let target = match (given, kind) {
        (Some(given), _) => given.value.clone(),
        (None, "SQS") => {
            let queue = format!("{id}{case}Queue");
            expansion.put(&queue, "AWS::SQS::Queue", Built::new(), &inherited.from(&destination.at));
            let function = id.trim_end_matches("EventInvokeConfig");
            expansion.referables.insert(format!("{function}.DestinationQueue"), queue.clone());
            attribute(&queue, "Arn")
        }
        (None, "SNS") => {
            let topic = format!("{id}{case}Topic");
            expansion.put(&topic, "AWS::SNS::Topic", Built::new(), &inherited.from(&destination.at));
            let function = id.trim_end_matches("EventInvokeConfig");
            expansion.referables.insert(format!("{function}.DestinationTopic"), topic.clone());
            reference(&topic)
        }
        (None, _) => {
            expansion.refuse(&destination.at, format!("`{case}` needs a `Destination`"));
            return None;
        }
    };
    let policy = json!({
        "PolicyName": format!("{id}{case}{kind}Policy"),
        "PolicyDocument": { "Statement": [{ "Action": action, "Effect": "Allow", "Resource": target }] },
    });
    Some((target, Some(policy)))
}
