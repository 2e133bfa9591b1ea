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
#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).unwrap();
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
    let base = std::env::args().nth(2).unwrap();
    let text = std::fs::read_to_string(&base).unwrap();
    let t1 = Template::parse("template.yaml", &text).unwrap_or_else(|d| panic!("{d:?}"));
    let patch: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(format!("{base}.patch.json")).unwrap()).unwrap();
    let t2 = t1.patched(&Overlay { document: patch, places: Default::default() });
    let params = BTreeMap::new();
    let files = FileTree::new();
    fn bp<'a>(
        template: &'a Template,
        files: &'a FileTree,
        parameters: &'a BTreeMap<String, String>,
    ) -> Blueprint<'a> {
        Blueprint { stack: "wide", template, files, parameters }
    }
    let stack = match provision(&site, &bp(&t1, &files, &params)).await {
        Ok(s) => s,
        Err(e) => {
            eprintln!("error: {e}");
            return;
        }
    };
    let seen = proofmark::inspect::inspect(&clients).await;
    println!("{}", serde_json::to_string_pretty(&seen).unwrap());
    eprintln!("gaps: {:?}", seen.gaps);
    let stack = match update(&site, &stack, &bp(&t2, &files, &params), Redeploy::Never).await {
        Ok(s) => s,
        Err(e) => {
            eprintln!("update: {e}");
            e.stack
        }
    };
    let seen = proofmark::inspect::inspect(&clients).await;
    println!("=====\n{}", serde_json::to_string_pretty(&seen).unwrap());
    let stack = match update(&site, &stack, &bp(&t1, &files, &params), Redeploy::Never).await {
        Ok(s) => s,
        Err(e) => {
            eprintln!("update back: {e}");
            e.stack
        }
    };
    let seen = proofmark::inspect::inspect(&clients).await;
    println!("=====\n{}", serde_json::to_string_pretty(&seen).unwrap());
    if let Err(e) = teardown(&site, &stack).await {
        eprintln!("teardown: {e}")
    }
    let left = proofmark::inspect::inspect(&clients).await;
    eprintln!("left: {:?}", left.resources.iter().map(|r| &r.key).collect::<Vec<_>>());
}
