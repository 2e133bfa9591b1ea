use serde_json::{Map, Value, json};

use super::api::location;
use super::event::Route;
use super::expansion::{Expansion, Inherited, reference};
use super::http_definition;
use super::implicit::body_of;
use super::part::{Built, Part};

/// An HTTP API with its stage.
pub(super) fn expand(expansion: &mut Expansion<'_>, id: &str, resource: &Part<'_>, properties: &Part<'_>) {
    let inherited = Inherited::of(resource).and(resource, "DependsOn").and(resource, "Metadata");
    make(expansion, id, &inherited, properties);
}

/// Makes what an HTTP API stands for, with the routes that functions put on it.
pub(super) fn make(expansion: &mut Expansion<'_>, id: &str, inherited: &Inherited, properties: &Part<'_>) {
    let mut below = inherited.clone();
    for own in ["DependsOn", "Metadata"] {
        below.attributes.shift_remove(own);
    }
    let routes: Vec<Route> = expansion.routes.iter().filter(|route| route.api == id).cloned().collect();
    let built = match (properties.get("DefinitionUri"), properties.get("DefinitionBody")) {
        (Some(uri), Some(_)) => {
            expansion.refuse_key(&uri.at, "give either `DefinitionUri` or `DefinitionBody`");
            return;
        }
        (Some(uri), None) => {
            for key in
                ["Auth", "CorsConfiguration", "Description", "Name", "Tags", "DisableExecuteApiEndpoint"]
            {
                if let Some(part) = properties.get(key) {
                    expansion.refuse_key(
                        &part.at,
                        format!("`{key}` works only with a definition in the template"),
                    );
                }
            }
            let mut built = Built::new();
            built.made_of("BodyS3Location", location(expansion, &uri), &uri);
            built
        }
        (None, body) => {
            if routes.is_empty() && body.is_none() {
                expansion.refuse_key(
                    &inherited.origin,
                    "an HTTP API needs a definition, or a function with a route on it",
                );
                return;
            }
            let document = http_definition::definition(expansion, id, properties, &routes, &below);
            let own = body.is_some();
            let origin = body.unwrap_or_else(|| Part::new(properties.value, &inherited.origin));
            let mut built = body_of(document, &origin);
            for route in routes.iter().filter(|_| !own) {
                let path = route.path.replace('~', "~0").replace('/', "~1");
                built.origins.push((format!("/Body/paths/{path}/{}", route.method), route.at.clone()));
            }
            built
        }
    };
    expansion.put(id, "AWS::ApiGatewayV2::Api", built, inherited);
    stage(expansion, id, properties, &routes, &below);
}

fn stage(
    expansion: &mut Expansion<'_>,
    id: &str,
    properties: &Part<'_>,
    routes: &[Route],
    inherited: &Inherited,
) {
    let name = properties.get("StageName");
    let words = name.as_ref().and_then(|name| name.value.as_str());
    let stage = match (&name, words) {
        (None, _) | (_, Some("$default")) => format!("{id}ApiGatewayDefaultStage"),
        (_, Some(words)) if words.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            format!("{id}{words}Stage")
        }
        (_, Some(words)) => format!("{id}Stage{}", super::hash::suffix(words)),
        (_, None) => format!("{id}Stage"),
    };
    let mut made = Built::new().with("ApiId", reference(id));
    match name {
        Some(name) => made.take("StageName", Some(name)),
        None => made.set("StageName", "$default"),
    }
    let mut tags = Map::from_iter([("httpapi:createdBy".to_owned(), Value::from("SAM"))]);
    for (key, tag) in properties.get("Tags").map(|tags| tags.members()).unwrap_or_default() {
        tags.insert(key.to_owned(), tag.value.clone());
    }
    made.set("Tags", tags);
    made.set("AutoDeploy", true);
    made.take("AccessLogSettings", properties.get("AccessLogSettings"));
    made.take("DefaultRouteSettings", properties.get("DefaultRouteSettings"));
    made.take("StageVariables", properties.get("StageVariables"));
    let mut settings = properties.get("RouteSettings").map(|part| part.value.clone());
    for route in routes {
        if let Some(own) = route.part().get("RouteSettings") {
            let key = http_definition::route_key(route);
            settings.get_or_insert_with(|| json!({}))[key.as_str()] = own.value.clone();
        }
    }
    if let Some(settings) = settings {
        made.set("RouteSettings", settings);
    }
    expansion.put(&stage, "AWS::ApiGatewayV2::Stage", made, inherited);
    expansion.referables.insert(format!("{id}.Stage"), stage);
}
