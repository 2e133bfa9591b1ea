use std::sync::Arc;
use std::time::Duration;

use super::super::interruption::Interruption;
use super::super::{Exit, Failure, screen};
use super::desk::{Desk, stored, stuck};
use super::premises::Embedded;
use super::report::{Reader, print};
use super::seal::seal;
use super::watch::Watch;
use crate::attempt::{Attempt, AttemptId, Event, State};
use crate::context::Context;
use crate::exam::{ExamError, Host, load_challenge};
use crate::report::Form;

/// Takes the right to drive an attempt. A process that is about to end may still have it for a moment.
pub(super) async fn host(
    context: &Context,
    desk: &Desk,
    id: &AttemptId,
    unattended: bool,
) -> Result<Host, Failure> {
    let attempt = desk.store.load(id).await.map_err(|error| stored(&error))?;
    let (files, challenge) = load_challenge(&desk.home, &attempt).map_err(|error| stuck(context, &error))?;
    let listener = Arc::new(Watch::new(context, desk.home.folder(id), challenge, files, unattended));
    let mut tries = 0;
    loop {
        let premises = Arc::new(Embedded { context: context.clone() });
        match Host::claim(context, &desk.home, &desk.store, id, premises, listener.clone()).await {
            Err(ExamError::Driven) if tries < 10 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            other => return other.map_err(|error| stuck(context, &error)),
        }
    }
}

/// Drives an attempt to its end, or until this process is told to end.
pub(super) async fn drive(context: &Context, desk: &Desk, mut host: Host) -> Result<Exit, Failure> {
    let mut interruption = Interruption::listen()?;
    let driven = tokio::select! {
        driven = host.drive() => Ok(driven),
        signal = interruption.wait() => Err(signal),
    };
    match driven {
        Ok(attempt) => {
            let attempt = attempt.map_err(|error| stuck(context, &error))?;
            ended(context, desk, &seal(context, desk, attempt).await?)
        }
        Err(signal) => {
            let why = format!("told to end by signal {signal}");
            host.stopped(&why).await.map_err(|error| stuck(context, &error))?;
            screen::note("stopped; the clock goes on, and `proofmark resume` goes on with the attempt");
            Ok(Exit::Interrupted(signal))
        }
    }
}

/// Tells what an attempt came to.
pub(super) fn ended(context: &Context, desk: &Desk, attempt: &Attempt) -> Result<Exit, Failure> {
    if attempt.state == State::Void {
        return Err(Failure::environment(format!(
            "the attempt {} is void: {}",
            attempt.id,
            why_void(attempt)
        ))
        .hint("it does not count; `proofmark start` begins another one"));
    }
    print(context, desk, attempt, Form::Text, &[], Reader::Candidate)
}

pub(super) fn why_void(attempt: &Attempt) -> String {
    let entries = attempt.ledger.entries.iter().rev();
    let mut why = entries.filter_map(|entry| match &entry.facts.event {
        Event::Begun { state: State::Void, why, .. } => Some(why.clone()),
        _ => None,
    });
    why.next_back().unwrap_or_default()
}

/// Waits until another process has brought an attempt to its end.
pub(super) async fn wait(
    desk: &Desk,
    id: &AttemptId,
    until: impl Fn(&Attempt) -> bool,
) -> Result<Attempt, Failure> {
    loop {
        let attempt = desk.store.load(id).await.map_err(|error| stored(&error))?;
        let over = attempt.state.is_over() && attempt.settled;
        if over || until(&attempt) {
            return Ok(attempt);
        }
        if !desk.is_driven(&attempt) {
            // It may have come to its end between the two looks.
            let attempt = desk.store.load(id).await.map_err(|error| stored(&error))?;
            if attempt.settled && (attempt.state.is_over() || until(&attempt)) {
                return Ok(attempt);
            }
            let told = format!("nobody drives the attempt {id} any more, and it is {}", attempt.state);
            return Err(Failure::environment(told).hint(format!("`proofmark resume {id}` goes on with it")));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
