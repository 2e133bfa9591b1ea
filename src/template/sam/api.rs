use serde_json::{Map, Value, json};

use super::event::Route;
use super::expansion::{Expansion, Inherited, reference};
use super::function::code;
use super::hash::digest;
use super::implicit::stage_words;
use super::part::{Built, Part};
use super::python2::{all_marked, all_unmarked, marked, representation};
use super::referable::tag_list;
use super::{authorizer, cors, definition, usage_plan};

/// A REST API with a deployment and a stage.
pub(super) fn expand(expansion: &mut Expansion<'_>, id: &str, resource: &Part<'_>, properties: &Part<'_>) {
    expansion.need(properties, "StageName", "an API");
    let inherited = Inherited::of(resource).and(resource, "DependsOn").and(resource, "Metadata");
    make(expansion, id, &inherited, properties);
}

/// Makes what a REST API stands for, with the routes that functions put on it.
pub(super) fn make(expansion: &mut Expansion<'_>, id: &str, inherited: &Inherited, properties: &Part<'_>) {
    let mut below = inherited.clone();
    for own in ["DependsOn", "Metadata"] {
        below.attributes.shift_remove(own);
    }
    let routes: Vec<Route> = expansion.routes.iter().filter(|route| route.api == id).cloned().collect();
    let auth = properties.get("Auth");
    let mut built = Built::new();
    let three = properties.get("OpenApiVersion");
    let hashed = match (properties.get("DefinitionUri"), properties.get("DefinitionBody")) {
        (Some(uri), Some(_)) => {
            expansion.refuse_key(&uri.at, "give either `DefinitionUri` or `DefinitionBody`");
            return;
        }
        (Some(uri), None) => {
            for key in ["Auth", "Cors", "GatewayResponses", "Models"] {
                if let Some(part) = properties.get(key) {
                    expansion.refuse_key(
                        &part.at,
                        format!("`{key}` works only with a definition in the template"),
                    );
                }
            }
            let location = location(expansion, &uri);
            built.made_of("BodyS3Location", location.clone(), &uri);
            all_marked(&location)
        }
        (None, body) => {
            let own = body.is_some();
            let mut document = body.as_ref().map_or_else(definition::empty, |body| body.value.clone());
            if let Some(version) = three.as_ref().filter(|_| !own)
                && let Some(members) = document.as_object_mut()
            {
                members.shift_remove("swagger");
                members.insert("openapi".to_owned(), all_marked(version.value));
            }
            if !own {
                definition::add_routes(expansion, &mut document, &routes, auth.as_ref());
            }
            complete(expansion, &mut document, id, properties, &routes, &below);
            let origin = body.unwrap_or_else(|| Part::new(properties.value, &inherited.origin));
            // A definition of the author's own is all theirs.
            let hashed = if own { all_marked(&all_unmarked(document.clone())) } else { document.clone() };
            built.made_of("Body", all_unmarked(document), &origin);
            for route in routes.iter().filter(|_| !own) {
                let path = route.path.replace('~', "~0").replace('/', "~1");
                built.origins.push((format!("/Body/paths/{path}/{}", route.method), route.at.clone()));
            }
            hashed
        }
    };
    let same = ["Name", "Description", "ApiKeySourceType", "BinaryMediaTypes", "MinimumCompressionSize"];
    built.take_all(properties, &same);
    endpoint(expansion, &mut built, properties);
    expansion.put(id, "AWS::ApiGateway::RestApi", built, inherited);

    let mut text = representation(&hashed);
    if let Some(version) = &three {
        text.push_str("||");
        text.push_str(&expansion.text_of(version).unwrap_or_default());
    }
    let digest = digest(&text);
    let deployment = format!("{id}Deployment{}", &digest[..10]);
    let mut made = Built::new().with("Description", format!("RestApi deployment id: {digest}"));
    made.set("RestApiId", reference(id));
    if three.is_none() {
        made.set("StageName", "Stage");
    }
    expansion.put(&deployment, "AWS::ApiGateway::Deployment", made, &below);
    let name = properties.get("StageName");
    let words = stage_words(name.as_ref().map(|name| name.value));
    let stage = if words == "Stage" { format!("{id}Stage") } else { stage_id(id, &words, name.as_ref()) };
    let mut made = Built::new().with("DeploymentId", reference(&deployment)).with("RestApiId", reference(id));
    made.take("StageName", name);
    made.take_all(properties, &["AccessLogSetting", "Variables", "MethodSettings", "TracingEnabled"]);
    if let Some(tags) = properties.get("Tags") {
        made.made_of("Tags", tag_list(&tags, None), &tags);
    }
    expansion.put(&stage, "AWS::ApiGateway::Stage", made, &below);
    expansion.referables.insert(format!("{id}.Stage"), stage.clone());
    expansion.referables.insert(format!("{id}.Deployment"), deployment);
    if let Some(plan) = auth.and_then(|auth| auth.get("UsagePlan")) {
        usage_plan::add(expansion, id, &stage, &plan, &below);
    }
}

/// A stage's logical id: words of the name itself stand between, a digest behind.
fn stage_id(id: &str, words: &str, name: Option<&Part<'_>>) -> String {
    let plain = name.and_then(|name| name.value.as_str()).is_some_and(|name| name == words);
    if plain { format!("{id}{words}Stage") } else { format!("{id}Stage{words}") }
}

/// Completes a definition with what the API's properties say.
fn complete(
    expansion: &mut Expansion<'_>,
    document: &mut Value,
    id: &str,
    properties: &Part<'_>,
    routes: &[Route],
    inherited: &Inherited,
) {
    if let Some(cors) = properties.get("Cors") {
        cors::add(expansion, document, &cors);
    }
    authorizer::add(expansion, document, id, properties.get("Auth").as_ref(), routes, inherited);
    if let Some(responses) = properties.get("GatewayResponses") {
        let told = gateway_responses(expansion, &responses);
        document["x-amazon-apigateway-gateway-responses"] = told;
    }
    if let Some(models) = properties.get("Models") {
        for (name, model) in models.members() {
            definition::within(document, "definitions")[marked(&name.to_lowercase())] =
                all_marked(model.value);
        }
    }
    if let Some(types) = properties.get("BinaryMediaTypes") {
        let types: Vec<Value> = types
            .items()
            .iter()
            .map(|kind| {
                kind.value
                    .as_str()
                    .map_or_else(|| all_marked(kind.value), |kind| marked(&kind.replace("~1", "/")).into())
            })
            .collect();
        document["x-amazon-apigateway-binary-media-types"] = types.into();
    }
    if let Some(off) = properties.get("DisableExecuteApiEndpoint") {
        document["x-amazon-apigateway-endpoint-configuration"] =
            json!({ "disableExecuteApiEndpoint": off.value });
    }
    if document.get("openapi").is_some() {
        for (two, three) in [("securityDefinitions", "securitySchemes"), ("definitions", "schemas")] {
            let moved = document.as_object_mut().and_then(|members| members.shift_remove(two));
            if let Some(moved) = moved {
                definition::within(document, "components")[three] = moved;
            }
        }
    }
}

fn gateway_responses(expansion: &mut Expansion<'_>, responses: &Part<'_>) -> Value {
    let mut told = Map::new();
    for (kind, response) in responses.members() {
        let known = ["ResponseParameters", "ResponseTemplates", "StatusCode"];
        expansion.known(&response, &known, &format!("the gateway response `{kind}`"));
        let mut parameters = Map::new();
        if let Some(given) = response.get("ResponseParameters") {
            expansion.known(&given, &["Headers", "Paths", "QueryStrings"], "`ResponseParameters`");
            for (key, place) in [("Headers", "header"), ("Paths", "path"), ("QueryStrings", "querystring")] {
                for (name, value) in given.get(key).map(|given| given.members()).unwrap_or_default() {
                    let name = marked(&format!("gatewayresponse.{place}.{name}"));
                    parameters.insert(name, all_marked(value.value));
                }
            }
        }
        let templates =
            response.get("ResponseTemplates").map_or_else(|| json!({}), |given| all_marked(given.value));
        let mut made = Map::new();
        if let Some(status) = response.get("StatusCode") {
            let text = expansion.text_of(&status);
            made.insert("statusCode".to_owned(), text.map_or_else(|| status.value.clone(), Value::from));
        }
        // The order counts in the text that a deployment's id comes from.
        made.insert("responseTemplates".to_owned(), templates);
        made.insert("responseParameters".to_owned(), parameters.into());
        told.insert(marked(kind), made.into());
    }
    told.into()
}

fn endpoint(expansion: &mut Expansion<'_>, built: &mut Built, properties: &Part<'_>) {
    let Some(given) = properties.get("EndpointConfiguration") else { return };
    if given.value.is_string() || given.is_intrinsic() {
        built.made_of("EndpointConfiguration", json!({ "Types": [given.value] }), &given);
        built.made_of("Parameters", json!({ "endpointConfigurationTypes": given.value }), &given);
        return;
    }
    expansion.known(&given, &["Type", "VPCEndpointIds"], "`EndpointConfiguration`");
    let Some(kind) = expansion.need(&given, "Type", "`EndpointConfiguration`") else { return };
    let mut made = json!({ "Types": [kind.value] });
    if let Some(ids) = given.get("VPCEndpointIds") {
        made["VpcEndpointIds"] = ids.value.clone();
    }
    built.made_of("EndpointConfiguration", made, &given);
    built.made_of("Parameters", json!({ "endpointConfigurationTypes": kind.value }), &given);
}

/// Returns where a definition lies: a path in the scenario's files, or an object.
pub(super) fn location(expansion: &mut Expansion<'_>, uri: &Part<'_>) -> Value {
    let mut made = code(expansion, uri);
    let Some(members) = made.as_object_mut() else { return made };
    for (before, after) in [("S3Bucket", "Bucket"), ("S3Key", "Key"), ("S3ObjectVersion", "Version")] {
        if let Some(value) = members.shift_remove(before) {
            members.insert(after.to_owned(), value);
        }
    }
    made
}
