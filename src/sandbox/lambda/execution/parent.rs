use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::{self, IoSlice};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::sys::socket::{
    AddressFamily, ControlMessage, MsgFlags, SockFlag, SockType, UnixAddr, recv, sendmsg, socketpair,
};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use tokio::sync::{oneshot, watch};

use super::super::confinement::{Descent, Limits};
use super::process::{Order, Process, Spawner};

/// How long a parent may take to import its libraries, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one may take to make a process.
const MOMENT: Duration = Duration::from_secs(5);
/// The longest message, in bytes.
const MESSAGE: usize = 64 * 1024;

/// A process that has imported what handlers import, and of which their environments are forks. It holds no keys and runs nothing of
/// anybody's. Dropping it ends it, and what it made.
pub(super) struct Parent {
    line: Arc<Line>,
    process: Mutex<Process>,
    /// The user that it and everything it makes run as.
    pub user: Option<u32>,
    /// The folder for the rooms of its environments.
    pub nest: PathBuf,
    /// The modules, of the first level, that its descendants have before their own code is looked at.
    pub modules: HashSet<String>,
}

/// Why there is no parent.
pub(super) enum Refusal {
    /// This machine cannot have any.
    Unfit(String),
    /// This one did not start; another may.
    Failed(String),
}

impl Refusal {
    pub(super) fn failed(error: impl fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

impl Drop for Parent {
    fn drop(&mut self) {
        // Where a room is still used, it stays until the sandbox ends.
        let _ = std::fs::remove_dir(&self.nest);
    }
}

/// What a parent is told first.
#[derive(Serialize)]
pub(super) struct Settings<'a> {
    /// boto3's, for environments that use it.
    pub libraries: Option<&'a Path>,
    pub descent: Descent,
    /// Tried out before the first environment is asked for.
    pub trial: Birth,
}

/// How an environment is to be made.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Birth {
    pub variables: HashMap<String, String>,
    /// The working folder.
    pub folder: PathBuf,
    /// What is seen where, for those that have a file system of their own; and the folder that they must not see.
    pub binds: Vec<(PathBuf, PathBuf)>,
    pub cover: Option<PathBuf>,
    pub readable: Vec<PathBuf>,
    pub writable: Vec<PathBuf>,
    pub ports: Vec<u16>,
    pub limits: Limits,
}

/// A process that a parent made.
pub(super) struct Descendant {
    pub process: Pid,
    end: watch::Receiver<Option<i32>>,
    line: Arc<Line>,
}

/// The socket between the sandbox and a parent, and who waits for what.
struct Line {
    socket: OwnedFd,
    state: Mutex<State>,
    living: AtomicUsize,
}

#[derive(Default)]
struct State {
    gone: bool,
    next: u64,
    ready: Option<oneshot::Sender<Result<HashSet<String>, String>>>,
    orders: HashMap<u64, oneshot::Sender<Result<Descendant, String>>>,
    ends: HashMap<i32, watch::Sender<Option<i32>>>,
}

/// What a parent says.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Ready { ready: HashSet<String> },
    Unfit { unfit: String },
    Made { order: u64, process: i32 },
    Failed { order: u64, failed: String },
    Ended { ended: i32, status: i32 },
}

impl Parent {
    /// Starts one, and waits until it can be asked for environments. `order` is how its process starts.
    pub(super) async fn start(
        spawner: &Spawner,
        mut order: Order,
        nest: PathBuf,
        settings: &Settings<'_>,
    ) -> Result<Self, Refusal> {
        let user = order.plan.uid;
        let (ours, theirs) =
            socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)
                .map_err(Refusal::failed)?;
        order.input = Some(theirs);
        let mut process = spawner.spawn(order).await.map_err(Refusal::failed)?;
        let line = Arc::new(Line { socket: ours, state: Mutex::default(), living: AtomicUsize::new(0) });
        let (sender, ready) = oneshot::channel();
        line.lock().ready = Some(sender);
        let listening = Arc::clone(&line);
        std::thread::Builder::new()
            .name("parent".to_owned())
            .spawn(move || listening.listen())
            .map_err(Refusal::failed)?;
        let told = serde_json::to_vec(settings).map_err(Refusal::failed)?;
        line.send(&told, None).map_err(Refusal::failed)?;
        match tokio::time::timeout(PATIENCE, ready).await {
            Ok(Ok(Ok(modules))) => Ok(Self { line, process: Mutex::new(process), user, nest, modules }),
            Ok(Ok(Err(reason))) => Err(Refusal::Unfit(reason)),
            Ok(Err(_)) => Err(Refusal::Failed(format!("it ended: {}", process.last_words()))),
            Err(_) => Err(Refusal::Failed("it took too long".to_owned())),
        }
    }

    /// Makes an environment's process.
    pub(super) async fn fork(&self, birth: &Birth) -> Result<Process, String> {
        #[derive(Serialize)]
        struct Message<'a> {
            order: u64,
            #[serde(flatten)]
            birth: &'a Birth,
        }
        let (reader, writer) = io::pipe().map_err(|error| error.to_string())?;
        let (sender, made) = oneshot::channel();
        let order = {
            let mut state = self.line.lock();
            if state.gone {
                return Err("it is gone".to_owned());
            }
            state.next += 1;
            let order = state.next;
            state.orders.insert(order, sender);
            order
        };
        let message =
            serde_json::to_vec(&Message { order, birth }).map_err(|error| error.to_string()).and_then(
                |message| self.line.send(&message, Some(&writer.into())).map_err(|error| error.to_string()),
            );
        if let Err(reason) = message {
            self.line.lock().orders.remove(&order);
            return Err(reason);
        }
        let descendant = match tokio::time::timeout(MOMENT, made).await {
            Ok(Ok(made)) => made?,
            Ok(Err(_)) => return Err("it ended".to_owned()),
            // What it makes after all is ended when it tells of it: nobody waits for it.
            Err(_) => {
                self.line.lock().orders.remove(&order);
                return Err("it took too long".to_owned());
            }
        };
        Process::forked(descendant, reader).map_err(|error| error.to_string())
    }

    pub(super) fn is_gone(&self) -> bool {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        self.line.lock().gone || !process.is_alive()
    }

    /// How many of its environments are there.
    pub(super) fn living(&self) -> usize {
        self.line.living.load(Ordering::Relaxed)
    }

    pub(super) fn group(&self) -> Pid {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).group
    }
}

impl Descendant {
    pub(super) async fn wait(&mut self) -> ExitStatus {
        let status = self.end.wait_for(Option::is_some).await.ok().and_then(|status| *status);
        ExitStatus::from_raw(status.unwrap_or(Signal::SIGKILL as i32))
    }

    pub(super) fn is_alive(&self) -> bool {
        self.end.borrow().is_none()
    }
}

impl Drop for Descendant {
    /// By now it was killed; its number is free for others once its parent has taken it away.
    fn drop(&mut self) {
        self.line.living.fetch_sub(1, Ordering::Relaxed);
        self.line.bury(self.process.as_raw());
    }
}

impl Line {
    /// Takes what the parent says, until it is gone.
    fn listen(self: Arc<Self>) {
        let mut buffer = vec![0; MESSAGE];
        loop {
            match recv(self.socket.as_raw_fd(), &mut buffer, MsgFlags::empty()) {
                Err(nix::errno::Errno::EINTR) => {}
                Ok(length) if length > 0 => match serde_json::from_slice(&buffer[..length]) {
                    Ok(said) => self.take(said),
                    Err(error) => tracing::debug!("lambda: a parent speaks unclearly: {error}"),
                },
                _ => break,
            }
        }
        let mut state = self.lock();
        state.gone = true;
        state.ready = None;
        state.orders.clear();
        // The kernel ends them with it.
        for (_, end) in state.ends.drain() {
            end.send_replace(Some(Signal::SIGKILL as i32));
        }
    }

    fn take(self: &Arc<Self>, said: Said) {
        let mut state = self.lock();
        match said {
            Said::Ready { ready: modules } => {
                state.ready.take().map(|waiting| waiting.send(Ok(modules)));
            }
            Said::Unfit { unfit } => {
                state.ready.take().map(|waiting| waiting.send(Err(unfit)));
            }
            Said::Made { order, process } => {
                let (sender, end) = watch::channel(None);
                state.ends.insert(process, sender);
                let waiting = state.orders.remove(&order);
                drop(state);
                self.living.fetch_add(1, Ordering::Relaxed);
                let made = Descendant { process: Pid::from_raw(process), end, line: Arc::clone(self) };
                // Nobody waits for it any more: it is taken away once it has ended, which it has to be made to.
                let unwanted = match waiting {
                    Some(waiting) => waiting.send(Ok(made)).err().and_then(Result::ok),
                    None => Some(made),
                };
                if let Some(unwanted) = unwanted {
                    let _ = killpg(unwanted.process, Signal::SIGKILL);
                }
            }
            Said::Failed { order, failed } => {
                state.orders.remove(&order).map(|waiting| waiting.send(Err(failed)));
            }
            Said::Ended { ended, status } => {
                state.ends.remove(&ended).map(|end| end.send_replace(Some(status)));
            }
        }
    }

    fn bury(&self, process: i32) {
        // A parent that is gone leaves nothing to take away.
        let _ = self.send(format!("{{\"bury\":{process}}}").as_bytes(), None);
    }

    fn send(&self, message: &[u8], given: Option<&OwnedFd>) -> io::Result<()> {
        let given: Vec<i32> = given.iter().map(|given| given.as_raw_fd()).collect();
        let rights = [ControlMessage::ScmRights(&given)];
        let rights = if given.is_empty() { &[] } else { &rights[..] };
        // Waits for nothing: a parent that does not listen is not asked.
        let flags = MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT;
        let slices = [IoSlice::new(message)];
        sendmsg::<UnixAddr>(self.socket.as_raw_fd(), &slices, rights, flags, None)?;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
