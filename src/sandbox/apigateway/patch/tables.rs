//! What may be patched, resource type by resource type.

use super::operation::Op::{Add, Copy, Remove, Replace};
use super::table::Kind::{Element, Flag, Fraction, List, Object, Required, Text, Whole};
use super::table::{Refusal, Rule, Table};

const ANY_CHANGE: &[super::operation::Op] = &[Add, Remove, Replace];
const ADD_REMOVE: &[super::operation::Op] = &[Add, Remove];
const ADD_REPLACE: &[super::operation::Op] = &[Add, Replace];
const PARAMETER: &str = "Invalid parameter name specified";
const CONTENT_TYPE: &str = "Content-Type specified was not found";
const COMPRESSION: &str = "Invalid minimum compression size, must be between 0 and 10485760";

pub(in crate::sandbox::apigateway) const REST_API: Table = Table {
    refusal: Refusal::Short,
    rules: &[
        Rule::new("/name", &["name"], Required("Name cannot be empty")),
        Rule::new("/description", &["description"], Text).ops(ANY_CHANGE),
        Rule::new("/version", &["version"], Text),
        Rule::new("/apiKeySource", &["apiKeySource"], Text),
        Rule::new("/policy", &["policy"], Text).ops(ANY_CHANGE),
        Rule::new("/disableExecuteApiEndpoint", &["disableExecuteApiEndpoint"], Flag),
        Rule::new(
            "/minimumCompressionSize",
            &["minimumCompressionSize"],
            Whole { least: 0, most: 10_485_760, message: COMPRESSION },
        ),
        Rule::new("/binaryMediaTypes/{type}", &["binaryMediaTypes"], Element).ops(ANY_CHANGE),
        Rule::new("/endpointConfiguration/types/{type}", &["endpointConfiguration", "types"], Element)
            .ops(ANY_CHANGE),
        Rule::new("/endpointConfiguration/types", &["endpointConfiguration", "types"], List).ops(ANY_CHANGE),
        Rule::new("/endpointConfiguration/ipAddressType", &["endpointConfiguration", "ipAddressType"], Text),
        Rule::new(
            "/endpointConfiguration/vpcEndpointIds",
            &["endpointConfiguration", "vpcEndpointIds"],
            List,
        )
        .ops(ANY_CHANGE),
    ],
};

pub(in crate::sandbox::apigateway) const RESOURCE: Table = Table {
    refusal: Refusal::Listing,
    rules: &[Rule::new("/parentId", &["parentId"], Text), Rule::new("/pathPart", &["pathPart"], Text)],
};

pub(in crate::sandbox::apigateway) const METHOD: Table = Table {
    refusal: Refusal::Short,
    rules: &[
        Rule::new("/authorizationType", &["authorizationType"], Text),
        Rule::new("/authorizerId", &["authorizerId"], Text),
        Rule::new("/authorizationScopes", &["authorizationScopes"], List).ops(ADD_REMOVE),
        Rule::new("/apiKeyRequired", &["apiKeyRequired"], Flag),
        Rule::new("/operationName", &["operationName"], Text),
        Rule::new("/requestValidatorId", &["requestValidatorId"], Text),
        Rule::new("/requestParameters/{name}", &["requestParameters", "{0}"], Flag)
            .ops(ANY_CHANGE)
            .absent(PARAMETER),
        Rule::new("/requestModels/{content_type}", &["requestModels", "{0}"], Text)
            .ops(ANY_CHANGE)
            .absent(CONTENT_TYPE),
    ],
};

pub(in crate::sandbox::apigateway) const METHOD_RESPONSE: Table = Table {
    refusal: Refusal::Short,
    rules: &[
        Rule::new("/responseParameters/{name}", &["responseParameters", "{0}"], Flag)
            .ops(ANY_CHANGE)
            .absent(PARAMETER),
        Rule::new("/responseModels/{content_type}", &["responseModels", "{0}"], Text)
            .ops(ANY_CHANGE)
            .absent(CONTENT_TYPE),
    ],
};

pub(in crate::sandbox::apigateway) const INTEGRATION: Table = Table {
    refusal: Refusal::Listing,
    rules: &[
        Rule::new(
            "/httpMethod",
            &["httpMethod"],
            Required("Enumeration value for HttpMethod must be non-empty"),
        ),
        Rule::new("/uri", &["uri"], Text),
        Rule::new("/credentials", &["credentials"], Text).ops(ANY_CHANGE),
        Rule::new("/passthroughBehavior", &["passthroughBehavior"], Text),
        Rule::new("/contentHandling", &["contentHandling"], Text).ops(ANY_CHANGE),
        Rule::new(
            "/timeoutInMillis",
            &["timeoutInMillis"],
            Whole { least: 50, most: 29_000, message: "Timeout should be between 50 ms and 29000 ms" },
        ),
        Rule::new("/cacheNamespace", &["cacheNamespace"], Text),
        Rule::new("/connectionType", &["connectionType"], Text),
        Rule::new("/connectionId", &["connectionId"], Text),
        Rule::new("/tlsConfig/insecureSkipVerification", &["tlsConfig", "insecureSkipVerification"], Flag),
        Rule::new("/requestParameters/{name}", &["requestParameters", "{0}"], Text)
            .ops(ANY_CHANGE)
            .absent(PARAMETER),
        Rule::new("/requestTemplates/{content_type}", &["requestTemplates", "{0}"], Text).ops(ANY_CHANGE),
        Rule::new("/cacheKeyParameters/{name}", &["cacheKeyParameters"], Element).ops(ADD_REMOVE),
    ],
};

pub(in crate::sandbox::apigateway) const INTEGRATION_RESPONSE: Table = Table {
    refusal: Refusal::Listing,
    rules: &[
        Rule::new("/selectionPattern", &["selectionPattern"], Text),
        Rule::new("/contentHandling", &["contentHandling"], Text).ops(ANY_CHANGE),
        Rule::new("/responseParameters/{name}", &["responseParameters", "{0}"], Text)
            .ops(ANY_CHANGE)
            .absent(PARAMETER),
        Rule::new("/responseTemplates/{content_type}", &["responseTemplates", "{0}"], Text).ops(ANY_CHANGE),
    ],
};

pub(in crate::sandbox::apigateway) const DEPLOYMENT: Table =
    Table { refusal: Refusal::Listing, rules: &[Rule::new("/description", &["description"], Text)] };

/// AWS's own list, with AWS's own missing commas.
const STAGE_PATHS: &str = "[/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, \
    /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, \
    /{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, \
    /{resourcePath}/{httpMethod}/logging/loglevel, \
    /{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit\
    /{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, \
    /{resourcePath}/{httpMethod}/caching/dataEncrypted, \
    /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, \
    /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, \
    /*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit \
    /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, \
    /*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, \
    /variables/{variable_name}, /tracingEnabled]";

/// One setting of one method, or of all of them with `*/*`.
const fn setting(path: &'static str, place: &'static [&'static str], kind: super::table::Kind) -> Rule {
    Rule::new(path, place, kind).ops(ADD_REPLACE).raw()
}

pub(in crate::sandbox::apigateway) const STAGE: Table = Table {
    refusal: Refusal::MethodSetting(STAGE_PATHS),
    rules: &[
        Rule::new("/deploymentId", &["deploymentId"], Required("Deployment id does not exist"))
            .ops(&[Replace, Copy]),
        Rule::new("/description", &["description"], Text),
        Rule::new("/cacheClusterEnabled", &["cacheClusterEnabled"], Flag),
        Rule::new("/cacheClusterSize", &["cacheClusterSize"], Text),
        Rule::new("/clientCertificateId", &["clientCertificateId"], Text),
        Rule::new("/documentationVersion", &["documentationVersion"], Text),
        Rule::new("/tracingEnabled", &["tracingEnabled"], Flag),
        Rule::new("/accessLogSettings", &["accessLogSettings"], Object).ops(&[Remove]),
        Rule::new("/accessLogSettings/destinationArn", &["accessLogSettings", "destinationArn"], Text)
            .ops(ADD_REPLACE),
        Rule::new("/accessLogSettings/format", &["accessLogSettings", "format"], Text).ops(ADD_REPLACE),
        Rule::new("/variables", &["variables"], Object).ops(&[Copy]),
        Rule::new("/variables/{variable_name}", &["variables", "{0}"], Text).ops(ANY_CHANGE),
        Rule::new("/canarySettings", &["canarySettings"], Object).ops(&[Remove]),
        Rule::new("/canarySettings/percentTraffic", &["canarySettings", "percentTraffic"], Fraction),
        Rule::new("/canarySettings/deploymentId", &["canarySettings", "deploymentId"], Text),
        Rule::new("/canarySettings/useStageCache", &["canarySettings", "useStageCache"], Flag),
        Rule::new(
            "/canarySettings/stageVariableOverrides",
            &["canarySettings", "stageVariableOverrides"],
            Object,
        )
        .ops(&[Remove]),
        Rule::new(
            "/canarySettings/stageVariableOverrides/{variable_name}",
            &["canarySettings", "stageVariableOverrides", "{0}"],
            Text,
        )
        .ops(ANY_CHANGE),
        setting("/{path+}/{method}/metrics/enabled", &["methodSettings", "{0}/{1}", "metricsEnabled"], Flag),
        setting(
            "/{path+}/{method}/logging/dataTrace",
            &["methodSettings", "{0}/{1}", "dataTraceEnabled"],
            Flag,
        ),
        setting("/{path+}/{method}/logging/loglevel", &["methodSettings", "{0}/{1}", "loggingLevel"], Text),
        setting(
            "/{path+}/{method}/throttling/burstLimit",
            &["methodSettings", "{0}/{1}", "throttlingBurstLimit"],
            Whole { least: -1, most: i64::MAX, message: "Invalid throttling burst limit specified" },
        ),
        setting(
            "/{path+}/{method}/throttling/rateLimit",
            &["methodSettings", "{0}/{1}", "throttlingRateLimit"],
            Fraction,
        ),
        setting(
            "/{path+}/{method}/caching/ttlInSeconds",
            &["methodSettings", "{0}/{1}", "cacheTtlInSeconds"],
            Whole {
                least: 0,
                most: 3600,
                message: "Invalid cache TTL specified, must be between 0 and 3600",
            },
        ),
        setting("/{path+}/{method}/caching/enabled", &["methodSettings", "{0}/{1}", "cachingEnabled"], Flag),
        setting(
            "/{path+}/{method}/caching/dataEncrypted",
            &["methodSettings", "{0}/{1}", "cacheDataEncrypted"],
            Flag,
        ),
        setting(
            "/{path+}/{method}/caching/requireAuthorizationForCacheControl",
            &["methodSettings", "{0}/{1}", "requireAuthorizationForCacheControl"],
            Flag,
        ),
        setting(
            "/{path+}/{method}/caching/unauthorizedCacheControlHeaderStrategy",
            &["methodSettings", "{0}/{1}", "unauthorizedCacheControlHeaderStrategy"],
            Text,
        ),
        Rule::new("/{path+}/{method}", &["methodSettings", "{0}/{1}"], Object)
            .ops(&[Remove])
            .raw()
            .absent("Cannot remove method setting because there is no method setting for this method"),
    ],
};

pub(in crate::sandbox::apigateway) const MODEL: Table = Table {
    refusal: Refusal::Listing,
    rules: &[
        Rule::new("/description", &["description"], Text),
        Rule::new(
            "/schema",
            &["schema"],
            Required("Model schema must have at least 1 property or array items defined"),
        ),
    ],
};

pub(in crate::sandbox::apigateway) const REQUEST_VALIDATOR: Table = Table {
    refusal: Refusal::Listing,
    rules: &[
        Rule::new("/name", &["name"], Required("Request Validator name cannot be blank")),
        Rule::new("/validateRequestParameters", &["validateRequestParameters"], Flag),
        Rule::new("/validateRequestBody", &["validateRequestBody"], Flag),
    ],
};

pub(in crate::sandbox::apigateway) const AUTHORIZER: Table = Table {
    refusal: Refusal::Listing,
    rules: &[
        Rule::new("/name", &["name"], Required("Authorizer name cannot be empty")),
        Rule::new("/type", &["type"], Text),
        Rule::new("/authType", &["authType"], Text),
        Rule::new("/authorizerUri", &["authorizerUri"], Text),
        Rule::new("/authorizerCredentials", &["authorizerCredentials"], Text),
        Rule::new("/identitySource", &["identitySource"], Text),
        Rule::new("/identityValidationExpression", &["identityValidationExpression"], Text),
        Rule::new(
            "/authorizerResultTtlInSeconds",
            &["authorizerResultTtlInSeconds"],
            Whole {
                least: 0,
                most: 3600,
                message: "Authorizer result TTL must be between 0 and 3600 seconds",
            },
        ),
        Rule::new("/providerARNs", &["providerARNs"], List).ops(ADD_REMOVE),
    ],
};

pub(in crate::sandbox::apigateway) const GATEWAY_RESPONSE: Table = Table {
    refusal: Refusal::Short,
    rules: &[
        Rule::new("/statusCode", &["statusCode"], Text),
        Rule::new("/responseParameters/{name}", &["responseParameters", "{0}"], Text)
            .ops(ANY_CHANGE)
            .absent(PARAMETER),
        Rule::new("/responseTemplates/{content_type}", &["responseTemplates", "{0}"], Text)
            .ops(ANY_CHANGE)
            .absent(CONTENT_TYPE),
    ],
};

pub(in crate::sandbox::apigateway) const API_KEY: Table = Table {
    refusal: Refusal::Listing,
    rules: &[
        Rule::new("/name", &["name"], Text),
        Rule::new("/description", &["description"], Text),
        Rule::new("/enabled", &["enabled"], Flag),
        Rule::new("/customerId", &["customerId"], Text),
        Rule::new("/stages", &["stageKeys"], List).ops(ADD_REMOVE),
    ],
};

pub(in crate::sandbox::apigateway) const USAGE_PLAN: Table = Table {
    refusal: Refusal::Listing,
    rules: &[
        Rule::new("/name", &["name"], Required("Usage Plan name cannot be blank")),
        Rule::new("/description", &["description"], Text),
        Rule::new("/productCode", &["productCode"], Text).ops(ANY_CHANGE),
        Rule::new("/throttle", &["throttle"], Object).ops(&[Remove]),
        Rule::new(
            "/throttle/burstLimit",
            &["throttle", "burstLimit"],
            Whole { least: 0, most: i64::MAX, message: "Usage Plan throttle burst limit must be at least 0" },
        )
        .ops(ADD_REPLACE),
        Rule::new("/throttle/rateLimit", &["throttle", "rateLimit"], Fraction).ops(ADD_REPLACE),
        Rule::new("/quota", &["quota"], Object).ops(&[Remove]),
        Rule::new(
            "/quota/limit",
            &["quota", "limit"],
            Whole { least: 0, most: i64::MAX, message: "Usage Plan quota limit must be at least 0" },
        )
        .ops(ADD_REPLACE),
        Rule::new(
            "/quota/offset",
            &["quota", "offset"],
            Whole { least: 0, most: 27, message: "Usage Plan quota offset must be between 0 and 27" },
        )
        .ops(ADD_REPLACE),
        Rule::new("/quota/period", &["quota", "period"], Text).ops(ADD_REPLACE),
    ],
};

pub(in crate::sandbox::apigateway) const ACCOUNT: Table = Table {
    refusal: Refusal::Listing,
    rules: &[Rule::new("/cloudwatchRoleArn", &["cloudwatchRoleArn"], Text).ops(ADD_REPLACE)],
};

pub(in crate::sandbox::apigateway) const VPC_LINK: Table = Table {
    refusal: Refusal::Listing,
    rules: &[
        Rule::new("/name", &["name"], Required("Name cannot be empty")),
        Rule::new("/description", &["description"], Text),
    ],
};

pub(in crate::sandbox::apigateway) const CLIENT_CERTIFICATE: Table =
    Table { refusal: Refusal::Listing, rules: &[Rule::new("/description", &["description"], Text)] };

pub(in crate::sandbox::apigateway) const DOMAIN_NAME: Table = Table {
    refusal: Refusal::Listing,
    rules: &[
        Rule::new("/certificateName", &["certificateName"], Text),
        Rule::new("/certificateArn", &["certificateArn"], Text),
        Rule::new("/regionalCertificateArn", &["regionalCertificateArn"], Text),
        Rule::new("/securityPolicy", &["securityPolicy"], Text),
        Rule::new("/endpointConfiguration/types/{type}", &["endpointConfiguration", "types"], Element)
            .ops(ANY_CHANGE),
    ],
};

pub(in crate::sandbox::apigateway) const BASE_PATH_MAPPING: Table = Table {
    refusal: Refusal::Listing,
    rules: &[
        Rule::new("/basePath", &["basePath"], Text),
        Rule::new("/stage", &["stage"], Text),
        Rule::new("/restapiId", &["restApiId"], Text),
    ],
};

pub(in crate::sandbox::apigateway) const DOCUMENTATION_PART: Table = Table {
    refusal: Refusal::Listing,
    rules: &[Rule::new(
        "/properties",
        &["properties"],
        Required("Documentation part properties must be non-empty"),
    )],
};

pub(in crate::sandbox::apigateway) const DOCUMENTATION_VERSION: Table =
    Table { refusal: Refusal::Listing, rules: &[Rule::new("/description", &["description"], Text)] };
