use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::screen;
use crate::context::{Context, Watcher};
use crate::{grade, prove, provision};

/// Shows how long work gets on: a line that moves when a person watches, plain lines when not.
#[derive(Debug)]
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    finished: AtomicUsize,
}

impl Progress {
    /// Begins a step with the words for what is being done.
    pub(super) fn begin(context: &Context, words: &str) -> Self {
        let bar = (context.terminal.watcher == Watcher::Person).then(|| {
            let bar = ProgressBar::new_spinner().with_message(words.to_owned());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed:.dim}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        if bar.is_none() {
            screen::note(words);
        }
        Self { bar, finished: AtomicUsize::new(0) }
    }

    /// Counts something that is done, and shows its name to a person.
    pub(super) fn count(&self, words: &str) {
        let finished = self.finished.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{words} ({finished} done)"));
        }
    }
}

impl Progress {
    /// Counts one of many: whoever reads lines is told now and then.
    pub(super) fn count_of(&self, words: &str, total: usize) {
        const STEP: usize = 1_000;
        self.count(words);
        let finished = self.finished.load(Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{words} ({finished} of {total})"));
        } else if finished.is_multiple_of(STEP) {
            screen::note(&format!("{finished} of {total}"));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl provision::Listener for Progress {
    fn hear(&self, event: &provision::Event) {
        match event {
            provision::Event::Finished { logical_id, .. } => self.count(logical_id),
            provision::Event::LeftOut { logical_id, kind, why } => {
                screen::note(&format!("left out: {logical_id} ({kind}): {why}"));
            }
            provision::Event::RollingBack => screen::note("a resource failed: taking back what was made"),
            provision::Event::Started { .. } | provision::Event::Failed { .. } => {}
        }
    }
}

impl grade::Listener for Progress {
    fn hear(&self, event: &grade::Event) {
        match event {
            grade::Event::Finished { check, .. } => self.count(check),
            grade::Event::Settling { check, attempt: 1, .. } if self.bar.is_none() => {
                screen::note(&format!("waiting for {check} to settle"));
            }
            _ => {}
        }
    }
}

impl prove::Listener for Progress {
    fn hear(&self, event: &prove::Event) {
        match (event, &self.bar) {
            (prove::Event::Planned { worlds }, Some(bar)) => {
                bar.set_length(*worlds as u64);
                if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {msg} {elapsed:.dim}") {
                    bar.set_style(style);
                }
            }
            (prove::Event::Finished { id, .. }, Some(bar)) => {
                bar.inc(1);
                bar.set_message(id.clone());
            }
            _ => {}
        }
    }
}
