use crate::sandbox::Request;

/// Which API, stage and path a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub api: String,
    /// Empty when the path has none.
    pub stage: String,
    /// Within the stage, as it was sent; begins with a slash.
    pub path: String,
    /// Whether the host named the API.
    pub by_host: bool,
}

impl Address {
    /// Reads `{api}.execute-api.ANYTHING/{stage}/{path}`, `/restapis/{api}/{stage}/_user_request_/{path}` or
    /// `/_aws/execute-api/{api}/{stage}/{path}`.
    pub(super) fn of(request: &Request) -> Option<Self> {
        let host = request.header("host").unwrap_or_default();
        let mut labels = host.split('.');
        if let (Some(api), Some("execute-api")) = (labels.next(), labels.next()) {
            let (stage, path) = split(&request.raw_path);
            return Some(Self {
                api: api.to_ascii_lowercase(),
                stage: stage.to_owned(),
                path,
                by_host: true,
            });
        }
        if let Some(rest) = request.raw_path.strip_prefix("/_aws/execute-api/") {
            let (api, rest) = rest.split_once('/').unwrap_or((rest, ""));
            let (stage, path) = split(rest);
            return Some(Self { api: api.to_owned(), stage: stage.to_owned(), path, by_host: false });
        }
        let rest = request.raw_path.strip_prefix("/restapis/")?;
        let (api, rest) = rest.split_once('/')?;
        let (stage, rest) = rest.split_once('/')?;
        let path =
            rest.strip_prefix("_user_request_").filter(|path| path.is_empty() || path.starts_with('/'))?;
        let path = format!("/{}", path.trim_start_matches('/'));
        Some(Self { api: api.to_owned(), stage: stage.to_owned(), path, by_host: false })
    }
}

/// Splits the stage off a path.
fn split(path: &str) -> (&str, String) {
    let path = path.trim_start_matches('/');
    let (stage, rest) = path.split_once('/').unwrap_or((path, ""));
    (stage, format!("/{}", rest.trim_start_matches('/')))
}
