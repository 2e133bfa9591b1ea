use std::process::Stdio;
use std::time::Duration;

use clap::Args;

use super::super::arguments::{ChallengesFolder, TargetArguments};
use super::super::grade::draw_seed;
use super::super::ground::REGION;
use super::super::issuer::IssuerFolder;
use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::announce::{announce, ask};
use super::desk::{Desk, current, percent, stored, stuck, whoever};
use super::destination::destination;
use super::drive::{drive, ended, host, wait};
use super::seal::name_issuer;
use crate::attempt::{Attempt, AttemptId, Mode, State, Trust, UNENFORCED, person};
use crate::context::Context;
use crate::exam::{Ground, Order, load_challenge, start as begin};

/// How long a process that was sent into the background has to take an attempt over.
const TAKEOVER: Duration = Duration::from_secs(20);

/// Start an attempt: the scenario is put up, and the clock starts when it is ready
#[derive(Debug, Args)]
pub(crate) struct StartArguments {
    /// The challenge, by name or folder
    challenge: String,

    /// Who takes it [default: the user's name]
    #[arg(long, value_name = "NAME")]
    candidate: Option<String>,

    /// More time, as a share of the challenge's
    #[arg(long, value_name = "SHARE", value_parser = percent)]
    extra_time: Option<u32>,

    /// What randomised inputs are drawn from [default: drawn itself]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// For learning: it does not count, and the work can be looked at with `check`
    #[arg(long)]
    practice: bool,

    /// Go on in the background
    #[arg(long)]
    detach: bool,

    /// Who leased the account with `accounts lease`: the attempt runs within that lease, and giving it back stays theirs
    #[arg(long, value_name = "NAME")]
    leased_by: Option<String>,

    #[command(flatten)]
    target: TargetArguments,

    #[command(flatten)]
    folder: ChallengesFolder,

    #[command(flatten)]
    issuer: IssuerFolder,
}

pub(crate) fn start(context: &Context, arguments: &StartArguments) -> Result<Exit, Failure> {
    let (files, challenge) = current(context, &arguments.folder.challenges, &arguments.challenge)?;
    block_on(async {
        let desk = Desk::open(context).await?;
        let candidate = whoever(context, arguments.candidate.as_ref());
        if person(&candidate).is_empty() {
            return Err(Failure::usage("a candidate has a name").hint("`--candidate NAME` gives it"));
        }
        let leased_by = arguments.leased_by.as_deref();
        let destination = destination(context, &desk, &arguments.target, leased_by, &challenge).await?;
        let enforced = destination.as_ref().is_none_or(|one| one.whereabouts.enforces);
        if !enforced {
            let word = if arguments.practice { "" } else { ", so this is practice: it earns no credential" };
            screen::note(&format!("{UNENFORCED}{word}"));
        }
        let region = match &destination {
            Some(destination) => destination.entrance.region.clone(),
            None => arguments.target.region.clone().unwrap_or_else(|| REGION.to_owned()),
        };
        let order = Order {
            candidate: candidate.clone(),
            challenge: &challenge,
            files: &files,
            base: challenge.duration,
            extra: arguments.extra_time.unwrap_or_default(),
            seed: arguments.seed.unwrap_or_else(|| draw_seed(context)),
            region,
            mode: if arguments.practice || !enforced { Mode::Practice } else { Mode::Exam },
            trust: if arguments.issuer.is_there(context) { Trust::Issuer } else { Trust::Own },
            destination,
        };
        let attempt = begin(context, &desk.home, &desk.store, &order).await;
        // With it goes the right to drive the attempt, which whoever does so needs.
        drop(order);
        let attempt = attempt.map_err(|error| stuck(context, &error))?;
        screen::note(&format!("attempt {}", attempt.id));
        name_issuer(context, &desk, &attempt, &arguments.issuer)?;
        if attempt.creation.asks_only {
            // Nothing runs, so nobody need be there.
            let mut host = host(context, &desk, &attempt.id, true).await?;
            let attempt = host.prepare().await.map_err(|error| stuck(context, &error))?;
            return tell(context, &desk, &attempt);
        }
        if arguments.detach {
            let attempt = detach(context, &desk, &attempt.id).await?;
            return tell(context, &desk, &attempt);
        }
        let host = host(context, &desk, &attempt.id, false).await?;
        drive(context, &desk, host).await
    })
}

/// Starts a process that drives an attempt, and waits until the candidate can work.
pub(super) async fn detach(context: &Context, desk: &Desk, id: &AttemptId) -> Result<Attempt, Failure> {
    let folder = desk.home.folder(id);
    let path = folder.join("host.log");
    let unwritable =
        |error: std::io::Error| Failure::environment(format!("cannot write {}: {error}", path.display()));
    let log = std::fs::OpenOptions::new().create(true).append(true).open(&path).map_err(unwritable)?;
    let mut command = std::process::Command::new(&context.executable);
    command.args(["resume", "--unattended", id.as_str()]).stdin(Stdio::null());
    command.stdout(log.try_clone().map_err(unwritable)?).stderr(log);
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        // What ends the terminal does not end the attempt.
        command.process_group(0);
    }
    let mut child = command.spawn().map_err(|error| {
        Failure::environment(format!("cannot start {}: {error}", context.executable.display()))
    })?;
    let began = tokio::time::Instant::now();
    loop {
        let attempt = desk.store.load(id).await.map_err(|error| stored(&error))?;
        if desk.is_driven(&attempt) {
            break;
        }
        let ended = child.try_wait().ok().flatten().is_some();
        let over = attempt.state.is_over() && attempt.settled;
        if over || ended || began.elapsed() > TAKEOVER {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let works = |attempt: &Attempt| attempt.state >= State::Running && attempt.settled;
    let attempt = wait(desk, id, works).await;
    attempt.map_err(|failure| failure.hint(format!("{} tells what happened", path.display())))
}

/// Tells the candidate how to work, or what became of the attempt already.
pub(super) fn tell(context: &Context, desk: &Desk, attempt: &Attempt) -> Result<Exit, Failure> {
    if attempt.state != State::Running {
        return ended(context, desk, attempt);
    }
    let folder = desk.home.folder(&attempt.id);
    let (files, challenge) = load_challenge(&desk.home, attempt).map_err(|error| stuck(context, &error))?;
    if attempt.creation.asks_only {
        ask(attempt, &challenge);
    }
    if let Some(ground) = Ground::load(&folder).map_err(|error| stuck(context, &error))? {
        announce(&folder, attempt, &challenge, &files, &ground);
    }
    Ok(Exit::Done)
}
