use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::sandbox::HeaderNames;

/// No head that hyper takes is longer, in bytes.
const LONGEST: usize = 512 * 1024;
const END: &[u8] = b"\r\n\r\n";

/// A connection that keeps the head of the request at hand. The server gives header names in lower case, but functions
/// behind API Gateway see them as the client wrote them.
#[derive(Debug)]
pub(super) struct Recorder<S> {
    stream: S,
    tape: Tape,
}

/// What was read since the last request was answered, up to the end of a head.
#[derive(Debug, Clone, Default)]
pub(super) struct Tape(Arc<Mutex<Recording>>);

#[derive(Debug, Default)]
struct Recording {
    bytes: Vec<u8>,
    complete: bool,
}

impl<S> Recorder<S> {
    pub(super) fn new(stream: S) -> (Self, Tape) {
        let tape = Tape::default();
        (Self { stream, tape: tape.clone() }, tape)
    }
}

impl Tape {
    fn record(&self, read: &[u8]) {
        let mut recording = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if recording.complete || read.is_empty() {
            return;
        }
        // The end may lie across two reads.
        let from = recording.bytes.len().saturating_sub(END.len() - 1);
        recording.bytes.extend_from_slice(read);
        let ends = recording.bytes[from..].windows(END.len()).any(|window| window == END);
        recording.complete = ends || recording.bytes.len() > LONGEST;
    }

    /// Takes the names out of the head that was read. What comes until [`rewind`](Self::rewind) is a body.
    pub(super) fn take(&self) -> HeaderNames {
        let mut recording = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recording.complete = true;
        HeaderNames::of_head(&std::mem::take(&mut recording.bytes))
    }

    /// Makes ready for the next request of the connection.
    pub(super) fn rewind(&self) {
        let mut recording = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *recording = Recording::default();
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Recorder<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.tape.record(&buffer.filled()[before..]);
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Recorder<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_as_written_even_when_the_head_comes_in_pieces() {
        let tape = Tape::default();
        for piece in ["GET / HTTP/1.1\r\nhOsT: a\r\nX-my", "-key: b\r\n\r", "\nbody: no\r\n", "more: no"] {
            tape.record(piece.as_bytes());
        }
        let names = tape.take();
        assert_eq!((names.written("host"), names.written("x-my-key")), (Some("hOsT"), Some("X-my-key")));
        assert_eq!(names.written("body"), None);
        tape.record(b"late: no\r\n\r\n");
        tape.rewind();
        tape.record(b"GET / HTTP/1.1\r\nA: b\r\n\r\n");
        assert_eq!(tape.take().written("a"), Some("A"));
    }
}
