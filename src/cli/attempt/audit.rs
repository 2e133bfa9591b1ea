use clap::Args;

use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::desk::{Chosen, Desk, stored};
use super::seal::{Seal, sealed};
use crate::attempt::{Attempt, AttemptId, Entry, Ledger};
use crate::context::Context;
use crate::exam::load_archive;
use crate::text::count;

/// Verify that the ledger of an attempt is what was written, and show it
#[derive(Debug, Args)]
pub(crate) struct AuditArguments {
    #[command(flatten)]
    chosen: Chosen,

    /// All attempts; only what is wrong is shown of each
    #[arg(long, conflicts_with = "attempt")]
    all: bool,
}

pub(crate) fn audit(context: &Context, arguments: &AuditArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let ids: Vec<AttemptId> = if arguments.all {
            let attempts = desk.store.list().await.map_err(|error| stored(&error))?;
            attempts.into_iter().map(|attempt| attempt.id).collect()
        } else {
            vec![chosen(&desk, &arguments.chosen).await?]
        };
        let mut broken = 0;
        for id in &ids {
            if let Err(what) = verify(context, &desk, id, !arguments.all).await? {
                broken += 1;
                screen::print(&format!("{id}: broken: {what}\n"));
            }
        }
        screen::note(&format!("{} verified, {broken} broken", count(ids.len(), "ledger")));
        Ok(if broken == 0 { Exit::Done } else { Exit::Broken })
    })
}

/// A ledger that is broken must still be found.
async fn chosen(desk: &Desk, chosen: &Chosen) -> Result<AttemptId, Failure> {
    match &chosen.attempt {
        Some(id) => Ok(id.clone()),
        None => Ok(desk.find(chosen).await?.id),
    }
}

/// Verifies one ledger; the inner failure says what is broken.
async fn verify(
    context: &Context,
    desk: &Desk,
    id: &AttemptId,
    show: bool,
) -> Result<Result<(), String>, Failure> {
    let (rows, head) = desk.store.ledger(id).await.map_err(|error| stored(&error))?;
    let mut ledger = Ledger::default();
    for (number, (body, hash)) in rows.into_iter().enumerate() {
        match Entry::read(body, hash) {
            Ok(entry) => ledger.entries.push(entry),
            Err(error) => return Ok(Err(format!("entry {number} cannot be read: {error}"))),
        }
    }
    if let Err(broken) = ledger.verify(id) {
        return Ok(Err(broken.to_string()));
    }
    if ledger.head() != head {
        return Ok(Err(format!("entry {} is not the last one that was written", ledger.entries.len())));
    }
    let Some(attempt) = Attempt::of(id.clone(), ledger) else {
        return Ok(Err("entry 0 is not its creation".to_owned()));
    };
    if attempt.archive.is_some()
        && let Err(error) = load_archive(&desk.home, &attempt)
    {
        return Ok(Err(error.to_string()));
    }
    let seal = sealed(context, desk, &attempt);
    if let Seal::Broken { issuer } = &seal {
        return Ok(Err(format!("the signature under it is not one of {issuer}")));
    }
    if show {
        screen::print(&shown(&attempt, &seal));
    }
    Ok(Ok(()))
}

fn shown(attempt: &Attempt, seal: &Seal) -> String {
    let mut told = String::new();
    for entry in &attempt.ledger.entries {
        let facts = &entry.facts;
        let event = serde_json::to_value(&facts.event).unwrap_or_default();
        let details: Vec<String> = event
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(key, _)| *key != "event")
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let (number, time, by, name) = (facts.number, facts.time.wall, &facts.by, facts.event.name());
        told.push_str(&format!("{number:>3}  {time}  {by}  {name} {}\n", details.join(" ")));
    }
    if let Some(place) = attempt.creation.place() {
        told.push_str(&format!("{}: it ran {place}\n", attempt.id));
    }
    told + &format!("{}: sound, {}; head {}\n", attempt.id, seal.words(), attempt.ledger.head())
}
