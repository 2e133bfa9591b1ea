use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{AliasRoutingConfiguration, FunctionCode, LayerVersionContentInput, Runtime};
use serde_json::json;

use super::workbench::{Workbench, zip};

#[tokio::test(flavor = "multi_thread")]
async fn a_version_stays_what_it_was_and_an_alias_points_to_it() {
    let bench = Workbench::new().await;
    let lambda = &bench.clients.lambda;
    let answer = |value: u32| format!("def handler(e, c): return {value}\n");
    bench.create("shop", &answer(1)).await;
    let first = lambda.publish_version().function_name("shop").send().await.unwrap();
    assert_eq!(first.version(), Some("1"));
    bench.update("shop", &answer(2)).await;
    lambda.publish_version().function_name("shop").send().await.unwrap();
    bench.update("shop", &answer(3)).await;
    lambda.create_alias().function_name("shop").name("live").function_version("1").send().await.unwrap();
    for (name, value) in [("shop:1", 1), ("shop:2", 2), ("shop:live", 1), ("shop", 3), ("shop:$LATEST", 3)] {
        assert_eq!(bench.invoke(name, &json!({})).await.payload, json!(value), "{name}");
    }
    let all = AliasRoutingConfiguration::builder().additional_version_weights("2", 1.0).build();
    lambda.update_alias().function_name("shop").name("live").routing_config(all).send().await.unwrap();
    assert_eq!(bench.invoke("shop:live", &json!({})).await.payload, json!(2));
    let invoke = lambda.invoke().function_name("shop").qualifier("live").send().await.unwrap();
    assert_eq!(invoke.executed_version(), Some("2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layer_is_found_where_lambda_puts_it() {
    let bench = Workbench::new().await;
    let lambda = &bench.clients.lambda;
    let content = |text: &str| {
        let files = zip(&[("python/shared.py", text)]);
        LayerVersionContentInput::builder().zip_file(Blob::new(files)).build()
    };
    let first = lambda.publish_layer_version().layer_name("shared").content(content("value = 1\n"));
    let first = first.send().await.unwrap().layer_version_arn.unwrap();
    bench.create("uses", "import shared\ndef handler(e, c): return shared.value\n").await;
    let set = |arn: String| lambda.update_function_configuration().function_name("uses").layers(arn).send();
    set(first).await.unwrap();
    assert_eq!(bench.invoke("uses", &json!({})).await.payload, json!(1));
    let second = lambda.publish_layer_version().layer_name("shared").content(content("value = 2\n"));
    set(second.send().await.unwrap().layer_version_arn.unwrap()).await.unwrap();
    assert_eq!(bench.invoke("uses", &json!({})).await.payload, json!(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_lambda_may_not_assume_is_refused() {
    let bench = Workbench::new().await;
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole"
    }] });
    let iam = &bench.clients.iam;
    let other = iam.create_role().role_name("other").assume_role_policy_document(trust.to_string());
    let other = other.send().await.unwrap().role.unwrap().arn;
    for role in [other.as_str(), "arn:aws:iam::123456789012:role/nobody"] {
        let code = FunctionCode::builder().zip_file(Blob::new(zip(&[("app.py", "")]))).build();
        let create = bench.clients.lambda.create_function().function_name("f").role(role).code(code);
        let create = create.runtime(Runtime::Python312).handler("app.handler");
        let refused = create.send().await.unwrap_err().into_service_error();
        assert!(refused.is_invalid_parameter_value_exception());
        let text = "The role defined for the function cannot be assumed by Lambda.";
        assert_eq!(refused.meta().message(), Some(text), "{role}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_can_be_had_back_by_who_was_given_its_address() {
    let bench = Workbench::new().await;
    let source = "def handler(e, c): return 1\n";
    bench.create("kept", source).await;
    bench.invoke("kept", &json!({})).await;
    let got = bench.clients.lambda.get_function().function_name("kept").send().await.unwrap();
    assert_eq!(
        got.configuration().and_then(|it| it.state()).map(aws_sdk_lambda::types::State::as_str),
        Some("Active")
    );
    let location = got.code.unwrap().location.unwrap();
    let (status, bytes) = fetch(&location).await;
    assert_eq!((status, bytes), (200, zip(&[("app.py", source)])));
    let (status, _) = fetch(&location.replace("Signature=", "Signature=00")).await;
    assert_eq!(status, 403);
    bench.clock.advance(std::time::Duration::from_secs(601));
    assert_eq!(fetch(&location).await.0, 403);
}

async fn fetch(address: &str) -> (u16, Vec<u8>) {
    use http_body_util::{BodyExt, Empty};
    use hyper_util::client::legacy::Client;
    use hyper_util::rt::TokioExecutor;
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<bytes::Bytes>>();
    let answer = client.get(address.parse().unwrap()).await.unwrap();
    (answer.status().as_u16(), answer.into_body().collect().await.unwrap().to_bytes().to_vec())
}
