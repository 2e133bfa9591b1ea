use super::control::TABLE;
use super::gateway::Backing;
use crate::sandbox::coverage::Coverage;

/// What of API Gateway v2 is covered: whatever the table of operations has.
pub fn coverage() -> Coverage {
    Coverage::of("apigatewayv2", "API Gateway v2 (HTTP APIs)")
        .summed_up(
            "HTTP APIs with routes, stages, deployments, CORS, authorizers, domains, import and export; payload formats \
             1.0 and 2.0; WebSocket APIs are refused by name, or, with `--web-socket-definitions`, defined and shown without \
             anybody being able to connect",
            "connections to WebSocket APIs, routing rules, portals; integrations with other services and through VPC links",
        )
        .covers(TABLE.iter().map(|entry| entry.name))
        .integrates(Backing::rows())
}
