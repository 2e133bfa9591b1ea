use bytes::Bytes;
use indexmap::IndexMap;
use serde_json::Value;

use super::datum::Datum;
use super::path;

/// The parameters of a method request, by place.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox::apigateway) struct Parameters {
    pub path: IndexMap<String, String>,
    pub querystring: IndexMap<String, String>,
    pub header: IndexMap<String, String>,
}

/// `$input`: the payload and the request's parameters.
#[derive(Debug, Clone)]
pub(in crate::sandbox::apigateway) struct Input {
    text: String,
    /// Parsed on first use; null when it is not JSON.
    parsed: std::cell::OnceCell<Value>,
    parameters: Parameters,
}

impl Input {
    pub(crate) fn of(body: &Bytes, parameters: Parameters) -> Self {
        Self {
            text: String::from_utf8_lossy(body).into_owned(),
            parsed: std::cell::OnceCell::new(),
            parameters,
        }
    }

    fn parsed(&self) -> &Value {
        self.parsed.get_or_init(|| {
            if self.text.is_empty() {
                return Value::Object(serde_json::Map::new());
            }
            serde_json::from_str(&self.text).unwrap_or_default()
        })
    }

    /// `$input.body`: an empty payload reads as an empty object.
    pub(super) fn body(&self) -> Datum {
        Datum::text(if self.text.is_empty() { "{}" } else { &self.text })
    }

    /// `$input.path(x)`: the value, to be worked with.
    pub(super) fn path(&self, expression: &str) -> Datum {
        path::find(self.parsed(), expression).map_or(Datum::Null, |value| Datum::of(&value))
    }

    /// `$input.json(x)`: the value as JSON text; an empty text where there is none.
    pub(super) fn json(&self, expression: &str) -> Datum {
        let found = path::find(self.parsed(), expression).unwrap_or_else(|| Value::String(String::new()));
        Datum::Text(found.to_string())
    }

    /// `$input.params()`: all of them, by place.
    pub(super) fn params(&self) -> Datum {
        let place = |entries: &IndexMap<String, String>| {
            Datum::map(entries.iter().map(|(name, value)| (name.clone(), Datum::text(value))).collect())
        };
        Datum::map(IndexMap::from([
            ("path".to_owned(), place(&self.parameters.path)),
            ("querystring".to_owned(), place(&self.parameters.querystring)),
            ("header".to_owned(), place(&self.parameters.header)),
        ]))
    }

    /// `$input.params(x)`: looked for in path, query string and headers, in this order.
    pub(super) fn param(&self, name: &str) -> Datum {
        let Parameters { path, querystring, header } = &self.parameters;
        let found = path.get(name).or_else(|| querystring.get(name)).or_else(|| header.get(name));
        let found = found.or_else(|| {
            header.iter().find(|(there, _)| there.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        });
        Datum::text(found.cloned().unwrap_or_default())
    }
}
