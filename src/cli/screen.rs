use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::Failure;
use crate::context::Context;
use crate::{report, source};

/// Prints to standard output. A reader that went away (`| head`) is no fault.
pub(super) fn print(text: &str) {
    let mut out = io::stdout().lock();
    // A closed pipe has no one to tell.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints a line to standard error: what a person may want to know beside the result.
pub(super) fn note(text: &str) {
    let mut err = io::stderr().lock();
    // As above.
    let _ = writeln!(err, "{text}");
}

/// Tells why a run could not do its work.
pub(super) fn complain(context: &Context, failure: &Failure) {
    let bold = |colour: AnsiColor| {
        if context.terminal.colour { Style::new().bold().fg_color(Some(colour.into())) } else { Style::new() }
    };
    let (red, cyan) = (bold(AnsiColor::Red), bold(AnsiColor::Cyan));
    let mut text = if failure.drawn {
        failure.message.trim_end().to_owned()
    } else {
        format!("{red}error{red:#}: {}", failure.message)
    };
    for hint in &failure.hints {
        text.push_str(&format!("\n  {cyan}help{cyan:#}: {hint}"));
    }
    note(&text);
}

/// How problems of definitions are drawn on this terminal.
pub(super) fn style(context: &Context) -> source::Style {
    let width = u16::try_from(context.terminal.width).unwrap_or(u16::MAX);
    source::Style { colour: context.terminal.colour, width }
}

/// How reports are drawn on this terminal.
pub(super) fn report_style(context: &Context) -> report::Style {
    report::Style { colour: context.terminal.colour, width: context.terminal.width }
}
