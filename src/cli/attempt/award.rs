use clap::Args;

use super::super::Failure;
use super::super::run::block_on;
use super::cohort::taken;
use super::desk::{Chosen, Desk, stored, stuck};
use crate::attempt::{Attempt, AttemptId, Event, Mode, State, Trust, counting, person};
use crate::challenge::Counts;
use crate::context::Context;
use crate::credential::{Award, AwardedChallenge, Digests, Recipient, Setting};
use crate::exam::{load_archive, load_scorecard};

/// Whom the credential of an attempt is for. An id or an e-mail address at least.
#[derive(Debug, Args)]
pub(crate) struct Earner {
    /// A DID or another URI of whoever earned it
    #[arg(long = "earner", value_name = "URI")]
    id: Option<String>,

    /// E-mail address of whoever earned it; it goes out hashed only
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,

    /// The name that the credential shows, where the earner wants one shown
    #[arg(long, value_name = "NAME")]
    named: Option<String>,
}

/// Where the latest attempt counts, an earlier one earns nothing.
async fn counts(desk: &Desk, attempt: &Attempt, rule: Counts) -> Result<(), Failure> {
    if rule != Counts::Latest || attempt.creation.mode != Mode::Exam {
        return Ok(());
    }
    let mut all = Vec::new();
    for one in desk.store.list().await.map_err(|error| stored(&error))? {
        let same = one.challenge == attempt.creation.challenge
            && person(&one.candidate) == person(&attempt.creation.candidate);
        if same && one.mode == Mode::Exam && one.result.is_some() && one.state != State::Void {
            all.push(taken(&desk.store.load(&one.id).await.map_err(|error| stored(&error))?));
        }
    }
    match counting(rule, &all) {
        Some(one) if one.id != attempt.id => {
            let told = format!("the attempt {} counts, which came after {}", one.id, attempt.id);
            Err(Failure::usage(told).hint("the challenge says `counts: latest`"))
        }
        _ => Ok(()),
    }
}

/// Tells of a graded attempt what a credential says of it.
pub(crate) fn award(context: &Context, id: &AttemptId, earner: &Earner) -> Result<Award, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&Chosen { attempt: Some(id.clone()) }).await?;
        let (Some(outcome), false) = (&attempt.outcome, attempt.state == State::Void) else {
            return Err(Failure::usage(format!("the attempt {id} is {}, and has no result", attempt.state)));
        };
        let archive = load_archive(&desk.home, &attempt).map_err(|error| stuck(context, &error))?;
        let scorecard = load_scorecard(&desk.home, &attempt).map_err(|error| stuck(context, &error))?;
        let evidence = archive.evidence.digest().map_err(|error| Failure::internal(error.to_string()))?;
        let started = attempt.time_of(|event| matches!(event, Event::Finished { state: State::Running, .. }));
        let ended = attempt.time_of(|event| matches!(event, Event::Begun { state: State::Frozen, .. }));
        let (Some(started), Some(submitted)) = (started, ended) else {
            return Err(Failure::environment(format!(
                "the ledger of {id} does not tell when it began and ended"
            )));
        };
        let challenge = crate::challenge::Challenge::load(&archive.challenge).map_err(|_| {
            Failure::environment("the challenge in the archive is not valid for this release")
        })?;
        counts(&desk, &attempt, challenge.policies.counts).await?;
        let tasks: Vec<&str> = scorecard.tasks.iter().map(|task| task.title.as_str()).collect();
        let minutes =
            |time: std::time::Duration| u32::try_from(time.as_secs().div_ceil(60)).unwrap_or(u32::MAX);
        let used = attempt.reckon(&context.clock.reading());
        // What was lost and given back was not worked in.
        let credited: std::time::Duration = attempt
            .ledger
            .entries
            .iter()
            .filter_map(|entry| match &entry.facts.event {
                Event::Credited { given, .. } => Some(*given),
                _ => None,
            })
            .sum();
        Ok(Award {
            attempt: id.to_string(),
            setting: match (attempt.creation.mode, attempt.creation.trust) {
                (Mode::Exam, Trust::Issuer) => Setting::Assessed,
                _ => Setting::Practice,
            },
            recipient: Recipient {
                id: earner.id.clone(),
                name: earner.named.clone(),
                email: earner.email.clone(),
            },
            challenge: AwardedChallenge {
                description: format!("{}: {}.", scorecard.title, tasks.join("; ")),
                minutes_allowed: minutes(attempt.creation.allowance.base),
                questions_only: attempt.creation.asks_only,
            },
            started,
            submitted,
            minutes_used: minutes(used.map(|time| time.used).unwrap_or_default().saturating_sub(credited)),
            validity: challenge.policies.validity.map(crate::challenge::Validity::iso),
            digests: Digests {
                rubric: outcome.definition.clone(),
                evidence,
                ledger: attempt.ledger.head().to_owned(),
            },
            scorecard,
        })
    })
}
