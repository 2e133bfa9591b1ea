use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

use super::super::confinement::Confinement;

/// A process to start.
pub(super) struct Order {
    pub executable: PathBuf,
    pub plan: Confinement,
    pub variables: Vec<(String, String)>,
}

/// A process that was started, the head of its own process group. Dropping it kills the group.
pub(super) struct Process {
    pub child: Child,
    pub group: Pid,
    /// Standard output and standard error, in the order written.
    pub output: pipe::Receiver,
    /// The same pipe: tells what is in it now, and not what the runtime was told of already.
    pub direct: io::PipeReader,
    ended: bool,
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
                let _ = answer.send(spawn(&order));
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

fn spawn(order: &Order) -> io::Result<Process> {
    let (reader, writer) = io::pipe()?;
    let plan = serde_json::to_string(&order.plan)?;
    let child = Command::new(&order.executable)
        .arg("confine")
        .arg(plan)
        .env_clear()
        .envs(order.variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .ok_or_else(|| io::Error::other("the process is gone"))?;
    let direct = reader.try_clone()?;
    // Makes both non-blocking.
    let output = pipe::Receiver::from_owned_fd(OwnedFd::from(reader))?;
    Ok(Process { child, group: Pid::from_raw(group), output, direct, ended: false })
}

impl Process {
    /// Ends the process and everything that it started. Handlers cannot leave their group, so nothing outlives this.
    pub(super) fn kill(&self) {
        if !self.ended {
            // A group that is gone already needs nothing more.
            let _ = killpg(self.group, Signal::SIGKILL);
        }
    }

    /// Waits for the head's end; what it left running ends with it.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.end();
        Ok(status)
    }

    /// Ends what the head, which was waited for, left running.
    pub(super) fn end(&mut self) {
        self.kill();
        self.ended = true;
    }

    /// Whether the head still runs.
    pub(super) fn is_alive(&mut self) -> bool {
        if let Ok(None) = self.child.try_wait() {
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
