use crate::aws::Endpoint;

use super::invoke_url;

/// Rewrites the address that AWS would give an API's stage (`https://{api}.execute-api.{region}.amazonaws.com/{stage}`), as a
/// template's output has it, into the one that it has on this endpoint. Any other text stays as it is.
pub fn reachable(endpoint: &Endpoint, text: &str) -> String {
    if endpoint.url.is_none() {
        return text.to_owned();
    }
    let parts = text.strip_prefix("https://").and_then(|rest| {
        let (host, path) = rest.split_once('/')?;
        let (api, rest) = host.split_once(".execute-api.")?;
        let aws = rest.ends_with(".amazonaws.com") && !api.is_empty() && !api.contains('.');
        let (stage, path) = path.split_once('/').map_or((path, None), |(stage, path)| (stage, Some(path)));
        (aws && !stage.is_empty()).then_some((api, stage, path))
    });
    match parts {
        None => text.to_owned(),
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
    }

    #[test]
    fn any_other_text_stays() {
        for text in
            ["orders", "https://example.com/live", "https://a.b.execute-api.x.amazonaws.com/", "https://"]
        {
            assert_eq!(at(Some("http://127.0.0.1:4566"), text), text);
        }
    }
}
