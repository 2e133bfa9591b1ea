use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use proofmark::aws::Clients;
use proofmark::context::Random;
use proofmark::inspect::inspect;
use proofmark::provision::{Blueprint, Site, Stack, provision, teardown};
use proofmark::resource::lint;
use proofmark::source::{FileTree, read_folder};
use proofmark::target::lease_embedded;
use proofmark::template::Template;

use crate::support::Lab;

/// What a route of a template answers: stage and path, the status, and a part of the body.
const ANSWERS: [(&str, &str, u16, &str); 25] = [
    ("api-implicit.yaml", "Prod/orders/7", 200, "\"path\": \"/orders/7\""),
    ("api-stage.yaml", "v1/hello/ada", 200, "\"hello\":\"ada\""),
    ("api-body.yaml", "live/health", 200, "\"ok\": true"),
    ("api-cors.yaml", "Prod/a", 200, "\"path\": \"/a\""),
    ("api-keys.yaml", "live/closed", 403, "Forbidden"),
    ("api-keys.yaml", "live/open", 200, "\"path\": \"/open\""),
    ("api-authorizer-token.yaml", "live/open", 200, "\"path\": \"/open\""),
    ("api-authorizer-token.yaml", "live/closed", 401, "Unauthorized"),
    ("function-alias-api.yaml", "Prod/hello", 200, "\"path\": \"/hello\""),
    ("http-authorizer.yaml", "$default/open", 200, "\"path\": \"/open\""),
    ("http-authorizer.yaml", "$default/closed", 401, "Unauthorized"),
    ("function-logging.yaml", "Prod/plain", 200, "\"path\": \"/plain\""),
    ("http-access-log.yaml", "$default/a", 200, "\"path\": \"/a\""),
    ("http-body.yaml", "$default/hello", 200, "\"path\": \"/hello\""),
    ("http-iam.yaml", "$default/a", 403, "Forbidden"),
    ("http-implicit.yaml", "$default/orders/7", 200, "\"path\": \"/orders/7\""),
    ("http-implicit.yaml", "$default/any", 200, "\"path\": \"/any\""),
    ("http-implicit.yaml", "$default/else/where", 200, "\"path\": \"/else/where\""),
    ("http-jwt.yaml", "$default/open", 200, "\"path\": \"/open\""),
    ("http-jwt.yaml", "$default/closed", 401, "Unauthorized"),
    ("http-settings.yaml", "v1/old", 200, "\"path\": \"/v1/old\""),
    ("http-settings.yaml", "v1/new", 404, "Not Found"),
    ("state-machine.yaml", "Prod/start", 200, "executionArn"),
    ("rest-authorizer.yaml", "live/closed", 401, "Unauthorized"),
    ("http-parts.yaml", "live/orders/7", 200, "\"path\": \"/live/orders/7\""),
];

struct World {
    lab: Lab,
    files: FileTree,
}

impl World {
    async fn site(&self) -> Site {
        let sandbox = &self.lab.sandbox;
        let lease = lease_embedded(&sandbox.endpoint_url(), &sandbox.admin_token, "eu-west-1").await.unwrap();
        Site::new(lease.clients, Random::from_seed(1))
    }

    async fn make(&self, site: &Site, template: &Template) -> Result<Stack, String> {
        let parameters = BTreeMap::new();
        let blueprint = Blueprint { stack: "shop", template, files: &self.files, parameters: &parameters };
        provision(site, &blueprint).await.map_err(|error| error.to_string())
    }
}

async fn left(clients: &Clients) -> Vec<String> {
    inspect(clients).await.resources.into_iter().map(|resource| resource.key).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_template_is_put_up_answers_and_is_torn_down_with_nothing_left() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/templates");
    let world = World { lab: Lab::new(), files: read_folder(&folder).unwrap() };
    let mut told = Vec::new();
    for folder in ["sam", "plain"] {
        let templates = world.files.below(folder);
        for (name, _) in templates.iter() {
            let template = Template::parse(name, templates.text(name).unwrap()).unwrap();
            let problems: Vec<String> = lint(&template).into_iter().map(|problem| problem.message).collect();
            if !problems.is_empty() {
                told.push(format!("{name}: {problems:?}"));
                continue;
            }
            let site = world.site().await;
            let stack = match world.make(&site, &template).await {
                Ok(stack) => stack,
                Err(error) => {
                    told.push(format!("{name}: {error}"));
                    continue;
                }
            };
            for (_, path, status, part) in ANSWERS.iter().filter(|(asked, ..)| *asked == name) {
                let apis = ["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"];
                let api = stack.resources.values().find(|standing| apis.contains(&standing.kind.as_str()));
                let (stage, rest) = path.split_once('/').unwrap();
                let url = world.lab.sandbox.endpoint_url();
                let api = &api.unwrap().made.id;
                let url = format!("{url}/restapis/{api}/{stage}/_user_request_/{rest}");
                let (found, body) = get(&url).await;
                if found != *status || !body.contains(part) {
                    told.push(format!("{name}: GET {path} answers {found} {body}"));
                }
            }
            if let Err(unfinished) = teardown(&site, &stack).await {
                told.push(format!("{name}: {}", unfinished.error));
            }
            let left = left(&site.clients).await;
            if !left.is_empty() {
                told.push(format!("{name}: left behind {left:?}"));
            }
        }
    }
    assert!(told.is_empty(), "{} problems:\n{}", told.len(), told.join("\n"));
}

const BUSY: &str = r#"
Transform: AWS::Serverless-2016-10-31
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Timeout: 10
      InlineCode: |
        import time
        def handler(event, context):
            print("begun")
            time.sleep(1)
            print("done")
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_function_logs_while_it_is_torn_down_does_not_stay() {
    let world = World { lab: Lab::new(), files: FileTree::new() };
    let site = world.site().await;
    let stack = world.make(&site, &Template::parse("template.yaml", BUSY).unwrap()).await.unwrap();
    let call = site.clients.lambda.invoke().function_name(stack.physical_id("Function").unwrap());
    call.invocation_type(aws_sdk_lambda::types::InvocationType::Event).send().await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    teardown(&site, &stack).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(left(&site.clients).await, Vec::<String>::new());
}

async fn get(url: &str) -> (u16, String) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let rest = url.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let mut stream = tokio::net::TcpStream::connect(authority).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}
