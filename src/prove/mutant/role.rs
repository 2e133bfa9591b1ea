//! What a role may do: less, or more.

use serde_json::{Value, json};

use super::maker::{Maker, properties, text_of};

/// A statement in the template: the resource that holds it, the way to its policy document, and its place in it.
struct Place {
    owner: String,
    /// JSON pointer below the owner's properties.
    document: String,
    statement: usize,
    /// What ids call it.
    name: String,
}

impl Place {
    fn edit(&self, document: &mut Value, edit: impl FnOnce(&mut Value)) {
        let pointer = format!("{}/Statement", self.document);
        let Some(statements) = properties(document, &self.owner).pointer_mut(&pointer) else { return };
        match statements {
            Value::Array(several) => several.get_mut(self.statement).map(edit),
            one => {
                edit(one);
                Some(())
            }
        };
    }
}

pub(super) fn mutate(maker: &mut Maker<'_>) {
    for (place, statement) in statements(maker) {
        if statement["Effect"] != "Allow" {
            continue;
        }
        actions(maker, &place, &statement);
        let id = |what: &str| format!("{}/{}/{what}", place.owner, place.name);
        if statement.get("Resource").is_some_and(|resource| *resource != json!("*")) {
            let title = format!("{} covers every resource in `{}`", place.owner, place.name);
            maker.template(id("any-resource"), title, |document| {
                place.edit(document, |statement| statement["Resource"] = json!("*"));
            });
        }
    }
    for (role, found) in maker.of_type("AWS::IAM::Role") {
        let attached = found.get("ManagedPolicyArns").and_then(Value::as_array);
        for (index, arn) in attached.into_iter().flatten().enumerate() {
            let name = text_of(arn).and_then(|arn| arn.rsplit('/').next()).unwrap_or("policy").to_owned();
            let title = format!("{role} has lost the managed policy {name}");
            maker.template(format!("{role}/{name}/detached"), title, |document| {
                if let Some(arns) = properties(document, &role)["ManagedPolicyArns"].as_array_mut() {
                    arns.remove(index);
                }
            });
        }
    }
}

fn actions(maker: &mut Maker<'_>, place: &Place, statement: &Value) {
    let listed: Vec<String> = match &statement["Action"] {
        Value::String(one) => vec![one.clone()],
        Value::Array(several) => several.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => return,
    };
    let id = |what: &str| format!("{}/{}/{what}", place.owner, place.name);
    for action in &listed {
        let left: Vec<&String> = listed.iter().filter(|other| *other != action).collect();
        let title = format!("{} may no longer {action} in `{}`", place.owner, place.name);
        maker.template(id(&format!("without-{action}")), title, |document| {
            place.edit(document, |statement| {
                // A statement without an action is none; one that denies what nobody asks for says as little.
                if left.is_empty() {
                    statement["Effect"] = json!("Deny");
                    statement["Action"] = json!("sts:GetCallerIdentity");
                } else {
                    statement["Action"] = json!(left);
                }
            });
        });
    }
    if listed.iter().all(|action| action != "*") {
        let title = format!("{} may do anything in `{}`", place.owner, place.name);
        maker.template(id("any-action"), title, |document| {
            place.edit(document, |statement| statement["Action"] = json!("*"));
        });
        let title =
            format!("{} may do anything but what it needs in `{}` (NotAction)", place.owner, place.name);
        maker.template(id("not-action"), title, |document| {
            place.edit(document, |statement| {
                if let Some(members) = statement.as_object_mut() {
                    let action = members.shift_remove("Action").unwrap_or_default();
                    members.insert("NotAction".to_owned(), action);
                }
            });
        });
    }
}

/// Returns every statement of every policy of the template that identities are given.
fn statements(maker: &Maker<'_>) -> Vec<(Place, Value)> {
    let mut documents: Vec<(String, String, String, Value)> = Vec::new();
    for (role, properties) in maker.of_type("AWS::IAM::Role") {
        for (index, policy) in properties["Policies"].as_array().into_iter().flatten().enumerate() {
            let name = text_of(&policy["PolicyName"]).unwrap_or("policy").to_owned();
            let pointer = format!("/Policies/{index}/PolicyDocument");
            documents.push((role.clone(), pointer, name, policy["PolicyDocument"].clone()));
        }
    }
    for kind in ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"] {
        for (id, properties) in maker.of_type(kind) {
            let document = properties["PolicyDocument"].clone();
            documents.push((id, "/PolicyDocument".to_owned(), "policy".to_owned(), document));
        }
    }
    let mut found = Vec::new();
    for (owner, pointer, name, document) in documents {
        let statements = match &document["Statement"] {
            Value::Array(several) => several.clone(),
            Value::Object(_) => vec![document["Statement"].clone()],
            _ => continue,
        };
        let only = statements.len() == 1;
        for (index, statement) in statements.into_iter().enumerate() {
            // A statement's own name lasts longer than its place.
            let name = match statement["Sid"].as_str() {
                Some(sid) => format!("{name}.{sid}"),
                None if only => name.clone(),
                None => format!("{name}.{}", index + 1),
            };
            let (owner, document) = (owner.clone(), pointer.clone());
            found.push((Place { owner, document, statement: index, name }, statement));
        }
    }
    found
}
