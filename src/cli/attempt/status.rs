use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::super::arguments::Format;
use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::desk::{Chosen, Desk};
use super::drive::why_void;
use crate::attempt::{Attempt, Mode, State, Trust};
use crate::context::Context;
use crate::text::show_duration;

/// Show how an attempt stands, and the time left
#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    #[command(flatten)]
    chosen: Chosen,

    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(crate) fn status(context: &Context, arguments: &StatusArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&arguments.chosen).await?;
        let driven = desk.is_driven(&attempt);
        screen::print(&match arguments.format {
            Format::Text => as_text(context, &attempt, driven),
            Format::Json => as_json(context, &attempt, driven),
        });
        Ok(Exit::Done)
    })
}

fn as_text(context: &Context, attempt: &Attempt, driven: bool) -> String {
    let creation = &attempt.creation;
    let purpose = match (creation.mode, creation.trust) {
        (Mode::Practice, _) => "practice",
        (Mode::Exam, Trust::Own) => "on a machine of the candidate's own: it earns no credential",
        (Mode::Exam, Trust::Issuer) => "on an issuer's machine",
    };
    let place = creation.place().map(|place| format!("\n{place}")).unwrap_or_default();
    let under_way = if attempt.settled { "" } else { ", under way" };
    let mut told = format!(
        "{}  {} {} by {} ({purpose}){place}\n{}{under_way}",
        attempt.id, creation.challenge, creation.release, creation.candidate, attempt.state
    );
    match attempt.state {
        State::Void => told.push_str(&format!(": {}", why_void(attempt))),
        State::Running => {
            if let Some(time) = attempt.reckon(&context.clock.reading()) {
                let show = |time: Duration| show_duration(Duration::from_secs(time.as_secs()));
                if time.is_unlimited() {
                    told.push_str(", without an end");
                } else {
                    told.push_str(&format!(", {} of {} left", show(time.left()), show(time.whole)));
                }
            }
        }
        _ => {}
    }
    if let Some(outcome) = &attempt.outcome {
        let points = |hundredths: u32| f64::from(hundredths) / 100.0;
        told.push_str(&format!(": {} of {} points", points(outcome.low), points(outcome.points)));
    }
    let ended = attempt.state.is_over() && attempt.settled;
    if !driven && !ended && !attempt.creation.asks_only {
        told.push_str(&format!("\nnobody drives it: `proofmark resume {}` goes on with it", attempt.id));
    }
    told + "\n"
}

fn as_json(context: &Context, attempt: &Attempt, driven: bool) -> String {
    let time = attempt.reckon(&context.clock.reading()).filter(|time| !time.is_unlimited());
    let seconds = |time: Duration| time.as_secs_f64();
    let shown = json!({
        "attempt": attempt.id,
        "challenge": attempt.creation.challenge,
        "release": attempt.creation.release,
        "candidate": attempt.creation.candidate,
        "mode": attempt.creation.mode,
        "trust": attempt.creation.trust,
        "target": attempt.creation.target,
        "state": attempt.state,
        "settled": attempt.settled,
        "driven": driven,
        "secondsInAll": time.map(|time| seconds(time.whole)),
        "secondsLeft": time.map(|time| seconds(time.left())),
        "outcome": attempt.outcome,
        "archive": attempt.archive,
        "head": attempt.ledger.head(),
    });
    format!("{shown:#}\n")
}
