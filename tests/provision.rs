//! Stacks on the embedded sandbox, over HTTP as on any target.

use std::collections::BTreeMap;

use proofmark::aws::{Clients, Endpoint, ErrorClass, Settling};
use proofmark::context::{Context, Random};
use proofmark::evidence::{Inspection, Resource};
use proofmark::inspect::{inspect, label};
use proofmark::provision::{Blueprint, Error, Redeploy, Site, Stack, provision, teardown, update};
use proofmark::sandbox::{Options, Running, Sandbox};
use proofmark::source::FileTree;
use proofmark::target::{Lease, lease_embedded, make_candidate, remove_candidate};
use proofmark::template::{Overlay, Template};
use serde_json::{Value, json};

const TEMPLATE: &str = r#"
Parameters:
  Greeting: { Type: String, Default: hello }
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }]
      ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole, !Ref Shared]
      Policies:
        - PolicyName: own
          PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: s3:GetObject, Resource: "*" }] }
  Shared:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: sqs:SendMessage, Resource: "*" }] }
  Extra:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: extra
      Roles: [!Ref Role]
      PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: sns:Publish, Resource: "*" }] }
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: { Name: !Sub "${AWS::StackName}-api", EndpointConfiguration: { Types: [REGIONAL] } }
  Path:
    Type: AWS::ApiGateway::Resource
    Properties: { RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: hello }
  Validator:
    Type: AWS::ApiGateway::RequestValidator
    Properties: { RestApiId: !Ref Api, Name: body, ValidateRequestBody: true }
  Model:
    Type: AWS::ApiGateway::Model
    Properties: { RestApiId: !Ref Api, Name: Greeting, Schema: { type: object } }
  Method:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Path
      HttpMethod: GET
      AuthorizationType: NONE
      Integration:
        Type: MOCK
        RequestTemplates: { application/json: '{"statusCode": 200}' }
        IntegrationResponses:
          - StatusCode: "200"
            ResponseTemplates: { application/json: !Sub '{"say": "${Greeting}"}' }
      MethodResponses: [{ StatusCode: "200" }]
  Deployment:
    Type: AWS::ApiGateway::Deployment
    DependsOn: Method
    Properties: { RestApiId: !Ref Api }
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: { RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live, Variables: { a: "1" } }
Outputs:
  Where: { Value: !Sub "${Api}/${Stage}" }
"#;

struct World {
    _sandbox: Running,
    lease: Lease,
    site: Site,
    template: Template,
}

async fn world() -> World {
    let sandbox = Sandbox::start(&Options::default(), &Context::system()).unwrap();
    let lease = lease_embedded(&sandbox.endpoint_url(), &sandbox.admin_token, "eu-west-1").await.unwrap();
    let site = Site::new(lease.clients.clone(), Random::from_seed(1));
    let template = Template::parse("template.yaml", TEMPLATE).unwrap();
    World { _sandbox: sandbox, lease, site, template }
}

#[expect(clippy::needless_pass_by_value, reason = "callers write the patch in place")]
fn patched(template: &Template, patch: Value) -> Template {
    template.patched(&Overlay { document: json!({ "Resources": patch }), ..Overlay::default() })
}

impl World {
    async fn make(&self, template: &Template) -> Result<Stack, Error> {
        let (files, parameters) = (FileTree::new(), BTreeMap::new());
        provision(&self.site, &Blueprint { stack: "shop", template, files: &files, parameters: &parameters })
            .await
    }

    async fn change(&self, stack: &Stack, template: &Template, redeploy: Redeploy) -> Stack {
        let (files, parameters) = (FileTree::new(), BTreeMap::new());
        let blueprint = Blueprint { stack: "shop", template, files: &files, parameters: &parameters };
        update(&self.site, stack, &blueprint, redeploy).await.unwrap()
    }

    async fn seen(&self) -> Inspection {
        let seen = inspect(&self.lease.clients).await;
        let gaps = seen.gaps.iter();
        // Services that the sandbox does not have yet are gaps, and nothing else is.
        let gaps: Vec<_> = gaps
            .filter(|gap| ["iam:", "apigateway:", "sts:"].iter().any(|own| gap.operation.starts_with(own)))
            .collect();
        assert!(gaps.is_empty(), "{gaps:?}");
        seen
    }
}

fn of_logical_id<'a>(seen: &'a Inspection, logical_id: &str) -> &'a Resource {
    seen.resources.iter().find(|resource| resource.logical_id.as_deref() == Some(logical_id)).unwrap()
}

fn live_greeting(seen: &Inspection) -> &Value {
    let live = &of_logical_id(seen, "Stage").attributes["live"];
    assert_eq!(live["source"], "deployment");
    let integration = &live["routes"][0]["integration"];
    &integration["responses"]["default"]["responseTemplates"]["application/json"]
}

#[tokio::test]
async fn a_stack_is_made_seen_in_cloudformation_shape_and_torn_down_twice() {
    let world = world().await;
    let stack = world.make(&world.template).await.unwrap();
    let stack: Stack = serde_json::from_str(&serde_json::to_string(&stack).unwrap()).unwrap();
    assert_eq!(stack.outputs["Where"], format!("{}/live", stack.physical_id("Api").unwrap()));

    let mut seen = world.seen().await;
    label(&mut seen, &stack);
    let role = of_logical_id(&seen, "Role");
    assert_eq!(role.tags["proofmark:stack"], "shop");
    let policies = role.attributes["policies"].as_array().unwrap();
    let mut told: Vec<_> = policies
        .iter()
        .map(|policy| {
            (policy["source"].as_str().unwrap(), policy["document"]["Statement"][0]["Action"].clone())
        })
        .filter(|(_, action)| action.is_string())
        .collect();
    told.sort_by_key(|(_, action)| action.to_string());
    assert_eq!(
        told,
        [
            ("inline", json!("s3:GetObject")),
            ("inline", json!("sns:Publish")),
            ("managed", json!("sqs:SendMessage"))
        ]
    );
    let method = of_logical_id(&seen, "Method");
    let template_method = world.template.resource("Method").unwrap().properties;
    assert_eq!(method.properties["Integration"]["Type"], template_method["Integration"]["Type"]);
    assert_eq!(
        method.properties["Integration"]["RequestTemplates"],
        template_method["Integration"]["RequestTemplates"]
    );
    assert_eq!(method.properties["MethodResponses"], template_method["MethodResponses"]);
    assert_eq!(of_logical_id(&seen, "Stage").properties["Variables"], json!({"a": "1"}));
    assert_eq!(of_logical_id(&seen, "Validator").properties["ValidateRequestBody"], true);

    teardown(&world.site, &stack).await.unwrap();
    assert_eq!(world.seen().await.resources, []);
    teardown(&world.site, &stack).await.unwrap();
}

#[tokio::test]
async fn a_method_that_changes_later_is_not_served_until_it_is_deployed() {
    let world = world().await;
    let stack = world.make(&world.template).await.unwrap();
    let response = json!({"Method": {"Properties": {"Integration": {"IntegrationResponses":
        [{"StatusCode": "200", "ResponseTemplates": {"application/json": "{\"say\": \"bye\"}"}}]}}}});
    let later = patched(&world.template, response);

    let stack = world.change(&stack, &later, Redeploy::Never).await;
    assert_eq!(live_greeting(&world.seen().await), "{\"say\": \"hello\"}");
    let stack = world.change(&stack, &later, Redeploy::Always).await;
    assert_eq!(live_greeting(&world.seen().await), "{\"say\": \"bye\"}");
    teardown(&world.site, &stack).await.unwrap();
}

#[tokio::test]
async fn an_update_changes_in_place_replaces_makes_and_deletes() {
    let world = world().await;
    let stack = world.make(&world.template).await.unwrap();
    let changed = patched(
        &world.template,
        json!({
            "Extra": null,
            "Model": null,
            "Role": {"Properties": {"Policies": null, "Description": "reads"}},
            "Path": {"Properties": {"PathPart": "bye"}},
            "Response": {"Type": "AWS::ApiGateway::GatewayResponse", "Properties":
                {"RestApiId": {"Ref": "Api"}, "ResponseType": "DEFAULT_4XX", "StatusCode": "418"}},
        }),
    );
    let stack = world.change(&stack, &changed, Redeploy::Always).await;
    let mut seen = world.seen().await;
    label(&mut seen, &stack);
    let role = of_logical_id(&seen, "Role");
    assert_eq!(role.properties["Description"], "reads");
    assert_eq!(role.properties.get("Policies"), None);
    assert_eq!(of_logical_id(&seen, "Method").attributes["Path"], "/bye");
    assert_eq!(of_logical_id(&seen, "Response").properties["StatusCode"], "418");
    assert!(seen.resources.iter().all(|resource| resource.attributes["Path"] != "/hello"));
    assert!(!stack.resources.contains_key("Model"));
    teardown(&world.site, &stack).await.unwrap();
    assert_eq!(world.seen().await.resources, []);
}

#[tokio::test]
async fn nothing_is_left_of_a_stack_that_fails() {
    let world = world().await;
    let missing =
        json!({"Role": {"Properties": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/NoSuchPolicy"]}}});
    let error = world.make(&patched(&world.template, missing)).await.unwrap_err();
    let Error::Resource { logical_id, failure, leftovers, .. } = error else { panic!("{error}") };
    assert_eq!((logical_id.as_str(), failure.class), ("Role", ErrorClass::Missing));
    assert_eq!(leftovers, []);
    assert_eq!(world.seen().await.resources, []);
}

#[tokio::test]
async fn a_wrong_template_is_told_before_anything_is_made() {
    let world = world().await;
    let wrong = patched(&world.template, json!({"Api": {"Properties": {"Nmae": "x"}}}));
    let error = world.make(&wrong).await.unwrap_err();
    assert_eq!(error.to_string(), "AWS::ApiGateway::RestApi has no property `Nmae`");
    assert_eq!(world.seen().await.resources, []);
}

#[tokio::test]
async fn a_candidate_may_do_what_the_policy_says_and_is_removed_with_all_keys() {
    let world = world().await;
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*"}]}"#;
    let candidate = make_candidate(&world.lease.clients, "shop", "ada", policy).await.unwrap();
    let environment = world.lease.environment(&candidate);
    let endpoint = Endpoint::with_keys(
        Some(&environment["AWS_ENDPOINT_URL"]),
        &environment["AWS_REGION"],
        &environment["AWS_ACCESS_KEY_ID"],
        &environment["AWS_SECRET_ACCESS_KEY"],
        Settling::Immediate,
    );
    let theirs = Clients::new(&endpoint);
    assert!(theirs.iam.list_roles().send().await.is_ok());
    assert!(theirs.iam.create_user().user_name("eve").send().await.is_err());
    let gap = inspect(&theirs).await.gaps;
    assert!(gap.iter().any(|gap| gap.operation == "apigateway:GetRestApis"), "{gap:?}");

    remove_candidate(&world.lease.clients, "ada").await.unwrap();
    remove_candidate(&world.lease.clients, "ada").await.unwrap();
    assert!(theirs.iam.list_roles().send().await.is_err());
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_told_at_once() {
    let endpoint =
        Endpoint::with_keys(Some("http://127.0.0.1:9"), "eu-west-1", "AKIA", "secret", Settling::Immediate);
    let site = Site::new(Clients::new(&endpoint), Random::from_seed(1));
    let template = Template::parse("template.yaml", TEMPLATE).unwrap();
    let (files, parameters) = (FileTree::new(), BTreeMap::new());
    let blueprint = Blueprint { stack: "shop", template: &template, files: &files, parameters: &parameters };
    let started = std::time::Instant::now();
    let Err(Error::Target(failure)) = provision(&site, &blueprint).await else { panic!("it is down") };
    assert_eq!(failure.class, ErrorClass::Unreachable);
    assert!(failure.message.contains("refused"), "{failure}");
    assert!(started.elapsed().as_secs() < 5);
}
