//! How a function is set up, and who may invoke it.

use serde_json::{Value, json};

use super::maker::{Maker, properties, remove_resource, text_of};

pub(super) fn mutate(maker: &mut Maker<'_>) {
    for (function, found) in maker.of_type("AWS::Lambda::Function") {
        if let Some(handler) = found.get("Handler").and_then(Value::as_str).map(str::to_owned) {
            let title = format!("{function} names a handler that its code does not have");
            maker.template(format!("{function}/handler"), title, |document| {
                properties(document, &function)["Handler"] = json!(format!("{handler}_renamed"));
            });
        }
        let variables = found.pointer("/Environment/Variables").and_then(Value::as_object);
        let names: Vec<String> = variables.into_iter().flatten().map(|(name, _)| name.clone()).collect();
        for name in names {
            let title = format!("{function} has lost its variable {name}");
            maker.template(format!("{function}/{name}/removed"), title, |document| {
                let variables = &mut properties(document, &function)["Environment"]["Variables"];
                if let Some(variables) = variables.as_object_mut() {
                    variables.shift_remove(&name);
                }
            });
            let title = format!("{function} has another value in its variable {name}");
            maker.template(format!("{function}/{name}/changed"), title, |document| {
                properties(document, &function)["Environment"]["Variables"][&name] = json!("changed");
            });
        }
    }
    for (permission, found) in maker.of_type("AWS::Lambda::Permission") {
        let title = format!("the permission {permission} is gone");
        maker.template(format!("{permission}/removed"), title, |document| {
            remove_resource(document, &permission);
        });
        if let Some(narrowed) = found.get("SourceArn").and_then(narrowed) {
            let title = format!("the permission {permission} holds for a path that nobody calls");
            maker.template(format!("{permission}/narrowed"), title, |document| {
                properties(document, &permission)["SourceArn"] = narrowed;
            });
        }
    }
}

fn narrowed(source: &Value) -> Option<Value> {
    let text = format!("{}/narrowed", text_of(source)?);
    Some(if source.is_string() { json!(text) } else { json!({ "Fn::Sub": text }) })
}
