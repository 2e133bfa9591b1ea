//! What ends in the middle is reset, and used again:
//! <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>.

use std::time::Duration;

use serde_json::{Value, json};

use super::workbench::Workbench;

/// Notes each start in `/tmp`, and tells how many there were, in which log stream.
const COUNTS: &str = r"
import json, os, sys, time
tmp = os.environ.get('TMPDIR', '/tmp')
open(tmp + '/starts', 'a').write('x')

def handler(event, context):
    if event.get('end') == 'exit': os._exit(3)
    if event.get('end') == 'time': time.sleep(30)
    return [len(open(tmp + '/starts').read()), context.log_stream_name, os.getpid()]
";

async fn counting(bench: &Workbench) -> Value {
    bench.create_with("counts", COUNTS, 2, "app.handler").await;
    let first = bench.invoke("counts", &json!({})).await;
    assert!(first.log.contains("Init Duration"), "{}", first.log);
    first.payload
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crashed_environment_starts_anew_with_the_next_invocation_and_keeps_its_folder_and_its_stream() {
    for (end, kind) in [("exit", "Runtime.ExitError"), ("time", "Sandbox.Timedout")] {
        let bench = Workbench::new().await;
        let first = counting(&bench).await;
        let crashed = bench.invoke("counts", &json!({ "end": end })).await;
        assert_eq!(crashed.payload["errorType"], kind);
        let second = bench.invoke("counts", &json!({})).await;
        assert_eq!((&second.payload[0], &second.payload[1]), (&json!(2), &first[1]), "{end}");
        assert_ne!(second.payload[2], first[2], "{end}");
        assert!(!second.log.contains("Init Duration"), "{end}: {}", second.log);
        let third = bench.invoke("counts", &json!({})).await;
        assert_eq!(third.payload, second.payload, "{end}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_reset_is_not_used_for_other_code() {
    let bench = Workbench::new().await;
    let first = counting(&bench).await;
    bench.invoke("counts", &json!({ "end": "exit" })).await;
    bench.update("counts", &format!("{COUNTS}\n# another\n")).await;
    let second = bench.invoke("counts", &json!({})).await;
    assert_eq!(second.payload[0], 1);
    assert_ne!(second.payload[1], first[1]);
    assert!(second.log.contains("Init Duration"), "{}", second.log);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_does_not_initialise_is_started_twice_at_first_and_once_by_each_invocation_after() {
    let bench = Workbench::new().await;
    let source = "import os\ntmp = os.environ.get('TMPDIR', '/tmp')\nopen(tmp + '/starts', 'a').write('x')\n\
                  raise ValueError(len(open(tmp + '/starts').read()))\n";
    let mut seen = vec![bench.run("fails", source).await.payload["errorMessage"].clone()];
    // By then a parent for plain functions is there, which does not take the folder away.
    tokio::time::sleep(Duration::from_millis(500)).await;
    for _ in 0..2 {
        seen.push(bench.invoke("fails", &json!({})).await.payload["errorMessage"].clone());
    }
    assert_eq!(seen, [json!("2"), json!("3"), json!("4")]);
    let log = bench.log("fails").await;
    let phases = |phase: &str| {
        log.iter().filter(|line| line.starts_with("INIT_REPORT") && line.contains(phase)).count()
    };
    assert_eq!((phases("Phase: init"), phases("Phase: invoke")), (1, 3), "{log:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_folder_is_given_up_with_its_environment() {
    let bench = Workbench::new().await;
    let source = "import os, time\ntmp = os.environ.get('TMPDIR', '/tmp')\ndef handler(event, context):\n    \
                  for n in range(event.get('files', 0)):\n        \
                  open(f'{tmp}/{n}', 'wb').write(b'x' * 20_000_000)\n    if event.get('files'): time.sleep(1)\n    \
                  return os.listdir(tmp)\n";
    bench.create_with("fills", source, 20, "app.handler").await;
    let full = bench.invoke("fills", &json!({ "files": 40 })).await;
    assert_eq!(full.payload["errorType"], "Runtime.ExitError", "{}", full.log);
    assert_eq!(bench.invoke("fills", &json!({})).await.payload, json!([]));
}
