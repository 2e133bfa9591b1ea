use super::super::entity::{Map, Stage};
use super::super::state::{Deployed, State};
use crate::sandbox::Request;

/// The stage that a request is for, and what of its path is left.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub deployed: Deployed,
    /// As the function sees it: with the stage's name before it, unless that is `$default` or a domain's key stands for it.
    pub raw_path: String,
    /// What routes are held against.
    pub path: String,
    pub domain: String,
    /// Whether the request came over the API's own host name.
    pub by_endpoint: bool,
    /// The key of the API mapping, for a custom domain.
    pub base_path: Option<String>,
}

/// Says whether a request names an HTTP API that is here, or a custom domain of one.
pub(super) fn claims(state: &State, request: &Request) -> bool {
    match named(request) {
        Some((api, _, _)) => state.has_api(&api),
        None => state.has_domain(host(request)),
    }
}

fn host(request: &Request) -> &str {
    let host = request.header("host").unwrap_or_default();
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

/// Reads `{api}.execute-api.ANYTHING/...`, `/_aws/execute-api/{api}/...` and
/// `/restapis/{api}/{stage}/_user_request_/...`: the API, the path after it, and whether the host named it.
fn named(request: &Request) -> Option<(String, String, bool)> {
    let mut labels = host(request).split('.');
    if let (Some(api), Some("execute-api")) = (labels.next(), labels.next()) {
        return Some((api.to_ascii_lowercase(), request.raw_path.clone(), true));
    }
    if let Some(rest) = request.raw_path.strip_prefix("/_aws/execute-api/") {
        let (api, path) = rest.split_once('/').unwrap_or((rest, ""));
        return Some((api.to_owned(), format!("/{path}"), false));
    }
    let (api, rest) = request.raw_path.strip_prefix("/restapis/")?.split_once('/')?;
    let (stage, rest) = rest.split_once("/_user_request_")?;
    let rest = rest.trim_start_matches('/');
    // Where the stage needs no name, its place holds the path's first part.
    let path = if rest.is_empty() { format!("/{stage}") } else { format!("/{stage}/{rest}") };
    Some((api.to_owned(), path, false))
}

/// Finds the stage. A path's first part names a stage if there is one of that name; else the stage is `$default`.
pub(super) fn find(state: &State, request: &Request) -> Option<Address> {
    let Some((api, path, by_endpoint)) = named(request) else { return by_domain(state, request) };
    let (first, rest) = split(&path);
    let decoded = percent_encoding::percent_decode_str(first).decode_utf8_lossy().into_owned();
    let choose = |stages: &Map<Stage>| {
        // A host stands for the default stage by itself; a path may spell it out.
        let spelled = decoded != "$default" || !by_endpoint;
        if spelled && stages.contains_key(&decoded) {
            return Some(decoded.clone());
        }
        stages.contains_key("$default").then(|| "$default".to_owned())
    };
    let deployed = state.stage(&api, choose)?;
    let name = deployed.stage.stage_name.clone();
    let spelled = decoded == name && (name != "$default" || !by_endpoint);
    let raw_path = if name == "$default" && spelled { rest.clone() } else { path.clone() };
    let inner = if spelled { rest } else { path };
    let domain = if by_endpoint {
        host(request).to_owned()
    } else {
        format!("{api}.execute-api.{}.amazonaws.com", deployed.scope.region)
    };
    Some(Address { deployed, raw_path, path: inner, domain, by_endpoint, base_path: None })
}

fn by_domain(state: &State, request: &Request) -> Option<Address> {
    let domain = host(request).to_owned();
    let (api, stage, key) = state.mapping(&domain, &request.raw_path)?;
    let deployed = state.stage(&api, |_| Some(stage))?;
    let rest = request.raw_path.trim_start_matches('/').strip_prefix(key.as_str()).unwrap_or_default();
    let path = format!("/{}", rest.trim_start_matches('/'));
    let raw_path = request.raw_path.clone();
    Some(Address { deployed, raw_path, path, domain, by_endpoint: false, base_path: Some(key) })
}

/// Splits the first part off a path.
fn split(path: &str) -> (&str, String) {
    let path = path.strip_prefix('/').unwrap_or(path);
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    (first, format!("/{rest}"))
}
