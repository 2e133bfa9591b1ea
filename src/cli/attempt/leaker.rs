use std::io::Read as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::super::arguments::Format;
use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::desk::{Desk, stored};
use crate::attempt::Summary;
use crate::challenge::{canary, leakers};
use crate::context::Context;

/// Name the attempts that an answer was passed on from, by the canary values that stand in it
///
/// Where a challenge draws a parameter with `{canary}`, each attempt has a value of its own. Found in what somebody else handed in, or on
/// a web page, it names the attempt that it comes from. Ends with 0 when one is named, with 1 when none is.
#[derive(Debug, Args)]
pub(crate) struct LeakerArguments {
    /// Files to look into; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// How to print what is found
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(crate) fn leaker(context: &Context, arguments: &LeakerArguments) -> Result<Exit, Failure> {
    let texts: Vec<(String, String)> = arguments.files.iter().map(read).collect::<Result<_, _>>()?;
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempts = desk.store.list().await.map_err(|error| stored(&error))?;
        let mut found: Vec<(&str, &Summary)> = Vec::new();
        for (file, text) in &texts {
            let named = leakers(text, attempts.iter().map(|attempt| attempt.id.as_str()));
            let named = named.filter_map(|id| attempts.iter().find(|attempt| attempt.id.as_str() == id));
            found.extend(named.map(|attempt| (file.as_str(), attempt)));
        }
        screen::print(&match arguments.format {
            Format::Text => found.iter().map(|(file, attempt)| line(file, attempt)).collect(),
            Format::Json => format!("{:#}\n", found.iter().map(described).collect::<serde_json::Value>()),
        });
        if found.is_empty() {
            screen::note(&format!(
                "no canary of {} stands there",
                crate::text::count(attempts.len(), "attempt")
            ));
            return Ok(Exit::NoLeaker);
        }
        Ok(Exit::Done)
    })
}

fn line(file: &str, attempt: &Summary) -> String {
    format!(
        "{file}: {} of attempt {}, {} by {}\n",
        canary(attempt.id.as_str()),
        attempt.id,
        attempt.challenge,
        attempt.candidate
    )
}

fn described((file, attempt): &(&str, &Summary)) -> serde_json::Value {
    json!({
        "file": file,
        "canary": canary(attempt.id.as_str()),
        "attempt": attempt.id,
        "challenge": attempt.challenge,
        "candidate": attempt.candidate,
    })
}

/// Reads a file as text; what is no text in it is passed over, since a canary is one.
fn read(path: &PathBuf) -> Result<(String, String), Failure> {
    let mut bytes = Vec::new();
    let outcome = if path.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes).map(drop)
    } else {
        std::fs::read(path).map(|read| bytes = read)
    };
    let name = path.display().to_string();
    outcome.map_err(|problem| Failure::usage(format!("cannot read {name}: {problem}")))?;
    Ok((name, String::from_utf8_lossy(&bytes).into_owned()))
}
