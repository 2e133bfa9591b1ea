use std::cmp::Ordering;

use percent_encoding::percent_decode_str;

use super::super::entity::{Map, Route};

/// A route that fits a request, with what its variables stand for.
#[derive(Debug, Clone)]
pub(super) struct Found<'a> {
    pub route: &'a Route,
    pub parameters: Map<String>,
}

/// How closely a segment fits; a closer one comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    Literal,
    Variable,
    Greedy,
}

/// Picks the route for a request: the path that fits most closely, among equal ones the method itself before `ANY`, and
/// `$default` when nothing fits. The path is decoded already, so that a slash parts it even when it was escaped; what a variable
/// stands for is decoded once more.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation>
pub(super) fn find<'a>(routes: &'a Map<Route>, method: &str, path: &str) -> Option<Found<'a>> {
    let segments: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
    let mut best: Option<(Vec<Closeness>, bool, Found<'a>)> = None;
    for route in routes.values() {
        let Some((verb, pattern)) = route.route_key.split_once(' ') else { continue };
        if verb != "ANY" && verb != method {
            continue;
        }
        let Some((closeness, parameters)) = fit(pattern, &segments) else { continue };
        let any = verb == "ANY";
        let closer = best.as_ref().is_none_or(|(other, other_any, _)| {
            closeness.cmp(other).then(any.cmp(other_any)) == Ordering::Less
        });
        if closer {
            best = Some((closeness, any, Found { route, parameters }));
        }
    }
    let default = || routes.values().find(|route| route.route_key == "$default");
    best.map(|(_, _, found)| found).or_else(|| Some(Found { route: default()?, parameters: Map::new() }))
}

fn fit(pattern: &str, segments: &[&str]) -> Option<(Vec<Closeness>, Map<String>)> {
    let mut closeness = vec![];
    let mut parameters = Map::new();
    let mut rest = segments;
    for part in pattern.strip_prefix('/').unwrap_or(pattern).split('/') {
        let inner = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        if let Some(name) = inner.and_then(|inner| inner.strip_suffix('+')) {
            let value = rest.join("/");
            if value.is_empty() {
                return None;
            }
            parameters.insert(name.to_owned(), decoded(&value));
            closeness.push(Closeness::Greedy);
            return Some((closeness, parameters));
        }
        let (first, more) = rest.split_first()?;
        rest = more;
        match inner {
            Some(_) if first.is_empty() => return None,
            Some(name) => {
                parameters.insert(name.to_owned(), decoded(first));
                closeness.push(Closeness::Variable);
            }
            None if *first == part || decoded(first) == part => closeness.push(Closeness::Literal),
            None => return None,
        }
    }
    rest.is_empty().then_some((closeness, parameters))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(keys: &[&str]) -> Map<Route> {
        keys.iter()
            .map(|key| ((*key).to_owned(), Route { route_key: (*key).to_owned(), ..Route::default() }))
            .collect()
    }

    #[test]
    fn the_closest_route_wins_as_in_the_table_of_the_documentation() {
        let routes = routes(&[
            "$default",
            "ANY /{proxy+}",
            "GET /pets/{proxy+}",
            "GET /pets/dog/{id}",
            "GET /pets/dog/1",
            "GET /pets/cat",
            "ANY /pets/cat",
        ]);
        let key = |method: &str, path: &str| find(&routes, method, path).unwrap().route.route_key.clone();
        assert_eq!(key("GET", "/pets/dog/1"), "GET /pets/dog/1");
        assert_eq!(key("GET", "/pets/dog/2"), "GET /pets/dog/{id}");
        assert_eq!(key("GET", "/pets/cat/1"), "GET /pets/{proxy+}");
        assert_eq!(key("POST", "/test/5"), "ANY /{proxy+}");
        assert_eq!(key("GET", "/pets/cat"), "GET /pets/cat");
        assert_eq!(key("PUT", "/pets/cat"), "ANY /pets/cat");
        assert_eq!(key("GET", "/"), "$default");
    }

    #[test]
    fn variables_are_decoded_and_never_empty() {
        let routes = routes(&["GET /a/{id}", "GET /b/{rest+}"]);
        let found = find(&routes, "GET", "/a/x%20y%2Fz").unwrap();
        assert_eq!(found.parameters["id"], "x y/z");
        assert_eq!(find(&routes, "GET", "/b/1/2/").unwrap().parameters["rest"], "1/2/");
        for path in ["/a/", "/a", "/b/", "/b", "/a/1/2", "/c"] {
            assert!(find(&routes, "GET", path).is_none(), "{path}");
        }
        assert!(find(&routes, "POST", "/a/1").is_none());
    }
}
