use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::sync::{mpsc, oneshot};

/// One invocation, as the Runtime API hands it to the process.
#[derive(Debug, Clone)]
pub(super) struct Work {
    pub request_id: String,
    /// Milliseconds since 1970.
    pub deadline: i64,
    pub arn: String,
    pub trace_id: String,
    pub client_context: Option<String>,
    pub payload: Bytes,
}

/// What a process told the Runtime API. Each can come once: `Ready` and `InitError` in an environment's life, the others
/// for an invocation; so a hostile process cannot fill the queue.
#[derive(Debug)]
pub(super) enum Event {
    /// It asked for its first invocation: initialisation is over.
    Ready,
    InitError(Bytes),
    Response(Bytes),
    Streamed(Streamed),
    Error(Bytes),
    TooLarge(usize),
}

/// What a runtime answered in streaming mode.
#[derive(Debug)]
pub(super) struct Streamed {
    pub body: Bytes,
    pub content_type: Option<String>,
    /// The type and the text of an error that ended the stream.
    pub error: Option<(String, String)>,
}

/// Where an environment's process and its driver meet.
pub(super) struct Exchange {
    state: Mutex<State>,
    events: mpsc::UnboundedSender<Event>,
}

#[derive(Default)]
struct State {
    group: Option<Pid>,
    waiter: Option<oneshot::Sender<Work>>,
    pending: Option<Work>,
    /// The invocation that may be answered.
    current: Option<String>,
    ready: bool,
    ended: bool,
    frozen: bool,
}

impl Exchange {
    pub(super) fn new(events: mpsc::UnboundedSender<Event>) -> Self {
        Self { state: Mutex::default(), events }
    }

    /// Says which process group is at the other end.
    pub(super) fn attach(&self, group: Pid) {
        self.lock().group = Some(group);
    }

    /// Hands out an invocation. A process that was stopped goes on.
    pub(super) fn dispatch(&self, work: Work) {
        let mut state = self.lock();
        state.current = Some(work.request_id.clone());
        if state.frozen {
            signal(&state, Signal::SIGCONT);
            state.frozen = false;
        }
        match state.waiter.take() {
            // The process may have closed its connection; the invocation then waits for the next one.
            Some(waiter) => state.pending = waiter.send(work).err(),
            None => state.pending = Some(work),
        }
    }

    /// The process asks for an invocation. While there is none it is stopped, as Lambda freezes environments: whatever it
    /// does in the background goes on with the next invocation.
    pub(super) fn next(&self) -> oneshot::Receiver<Work> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.lock();
        if !state.ready {
            state.ready = true;
            let _ = self.events.send(Event::Ready);
        }
        if let Some(work) = state.pending.take() {
            let _ = sender.send(work);
        } else {
            state.waiter = Some(sender);
            // Before the first invocation the driver is just about to send it.
            if state.current.is_none() && state.ended {
                signal(&state, Signal::SIGSTOP);
                state.frozen = true;
            }
        }
        receiver
    }

    /// The process answers an invocation; `false` when that one is not under way.
    pub(super) fn answer(&self, request_id: &str, event: Event) -> bool {
        let mut state = self.lock();
        if state.current.as_deref() != Some(request_id) {
            return false;
        }
        state.current = None;
        state.ended = true;
        let _ = self.events.send(event);
        true
    }

    /// The process could not initialise; `false` when it already had.
    pub(super) fn init_error(&self, error: Bytes) -> bool {
        let mut state = self.lock();
        if state.ready {
            return false;
        }
        state.ready = true;
        let _ = self.events.send(Event::InitError(error));
        true
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn signal(state: &State, signal: Signal) {
    if let Some(group) = state.group {
        // A group that is gone already needs nothing more.
        let _ = killpg(group, signal);
    }
}
