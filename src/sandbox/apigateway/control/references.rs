//! Whatever is called in whatever order: everything that an API refers to is there.

use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::sandbox::apigateway::bench::{Bench, invocation_uri, text};

/// One call, with two numbers that choose what it is about.
type Step = (u8, u8, u8);

/// The ids or names of a collection.
async fn names(bench: &Bench, path: &str, member: &str) -> Vec<String> {
    let list = bench.ok("GET", &format!("{path}?limit=500"), json!({})).await;
    list["item"].as_array().unwrap().iter().map(|entry| text(&entry[member])).collect()
}

/// Chooses one of several, or something that is not there.
fn pick(from: &[String], number: u8) -> String {
    from.get(usize::from(number) % (from.len() + 1)).cloned().unwrap_or_else(|| "nope".to_owned())
}

async fn step(bench: &Bench, api: &str, (kind, a, b): Step) {
    let base = format!("/restapis/{api}");
    let resources = names(bench, &format!("{base}/resources"), "id").await;
    let models = names(bench, &format!("{base}/models"), "name").await;
    let validators = names(bench, &format!("{base}/requestvalidators"), "id").await;
    let authorizers = names(bench, &format!("{base}/authorizers"), "id").await;
    let deployments = names(bench, &format!("{base}/deployments"), "id").await;
    let stages = names(bench, &format!("{base}/stages"), "stageName").await;
    let resource = format!("{base}/resources/{}", pick(&resources, a));
    let verb = ["GET", "POST", "ANY"][usize::from(b) % 3];
    let method = format!("{resource}/methods/{verb}");
    let patch = |path: &str, value: String| json!({ "patchOperations": [{ "op": "replace", "path": path, "value": value }] });
    let (call, path, body) = match kind % 20 {
        0 => {
            let part = ["a", "{v}", "{p+}", "b"][usize::from(b) % 4];
            ("POST", resource, json!({ "pathPart": part }))
        }
        1 => ("DELETE", resource, json!({})),
        2 => ("PATCH", resource, patch("/parentId", pick(&resources, b))),
        3 => ("PATCH", resource, patch("/pathPart", ["c", "{w}", "{q+}"][usize::from(b) % 3].to_owned())),
        4 => (
            "PUT",
            method,
            json!({ "authorizationType": "NONE", "requestValidatorId": pick(&validators, a) }),
        ),
        5 => ("PUT", method, json!({ "authorizationType": "CUSTOM", "authorizerId": pick(&authorizers, a) })),
        6 => {
            let models = json!({ "application/json": pick(&models, a) });
            ("PUT", method, json!({ "authorizationType": "NONE", "requestModels": models }))
        }
        7 => ("PATCH", method, patch("/requestValidatorId", pick(&validators, b))),
        8 => ("PATCH", method, patch("/authorizerId", pick(&authorizers, b))),
        9 => {
            let models = json!({ "application/json": pick(&models, b) });
            ("PUT", format!("{method}/responses/200"), json!({ "responseModels": models }))
        }
        10 => ("PUT", format!("{method}/integration"), json!({ "type": "MOCK" })),
        11 => {
            let model = json!({ "name": format!("M{}", a % 3), "contentType": "application/json", "schema": "{\"a\":1}" });
            ("POST", format!("{base}/models"), model)
        }
        12 => ("DELETE", format!("{base}/models/{}", pick(&models, a)), json!({})),
        13 => ("POST", format!("{base}/requestvalidators"), json!({ "name": "v" })),
        14 => ("DELETE", format!("{base}/requestvalidators/{}", pick(&validators, a)), json!({})),
        15 => {
            let authorizer = json!({
                "name": format!("t{a}"), "type": "TOKEN", "authorizerUri": invocation_uri("f"),
                "identitySource": "method.request.header.Authorization",
            });
            ("POST", format!("{base}/authorizers"), authorizer)
        }
        16 => ("DELETE", format!("{base}/authorizers/{}", pick(&authorizers, a)), json!({})),
        17 => ("POST", format!("{base}/deployments"), json!({ "stageName": format!("s{}", b % 2) })),
        18 => ("DELETE", format!("{base}/deployments/{}", pick(&deployments, a)), json!({})),
        _ => (
            "PATCH",
            format!("{base}/stages/{}", pick(&stages, a)),
            patch("/deploymentId", pick(&deployments, b)),
        ),
    };
    if let Err(error) = bench.call(call, &path, body).await {
        let known = ["BadRequestException", "ConflictException", "NotFoundException"];
        assert!(known.contains(&error.code.as_ref()), "{call} {path}: {error:?}");
    }
}

/// Collects what does not resolve.
async fn dangling(bench: &Bench, api: &str) -> Vec<String> {
    let base = format!("/restapis/{api}");
    let set = async |what: &str, member: &str| -> HashSet<String> {
        names(bench, &format!("{base}/{what}"), member).await.into_iter().collect()
    };
    let models = set("models", "name").await;
    let validators = set("requestvalidators", "id").await;
    let authorizers = set("authorizers", "id").await;
    let deployments = set("deployments", "id").await;
    let list = bench.ok("GET", &format!("{base}/resources?embed=methods&limit=500"), json!({})).await;
    let resources = list["item"].as_array().unwrap();
    let path_of =
        |id: &Value| resources.iter().find(|other| other["id"] == *id).map(|other| text(&other["path"]));
    let mut wrong = vec![];
    let mut check = |name: &str, value: &Value, known: &HashSet<String>| {
        if value.as_str().is_some_and(|value| !known.contains(value)) {
            wrong.push(format!("{name} {value}"));
        }
    };
    for resource in resources {
        for method in resource["resourceMethods"].as_object().into_iter().flat_map(serde_json::Map::values) {
            check("validator", &method["requestValidatorId"], &validators);
            check("authorizer", &method["authorizerId"], &authorizers);
            check("model", &method["requestModels"]["application/json"], &models);
            check("model", &method["methodResponses"]["200"]["responseModels"]["application/json"], &models);
        }
    }
    let stages = bench.ok("GET", &format!("{base}/stages"), json!({})).await;
    for stage in stages["item"].as_array().unwrap() {
        check("deployment", &stage["deploymentId"], &deployments);
    }
    for resource in resources {
        if resource.get("parentId").is_some() {
            let above = path_of(&resource["parentId"]);
            let expected =
                above.map(|above| format!("{}/{}", above.trim_end_matches('/'), text(&resource["pathPart"])));
            if expected != Some(text(&resource["path"])) {
                wrong.push(format!("path {}", resource["path"]));
            }
        }
    }
    wrong
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_reference_resolves_after_any_calls(steps in prop::collection::vec(any::<Step>(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let wrong = runtime.block_on(async {
            let bench = Bench::new();
            let (api, _) = bench.api("orders").await;
            for each in &steps {
                step(&bench, &api, *each).await;
            }
            dangling(&bench, &api).await
        });
        prop_assert!(wrong.is_empty(), "{wrong:?}");
    }
}
