use super::super::entity::Map;
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::fault::bad_request;

/// Headers that cannot be mapped.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html>, "Reserved headers"
const RESERVED: [&str; 18] = [
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-location",
    "forwarded",
    "keep-alive",
    "origin",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailers",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "via",
];

/// Checks the mappings of an integration request: `append|overwrite|remove:header|querystring.NAME`, `overwrite:path`.
pub(super) fn check_request(parameters: Option<&Map<String>>) -> Result<(), ServiceError> {
    let malformed = || bad_request("Invalid Request Actioned Parameter");
    for key in parameters.into_iter().flatten().map(|(key, _)| key) {
        let (action, place) = key.split_once(':').ok_or_else(malformed)?;
        if !["append", "overwrite", "remove"].contains(&action) {
            return Err(malformed());
        }
        if place == "path" {
            if action == "overwrite" {
                continue;
            }
            return Err(malformed());
        }
        let (kind, name) = place.split_once('.').ok_or_else(malformed)?;
        if !["header", "querystring"].contains(&kind) || name.is_empty() {
            return Err(malformed());
        }
        if kind == "header" {
            check_header(name)?;
        }
    }
    Ok(())
}

/// Checks the mappings of an answer, by status code: headers, and `overwrite:statuscode`.
pub(super) fn check_response(parameters: Option<&Map<Map<String>>>) -> Result<(), ServiceError> {
    let malformed = || bad_request("Invalid Response Actioned Parameter");
    for (status, mappings) in parameters.into_iter().flatten() {
        if !status.parse::<u16>().is_ok_and(|status| (200..=599).contains(&status)) {
            return Err(bad_request(format!("Status Code {status} is not valid")));
        }
        for key in mappings.keys() {
            let (action, place) = key.split_once(':').ok_or_else(malformed)?;
            match (action, place.split_once('.')) {
                ("overwrite", None) if place == "statuscode" => {}
                ("append" | "overwrite" | "remove", Some(("header", name))) if !name.is_empty() => {
                    check_header(name)?;
                }
                _ => return Err(malformed()),
            }
        }
    }
    Ok(())
}

fn check_header(name: &str) -> Result<(), ServiceError> {
    let lower = name.to_ascii_lowercase();
    let prefixed =
        ["access-control-", "apigw-", "x-amz-", "x-amzn-"].iter().any(|prefix| lower.starts_with(prefix));
    if prefixed || RESERVED.contains(&lower.as_str()) {
        return Err(bad_request(format!("Operations on header {name} are restricted")));
    }
    Ok(())
}
