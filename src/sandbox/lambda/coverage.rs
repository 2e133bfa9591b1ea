use crate::sandbox::coverage::Coverage;

/// One line an operation.
const COVERED: &[&str] = &[
    "AddPermission",
    "CreateAlias",
    "CreateFunction",
    "DeleteAlias",
    "DeleteFunction",
    "DeleteFunctionConcurrency",
    "DeleteFunctionEventInvokeConfig",
    "DeleteLayerVersion",
    "GetAccountSettings",
    "GetAlias",
    "GetFunction",
    "GetFunctionConcurrency",
    "GetFunctionConfiguration",
    "GetFunctionEventInvokeConfig",
    "GetLayerVersion",
    "GetLayerVersionByArn",
    "GetPolicy",
    "Invoke",
    "ListAliases",
    "ListFunctionEventInvokeConfigs",
    "ListFunctions",
    "ListLayerVersions",
    "ListLayers",
    "ListTags",
    "ListVersionsByFunction",
    "PublishLayerVersion",
    "PublishVersion",
    "PutFunctionConcurrency",
    "PutFunctionEventInvokeConfig",
    "RemovePermission",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "UpdateFunctionCode",
    "UpdateFunctionConfiguration",
    "UpdateFunctionEventInvokeConfig",
];

/// What of Lambda is covered.
pub fn coverage() -> Coverage {
    Coverage::of("lambda", "Lambda")
        .summed_up(
            "functions as zip, versions and aliases as snapshots, layers, permissions by qualifier, concurrency, event invoke \
             configuration, tags; Python and Node handlers run, confined",
            "container images, function URLs, event source mappings, destinations, code signing",
        )
        .covers(COVERED.iter().copied())
}
