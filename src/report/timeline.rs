use jiff::Timestamp;

use super::Concern;
use crate::evidence::{AuditCall, AuditLog};

/// What happened in an attempt, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    pub started: Timestamp,
    pub ended: Timestamp,
    /// In order.
    pub moments: Vec<Moment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    pub at: Timestamp,
    pub event: TimelineEvent,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimelineEvent {
    /// The candidate changed something: `lambda UpdateFunctionCode`, on what.
    Change {
        call: String,
        on: String,
        denied: bool,
        /// Ids of the tasks that it was work on, as far as that can be told.
        tasks: Vec<String>,
    },
    /// A check passed that had not passed before, by its key `task/check`.
    Passed { check: String },
    /// A word on the attempt itself: `submitted`, `extended by 5 m`.
    Note { words: String },
}

impl Timeline {
    /// Reads what a candidate changed out of the audit log: what others called, and what only looks, is left out. `candidate`
    /// says of a caller's ARN whether it is the candidate's.
    pub fn of(
        log: &AuditLog,
        concern: &Concern,
        candidate: impl Fn(&str) -> bool,
        started: Timestamp,
        ended: Timestamp,
    ) -> Self {
        let own = |call: &&AuditCall| !call.read_only && call.caller.as_deref().is_some_and(&candidate);
        let moments = log.calls.iter().filter(own).filter_map(|call| {
            let at: Timestamp = call.time.parse().ok()?;
            let event = TimelineEvent::Change {
                call: format!("{} {}", call.service, call.operation),
                on: call.resources.iter().map(|arn| short(arn)).collect::<Vec<_>>().join(", "),
                denied: call.outcome != "allowed",
                tasks: concern.tasks_of(&call.resources),
            };
            (started <= at && at <= ended).then_some(Moment { at, event })
        });
        let mut timeline = Self { started, ended, moments: moments.collect() };
        timeline.sort();
        timeline
    }

    /// Adds more moments, in their places.
    pub fn add(&mut self, moments: impl IntoIterator<Item = Moment>) {
        self.moments.extend(moments);
        self.sort();
    }

    fn sort(&mut self) {
        self.moments.sort_by_key(|moment| moment.at);
    }
}

/// The part of an ARN that names the resource. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
fn short(arn: &str) -> String {
    arn.splitn(6, ':').nth(5).unwrap_or(arn).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_candidate_changed_in_time_is_told() {
        let call = |time: &str, caller: &str, read_only: bool, outcome: &str| AuditCall {
            id: String::new(),
            time: time.to_owned(),
            caller: Some(caller.to_owned()),
            access_key_id: None,
            invoked_by: None,
            service: "lambda".to_owned(),
            operation: "AddPermission".to_owned(),
            read_only,
            resources: vec!["arn:aws:lambda:us-east-1:1:function:get-order".to_owned()],
            outcome: outcome.to_owned(),
            allowed_by: vec![],
            error_code: None,
        };
        let log = AuditLog {
            calls: vec![
                call("2026-01-01T10:30:00Z", "ada", false, "denied"),
                call("2026-01-01T10:20:00Z", "ada", false, "allowed"),
                call("2026-01-01T10:21:00Z", "ada", true, "allowed"),
                call("2026-01-01T10:22:00Z", "grader", false, "allowed"),
                call("2026-01-01T12:00:00Z", "ada", false, "allowed"),
            ],
            complete: true,
            graded_from: 5,
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let timeline = Timeline::of(
            &log,
            &Concern::default(),
            |caller| caller == "ada",
            at("2026-01-01T10:00:00Z"),
            at("2026-01-01T11:30:00Z"),
        );
        let change = |denied| TimelineEvent::Change {
            call: "lambda AddPermission".to_owned(),
            on: "function:get-order".to_owned(),
            denied,
            tasks: vec![],
        };
        let events: Vec<_> = timeline.moments.iter().map(|moment| moment.event.clone()).collect();
        assert_eq!(events, [change(false), change(true)]);
    }
}
