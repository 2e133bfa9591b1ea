use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::view::{Audience, Report, view};
use crate::score::Scorecard;

/// Returns a scorecard as JSON, in the format that [`schema`] describes.
pub fn json(scorecard: &Scorecard, audience: Audience) -> Value {
    // Only maps with keys that are no texts cannot become JSON, and a report has none.
    serde_json::to_value(view(scorecard, audience)).unwrap_or_default()
}

/// Returns the JSON Schema (draft 2020-12) of the JSON report.
pub fn schema() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Report>().to_value()
}
