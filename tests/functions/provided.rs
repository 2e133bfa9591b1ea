use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::LayerVersionContentInput;
use serde_json::json;

use super::workbench::{Workbench, zip};

/// A runtime of the customer's own, in a shell, over the Runtime API.
const BOOTSTRAP: &str = r#"#!/bin/bash
host=${AWS_LAMBDA_RUNTIME_API%:*}; port=${AWS_LAMBDA_RUNTIME_API#*:}
count=0
while :; do
  exec 3<>"/dev/tcp/$host/$port"
  printf 'GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n' >&3
  id=
  while IFS= read -r line <&3; do
    line=${line%$'\r'}; [ -z "$line" ] && break
    case ${line,,} in lambda-runtime-aws-request-id:*) id=${line#*: };; esac
  done
  event=$(cat <&3); exec 3>&-
  count=$((count + 1))
  echo "invocation $count"
  word=$("${LAMBDA_OPT:-/opt}/bin/word" 2>/dev/null)
  answer="{\"event\":$event,\"handler\":\"$_HANDLER\",\"count\":$count,\"word\":\"$word\"}"
  exec 3<>"/dev/tcp/$host/$port"
  printf 'POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: api\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' "$id" "${#answer}" "$answer" >&3
  cat <&3 >/dev/null; exec 3>&-
done
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_bootstrap_of_ones_own_runs_on_both_systems() {
    let bench = Workbench::new().await;
    for runtime in ["provided.al2", "provided.al2023"] {
        let name = runtime.replace('.', "-");
        bench.create_as(&name, runtime, "hello.world", &[("bootstrap", BOOTSTRAP)]).await;
        for count in [1, 2] {
            let ran = bench.invoke(&name, &json!({ "a": "b" })).await;
            let wanted =
                json!({ "event": { "a": "b" }, "handler": "hello.world", "count": count, "word": "" });
            assert_eq!((ran.payload, ran.error), (wanted, None), "{}", ran.log);
            assert!(ran.log.contains(&format!("invocation {count}\n")), "{}", ran.log);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_without_bootstrap_says_so() {
    let bench = Workbench::new().await;
    bench.create_as("empty", "provided.al2023", "x", &[("readme.txt", "nothing")]).await;
    let ran = bench.invoke("empty", &json!({})).await;
    assert_eq!(ran.error.as_deref(), Some("Unhandled"));
    assert_eq!(ran.payload["errorType"], "Runtime.InvalidEntrypoint", "{}", ran.payload);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_of_a_layer_are_below_opt() {
    let bench = Workbench::new().await;
    let files =
        zip(&[("bin/readme", "of the layer"), ("lib/data.txt", "1"), ("python/shared.py", "value = 3")]);
    let content = LayerVersionContentInput::builder().zip_file(Blob::new(files)).build();
    let layer = bench.clients.lambda.publish_layer_version().layer_name("tools").content(content);
    let layer = layer.send().await.unwrap().layer_version_arn.unwrap();
    let source = "import os, shared\ndef handler(e, c):\n    opt = os.path.dirname(os.path.dirname(shared.__file__))\n    \
                  return [sorted(os.listdir(opt)), open(opt + '/bin/readme').read(), shared.value]\n";
    bench.create("looks", source).await;
    bench
        .clients
        .lambda
        .update_function_configuration()
        .function_name("looks")
        .layers(layer)
        .send()
        .await
        .unwrap();
    let ran = bench.invoke("looks", &json!({})).await;
    assert_eq!(ran.payload, json!([["bin", "lib", "python"], "of the layer", 3]), "{}", ran.log);
}
