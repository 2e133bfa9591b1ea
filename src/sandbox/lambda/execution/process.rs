use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

use super::super::confinement::Confinement;
use super::parent::Descendant;

/// A process to start.
pub(super) struct Order {
    pub executable: PathBuf,
    pub plan: Confinement,
    pub variables: Vec<(String, String)>,
    /// What it is given as standard input.
    pub input: Option<OwnedFd>,
}

/// A process that was started, the head of its own process group. Dropping it kills the group.
pub(super) struct Process {
    pub head: Head,
    pub group: Pid,
    /// Standard output and standard error, in the order written.
    pub output: pipe::Receiver,
    /// The same pipe: tells what is in it now, and not what the runtime was told of already.
    pub direct: io::PipeReader,
    ended: bool,
}

/// Who started a process, and so is told of its end.
pub(super) enum Head {
    Ours(Box<Child>),
    Forked(Descendant),
}

impl Head {
    /// Waits for its end; what it left running is still there.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        match self {
            Self::Ours(child) => child.wait().await,
            Self::Forked(descendant) => Ok(descendant.wait().await),
        }
    }

    fn is_alive(&mut self) -> bool {
        match self {
            Self::Ours(child) => matches!(child.try_wait(), Ok(None)),
            Self::Forked(descendant) => descendant.is_alive(),
        }
    }
}

/// Starts processes on one thread that lives as long as the sandbox: the kernel kills a handler when the *thread* that
/// started it ends, and the runtime's threads come and go.
pub(super) struct Spawner {
    orders: std::sync::mpsc::Sender<(Order, oneshot::Sender<io::Result<Process>>)>,
}

impl Spawner {
    /// Needs to be called within a tokio runtime.
    pub(super) fn start() -> io::Result<Self> {
        let (orders, queue) = std::sync::mpsc::channel::<(Order, oneshot::Sender<io::Result<Process>>)>();
        let runtime = tokio::runtime::Handle::current();
        std::thread::Builder::new().name("handlers".to_owned()).spawn(move || {
            let _inside = runtime.enter();
            while let Ok((order, answer)) = queue.recv() {
                let _ = answer.send(spawn(order));
            }
        })?;
        Ok(Self { orders })
    }

    pub(super) async fn spawn(&self, order: Order) -> io::Result<Process> {
        let (answer, started) = oneshot::channel();
        let gone = || io::Error::other("the sandbox is shutting down");
        self.orders.send((order, answer)).map_err(|_| gone())?;
        started.await.map_err(|_| gone())?
    }
}

fn spawn(order: Order) -> io::Result<Process> {
    let (reader, writer) = io::pipe()?;
    let plan = serde_json::to_string(&order.plan)?;
    let child = Command::new(&order.executable)
        .arg("confine")
        .arg(plan)
        .env_clear()
        .envs(order.variables.iter().map(|(name, value)| (name, value)))
        .stdin(order.input.map_or_else(Stdio::null, Stdio::from))
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .ok_or_else(|| io::Error::other("the process is gone"))?;
    Process::new(Head::Ours(Box::new(child)), Pid::from_raw(group), reader)
}

impl Process {
    fn new(head: Head, group: Pid, reader: io::PipeReader) -> io::Result<Self> {
        let direct = reader.try_clone()?;
        // Makes both non-blocking.
        let output = pipe::Receiver::from_owned_fd(OwnedFd::from(reader))?;
        Ok(Self { head, group, output, direct, ended: false })
    }

    /// Takes over a process that a parent made, and that writes to the other end of the pipe.
    pub(super) fn forked(descendant: Descendant, reader: io::PipeReader) -> io::Result<Self> {
        let group = descendant.process;
        Self::new(Head::Forked(descendant), group, reader)
    }

    /// Ends the process and everything that it started. Handlers cannot leave their group, so nothing outlives this.
    pub(super) fn kill(&self) {
        if !self.ended {
            // A group that is gone already needs nothing more.
            let _ = killpg(self.group, Signal::SIGKILL);
        }
    }

    /// Waits for the head's end; what it left running ends with it.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.head.wait().await?;
        self.end();
        Ok(status)
    }

    /// Ends what the head, which was waited for, left running.
    pub(super) fn end(&mut self) {
        self.kill();
        self.ended = true;
    }

    /// Returns the last line that it wrote, for a process whose output nobody takes otherwise.
    pub(super) fn last_words(&mut self) -> String {
        let mut buffer = [0; 4096];
        let length = self.direct.read(&mut buffer).unwrap_or(0);
        let said = String::from_utf8_lossy(&buffer[..length]);
        said.lines().last().unwrap_or("it said nothing").to_owned()
    }

    /// Whether the head still runs.
    pub(super) fn is_alive(&mut self) -> bool {
        if self.head.is_alive() {
            return true;
        }
        self.end();
        false
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
