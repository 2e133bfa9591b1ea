use super::{ExamError, Host, failpoint, leftovers};
use crate::attempt::State;
use crate::target::{PoolError, Turn};

/// How an attempt takes an account that others use too, and hands it over to them. Each of these can be done twice.
impl Host {
    /// Makes sure that the account is this attempt's, before anything is made in it. It is so since `start`, unless a person took it away.
    pub(super) fn hold(&self, account: &str) -> Result<(), ExamError> {
        self.pool.enter(&[account.to_owned()], self.id.as_str(), None, self.context.clock.now())?;
        Ok(())
    }

    /// Gives an account back in which nothing was made.
    pub(super) fn leave_untouched(&self) -> Result<(), ExamError> {
        match &self.target {
            Some(target) => self.leave(&target.account, Vec::new()).map(drop),
            None => Ok(()),
        }
    }

    /// Looks through an account with another inventory than the list of what was made, and gives it back if it is empty. If not, it is set aside,
    /// and whoever asked is told what is left.
    pub(super) async fn hand_over(&self, state: State) -> Result<(), ExamError> {
        if self.entrance.is_none() {
            return Ok(());
        }
        let (_, entered) = self.enter().await?;
        let account = &entered.lease.account;
        let Some(permit) = &entered.permit else {
            let unseen =
                "nobody looked whether it is empty: it was taken off the list of accounts".to_owned();
            return self.leave(account, vec![unseen]).map(drop);
        };
        match self.hold(account) {
            // A process that died after it had given it back, and a person who cleared it, let others in: nobody may come while it is looked through.
            Ok(()) | Err(ExamError::Turn(PoolError::Taken(_, Turn::Quarantined { .. }))) => {}
            // What is in it now is theirs.
            Err(ExamError::Turn(PoolError::Taken(_, turn))) => {
                tracing::info!(account, %turn, "not looked through");
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        let left = leftovers(&entered.lease, &permit.regions, &permit.kept()).await;
        failpoint::reach(&self.context.environment, &format!("looked:{state}"));
        self.leave(account, left.clone())?;
        if left.is_empty() { Ok(()) } else { Err(ExamError::Left { account: account.clone(), left }) }
    }

    fn leave(&self, account: &str, left: Vec<String>) -> Result<Turn, ExamError> {
        Ok(self.pool.leave(account, self.id.as_str(), left, self.context.clock.now())?)
    }
}
