use crate::sandbox::apigateway::entity::Integration;

/// What stands behind a method, by its integration: each answers in a way of its own, and is a row of `docs/sandbox.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox::apigateway) enum Backing {
    FunctionByProxy,
    Function,
    Service,
    HttpByProxy,
    Http,
    VpcLink,
    Mock,
    /// A proxy of anything else, such as a Firehose stream.
    Other,
}

impl Backing {
    const ALL: [Self; 8] = [
        Self::FunctionByProxy,
        Self::Function,
        Self::Service,
        Self::HttpByProxy,
        Self::Http,
        Self::VpcLink,
        Self::Mock,
        Self::Other,
    ];

    pub(super) fn of(integration: &Integration) -> Self {
        let function = integration.uri.as_deref().is_some_and(|uri| uri.contains(":lambda:path/"));
        let linked = integration.connection_type.as_deref() == Some("VPC_LINK");
        match integration.kind.as_str() {
            "AWS_PROXY" if function => Self::FunctionByProxy,
            "AWS" if function => Self::Function,
            "AWS" => Self::Service,
            "HTTP" | "HTTP_PROXY" if linked => Self::VpcLink,
            "HTTP_PROXY" => Self::HttpByProxy,
            "HTTP" => Self::Http,
            "MOCK" => Self::Mock,
            _ => Self::Other,
        }
    }

    /// Type, what is behind it, and how it stands here.
    fn row(self) -> [&'static str; 3] {
        match self {
            Self::FunctionByProxy => {
                ["AWS_PROXY", "a function", "answers, with a permission of the function or with a role"]
            }
            Self::Function => {
                ["AWS", "a function", "answers through templates and selection patterns, asynchronously too"]
            }
            Self::Service => [
                "AWS",
                "another service",
                "answers with a role where the sandbox has the service, else 501 by its name",
            ],
            Self::HttpByProxy => ["HTTP_PROXY", "a server", "answers within reach (`--private-backends`)"],
            Self::Http => {
                ["HTTP", "a server", "answers within reach through templates and selection patterns"]
            }
            Self::VpcLink => ["HTTP, HTTP_PROXY", "a VPC link", "kept and shown; a request is answered 501"],
            Self::Mock => ["MOCK", "nothing", "answers through templates"],
            Self::Other => {
                ["AWS_PROXY", "anything else", "kept and shown; a request is answered 501 by its name"]
            }
        }
    }

    /// Every kind of integration, as `docs/sandbox.md` lists it.
    pub(in crate::sandbox::apigateway) fn rows() -> impl Iterator<Item = [&'static str; 3]> {
        Self::ALL.into_iter().map(Self::row)
    }
}
