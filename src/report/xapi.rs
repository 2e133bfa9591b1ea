use serde_json::{Value, json};

use super::Occasion;
use super::view::{Audience, Report, ReportResult, view};
use crate::score::Scorecard;

/// Returns a scorecard as an xAPI 1.0.3 statement: that somebody passed or failed; of a provisional grade, that it was attempted.
///
/// <https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Data.md>
pub fn xapi(scorecard: &Scorecard, occasion: &Occasion) -> Value {
    let report = view(scorecard, Audience::Candidate);
    let verb = match report.result {
        ReportResult::Passed => "passed",
        ReportResult::Failed => "failed",
        ReportResult::Provisional => "attempted",
    };
    json!({
        "id": occasion.id,
        "version": "1.0.3",
        "actor": {
            "objectType": "Agent",
            "account": { "homePage": occasion.home, "name": occasion.candidate },
        },
        "verb": { "id": format!("http://adlnet.gov/expapi/verbs/{verb}"), "display": { "en-US": verb } },
        "object": {
            "objectType": "Activity",
            "id": activity(&report, occasion),
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/assessment",
                "name": { "en-US": report.title },
            },
        },
        "result": result(&report, occasion),
        "context": { "platform": "Proofmark", "revision": report.release },
        "timestamp": millis(occasion.ended),
    })
}

fn activity(report: &Report, occasion: &Occasion) -> String {
    format!("{}/challenges/{}", occasion.home.trim_end_matches('/'), report.challenge)
}

fn result(report: &Report, occasion: &Occasion) -> Value {
    let seconds = occasion.ended.duration_since(occasion.started).as_secs().max(0);
    let number = |hundredths: u32| f64::from(hundredths) / 100.0;
    let mut result = json!({
        "score": {
            "scaled": f64::from(report.score.low) / f64::from(report.points.max(1)),
            "raw": number(report.score.low),
            "min": 0,
            "max": number(report.points),
        },
        "completion": true,
        "duration": format!("PT{seconds}S"),
    });
    // A provisional grade is neither.
    match report.result {
        ReportResult::Passed => result["success"] = true.into(),
        ReportResult::Failed => result["success"] = false.into(),
        ReportResult::Provisional => {}
    }
    result
}

/// Returns a moment with three decimals of a second, as most readers have it.
pub(super) fn millis(at: jiff::Timestamp) -> String {
    format!("{at:.3}")
}
