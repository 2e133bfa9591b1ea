use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::admin::{Admin, OWN};
use super::audit::{AuditLog, CloudTrail};
use super::composition::compose;
use super::front::{Front, Listener, serve};
use super::keeping::{Durable, Found, Keeper, OpenError, unpack};
use super::lambda::Lambda;
use super::own::{Own, OwnRecord};
use super::{
    AccountId, Authority, Directory, Entrance, KeyRecordWithId, SandboxClock, Service, Standing, Switchboard,
};
use crate::context::Context;

/// Deep DynamoDB expressions are parsed recursively; 16 MiB hold whatever fits in AWS's limit of 4 KB.
const STACK: usize = 16 * 1024 * 1024;
const WORKERS: usize = 4;

/// How a sandbox is to be.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port 0 lets the system choose.
    pub listen: SocketAddr,
    /// Whether callers with keys of their own are root of an account, as in other emulators.
    pub open: bool,
    /// Whether APIs may have backends at private addresses, such as those of this machine. An open sandbox lets them.
    pub private_backends: bool,
    /// Whether WebSocket APIs may be defined and looked at, although nobody can connect to them. Without it they are refused.
    pub web_socket_definitions: bool,
    /// The account that is there from the start.
    pub account: AccountId,
    /// Where the state is kept; without it, it ends with the process.
    pub state: Option<PathBuf>,
    /// An exported state, to be opened as evidence: read only.
    pub evidence: Option<PathBuf>,
    /// Whether it begins frozen, whatever it was before: for whoever lets it run again once all is as it must be.
    pub frozen: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            open: false,
            private_backends: false,
            web_socket_definitions: false,
            account: AccountId::fallback(),
            state: None,
            evidence: None,
            frozen: false,
        }
    }
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("port {} of {} is in use by another program; choose another one, or port 0 for any that is free", .0.port(), .0.ip())]
    PortInUse(SocketAddr),
    #[error("cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("cannot start the sandbox's threads: {0}")]
    Threads(std::io::Error),
    #[error(transparent)]
    State(#[from] OpenError),
    #[error("cannot open the evidence in {path}: {source}")]
    Evidence { path: PathBuf, source: std::io::Error },
    #[error("the sandbox cannot keep its state: {0}")]
    Keep(String),
}

/// The embedded AWS.
#[derive(Debug)]
pub struct Sandbox;

/// A sandbox that runs, until it is stopped or dropped.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// A long-term key of the first account's administrator.
    pub first_key: KeyRecordWithId,
    /// What calls to `/_proofmark/*` that change or show anything must carry.
    pub admin_token: String,
    /// Bytes of a torn end of the state's journal that were cut off at the start; nothing of them was ever acknowledged.
    pub torn: usize,
    stop: watch::Sender<bool>,
    lambda: Arc<Lambda>,
    keeper: Arc<Keeper>,
    runtime: Option<Runtime>,
}

/// What stands behind the front.
pub(super) struct Parts {
    pub(super) authority: Arc<Authority>,
    pub(super) services: Vec<Arc<dyn Service>>,
    pub(super) entrances: Vec<Arc<dyn Entrance>>,
    /// How services reach each other.
    pub(super) switchboard: Arc<Switchboard>,
    /// Once more, as the one that keeps processes and folders.
    pub(super) lambda: Arc<Lambda>,
    /// Those whose state outlives the process, and the signing names that they are called by.
    pub(super) durables: Vec<(&'static [&'static str], Arc<dyn Durable>)>,
}

impl Sandbox {
    /// Starts a sandbox on threads of its own, and returns once it can be called.
    pub fn start(options: &Options, context: &Context) -> Result<Running, StartError> {
        let clock = Arc::new(SandboxClock::new(Arc::clone(&context.clock)));
        let context = Context { clock: clock.clone(), ..context.clone() };
        launch(options, &context, clock, |address, keeper, audit| {
            compose(options, &context, address, keeper, audit)
        })
    }
}

impl Running {
    /// What clients set as `AWS_ENDPOINT_URL`.
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Says how well handlers are kept in on this machine, or why they cannot be run. Tries it out, which takes milliseconds.
    pub fn isolation(&self) -> Result<String, String> {
        self.lambda.isolation()
    }

    /// Stops the sandbox: open connections end, calls in flight are cut.
    pub fn stop(self) {
        // Dropping does it; the name tells the reader.
        drop(self);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        self.lambda.close();
        if let Some(runtime) = self.runtime.take() {
            // Not a plain drop: that would panic where the sandbox is dropped within another runtime.
            runtime.shutdown_background();
        }
        // Services and keeper hold each other, so that none of them would go by itself.
        self.keeper.close();
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Opens the state that the options name, or none.
fn open(options: &Options) -> Result<(Keeper, Found), StartError> {
    match (&options.state, &options.evidence) {
        (_, Some(path)) => {
            let trouble = |source| StartError::Evidence { path: path.clone(), source };
            let bytes = std::fs::read(path).map_err(trouble)?;
            let (keeper, found, _facts) = unpack(&bytes).map_err(trouble)?;
            Ok((keeper, found))
        }
        (Some(folder), None) => Ok(Keeper::open(folder)?),
        (None, None) => Ok((Keeper::in_memory(), Found::default())),
    }
}

/// Returns the first account's key and the admin token: those of before, where there is a before.
fn introduce(
    options: &Options,
    context: &Context,
    keeper: &Keeper,
    directory: &dyn Directory,
    own: &OwnRecord,
) -> Result<(KeyRecordWithId, String), StartError> {
    if let Some(before) = own.get()
        && let Some(record) = directory.key(&before.first_key)
    {
        return Ok((KeyRecordWithId { access_key_id: before.first_key, record }, before.admin_token));
    }
    let first_key = directory.open_account(&options.account);
    let admin_token = hex::encode(context.random.bytes::<24>());
    own.set(Own {
        admin_token: admin_token.clone(),
        first_key: first_key.access_key_id.clone(),
        ..Own::default()
    });
    for service in ["iam", OWN] {
        keeper.save(service, &options.account).map_err(|error| StartError::Keep(error.message))?;
    }
    // Keys that were handed out are there after a crash, too.
    keeper.settle().map_err(StartError::Keep)?;
    Ok((first_key, admin_token))
}

/// Listens, puts the parts behind the front and serves them on threads of their own.
fn launch(
    options: &Options,
    context: &Context,
    clock: Arc<SandboxClock>,
    compose: impl FnOnce(SocketAddr, &Arc<Keeper>, &Arc<AuditLog>) -> Parts,
) -> Result<Running, StartError> {
    let socket = std::net::TcpListener::bind(options.listen).map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => StartError::PortInUse(options.listen),
        _ => StartError::Listen { address: options.listen, source },
    })?;
    let listen_error = |source| StartError::Listen { address: options.listen, source };
    let address = socket.local_addr().map_err(listen_error)?;
    socket.set_nonblocking(true).map_err(listen_error)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .thread_stack_size(STACK)
        .thread_name("sandbox")
        .enable_all()
        .build()
        .map_err(StartError::Threads)?;

    let (keeper, found) = open(options)?;
    let keeper = Arc::new(keeper);
    let torn = found.torn;
    let audit = Arc::new(AuditLog::new());
    audit.keep_in(&keeper);
    let Parts { authority, mut services, entrances, switchboard, lambda, mut durables } = {
        // What a service starts in the background runs on the sandbox's own threads.
        let _inside = runtime.enter();
        compose(address, &keeper, &audit)
    };
    services.push(Arc::new(CloudTrail::new(Arc::clone(&audit))));
    let directory = Arc::clone(authority.directory());
    let own = Arc::new(OwnRecord {
        own: Mutex::default(),
        clock: Arc::clone(&clock),
        authority: Arc::clone(&authority),
        frozen: options.frozen,
    });
    if options.frozen {
        // Before anything is taken back that begins to work by itself.
        authority.set_standing(Standing::Frozen);
    }
    // The clock comes first: services look at it as soon as they have their state.
    durables.insert(0, (&[OWN], own.clone()));
    durables.push((&[], audit.clone()));
    {
        // Taking back an event source mapping starts its poller.
        let _inside = runtime.enter();
        keeper.attach(found, durables)?;
    }
    let (first_key, admin_token) = introduce(options, context, &keeper, directory.as_ref(), &own)?;
    if options.evidence.is_some() {
        authority.set_standing(Standing::Evidence);
    }
    let admin = Admin {
        directory,
        audit: Arc::clone(&audit),
        random: context.random.clone(),
        first_account: options.account.clone(),
        token: admin_token.clone(),
        open: options.open,
        authority: Arc::clone(&authority),
        keeper: Arc::clone(&keeper),
        clock,
        activity: lambda.activity(),
        lambda: Some(Arc::clone(&lambda)),
    };
    let front = Arc::new(Front { services, entrances, authority, audit, admin, keeper: Arc::clone(&keeper) });
    switchboard.connect(&front);
    let listener =
        Arc::new(Listener { front, clock: Arc::clone(&context.clock), random: context.random.clone() });
    let (stop, stopped) = watch::channel(false);
    let socket = {
        let _inside = runtime.enter();
        tokio::net::TcpListener::from_std(socket).map_err(listen_error)?
    };
    runtime.spawn(serve(listener, socket, stopped));
    Ok(Running { address, first_key, admin_token, torn, stop, lambda, keeper, runtime: Some(runtime) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_told_and_free_again_after_a_stop() {
        let context = Context::system();
        let first = Sandbox::start(&Options::default(), &context).unwrap();
        let listen = first.address;
        let again = || Sandbox::start(&Options { listen, ..Options::default() }, &context);
        let problem = again().expect_err("the port is taken");
        assert!(matches!(problem, StartError::PortInUse(address) if address == listen), "{problem}");
        first.stop();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while again().is_err() {
            assert!(std::time::Instant::now() < deadline, "the port stays taken");
            std::thread::yield_now();
        }
    }

    #[test]
    fn each_sandbox_has_keys_and_a_token_of_its_own() {
        let context = Context::system();
        let start = || Sandbox::start(&Options::default(), &context).unwrap();
        let (one, other) = (start(), start());
        assert_ne!(one.admin_token, other.admin_token);
        assert_ne!(one.first_key.access_key_id, other.first_key.access_key_id);
        assert_eq!(one.first_key.record.account, AccountId::fallback());
    }
}
