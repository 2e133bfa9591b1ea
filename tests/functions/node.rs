use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{InvokeWithResponseStreamResponseEvent, LayerVersionContentInput};
use serde_json::json;

use super::workbench::{Workbench, zip};

const RUNTIME: &str = "nodejs20.x";

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_may_be_a_module_a_script_a_promise_or_a_callback() {
    let bench = Workbench::new().await;
    for (name, file, source) in [
        ("module", "index.mjs", "export const handler = async (e) => ({ n: e.n + 1 });"),
        ("script", "index.js", "exports.handler = async (e) => ({ n: e.n + 1 });"),
        (
            "back",
            "index.js",
            "exports.handler = (e, c, done) => { setTimeout(() => done(null, { n: e.n + 1 }), 5); };",
        ),
        (
            "promise",
            "index.cjs",
            "module.exports.handler = (e) => new Promise((ok) => setTimeout(() => ok({ n: e.n + 1 }), 5));",
        ),
    ] {
        bench.create_as(name, RUNTIME, "index.handler", &[(file, source)]).await;
        for n in [1, 2] {
            let ran = bench.invoke(name, &json!({ "n": n })).await;
            assert_eq!((ran.payload, ran.error), (json!({ "n": n + 1 }), None), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_in_a_script_is_told_as_lambda_tells_it() {
    let bench = Workbench::new().await;
    for (name, source, kind, message) in [
        ("throws", "exports.handler = async () => { throw new TypeError('no'); };", "TypeError", "no"),
        ("back", "exports.handler = (e, c, done) => done(new RangeError('far'));", "RangeError", "far"),
        ("text", "exports.handler = (e, c, done) => done('plain');", "string", "plain"),
        (
            "lacks",
            "exports.other = 1;",
            "Runtime.HandlerNotFound",
            "index.handler is undefined or not exported",
        ),
        (
            "imports",
            "require('nowhere');",
            "Runtime.ImportModuleError",
            "Error: Cannot find module 'nowhere'\nRequire stack:\n- /var/task/index.js",
        ),
    ] {
        bench.create_as(name, RUNTIME, "index.handler", &[("index.js", source)]).await;
        let ran = bench.invoke(name, &json!({})).await;
        assert_eq!(ran.error.as_deref(), Some("Unhandled"), "{name}");
        let said = (
            ran.payload["errorType"].as_str(),
            ran.payload["errorMessage"].as_str().map(|text| text.starts_with(message)),
        );
        assert_eq!(said, (Some(kind), Some(true)), "{name}: {}", ran.payload);
        assert!(ran.payload["trace"].is_array(), "{name}: {}", ran.payload);
    }
    let ran = bench.invoke("throws", &json!({})).await;
    assert!(ran.payload["trace"][1].as_str().unwrap().contains("/var/task/index.js:1:"), "{}", ran.payload);
    assert!(ran.log.contains("\tERROR\tInvoke Error \t{\"errorType\":\"TypeError\""), "{}", ran.log);
    bench.create_as("typo", RUNTIME, "index.handler", &[("index.js", "exports.handler = (;")]).await;
    assert_eq!(bench.invoke("typo", &json!({})).await.payload["errorType"], "Runtime.UserCodeSyntaxError");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_finds_what_a_layer_brings() {
    let bench = Workbench::new().await;
    let files = zip(&[
        ("nodejs/node_modules/shared/index.js", "exports.value = 7;"),
        ("nodejs/node_modules/shared/package.json", "{ \"name\": \"shared\", \"main\": \"index.js\" }"),
    ]);
    let content = LayerVersionContentInput::builder().zip_file(Blob::new(files)).build();
    let layer = bench.clients.lambda.publish_layer_version().layer_name("shared").content(content);
    let layer = layer.send().await.unwrap().layer_version_arn.unwrap();
    let later = "exports.handler = async () => (await import('shared')).value;";
    let files: [(&str, &[(&str, &str)]); 4] = [
        (
            "script",
            &[("index.js", "const { value } = require('shared'); exports.handler = async () => value;")],
        ),
        (
            "module",
            &[("index.mjs", "import { value } from 'shared'; export const handler = async () => value;")],
        ),
        ("later", &[("index.js", later)]),
        ("below", &[("index.js", "exports.handler = require('./below').handler;"), ("below.js", later)]),
    ];
    for (name, files) in files {
        bench.create_as(name, RUNTIME, "index.handler", files).await;
        bench
            .clients
            .lambda
            .update_function_configuration()
            .function_name(name)
            .layers(&layer)
            .send()
            .await
            .unwrap();
        let ran = bench.invoke(name, &json!({})).await;
        assert_eq!(ran.payload, json!(7), "{name}: {}", ran.log);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_may_be_a_stream() {
    let bench = Workbench::new().await;
    let source = "export const handler = awslambda.streamifyResponse(async (event, stream) => {\n\
                  stream.setContentType('text/plain');\n  stream.write('one ');\n  stream.write('two');\n  \
                  if (event.fail) throw new Error('broke');\n  stream.end();\n});";
    bench.create_as("streams", RUNTIME, "index.handler", &[("index.mjs", source)]).await;
    for (event, wanted) in [("{}", None), ("{\"fail\":true}", Some("Error"))] {
        let call = bench.clients.lambda.invoke_with_response_stream().function_name("streams");
        let mut output = call.payload(Blob::new(event)).send().await.unwrap();
        let (mut text, mut code) = (String::new(), None);
        while let Some(event) = output.event_stream.recv().await.unwrap() {
            match event {
                InvokeWithResponseStreamResponseEvent::PayloadChunk(chunk) => {
                    text += &String::from_utf8(chunk.payload.unwrap().into_inner()).unwrap();
                }
                InvokeWithResponseStreamResponseEvent::InvokeComplete(end) => code = end.error_code,
                _ => {}
            }
        }
        assert_eq!((text.as_str(), code.as_deref()), ("one two", wanted));
    }
    // Whoever does not ask for a stream gets it whole.
    let call = bench.clients.lambda.invoke().function_name("streams").send().await.unwrap();
    assert_eq!(call.payload.unwrap().into_inner(), b"one two");
}
