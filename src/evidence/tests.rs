use serde_json::json;

use super::*;

const FUNCTION: &str = "AWS::Lambda::Function";
const ROLE: &str = "AWS::IAM::Role";
const TABLE: &str = "AWS::DynamoDB::Table";

/// Two functions behind one API, of which the second uses two tables.
fn shop() -> Inspection {
    let resource = |kind: &str, id: &str, logical: Option<&str>, attributes: serde_json::Value| {
        json!({
            "key": format!("{kind}/{id}"), "type": kind, "id": id, "logical_id": logical,
            "properties": {}, "attributes": attributes,
        })
    };
    let link = |from: &str, to: &str, kind: &str| json!({ "from": from, "to": to, "kind": kind });
    let route = |method: &str, path: &str, function: serde_json::Value, kind: &str| json!({ "method": method, "path": path, "function": function, "integration": { "type": kind } });
    let routes = json!([
        route("GET", "/orders/{order}", json!("AWS::Lambda::Function/get"), "AWS_PROXY"),
        route("POST", "/orders", json!("AWS::Lambda::Function/gone"), "AWS_PROXY"),
        route("OPTIONS", "/orders", json!(null), "MOCK"),
        route("ANY", "/{proxy+}", json!("AWS::Lambda::Function/rest"), "AWS_PROXY"),
    ]);
    serde_json::from_value(json!({
        "account": "123456789012", "region": "eu-west-1", "gaps": [],
        "resources": [
            resource("AWS::ApiGateway::RestApi", "a1", Some("OrdersApi"), json!({})),
            resource("AWS::ApiGateway::Stage", "a1/prod", Some("OrdersStage"), json!({ "live": { "routes": routes } })),
            resource("AWS::ApiGateway::Stage", "a1/trial", None, json!({})),
            resource(FUNCTION, "get", Some("GetOrderFunction"), json!({})),
            resource(FUNCTION, "rest", Some("RestFunction"), json!({})),
            resource(ROLE, "get-role", Some("GetOrderRole"), json!({})),
            resource(TABLE, "orders", Some("OrdersTable"), json!({})),
            resource(TABLE, "audit", None, json!({})),
        ],
        "links": [
            link("AWS::ApiGateway::Stage/a1/prod", "AWS::ApiGateway::RestApi/a1", "part-of"),
            link("AWS::ApiGateway::Stage/a1/trial", "AWS::ApiGateway::RestApi/a1", "part-of"),
            link("AWS::Lambda::Function/get", "AWS::IAM::Role/get-role", "execution-role"),
            link("AWS::Lambda::Function/get", "AWS::DynamoDB::Table/orders", "uses"),
            link("AWS::Lambda::Function/rest", "AWS::DynamoDB::Table/orders", "uses"),
            link("AWS::Lambda::Function/rest", "AWS::DynamoDB::Table/audit", "uses"),
        ],
    }))
    .unwrap()
}

fn route(method: &str, path: &str) -> Binding {
    Binding::Route { api: None, method: method.to_owned(), path: path.to_owned() }
}

fn logical(id: &str) -> Binding {
    Binding::Logical(id.to_owned())
}

fn bound(binding: &Binding, wanted: &str) -> std::result::Result<String, String> {
    shop().bind(binding, wanted).map(|resource| resource.id.clone()).map_err(|unbound| unbound.to_string())
}

#[test]
fn a_logical_id_leads_to_its_resource_and_on_to_what_that_uses() {
    assert_eq!(bound(&logical("GetOrderFunction"), FUNCTION).as_deref(), Ok("get"));
    assert_eq!(bound(&logical("GetOrderFunction"), ROLE).as_deref(), Ok("get-role"));
    assert_eq!(bound(&logical("GetOrderFunction"), TABLE).as_deref(), Ok("orders"));
    assert!(
        bound(&logical("RestFunction"), TABLE).unwrap_err().starts_with("one AWS::DynamoDB::Table that ")
    );
    assert!(bound(&logical("OrdersTable"), ROLE).unwrap_err().starts_with("the AWS::IAM::Role that "));
}

#[test]
fn a_route_leads_to_the_function_of_the_live_stage_and_its_role() {
    assert_eq!(bound(&route("GET", "/orders/{id}"), FUNCTION).as_deref(), Ok("get"));
    assert_eq!(bound(&route("get", "/orders/{id}"), ROLE).as_deref(), Ok("get-role"));
    // A route of its own goes before ANY and before a greedy path, and without one those serve.
    assert_eq!(bound(&route("DELETE", "/orders/{id}"), FUNCTION).as_deref(), Ok("rest"));
}

#[test]
fn a_route_without_a_function_says_what_is_there() {
    let error = |method: &str, path: &str| bound(&route(method, path), FUNCTION).unwrap_err();
    assert_eq!(error("OPTIONS", "/orders"), "a function behind OPTIONS /orders is not there");
    assert!(error("POST", "/orders").starts_with("the function AWS::Lambda::Function/gone, which "));
    let unbound = shop().bind(&route("GET", "/"), FUNCTION).unwrap_err();
    assert_eq!(unbound.message, "a route for GET / on the live stage a1/prod");
    assert_eq!(unbound.considered.len(), 4);
    assert!(matches!(unbound.observation(), Observation::Missing(words) if words.contains("ANY /{proxy+}")));
}

#[test]
fn what_is_missing_where_we_could_not_look_is_unavailable() {
    let mut shop = shop();
    let gap = |what: &str| Gap {
        what: what.to_owned(),
        operation: "dynamodb:ListTables".to_owned(),
        trouble: Trouble { kind: TroubleKind::Denied, message: "AccessDeniedException".to_owned() },
    };
    let look = |shop: &Inspection| shop.bind(&logical("Invoices"), TABLE).unwrap_err().observation();
    shop.gaps = vec![gap("AWS::IAM::Role"), gap("AWS::Logs"), gap("AWS::Dynamo")];
    assert!(matches!(look(&shop), Observation::Missing(_)));
    // The tags of the table that could not be read may name the one that was looked for; a function may lead to it.
    for what in [
        "AWS::DynamoDB::Table/audit",
        "AWS::DynamoDB::Table",
        "AWS::DynamoDB",
        "AWS",
        "AWS::Lambda::Function/get",
    ] {
        shop.gaps = vec![gap(what)];
        let Observation::Unavailable(trouble) = look(&shop) else { panic!("{what}") };
        assert_eq!(trouble.kind, TroubleKind::Denied);
        assert!(trouble.message.contains("dynamodb:ListTables failed: AccessDeniedException"));
    }
}

#[test]
fn a_gap_belongs_to_its_resource_and_its_parts_alone() {
    let mut shop = shop();
    let gap = |what: &str| Gap {
        what: what.to_owned(),
        operation: "lambda:GetPolicy".to_owned(),
        trouble: Trouble { kind: TroubleKind::Throttled, message: String::new() },
    };
    shop.gaps = vec![gap("AWS::Lambda::Function/get-other"), gap("AWS::Lambda::Function/rest/policy")];
    let of =
        |id: &str| shop.gap_of(shop.get(&format!("{FUNCTION}/{id}")).unwrap()).map(|gap| gap.what.as_str());
    assert_eq!((of("get"), of("rest")), (None, Some("AWS::Lambda::Function/rest/policy")));
}

#[test]
fn an_api_without_a_name_is_the_stacks_own() {
    let mut shop = shop();
    let second = Resource {
        key: "AWS::ApiGateway::RestApi/b2".to_owned(),
        logical_id: None,
        ..shop.resources[0].clone()
    };
    shop.resources.push(second.clone());
    assert_eq!(shop.api(None).map(|api| api.id.as_str()), Ok("a1"));
    assert_eq!(shop.live_stage(Some("OrdersApi")).map(|stage| stage.id.as_str()), Ok("a1/prod"));
    shop.resources.push(Resource { logical_id: Some("Other".to_owned()), ..second });
    assert!(shop.api(None).unwrap_err().message.contains("one API"));
    assert!(shop.api(Some("Missing")).unwrap_err().message.contains("proofmark:logical-id=Missing"));
}

#[test]
fn a_link_that_could_not_be_read_is_no_missing_role() {
    let mut shop = shop();
    shop.links.retain(|link| link.kind != LinkKind::ExecutionRole);
    let look = |shop: &Inspection| shop.bind(&logical("GetOrderFunction"), ROLE).unwrap_err().observation();
    assert!(
        matches!(look(&shop), Observation::Missing(words) if words.starts_with("the AWS::IAM::Role that"))
    );
    let trouble = Trouble { kind: TroubleKind::Unreachable, message: "no answer".to_owned() };
    let gap = |what: &str| Gap {
        what: what.to_owned(),
        operation: "lambda:GetFunction".to_owned(),
        trouble: trouble.clone(),
    };
    shop.gaps = vec![gap("AWS::Lambda::Function/get")];
    assert!(matches!(look(&shop), Observation::Unavailable(found) if found.kind == TroubleKind::Unreachable));
}
