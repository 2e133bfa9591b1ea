use crate::aws::Endpoint;

use super::invoke_url;

/// Returns the URL of a stage of an HTTP API, without a slash at its end. The stage `$default` is not named in it
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html>).
pub fn http_api_url(endpoint: &Endpoint, api: &str, stage: &str) -> String {
    let base = match &endpoint.url {
        Some(url) => format!("{url}/_aws/execute-api/{api}"),
        None => format!("https://{api}.execute-api.{}.amazonaws.com", endpoint.region),
    };
    if stage == "$default" { base } else { format!("{base}/{stage}") }
}

/// Returns how a function's URL is reached: an address, and the host that must be asked for where the address does not name it.
pub fn function_url(endpoint: &Endpoint, url: &str) -> (String, Option<String>) {
    let host = url.strip_prefix("https://").and_then(|rest| rest.split('/').next());
    match (&endpoint.url, host.filter(|host| host.ends_with(".on.aws"))) {
        // A host name of AWS's leads to AWS and not to the endpoint, which tells URLs apart by the name all the same.
        (Some(endpoint), Some(host)) => (endpoint.clone(), Some(host.to_owned())),
        _ => (url.trim_end_matches('/').to_owned(), None),
    }
}

/// Rewrites the address that AWS would give an API's stage (`https://{api}.execute-api.{region}.amazonaws.com/{stage}`), as a
/// template's output has it, into the one that it has on this endpoint. Any other text stays as it is.
pub fn reachable(endpoint: &Endpoint, text: &str) -> String {
    if endpoint.url.is_none() {
        return text.to_owned();
    }
    let parts = text.strip_prefix("https://").and_then(|rest| {
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (api, rest) = host.split_once(".execute-api.")?;
        let aws = rest.ends_with(".amazonaws.com") && !api.is_empty() && !api.contains('.');
        let (stage, path) = path.split_once('/').map_or((path, None), |(stage, path)| (stage, Some(path)));
        aws.then_some((api, stage, path))
    });
    match parts {
        None => text.to_owned(),
        // An HTTP API may be called without naming a stage.
        Some((api, "", _)) => http_api_url(endpoint, api, "$default"),
        Some((api, stage, path)) => {
            let base = invoke_url(endpoint, api, stage);
            path.map_or_else(|| base.clone(), |path| format!("{base}/{path}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Settling;

    fn at(url: Option<&str>, text: &str) -> String {
        let endpoint = Endpoint::with_keys(url, "eu-west-1", "AKIA", "secret", Settling::Immediate);
        reachable(&endpoint, text)
    }

    #[test]
    fn a_stages_address_is_rewritten_for_a_local_endpoint_only() {
        let url = "https://a1b2.execute-api.eu-west-1.amazonaws.com/live/orders";
        assert_eq!(
            at(Some("http://127.0.0.1:4566"), url),
            "http://127.0.0.1:4566/restapis/a1b2/live/_user_request_/orders"
        );
        assert_eq!(at(None, url), url);
        let bare = "https://a1b2.execute-api.eu-west-1.amazonaws.com";
        assert_eq!(at(Some("http://127.0.0.1:4566"), bare), "http://127.0.0.1:4566/_aws/execute-api/a1b2");
    }

    #[test]
    fn a_functions_url_keeps_its_host_name_on_an_endpoint() {
        let endpoint = |url| Endpoint::with_keys(url, "eu-west-1", "AKIA", "secret", Settling::Immediate);
        let url = "https://abc.lambda-url.eu-west-1.on.aws/";
        let local = endpoint(Some("http://127.0.0.1:4566"));
        let host = "abc.lambda-url.eu-west-1.on.aws".to_owned();
        assert_eq!(function_url(&local, url), ("http://127.0.0.1:4566".to_owned(), Some(host)));
        assert_eq!(function_url(&endpoint(None), url), (url.trim_end_matches('/').to_owned(), None));
        let own = "http://abc.lambda-url.eu-west-1.localhost.localstack.cloud:4566";
        assert_eq!(function_url(&local, own), (own.to_owned(), None));
    }

    #[test]
    fn an_http_apis_default_stage_is_not_named() {
        let aws = Endpoint::with_keys(None, "eu-west-1", "AKIA", "secret", Settling::Eventual);
        let base = "https://a1.execute-api.eu-west-1.amazonaws.com";
        assert_eq!(http_api_url(&aws, "a1", "$default"), base);
        assert_eq!(http_api_url(&aws, "a1", "live"), format!("{base}/live"));
    }

    #[test]
    fn any_other_text_stays() {
        for text in [
            "orders",
            "https://example.com/live",
            "https://a.b.execute-api.x.amazonaws.com/",
            "https://",
            "https://.execute-api.x.amazonaws.com",
        ] {
            assert_eq!(at(Some("http://127.0.0.1:4566"), text), text);
        }
    }
}
