use serde_json::Value;

use super::super::entity::{FunctionName, Registry};
use super::command::{Command, Name};
use super::tags::MAPPING;
use crate::policy::Context;
use crate::sandbox::{Access, AccountId, Scope, UrlAuth};

/// Says what a command's caller must be allowed to do.
///
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html>
pub(super) fn accesses(command: &Command, scope: &Scope, registry: &Registry) -> Vec<Access> {
    let mut out = vec![main(command, scope, registry)];
    match command.operation {
        Name::CreateFunction | Name::UpdateFunctionConfiguration => {
            if let Some(role) = command.text("Role") {
                let mut pass = Access::new("iam:PassRole", role);
                pass.context = Context::new().with("iam:PassedToService", "lambda.amazonaws.com");
                out.push(pass);
            }
            for layer in command.body.get("Layers").and_then(Value::as_array).into_iter().flatten() {
                if let Some(arn) = layer.as_str() {
                    out.push(on_layer("lambda:GetLayerVersion", arn.to_owned(), scope, registry));
                }
            }
        }
        _ => {}
    }
    out
}

fn main(command: &Command, scope: &Scope, registry: &Registry) -> Access {
    let layer = || format!("arn:aws:lambda:{}:{}:layer:{}", scope.region, scope.account, command.item);
    match command.operation {
        Name::CreateEventSourceMapping
        | Name::GetEventSourceMapping
        | Name::UpdateEventSourceMapping
        | Name::DeleteEventSourceMapping => on_mapping(command, scope, registry),
        Name::ListFunctions
        | Name::ListLayers
        | Name::GetAccountSettings
        | Name::ListEventSourceMappings
        | Name::ListCodeSigningConfigs => Access::new(format!("lambda:{:?}", command.operation), "*"),
        Name::PublishLayerVersion | Name::ListLayerVersions => {
            Access::new(format!("lambda:{:?}", command.operation), layer())
        }
        Name::GetLayerVersion
        | Name::DeleteLayerVersion
        | Name::AddLayerVersionPermission
        | Name::GetLayerVersionPolicy
        | Name::RemoveLayerVersionPermission => {
            let base = if command.item.starts_with("arn:") { command.item.clone() } else { layer() };
            let arn = format!("{base}:{}", command.number);
            on_layer(&format!("lambda:{:?}", command.operation), arn, scope, registry)
        }
        Name::GetLayerVersionByArn => {
            on_layer("lambda:GetLayerVersion", command.item.clone(), scope, registry)
        }
        Name::CreateFunction => {
            let name = command.text("FunctionName").unwrap_or_default();
            let arn = FunctionName::parse(name, None, scope).map(|name| name.unqualified_arn());
            Access::new("lambda:CreateFunction", arn.unwrap_or_else(|_| "*".to_owned()))
        }
        Name::Invoke | Name::InvokeWithResponseStream | Name::InvokeAsync => {
            on_function("lambda:InvokeFunction", command, scope, registry)
        }
        // The calls of function URLs are known to IAM by whom they are for, too.
        Name::CreateFunctionUrlConfig | Name::UpdateFunctionUrlConfig => {
            let mut access =
                on_function(&format!("lambda:{:?}", command.operation), command, scope, registry);
            if let Some(kind) = command.text("AuthType") {
                access.context.set("lambda:FunctionUrlAuthType", vec![kind.to_owned()]);
            }
            access
        }
        Name::AddPermission | Name::RemovePermission => {
            let mut access =
                on_function(&format!("lambda:{:?}", command.operation), command, scope, registry);
            if let Some(principal) = command.text("Principal") {
                access.context.set("lambda:Principal", vec![principal.to_owned()]);
            }
            access
        }
        operation => on_function(&format!("lambda:{operation:?}"), command, scope, registry),
    }
}

fn on_function(action: &str, command: &Command, scope: &Scope, registry: &Registry) -> Access {
    let Some(name) = &command.function else {
        return Access::new(action, "*");
    };
    if name.name == MAPPING {
        let Scope { account, region } = &name.scope;
        let arn = format!("arn:aws:lambda:{region}:{account}:{MAPPING}{}", command.item);
        return Access::new(action, arn);
    }
    let mut access = Access::new(action, name.arn());
    access.resource_policy = registry.policy(name);
    access.owner = (name.scope.account != scope.account).then(|| name.scope.account.clone());
    access
}

/// A layer version of another account needs that account's permission.
fn on_layer(action: &str, arn: String, scope: &Scope, registry: &Registry) -> Access {
    let mut access = Access::new(action, arn);
    let parts: Vec<&str> = access.resource.split(':').collect();
    if let ["arn", _, "lambda", region, account, "layer", name, number] = parts[..]
        && let (Some(account), Ok(number)) = (AccountId::parse(account), number.parse::<u64>())
    {
        let place = Scope { account, region: region.to_owned() };
        let policy = registry.with(&place, |region| {
            let layer = region.layers.get(name)?;
            layer.policies.get(&number)?.0.parsed()
        });
        access.owner = (place.account != scope.account).then_some(place.account);
        access.resource_policy = policy.filter(|_| access.owner.is_some());
    }
    access
}

/// Whoever makes a mapping needs no right on the function itself; the condition key names it.
fn on_mapping(command: &Command, scope: &Scope, registry: &Registry) -> Access {
    let old = registry.with(scope, |region| region.mappings.get(&command.item).map(|it| it.function.arn()));
    let new = command.text("FunctionName").and_then(|name| FunctionName::parse(name, None, scope).ok());
    let resource = if command.operation == Name::CreateEventSourceMapping {
        "*".to_owned()
    } else {
        format!("arn:aws:lambda:{}:{}:event-source-mapping:{}", scope.region, scope.account, command.item)
    };
    let mut access = Access::new(format!("lambda:{:?}", command.operation), resource);
    if let Some(arn) = new.map(|name| name.arn()).or(old) {
        access.context.set("lambda:FunctionArn", vec![arn]);
    }
    access
}

/// What a caller of a function URL needs.
pub(super) fn on_url(name: &FunctionName, registry: &Registry, auth: UrlAuth) -> Vec<Access> {
    let kind = if auth == UrlAuth::Iam { "AWS_IAM" } else { "NONE" };
    ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]
        .map(|action| {
            let mut access = Access::new(action, name.arn());
            access.resource_policy = registry.policy(name);
            access.owner = Some(name.scope.account.clone());
            if action == "lambda:InvokeFunctionUrl" {
                access.context.set("lambda:FunctionUrlAuthType", vec![kind.to_owned()]);
            } else {
                access.context.set("lambda:InvokedViaFunctionUrl", vec!["true".to_owned()]);
            }
            access
        })
        .into()
}

/// What an invocation by another service needs.
pub(super) fn of_service(
    name: &FunctionName,
    registry: &Registry,
    source: (Option<&str>, Option<&str>),
) -> Access {
    let mut access = Access::new("lambda:InvokeFunction", name.arn());
    access.resource_policy = registry.policy(name);
    access.owner = Some(name.scope.account.clone());
    if let Some(arn) = source.0 {
        access.context.set("aws:SourceArn", vec![arn.to_owned()]);
    }
    if let Some(account) = source.1 {
        access.context.set("aws:SourceAccount", vec![account.to_owned()]);
    }
    access
}
