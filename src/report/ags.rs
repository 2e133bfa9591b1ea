use serde_json::{Value, json};

use super::Occasion;
use super::view::{Audience, ReportResult, view};
use super::words::{of_points, percent};
use super::xapi::millis;
use crate::score::Scorecard;

/// Returns a scorecard as the body of a score of LTI's Assignment and Grade Services, to be sent to `{lineitem}/scores` as
/// `application/vnd.ims.lis.v1.score+json`. A provisional grade waits for a person, and does not count as final.
///
/// <https://www.imsglobal.org/spec/lti-ags/v2p0/#score-publish-service>
pub fn ags(scorecard: &Scorecard, occasion: &Occasion) -> Value {
    let report = view(scorecard, Audience::Candidate);
    let (word, progress) = match report.result {
        ReportResult::Passed => ("Passed", "FullyGraded"),
        ReportResult::Failed => ("Not passed", "FullyGraded"),
        ReportResult::Provisional => ("Provisional", "PendingManual"),
    };
    let comment = format!(
        "{word}: {} points ({} needed), {} on the scale of 100 to 1000",
        of_points(report.score, report.points),
        percent(report.pass_mark),
        report.scaled.low
    );
    json!({
        "userId": occasion.candidate,
        "scoreGiven": f64::from(report.score.low) / 100.0,
        "scoreMaximum": f64::from(report.points) / 100.0,
        "comment": comment,
        "timestamp": millis(occasion.ended),
        "activityProgress": "Completed",
        "gradingProgress": progress,
        "submission": { "startedAt": millis(occasion.started), "submittedAt": millis(occasion.ended) },
    })
}
