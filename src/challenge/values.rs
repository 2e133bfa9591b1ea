//! Amounts as they are written: durations, and shares of the points.

use std::time::Duration;

use super::definition::Definition;
use crate::text::parse_duration;

impl Definition<'_> {
    pub(super) fn duration(&mut self, text: &str, at: &str) -> Option<Duration> {
        match parse_duration(text) {
            Ok(duration) if duration.is_zero() => {
                self.value(at, "this is no time at all");
                None
            }
            Ok(duration) => Some(duration),
            Err(error) => {
                self.value(at, error.to_string());
                None
            }
        }
    }

    /// Reads what a world scores.
    pub(super) fn score(&mut self, text: &str, at: &str) -> Option<u32> {
        let score = hundredths(text);
        if score.is_none() {
            let help = "write a share of the points, for example `20%` or `16.67%`";
            self.value(at, format!("`{text}` is not a score")).help = Some(help.to_owned());
        }
        score
    }

    /// Reads where the pass mark stands on the scale of 100 to 1,000. 750 is where AWS has it for its professional exams.
    /// <https://aws.amazon.com/certification/policies/after-testing/>
    pub(super) fn scaled_cut(&mut self, cut: Option<u32>, at: &str) -> u32 {
        let cut = cut.unwrap_or(750);
        if !(101..=1000).contains(&cut) {
            self.value(at, format!("{cut} is not on the scale")).help = Some(
                "the scale goes from 100 to 1,000, and the pass mark stands above its lower end".to_owned(),
            );
        }
        cut
    }

    /// Reads a pass mark.
    pub(super) fn percent(&mut self, text: &str, at: &str) -> Option<u32> {
        let percent = hundredths(text).filter(|hundredths| *hundredths > 0);
        if percent.is_none() {
            let help = "write a share of the points above 0, for example `80%`";
            self.value(at, format!("`{text}` is not a pass mark")).help = Some(help.to_owned());
        }
        percent
    }
}

/// Reads `80%` or `66.67%` as hundredths of a percent.
fn hundredths(text: &str) -> Option<u32> {
    let (whole, part) = text.strip_suffix('%')?.split_once('.').unwrap_or((text.strip_suffix('%')?, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let hundredths: u32 = format!("{whole}{part:0<2}").parse().ok()?;
    (hundredths <= 10_000).then_some(hundredths)
}
