use super::{AttemptId, Entry, Event, Facts};
use crate::context::Reading;

/// Everything that happened to an attempt, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    pub entries: Vec<Entry>,
}

/// Where a ledger is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {number} {what}")]
pub struct Break {
    pub number: u64,
    pub what: &'static str,
}

impl Ledger {
    /// Returns the hash that stands for the whole.
    pub fn head(&self) -> &str {
        self.entries.last().map_or("", |entry| &entry.hash)
    }

    /// Makes the entry that comes next; its time is never before that of the last.
    pub fn next(
        &self,
        attempt: &AttemptId,
        time: Reading,
        by: &str,
        event: Event,
    ) -> Result<Entry, serde_json::Error> {
        let mut time = time;
        if let Some(last) = self.entries.last() {
            time.wall = time.wall.max(last.facts.time.wall);
        }
        Entry::seal(Facts {
            attempt: attempt.clone(),
            number: self.entries.len() as u64,
            time,
            by: by.to_owned(),
            event,
            previous: self.head().to_owned(),
        })
    }

    /// Looks for the first entry that is not as it was written.
    pub fn verify(&self, attempt: &AttemptId) -> Result<(), Break> {
        let mut previous = "";
        let mut time = None;
        for (number, entry) in (0..).zip(&self.entries) {
            let facts = &entry.facts;
            let what = match () {
                () if !entry.is_sound() => "is not what its hash was made of",
                () if facts.number != number => "does not bear its number: one was taken out or put in",
                () if facts.attempt != *attempt => "belongs to another attempt",
                () if facts.previous != previous => "does not follow the one before it",
                () if time.is_some_and(|time| facts.time.wall < time) => "is older than the one before it",
                () if (number == 0) != matches!(facts.event, Event::Created(_)) => {
                    "is not where the creation stands"
                }
                () => {
                    previous = &entry.hash;
                    time = Some(facts.time.wall);
                    continue;
                }
            };
            return Err(Break { number, what });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::attempt::attempt::tests::{created, id};
    use crate::context::{Clock as _, ManualClock};

    fn ledger() -> Ledger {
        let clock = ManualClock::at("2026-01-01T09:00:00Z".parse().unwrap());
        let mut ledger = Ledger::default();
        let credited = Event::Credited { given: Duration::from_secs(3), why: "x".to_owned() };
        for event in [created(), Event::Submitted, credited, Event::Stopped { why: "x".to_owned() }] {
            let entry = ledger.next(&id(), clock.reading(), "host", event).unwrap();
            ledger.entries.push(entry);
            clock.advance(Duration::from_secs(1));
        }
        ledger
    }

    #[test]
    fn what_was_written_is_sound_and_comes_back_from_its_text() {
        let ledger = ledger();
        assert_eq!(ledger.verify(&id()), Ok(()));
        for entry in &ledger.entries {
            assert_eq!(Entry::read(entry.body.clone(), entry.hash.clone()).unwrap(), *entry);
        }
    }

    #[test]
    fn the_first_broken_entry_is_named_whatever_was_done_to_it() {
        let broken = |change: &dyn Fn(&mut Vec<Entry>)| {
            let mut ledger = ledger();
            change(&mut ledger.entries);
            ledger.verify(&id()).unwrap_err().number
        };
        let rewrite = |entry: &Entry, from: &str, to: &str| {
            assert!(entry.body.contains(from));
            Entry::read(entry.body.replace(from, to), entry.hash.clone()).unwrap()
        };
        assert_eq!(broken(&|entries| entries[2] = rewrite(&entries[2], "host", "hoax")), 2);
        // One whose hash was made anew breaks the one behind it.
        assert_eq!(
            broken(&|entries| entries[1] =
                Entry::seal(Facts { by: "x".to_owned(), ..entries[1].facts.clone() }).unwrap()),
            2
        );
        assert_eq!(broken(&|entries| drop(entries.remove(1))), 1);
        assert_eq!(broken(&|entries| entries.swap(1, 2)), 1);
        assert_eq!(broken(&|entries| drop(entries.remove(0))), 0);
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_set_the_ledger_back() {
        let mut ledger = ledger();
        let clock = ManualClock::at("2020-01-01T00:00:00Z".parse().unwrap());
        let entry = ledger.next(&id(), clock.reading(), "host", Event::Submitted).unwrap();
        assert_eq!(entry.facts.time.wall, ledger.entries[3].facts.time.wall);
        ledger.entries.push(entry);
        assert_eq!(ledger.verify(&id()), Ok(()));
    }
}
