use serde_json::Value;

use super::bind::Unbound;
use super::{Inspection, LinkKind, Resource};

const REST_API: &str = "AWS::ApiGateway::RestApi";
const HTTP_API: &str = "AWS::ApiGatewayV2::Api";

/// A route of a stage, as the deployment that it serves has it.
#[derive(Debug, Clone, Copy)]
pub struct LiveRoute<'a> {
    pub stage: &'a Resource,
    /// `{method, path, integration, function, authorization, apiKeyRequired}`; see [`Inspection`].
    pub route: &'a Value,
}

impl Resource {
    /// Whether it is an HTTP API, and not a REST API.
    pub fn is_http_api(&self) -> bool {
        self.kind == HTTP_API
    }
}

impl Inspection {
    /// Returns an API, REST or HTTP, by its logical id; without one, the only API of the stack, or the only API there is.
    pub fn api(&self, logical: Option<&str>) -> Result<&Resource, Unbound> {
        if let Some(id) = logical {
            return self.logical(id, REST_API);
        }
        let all = self.apis();
        let of_stack: Vec<_> = all.iter().copied().filter(|api| api.logical_id.is_some()).collect();
        match (of_stack.as_slice(), all.as_slice()) {
            ([only], _) | ([], [only]) => Ok(only),
            ([], []) => {
                let unbound = self.unbound("an API".to_owned(), REST_API, vec![]);
                Err(unbound.unless_from(self.unbound("an API".to_owned(), HTTP_API, vec![])))
            }
            ([], several) | (several, _) => Err(Unbound::new(
                "one API that is the stack's alone".to_owned(),
                several.iter().map(|api| shown(api)).collect(),
            )),
        }
    }

    /// Returns the API that takes a request: the one that [`Inspection::api`] means, if it does; else the only other one that does,
    /// whoever made it. Where none does, what is said of the first holds.
    pub fn serving_api(&self, logical: Option<&str>, method: &str, path: &str) -> Result<&Resource, Unbound> {
        self.api_with(logical, |routes| best(routes, method, path).is_some())
    }

    fn api_with(&self, logical: Option<&str>, has: impl Fn(&[Value]) -> bool) -> Result<&Resource, Unbound> {
        let meant = self.api(logical);
        let serves = |api: &Resource| {
            let routes = self.stage_of(api).ok().and_then(|stage| self.served(stage).ok());
            routes.is_some_and(&has)
        };
        if let Ok(api) = &meant
            && (serves(api) || logical.is_some())
        {
            return meant;
        }
        let apis = self.apis();
        let mut serving = apis.into_iter().filter(|api| serves(api));
        match (serving.next(), serving.next()) {
            (Some(only), None) => Ok(only),
            _ => meant,
        }
    }

    fn apis(&self) -> Vec<&Resource> {
        self.of_type(REST_API).chain(self.of_type(HTTP_API)).collect()
    }

    /// Returns the stage of an API that its users meet: the stack's own, or the only one.
    pub fn live_stage(&self, api: Option<&str>) -> Result<&Resource, Unbound> {
        self.stage_of(self.api(api)?)
    }

    /// Returns the stage of this API that its users meet.
    pub fn stage_of(&self, api: &Resource) -> Result<&Resource, Unbound> {
        let kind = stage_kind(api);
        let of_api =
            |stage: &&Resource| self.linked(&stage.key, LinkKind::PartOf).any(|whole| whole.key == api.key);
        let all: Vec<_> = self.of_type(kind).filter(of_api).collect();
        let of_stack: Vec<_> = all.iter().copied().filter(|stage| stage.logical_id.is_some()).collect();
        let default = all.iter().find(|stage| stage.id == "$default");
        match (of_stack.as_slice(), all.as_slice(), default) {
            // Where an HTTP API has a stage that needs no name, that is the one.
            ([only], _, _) | ([], [only], _) | ([], _, Some(only)) => Ok(only),
            ([], [], _) => {
                let message = format!("a stage of the API {}", api.id);
                Err(self.unbound(message, kind, vec![]).unless(self.gap_of(api)))
            }
            ([], several, _) | (several, _, _) => Err(Unbound::new(
                format!("one stage of the API {} that is the stack's alone", api.id),
                several.iter().map(|stage| shown(stage)).collect(),
            )),
        }
    }

    /// Returns the routes that a stage serves.
    fn served<'a>(&'a self, stage: &'a Resource) -> Result<&'a [Value], Unbound> {
        let live = stage.attributes.pointer("/live/routes").and_then(Value::as_array);
        live.map(Vec::as_slice).ok_or_else(|| {
            let message = format!("what the stage {} serves", stage.id);
            self.unbound(message, &stage.kind, vec![]).unless(self.gap_of(stage))
        })
    }

    /// Returns what the live deployment does with a route.
    ///
    /// Path parameters may have other names than the ones asked for. As in API Gateway, a method of its own goes before `ANY`,
    /// and a path of its own before a greedy one (`{proxy+}`), and that before an HTTP API's `$default`.
    pub fn live_route(&self, api: Option<&str>, method: &str, path: &str) -> Result<LiveRoute<'_>, Unbound> {
        // A path of its own is asked for: `/orders/{id}` is no route for `/orders/mine`, though it would take the request.
        let own = |routes: &[Value]| {
            best(routes, method, path)
                .is_some_and(|route| matches(path, text(route, "path")) != Some(Fit::Parameter))
        };
        let stage = self.stage_of(self.api_with(api, own)?)?;
        let routes = self.served(stage)?;
        match best(routes, method, path).filter(|_| own(routes)) {
            Some(route) => Ok(LiveRoute { stage, route }),
            None => Err(Unbound::new(
                format!("a route for {method} {path} on the live stage {}", stage.id),
                routes
                    .iter()
                    .map(|route| format!("{} {}", text(route, "method"), text(route, "path")))
                    .collect(),
            )),
        }
    }

    /// Returns the route that takes a request on the live stage, and the API that the stage is of; `None` where no API does.
    pub fn route_taking(
        &self,
        api: Option<&str>,
        method: &str,
        path: &str,
    ) -> Option<(&Resource, LiveRoute<'_>)> {
        let api = self.serving_api(api, method, path).ok()?;
        let stage = self.stage_of(api).ok()?;
        let route = best(self.served(stage).ok()?, method, path)?;
        Some((api, LiveRoute { stage, route }))
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

fn stage_kind(api: &Resource) -> &'static str {
    if api.is_http_api() { "AWS::ApiGatewayV2::Stage" } else { "AWS::ApiGateway::Stage" }
}

fn text<'a>(route: &'a Value, field: &str) -> &'a str {
    route[field].as_str().unwrap_or_default()
}

/// Returns the route that takes a method and path.
fn best<'a>(routes: &'a [Value], method: &str, path: &str) -> Option<&'a Value> {
    let found = routes.iter().filter_map(|route| {
        let own = match text(route, "method") {
            "ANY" => false,
            other if other.eq_ignore_ascii_case(method) => true,
            _ => return None,
        };
        matches(path, text(route, "path")).map(|fit| ((fit, own), route))
    });
    found.max_by_key(|(rank, _)| *rank).map(|(_, route)| route)
}

/// How a route takes a path; the later goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Default,
    Greedy,
    /// A parameter takes what is no parameter: the path is that of a request.
    Parameter,
    Exact,
}

/// Whether a route serves a path, which may be another route's or a request's, and how.
fn matches(wanted: &str, route: &str) -> Option<Fit> {
    if route == "$default" {
        return Some(if wanted == route { Fit::Exact } else { Fit::Default });
    }
    let wanted = wanted.split(['?', '#']).next().unwrap_or_default();
    let split = |path: &'_ str| {
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let (wanted, route) = (split(wanted), split(route));
    let fits = |parts: &[String]| {
        let mut each = wanted.iter().zip(parts).map(|(one, other)| part(one, other));
        each.try_fold(Fit::Exact, |worst, fit| Some(worst.min(fit?)))
    };
    if wanted.len() == route.len()
        && let Some(fit) = fits(&route)
    {
        return Some(fit);
    }
    let (last, before) = route.split_last()?;
    let reaches = is_greedy(last) && wanted.len() > before.len();
    reaches.then(|| fits(before)).flatten().map(|_| Fit::Greedy)
}

fn is_greedy(part: &str) -> bool {
    part.starts_with('{') && part.ends_with("+}")
}

/// Whether a part of a route takes a part of a path.
fn part(wanted: &str, route: &str) -> Option<Fit> {
    let parameter = |part: &str| part.starts_with('{') && part.ends_with('}') && !part.starts_with("{{");
    if wanted == route || (parameter(wanted) && parameter(route) && is_greedy(wanted) == is_greedy(route)) {
        Some(Fit::Exact)
    } else {
        (parameter(route) && !is_greedy(route) && !parameter(wanted)).then_some(Fit::Parameter)
    }
}

pub(super) fn shown(resource: &Resource) -> String {
    match &resource.logical_id {
        Some(logical) => format!("{logical} ({})", resource.id),
        None => resource.id.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_match_whatever_their_parameters_are_called() {
        assert_eq!(matches("/orders/{id}", "/orders/{order}"), Some(Fit::Exact));
        assert_eq!(matches("/orders/{id}", "/orders/{proxy+}"), Some(Fit::Greedy));
        assert_eq!(matches("/orders/{id}/cancel", "/{proxy+}"), Some(Fit::Greedy));
        assert_eq!(matches("/orders", "/orders/{proxy+}"), None);
        assert_eq!(matches("/orders/{id}", "/orders/mine"), None);
        assert_eq!(matches("/", "/"), Some(Fit::Exact));
        assert_eq!(matches("/orders/{id}", "$default"), Some(Fit::Default));
    }

    #[test]
    fn the_path_of_a_request_goes_through_parameters() {
        assert_eq!(matches("/orders/o-1?a=b", "/orders/{id}"), Some(Fit::Parameter));
        assert_eq!(matches("/orders/{{ order }}", "/orders/{id}"), Some(Fit::Parameter));
        assert_eq!(matches("/orders/mine", "/orders/mine"), Some(Fit::Exact));
        let routes = [("ANY", "$default"), ("GET", "/orders/{id}"), ("GET", "/orders/mine")];
        let routes = routes.map(|(method, path)| json!({ "method": method, "path": path }));
        let path = |method: &str, path: &str| best(&routes, method, path).map(|route| text(route, "path"));
        assert_eq!(path("GET", "/orders/mine"), Some("/orders/mine"));
        assert_eq!(path("GET", "/orders/o-1"), Some("/orders/{id}"));
        assert_eq!(path("POST", "/orders/o-1"), Some("$default"));
    }
}
