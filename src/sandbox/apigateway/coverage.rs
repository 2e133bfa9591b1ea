use super::control::covered_operations;
use crate::sandbox::coverage::Coverage;

/// What of API Gateway's REST APIs is covered: whatever the table of routes has a handler for.
pub fn coverage() -> Coverage {
    Coverage::of("apigateway", "API Gateway (REST)")
        .summed_up(
            "the control plane with one patch engine, import and export, deployments that freeze what they deploy; AWS_PROXY, \
             AWS to Lambda and MOCK integrations, mapping templates, validators, authorizers (TOKEN, REQUEST), AWS_IAM, keys \
             and usage plans, gateway responses, resource policies",
            "HTTP and HTTP_PROXY integrations, integrations with other services, Cognito authorizers, client certificates, \
             access logs; HTTP APIs and WebSocket APIs",
        )
        .covers(covered_operations())
}
