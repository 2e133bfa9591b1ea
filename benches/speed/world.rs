use std::io::Write;

use base64::Engine;
use serde_json::json;

use crate::client::Client;

pub(crate) const FUNCTION: &str = "bench";

const CODE: &str = r#"
import json

def handler(event, context):
    return {"statusCode": 200, "body": json.dumps({"ok": True})}
"#;

/// A function and an API in front of it.
pub(crate) struct World {
    pub api: String,
}

impl World {
    pub(crate) async fn build(client: &mut Client) -> Self {
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
        let form: String = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("Action", "CreateRole"),
                ("Version", "2010-05-08"),
                ("RoleName", "bench"),
                ("AssumeRolePolicyDocument", trust),
            ])
            .finish();
        let (status, answer) =
            client.send("POST", "iam", "/", "application/x-www-form-urlencoded", &form).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));

        let function = json!({
            "FunctionName": FUNCTION,
            "Runtime": "python3.12",
            "Handler": "app.handler",
            "Role": "arn:aws:iam::123456789012:role/bench",
            "Code": { "ZipFile": base64::engine::general_purpose::STANDARD.encode(archive()) },
        });
        client.call("POST", "lambda", "/2015-03-31/functions", &function.to_string()).await;
        wait(client).await;
        let permission = json!({
            "StatementId": "api", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
        });
        let path = format!("/2015-03-31/functions/{FUNCTION}/policy");
        client.call("POST", "lambda", &path, &permission.to_string()).await;

        let api = client.call("POST", "apigateway", "/restapis", r#"{"name":"bench"}"#).await;
        let api = api["id"].as_str().unwrap().to_owned();
        let resources = client.call("GET", "apigateway", &format!("/restapis/{api}/resources"), "").await;
        let list = resources.get("item").or_else(|| resources["_embedded"].get("item")).unwrap();
        let root = list.get(0).unwrap_or(list)["id"].as_str().unwrap().to_owned();
        let uri = format!(
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:{FUNCTION}/invocations"
        );
        let mock =
            json!({ "type": "MOCK", "requestTemplates": { "application/json": "{\"statusCode\": 200}" } });
        let proxy = json!({ "type": "AWS_PROXY", "httpMethod": "POST", "uri": uri });
        for (part, integration) in [("mock", mock), ("function", proxy)] {
            let body = json!({ "pathPart": part }).to_string();
            let made =
                client.call("POST", "apigateway", &format!("/restapis/{api}/resources/{root}"), &body).await;
            let method = format!("/restapis/{api}/resources/{}/methods/GET", made["id"].as_str().unwrap());
            client.call("PUT", "apigateway", &method, r#"{"authorizationType":"NONE"}"#).await;
            let path = format!("{method}/integration");
            client.call("PUT", "apigateway", &path, &integration.to_string()).await;
            if part == "mock" {
                client.call("PUT", "apigateway", &format!("{method}/responses/200"), "{}").await;
                client.call("PUT", "apigateway", &format!("{path}/responses/200"), "{}").await;
            }
        }
        let path = format!("/restapis/{api}/deployments");
        client.call("POST", "apigateway", &path, r#"{"stageName":"live"}"#).await;
        Self { api }
    }

    /// Changes the configuration, so that the next invocation is a cold one.
    pub(crate) async fn recycle(&self, client: &mut Client) {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
        let body = json!({ "Description": now.to_string() }).to_string();
        client.call("PUT", "lambda", &format!("/2015-03-31/functions/{FUNCTION}/configuration"), &body).await;
        wait(client).await;
    }
}

async fn wait(client: &mut Client) {
    loop {
        let path = format!("/2015-03-31/functions/{FUNCTION}/configuration");
        let function = client.call("GET", "lambda", &path, "").await;
        if function["State"] == "Active" && function["LastUpdateStatus"] == "Successful" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

fn archive() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("app.py", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(CODE.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}
