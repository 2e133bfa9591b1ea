use std::time::Duration;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::Value;

use super::capture::{CaptureError, capture};
use super::recorder::Recorder;
use super::sought::internal;
use super::{Variables, World, given, invoke, item, log, messages, object, request};
use crate::challenge::{Act, Check, Given, Subject, probe_digest};
use crate::evidence::{Inspection, Observation, Transcript, redact};

/// What a step found, or why there is nothing to find: the observation that ends the attempt.
pub(super) type Step<T> = Result<T, Observation>;

/// The probe of one check, over all its attempts.
#[derive(Debug)]
pub struct Probe<'a> {
    pub(super) world: &'a World,
    check: &'a Check,
    /// The grade's variables with the check's own laid over them.
    pub(super) variables: Variables,
    /// Drawn for this check, or captured by its acts.
    own: Variables,
    pub(super) recorder: Recorder,
    digest: String,
    started: Duration,
    /// When the first act was carried out: a log is read from there.
    first_act: Option<Timestamp>,
    acted: bool,
}

impl<'a> Probe<'a> {
    /// Prepares the probe of a check. `shared` are the grade's variables, `own` those drawn for this check.
    pub fn new(world: &'a World, check: &'a Check, shared: &Variables, own: Variables) -> Self {
        let mut variables = shared.clone();
        variables.extend(own.clone());
        Self {
            world,
            check,
            digest: probe_digest(check, &variables),
            variables,
            own,
            recorder: Recorder::default(),
            started: world.clock.elapsed(),
            first_act: None,
            acted: false,
        }
    }

    /// Puts things in place, acts, and looks.
    pub async fn attempt(&mut self, inspection: &Inspection) -> Observation {
        self.recorder.next_attempt();
        self.acted = false;
        let found = match self.prepare(inspection).await {
            Ok(()) => {
                self.acted = true;
                self.look(inspection).await
            }
            Err(observation) => Err(observation),
        };
        found.map_or_else(|observation| observation, Observation::Seen)
    }

    /// Looks again at what the acts of the attempt before left behind, since it may take a while to appear. Where there
    /// was nothing to do, or it did not succeed, everything is done anew.
    pub async fn attempt_after(&mut self, inspection: &Inspection) -> Observation {
        if !self.acted || (self.check.when.is_empty() && self.check.given.is_empty()) {
            return self.attempt(inspection).await;
        }
        self.recorder.next_attempt();
        self.look(inspection).await.map_or_else(|observation| observation, Observation::Seen)
    }

    /// Returns how often it was tried.
    pub fn attempts(&self) -> u32 {
        self.recorder.attempts()
    }

    /// Returns everything that was done, with what it led to, without the credentials that texts may hold.
    pub fn transcript(&self, observation: Observation) -> Transcript {
        let elapsed = self.world.clock.elapsed().saturating_sub(self.started);
        let observation = match observation {
            Observation::Seen(document) => Observation::Seen(redact(&document)),
            other => other,
        };
        Transcript {
            probe: self.digest.clone(),
            variables: self.own.clone(),
            exchanges: self.recorder.exchanges(),
            attempts: self.recorder.attempts(),
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            observation,
        }
    }

    async fn prepare(&mut self, inspection: &Inspection) -> Step<()> {
        let check = self.check;
        for given in &check.given {
            // Whoever gets a message or an event sets to work, and may log.
            if !matches!(given, Given::Put { .. }) {
                self.act_begins();
            }
            given::put(self, inspection, given).await?;
        }
        for act in &check.when {
            match act {
                Act::Http { request, capture } => {
                    self.act_begins();
                    let answer = request::send(self, inspection, request).await?;
                    let title = format!("the answer to {} {}", request.method, request.path);
                    self.capture(&answer, capture, &title)?;
                }
                Act::Invoke { function, payload, capture } => {
                    self.act_begins();
                    let answer = invoke::invoke(self, inspection, function, payload).await?;
                    self.capture(&answer, capture, &format!("the answer of the function {function}"))?;
                }
            }
        }
        Ok(())
    }

    async fn look(&mut self, inspection: &Inspection) -> Step<Value> {
        let check = self.check;
        match &check.subject {
            Subject::Http(request) => request::send(self, inspection, request).await,
            Subject::Invoke { function, payload } => {
                invoke::invoke(self, inspection, function, payload).await
            }
            Subject::Item { table, key } => item::get(self, inspection, table, key).await,
            Subject::Messages { queue, read } => messages::look(self, inspection, queue, *read).await,
            Subject::Object { bucket, key } => object::get(self, inspection, bucket, key).await,
            Subject::Log { of, filter } => {
                let since = self.first_act.unwrap_or_else(|| self.world.clock.now());
                log::read(self, inspection, of, filter.as_deref(), since).await
            }
            Subject::Function { .. }
            | Subject::Route { .. }
            | Subject::Role { .. }
            | Subject::Table { .. }
            | Subject::Queue { .. }
            | Subject::Resource { .. }
            | Subject::Group { .. }
            | Subject::Question(_)
            | Subject::Unchanged(_)
            | Subject::Audit(_) => {
                Err(internal(format!("a `{}` is looked at, not probed", check.subject.verb())))
            }
        }
    }

    fn act_begins(&mut self) {
        self.first_act.get_or_insert_with(|| self.world.clock.now());
    }

    fn capture(&mut self, answer: &Value, selectors: &IndexMap<String, String>, title: &str) -> Step<()> {
        let mut captured = Variables::new();
        capture(answer, selectors, &mut captured).map_err(|error| match error {
            CaptureError::Absent(selector) => {
                Observation::Missing(format!("`{selector}` in {title}{}", outcome(answer)))
            }
            CaptureError::Malformed(message) => internal(message),
        })?;
        self.variables.extend(captured.clone());
        self.own.extend(captured);
        Ok(())
    }
}

/// Says briefly what an answer was, for words such as "`$.body.id` in the answer to POST /orders, which was 502 ...".
fn outcome(answer: &Value) -> String {
    let text = answer["text"].as_str().map(str::to_owned);
    // Several answers at once have no status of their own.
    if answer["status"].is_null() {
        return String::new();
    }
    let payload = text.or_else(|| answer.get("payload").map(Value::to_string)).unwrap_or_default();
    let shown: String = payload.chars().take(200).collect();
    let cut = if shown.len() < payload.len() { "..." } else { "" };
    format!(", which was {} {shown}{cut}", answer["status"]).trim_end().to_owned()
}
