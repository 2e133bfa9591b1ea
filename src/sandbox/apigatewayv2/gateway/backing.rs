use super::super::entity::Integration;

/// What stands behind a route, by its integration: each answers in a way of its own, and is a row of `docs/sandbox.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox::apigatewayv2) enum Backing {
    Function,
    Http,
    VpcLink,
    Service,
    /// What only WebSocket APIs have.
    Other,
}

impl Backing {
    const ALL: [Self; 5] = [Self::Function, Self::Http, Self::VpcLink, Self::Service, Self::Other];

    pub(super) fn of(integration: &Integration) -> Self {
        match integration.integration_type.as_str() {
            _ if integration.integration_subtype.is_some() => Self::Service,
            "AWS_PROXY" => Self::Function,
            "HTTP_PROXY" if integration.connection_type == "VPC_LINK" => Self::VpcLink,
            "HTTP_PROXY" => Self::Http,
            _ => Self::Other,
        }
    }

    /// Type, what is behind it, and how it stands here.
    fn row(self) -> [&'static str; 3] {
        match self {
            Self::Function => ["AWS_PROXY", "a function", "answers, in payload formats 1.0 and 2.0"],
            Self::Http => ["HTTP_PROXY", "a server", "answers within reach (`--private-backends`)"],
            Self::VpcLink => ["HTTP_PROXY", "a VPC link", "kept and shown; a request is answered 501"],
            Self::Service => [
                "AWS_PROXY",
                "a subtype such as `SQS-SendMessage`",
                "kept and shown; a request is answered 501 by its name",
            ],
            Self::Other => [
                "AWS, HTTP, MOCK",
                "a WebSocket API",
                "kept and shown with `--web-socket-definitions`; nobody can connect",
            ],
        }
    }

    /// Every kind of integration, as `docs/sandbox.md` lists it.
    pub(in crate::sandbox::apigatewayv2) fn rows() -> impl Iterator<Item = [&'static str; 3]> {
        Self::ALL.into_iter().map(Self::row)
    }
}
