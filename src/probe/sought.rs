use std::time::Duration;

use super::run::Step;
use crate::aws::{Clients, Endpoint, ErrorClass, Failure};
use crate::evidence::{
    Binding, Inspection, Link, LinkKind, Observation, Resource, Trouble, TroubleKind, Unbound,
};
use crate::target::{function_url, http_api_url, invoke_url};

/// A cloud that is there answers the question who is asking, whatever the candidate built.
const ALIVE: Duration = Duration::from_secs(5);

/// Returns the resource that a binding leads to.
pub(super) fn bound<'a>(inspection: &'a Inspection, binding: &Binding, kind: &str) -> Step<&'a Resource> {
    inspection.bind(binding, kind).map_err(Unbound::observation)
}

/// Returns the URL of the live stage of the API that takes a request, without a slash at its end.
pub(super) fn live_url(
    inspection: &Inspection,
    endpoint: &Endpoint,
    api: Option<&str>,
    method: &str,
    path: &str,
) -> Step<String> {
    let api = inspection.serving_api(api, method, path).map_err(Unbound::observation)?;
    let stage = inspection.stage_of(api).map_err(Unbound::observation)?;
    let url = if api.is_http_api() { http_api_url } else { invoke_url };
    Ok(url(endpoint, &api.id, &stage.id))
}

/// Returns the URL of a function, and the host that has to be asked for.
pub(super) fn url_of(
    inspection: &Inspection,
    endpoint: &Endpoint,
    function: &Binding,
) -> Step<(String, Option<String>)> {
    let function = bound(inspection, function, "AWS::Lambda::Function")?;
    let to = |link: &&Link| link.kind == LinkKind::Invokes && link.to == function.key;
    let urls = inspection.of_type("AWS::Lambda::Url");
    let mut urls = urls.filter(|url| inspection.links.iter().filter(to).any(|link| link.from == url.key));
    let address = urls.next().and_then(|url| url.attributes["FunctionUrl"].as_str());
    match address {
        Some(address) => Ok(function_url(endpoint, address)),
        None => Err(Observation::Missing(format!("a URL of the function {}", function.id))),
    }
}

/// Sorts the failure of a call: what is not there, or is made otherwise than the check needs it, is the candidate's
/// work missing; anything else is our own trouble. `sought` says what was looked for.
pub(super) fn refused(failure: &Failure, sought: &str) -> Observation {
    match failure.class {
        ErrorClass::Missing => Observation::Missing(sought.to_owned()),
        ErrorClass::Invalid | ErrorClass::Conflict if failure.code.is_some() => {
            Observation::Missing(format!("{sought} ({})", failure.message))
        }
        _ => Observation::Unavailable(failure.trouble()),
    }
}

pub(super) fn internal(message: String) -> Observation {
    Observation::Unavailable(Trouble { kind: TroubleKind::Internal, message })
}

pub(super) fn unreachable(message: String) -> Observation {
    Observation::Unavailable(Trouble { kind: TroubleKind::Unreachable, message })
}

/// Tells a candidate's work that does not answer from a cloud that is gone.
pub(super) async fn late(clients: &Clients, sought: &str, limit: Duration) -> Observation {
    let sought = format!("an answer from {sought} within {} s", limit.as_secs());
    let alive = tokio::time::timeout(ALIVE, clients.sts.get_caller_identity().send()).await;
    match alive {
        Ok(Ok(_)) => Observation::Missing(sought),
        Ok(Err(error)) => Observation::Unavailable(Failure::of("sts:GetCallerIdentity", &error).trouble()),
        Err(_) => unreachable(format!("no {}", &sought["an ".len()..])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_told_from_what_we_may_not_see() {
        let missing = Failure::new(ErrorClass::Missing, "dynamodb:GetItem", "none");
        assert_eq!(refused(&missing, "a table"), Observation::Missing("a table".into()));
        let denied = Failure::new(ErrorClass::Denied, "dynamodb:GetItem", "no");
        assert!(
            matches!(refused(&denied, "a table"), Observation::Unavailable(trouble) if trouble.kind == TroubleKind::Denied)
        );
        let mut other_key = Failure::new(ErrorClass::Invalid, "dynamodb:GetItem", "the key is another");
        other_key.code = Some("ValidationException".into());
        assert_eq!(
            refused(&other_key, "a table"),
            Observation::Missing("a table (the key is another)".into())
        );
    }
}
