use std::time::Duration;

use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_cloudtrail::config::Region;
use aws_sdk_cloudtrail::types::Event;
use serde_json::Value;
use tokio::time::Instant;

use crate::aws::{Clients, Failure, Outcome};
use crate::evidence::{Audit, AuditCall, AuditLog, AuditStatement, Trouble, TroubleKind};

/// For reading a log; what was not read by then is left out, and the log says that it is not complete. AWS answers two pages of
/// fifty a second: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>.
const READING: Duration = Duration::from_secs(30);
/// For the first question, which a target without an audit log might leave open.
const ASKING: Duration = Duration::from_secs(10);
const OPERATION: &str = "cloudtrail:LookupEvents";
/// Where the events of IAM and of other services without regions are shown:
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events>.
const GLOBAL: &str = "us-east-1";

/// Reads the audit log of an account through CloudTrail: begun before a grade and read after it, it can tell what the grade
/// brought about from what was there before, without comparing two clocks.
#[derive(Debug)]
pub struct AuditReader {
    client: aws_sdk_cloudtrail::Client,
    /// The grader's own key.
    key: Option<String>,
    /// For each region its newest event when the reading began.
    begun: Result<Vec<(String, Option<String>)>, Trouble>,
}

/// A call as its log tells it.
struct Told {
    call: AuditCall,
    /// Whether the log says how the call was decided, as one that notes every call does.
    decided: bool,
}

impl AuditReader {
    /// Notes where the log ends now. Never fails: a target without an audit log says so in what is read.
    pub async fn begin(clients: &Clients) -> Self {
        let region = clients.endpoint.region.as_str();
        let mut regions = vec![region];
        if region != GLOBAL {
            regions.push(GLOBAL);
        }
        let client = clients.cloudtrail.clone();
        let newest = async {
            let mut newest = Vec::new();
            for region in regions {
                let (events, _) = page(&client, region, 1, None).await?;
                newest.push((region.to_owned(), events.first().and_then(|event| event.event_id.clone())));
            }
            Ok(newest)
        };
        let begun = match tokio::time::timeout(ASKING, newest).await {
            Ok(begun) => begun.map_err(|failure: Failure| failure.trouble()),
            Err(_) => Err(trouble(TroubleKind::Unreachable, "no answer to LookupEvents within 10 s")),
        };
        let keys = clients.endpoint.credentials.provide_credentials().await;
        Self { client, key: keys.ok().map(|keys| keys.access_key_id().to_owned()), begun }
    }

    /// Reads the log as it is now.
    #[tracing::instrument(name = "audit", skip_all)]
    pub async fn read(self) -> Audit {
        let marks = match &self.begun {
            Ok(marks) => marks,
            Err(trouble) => return Audit::Unavailable(trouble.clone()),
        };
        let end = Instant::now() + READING;
        let (mut before, mut during, mut complete) = (Vec::new(), Vec::new(), true);
        for (region, mark) in marks {
            match self.region(region, mark.as_deref(), end).await {
                Ok(read) => {
                    before.extend(read.before);
                    during.extend(read.during);
                    complete &= read.whole;
                }
                Err(failure) => return Audit::Unavailable(failure.trouble()),
            }
        }
        if before.is_empty() && during.is_empty() {
            // The grade's own calls at least would be there.
            let message = "the target answers LookupEvents, and shows no call at all";
            return Audit::Unavailable(trouble(TroubleKind::Unsupported, message));
        }
        complete &= before.iter().chain(&during).all(|told: &Told| told.decided);
        let mut calls = self.others(before);
        let graded_from = calls.len();
        calls.append(&mut self.others(during));
        Audit::Read(AuditLog { calls, complete, graded_from })
    }

    /// Reads a region's events, and tells those before the mark from those after it.
    async fn region(&self, region: &str, mark: Option<&str>, end: Instant) -> Result<Events, Failure> {
        let (mut before, mut during): (Vec<Told>, Vec<Told>) = (Vec::new(), Vec::new());
        let (mut token, mut marked) = (None, false);
        let whole = loop {
            let asked = page(&self.client, region, 50, token.take());
            let Ok(answer) = tokio::time::timeout_at(end, asked).await else { break false };
            let (events, next) = answer?;
            for event in &events {
                marked |= event.event_id.is_some() && event.event_id.as_deref() == mark;
                let list = if marked { &mut before } else { &mut during };
                list.extend(told(event));
            }
            match next {
                Some(next) if !events.is_empty() => token = Some(next),
                _ => break true,
            }
        };
        before.reverse();
        during.reverse();
        Ok(Events { before, during, whole })
    }

    /// Returns the calls in order of their times, without those that only read and were made with the grader's key.
    fn others(&self, told: Vec<Told>) -> Vec<AuditCall> {
        let own = |call: &AuditCall| {
            call.read_only
                && call.invoked_by.is_none()
                && self.key.is_some()
                && call.access_key_id == self.key
        };
        let mut calls: Vec<_> = told.into_iter().map(|told| told.call).filter(|call| !own(call)).collect();
        calls.sort_by(|a, b| a.time.cmp(&b.time));
        calls
    }
}

/// What one region's log says, oldest first.
struct Events {
    before: Vec<Told>,
    during: Vec<Told>,
    /// Whether it was read to its end.
    whole: bool,
}

/// Asks for one page, newest first.
async fn page(
    client: &aws_sdk_cloudtrail::Client,
    region: &str,
    most: i32,
    token: Option<String>,
) -> Result<(Vec<Event>, Option<String>), Failure> {
    let there = aws_sdk_cloudtrail::config::Builder::new().region(Region::new(region.to_owned()));
    let asked = client.lookup_events().max_results(most).set_next_token(token);
    let answer = asked.customize().config_override(there).send().await.during(OPERATION)?;
    Ok((answer.events.unwrap_or_default(), answer.next_token))
}

/// Reads one event; `None` for one that is no record.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
fn told(event: &Event) -> Option<Told> {
    let record: Value = serde_json::from_str(event.cloud_trail_event.as_deref()?).ok()?;
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let error_code = text("/errorCode");
    let decided = text("/additionalEventData/outcome");
    let source = text("/eventSource").unwrap_or_default();
    let list = |pointer: &str| record.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
    let call = AuditCall {
        id: text("/eventID").or_else(|| event.event_id.clone()).unwrap_or_default(),
        time: text("/eventTime").unwrap_or_default(),
        caller: text("/userIdentity/arn"),
        access_key_id: text("/userIdentity/accessKeyId"),
        invoked_by: text("/userIdentity/invokedBy"),
        service: source.strip_suffix(".amazonaws.com").unwrap_or(&source).to_owned(),
        operation: text("/eventName").unwrap_or_default(),
        read_only: record.get("readOnly").and_then(Value::as_bool).unwrap_or(false),
        resources: list("/resources").filter_map(|one| one.get("ARN")?.as_str().map(str::to_owned)).collect(),
        outcome: decided.clone().unwrap_or_else(|| outcome(error_code.as_deref()).to_owned()),
        allowed_by: list("/additionalEventData/allowedBy").filter_map(statement).collect(),
        error_code,
    };
    Some(Told { call, decided: decided.is_some() })
}

fn statement(told: &Value) -> Option<AuditStatement> {
    serde_json::from_value(told.clone()).ok()
}

/// Tells how a call came out by its error code. AWS's services have two words for a refusal, and EC2's stands behind a prefix.
fn outcome(error_code: Option<&str>) -> &'static str {
    match error_code {
        None => "allowed",
        Some(code) if code.contains("AccessDenied") || code.contains("UnauthorizedOperation") => "denied",
        Some(_) => "failed",
    }
}

fn trouble(kind: TroubleKind, message: &str) -> Trouble {
    Trouble { kind, message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(record: &Value) -> Event {
        Event::builder().event_id("1").cloud_trail_event(record.to_string()).build()
    }

    #[test]
    fn a_record_of_aws_is_a_call_without_its_statements() {
        let record = json!({
            "eventVersion": "1.08", "eventTime": "2026-11-22T10:00:00Z", "eventSource": "dynamodb.amazonaws.com",
            "eventName": "CreateTable", "eventID": "e1", "readOnly": false, "errorCode": "AccessDenied",
            "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ada", "accessKeyId": "AKIA1"},
            "resources": [{"ARN": "arn:aws:dynamodb:us-east-1:111122223333:table/t"}]
        });
        let told = told(&event(&record)).unwrap();
        assert!(!told.decided);
        assert!(told.call.is_denied());
        assert_eq!((told.call.service.as_str(), told.call.operation.as_str()), ("dynamodb", "CreateTable"));
        assert_eq!(told.call.resources, ["arn:aws:dynamodb:us-east-1:111122223333:table/t"]);
    }

    #[test]
    fn a_record_of_a_log_of_every_call_says_what_allowed_it() {
        let record = json!({
            "eventTime": "2026-11-22T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
            "readOnly": true, "additionalEventData": {"outcome": "allowed", "allowedBy": [
                {"policy": "own", "kind": "identity", "statement": 2, "sid": null}]}
        });
        let told = told(&event(&record)).unwrap();
        assert!(told.decided);
        assert_eq!((told.call.outcome.as_str(), told.call.allowed_by[0].statement), ("allowed", 2));
    }

    #[test]
    fn what_is_no_record_is_passed_over() {
        assert!(told(&Event::builder().cloud_trail_event("no").build()).is_none());
        assert!(told(&Event::builder().build()).is_none());
    }

    #[test]
    fn refusals_are_told_from_other_errors() {
        for (code, expected) in [
            (None, "allowed"),
            (Some("AccessDeniedException"), "denied"),
            (Some("Client.UnauthorizedOperation"), "denied"),
            (Some("ValidationException"), "failed"),
        ] {
            assert_eq!(outcome(code), expected);
        }
    }
}
