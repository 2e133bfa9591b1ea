use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::super::confinement::{Confinement, Level};
use super::super::entity::{Family, FunctionName, Snapshot, Target};
use super::environment::{Environment, Phase, Stage};
use super::exchange::Exchange;
use super::housing::{Furniture, Housing};
use super::interpreter::Interpreters;
use super::journal::{Journal, tail};
use super::libraries::PythonLibraries;
use super::node_libraries::NodeLibraries;
use super::nursery::birth;
use super::parent::Parent;
use super::parents::Parents;
use super::pool::Pool;
use super::process::{Head, Order, Process, Spawner};
use super::ready::Ready;
use super::runtime_api::Server;
use super::shell::{Kept, Shell};
use super::variables::{Source, variables};
use super::workshop::Workshop;
use crate::context::{Clock, Context, Random};
use crate::sandbox::{AccountId, Directory, LogSink, ServiceError};

/// Runs functions.
pub(crate) struct Engine {
    clock: Arc<dyn Clock>,
    random: Random,
    directory: Arc<dyn Directory>,
    logs: Arc<dyn LogSink>,
    address: SocketAddr,
    pub(super) workshop: Workshop,
    pub(super) housing: Housing,
    pub(super) interpreters: Interpreters,
    pub(super) libraries: PythonLibraries,
    pub(super) node_libraries: NodeLibraries,
    pub(super) parents: Arc<Parents>,
    pool: Arc<Pool>,
    spawner: OnceLock<Spawner>,
}

/// One invocation.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Job {
    pub request_id: String,
    #[serde(with = "payload")]
    pub payload: Bytes,
    pub trace_id: String,
    pub client_context: Option<String>,
    /// The caller takes a stream, which may be longer than other answers.
    pub streamed: bool,
}

/// How a payload is written where it is kept: JSON is text.
mod payload {
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(payload: &Bytes, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&String::from_utf8_lossy(payload))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        String::deserialize(from).map(Bytes::from)
    }
}

/// What an invocation gave.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub payload: Bytes,
    /// The function failed; the payload is the error.
    pub failed: bool,
    /// The last 4 KB of its log.
    pub tail: Vec<u8>,
    /// Of a streamed answer, as the function set it.
    pub content_type: Option<String>,
    /// The type and the text of an error that ended a stream.
    pub stream_error: Option<(String, String)>,
}

impl Engine {
    pub(crate) fn new(
        context: &Context,
        directory: Arc<dyn Directory>,
        logs: Arc<dyn LogSink>,
        address: SocketAddr,
    ) -> Self {
        Self {
            clock: Arc::clone(&context.clock),
            random: context.random.clone(),
            directory,
            logs,
            address,
            workshop: Workshop::new(context),
            housing: Housing::new(context),
            interpreters: Interpreters::new(context),
            libraries: PythonLibraries::new(context),
            node_libraries: NodeLibraries::new(context),
            parents: Arc::new(Parents::new(Arc::clone(&context.clock))),
            pool: Arc::new(Pool::new(Arc::clone(&context.clock))),
            spawner: OnceLock::new(),
        }
    }

    /// Where the sandbox listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends all warm environments; those that are at work end with it.
    pub(crate) fn retire(&self) {
        self.pool.reset(None);
    }

    /// Ends all warm environments, and removes what lies on disk.
    pub(crate) fn close(&self) {
        self.pool.reset(None);
        self.parents.forget(None);
        self.workshop.close();
    }

    /// Says how well handlers are kept in, in a line to print.
    pub(crate) fn isolation(&self) -> Result<String, String> {
        self.level().map(|level| level.to_string())
    }

    /// Runs an invocation to its end and hands its log on. Fails where there is no answer of the function, not even an error.
    pub(crate) async fn invoke(
        self: &Arc<Self>,
        target: &Target,
        job: &Job,
    ) -> Result<Outcome, ServiceError> {
        if target.snapshot.settings.runtime.family() == Family::Other {
            let name = format!("invocations of {} functions", target.snapshot.settings.runtime);
            return Err(ServiceError::not_covered("lambda", &name));
        }
        let (lease, kept) = self.pool.acquire(target).await?;
        let mut environment = match kept {
            Some(Kept::Warm(environment)) => *environment,
            Some(Kept::Reset(shell)) => self.start(target, Some(shell)).await?,
            None => self.start(target, None).await?,
        };
        let mut answer = environment.invoke(target, job).await;
        if let Ok(None) = answer {
            // Once more, as a part of the invocation.
            environment.bury().await;
            let Environment { mut shell, journal, state, .. } = environment;
            if state == Stage::Dead {
                let room = self.workshop.room(shell.user, shell.nest.as_deref());
                shell.room = room.map_err(|error| fault(&error.to_string()))?;
            }
            environment = self.start(target, Some(shell)).await?;
            environment.journal = journal;
            answer = environment.invoke(target, job).await;
        }
        let lines = environment.journal.drain();
        let tail = tail(&lines);
        let scope = &target.name.scope;
        let group = target.snapshot.settings.group(&target.name.name);
        self.logs.deliver(scope, &environment.principal, &group, &environment.shell.stream, lines);
        let answer = answer.map_err(|error| fault(&error.to_string()))?;
        let answer = answer.ok_or_else(|| fault("the environment did not initialise"))?;
        if let Some(kept) = environment.leave().await {
            lease.give_back(kept, target);
        }
        Ok(Outcome {
            payload: answer.payload,
            failed: answer.failed,
            tail,
            content_type: answer.content_type,
            stream_error: answer.stream_error,
        })
    }

    /// Starts an environment, or one that was reset; it initialises with its first invocation.
    async fn start(
        self: &Arc<Self>,
        target: &Target,
        shell: Option<Shell>,
    ) -> Result<Environment, ServiceError> {
        let snapshot = &target.snapshot;
        let credentials = self
            .directory
            .assume_for_function(&snapshot.settings.role, &target.name.unqualified_arn())
            .map_err(|_| {
                ServiceError::new(
                    403,
                    "AccessDeniedException",
                    "The role defined for the function cannot be assumed by Lambda.",
                )
            })?;
        let (ready, parent) =
            self.make_ready(&target.name.scope.account, snapshot).await.map_err(|reason| fault(&reason))?;
        let Ready { interpreter, libraries, code, layers, level, .. } = ready;
        let io = |error: std::io::Error| fault(&error.to_string());
        let (phase, shell) = match shell {
            Some(shell) => (Phase::Invoke, shell),
            None => (Phase::Init, self.shell(target, level, parent.as_deref()).map_err(io)?),
        };
        let parent = parent.filter(|parent| Some(&parent.nest) == shell.nest.as_ref());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(io)?;
        let port = listener.local_addr().map_err(io)?.port();
        // Runtimes of customers' own make addresses in ways of their own, so only ours are given a secret part.
        let token: Option<Arc<str>> =
            (interpreter.family != Family::Provided).then(|| hex::encode(self.random.bytes::<16>()).into());
        let api = token
            .as_ref()
            .map_or_else(|| format!("127.0.0.1:{port}"), |token| format!("127.0.0.1:{port}/{token}"));
        let (events, received) = mpsc::unbounded_channel();
        let exchange = Arc::new(Exchange::new(events));
        let server = Server::start(listener, Arc::clone(&exchange), token);
        let runtime = self.workshop.runtime().map_err(io)?;
        let (plan, seen) = Housing::plan(
            level,
            &Furniture {
                interpreter: &interpreter,
                code: &code,
                layers: layers.as_deref(),
                runtime: &runtime,
                libraries: libraries.as_deref(),
                room: &shell.room,
                ports: vec![port, self.address.port()],
                memory: snapshot.settings.memory,
                ephemeral: snapshot.settings.ephemeral,
                user: shell.user,
                alone: shell.user.is_some() && shell.nest.is_none(),
            },
        );
        let variables = variables(&Source {
            target,
            interpreter: &interpreter,
            seen: &seen,
            credentials: &credentials,
            runtime_api: &api,
            stream: &shell.stream,
            sandbox: self.address,
        });
        let process = self.process(parent.as_deref(), plan, variables).await.map_err(|error| {
            fault(&format!("{} cannot be started: {error}", self.housing.executable().display()))
        })?;
        exchange.attach(process.group);
        tracing::debug!(
            function = %target.name.name,
            account = %target.name.scope.account,
            forked = matches!(process.head, Head::Forked(_)),
            "lambda: an environment starts"
        );
        Ok(Environment {
            process,
            exchange,
            events: received,
            journal: Journal::new(Arc::clone(&self.clock)),
            clock: Arc::clone(&self.clock),
            server,
            shell,
            principal: credentials.principal,
            expires: credentials.expires,
            runtime: runtime_name(&interpreter.version, snapshot),
            state: Stage::Starting,
            peak: 0,
            output_open: true,
            phase,
            _parent: parent,
        })
    }

    /// Makes the place where an environment's processes live.
    fn shell(&self, target: &Target, level: Level, parent: Option<&Parent>) -> std::io::Result<Shell> {
        let user = parent.map_or_else(|| self.housing.user(level), |parent| parent.user);
        let nest = parent.map(|parent| parent.nest.clone());
        let room = self.workshop.room(user, nest.as_deref())?;
        Ok(Shell { room, user, nest, stream: self.stream(target) })
    }

    fn stream(&self, target: &Target) -> String {
        let snapshot = &target.snapshot;
        format!(
            "{}/{}[{}]{}",
            self.clock.now().strftime("%Y/%m/%d"),
            snapshot.settings.stream_prefix(&target.name.name),
            snapshot.version,
            hex::encode(self.random.bytes::<16>())
        )
    }

    /// Starts an environment's process: a fork of its parent, where it has one that can make it.
    async fn process(
        &self,
        parent: Option<&Parent>,
        plan: Confinement,
        variables: Vec<(String, String)>,
    ) -> std::io::Result<Process> {
        if let Some(parent) = parent
            && let Some(birth) = birth(&plan, &self.workshop.codes()?, &parent.nest, variables.clone())
        {
            match parent.fork(&birth).await {
                Ok(process) => return Ok(process),
                Err(reason) => tracing::debug!("lambda: an environment starts by itself: {reason}"),
            }
        }
        let executable = self.housing.executable().to_owned();
        self.spawner()?.spawn(Order { executable, plan, variables, input: None }).await
    }

    pub(super) fn spawner(&self) -> std::io::Result<&Spawner> {
        if let Some(spawner) = self.spawner.get() {
            return Ok(spawner);
        }
        let started = Spawner::start()?;
        self.pool.keep_swept();
        self.parents.keep_swept();
        // Two at once: the other one's thread ends by itself.
        Ok(self.spawner.get_or_init(|| started))
    }

    /// Ends the environments of a function that changed or is gone.
    pub(crate) fn forget(&self, name: &FunctionName) {
        self.pool.forget(name);
    }

    pub(crate) fn reset(&self, account: Option<&AccountId>) {
        self.pool.reset(account);
        self.parents.forget(account);
    }
}

/// The language and the version that really runs.
fn runtime_name(version: &str, snapshot: &Snapshot) -> String {
    match snapshot.settings.runtime.family() {
        Family::Python => format!("python:{version}"),
        Family::Node => format!("nodejs:{version}"),
        Family::Provided | Family::Other => snapshot.settings.runtime.to_string(),
    }
}

/// Something that the sandbox, not the function, is to blame for.
fn fault(message: &str) -> ServiceError {
    tracing::error!("lambda: {message}");
    ServiceError::new(500, "ServiceException", message)
}
