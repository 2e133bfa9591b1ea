use proofmark::template::Template;

/// Returns what is wrong with a SAM template: place and message of each problem.
fn refused(text: &str) -> Vec<String> {
    let text = format!("Transform: AWS::Serverless-2016-10-31\n{text}");
    let problems = Template::parse("t.yaml", &text).unwrap_err();
    let told = problems.iter();
    let mut told: Vec<String> =
        told.map(|problem| format!("{} {}", problem.location.as_ref().unwrap(), problem.message)).collect();
    told.sort_unstable();
    told
}

#[test]
fn what_is_outside_is_refused_where_it_stands() {
    let told = refused(
        "Resources:
  Graph: { Type: AWS::Serverless::GraphQLApi }
  Link: { Type: AWS::Serverless::Connector }
  Odd: { Type: AWS::Serverless::Functon }
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: python3.12
      InlineCode: x
      Timeuot: 3
      DeploymentPreference: { Type: AllAtOnce }
      Events:
        Speak: { Type: AlexaSkill }
        Wrong: { Type: Shedule }
        Short: { Type: Api, Properties: { Path: /a } }
",
    );
    let expected = [
        "t.yaml:12:7 AWS::Serverless::Function has no property `Timeuot`",
        "t.yaml:13:7 `DeploymentPreference` of AWS::Serverless::Function is not supported in a scenario",
        "t.yaml:15:24 events of type `AlexaSkill` are not supported in a scenario",
        "t.yaml:16:24 there is no event of type `Shedule`",
        "t.yaml:17:29 an event of type `Api` needs the property `Method`",
        "t.yaml:3:18 `AWS::Serverless::GraphQLApi` is not supported in a scenario",
        "t.yaml:4:17 `AWS::Serverless::Connector` is not supported in a scenario",
        "t.yaml:5:16 there is no resource type `AWS::Serverless::Functon`",
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_a_state_machine_says_wrong_is_told_where_it_stands() {
    let told = refused(
        "Resources:
  None: { Type: AWS::Serverless::StateMachine }
  Both:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: { StartAt: A }
      DefinitionUri: flow.json
      Role: arn
      Policies: [AWSLambdaRole]
      Tracing: { Enabled: true }
      Events:
        Queue: { Type: SQS }
        Wrong: { Type: Shedule }
",
    );
    let expected = [
        "t.yaml:11:7 `Tracing` of AWS::Serverless::StateMachine is not supported in a scenario",
        "t.yaml:13:24 events of type `SQS` do not start a state machine in a scenario",
        "t.yaml:14:24 there is no event of type `Shedule`",
        "t.yaml:3:3 a state machine needs `Definition` or `DefinitionUri`",
        "t.yaml:8:7 give either `Definition` or `DefinitionUri`",
        "t.yaml:9:7 give either `Role` or `Policies`",
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_a_global_says_wrong_is_told_at_the_global() {
    let told = refused(
        "Globals:
  Function: { Timeout: soon, Rutime: python3.12 }
  Functions: {}
Resources:
  Table: { Type: AWS::Serverless::SimpleTable }
",
    );
    let expected = [
        "t.yaml:3:30 `Rutime` cannot be set for every Function",
        "t.yaml:4:3 `Globals` has no section `Functions`",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_resource_that_was_made_still_knows_its_place_in_the_source() {
    let text = "Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    MemorySize: 1.5
    Runtime: python3.12
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      InlineCode: x
      Policies: [{ SQSSendMessagePolicy: { QueueName: jobs } }]
      Events: { Get: { Type: Api, Properties: { Path: /a, Method: get } } }
";
    let template = Template::parse("t.yaml", text).unwrap();
    let expanded = template.expanded(&std::collections::BTreeMap::new()).unwrap();
    let place = |pointer: &str| expanded.location(pointer).to_string();
    assert_eq!(place("/Resources/Hello/Properties/MemorySize"), "t.yaml:4:17");
    assert_eq!(place("/Resources/HelloRole/Properties/Policies/0/PolicyDocument"), "t.yaml:12:18");
    assert_eq!(place("/Resources/HelloGetPermissionProd"), "t.yaml:13:22");
    assert_eq!(place("/Resources/ServerlessRestApi/Properties/Body/paths/~1a/get"), "t.yaml:13:47");
    let problems: Vec<_> = proofmark::resource::lint(&template);
    let told: Vec<_> =
        problems.iter().map(|p| format!("{} {}", p.location.as_ref().unwrap(), p.message)).collect();
    assert!(told.iter().any(|told| told.starts_with("t.yaml:4:17 ")), "{told:?}");
}
