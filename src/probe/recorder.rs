use serde_json::Value;

use crate::evidence::{Exchange, redact, redact_text};

/// How many exchanges a transcript keeps: the first ones and the latest ones. A check that settles for minutes must not
/// fill the evidence with the same answer.
const KEPT_FIRST: usize = 12;
const KEPT: usize = 48;

/// Writes down what was sent and what came back, without credentials.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    exchanges: Vec<Exchange>,
    attempt: u32,
}

impl Recorder {
    /// Begins the next attempt; the first is 1.
    pub(super) fn next_attempt(&mut self) {
        self.attempt += 1;
    }

    pub(super) fn attempts(&self) -> u32 {
        self.attempt
    }

    pub(super) fn note(&mut self, request: &str, sent: &Value, received: &Value) {
        if self.exchanges.len() >= KEPT {
            self.exchanges.remove(KEPT_FIRST);
        }
        self.exchanges.push(Exchange {
            request: redact_text(request),
            sent: redact(sent),
            received: redact(received),
            attempt: self.attempt,
        });
    }

    pub(super) fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.clone()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_long_settling_keeps_its_beginning_and_its_end() {
        let mut recorder = Recorder::default();
        for number in 0..100 {
            recorder.next_attempt();
            recorder.note("GET /", &Value::Null, &json!(number));
        }
        let kept = recorder.exchanges();
        assert_eq!(kept.len(), KEPT);
        assert_eq!((kept[0].received.clone(), kept[KEPT - 1].received.clone()), (json!(0), json!(99)));
        assert_eq!(kept[KEPT_FIRST].attempt, 65);
    }
}
