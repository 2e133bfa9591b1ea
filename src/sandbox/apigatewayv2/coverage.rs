use super::control::TABLE;
use crate::sandbox::coverage::Coverage;

/// What of API Gateway v2 is covered: whatever the table of operations has, for HTTP APIs.
pub fn coverage() -> Coverage {
    let covered = Coverage::of("apigatewayv2", "API Gateway v2 (HTTP APIs)")
        .summed_up(
            "HTTP APIs with routes, stages, deployments, CORS, authorizers, domains, import and export; payload formats \
             1.0 and 2.0",
            "WebSocket APIs, routing rules, portals; integrations with other services and through VPC links",
        )
        .covers(TABLE.iter().map(|entry| entry.name));
    let foreign = TABLE.iter().map(|entry| entry.name).filter(|name| {
        ["Model", "RouteResponse", "IntegrationResponse"].iter().any(|kind| name.contains(kind))
    });
    foreign.fold(covered, |covered, name| {
        covered.differs(name, "for HTTP APIs, which have none: refused in AWS's words").tested(
            name,
            "coverage::apigatewayv2::of_web_sockets::is_refused_in_the_words_of_aws",
            "coverage::apigatewayv2::of_web_sockets::is_not_there_for_an_api_that_is_not",
        )
    })
}
