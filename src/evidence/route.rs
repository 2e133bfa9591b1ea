use serde_json::Value;

use super::bind::Unbound;
use super::{Inspection, LinkKind, Resource};

const API: &str = "AWS::ApiGateway::RestApi";
const STAGE: &str = "AWS::ApiGateway::Stage";

/// A route of a stage, as the deployment that it serves has it.
#[derive(Debug, Clone, Copy)]
pub struct LiveRoute<'a> {
    pub stage: &'a Resource,
    /// `{method, path, integration, function, authorization, apiKeyRequired}`; see [`Inspection`].
    pub route: &'a Value,
}

impl Inspection {
    /// Returns an API by its logical id; without one, the only API of the stack, or the only API there is.
    pub fn api(&self, logical: Option<&str>) -> Result<&Resource, Unbound> {
        if let Some(id) = logical {
            return self.logical(id, API);
        }
        let all: Vec<_> = self.of_type(API).collect();
        let of_stack: Vec<_> = all.iter().copied().filter(|api| api.logical_id.is_some()).collect();
        match (of_stack.as_slice(), all.as_slice()) {
            ([only], _) | ([], [only]) => Ok(only),
            ([], []) => Err(self.unbound("a REST API".to_owned(), API, vec![])),
            ([], several) | (several, _) => Err(Unbound::new(
                "one REST API that is the stack's alone".to_owned(),
                several.iter().map(|api| shown(api)).collect(),
            )),
        }
    }

    /// Returns the stage of an API that its users meet: the stack's own, or the only one.
    pub fn live_stage(&self, api: Option<&str>) -> Result<&Resource, Unbound> {
        let api = self.api(api)?;
        let of_api =
            |stage: &&Resource| self.linked(&stage.key, LinkKind::PartOf).any(|whole| whole.key == api.key);
        let all: Vec<_> = self.of_type(STAGE).filter(of_api).collect();
        let of_stack: Vec<_> = all.iter().copied().filter(|stage| stage.logical_id.is_some()).collect();
        match (of_stack.as_slice(), all.as_slice()) {
            ([only], _) | ([], [only]) => Ok(only),
            ([], []) => Err(self
                .unbound(format!("a stage of the API {}", api.id), STAGE, vec![])
                .unless(self.gap_of(api))),
            ([], several) | (several, _) => Err(Unbound::new(
                format!("one stage of the API {} that is the stack's alone", api.id),
                several.iter().map(|stage| shown(stage)).collect(),
            )),
        }
    }

    /// Returns what the live deployment does with a route.
    ///
    /// Path parameters may have other names than the ones asked for. As in API Gateway, a method of its own goes before `ANY`,
    /// and a path of its own before a greedy one (`{proxy+}`).
    pub fn live_route(&self, api: Option<&str>, method: &str, path: &str) -> Result<LiveRoute<'_>, Unbound> {
        let stage = self.live_stage(api)?;
        let live = stage.attributes.pointer("/live/routes").and_then(Value::as_array);
        let Some(routes) = live else {
            let message = format!("what the stage {} serves", stage.id);
            return Err(self.unbound(message, STAGE, vec![]).unless(self.gap_of(stage)));
        };
        let text = |route: &Value, field: &str| route[field].as_str().unwrap_or_default().to_owned();
        let found = routes.iter().filter_map(|route| {
            let own = match text(route, "method").as_str() {
                "ANY" => false,
                other if other.eq_ignore_ascii_case(method) => true,
                _ => return None,
            };
            matches(path, &text(route, "path")).map(|exact| ((exact, own), route))
        });
        match found.max_by_key(|(rank, _)| *rank) {
            Some((_, route)) => Ok(LiveRoute { stage, route }),
            None => Err(Unbound::new(
                format!("a route for {method} {path} on the live stage {}", stage.id),
                routes
                    .iter()
                    .map(|route| format!("{} {}", text(route, "method"), text(route, "path")))
                    .collect(),
            )),
        }
    }

    /// Returns the function that the live deployment invokes for a route.
    pub(super) fn live_function(
        &self,
        api: Option<&str>,
        method: &str,
        path: &str,
    ) -> Result<&Resource, Unbound> {
        let LiveRoute { route, .. } = self.live_route(api, method, path)?;
        let integration = &route["integration"];
        let uri = integration["uri"].as_str();
        match (route["function"].as_str().map(|key| (key, self.get(key))), uri) {
            (Some((_, Some(function))), _) => Ok(function),
            (Some((key, None)), _) => {
                let message = format!("the function {key}, which {method} {path} invokes");
                Err(self.unbound(message, "AWS::Lambda::Function", vec![]))
            }
            (None, Some(uri)) => {
                Err(Unbound::new(format!("the function that {method} {path} invokes, {uri}"), vec![]))
            }
            (None, None) => {
                let kind = integration["type"].as_str().unwrap_or("missing");
                Err(Unbound::new(
                    format!("a function behind {method} {path}"),
                    vec![format!("a {kind} integration")],
                ))
            }
        }
    }
}

/// Whether a route serves a path, and if so, whether exactly or by a greedy parameter.
fn matches(wanted: &str, route: &str) -> Option<bool> {
    let split = |path: &'_ str| {
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let (wanted, route) = (split(wanted), split(route));
    let parameter = |part: &str| part.starts_with('{') && part.ends_with('}');
    let greedy = |part: &str| part.starts_with('{') && part.ends_with("+}");
    let same = |a: &str, b: &str| a == b || (parameter(a) && parameter(b) && greedy(a) == greedy(b));
    if wanted.len() == route.len() && wanted.iter().zip(&route).all(|(a, b)| same(a, b)) {
        return Some(true);
    }
    let (last, before) = route.split_last()?;
    let reaches = greedy(last) && wanted.len() > before.len();
    (reaches && before.iter().zip(&wanted).all(|(a, b)| same(a, b))).then_some(false)
}

pub(super) fn shown(resource: &Resource) -> String {
    match &resource.logical_id {
        Some(logical) => format!("{logical} ({})", resource.id),
        None => resource.id.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_match_whatever_their_parameters_are_called() {
        assert_eq!(matches("/orders/{id}", "/orders/{order}"), Some(true));
        assert_eq!(matches("/orders/{id}", "/orders/{proxy+}"), Some(false));
        assert_eq!(matches("/orders/{id}/cancel", "/{proxy+}"), Some(false));
        assert_eq!(matches("/orders", "/orders/{proxy+}"), None);
        assert_eq!(matches("/orders/{id}", "/orders/mine"), None);
        assert_eq!(matches("/", "/"), Some(true));
    }
}
