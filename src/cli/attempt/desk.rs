use clap::Args;

use super::super::{Failure, accounts, catalogue, standing};
use crate::attempt::{Attempt, AttemptId, Home, Refusal, State, Store, StoreError};
use crate::context::Context;
use crate::exam::ExamError;
use crate::text;

/// The attempt that is meant.
#[derive(Debug, Clone, Args)]
pub(crate) struct Chosen {
    /// The attempt's id [default: the last one that has not ended; where there is none, the last one]
    pub(super) attempt: Option<AttemptId>,
}

/// Where attempts are asked for.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) home: Home,
    pub(super) store: Store,
}

impl Desk {
    pub(super) async fn open(context: &Context) -> Result<Self, Failure> {
        let root = context.environment.state_dir();
        let home = Home::open(root.clone()).map_err(|error| {
            Failure::environment(format!("cannot use the folder {}: {error}", root.display()))
                .hint("XDG_STATE_HOME names another folder")
        })?;
        let store = Store::open(&home).await.map_err(|error| stored(&error))?;
        Ok(Self { home, store })
    }

    pub(super) async fn find(&self, chosen: &Chosen) -> Result<Attempt, Failure> {
        let id = if let Some(id) = &chosen.attempt {
            id.clone()
        } else {
            let attempts = self.store.list().await.map_err(|error| stored(&error))?;
            let going = attempts.iter().rev().find(|attempt| !attempt.state.is_over());
            let last = going.or(attempts.last()).map(|attempt| attempt.id.clone());
            last.ok_or_else(|| {
                Failure::usage("there is no attempt yet").hint("`proofmark start CHALLENGE` begins one")
            })?
        };
        self.store.load(&id).await.map_err(|error| stored(&error))
    }

    /// Whether a process drives an attempt now.
    pub(super) fn is_driven(&self, attempt: &Attempt) -> bool {
        matches!(self.home.claim(&attempt.id), Ok(None))
    }
}

/// Tells why the store did not do what it was asked.
pub(super) fn stored(error: &StoreError) -> Failure {
    match error {
        StoreError::Unknown(_) => {
            Failure::usage(error.to_string()).hint("`proofmark list --attempts` shows those that there are")
        }
        StoreError::NotNow(not_now) => {
            let told = Failure::usage(error.to_string());
            match not_now.is {
                State::Void => told,
                State::Graded | State::Released => told.hint("`proofmark report` shows its result"),
                _ => told.hint("`proofmark status` shows how it stands"),
            }
        }
        StoreError::Refused(Refusal::Going(id)) => Failure::usage(error.to_string())
            .hint(format!("`proofmark resume {id}` goes on with it, `proofmark submit {id}` hands it in"))
            .hint("`--practice` is always possible"),
        StoreError::Refused(_) => Failure::usage(error.to_string()).hint("`--practice` is always possible"),
        StoreError::Damaged(..) => Failure::environment(error.to_string())
            .hint("`proofmark audit` names the first entry that is broken"),
        StoreError::Locked(_) => Failure::environment(error.to_string()).hint("try again when it is done"),
        StoreError::Full(..) => Failure::environment(error.to_string())
            .hint("make room; nothing that was written is lost, and `proofmark resume` goes on from it"),
        StoreError::Unusable(..) => {
            Failure::environment(error.to_string()).hint("XDG_STATE_HOME names another folder")
        }
    }
}

/// Tells why an attempt did not go on.
pub(super) fn stuck(context: &Context, error: &ExamError) -> Failure {
    match error {
        ExamError::Store(error) => stored(error),
        ExamError::NotStanding(failure) => standing::not_standing(context, failure),
        ExamError::Driven => Failure::usage(error.to_string()).hint("`proofmark status` shows how it stands"),
        ExamError::Challenge(_) | ExamError::Archive(_) => Failure::environment(error.to_string()),
        ExamError::Closed(_) => Failure::environment(error.to_string())
            .hint("the keys at hand must be the host's, as they were at `start`; `proofmark resume` goes on with them"),
        ExamError::Left { account, left } => {
            let count = text::count(left.len(), "thing");
            let told = format!("the stack is deleted, and account {account} is not empty and set aside: {count} left");
            let told = left.iter().fold(Failure::environment(told), |told, line| told.hint(line.clone()));
            told.hint(format!(
                "delete them; `proofmark resume` looks again, and `proofmark accounts clear {account}` lets others in"
            ))
        }
        ExamError::Turn(problem) => accounts::told(problem),
        ExamError::Internal(_) => Failure::internal(error.to_string()),
        ExamError::Place(_) | ExamError::Standing(_) | ExamError::Target(_) | ExamError::NotReady(_) | ExamError::File { .. } => {
            Failure::environment(error.to_string()).hint("`proofmark resume` goes on from what is written")
        }
    }
}

/// Reads an accommodation: `25%` as 2,500 hundredths of a percent.
pub(super) fn percent(text: &str) -> Result<u32, String> {
    let wrong = || format!("`{text}` is not a share such as 25%");
    let number = text.strip_suffix('%').ok_or_else(wrong)?;
    let value: u32 = number.parse().map_err(|_| wrong())?;
    if value > 1_000 {
        Err("more than ten times the time is no accommodation".to_owned())
    } else {
        Ok(value * 100)
    }
}

/// Who acts, by the environment, where nobody is named.
pub(super) fn whoever(context: &Context, named: Option<&String>) -> String {
    let user = || context.environment.get("USER").map(str::to_owned);
    named.cloned().or_else(user).unwrap_or_else(|| "candidate".to_owned())
}

/// Loads the challenge that an attempt was begun with, or the one that is in the catalogue now.
pub(super) fn current(
    context: &Context,
    challenges: &std::path::Path,
    name: &str,
) -> Result<(crate::source::FileTree, crate::challenge::Challenge), Failure> {
    let folder = catalogue::find(challenges, name)?;
    let files = catalogue::read(&folder)?;
    let challenge = catalogue::load(context, &folder)?;
    Ok((files, challenge))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accommodation_is_a_share() {
        assert_eq!(percent("25%"), Ok(2_500));
        assert_eq!(percent("0%"), Ok(0));
        for text in ["25", "%", "-5%", "2.5%", "5000%", "x%"] {
            assert!(percent(text).is_err(), "{text}");
        }
    }
}
