use proofmark::aws::*;
use proofmark::context::Random;
use proofmark::provision::*;
use proofmark::source::FileTree;
use proofmark::template::{Overlay, Template};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug)]
struct Say(std::time::Instant);
impl Listener for Say {
    fn hear(&self, event: &Event) {
        match event {
            Event::Finished { logical_id, action, elapsed, .. } => {
                eprintln!("{:?} {action:?} {logical_id} {elapsed:?}", self.0.elapsed())
            }
            Event::Failed { logical_id, action, failure, .. } => {
                eprintln!("FAILED {action:?} {logical_id} {failure}")
            }
            Event::RollingBack => eprintln!("ROLLBACK"),
            _ => {}
        }
    }
}
fn walk(dir: &std::path::Path, base: &std::path::Path, tree: &mut FileTree) {
    for e in std::fs::read_dir(dir).unwrap() {
        let p = e.unwrap().path();
        if p.is_dir() {
            walk(&p, base, tree)
        } else {
            tree.insert(p.strip_prefix(base).unwrap().to_str().unwrap(), std::fs::read(&p).unwrap());
        }
    }
}
#[tokio::main]
async fn main() {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let url = std::env::args().nth(1).unwrap();
    let mode = std::env::args().nth(2).unwrap_or_default();
    let endpoint = match std::env::var("TOKEN") {
        Ok(token) => {
            let l = proofmark::target::lease_embedded(&url, &token, "eu-west-1").await.unwrap();
            eprintln!("{}", l.account);
            l.clients.endpoint.clone()
        }
        Err(_) => Endpoint::with_keys(Some(&url), "eu-west-1", "123456789012", "secret", Settling::Immediate),
    };
    let clients = Clients::new(&endpoint);
    let site =
        Site::new(clients.clone(), Random::from_system()).told_to(Arc::new(Say(std::time::Instant::now())));
    let base = std::path::Path::new("challenges/orders-api/scenario");
    let mut files = FileTree::new();
    walk(base, base, &mut files);
    let text = std::fs::read_to_string(base.join("template.yaml")).unwrap();
    let healthy = Template::parse("template.yaml", &text).unwrap();
    let params = BTreeMap::new();
    let blueprint = |template, files| Blueprint { stack: "orders", template, files, parameters: &params };
    let t0 = std::time::Instant::now();
    if mode == "fail" {
        let bad = healthy.patched(&Overlay { document: serde_json::json!({"Resources": {"LiveStage": {"Properties": {"DeploymentId": "nosuch"}}, "GetOrderFunction": {"Properties": {"Handler": "app.handler", "Role": "arn:aws:iam::123456789012:role/none"}}}}), places: Default::default() });
        let e = provision(&site, &blueprint(&bad, &files)).await.unwrap_err();
        eprintln!("error: {e}");
        let left = proofmark::inspect::inspect(&clients).await;
        eprintln!("left: {:?}", left.resources.iter().map(|r| &r.key).collect::<Vec<_>>());
        return;
    }
    let broken = healthy.patched(&Overlay { document: serde_json::json!({"Resources": {"GetOrderPermission": null, "CancelOrderMethod": {"Properties": {"ApiKeyRequired": true}}, "GetOrderFunction": {"Properties": {"Handler": "wrong.handler"}}, "GetOrderRole": {"Properties": {"Policies": null}}}}), places: Default::default() });
    let stack = provision(&site, &blueprint(&broken, &files)).await;
    let stack = match stack {
        Ok(s) => s,
        Err(e) => {
            eprintln!("error: {e}");
            return;
        }
    };
    eprintln!("provisioned in {:?}", t0.elapsed());
    let stack: Stack = serde_json::from_str(&serde_json::to_string_pretty(&stack).unwrap()).unwrap();
    let t0 = std::time::Instant::now();
    let seen = proofmark::inspect::inspect(&clients).await;
    eprintln!("inspected in {:?}", t0.elapsed());
    println!("{}", serde_json::to_string_pretty(&seen).unwrap());
    eprintln!("gaps: {:?}", seen.gaps);
    let t0 = std::time::Instant::now();
    let stack = match update(&site, &stack, &blueprint(&healthy, &files), Redeploy::Always).await {
        Ok(s) => s,
        Err(e) => {
            eprintln!("update: {e}");
            e.stack
        }
    };
    eprintln!("updated in {:?}", t0.elapsed());
    if mode == "keep" {
        println!("{}", serde_json::to_string(&stack.outputs).unwrap());
        return;
    }
    let t0 = std::time::Instant::now();
    if let Err(e) = teardown(&site, &stack).await {
        eprintln!("teardown: {e}")
    }
    eprintln!("torn down in {:?}", t0.elapsed());
    if let Err(e) = teardown(&site, &stack).await {
        eprintln!("second teardown: {e}")
    }
    let left = proofmark::inspect::inspect(&clients).await;
    eprintln!("left: {:?}", left.resources.iter().map(|r| &r.key).collect::<Vec<_>>());
}
