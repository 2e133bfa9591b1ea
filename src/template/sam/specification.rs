//! What of the SAM specification is carried out, as tables: the transform, the messages and the documentation read them.

/// A resource type of SAM.
#[derive(Debug)]
pub(in crate::template) struct ServerlessType {
    pub(in crate::template) kind: &'static str,
    /// Its section of `Globals`, and the properties that may stand there.
    pub(super) globals: Option<(&'static str, &'static [&'static str])>,
    /// Properties that are carried out.
    pub(in crate::template) properties: &'static [&'static str],
    /// Properties of the specification that are refused.
    pub(in crate::template) refused: &'static [&'static str],
}

/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html>
pub(super) static FUNCTION: ServerlessType = ServerlessType {
    kind: "AWS::Serverless::Function",
    globals: Some((
        "Function",
        &[
            "Architectures",
            "AssumeRolePolicyDocument",
            "AutoPublishAlias",
            "CodeUri",
            "DeadLetterQueue",
            "Description",
            "Environment",
            "EphemeralStorage",
            "EventInvokeConfig",
            "Handler",
            "KmsKeyArn",
            "Layers",
            "LoggingConfig",
            "MemorySize",
            "PermissionsBoundary",
            "ProvisionedConcurrencyConfig",
            "PropagateTags",
            "ReservedConcurrentExecutions",
            "RolePath",
            "Runtime",
            "SnapStart",
            "Tags",
            "Timeout",
            "Tracing",
            "VpcConfig",
        ],
    )),
    properties: &[
        "Architectures",
        "AssumeRolePolicyDocument",
        "AutoPublishAlias",
        "AutoPublishAliasAllProperties",
        "AutoPublishCodeSha256",
        "CodeUri",
        "DeadLetterQueue",
        "Description",
        "Environment",
        "EphemeralStorage",
        "EventInvokeConfig",
        "Events",
        "FileSystemConfigs",
        "FunctionName",
        "FunctionUrlConfig",
        "Handler",
        "InlineCode",
        "KmsKeyArn",
        "Layers",
        "LoggingConfig",
        "MemorySize",
        "PackageType",
        "PermissionsBoundary",
        "Policies",
        "PropagateTags",
        "ProvisionedConcurrencyConfig",
        "ReservedConcurrentExecutions",
        "Role",
        "RolePath",
        "Runtime",
        "SnapStart",
        "Tags",
        "Timeout",
        "Tracing",
        "VersionDescription",
        "VpcConfig",
    ],
    refused: &[
        "CodeSigningConfigArn",
        "DeploymentPreference",
        "ImageConfig",
        "ImageUri",
        "PublishToLatestPublished",
        "RecursiveLoop",
        "RuntimeManagementConfig",
        "SourceKMSKeyArn",
        "TenancyConfig",
        "VersionDeletionPolicy",
    ],
};

/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html>
pub(super) static API: ServerlessType = ServerlessType {
    kind: "AWS::Serverless::Api",
    globals: Some((
        "Api",
        &[
            "AccessLogSetting",
            "ApiKeySourceType",
            "Auth",
            "BinaryMediaTypes",
            "Cors",
            "DefinitionUri",
            "EndpointConfiguration",
            "GatewayResponses",
            "MethodSettings",
            "MinimumCompressionSize",
            "Name",
            "OpenApiVersion",
            "TracingEnabled",
            "Variables",
        ],
    )),
    properties: &[
        "AccessLogSetting",
        "ApiKeySourceType",
        "Auth",
        "BinaryMediaTypes",
        "Cors",
        "DefinitionBody",
        "DefinitionUri",
        "Description",
        "DisableExecuteApiEndpoint",
        "EndpointConfiguration",
        "GatewayResponses",
        "MethodSettings",
        "MinimumCompressionSize",
        "Models",
        "Name",
        "OpenApiVersion",
        "PropagateTags",
        "StageName",
        "Tags",
        "TracingEnabled",
        "Variables",
    ],
    refused: &[
        "AlwaysDeploy",
        "CacheClusterEnabled",
        "CacheClusterSize",
        "CanarySetting",
        "Domain",
        "EndpointAccessMode",
        "FailOnWarnings",
        "MergeDefinitions",
        "Mode",
        "Policy",
        "SecurityPolicy",
    ],
};

/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html>
pub(super) static HTTP_API: ServerlessType = ServerlessType {
    kind: "AWS::Serverless::HttpApi",
    globals: Some((
        "HttpApi",
        &[
            "AccessLogSettings",
            "Auth",
            "CorsConfiguration",
            "DefaultRouteSettings",
            "RouteSettings",
            "StageVariables",
            "Tags",
        ],
    )),
    properties: &[
        "AccessLogSettings",
        "Auth",
        "CorsConfiguration",
        "DefaultRouteSettings",
        "DefinitionBody",
        "DefinitionUri",
        "Description",
        "DisableExecuteApiEndpoint",
        "Name",
        "PropagateTags",
        "RouteSettings",
        "StageName",
        "StageVariables",
        "Tags",
    ],
    refused: &["Domain", "FailOnWarnings"],
};

/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html>
pub(super) static SIMPLE_TABLE: ServerlessType = ServerlessType {
    kind: "AWS::Serverless::SimpleTable",
    globals: Some(("SimpleTable", &["SSESpecification"])),
    properties: &[
        "PointInTimeRecoverySpecification",
        "PrimaryKey",
        "ProvisionedThroughput",
        "SSESpecification",
        "TableName",
        "Tags",
    ],
    refused: &[],
};

/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-layerversion.html>
pub(super) static LAYER_VERSION: ServerlessType = ServerlessType {
    kind: "AWS::Serverless::LayerVersion",
    globals: None,
    properties: &[
        "CompatibleArchitectures",
        "CompatibleRuntimes",
        "ContentUri",
        "Description",
        "LayerName",
        "LicenseInfo",
        "RetentionPolicy",
    ],
    refused: &["PublishLambdaVersion"],
};

/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html>
pub(super) static STATE_MACHINE: ServerlessType = ServerlessType {
    kind: "AWS::Serverless::StateMachine",
    globals: None,
    properties: &[
        "Definition",
        "DefinitionSubstitutions",
        "DefinitionUri",
        "Events",
        "Logging",
        "Name",
        "PermissionsBoundary",
        "Policies",
        "Role",
        "RolePath",
        "Tags",
        "Type",
    ],
    refused: &[
        "AutoPublishAlias",
        "DeploymentPreference",
        "PropagateTags",
        "Tracing",
        "UseAliasAsEventTarget",
    ],
};

/// Every resource type that the transform carries out.
pub(in crate::template) static TYPES: [&ServerlessType; 6] =
    [&API, &FUNCTION, &HTTP_API, &LAYER_VERSION, &SIMPLE_TABLE, &STATE_MACHINE];

/// Resource types of SAM that are refused, each with the reason.
pub(in crate::template) const REFUSED_TYPES: [(&str, &str); 5] = [
    (
        "AWS::Serverless::Application",
        "a scenario is one stack: write the nested application's resources here",
    ),
    ("AWS::Serverless::CapacityProvider", "a scenario has no capacity providers"),
    ("AWS::Serverless::Connector", "write the policies that the connector would make"),
    ("AWS::Serverless::GraphQLApi", "a scenario has no AppSync"),
    ("AWS::Serverless::WebSocketApi", "a scenario has no WebSocket APIs"),
];

/// The types of a function's events that are carried out.
pub(in crate::template) const EVENTS: [&str; 10] = [
    "Api",
    "CloudWatchEvent",
    "DynamoDB",
    "EventBridgeRule",
    "HttpApi",
    "Kinesis",
    "S3",
    "SNS",
    "SQS",
    "Schedule",
];

/// The types of a state machine's events that are carried out.
pub(in crate::template) const MACHINE_EVENTS: [&str; 4] =
    ["Api", "CloudWatchEvent", "EventBridgeRule", "Schedule"];

/// Those of the specification that are refused.
pub(in crate::template) const REFUSED_EVENTS: [&str; 9] = [
    "AlexaSkill",
    "CloudWatchLogs",
    "Cognito",
    "DocumentDB",
    "IoTRule",
    "MQ",
    "MSK",
    "ScheduleV2",
    "SelfManagedKafka",
];

/// Returns a type that is carried out.
pub(super) fn serverless_type(kind: &str) -> Option<&'static ServerlessType> {
    TYPES.into_iter().find(|candidate| candidate.kind == kind)
}
