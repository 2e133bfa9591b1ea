use crate::sandbox::Request;
use crate::sandbox::apigateway::state::State;

/// Which API, stage and path a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub api: String,
    /// Empty when the path has none.
    pub stage: String,
    /// Within the stage; begins with one slash.
    pub path: String,
    /// What stood after the stage, as it was sent.
    pub sent: String,
    /// Whether the host named the API, itself or by a custom domain name.
    pub by_host: bool,
    /// The base path of the custom domain name; empty for the mapping without one.
    pub base_path: Option<String>,
}

impl Address {
    /// Reads `{api}.execute-api.ANYTHING/{stage}/{path}`, `/restapis/{api}/{stage}/_user_request_/{path}` or
    /// `/_aws/execute-api/{api}/{stage}/{path}`.
    pub(super) fn of(request: &Request) -> Option<Self> {
        let host = request.header("host").unwrap_or_default();
        let mut labels = host.split('.');
        if let (Some(api), Some("execute-api")) = (labels.next(), labels.next()) {
            let (stage, sent) = split(&request.raw_path);
            return Some(Self {
                api: api.to_ascii_lowercase(),
                stage: stage.to_owned(),
                path: single(sent),
                sent: sent.to_owned(),
                by_host: true,
                base_path: None,
            });
        }
        if let Some(rest) = request.raw_path.strip_prefix("/_aws/execute-api/") {
            let (api, rest) = rest.split_once('/').unwrap_or((rest, ""));
            let (stage, sent) = split(rest);
            return Some(Self {
                api: api.to_owned(),
                stage: stage.to_owned(),
                path: single(sent),
                sent: sent.to_owned(),
                by_host: false,
                base_path: None,
            });
        }
        let rest = request.raw_path.strip_prefix("/restapis/")?;
        let (api, rest) = rest.split_once('/')?;
        let (stage, rest) = rest.split_once('/')?;
        let sent =
            rest.strip_prefix("_user_request_").filter(|path| path.is_empty() || path.starts_with('/'))?;
        Some(Self {
            api: api.to_owned(),
            stage: stage.to_owned(),
            path: single(sent),
            sent: sent.to_owned(),
            by_host: false,
            base_path: None,
        })
    }
}

impl Address {
    /// Reads a request to a custom domain name: its base path mapping names the API and, mostly, the stage.
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html>
    pub(super) fn of_domain(request: &Request, state: &State) -> Option<Self> {
        let host = request.header("host")?;
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
        let (first, rest) = split(&request.raw_path);
        let whole = single(&request.raw_path);
        state.with_domain(&name, |domain| {
            let named = domain.mappings.get(first).filter(|_| !first.is_empty());
            let (mapping, base, path) = match named {
                Some(mapping) => (Some(mapping), first, single(rest)),
                None => (domain.mappings.get("(none)"), "", whole),
            };
            // A domain without a mapping is the gateway's nevertheless; it leads to no API.
            let api = mapping.map(|mapping| mapping.rest_api_id.clone()).unwrap_or_default();
            let (stage, path) = if let Some(stage) = mapping.and_then(|mapping| mapping.stage.clone()) {
                (stage, path)
            } else {
                let (stage, path) = split(&path);
                (stage.to_owned(), single(path))
            };
            let sent = path.clone();
            Self { api, stage, path, sent, by_host: true, base_path: Some(base.to_owned()) }
        })
    }
}

/// Splits the stage off a path; the rest keeps its slashes.
fn split(path: &str) -> (&str, &str) {
    let path = path.trim_start_matches('/');
    path.split_at(path.find('/').unwrap_or(path.len()))
}

/// A path that begins with one slash, however many were sent.
fn single(path: &str) -> String {
    format!("/{}", path.trim_start_matches('/'))
}
