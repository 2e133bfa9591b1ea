use serde_json::{Value, json};

use super::permission::permit;
use super::source::Event;
use crate::template::sam::expansion::Expansion;
use crate::template::sam::function::Function;
use crate::template::sam::implicit::{HTTP_API, REST_API};
use crate::template::sam::part::Part;

/// A route that leads to a function, as the API that it belongs to is to hold it.
#[derive(Debug, Clone)]
pub(in crate::template::sam) struct Route {
    /// Logical id of the API.
    pub(in crate::template::sam) api: String,
    pub(in crate::template::sam) path: String,
    /// In small letters; `x-amazon-apigateway-any-method` for any.
    pub(in crate::template::sam) method: String,
    /// What stands for the function's ARN in a text that is substituted.
    pub(in crate::template::sam) function: String,
    /// What is started in place of a function.
    pub(in crate::template::sam) machine: Option<Starts>,
    /// The condition of the function.
    pub(in crate::template::sam) condition: Option<String>,
    /// The event's properties, and where they stand.
    pub(in crate::template::sam) properties: Value,
    pub(in crate::template::sam) at: String,
}

/// A state machine that a route starts, and the role with which it does; both by their logical ids.
#[derive(Debug, Clone)]
pub(in crate::template::sam) struct Starts {
    pub(in crate::template::sam) machine: String,
    pub(in crate::template::sam) role: String,
}

pub(in crate::template::sam) const ANY: &str = "x-amazon-apigateway-any-method";

impl Route {
    pub(in crate::template::sam) fn part(&self) -> Part<'_> {
        Part::new(&self.properties, &self.at)
    }
}

/// A route of a REST API.
pub(super) fn rest(expansion: &mut Expansion<'_>, function: &Function<'_>, event: &Event<'_>) {
    let properties = &event.properties;
    let of = "an event of type `Api`";
    let known =
        ["Auth", "Method", "Path", "RequestModel", "RequestParameters", "RestApiId", "TimeoutInMillis"];
    expansion.known(properties, &known, of);
    let path = expansion.need(properties, "Path", of);
    let method = expansion.need(properties, "Method", of);
    let (Some(path), Some(method)) = (path, method) else { return };
    let path = text(expansion, &path);
    let method = text(expansion, &method);
    let (Some(path), Some(method)) = (path, method) else { return };
    let given = properties.get("RestApiId");
    let id = given.as_ref().map_or(Some(REST_API), |given| given.value.get("Ref").and_then(Value::as_str));
    let api = id.and_then(|id| expansion.api_stage(id, "AWS::Serverless::Api"));
    let suffix = match &api {
        Some(stage) => stage.clone(),
        None => "Stage".to_owned(),
    };
    let api_value = given.as_ref().map_or_else(|| json!({ "Ref": REST_API }), |given| given.value.clone());
    let source = source_arn("arn:aws", &api_value, &format!("{}/{}", verb(&method), starred(&path)));
    permit(expansion, function, event, &suffix, "apigateway.amazonaws.com", Some(source));
    if let (Some(id), Some(_)) = (id, &api) {
        note(expansion, event, id, &path, &method, Leads { function: function.variable(), machine: None });
    }
}

/// A route of an HTTP API.
pub(super) fn http(expansion: &mut Expansion<'_>, function: &Function<'_>, event: &Event<'_>) {
    let properties = &event.properties;
    let of = "an event of type `HttpApi`";
    let known =
        ["ApiId", "Auth", "Method", "Path", "PayloadFormatVersion", "RouteSettings", "TimeoutInMillis"];
    expansion.known(properties, &known, of);
    let path = properties.get("Path");
    let method = properties.get("Method");
    if let (Some(path), None) = (&path, &method) {
        expansion.refuse_key(&path.at, "a `Path` needs a `Method`");
        return;
    }
    let (path, method) = match (path, method) {
        (Some(path), Some(method)) => {
            let (path, method) = (text(expansion, &path), text(expansion, &method));
            let (Some(path), Some(method)) = (path, method) else { return };
            (path, method)
        }
        _ => ("$default".to_owned(), "ANY".to_owned()),
    };
    let given = properties.get("ApiId");
    let id = given.as_ref().map_or(Some(HTTP_API), |given| given.value.get("Ref").and_then(Value::as_str));
    let known = id.and_then(|id| expansion.api_stage(id, "AWS::Serverless::HttpApi"));
    let api_value = given.as_ref().map_or_else(|| json!({ "Ref": HTTP_API }), |given| given.value.clone());
    let rest = match path.as_str() {
        "$default" => "*".to_owned(),
        path => format!("{}/{}", verb(&method), starred(path)),
    };
    // A function behind the default route may be called by whatever route of that API.
    if path == "$default" || !has_default_route(function, given.as_ref().map(|given| given.value)) {
        let source = source_arn("arn:${AWS::Partition}", &api_value, &rest);
        permit(expansion, function, event, "", "apigateway.amazonaws.com", Some(source));
    }
    if let (Some(id), Some(_)) = (id, known) {
        note(expansion, event, id, &path, &method, Leads { function: function.variable(), machine: None });
    }
}

fn has_default_route(function: &Function<'_>, api: Option<&Value>) -> bool {
    let events = function.properties.get("Events").map(|events| events.members()).unwrap_or_default();
    events.iter().any(|(_, event)| {
        let properties = event.value.get("Properties");
        let path = properties.and_then(|properties| properties.get("Path"));
        event.text("Type") == Some("HttpApi")
            && path.is_none_or(|path| path == "$default")
            && properties.and_then(|properties| properties.get("ApiId")) == api
    })
}

/// A route of a REST API that starts a state machine.
pub(in crate::template::sam) fn machine_route(
    expansion: &mut Expansion<'_>,
    event: &Event<'_>,
    starts: Starts,
) {
    let properties = &event.properties;
    let of = "an event of type `Api`";
    expansion.known(properties, &["Auth", "Method", "Path", "RestApiId", "UnescapeMappingTemplate"], of);
    let path = expansion.need(properties, "Path", of);
    let method = expansion.need(properties, "Method", of);
    let (Some(path), Some(method)) = (path, method) else { return };
    let (path, method) = (text(expansion, &path), text(expansion, &method));
    let (Some(path), Some(method)) = (path, method) else { return };
    let given = properties.get("RestApiId");
    let id = given.as_ref().map_or(Some(REST_API), |given| given.value.get("Ref").and_then(Value::as_str));
    if let Some(id) = id.filter(|id| expansion.api_stage(id, "AWS::Serverless::Api").is_some()) {
        let leads = Leads { function: String::new(), machine: Some(starts) };
        note(expansion, event, id, &path, &method, leads);
    }
}

/// Where a route leads.
struct Leads {
    function: String,
    machine: Option<Starts>,
}

fn note(expansion: &mut Expansion<'_>, event: &Event<'_>, api: &str, path: &str, method: &str, leads: Leads) {
    let lower = method.to_ascii_lowercase();
    let known = ["delete", "get", "head", "options", "patch", "post", "put", "any", "*", ANY];
    if !known.contains(&lower.as_str()) {
        let at = event.properties.get("Method").map_or_else(|| event.properties.at.clone(), |part| part.at);
        expansion.refuse(&at, format!("`{method}` is no HTTP method"));
        return;
    }
    let method = if ["any", "*"].contains(&lower.as_str()) { ANY.to_owned() } else { lower };
    let twice = expansion.routes.iter();
    let twice =
        twice.filter(|route| route.api == api && route.path == path && route.method == method).count();
    if twice > 0 {
        let message = format!("`{}` is a route of `{api}` already", event.id);
        expansion.refuse(&event.inherited.origin, message);
        return;
    }
    let condition = event.inherited.attributes.get("Condition").and_then(Value::as_str).map(str::to_owned);
    expansion.routes.push(Route {
        api: api.to_owned(),
        path: path.to_owned(),
        method,
        function: leads.function,
        machine: leads.machine,
        condition,
        properties: event.properties.value.clone(),
        at: event.properties.at.clone(),
    });
}

fn text(expansion: &mut Expansion<'_>, part: &Part<'_>) -> Option<String> {
    let text = part.value.as_str().map(str::to_owned);
    if text.is_none() {
        expansion.refuse(&part.at, "a route's path and method must be texts");
    }
    text
}

fn verb(method: &str) -> String {
    if method.eq_ignore_ascii_case("any") { "*".to_owned() } else { method.to_uppercase() }
}

/// Returns a path with a star for each of its parameters, without the slash that it begins with.
fn starred(path: &str) -> String {
    let mut made = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { break };
        made.push_str(before);
        made.push('*');
        rest = after;
    }
    made.push_str(rest);
    made.trim_start_matches('/').trim_end_matches('/').to_owned()
}

fn source_arn(partition: &str, api: &Value, rest: &str) -> Value {
    let pattern = format!(
        "{partition}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/${{__Stage__}}/{rest}"
    );
    json!({ "Fn::Sub": [pattern, { "__ApiId__": api, "__Stage__": "*" }] })
}
