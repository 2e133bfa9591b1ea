use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::super::progress::Progress;
use super::super::screen;
use super::announce::announce;
use crate::attempt::{Reckoning, State};
use crate::challenge::Challenge;
use crate::context::{Context, Watcher};
use crate::exam::{Event, Ground, Listener};
use crate::source::FileTree;
use crate::{grade, provision, text};

/// When the time left is told to whoever reads lines, in seconds.
const MARKS: [u64; 7] = [3_600, 1_800, 900, 300, 60, 30, 10];

/// Shows an attempt while it goes on: a line that moves when a person watches, plain lines when not.
#[derive(Debug)]
pub(super) struct Watch {
    context: Context,
    folder: PathBuf,
    challenge: Challenge,
    files: FileTree,
    /// Whether nobody is there to read the brief; the way in is not written into a log.
    unattended: bool,
    bar: Mutex<Option<ProgressBar>>,
    /// The last mark that was told, in seconds.
    told: AtomicU64,
    troubled: Mutex<String>,
}

impl Watch {
    pub(super) fn new(
        context: &Context,
        folder: PathBuf,
        challenge: Challenge,
        files: FileTree,
        unattended: bool,
    ) -> Self {
        Self {
            context: context.clone(),
            folder,
            challenge,
            files,
            unattended,
            bar: Mutex::default(),
            told: AtomicU64::new(u64::MAX),
            troubled: Mutex::default(),
        }
    }

    fn show(&self, reckoning: Reckoning) {
        if reckoning.is_unlimited() {
            return;
        }
        let left = Duration::from_secs(reckoning.left().as_secs());
        if self.context.terminal.watcher == Watcher::Person {
            let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
            let bar = bar.get_or_insert_with(|| {
                let bar = ProgressBar::new(reckoning.whole.as_secs());
                if let Ok(style) = ProgressStyle::with_template("{bar:24} {msg}") {
                    bar.set_style(style);
                }
                bar
            });
            bar.set_length(reckoning.whole.as_secs());
            bar.set_position(reckoning.used.as_secs());
            bar.set_message(format!("{} left", text::show_duration(left)));
            return;
        }
        let due = MARKS.iter().rev().find(|mark| left.as_secs() <= **mark).copied();
        let Some(due) = due.filter(|due| *due < self.told.load(Ordering::Relaxed)) else { return };
        self.told.store(due, Ordering::Relaxed);
        screen::note(&format!("{} left", text::show_duration(left)));
    }

    fn clear(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}

impl Listener for Watch {
    fn hear(&self, event: &Event<'_>) {
        match event {
            Event::Began(State::Frozen) => {
                self.clear();
                screen::note("frozen: nobody but the grader gets in any more");
            }
            Event::Done(State::Running, attempt) if !self.unattended => {
                if let Ok(Some(ground)) = Ground::load(&self.folder) {
                    announce(&self.folder, attempt, &self.challenge, &self.files, &ground);
                }
                if let Some(reckoning) = attempt.reckon(&self.context.clock.reading()) {
                    screen::note(&format!("{} from now on", text::show_duration(reckoning.whole)));
                }
            }
            Event::Began(_) | Event::Done(..) => {}
            Event::Credited(time) => {
                let time = Duration::from_secs(time.as_secs());
                screen::note(&format!("{} were lost, and are given back", text::show_duration(time)));
            }
            Event::Time(reckoning) => self.show(*reckoning),
            Event::Trouble(words) => {
                let mut troubled = self.troubled.lock().unwrap_or_else(PoisonError::into_inner);
                if *troubled != *words {
                    screen::note(&format!("warning: {words}; it is tried again"));
                    troubled.clone_from(words);
                }
            }
        }
    }

    fn provisioning(&self) -> Arc<dyn provision::Listener> {
        Arc::new(Progress::begin(&self.context, &format!("provisioning {}", self.challenge.id)))
    }

    fn grading(&self) -> Arc<dyn grade::Listener> {
        Arc::new(Progress::begin(&self.context, "grading"))
    }
}
