use serde_json::{Map, Value, json};

use super::definition::unconditional;
use super::expansion::Expansion;
use super::part::Part;
use super::python2::{all_marked, unmarked};

/// Puts an `OPTIONS` method that answers preflight requests on every path of a REST API that has none.
pub(super) fn add(expansion: &mut Expansion<'_>, document: &mut Value, cors: &Part<'_>) {
    let text = cors.value.is_string() || cors.is_intrinsic();
    if !text {
        let known = ["AllowCredentials", "AllowHeaders", "AllowMethods", "AllowOrigin", "MaxAge"];
        expansion.known(cors, &known, "`Cors`");
        if cors.value.as_object().is_none_or(Map::is_empty) {
            expansion.refuse(&cors.at, "`Cors` is an origin in quotes, or a mapping with `AllowOrigin`");
            return;
        }
    }
    let origin = if text { Some(cors.clone()) } else { cors.get("AllowOrigin") };
    let credentials = !text && cors.flag("AllowCredentials") == Some(true);
    if credentials && origin.as_ref().is_none_or(|origin| origin.value == "'*'" || origin.value == "*") {
        let message = "`AllowCredentials` works only for an `AllowOrigin` that is not `'*'`";
        expansion.refuse(&cors.at, message);
        return;
    }
    let three = document.get("openapi").is_some();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (_, item) in paths.into_iter().flatten() {
        let Some(item) = unconditional(item).as_object_mut() else { continue };
        if item.contains_key("options") {
            continue;
        }
        let methods = match if text { None } else { cors.get("AllowMethods") } {
            Some(given) => all_marked(given.value),
            None => allowed(item).into(),
        };
        let given = |key| if text { None } else { cors.get(key).map(|part| all_marked(part.value)) };
        let told = Headers {
            credentials: credentials.then(|| "'true'".into()),
            allowed: given("AllowHeaders"),
            methods,
            origin: origin.as_ref().map_or_else(|| "'*'".into(), |origin| all_marked(origin.value)),
            age: given("MaxAge"),
        };
        item.insert("options".to_owned(), preflight(&told, three));
    }
}

/// Returns the methods of a path, in quotes as a mapping of headers wants it.
fn allowed(item: &Map<String, Value>) -> String {
    let mut methods: Vec<String> = if item.contains_key("x-amazon-apigateway-any-method") {
        ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"].map(str::to_owned).to_vec()
    } else {
        item.keys().map(|method| unmarked(method).to_uppercase()).collect()
    };
    methods.push("OPTIONS".to_owned());
    methods.sort_unstable();
    format!("'{}'", methods.join(","))
}

/// What a preflight request is answered.
struct Headers {
    credentials: Option<Value>,
    allowed: Option<Value>,
    methods: Value,
    origin: Value,
    age: Option<Value>,
}

// The orders count in the text that a deployment's id comes from.
fn preflight(told: &Headers, three: bool) -> Value {
    let (credentials, headers, age) = (told.credentials.as_ref(), told.allowed.as_ref(), told.age.as_ref());
    let (methods, origin) = (Some(&told.methods), Some(&told.origin));
    let values = [
        ("Credentials", credentials),
        ("Origin", origin),
        ("Max-Age", age),
        ("Headers", headers),
        ("Methods", methods),
    ];
    let shapes = [
        ("Credentials", credentials),
        ("Headers", headers),
        ("Origin", origin),
        ("Methods", methods),
        ("Max-Age", age),
    ];
    let name = |short: &str| match short {
        "Max-Age" => "Access-Control-Max-Age".to_owned(),
        short => format!("Access-Control-Allow-{short}"),
    };
    let values: Map<String, Value> = values
        .into_iter()
        .filter_map(|(short, value)| {
            Some((format!("method.response.header.{}", name(short)), value?.clone()))
        })
        .collect();
    let shapes: Map<String, Value> = shapes
        .into_iter()
        .filter(|(_, value)| value.is_some())
        .map(|(short, _)| {
            let kind = json!({ "type": if short == "Max-Age" { "integer" } else { "string" } });
            (name(short), if three { json!({ "schema": kind }) } else { kind })
        })
        .collect();
    let mut operation = json!({
        "produces": ["application/json"],
        "x-amazon-apigateway-integration": {
            "requestTemplates": { "application/json": "{\n  \"statusCode\" : 200\n}\n" },
            "type": "mock",
            "responses": {
                "default": {
                    "responseParameters": values,
                    "statusCode": "200",
                    "responseTemplates": { "application/json": "{}\n" },
                },
            },
        },
        "responses": { "200": { "description": "Default response for CORS method", "headers": shapes } },
        "consumes": ["application/json"],
        "summary": "CORS support",
    });
    if three && let Some(members) = operation.as_object_mut() {
        members.shift_remove("consumes");
        members.shift_remove("produces");
    }
    operation
}
