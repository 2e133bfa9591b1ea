//! The same across an account: APIs that come and go, usage plans and keys that refer to them (within one API, see `references`).

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::sandbox::apigateway::bench::{Bench, invocation_uri};

/// What exists by now, so that most calls meet something.
#[derive(Default)]
struct Known {
    apis: Vec<String>,
    resources: Vec<String>,
    authorizers: Vec<String>,
    validators: Vec<String>,
    deployments: Vec<String>,
    plans: Vec<String>,
    keys: Vec<String>,
    certificates: Vec<String>,
}

/// One of the known, or none.
fn pick(from: &[String], at: u8) -> &str {
    let at = usize::from(at);
    if at % 7 == 6 || from.is_empty() { "nothing" } else { &from[at % from.len()] }
}

const VERBS: [&str; 3] = ["GET", "POST", "ANY"];
const PARTS: [&str; 4] = ["orders", "{id}", "items", "{proxy+}"];
const STAGES: [&str; 2] = ["prod", "test"];
const MODELS: [&str; 2] = ["Order", "Line"];

/// Builds the call that three numbers stand for: method, path, body.
fn call(known: &Known, op: u8, a: u8, b: u8) -> (&'static str, String, Value) {
    let api = pick(&known.apis, a / 16);
    let base = format!("/restapis/{api}");
    let resource = pick(&known.resources, b);
    let verb = VERBS[usize::from(a) % VERBS.len()];
    let method = format!("{base}/resources/{resource}/methods/{verb}");
    let stage = STAGES[usize::from(a) % STAGES.len()];
    let model = MODELS[usize::from(b) % MODELS.len()];
    let patch = |path: &str, value: &str| json!({ "patchOperations": [{ "op": "replace", "path": path, "value": value }] });
    let authorizer = json!({ "name": format!("a{b}"), "type": "TOKEN", "authorizerUri": invocation_uri("g"),
        "identitySource": "method.request.header.Authorization" });
    match op {
        0 => ("POST", "/restapis".to_owned(), json!({ "name": "x" })),
        1 => ("DELETE", base, json!({})),
        2 | 3 => {
            let part = PARTS[usize::from(a) % PARTS.len()];
            ("POST", format!("{base}/resources/{resource}"), json!({ "pathPart": part }))
        }
        4 => ("DELETE", format!("{base}/resources/{resource}"), json!({})),
        5 => ("PATCH", format!("{base}/resources/{resource}"), patch("/parentId", pick(&known.resources, a))),
        6 | 7 => ("PUT", method, json!({ "authorizationType": "NONE" })),
        8 => ("DELETE", method, json!({})),
        9 | 10 => ("PUT", format!("{method}/integration"), json!({ "type": "MOCK" })),
        11 => ("POST", format!("{base}/authorizers"), authorizer),
        12 => ("DELETE", format!("{base}/authorizers/{}", pick(&known.authorizers, b)), json!({})),
        13 => {
            let to = json!({ "patchOperations": [
                { "op": "replace", "path": "/authorizationType", "value": "CUSTOM" },
                { "op": "replace", "path": "/authorizerId", "value": pick(&known.authorizers, a) }] });
            ("PATCH", method, to)
        }
        14 => ("POST", format!("{base}/requestvalidators"), json!({ "name": format!("v{b}") })),
        15 => ("DELETE", format!("{base}/requestvalidators/{}", pick(&known.validators, b)), json!({})),
        16 => ("PATCH", method, patch("/requestValidatorId", pick(&known.validators, a))),
        17 => {
            let schema = json!({ "name": model, "contentType": "application/json", "schema": "{\"type\":\"object\"}" });
            ("POST", format!("{base}/models"), schema)
        }
        18 => ("DELETE", format!("{base}/models/{model}"), json!({})),
        19 => {
            let to = json!({ "patchOperations": [
                { "op": "add", "path": "/requestModels/application~1json", "value": model }] });
            ("PATCH", method, to)
        }
        20 | 21 => ("POST", format!("{base}/deployments"), json!({ "stageName": stage })),
        22 => ("DELETE", format!("{base}/deployments/{}", pick(&known.deployments, b)), json!({})),
        23 => ("DELETE", format!("{base}/stages/{stage}"), json!({})),
        24 => {
            ("PATCH", format!("{base}/stages/{stage}"), patch("/deploymentId", pick(&known.deployments, b)))
        }
        25 => (
            "POST",
            "/usageplans".to_owned(),
            json!({ "name": "p", "apiStages": [{ "apiId": api, "stage": stage }] }),
        ),
        26 => ("DELETE", format!("/usageplans/{}", pick(&known.plans, b)), json!({})),
        27 => ("POST", "/apikeys".to_owned(), json!({ "name": "k" })),
        28 => ("DELETE", format!("/apikeys/{}", pick(&known.keys, b)), json!({})),
        29 => {
            let key = json!({ "keyId": pick(&known.keys, a), "keyType": "API_KEY" });
            ("POST", format!("/usageplans/{}/keys", pick(&known.plans, b)), key)
        }
        30 => ("POST", "/clientcertificates".to_owned(), json!({})),
        31 => ("DELETE", format!("/clientcertificates/{}", pick(&known.certificates, b)), json!({})),
        32 => {
            let to = patch("/clientCertificateId", pick(&known.certificates, b));
            ("PATCH", format!("{base}/stages/{stage}"), to)
        }
        33 => (
            "POST",
            "/domainnames/shop.example/basepathmappings".to_owned(),
            json!({ "basePath": format!("p{}", b % 3), "restApiId": api, "stage": stage }),
        ),
        34 => ("DELETE", format!("/domainnames/shop.example/basepathmappings/p{}", b % 3), json!({})),
        35 => ("POST", format!("{base}/documentation/versions"), json!({ "documentationVersion": model })),
        36 => ("DELETE", format!("{base}/documentation/versions/{model}"), json!({})),
        37 => ("PATCH", format!("{base}/stages/{stage}"), patch("/documentationVersion", model)),
        38 => ("POST", "/domainnames".to_owned(), json!({ "domainName": "shop.example" })),
        _ => {
            let stage = json!({ "stageName": stage, "deploymentId": pick(&known.deployments, b) });
            ("POST", format!("{base}/stages"), stage)
        }
    }
}

fn note(known: &mut Known, op: u8, answer: &Value) {
    if op == 30 {
        known.certificates.extend(answer["clientCertificateId"].as_str().map(str::to_owned));
    }
    let Some(id) = answer["id"].as_str().map(str::to_owned) else { return };
    match op {
        0 => {
            known.resources.extend(answer["rootResourceId"].as_str().map(str::to_owned));
            known.apis.push(id);
        }
        2 | 3 => known.resources.push(id),
        11 => known.authorizers.push(id),
        14 => known.validators.push(id),
        20 | 21 => known.deployments.push(id),
        25 => known.plans.push(id),
        27 => known.keys.push(id),
        _ => {}
    }
}

/// Everything that refers to something: each must find it.
async fn dangling(bench: &Bench) -> Vec<String> {
    let list = async |path: &str| {
        let answer = bench.ok("GET", &format!("{path}?limit=500"), json!({})).await;
        answer["item"].as_array().cloned().unwrap_or_default()
    };
    let names = |items: &[Value], member: &str| {
        items.iter().filter_map(|item| item[member].as_str().map(str::to_owned)).collect::<BTreeSet<_>>()
    };
    let mut wrong = vec![];
    let certificates = names(&list("/clientcertificates").await, "clientCertificateId");
    let mut stages = BTreeSet::new();
    for api in names(&list("/restapis").await, "id") {
        let base = format!("/restapis/{api}");
        let resources =
            bench.ok("GET", &format!("{base}/resources?limit=500&embed=methods"), json!({})).await;
        let resources = resources["item"].as_array().cloned().unwrap_or_default();
        let ids = names(&resources, "id");
        let authorizers = names(&list(&format!("{base}/authorizers")).await, "id");
        let validators = names(&list(&format!("{base}/requestvalidators")).await, "id");
        let models = names(&list(&format!("{base}/models")).await, "name");
        let deployments = names(&list(&format!("{base}/deployments")).await, "id");
        let versions = names(&list(&format!("{base}/documentation/versions")).await, "version");
        let mut check = |what: &str, known: &BTreeSet<String>, name: &Value| {
            if let Some(name) = name.as_str().filter(|name| !known.contains(*name)) {
                wrong.push(format!("{what} {name} of {api}"));
            }
        };
        for resource in &resources {
            check("parent", &ids, &resource["parentId"]);
            for method in
                resource["resourceMethods"].as_object().into_iter().flatten().map(|(_, method)| method)
            {
                check("authorizer", &authorizers, &method["authorizerId"]);
                check("validator", &validators, &method["requestValidatorId"]);
                for (_, model) in method["requestModels"].as_object().into_iter().flatten() {
                    check("model", &models, model);
                }
            }
        }
        let all = bench.ok("GET", &format!("{base}/stages"), json!({})).await;
        for stage in all["item"].as_array().into_iter().flatten() {
            check("deployment", &deployments, &stage["deploymentId"]);
            check("client certificate", &certificates, &stage["clientCertificateId"]);
            check("documentation", &versions, &stage["documentationVersion"]);
            stages.insert(format!("{api}/{}", stage["stageName"].as_str().unwrap_or_default()));
        }
    }
    let mut mapped = vec![];
    for domain in names(&list("/domainnames").await, "domainName") {
        mapped.extend(list(&format!("/domainnames/{domain}/basepathmappings")).await);
    }
    for mapping in mapped {
        let place = |member: &str| mapping[member].as_str().unwrap_or_default().to_owned();
        if !stages.contains(&format!("{}/{}", place("restApiId"), place("stage"))) {
            wrong.push(format!("mapping {mapping}"));
        }
    }
    let keys = names(&list("/apikeys").await, "id");
    for plan in list("/usageplans").await {
        for at in plan["apiStages"].as_array().into_iter().flatten() {
            let place = format!(
                "{}/{}",
                at["apiId"].as_str().unwrap_or_default(),
                at["stage"].as_str().unwrap_or_default()
            );
            if !stages.contains(&place) {
                wrong.push(format!("stage {place} of a plan"));
            }
        }
        let id = plan["id"].as_str().unwrap_or_default();
        for key in names(&list(&format!("/usageplans/{id}/keys")).await, "id") {
            if !keys.contains(&key) {
                wrong.push(format!("key {key} of a plan"));
            }
        }
    }
    wrong
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_reference_resolves_or_the_call_was_refused(calls in prop::collection::vec((0u8..40, any::<u8>(), any::<u8>()), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::new();
            let mut known = Known::default();
            for op in [0, 2, 6, 9, 11, 14, 17, 20, 25, 27, 30, 38] {
                let (method, path, body) = call(&known, op, 0, 0);
                if let Ok(answer) = bench.call(method, &path, body).await {
                    note(&mut known, op, &answer);
                }
            }
            for (op, a, b) in calls {
                let (method, path, body) = call(&known, op, a, b);
                match bench.call(method, &path, body.clone()).await {
                    Ok(answer) => note(&mut known, op, &answer),
                    Err(error) => prop_assert!(
                        (400..500).contains(&error.status) && error.code.ends_with("Exception"),
                        "{method} {path} {body}: {error:?}"
                    ),
                }
                let wrong = dangling(&bench).await;
                prop_assert!(wrong.is_empty(), "after {method} {path} {body}: {wrong:?}");
            }
            Ok(())
        })?;
    }
}
