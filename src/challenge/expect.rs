use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::MapAccess;
use std::borrow::Cow;

use super::{Grant, RoleExpectation};
use crate::matcher::{Besides, ExpectationAnd, Matcher};

/// Selectors with matchers, and for a role what it must and must not be able to do.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct RawExpectation(pub(super) ExpectationAnd<RawRole>);

#[derive(Debug, Default)]
pub(super) struct RawRole {
    pub(super) allows: Option<Vec<RawGrant>>,
    pub(super) denies: Option<Vec<RawGrant>>,
}

/// Actions on resources, for example `{ actions: ["dynamodb:GetItem"], resources: ["{{ OrdersTableArn }}"] }`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Grant")]
pub(super) struct RawGrant {
    pub(super) actions: Vec<String>,
    pub(super) resources: Vec<String>,
}

impl Besides for RawRole {
    const KEYS: &'static [&'static str] = &["allows", "denies"];

    fn read<'de, A: MapAccess<'de>>(&mut self, key: &'static str, map: &mut A) -> Result<(), A::Error> {
        let grants = Some(map.next_value()?);
        match key {
            "allows" => self.allows = grants,
            _ => self.denies = grants,
        }
        Ok(())
    }
}

impl RawRole {
    pub(super) fn is_given(&self) -> bool {
        self.allows.is_some() || self.denies.is_some()
    }

    pub(super) fn into_expectation(self) -> RoleExpectation {
        let grants = |grants: Option<Vec<RawGrant>>| {
            let grants = grants.unwrap_or_default().into_iter();
            grants.map(|RawGrant { actions, resources }| Grant { actions, resources }).collect()
        };
        RoleExpectation { allows: grants(self.allows), denies: grants(self.denies) }
    }
}

impl JsonSchema for RawExpectation {
    fn schema_name() -> Cow<'static, str> {
        "Expectation".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let matcher = generator.subschema_for::<Matcher>();
        let grants = generator.subschema_for::<Vec<RawGrant>>();
        json_schema!({
            "description": "Selectors with matchers. A bare name such as `status` means `$.status`; else a JSONPath (RFC 9535). For a role: `allows` and `denies`.",
            "type": "object",
            "minProperties": 1,
            "properties": { "allows": grants, "denies": grants },
            "patternProperties": { r"^(\$|(?!(allows|denies)$)[A-Za-z_][A-Za-z0-9_-]*$)": matcher },
            "additionalProperties": false
        })
    }
}
