use std::io::Write as _;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::answer::Answer;
use super::bench::Bench;

/// A zip with a handler, in base64.
fn code(release: &str) -> String {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("app.py", zip::write::SimpleFileOptions::default()).unwrap();
    let text = format!("# {release}\ndef handler(event, context):\n    return 'done'\n");
    archive.write_all(text.as_bytes()).unwrap();
    STANDARD.encode(archive.finish().unwrap().into_inner())
}

fn definition(role: &str) -> Value {
    json!({
        "FunctionName": "work", "Runtime": "python3.12", "Handler": "app.handler", "Role": role,
        "Code": { "ZipFile": code("1") },
    })
}

fn function(b: &Bench) {
    b.also("CreateFunction", definition(&b.role("lambda.amazonaws.com")));
}

/// Waits until a function has settled.
fn ready(b: &Bench) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let function = b.also("GetFunctionConfiguration", json!({ "FunctionName": "work" }));
        if *function.at("/State") == "Active" && *function.at("/LastUpdateStatus") == "Successful" {
            return;
        }
        assert!(Instant::now() < deadline, "{function:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn version(b: &Bench) {
    function(b);
    ready(b);
    b.also("PublishVersion", json!({ "FunctionName": "work" }));
}

fn alias(b: &Bench) {
    version(b);
    b.also("CreateAlias", json!({ "FunctionName": "work", "Name": "live", "FunctionVersion": "1" }));
}

fn arn(b: &Bench) -> String {
    format!("arn:aws:lambda:eu-west-1:{}:function:work", b.account)
}

fn layer(b: &Bench) -> String {
    let layer = json!({ "LayerName": "parts", "Content": { "ZipFile": code("1") } });
    b.also("PublishLayerVersion", layer).text("/LayerVersionArn")
}

fn url(b: &Bench) {
    function(b);
    b.also("CreateFunctionUrlConfig", json!({ "FunctionName": "work", "AuthType": "NONE" }));
}

fn provisioned(b: &Bench) {
    alias(b);
    let two = json!({ "FunctionName": "work:live", "ProvisionedConcurrentExecutions": 2 });
    b.also("PutProvisionedConcurrencyConfig", two);
}

/// A permission for everybody to use the first version of a layer.
fn shared(layer: &str) -> Value {
    json!({
        "LayerName": layer, "VersionNumber": 1, "StatementId": "everybody", "Action": "lambda:GetLayerVersion", "Principal": "*",
    })
}

/// A mapping from a table's stream to the function.
fn mapping(b: &Bench, way: &str) -> Answer {
    function(b);
    let reads = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole";
    b.of("iam", "AttachRolePolicy", json!({ "RoleName": "role", "PolicyArn": reads }));
    let table = json!({
        "TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
        "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_IMAGE" },
    });
    let stream = b.of("dynamodb", "CreateTable", table).text("/TableDescription/LatestStreamArn");
    let input = json!({ "FunctionName": "work", "EventSourceArn": stream, "StartingPosition": "LATEST" });
    if way == "call" { b.call(input) } else { b.also("CreateEventSourceMapping", input) }
}

operations! { "lambda";
    create_function:
        |b: &Bench| { let role = b.role("lambda.amazonaws.com"); b.call(definition(&role)).has("/FunctionName", "work"); },
        |b: &Bench| { let role = b.role("lambda.amazonaws.com"); let mut wrong = definition(&role); wrong["Runtime"] = "cobol".into(); b.refused(wrong, 400, "InvalidParameterValueException"); };
    get_function:
        |b: &Bench| { function(b); b.call(json!({ "FunctionName": "work" })).has("/Configuration/FunctionName", "work"); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing" }), 404, "ResourceNotFoundException");
    get_function_configuration:
        |b: &Bench| { function(b); b.call(json!({ "FunctionName": "work" })).has("/Handler", "app.handler"); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing" }), 404, "ResourceNotFoundException");
    update_function_code:
        |b: &Bench| { function(b); ready(b); b.call(json!({ "FunctionName": "work", "ZipFile": code("2") })).has("/FunctionName", "work"); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing", "ZipFile": code("2") }), 404, "ResourceNotFoundException");
    update_function_configuration:
        |b: &Bench| { function(b); ready(b); b.call(json!({ "FunctionName": "work", "Timeout": 9 })).has("/Timeout", 9); },
        |b: &Bench| { function(b); ready(b); b.refused(json!({ "FunctionName": "work", "Timeout": 901 }), 400, "ValidationException"); };
    delete_function:
        |b: &Bench| { function(b); b.call(json!({ "FunctionName": "work" })); assert_eq!(b.ask("lambda", "GetFunction", json!({ "FunctionName": "work" })).status, 404); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing" }), 404, "ResourceNotFoundException");
    list_functions:
        |b: &Bench| { function(b); b.call(json!({  })).has("/Functions/0/FunctionName", "work"); },
        |b: &Bench| b.refused(json!({ "MaxItems": 0 }), 400, "ValidationException");
    publish_version:
        |b: &Bench| { function(b); ready(b); b.call(json!({ "FunctionName": "work" })).has("/Version", "1"); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing" }), 404, "ResourceNotFoundException");
    list_versions_by_function:
        |b: &Bench| { function(b); b.call(json!({ "FunctionName": "work" })).has("/Versions/0/Version", "$LATEST"); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing" }), 404, "ResourceNotFoundException");
    create_alias:
        |b: &Bench| { version(b); b.call(json!({ "FunctionName": "work", "Name": "live", "FunctionVersion": "1" })).has("/FunctionVersion", "1"); },
        |b: &Bench| { function(b); b.refused(json!({ "FunctionName": "work", "Name": "live", "FunctionVersion": "7" }), 404, "ResourceNotFoundException"); };
    get_alias:
        |b: &Bench| { alias(b); b.call(json!({ "FunctionName": "work", "Name": "live" })).has("/Name", "live"); },
        |b: &Bench| { function(b); b.refused(json!({ "FunctionName": "work", "Name": "live" }), 404, "ResourceNotFoundException"); };
    update_alias:
        |b: &Bench| { alias(b); b.call(json!({ "FunctionName": "work", "Name": "live", "Description": "the live one" })).has("/Description", "the live one"); },
        |b: &Bench| { function(b); b.refused(json!({ "FunctionName": "work", "Name": "live" }), 404, "ResourceNotFoundException"); };
    delete_alias:
        |b: &Bench| { alias(b); b.call(json!({ "FunctionName": "work", "Name": "live" })); b.also("ListAliases", json!({ "FunctionName": "work" })).lacks("/Aliases"); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing", "Name": "live" }), 404, "ResourceNotFoundException");
    list_aliases:
        |b: &Bench| { alias(b); b.call(json!({ "FunctionName": "work" })).has("/Aliases/0/Name", "live"); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing" }), 404, "ResourceNotFoundException");
    add_permission:
        |b: &Bench| { function(b); let answer = b.call(json!({ "FunctionName": "work", "StatementId": "api", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com" })); assert!(answer.text("/Statement").contains("apigateway.amazonaws.com")); },
        |b: &Bench| { function(b); b.also("AddPermission", json!({ "FunctionName": "work", "StatementId": "api", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com" })); b.refused(json!({ "FunctionName": "work", "StatementId": "api", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com" }), 409, "ResourceConflictException"); };
    remove_permission:
        |b: &Bench| { function(b); b.also("AddPermission", json!({ "FunctionName": "work", "StatementId": "api", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com" })); b.call(json!({ "FunctionName": "work", "StatementId": "api" })); assert_eq!(b.ask("lambda", "GetPolicy", json!({ "FunctionName": "work" })).status, 404); },
        |b: &Bench| { function(b); b.refused(json!({ "FunctionName": "work", "StatementId": "api" }), 404, "ResourceNotFoundException"); };
    get_policy:
        |b: &Bench| { function(b); b.also("AddPermission", json!({ "FunctionName": "work", "StatementId": "api", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com" })); assert!(b.call(json!({ "FunctionName": "work" })).text("/Policy").contains("apigateway")); },
        |b: &Bench| { function(b); b.refused(json!({ "FunctionName": "work" }), 404, "ResourceNotFoundException"); };
    invoke:
        |b: &Bench| { function(b); ready(b); let ran = b.call(json!({ "FunctionName": "work", "$": "{}" })); assert_eq!(ran.header("x-amz-function-error"), None, "{ran:?}"); assert_eq!(ran.raw, "\"done\""); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing" }), 404, "ResourceNotFoundException");
    put_function_concurrency:
        |b: &Bench| { function(b); b.call(json!({ "FunctionName": "work", "ReservedConcurrentExecutions": 3 })).has("/ReservedConcurrentExecutions", 3); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing", "ReservedConcurrentExecutions": 3 }), 404, "ResourceNotFoundException");
    get_function_concurrency:
        |b: &Bench| { function(b); b.also("PutFunctionConcurrency", json!({ "FunctionName": "work", "ReservedConcurrentExecutions": 3 })); b.call(json!({ "FunctionName": "work" })).has("/ReservedConcurrentExecutions", 3); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing" }), 404, "ResourceNotFoundException");
    delete_function_concurrency:
        |b: &Bench| { function(b); b.also("PutFunctionConcurrency", json!({ "FunctionName": "work", "ReservedConcurrentExecutions": 3 })); b.call(json!({ "FunctionName": "work" })); b.also("GetFunctionConcurrency", json!({ "FunctionName": "work" })).lacks("/ReservedConcurrentExecutions"); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing" }), 404, "ResourceNotFoundException");
    put_function_event_invoke_config:
        |b: &Bench| { function(b); b.call(json!({ "FunctionName": "work", "MaximumRetryAttempts": 1 })).has("/MaximumRetryAttempts", 1); },
        |b: &Bench| { function(b); b.refused(json!({ "FunctionName": "work", "MaximumRetryAttempts": 3 }), 400, "ValidationException"); };
    update_function_event_invoke_config:
        |b: &Bench| { function(b); b.also("PutFunctionEventInvokeConfig", json!({ "FunctionName": "work", "MaximumRetryAttempts": 1 })); b.call(json!({ "FunctionName": "work", "MaximumRetryAttempts": 0 })).has("/MaximumRetryAttempts", 0); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing", "MaximumRetryAttempts": 1 }), 404, "ResourceNotFoundException");
    get_function_event_invoke_config:
        |b: &Bench| { function(b); b.also("PutFunctionEventInvokeConfig", json!({ "FunctionName": "work", "MaximumRetryAttempts": 1 })); b.call(json!({ "FunctionName": "work" })).has("/MaximumRetryAttempts", 1); },
        |b: &Bench| { function(b); b.refused(json!({ "FunctionName": "work" }), 404, "ResourceNotFoundException"); };
    delete_function_event_invoke_config:
        |b: &Bench| { function(b); b.also("PutFunctionEventInvokeConfig", json!({ "FunctionName": "work", "MaximumRetryAttempts": 1 })); b.call(json!({ "FunctionName": "work" })); assert_eq!(b.ask("lambda", "GetFunctionEventInvokeConfig", json!({ "FunctionName": "work" })).status, 404); },
        |b: &Bench| { function(b); b.refused(json!({ "FunctionName": "work" }), 404, "ResourceNotFoundException"); };
    list_function_event_invoke_configs:
        |b: &Bench| { function(b); b.also("PutFunctionEventInvokeConfig", json!({ "FunctionName": "work", "MaximumRetryAttempts": 1 })); b.call(json!({ "FunctionName": "work" })).has("/FunctionEventInvokeConfigs/0/MaximumRetryAttempts", 1); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing" }), 404, "ResourceNotFoundException");
    list_tags:
        |b: &Bench| { function(b); b.also("TagResource", json!({ "Resource": arn(b), "Tags": { "team": "blue" } })); b.call(json!({ "Resource": arn(b) })).has("/Tags/team", "blue"); },
        |b: &Bench| b.refused(json!({ "Resource": arn(b) }), 404, "ResourceNotFoundException");
    tag_resource:
        |b: &Bench| { function(b); b.call(json!({ "Resource": arn(b), "Tags": { "team": "blue" } })); b.also("ListTags", json!({ "Resource": arn(b) })).has("/Tags/team", "blue"); },
        |b: &Bench| b.refused(json!({ "Resource": arn(b), "Tags": { "team": "blue" } }), 404, "ResourceNotFoundException");
    untag_resource:
        |b: &Bench| { function(b); b.also("TagResource", json!({ "Resource": arn(b), "Tags": { "team": "blue" } })); b.call(json!({ "Resource": arn(b), "tagKeys": "team" })); b.also("ListTags", json!({ "Resource": arn(b) })).lacks("/Tags/team"); },
        |b: &Bench| b.refused(json!({ "Resource": arn(b), "tagKeys": "team" }), 404, "ResourceNotFoundException");
    get_account_settings:
        |b: &Bench| { b.call(json!({  })).has("/AccountLimit/ConcurrentExecutions", 1000); },
        |b: &Bench| b.refused_to_others(json!({}), 403, "AccessDeniedException");
    publish_layer_version:
        |b: &Bench| { b.call(json!({ "LayerName": "parts", "Content": { "ZipFile": code("1") } })).has("/Version", 1); },
        |b: &Bench| b.refused(json!({ "LayerName": "parts", "Content": {} }), 400, "InvalidParameterValueException");
    get_layer_version:
        |b: &Bench| { layer(b); b.call(json!({ "LayerName": "parts", "VersionNumber": 1 })).has("/Version", 1); },
        |b: &Bench| b.refused(json!({ "LayerName": "parts", "VersionNumber": 1 }), 404, "ResourceNotFoundException");
    get_layer_version_by_arn:
        |b: &Bench| { let arn = layer(b); b.call(json!({ "Arn": arn })).has("/Version", 1); },
        |b: &Bench| b.refused(json!({ "Arn": format!("arn:aws:lambda:eu-west-1:{}:layer:nothing:1", b.account) }), 404, "ResourceNotFoundException");
    delete_layer_version:
        |b: &Bench| { layer(b); b.call(json!({ "LayerName": "parts", "VersionNumber": 1 })); b.also("ListLayerVersions", json!({ "LayerName": "parts" })).lacks("/LayerVersions"); },
        |b: &Bench| b.refused(json!({ "LayerName": "parts", "VersionNumber": "latest" }), 400, "ValidationException");
    list_layers:
        |b: &Bench| { layer(b); b.call(json!({  })).has("/Layers/0/LayerName", "parts"); },
        |b: &Bench| b.refused(json!({ "MaxItems": 0 }), 400, "ValidationException");
    list_layer_versions:
        |b: &Bench| { layer(b); b.call(json!({ "LayerName": "parts" })).has("/LayerVersions/0/Version", 1); },
        |b: &Bench| b.refused(json!({ "LayerName": "parts", "MaxItems": 0 }), 400, "ValidationException");
    create_function_url_config:
        |b: &Bench| { function(b); b.call(json!({ "FunctionName": "work", "AuthType": "NONE" })).has("/AuthType", "NONE"); },
        |b: &Bench| { url(b); b.refused(json!({ "FunctionName": "work", "AuthType": "NONE" }), 409, "ResourceConflictException"); };
    get_function_url_config:
        |b: &Bench| { url(b); assert!(b.call(json!({ "FunctionName": "work" })).text("/FunctionUrl").ends_with(".lambda-url.eu-west-1.on.aws/")); },
        |b: &Bench| { function(b); b.refused(json!({ "FunctionName": "work" }), 404, "ResourceNotFoundException"); };
    update_function_url_config:
        |b: &Bench| { url(b); b.call(json!({ "FunctionName": "work", "AuthType": "AWS_IAM", "Cors": { "AllowOrigins": ["*"] } })).has("/AuthType", "AWS_IAM").has("/Cors/AllowOrigins/0", "*"); },
        |b: &Bench| { url(b); b.refused(json!({ "FunctionName": "work", "Cors": { "MaxAge": 90_000 } }), 400, "ValidationException"); };
    delete_function_url_config:
        |b: &Bench| { url(b); b.call(json!({ "FunctionName": "work" })); assert_eq!(b.ask("lambda", "GetFunctionUrlConfig", json!({ "FunctionName": "work" })).status, 404); },
        |b: &Bench| { function(b); b.refused(json!({ "FunctionName": "work" }), 404, "ResourceNotFoundException"); };
    list_function_url_configs:
        |b: &Bench| { url(b); b.call(json!({ "FunctionName": "work" })).has("/FunctionUrlConfigs/0/AuthType", "NONE"); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing" }), 404, "ResourceNotFoundException");
    put_provisioned_concurrency_config:
        |b: &Bench| { alias(b); b.call(json!({ "FunctionName": "work:live", "ProvisionedConcurrentExecutions": 2 })).has("/Status", "IN_PROGRESS"); },
        |b: &Bench| { function(b); b.refused(json!({ "FunctionName": "work:$LATEST", "ProvisionedConcurrentExecutions": 2 }), 400, "InvalidParameterValueException"); };
    get_provisioned_concurrency_config:
        |b: &Bench| { provisioned(b); b.call(json!({ "FunctionName": "work", "Qualifier": "live" })).has("/Status", "READY").has("/AvailableProvisionedConcurrentExecutions", 2); },
        |b: &Bench| { alias(b); b.refused(json!({ "FunctionName": "work", "Qualifier": "live" }), 404, "ProvisionedConcurrencyConfigNotFoundException"); };
    delete_provisioned_concurrency_config:
        |b: &Bench| { provisioned(b); b.call(json!({ "FunctionName": "work", "Qualifier": "live" })); assert_eq!(b.ask("lambda", "GetProvisionedConcurrencyConfig", json!({ "FunctionName": "work", "Qualifier": "live" })).status, 404); },
        |b: &Bench| { function(b); b.refused(json!({ "FunctionName": "work", "Qualifier": "live" }), 404, "ResourceNotFoundException"); };
    list_provisioned_concurrency_configs:
        |b: &Bench| { provisioned(b); b.call(json!({ "FunctionName": "work" })).has("/ProvisionedConcurrencyConfigs/0/RequestedProvisionedConcurrentExecutions", 2); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing" }), 404, "ResourceNotFoundException");
    get_runtime_management_config:
        |b: &Bench| { function(b); b.call(json!({ "FunctionName": "work" })).has("/UpdateRuntimeOn", "Auto"); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing" }), 404, "ResourceNotFoundException");
    put_runtime_management_config:
        |b: &Bench| { function(b); b.call(json!({ "FunctionName": "work", "UpdateRuntimeOn": "Auto" })).has("/UpdateRuntimeOn", "Auto"); },
        |b: &Bench| { function(b); b.refused(json!({ "FunctionName": "work", "UpdateRuntimeOn": "Sometimes" }), 400, "ValidationException"); };
    get_function_recursion_config:
        |b: &Bench| { function(b); b.call(json!({ "FunctionName": "work" })).has("/RecursiveLoop", "Terminate"); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing" }), 404, "ResourceNotFoundException");
    put_function_recursion_config:
        |b: &Bench| { function(b); b.call(json!({ "FunctionName": "work", "RecursiveLoop": "Allow" })); b.also("GetFunctionRecursionConfig", json!({ "FunctionName": "work" })).has("/RecursiveLoop", "Allow"); },
        |b: &Bench| { function(b); b.refused(json!({ "FunctionName": "work", "RecursiveLoop": "Maybe" }), 400, "ValidationException"); };
    get_function_code_signing_config:
        |b: &Bench| { function(b); b.call(json!({ "FunctionName": "work" })).lacks("/CodeSigningConfigArn"); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing" }), 404, "ResourceNotFoundException");
    list_code_signing_configs:
        |b: &Bench| { b.call(json!({})).lacks("/CodeSigningConfigs/0"); },
        |b: &Bench| b.refused_to_others(json!({}), 403, "AccessDeniedException");
    invoke_async:
        |b: &Bench| { function(b); ready(b); b.call(json!({ "FunctionName": "work", "$": "{}" })).has("/Status", 202); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing", "$": "{}" }), 404, "ResourceNotFoundException");
    invoke_with_response_stream:
        |b: &Bench| { function(b); ready(b); let ran = b.call(json!({ "FunctionName": "work", "$": "{}" })); assert!(ran.raw.contains("PayloadChunk") && ran.raw.contains("done"), "{ran:?}"); },
        |b: &Bench| b.refused(json!({ "FunctionName": "nothing", "$": "{}" }), 404, "ResourceNotFoundException");
    add_layer_version_permission:
        |b: &Bench| { layer(b); assert!(b.call(shared("parts")).text("/Statement").contains("lambda:GetLayerVersion")); },
        |b: &Bench| b.refused(shared("nothing"), 404, "ResourceNotFoundException");
    get_layer_version_policy:
        |b: &Bench| { layer(b); b.also("AddLayerVersionPermission", shared("parts")); assert!(b.call(json!({ "LayerName": "parts", "VersionNumber": 1 })).text("/Policy").contains("everybody")); },
        |b: &Bench| { layer(b); b.refused(json!({ "LayerName": "parts", "VersionNumber": 1 }), 404, "ResourceNotFoundException"); };
    remove_layer_version_permission:
        |b: &Bench| { layer(b); b.also("AddLayerVersionPermission", shared("parts")); b.call(json!({ "LayerName": "parts", "VersionNumber": 1, "StatementId": "everybody" })); assert_eq!(b.ask("lambda", "GetLayerVersionPolicy", json!({ "LayerName": "parts", "VersionNumber": 1 })).status, 404); },
        |b: &Bench| { layer(b); b.refused(json!({ "LayerName": "parts", "VersionNumber": 1, "StatementId": "everybody" }), 404, "ResourceNotFoundException"); };
    create_event_source_mapping:
        |b: &Bench| { mapping(b, "call").has("/BatchSize", 100); },
        |b: &Bench| { function(b); b.refused(json!({ "FunctionName": "work", "BatchSize": 1 }), 400, "InvalidParameterValueException"); };
    get_event_source_mapping:
        |b: &Bench| { let made = mapping(b, "also").text("/UUID"); b.call(json!({ "UUID": made })).has("/UUID", made); },
        |b: &Bench| b.refused(json!({ "UUID": "00000000-0000-4000-8000-000000000000" }), 404, "ResourceNotFoundException");
    list_event_source_mappings:
        |b: &Bench| { let made = mapping(b, "also").text("/UUID"); b.call(json!({})).has("/EventSourceMappings/0/UUID", made); },
        |b: &Bench| b.refused_to_others(json!({}), 403, "AccessDeniedException");
    update_event_source_mapping:
        |b: &Bench| { let made = mapping(b, "also").text("/UUID"); b.call(json!({ "UUID": made, "BatchSize": 7 })).has("/BatchSize", 7); },
        |b: &Bench| b.refused(json!({ "UUID": "00000000-0000-4000-8000-000000000000", "BatchSize": 7 }), 404, "ResourceNotFoundException");
    delete_event_source_mapping:
        |b: &Bench| { let made = mapping(b, "also").text("/UUID"); b.call(json!({ "UUID": made })).has("/State", "Deleting"); },
        |b: &Bench| b.refused(json!({ "UUID": "00000000-0000-4000-8000-000000000000" }), 404, "ResourceNotFoundException");
}
