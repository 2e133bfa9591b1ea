//! What an API does with a request: integrations, authorisation, deployment.

use serde_json::{Value, json};

use super::maker::{Maker, properties, remove_resource};

pub(super) fn mutate(maker: &mut Maker<'_>) {
    let methods = maker.of_type("AWS::ApiGateway::Method");
    let uris: Vec<Value> = methods.iter().filter_map(|(_, found)| found.pointer("/Integration/Uri")).fold(
        Vec::new(),
        |mut uris, uri| {
            if !uris.contains(uri) {
                uris.push(uri.clone());
            }
            uris
        },
    );
    for (method, found) in &methods {
        if let Some(uri) = found.pointer("/Integration/Uri") {
            let place = uris.iter().position(|other| other == uri).unwrap_or_default();
            let next = &uris[(place + 1) % uris.len()];
            if next != uri {
                let title = format!("{method} invokes the function of another route");
                maker.template(format!("{method}/integration"), title, |document| {
                    properties(document, method)["Integration"]["Uri"] = next.clone();
                });
            }
        }
        match found.get("AuthorizationType").and_then(Value::as_str) {
            Some("NONE") | None => {
                let title = format!("{method} asks callers for a signature");
                maker.template(format!("{method}/authorization-added"), title, |document| {
                    properties(document, method)["AuthorizationType"] = json!("AWS_IAM");
                });
            }
            Some(_) => {
                let title = format!("{method} asks nobody who they are");
                maker.template(format!("{method}/authorization-removed"), title, |document| {
                    let properties = properties(document, method);
                    properties["AuthorizationType"] = json!("NONE");
                    if let Some(members) = properties.as_object_mut() {
                        members.shift_remove("AuthorizerId");
                    }
                });
            }
        }
        if found.get("ApiKeyRequired") == Some(&json!(true)) {
            let title = format!("{method} asks for no API key");
            maker.template(format!("{method}/api-key-removed"), title, |document| {
                properties(document, method)["ApiKeyRequired"] = json!(false);
            });
        }
        headers(maker, method, found);
        let title = format!("{method} came after the deployment that the stage serves");
        maker.deployed_before(format!("{method}/not-deployed"), title, |document| {
            remove_resource(document, method);
        });
    }
}

/// What a method answers by itself.
fn headers(maker: &mut Maker<'_>, method: &str, found: &Value) {
    let responses = found.pointer("/Integration/IntegrationResponses").and_then(Value::as_array);
    for (index, response) in responses.into_iter().flatten().enumerate() {
        let parameters = response.get("ResponseParameters").and_then(Value::as_object);
        for (name, _) in parameters.into_iter().flatten() {
            let header = name.rsplit('.').next().unwrap_or(name);
            let title = format!("{method} does not answer with the header {header}");
            maker.template(format!("{method}/{header}/removed"), title, |document| {
                let responses = &mut properties(document, method)["Integration"]["IntegrationResponses"];
                if let Some(parameters) = responses[index]["ResponseParameters"].as_object_mut() {
                    parameters.shift_remove(name);
                }
            });
        }
    }
}
