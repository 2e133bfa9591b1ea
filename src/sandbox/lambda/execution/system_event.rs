use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Something that Lambda itself writes into a function's log.
pub(super) enum SystemEvent<'a> {
    InitStart {
        runtime: &'a str,
        arn: &'a str,
        function: &'a str,
        version: &'a str,
    },
    /// An initialisation that failed. `error` is its type; none where it took too long.
    InitReport {
        took: Duration,
        phase: &'a str,
        error: Option<&'a str>,
    },
    Start {
        id: &'a str,
        version: &'a str,
    },
    End {
        id: &'a str,
        failure: Option<Ended<'a>>,
    },
    Report(Report<'a>),
}

/// How an invocation ended that did not end well: `Status:`, and the type of the error unless it took too long.
#[derive(Clone, Copy)]
pub(super) struct Ended<'a> {
    pub status: &'a str,
    pub error: Option<&'a str>,
}

pub(super) struct Report<'a> {
    pub id: &'a str,
    pub took: Duration,
    pub init: Option<Duration>,
    /// MB.
    pub memory: u32,
    /// MB.
    pub used: u64,
    pub failure: Option<Ended<'a>>,
}

impl SystemEvent<'_> {
    /// Returns the line that the log gets: plain text, or a record where the function logs JSON down to a level; none where it is below that.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>
    pub(super) fn line(&self, records: Option<&str>, now: Timestamp) -> Option<String> {
        let Some(wanted) = records else { return Some(self.text()) };
        let rank = |level: &str| ["DEBUG", "INFO", "WARN"].iter().position(|known| *known == level);
        if rank(self.level()) < rank(wanted) {
            return None;
        }
        let (kind, record) = self.record();
        let time = now.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        Some(json!({ "time": time, "type": format!("platform.{kind}"), "record": record }).to_string())
    }

    /// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>
    fn level(&self) -> &'static str {
        match self {
            Self::InitReport { .. } | Self::End { failure: Some(_), .. } => "WARN",
            Self::Report(report) if report.failure.is_some() => "WARN",
            Self::InitStart { .. } | Self::Start { .. } | Self::Report(_) => "INFO",
            Self::End { failure: None, .. } => "DEBUG",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::InitStart { runtime, arn, .. } => {
                format!("INIT_START Runtime Version: {runtime}\tRuntime Version ARN: {arn}")
            }
            Self::InitReport { took, phase, error } => {
                let outcome = match error {
                    None => "Status: timeout".to_owned(),
                    Some(error) => format!("Status: error\tError Type: {error}"),
                };
                format!("INIT_REPORT Init Duration: {:.2} ms\tPhase: {phase}\t{outcome}", millis(*took))
            }
            Self::Start { id, version } => format!("START RequestId: {id} Version: {version}"),
            Self::End { id, .. } => format!("END RequestId: {id}"),
            Self::Report(report) => report.text(),
        }
    }

    /// The event's name, and what stands in it.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html>
    fn record(&self) -> (&'static str, Value) {
        match self {
            Self::InitStart { runtime, arn, function, version } => (
                "initStart",
                json!({
                    "initializationType": "on-demand", "phase": "init", "runtimeVersion": runtime, "runtimeVersionArn": arn,
                    "functionName": function, "functionVersion": version,
                }),
            ),
            Self::InitReport { took, phase, error } => {
                let status = if error.is_some() { "error" } else { "timeout" };
                let mut record = json!({
                    "initializationType": "on-demand", "phase": phase, "status": status,
                    "metrics": { "durationMs": rounded(*took) },
                });
                if let Some(error) = error {
                    record["errorType"] = (*error).into();
                }
                ("initReport", record)
            }
            Self::Start { id, version } => ("start", json!({ "requestId": id, "version": version })),
            Self::End { id, failure } => ("runtimeDone", ended(id, *failure).into()),
            Self::Report(report) => ("report", report.record()),
        }
    }
}

impl Report<'_> {
    /// Initialisation is billed too.
    fn billed(&self) -> f64 {
        millis(self.took + self.init.unwrap_or_default()).ceil()
    }

    fn text(&self) -> String {
        let Self { id, took, init, memory, used, failure } = self;
        let mut line = format!(
            "REPORT RequestId: {id}\tDuration: {:.2} ms\tBilled Duration: {:.0} ms\tMemory Size: {memory} MB\tMax Memory Used: {used} MB",
            millis(*took),
            self.billed(),
        );
        if let Some(init) = init {
            line += &format!("\tInit Duration: {:.2} ms", millis(*init));
        }
        if let Some(Ended { status, error }) = failure {
            line += &format!("\tStatus: {status}");
            if let Some(error) = error {
                line += &format!("\tError Type: {error}");
            }
        }
        // Every value ends with a tab on AWS, the last one too.
        line.push('\t');
        line
    }

    fn record(&self) -> Value {
        let mut record = ended(self.id, self.failure);
        let mut metrics = json!({
            "durationMs": rounded(self.took), "billedDurationMs": self.billed(), "memorySizeMB": self.memory,
            "maxMemoryUsedMB": self.used,
        });
        if let Some(init) = self.init {
            metrics["initDurationMs"] = rounded(init).into();
        }
        record.insert("metrics".to_owned(), metrics);
        record.into()
    }
}

fn ended(id: &str, failure: Option<Ended<'_>>) -> Map<String, Value> {
    let mut record = Map::new();
    record.insert("requestId".to_owned(), id.into());
    record.insert("status".to_owned(), failure.map_or("success", |failure| failure.status).into());
    if let Some(error) = failure.and_then(|failure| failure.error) {
        record.insert("errorType".to_owned(), error.into());
    }
    record
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Milliseconds with three digits.
fn rounded(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(failure: Option<Ended<'static>>) -> SystemEvent<'static> {
        SystemEvent::Report(Report {
            id: "r-1",
            took: Duration::from_micros(12_340),
            init: Some(Duration::from_millis(100)),
            memory: 128,
            used: 31,
            failure,
        })
    }

    fn line(event: &SystemEvent<'_>, records: Option<&str>) -> Option<String> {
        event.line(records, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn plain_text_is_as_it_always_was() {
        let late = Ended { status: "timeout", error: None };
        assert_eq!(
            line(&report(Some(late)), None).unwrap(),
            "REPORT RequestId: r-1\tDuration: 12.34 ms\tBilled Duration: 113 ms\tMemory Size: 128 MB\tMax Memory Used: 31 MB\
             \tInit Duration: 100.00 ms\tStatus: timeout\t"
        );
        let start = SystemEvent::Start { id: "r-1", version: "7" };
        assert_eq!(line(&start, None).unwrap(), "START RequestId: r-1 Version: 7");
    }

    #[test]
    fn a_function_that_logs_json_gets_records() {
        let seen: Value = serde_json::from_str(&line(&report(None), Some("INFO")).unwrap()).unwrap();
        let metrics = json!({
            "durationMs": 12.34, "billedDurationMs": 113.0, "memorySizeMB": 128, "maxMemoryUsedMB": 31, "initDurationMs": 100.0,
        });
        let record = json!({ "requestId": "r-1", "status": "success", "metrics": metrics });
        let time = "1970-01-01T00:00:00.000Z";
        assert_eq!(seen, json!({ "time": time, "type": "platform.report", "record": record }));
    }

    #[test]
    fn a_level_keeps_out_what_is_below_it() {
        let end = SystemEvent::End { id: "r-1", failure: None };
        assert!(line(&end, Some("DEBUG")).is_some() && line(&end, Some("INFO")).is_none());
        assert!(line(&report(None), Some("WARN")).is_none());
        let broken = Ended { status: "error", error: Some("Runtime.ExitError") };
        let seen = line(&report(Some(broken)), Some("WARN")).unwrap();
        assert!(seen.contains(r#""errorType":"Runtime.ExitError""#), "{seen}");
    }
}
