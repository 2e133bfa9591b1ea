use std::time::{Duration, Instant};

use aws_sdk_lambda::primitives::Blob;
use serde_json::json;

use super::workbench::Workbench;

/// Whether the sandbox still runs functions.
async fn goes_on(bench: &Workbench, name: &str) -> bool {
    bench.run(name, "def handler(e, c): return 'fine'\n").await.payload == "fine"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_loops_for_ever_is_stopped_at_its_timeout() {
    let bench = Workbench::new().await;
    bench.create_with("loops", "def handler(e, c):\n    while True: pass\n", 1, "app.handler").await;
    let started = Instant::now();
    let ran = bench.invoke("loops", &json!({})).await;
    assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
    assert_eq!(ran.payload["errorType"], "Sandbox.Timedout");
    let message = ran.payload["errorMessage"].as_str().unwrap();
    assert!(
        message.starts_with("RequestId: ") && message.ends_with(" Error: Task timed out after 1.00 seconds"),
        "{message}"
    );
    assert!(ran.log.contains("Status: timeout"), "{}", ran.log);
    assert!(goes_on(&bench, "after").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_allocates_without_end_is_stopped() {
    let bench = Workbench::new().await;
    let source = "def handler(e, c):\n    all = []\n    while True: all.append(b'x' * 1000000)\n";
    bench.create_with("eats", source, 30, "app.handler").await;
    let ran = bench.invoke("eats", &json!({})).await;
    assert_eq!(ran.error.as_deref(), Some("Unhandled"));
    let kind = ran.payload["errorType"].as_str().unwrap();
    assert!(kind == "Runtime.OutOfMemory" || kind == "MemoryError", "{kind}");
    assert!(goes_on(&bench, "after").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_forks_without_end_is_stopped_with_all_its_children() {
    let bench = Workbench::new().await;
    let source = "import os, time\ndef handler(e, c):\n    while True:\n        try:\n            if os.fork() == 0:\n                \
                  time.sleep(1000)\n        except OSError: time.sleep(0.01)\n";
    bench.create_with("forks", source, 1, "app.handler").await;
    let ran = bench.invoke("forks", &json!({})).await;
    assert_eq!(ran.error.as_deref(), Some("Unhandled"), "{:?}", ran.payload);
    assert!(goes_on(&bench, "after").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_prints_without_end_fills_nothing() {
    let bench = Workbench::new().await;
    let source = "def handler(e, c):\n    while True: print('x' * 1000)\n";
    bench.create_with("prints", source, 1, "app.handler").await;
    let ran = bench.invoke("prints", &json!({})).await;
    assert_eq!(ran.payload["errorType"], "Sandbox.Timedout");
    let kept: usize = bench.log("prints").await.iter().map(String::len).sum();
    assert!(kept < 2 * 1024 * 1024, "{kept} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_fills_its_disk_is_stopped() {
    let bench = Workbench::new().await;
    let source = "import os\ndef handler(e, c):\n    n = 0\n    while True:\n        n += 1\n        \
                  open(os.path.join(os.environ.get('TMPDIR', '/tmp'), str(n)), 'wb').write(b'x' * 20000000)\n";
    bench.create_with("fills", source, 30, "app.handler").await;
    let ran = bench.invoke("fills", &json!({})).await;
    assert_eq!(ran.payload["errorType"], "Runtime.ExitError", "{:?}", ran.payload);
    assert!(goes_on(&bench, "after").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_reserved_concurrency_means_no_invocation() {
    let bench = Workbench::new().await;
    bench.create("closed", "def handler(e, c): return 1\n").await;
    let lambda = &bench.clients.lambda;
    lambda
        .put_function_concurrency()
        .function_name("closed")
        .reserved_concurrent_executions(0)
        .send()
        .await
        .unwrap();
    let refused = lambda.invoke().function_name("closed").send().await.unwrap_err().into_service_error();
    assert!(refused.is_too_many_requests_exception(), "{refused:?}");
    lambda.delete_function_concurrency().function_name("closed").send().await.unwrap();
    assert_eq!(bench.invoke("closed", &json!({})).await.payload, json!(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn payloads_have_lambdas_limits_in_both_directions() {
    let bench = Workbench::new().await;
    bench.create("echo", "def handler(e, c): return 'x' * e\n").await;
    let lambda = &bench.clients.lambda;
    let big = format!("\"{}\"", "y".repeat(6_291_456));
    let refused = lambda.invoke().function_name("echo").payload(Blob::new(big)).send().await.unwrap_err();
    assert!(refused.into_service_error().is_request_too_large_exception());
    let ran = bench.invoke("echo", &json!(6_300_000)).await;
    assert_eq!(ran.payload["errorType"], "Function.ResponseSizeTooLarge", "{:?}", ran.error);
    assert_eq!(bench.invoke("echo", &json!(2)).await.payload, json!("xx"));
}
