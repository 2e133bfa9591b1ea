use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

use crate::sandbox::ServiceError;

/// An API as AWS has it: how it is called, and by which operations.
///
/// Taken from botocore's service models, <https://github.com/boto/botocore/tree/develop/botocore/data>.
#[derive(Debug, Deserialize)]
pub struct Api {
    /// `query`, `json 1.0`, `json 1.1`, `rest-json`, `rest-xml`.
    pub protocol: String,
    /// The service in the signature's credential scope.
    pub signing_name: String,
    pub version: String,
    /// What stands before the operation's name in `X-Amz-Target`.
    pub target: String,
    pub operations: IndexMap<String, Shape>,
}

/// An operation's method and path, the parameters in braces: `GET /2015-03-31/functions/{FunctionName}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "String")]
pub struct Shape {
    pub method: String,
    pub path: String,
}

impl From<String> for Shape {
    fn from(text: String) -> Self {
        let (method, path) = text.split_once(' ').unwrap_or(("POST", "/"));
        Self { method: method.to_owned(), path: path.to_owned() }
    }
}

macro_rules! models {
    ($($id:literal),* $(,)?) => {
        const MODELS: &[(&str, &str)] = &[$(
            ($id, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/operations/", $id, ".json"))),
        )*];
    };
}

models!(
    "apigateway",
    "apigatewayv2",
    "cloudformation",
    "cloudtrail",
    "cognito-idp",
    "dynamodb",
    "dynamodbstreams",
    "events",
    "iam",
    "lambda",
    "logs",
    "s3",
    "sns",
    "sqs",
    "stepfunctions",
    "sts",
);

static APIS: LazyLock<Vec<(&str, Api)>> = LazyLock::new(|| {
    // A file that cannot be read is left out; `tests/coverage` asks for each.
    MODELS.iter().filter_map(|(id, text)| Some((*id, serde_json::from_str(text).ok()?))).collect()
});

/// Whether a query's part is a fixed one; clients write one without a value with and without the equals sign.
fn is(part: &str, fixed: &str) -> bool {
    part == fixed || part.strip_suffix('=') == Some(fixed)
}

impl Api {
    /// Returns the API of a service, by botocore's name for it.
    pub fn of(id: &str) -> Option<&'static Self> {
        APIS.iter().find(|(known, _)| *known == id).map(|(_, api)| api)
    }

    /// Whether AWS has this operation.
    pub fn knows(id: &str, operation: &str) -> bool {
        Self::of(id).is_some_and(|api| api.operations.contains_key(operation))
    }
    /// Refuses an operation that a service of a JSON protocol has not: by its name where AWS has it, else as AWS does.
    pub fn lacks(id: &str, operation: &str) -> ServiceError {
        if Self::knows(id, operation) {
            ServiceError::not_covered(id, operation)
        } else {
            ServiceError::new(400, "UnknownOperationException", "")
        }
    }

    /// Names all operations at a method and a path that are told by a fixed part of the query.
    pub fn marked(&self, method: &str, segments: &[&str], query: &str) -> Vec<&str> {
        let fits = |shape: &Shape| {
            let (path, fixed) = shape.path.split_once('?').unwrap_or((&shape.path, ""));
            let parts = path.split('/').filter(|part| !part.is_empty()).count();
            let marks = || {
                fixed.split('&').all(|mark| query.split('&').any(|part| part.trim_end_matches('=') == mark))
            };
            shape.method == method && parts == segments.len() && !fixed.is_empty() && marks()
        };
        self.operations.iter().filter(|(_, shape)| fits(shape)).map(|(name, _)| name.as_str()).collect()
    }

    /// Names the operation at a method, a path, given by its segments without empty ones, and a query. Of two that differ
    /// by a fixed part of the query only, it is the one with that part.
    pub fn at(&self, method: &str, segments: &[&str], query: &str) -> Option<&str> {
        let fits = |shape: &Shape| {
            let (path, fixed) = shape.path.split_once('?').unwrap_or((&shape.path, ""));
            let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
            shape.method == method
                && parts.len() == segments.len()
                && parts.iter().zip(segments).all(|(part, segment)| part.starts_with('{') || part == segment)
                && fixed
                    .split('&')
                    .all(|fixed| fixed.is_empty() || query.split('&').any(|part| is(part, fixed)))
        };
        let found = self.operations.iter().filter(|(_, shape)| fits(shape));
        found.max_by_key(|(_, shape)| shape.path.contains('?')).map(|(name, _)| name.as_str())
    }
}
