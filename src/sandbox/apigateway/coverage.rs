use super::control::covered_operations;
use super::gateway::Backing;
use crate::sandbox::coverage::Coverage;

/// What of API Gateway's REST APIs is covered: whatever the table of routes has a handler for.
pub fn coverage() -> Coverage {
    Coverage::of("apigateway", "API Gateway (REST)")
        .summed_up(
            "the control plane with one patch engine, import and export, deployments that freeze what they deploy; AWS_PROXY and \
             AWS to Lambda, with permissions or a role, AWS to the sandbox's other services with a role, HTTP, HTTP_PROXY and \
             MOCK integrations, mapping templates, parameter mapping and overrides, validators, authorizers (TOKEN, REQUEST) that \
             remember, user pools, AWS_IAM, keys and usage plans, gateway responses, resource policies, canaries, caches, access and execution logs, \
             custom domain names, client certificates (backends are not shown them)",
            "VPC links in the data plane, SDK generation, access associations of private domain names; HTTP APIs and \
             WebSocket APIs",
        )
        .covers(covered_operations())
        .integrates(Backing::rows())
}
