//! Environments of plain functions: a parent makes them, once there are two starts or two versions of code.

use std::time::Duration;

use serde_json::{Value, json};

use super::siblings::has_parents;
use super::workbench::Workbench;

/// Tells of itself.
const SOURCE: &str = r"
import json, os, random, sys, urllib.request, uuid
def handler(event, context):
    return {'parent': os.getppid(), 'process': os.getpid(), 'random': random.random(), 'uuid': str(uuid.uuid4()),
            'sdk': 'boto' + '3' in sys.modules, 'main': sys.modules['__main__'].__name__, 'argv': sys.argv,
            'value': os.environ.get('VALUE'), 'inputs': os.read(0, 1).decode(), 'hash': hash('a')}
";

/// Invokes a function's every new build until a parent makes its environments, and returns what the last two told.
async fn made(bench: &Workbench) -> Option<[Value; 2]> {
    let mut told: Vec<Value> = vec![];
    for build in 0..40 {
        bench.update("plain", &format!("{SOURCE}\n# {build}\n")).await;
        let ran = bench.invoke("plain", &json!({})).await;
        assert_eq!(ran.error, None, "{}", ran.log);
        assert!(ran.log.contains("Init Duration"), "{}", ran.log);
        let own = i64::from(std::process::id());
        if ran.payload["parent"] != own {
            told.push(ran.payload);
            if let [first, second] = &told[..] {
                return Some([first.clone(), second.clone()]);
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_function_soon_comes_from_a_parent_and_does_not_notice() {
    for isolation in [None, Some("landlock")] {
        let bench = Workbench::isolated_by(isolation).await;
        bench.create("plain", SOURCE).await;
        let made = made(&bench).await;
        // Where the kernel cannot keep siblings from each other, each starts by itself.
        assert_eq!(made.is_some(), has_parents(&bench), "{isolation:?}");
        let Some([first, second]) = made else { continue };
        assert_eq!(first["parent"], second["parent"]);
        for different in ["process", "random", "uuid"] {
            assert_ne!(first[different], second[different], "{different}");
        }
        let same = json!([false, "__main__", ["app.handler"], null, ""]);
        for told in [first, second] {
            assert_eq!(
                json!([told["sdk"], told["main"], told["argv"], told["value"], told["inputs"]]),
                same,
                "{told}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_a_plain_function_brings_itself_is_the_one_that_it_gets() {
    let bench = Workbench::new().await;
    bench.create("plain", SOURCE).await;
    made(&bench).await;
    let app = "import uuid\ndef handler(event, context):\n    return getattr(uuid, 'OWN', None)\n";
    let files = [("app.py", app), ("uuid.py", "OWN = 7\n")];
    bench.create_as("own", "python3.12", "app.handler", &files).await;
    assert_eq!(bench.invoke("own", &json!({})).await.payload, json!(7));
}
