use std::sync::Arc;

use jiff::Timestamp;

use crate::context::Clock;

/// One invocation may write this much; what comes after is counted and dropped, so that a handler that prints for ever
/// fills neither memory nor disk. In bytes.
const LIMIT: usize = 1024 * 1024;
/// One event, as CloudWatch Logs takes it at most; longer lines are cut into several. In bytes.
const EVENT_LIMIT: usize = 250 * 1024;
/// What `LogType=Tail` shows, in bytes.
const TAIL: usize = 4096;

/// The log of one environment, cut into events as the process writes it.
pub(super) struct Journal {
    clock: Arc<dyn Clock>,
    lines: Vec<(Timestamp, String)>,
    /// What has no end yet.
    open: Vec<u8>,
    /// Inside an event of several lines, between the marks that the bootstraps write.
    framed: bool,
    written: usize,
    dropped: usize,
}

impl Journal {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, lines: vec![], open: vec![], framed: false, written: 0, dropped: 0 }
    }

    /// Takes what the process wrote.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        let room = LIMIT.saturating_sub(self.written);
        let (kept, over) = bytes.split_at(bytes.len().min(room));
        self.written += kept.len();
        self.dropped += over.len();
        for byte in kept {
            match byte {
                0x1e if self.open.is_empty() => self.framed = true,
                0x1f if self.framed => {
                    self.close();
                    self.framed = false;
                }
                b'\n' if !self.framed => {
                    // The newline after a framed event ends nothing.
                    if !self.open.is_empty() || !self.after_frame() {
                        self.close();
                    }
                }
                byte => {
                    self.open.push(*byte);
                    if self.open.len() >= EVENT_LIMIT {
                        self.close();
                    }
                }
            }
        }
    }

    fn after_frame(&self) -> bool {
        self.lines.last().is_some_and(|(_, line)| line.ends_with('\u{1f}'))
    }

    fn close(&mut self) {
        let mut text = String::from_utf8_lossy(&std::mem::take(&mut self.open)).into_owned();
        // A line keeps its end, as on AWS; an event of several lines is as it was written.
        text.push(if self.framed { '\u{1f}' } else { '\n' });
        self.lines.push((self.clock.now(), text));
    }

    /// Adds a line of Lambda's own.
    pub(super) fn note(&mut self, mut line: String) {
        self.flush();
        line.push('\n');
        self.lines.push((self.clock.now(), line));
    }

    /// Ends the line that has no end yet.
    pub(super) fn flush(&mut self) {
        if !self.open.is_empty() {
            self.close();
        }
        self.framed = false;
        if self.dropped > 0 {
            let dropped = std::mem::take(&mut self.dropped);
            self.lines.push((
                self.clock.now(),
                format!("... {dropped} more bytes of output are left out by the sandbox\n"),
            ));
        }
    }

    /// Returns the newest line.
    pub(super) fn last_line(&mut self) -> Option<String> {
        self.flush();
        self.lines.last().map(|(_, line)| line.clone())
    }

    /// Takes back the newest line, which is of the sandbox's own making.
    pub(super) fn forget_last(&mut self) {
        self.lines.pop();
    }

    /// Takes the events out, and starts anew.
    pub(super) fn drain(&mut self) -> Vec<(Timestamp, String)> {
        self.flush();
        self.written = 0;
        let mut lines = std::mem::take(&mut self.lines);
        for (_, line) in &mut lines {
            if line.ends_with('\u{1f}') {
                line.pop();
            }
        }
        lines
    }
}

/// Returns the last 4 KB of a log, as `LogType=Tail` shows it.
pub(super) fn tail(lines: &[(Timestamp, String)]) -> Vec<u8> {
    let mut text = Vec::new();
    for (_, line) in lines {
        text.extend_from_slice(line.as_bytes());
        if !line.ends_with('\n') {
            text.push(b'\n');
        }
    }
    let from = text.len().saturating_sub(TAIL);
    text.split_off(from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::SystemClock;

    fn lines(parts: &[&[u8]]) -> Vec<String> {
        let mut journal = Journal::new(Arc::new(SystemClock::new()));
        for part in parts {
            journal.take(part);
        }
        journal.drain().into_iter().map(|(_, line)| line).collect()
    }

    #[test]
    fn a_line_is_an_event_however_it_arrives() {
        assert_eq!(lines(&[b"on", b"e\ntwo\n\nth", b"ree"]), ["one\n", "two\n", "\n", "three\n"]);
    }

    #[test]
    fn an_event_of_several_lines_stays_whole() {
        assert_eq!(lines(&[b"a\n\x1eone\nt", b"wo\x1f\nb\n"]), ["a\n", "one\ntwo", "b\n"]);
    }

    #[test]
    fn output_without_end_is_cut_and_said_so() {
        let flood = vec![b'x'; 3 * LIMIT];
        let out = lines(&[&flood]);
        assert!(out.iter().map(String::len).sum::<usize>() < LIMIT + 200);
        assert_eq!(
            out.last().unwrap(),
            &format!("... {} more bytes of output are left out by the sandbox\n", 2 * LIMIT)
        );
    }

    #[test]
    fn the_tail_is_four_kilobytes() {
        let line = (Timestamp::UNIX_EPOCH, "y".repeat(100));
        assert_eq!(tail(&vec![line; 100]).len(), 4096);
    }
}
