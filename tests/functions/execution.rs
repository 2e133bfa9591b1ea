use std::time::Duration;

use aws_sdk_lambda::types::InvocationType;
use serde_json::json;

use super::workbench::Workbench;

#[tokio::test(flavor = "multi_thread")]
async fn a_function_answers_and_its_log_is_kept_where_lambda_keeps_it() {
    let bench = Workbench::new().await;
    let source = "import os\ndef handler(event, context):\n    print('hello', event['name'])\n    \
                  return {'root': os.environ['LAMBDA_TASK_ROOT'], 'region': os.environ['AWS_REGION']}\n";
    bench.create("greet", source).await;
    let ran = bench.invoke("greet", &json!({ "name": "Ada" })).await;
    assert_eq!((ran.payload["region"].as_str(), ran.error), (Some("eu-west-1"), None));
    for part in
        ["START RequestId: ", "hello Ada\n", "END RequestId: ", "REPORT RequestId: ", "Init Duration: "]
    {
        assert!(ran.log.contains(part), "{part} in {}", ran.log);
    }
    let log = bench.log("greet").await;
    assert!(log.iter().any(|line| line.trim_end() == "hello Ada"), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_function_prints_is_dropped_where_its_role_may_not_write_logs() {
    let bench = Workbench::new().await;
    let basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    bench.clients.iam.detach_role_policy().role_name("worker").policy_arn(basic).send().await.unwrap();
    let ran = bench.run("silent", "def handler(event, context):\n    print('psst')\n").await;
    assert!(ran.log.contains("psst"), "{}", ran.log);
    let groups = bench.clients.logs.describe_log_groups().send().await.unwrap();
    assert!(groups.log_groups().is_empty(), "{groups:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_told_as_lambda_tells_it() {
    let bench = Workbench::new().await;
    for (name, source, kind, message) in [
        ("raises", "def handler(e, c):\n    raise KeyError('id')\n", "KeyError", "'id'"),
        (
            "imports",
            "import nowhere\n",
            "Runtime.ImportModuleError",
            "Unable to import module 'app': No module named 'nowhere'",
        ),
        (
            "lacks",
            "def other(e, c): pass\n",
            "Runtime.HandlerNotFound",
            "Handler 'handler' missing on module 'app'",
        ),
        (
            "marshals",
            "def handler(e, c): return {1, 2}\n",
            "Runtime.MarshalError",
            "Unable to marshal response: Object of type set is not JSON serializable",
        ),
    ] {
        let ran = bench.run(name, source).await;
        assert_eq!(ran.error.as_deref(), Some("Unhandled"), "{name}");
        assert_eq!(
            (ran.payload["errorType"].as_str(), ran.payload["errorMessage"].as_str()),
            (Some(kind), Some(message))
        );
        assert!(ran.log.contains(&format!("[ERROR] {kind}: {message}")), "{}", ran.log);
    }
    let ran = bench.run("typo", "def handler(e, c:\n    pass\n").await;
    assert_eq!(ran.payload["errorType"], "Runtime.UserCodeSyntaxError");
    let ran = bench.invoke("raises", &json!({})).await;
    assert!(
        ran.payload["stackTrace"][0].as_str().unwrap().contains("/var/task/app.py\", line 2"),
        "{:?}",
        ran.payload
    );
    let ran = bench.run("exits", "import os\ndef handler(e, c):\n    os._exit(3)\n").await;
    assert_eq!(ran.payload["errorType"], "Runtime.ExitError");
    assert!(
        ran.payload["errorMessage"]
            .as_str()
            .unwrap()
            .ends_with("Error: Runtime exited with error: exit status 3")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_is_used_again_until_anything_of_the_function_changes() {
    let bench = Workbench::new().await;
    let counter =
        |step: u32| format!("n = 0\ndef handler(e, c):\n    global n\n    n += {step}\n    return n\n");
    bench.create("count", &counter(1)).await;
    assert_eq!(bench.invoke("count", &json!({})).await.payload, json!(1));
    assert_eq!(bench.invoke("count", &json!({})).await.payload, json!(2));
    bench.update("count", &counter(10)).await;
    assert_eq!(bench.invoke("count", &json!({})).await.payload, json!(10));
    let change = bench.clients.lambda.update_function_configuration().function_name("count");
    change.description("new").send().await.unwrap();
    assert_eq!(bench.invoke("count", &json!({})).await.payload, json!(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_at_once_have_environments_of_their_own() {
    let bench = Workbench::new().await;
    let source = "import os, time\nstart = time.time()\ndef handler(e, c):\n    time.sleep(0.4)\n    return os.getpid()\n";
    bench.create("slow", source).await;
    let payload = json!({});
    let (a, b) = tokio::join!(bench.invoke("slow", &payload), bench.invoke("slow", &payload));
    assert_ne!(a.payload, b.payload);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_fails_is_tried_twice_again_by_the_sandboxs_clock() {
    let bench = Workbench::new().await;
    bench.create("failing", "def handler(e, c):\n    raise ValueError('no')\n").await;
    let invoke =
        bench.clients.lambda.invoke().function_name("failing").invocation_type(InvocationType::Event);
    assert_eq!(invoke.send().await.unwrap().status_code, 202);
    for (attempt, wait) in [(1, 61), (2, 121), (3, 600)] {
        let mut starts = vec![];
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            // The group is made with the first line.
            let groups = bench.clients.logs.describe_log_groups().send().await.unwrap();
            if !groups.log_groups().is_empty() {
                starts =
                    bench.log("failing").await.into_iter().filter(|line| line.starts_with("START")).collect();
            }
            if starts.len() >= attempt {
                break;
            }
        }
        assert_eq!(starts.len(), attempt, "{starts:?}");
        assert!(starts.iter().all(|line| *line == starts[0]), "one request: {starts:?}");
        bench.clock.advance(Duration::from_secs(wait));
    }
}
