use serde_json::Value;

use super::document::Document;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::fault::bad_request;

/// What goes before every path of a document: its base path (`prepend`), what follows the base path's first part (`split`), or
/// nothing.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-basePath.html>
pub(super) fn before_paths(document: &Document, mode: Option<&str>) -> Result<String, ServiceError> {
    match mode {
        None | Some("" | "ignore") => Ok(String::new()),
        Some("prepend") => Ok(stated(document)),
        Some("split") => {
            let whole = stated(document);
            let rest = whole.trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest);
            Ok(format!("/{rest}"))
        }
        Some(_) => Err(bad_request("Invalid basepath specified. Must be one of [ignore, prepend, split]")),
    }
}

/// `basePath` in OpenAPI 2. In OpenAPI 3 the first variable of a server that has this name, else the path of the server's URL.
fn stated(document: &Document) -> String {
    let root = &document.root;
    if !document.is_openapi3() {
        return root["basePath"].as_str().unwrap_or_default().to_owned();
    }
    let servers = || root["servers"].as_array().into_iter().flatten();
    let variable = servers().find_map(|server| server["variables"]["basePath"]["default"].as_str());
    if let Some(variable) = variable {
        return variable.to_owned();
    }
    let url = servers().next().and_then(|server| server["url"].as_str()).unwrap_or_default();
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
        None => url,
    };
    let variables = servers().next().and_then(|server| server["variables"].as_object());
    let mut path = path.to_owned();
    for (name, variable) in variables.into_iter().flatten() {
        let value = variable.get("default").and_then(Value::as_str).unwrap_or_default();
        path = path.replace(&format!("{{{name}}}"), value);
    }
    path
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn before(root: &Value, mode: &str) -> String {
        let document = Document::parse(root.to_string().as_bytes()).unwrap();
        before_paths(&document, Some(mode)).unwrap()
    }

    #[test]
    fn a_base_path_is_ignored_goes_before_or_is_split() {
        let root = json!({ "swagger": "2.0", "basePath": "/a/b/c" });
        let found = ["ignore", "prepend", "split"].map(|mode| before(&root, mode));
        assert_eq!(found, ["", "/a/b/c", "/b/c"]);
        let document = Document::parse(root.to_string().as_bytes()).unwrap();
        assert_eq!(before_paths(&document, Some("other")).unwrap_err().code, "BadRequestException");
    }

    #[test]
    fn a_server_s_variable_goes_before_the_path_of_its_url() {
        let variables = json!({ "basePath": { "default": "/v1" } });
        let root = json!({ "openapi": "3.0.1",
            "servers": [{ "url": "https://a.example/x/{basePath}", "variables": variables }] });
        assert_eq!(before(&root, "prepend"), "/v1");
        let variables = json!({ "stage": { "default": "prod" } });
        let root = json!({ "openapi": "3.0.1",
            "servers": [{ "url": "https://a.example/{stage}/x", "variables": variables }] });
        assert_eq!([before(&root, "prepend"), before(&root, "split")], ["/prod/x", "/x"]);
        for url in ["https://a.example", "/"] {
            let root = json!({ "openapi": "3.0.1", "servers": [{ "url": url }] });
            assert_eq!(before(&root, "prepend").trim_matches('/'), "");
        }
    }
}
