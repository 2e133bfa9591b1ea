use std::time::Duration;

use jiff::Timestamp;

use super::host::until;
use super::{Event as Told, ExamError, Host};
use crate::attempt::{Attempt, Event, FreezeReason, Reckoning, State, discrepancy, passed};
use crate::aws::ErrorClass;
use crate::context::Reading;

/// How often the ledger is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// How often a sign of life is written, at least.
const BEAT: Duration = Duration::from_secs(1);
/// Time that was lost and is too short to be told.
const NEGLIGIBLE: Duration = Duration::from_millis(1500);

impl Host {
    /// Keeps the time while the candidate works; returns when the freeze has begun, or the attempt went another way.
    ///
    /// The sandbox is told its end beforehand, and keeps to it whatever happens here.
    pub(super) async fn watch(&mut self, mut attempt: Attempt) -> Result<(), ExamError> {
        let runs = self.challenge.has_scenario();
        if runs {
            self.stand().await?;
        }
        if std::mem::take(&mut self.taken_up) {
            attempt = self.take_up(&attempt).await?;
        }
        let mut armed: Option<Reckoning> = None;
        let mut beaten: Option<Reading> = None;
        loop {
            if attempt.state != State::Running {
                return Ok(());
            }
            if attempt.submitted {
                return self.begin_freeze(FreezeReason::Submitted).await;
            }
            let now = self.context.clock.reading();
            let Some(reckoning) = attempt.reckon(&now) else {
                return Err(ExamError::Internal("the clock was not started".to_owned()));
            };
            if reckoning.left().is_zero() {
                return self.begin_freeze(FreezeReason::Deadline).await;
            }
            if runs && armed.is_none_or(|before| before.whole != reckoning.whole) {
                match self.arm(until(&now, reckoning.left())).await {
                    Ok(()) => armed = Some(reckoning),
                    // A target that is not ours has bad moments; we are here to keep the time, and try again. Whoever may not do it at
                    // all is told so at once.
                    Err(error @ (ExamError::Target(_) | ExamError::Closed(_)))
                        if armed.is_some() || !is_refusal(&error) =>
                    {
                        self.listener.hear(&Told::Trouble(error.to_string()));
                    }
                    Err(error) => return Err(error),
                }
            }
            if beaten.as_ref().is_none_or(|before| passed(before, &now) >= BEAT) {
                self.beat(beaten.as_ref(), &now).await;
                beaten = Some(now);
            }
            self.listener.hear(&Told::Time(reckoning));
            tokio::time::sleep(LOOK.min(reckoning.left())).await;
            match self.store.length(&self.id).await {
                Ok(length) if length == attempt.ledger.entries.len() as u64 => {}
                Ok(_) => attempt = self.patiently(None).await?,
                // The end comes by itself; until then we go on.
                Err(error) => self.listener.hear(&Told::Trouble(error.to_string())),
            }
        }
    }

    /// Tells whoever keeps the doors when the time is over.
    async fn arm(&mut self, until: Option<(Duration, Timestamp)>) -> Result<(), ExamError> {
        self.stand().await?.open(&self.challenge, until).await
    }

    /// Writes a sign of life, and tells when the clocks disagree since the one before.
    async fn beat(&self, before: Option<&Reading>, now: &Reading) {
        let told = before.and_then(|before| discrepancy(before, now));
        let mut trouble = self.store.beat(&self.id, now).await.err();
        if let Some(told) = told {
            let event = Event::ClockDisagreed { wall_ms: told.wall_ms, elapsed_ms: told.elapsed_ms };
            trouble =
                self.store.append(&self.id, now.clone(), super::host::HOST, event).await.err().or(trouble);
        }
        if let Some(trouble) = trouble {
            self.listener.hear(&Told::Trouble(trouble.to_string()));
        }
    }

    /// Takes up an attempt that ran when its process ended. Time since the last sign of life is given back, unless the process was told
    /// to end: then the candidate knew that the clock goes on.
    async fn take_up(&self, attempt: &Attempt) -> Result<Attempt, ExamError> {
        let now = self.context.clock.reading();
        let Some(last) = attempt.ledger.entries.last() else { return Ok(attempt.clone()) };
        let told = matches!(last.facts.event, Event::Stopped { .. });
        let written = &last.facts.time;
        let beaten = self.store.last_beat(&self.id).await?;
        // The later of the two: the one from which less has passed.
        let sign = match &beaten {
            Some(beaten) if passed(beaten, &now) < passed(written, &now) => beaten,
            _ => written,
        };
        let lost = passed(sign, &now);
        // What was over before the process died stays over.
        let open = attempt.reckon(sign).is_some_and(|reckoning| !reckoning.left().is_zero());
        if attempt.submitted {
            return Ok(attempt.clone());
        }
        let mut attempt = self.patiently(Some(Event::Resumed)).await?;
        if open && !told && lost > NEGLIGIBLE {
            let why = format!("the program was not there since {}", sign.wall);
            attempt = self.patiently(Some(Event::Credited { given: lost, why })).await?;
            self.listener.hear(&Told::Credited(lost));
        }
        if let Some(told) = discrepancy(sign, &now) {
            let event = Event::ClockDisagreed { wall_ms: told.wall_ms, elapsed_ms: told.elapsed_ms };
            attempt = self.patiently(Some(event)).await?;
        }
        Ok(attempt)
    }
}

fn is_refusal(error: &ExamError) -> bool {
    match error {
        ExamError::Target(failure) => failure.class == ErrorClass::Denied,
        _ => true,
    }
}
