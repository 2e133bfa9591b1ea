use std::time::Duration;

use super::keeping::{save_challenge, save_entrance};
use super::{Booking, ExamError};
use crate::attempt::{
    Allowance, Attempt, AttemptId, Creation, Home, Mode, Store, Trust, Whereabouts, may_start,
};
use crate::challenge::Challenge;
use crate::context::Context;
use crate::source::FileTree;
use crate::target::Entrance;

/// What is asked for with a new attempt.
#[derive(Debug)]
pub struct Order<'a> {
    pub candidate: String,
    pub challenge: &'a Challenge,
    /// The challenge's files.
    pub files: &'a FileTree,
    /// The challenge's duration; `None`: as long as it takes.
    pub base: Option<Duration>,
    /// More time, in hundredths of a percent.
    pub extra: u32,
    pub seed: u64,
    pub region: String,
    pub mode: Mode,
    pub trust: Trust,
    /// Where the scenario is to stand, if not in a sandbox of its own.
    pub destination: Option<Destination>,
}

/// A target that is there anyway, and what is known of it.
#[derive(Debug)]
pub struct Destination {
    pub entrance: Entrance,
    pub whereabouts: Whereabouts,
    /// Of an account that others use too. It must not outlast the noting of the attempt: until it is dropped nobody can drive that.
    pub booking: Option<Booking>,
}

/// Notes a new attempt, if the challenge's rules let the candidate have one. Nothing of it stands yet.
pub async fn start(
    context: &Context,
    home: &Home,
    store: &Store,
    order: &Order<'_>,
) -> Result<Attempt, ExamError> {
    let booking = order.destination.as_ref().and_then(|one| one.booking.as_ref());
    let id = booking.map_or_else(|| AttemptId::draw(&context.random), |one| one.id.clone());
    let made = home.make_folder(&id).map_err(ExamError::file("cannot make", home.folder(&id)));
    let folder = made.inspect_err(|_| give_up(context, booking))?;
    let creation = Creation {
        candidate: order.candidate.clone(),
        challenge: order.challenge.id.clone(),
        release: order.challenge.release.clone(),
        definition: order.files.digest(),
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        seed: order.seed,
        region: order.region.clone(),
        mode: order.mode,
        trust: order.trust,
        allowance: Allowance {
            base: order.base.unwrap_or_default(),
            extra: order.extra,
            unlimited: order.base.is_none(),
        },
        asks_only: !order.challenge.has_scenario(),
        target: order.destination.as_ref().map(|one| one.whereabouts.clone()),
    };
    let time = context.clock.reading();
    let now = time.wall;
    let rules = order.challenge.policies.retake;
    let entrance = order.destination.as_ref().map_or(Ok(()), |one| save_entrance(&folder, &one.entrance));
    let saved = entrance.and_then(|()| save_challenge(&folder, order.files));
    let may = |past: &[_]| match order.mode {
        Mode::Exam => may_start(&rules, past, now),
        Mode::Practice => Ok(()),
    };
    let created = match saved {
        Ok(()) => store.create(&id, time, &order.candidate, &creation, may).await.map_err(ExamError::from),
        Err(error) => Err(error),
    };
    if created.is_err() {
        // Nothing refers to it.
        let _ = std::fs::remove_dir_all(&folder);
        give_up(context, booking);
    }
    created
}

fn give_up(context: &Context, booking: Option<&Booking>) {
    if let Some(booking) = booking {
        booking.cancel(context);
    }
}
