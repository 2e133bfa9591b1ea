use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::fault::bad_request;

const METHODS: [&str; 8] = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// What a route is chosen by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RouteKey {
    Default,
    Path { method: String, path: String },
}

impl RouteKey {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Default => "$default".to_owned(),
            Self::Path { method, path } => format!("{method} {path}"),
        }
    }
}

/// Reads `$default` or `METHOD /path`.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html>
pub(super) fn parse(text: &str) -> Result<RouteKey, ServiceError> {
    if text == "$default" {
        return Ok(RouteKey::Default);
    }
    let malformed = || {
        bad_request(
            "The provided route key is not formatted properly for HTTP protocol. Format should be \"<HTTP METHOD> \
             /<RESOURCE PATH>\" or \"$default\"",
        )
    };
    let (method, path) = text.split_once(' ').ok_or_else(malformed)?;
    if !METHODS.contains(&method) || !path.starts_with('/') {
        return Err(malformed());
    }
    check_path(path)?;
    Ok(RouteKey::Path { method: method.to_owned(), path: path.to_owned() })
}

/// Variables take a whole segment each, have names of their own, and a greedy one is the last.
fn check_path(path: &str) -> Result<(), ServiceError> {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let mut names = vec![];
    for (index, segment) in segments.iter().enumerate() {
        let inner = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let Some(inner) = inner else {
            if segment.contains(['{', '}']) {
                return Err(bad_request(format!(
                    "Invalid path part {segment}: a path variable takes a whole path segment"
                )));
            }
            continue;
        };
        let name = inner.strip_suffix('+').unwrap_or(inner);
        let named = !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._$-".contains(&byte));
        if !named {
            return Err(bad_request(format!("Invalid path variable name {inner}")));
        }
        if inner.ends_with('+') && index + 1 != segments.len() {
            return Err(bad_request("A greedy path variable can only be at the end of a route's path"));
        }
        if names.contains(&name) {
            return Err(bad_request(format!("Path variable {name} is used more than once in the route key")));
        }
        names.push(name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_a_method_and_a_path_or_the_default() {
        for key in ["$default", "GET /", "ANY /{proxy+}", "POST /a/{id}/b", "GET /a b"] {
            assert_eq!(parse(key).expect("AWS takes it").text(), key);
        }
        for key in [
            "",
            "GET",
            "/a",
            "TRACE /a",
            "GET a",
            "get /a",
            "$connect",
            "GET /{a+}/b",
            "GET /{a}/{a}",
            "GET /x{a}",
        ] {
            assert_eq!(parse(key).expect_err(key).status, 400, "{key}");
        }
    }
}
