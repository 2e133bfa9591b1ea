use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::frame::{Change, encode};

/// How long a writer that cannot write waits before it tries again.
const PATIENCE: Duration = Duration::from_millis(500);

/// Appends batches to a file in the order of their coming, from a thread of its own; one sync serves all that wait.
#[derive(Debug)]
pub(super) struct Writer {
    shared: Arc<Shared>,
    progress: watch::Receiver<Progress>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    bytes: Vec<u8>,
    /// How many batches were ever queued.
    count: u64,
    closed: bool,
}

/// How far the file is.
#[derive(Debug, Clone, Default)]
struct Progress {
    /// How many batches are on disk.
    synced: u64,
    /// Why it does not go on, at the moment.
    trouble: Option<String>,
}

impl Writer {
    pub(super) fn start(file: File) -> io::Result<Self> {
        let shared = Arc::new(Shared { queue: Mutex::default(), arrived: Condvar::new() });
        let (sender, progress) = watch::channel(Progress::default());
        let own = Arc::clone(&shared);
        let length = file.metadata()?.len();
        std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || run(&own, &mut Sink { file, length, torn: false }, &sender))?;
        Ok(Self { shared, progress })
    }

    /// Queues a batch. It is durable once [`settled`](Self::settled) says so.
    pub(super) fn append(&self, changes: &[Change]) {
        let mut queue = self.shared.lock();
        if queue.closed {
            return;
        }
        encode(changes, &mut queue.bytes);
        queue.count += 1;
        self.shared.arrived.notify_one();
    }

    /// Takes nothing more, and waits until everything is written that was queued before, or cannot be.
    pub(super) fn close(&self) {
        self.shared.lock().closed = true;
        self.shared.arrived.notify_one();
        // The thread's end closes the channel.
        while self.progress.has_changed().is_ok() {
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Says why nothing can be written, if so it is.
    pub(super) fn trouble(&self) -> Option<String> {
        self.progress.borrow().trouble.clone()
    }

    /// Waits, and blocks the thread while it does.
    pub(super) fn settle(&self) -> Result<(), String> {
        let wanted = self.shared.lock().count;
        loop {
            let progress = self.progress.borrow().clone();
            if progress.synced >= wanted {
                return Ok(());
            }
            if let Some(trouble) = progress.trouble {
                return Err(trouble);
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Waits until everything that was queued so far is on disk; fails when it cannot be written.
    pub(super) async fn settled(&self) -> Result<(), String> {
        let wanted = self.shared.lock().count;
        let mut progress = self.progress.clone();
        let seen =
            progress.wait_for(|progress| progress.synced >= wanted || progress.trouble.is_some()).await;
        match seen {
            Ok(progress) if progress.synced >= wanted => Ok(()),
            Ok(progress) => Err(progress.trouble.clone().unwrap_or_default()),
            Err(_) => Err("the journal was closed".to_owned()),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.arrived.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Sink {
    file: File,
    length: u64,
    /// Part of a batch that failed stands at the end and could not be taken back yet.
    torn: bool,
}

impl Sink {
    /// Writes and syncs; what was written of a batch that failed is taken back, so that the next try begins where this one did.
    fn write(&mut self, bytes: &[u8], length: u64) -> io::Result<()> {
        // Behind a torn batch nothing may be written: a reader would stop there.
        if self.torn {
            self.file.set_len(length)?;
            self.torn = false;
        }
        let result = (&self.file).write_all(bytes).and_then(|()| self.file.sync_data());
        if result.is_err() {
            self.torn = self.file.set_len(length).is_err();
        }
        result
    }
}

fn run(shared: &Shared, sink: &mut Sink, progress: &watch::Sender<Progress>) {
    let mut length = sink.length;
    loop {
        let (bytes, count, closed) = {
            let mut queue = shared.lock();
            while queue.bytes.is_empty() && !queue.closed {
                queue = shared.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            (std::mem::take(&mut queue.bytes), queue.count, queue.closed)
        };
        if !bytes.is_empty() {
            while let Err(error) = sink.write(&bytes, length) {
                tracing::error!(%error, "the sandbox's state cannot be written");
                progress.send_modify(|progress| progress.trouble = Some(error.to_string()));
                if shared.lock().closed {
                    return;
                }
                std::thread::sleep(PATIENCE);
            }
            length += bytes.len() as u64;
            progress.send_modify(|progress| *progress = Progress { synced: count, trouble: None });
        }
        if closed {
            return;
        }
    }
}
