use std::io::{self, Read};
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};

use super::engine::Job;
use super::exchange::{Event, Exchange, Streamed, Work};
use super::failure::Failure;
use super::journal::Journal;
use super::parent::Parent;
use super::process::Process;
use super::runtime_api::Server;
use super::shell::{Kept, Shell};
use super::system_event::{Report, SystemEvent};
use super::watchdog;
use crate::context::Clock;
use crate::policy::Principal;
use crate::sandbox::lambda::entity::Target;

/// How long a runtime may take to ask for its first invocation.
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>
const INIT_LIMIT: Duration = Duration::from_secs(10);
/// How often the memory of a busy environment is looked at; every fifth time with all its processes.
const LOOK: Duration = Duration::from_millis(20);
const MEBIBYTE: u64 = 1024 * 1024;

/// One execution environment: a process, and what drives it.
pub(super) struct Environment {
    pub process: Process,
    pub exchange: Arc<Exchange>,
    pub events: mpsc::UnboundedReceiver<Event>,
    pub journal: Journal,
    pub clock: Arc<dyn Clock>,
    /// Serves the Runtime API.
    pub server: Server,
    pub shell: Shell,
    /// The role session that the handler holds, and writes its log as.
    pub principal: Principal,
    pub expires: Timestamp,
    /// `python:3.11`, for the log.
    pub runtime: String,
    pub state: Stage,
    /// Memory used at most so far, in bytes.
    pub peak: u64,
    /// Whether standard output is still open.
    pub output_open: bool,
    pub phase: Phase,
    /// Who made the process: it would end with it.
    pub _parent: Option<Arc<Parent>>,
}

/// When an environment initialises. One that fails to is tried once more, as a part of the invocation, and so is every one that was reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Init,
    Invoke,
}

/// How far an environment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Starting,
    Ready,
    /// Its process has ended.
    Reset,
    /// Not to be used again, nor is what it leaves.
    Dead,
}

/// What an environment gave for one invocation.
pub(super) struct Answer {
    pub payload: Bytes,
    /// The function failed; the payload is the error.
    pub failed: bool,
    pub content_type: Option<String>,
    pub stream_error: Option<(String, String)>,
}

impl Answer {
    fn plain(payload: Bytes, failed: bool) -> Self {
        Self { payload, failed, content_type: None, stream_error: None }
    }
}

/// What there was to wait for.
enum Happening {
    Event(Event),
    Exited(ExitStatus),
    TimedOut,
    OutOfMemory,
    OutOfDisk,
}

/// What an environment may use, in bytes.
#[derive(Clone, Copy)]
struct Bounds {
    memory: u64,
    disk: u64,
}

impl Bounds {
    fn of(target: &Target) -> Self {
        let settings = &target.snapshot.settings;
        Self { memory: u64::from(settings.memory) * MEBIBYTE, disk: u64::from(settings.ephemeral) * MEBIBYTE }
    }
}

impl Environment {
    /// Runs one invocation, from `START` to `REPORT`. Fails only where the sandbox itself is at fault.
    ///
    /// `None`: it did not initialise, and a second attempt is due, in another environment.
    pub(super) async fn invoke(&mut self, target: &Target, job: &Job) -> io::Result<Option<Answer>> {
        let settings = &target.snapshot.settings;
        let limit = Duration::from_secs(u64::from(settings.timeout));
        let mut started = self.clock.elapsed();
        let mut begun = Instant::now();
        let mut init = None;
        if self.state == Stage::Starting {
            let outcome = self.initialise(target, limit).await?;
            let took = self.clock.elapsed().saturating_sub(started);
            if let Err(failed) = outcome {
                self.report_init(target, took, &failed);
                return Ok(match self.phase {
                    Phase::Init => None,
                    Phase::Invoke => Some(self.failed_init(target, job, took, failed)),
                });
            }
            self.state = Stage::Ready;
            if self.phase == Phase::Init {
                init = Some(took);
                started = self.clock.elapsed();
                begun = Instant::now();
            }
        }
        self.tell(target, &SystemEvent::Start { id: &job.request_id, version: &target.snapshot.version });
        // What a second initialisation took is a part of the function's time.
        let left = limit.saturating_sub(begun.elapsed());
        self.exchange.dispatch(work(target, job, self.clock.now(), left));
        let happening = self.wait(begun + limit, Bounds::of(target)).await?;
        let took = self.clock.elapsed().saturating_sub(started);
        self.drain();
        let (answer, failure) = match happening {
            Happening::Event(Event::Response(payload)) => (Answer::plain(payload, false), None),
            Happening::Event(Event::Streamed(streamed)) => {
                let Streamed { body: payload, content_type, error } = streamed;
                (Answer { payload, failed: false, content_type, stream_error: error }, None)
            }
            Happening::Event(Event::Error(payload) | Event::InitError(payload)) => {
                (Answer::plain(payload, true), None)
            }
            Happening::Event(Event::TooLarge(size)) => self.fail(job, Failure::ResponseTooLarge(size)),
            // Said before already, so it cannot come again.
            Happening::Event(Event::Ready) => self.fail(job, Failure::Exited(None)),
            Happening::Exited(status) => self.fail(job, Failure::of(status)),
            Happening::TimedOut => self.fail(job, Failure::TimedOut(settings.timeout)),
            Happening::OutOfMemory => self.fail(job, Failure::OutOfMemory),
            Happening::OutOfDisk => self.fail(job, Failure::OutOfDisk(settings.ephemeral)),
        };
        if matches!(self.state, Stage::Reset | Stage::Dead) {
            self.bury().await;
        } else {
            self.peak = self.peak.max(watchdog::of_head(self.process.group).memory);
        }
        self.report(target, job, took, init, failure.as_ref());
        Ok(Some(answer))
    }

    /// Waits until the runtime asks for work. The inner error is the payload that tells why it did not, and its kind.
    async fn initialise(
        &mut self,
        target: &Target,
        timeout: Duration,
    ) -> io::Result<Result<(), InitFailure>> {
        if self.phase == Phase::Init {
            let runtime = self.runtime.clone();
            let begins = SystemEvent::InitStart {
                runtime: &runtime,
                arn: &target.snapshot.runtime_arn(&target.name.scope.region),
                function: &target.name.name,
                version: &target.snapshot.version,
            };
            self.tell(target, &begins);
        }
        let settings = &target.snapshot.settings;
        let limit = if self.phase == Phase::Init { INIT_LIMIT } else { timeout };
        let happening = self.wait(Instant::now() + limit, Bounds::of(target)).await?;
        self.drain();
        Ok(match happening {
            Happening::Event(Event::Ready) => Ok(()),
            Happening::Event(
                Event::InitError(payload) | Event::Error(payload) | Event::Response(payload),
            ) => Err(InitFailure::Told(payload)),
            // Nothing was asked for yet.
            Happening::Event(Event::Streamed(_)) => Err(InitFailure::Seen(Failure::Exited(None))),
            Happening::Event(Event::TooLarge(size)) => {
                Err(InitFailure::Seen(Failure::ResponseTooLarge(size)))
            }
            Happening::Exited(status) => {
                if status.code() == Some(NOT_CONFINED)
                    && let Some(said) =
                        self.journal.last_line().filter(|line| line.starts_with("proofmark confine: "))
                {
                    let Some(failure) = Failure::of_bootstrap(&said) else {
                        return Err(io::Error::other(said));
                    };
                    self.journal.forget_last();
                    return Ok(Err(InitFailure::Seen(failure)));
                }
                Err(InitFailure::Seen(Failure::of(status)))
            }
            Happening::TimedOut => Err(InitFailure::Seen(Failure::TimedOut(settings.timeout))),
            Happening::OutOfMemory => Err(InitFailure::Seen(Failure::OutOfMemory)),
            Happening::OutOfDisk => Err(InitFailure::Seen(Failure::OutOfDisk(settings.ephemeral))),
        })
    }

    /// Says how an initialisation failed, and ends the process.
    fn report_init(&mut self, target: &Target, took: Duration, failed: &InitFailure) {
        self.end(match failed {
            InitFailure::Told(_) => None,
            InitFailure::Seen(failure) => Some(failure),
        });
        self.process.kill();
        let phase = if self.phase == Phase::Init { "init" } else { "invoke" };
        let told = match failed {
            InitFailure::Told(payload) => Some(error_type(payload)),
            InitFailure::Seen(_) => None,
        };
        let error = match failed {
            InitFailure::Seen(failure) => failure.ended().error,
            InitFailure::Told(_) => told.as_deref(),
        };
        self.tell(target, &SystemEvent::InitReport { took, phase, error });
    }

    fn failed_init(&mut self, target: &Target, job: &Job, took: Duration, failed: InitFailure) -> Answer {
        self.tell(target, &SystemEvent::Start { id: &job.request_id, version: &target.snapshot.version });
        let (answer, failure) = match failed {
            InitFailure::Told(payload) => (Answer::plain(payload, true), None),
            InitFailure::Seen(failure) => self.fail(job, failure),
        };
        self.report(target, job, took, None, failure.as_ref());
        answer
    }

    /// Takes note of a failure that the handler did not tell of.
    fn fail(&mut self, job: &Job, failure: Failure) -> (Answer, Option<Failure>) {
        if !matches!(failure, Failure::ResponseTooLarge(_)) {
            self.end(Some(&failure));
        }
        let now = self.clock.now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        self.journal.note(failure.line(&job.request_id, &now));
        (Answer::plain(failure.payload(&job.request_id), true), Some(failure))
    }

    fn end(&mut self, failure: Option<&Failure>) {
        // What filled the disk is still there: the next one would end for it, too.
        let full = matches!(failure, Some(Failure::OutOfDisk(_)));
        self.state = if full { Stage::Dead } else { Stage::Reset };
    }

    fn report(
        &mut self,
        target: &Target,
        job: &Job,
        took: Duration,
        init: Option<Duration>,
        failure: Option<&Failure>,
    ) {
        let settings = &target.snapshot.settings;
        let id = &job.request_id;
        let limit = Duration::from_secs(u64::from(settings.timeout));
        let took = if matches!(failure, Some(Failure::TimedOut(_))) { limit } else { took };
        let used = (self.peak.div_ceil(MEBIBYTE)).clamp(1, u64::from(settings.memory));
        let failure = failure.map(Failure::ended);
        self.tell(target, &SystemEvent::End { id, failure });
        let memory = settings.memory;
        self.tell(target, &SystemEvent::Report(Report { id, took, init, memory, used, failure }));
    }

    /// Writes a line of Lambda's own.
    fn tell(&mut self, target: &Target, event: &SystemEvent<'_>) {
        if let Some(line) = event.line(target.snapshot.settings.system_records(), self.clock.now()) {
            self.journal.note(line);
        }
    }

    /// Waits for the process to say something, to end, or to break a limit; takes its output meanwhile.
    async fn wait(&mut self, deadline: Instant, limits: Bounds) -> io::Result<Happening> {
        let mut looks = 0_u32;
        let mut look = interval_at(Instant::now() + LOOK, LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // Whoever answered in time has answered, and output that never ends must not keep the clock from being seen.
                biased;
                Some(event) = self.events.recv() => return Ok(Happening::Event(event)),
                () = sleep_until(deadline) => {
                    self.process.kill();
                    return Ok(Happening::TimedOut);
                }
                status = self.process.head.wait() => {
                    self.process.end();
                    return Ok(Happening::Exited(status?));
                }
                _ = look.tick() => {
                    looks += 1;
                    let group = self.process.group;
                    let (usage, disk) = if looks.is_multiple_of(5) {
                        let folder = self.shell.room.tmp();
                        let both = move || (watchdog::of_group(group), watchdog::of_folder(&folder));
                        tokio::task::spawn_blocking(both).await.unwrap_or_default()
                    } else {
                        (watchdog::of_head(group), 0)
                    };
                    self.peak = self.peak.max(usage.memory);
                    if !usage.is_within(limits.memory) {
                        self.process.kill();
                        return Ok(Happening::OutOfMemory);
                    }
                    if disk > limits.disk {
                        self.process.kill();
                        return Ok(Happening::OutOfDisk);
                    }
                }
                ready = self.process.output.readable(), if self.output_open => {
                    ready?;
                    self.read_once();
                }
            }
        }
    }

    /// Takes what is in the pipe right now.
    fn drain(&mut self) {
        let mut buffer = [0; 16 * 1024];
        // Bounded: a process that writes on meanwhile must not keep us here. 64 reads hold more than a pipe does.
        for _ in 0..64 {
            let read = self.process.direct.read(&mut buffer);
            if !self.output_open || !self.take(&buffer, read) {
                break;
            }
        }
    }

    fn read_once(&mut self) {
        let mut buffer = [0; 16 * 1024];
        let read = self.process.output.try_read(&mut buffer);
        self.take(&buffer, read);
    }

    /// Takes what was read; `false` when there was nothing.
    fn take(&mut self, buffer: &[u8], read: io::Result<usize>) -> bool {
        match read {
            Ok(count) if count > 0 => {
                self.journal.take(&buffer[..count]);
                true
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => false,
            Ok(_) | Err(_) => {
                self.output_open = false;
                false
            }
        }
    }

    /// Returns what is used again of it after an invocation.
    pub(super) async fn leave(mut self) -> Option<Kept> {
        match self.state {
            Stage::Ready => Some(Kept::Warm(Box::new(self))),
            Stage::Reset => {
                self.bury().await;
                Some(Kept::Reset(self.shell))
            }
            Stage::Starting | Stage::Dead => None,
        }
    }

    /// Ends the process for good, and takes its last words.
    pub(super) async fn bury(&mut self) {
        self.process.kill();
        let _ = tokio::time::timeout(Duration::from_secs(2), self.process.wait()).await;
        self.server.stop();
        self.drain();
    }
}

/// With what `proofmark confine` ends when it could not confine.
const NOT_CONFINED: i32 = 125;

/// Why initialisation failed.
enum InitFailure {
    /// The runtime told, with this payload.
    Told(Bytes),
    Seen(Failure),
}

fn work(target: &Target, job: &Job, now: Timestamp, limit: Duration) -> Work {
    Work {
        request_id: job.request_id.clone(),
        deadline: now.as_millisecond().saturating_add(i64::try_from(limit.as_millis()).unwrap_or(i64::MAX)),
        arn: target.name.arn(),
        trace_id: job.trace_id.clone(),
        client_context: job.client_context.clone(),
        payload: job.payload.clone(),
    }
}

fn error_type(payload: &[u8]) -> String {
    let value: serde_json::Value = serde_json::from_slice(payload).unwrap_or_default();
    value["errorType"].as_str().unwrap_or("Runtime.Unknown").to_owned()
}
