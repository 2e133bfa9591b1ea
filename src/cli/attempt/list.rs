use jiff::tz::TimeZone;
use serde_json::json;

use super::super::arguments::Format;
use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::desk::{Desk, stored};
use crate::attempt::{Mode, Summary};
use crate::context::Context;
use crate::score;

/// Shows the attempts that there are, oldest first.
pub(crate) fn list(context: &Context, format: Format) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempts = desk.store.list().await.map_err(|error| stored(&error))?;
        screen::print(&match format {
            Format::Text => attempts.iter().map(line).collect(),
            Format::Json => format!("{:#}\n", attempts.iter().map(described).collect::<serde_json::Value>()),
        });
        Ok(Exit::Done)
    })
}

fn line(attempt: &Summary) -> String {
    let created = attempt.created.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M");
    let result = match attempt.result {
        Some(score::Result::Passed) => ", passed",
        Some(score::Result::Failed) => ", failed",
        Some(score::Result::Provisional) => ", provisional",
        None => "",
    };
    let mode = if attempt.mode == Mode::Practice { " (practice)" } else { "" };
    let (id, state) = (&attempt.id, attempt.state);
    format!("{id}  {created}  {}  {}{mode}  {state}{result}\n", attempt.challenge, attempt.candidate)
}

fn described(attempt: &Summary) -> serde_json::Value {
    json!({
        "attempt": attempt.id,
        "candidate": attempt.candidate,
        "challenge": attempt.challenge,
        "mode": attempt.mode,
        "state": attempt.state,
        "settled": attempt.settled,
        "result": attempt.result,
        "created": attempt.created.to_string(),
        "changed": attempt.changed.to_string(),
    })
}
