use std::collections::BTreeMap;

use super::fault::no_stack;
use super::record::Record;
use crate::sandbox::{AccountId, Scope, ServiceError};

/// How many deleted stacks of a region can still be asked for; AWS keeps them for 90 days.
const MOST_GONE: usize = 200;

/// The stacks of all accounts and regions.
#[derive(Debug, Default)]
pub(super) struct State {
    /// By region and name.
    standing: BTreeMap<(Scope, String), Record>,
    /// Those that were deleted, oldest first.
    gone: BTreeMap<Scope, Vec<Record>>,
}

impl State {
    /// Finds a stack by its name, or by its id: a deleted one by its id only.
    pub(super) fn find(&self, scope: &Scope, name: &str) -> Result<&Record, ServiceError> {
        let plain = plain_name(name);
        let found = self.standing.get(&(scope.clone(), plain.to_owned()));
        let found = found.filter(|record| record.name == name || record.id == name);
        let gone = || self.gone.get(scope)?.iter().rfind(|record| record.id == name);
        found.or_else(gone).ok_or_else(|| no_stack(name))
    }

    /// Finds a stack that is there, to change it.
    pub(super) fn standing_mut(&mut self, scope: &Scope, name: &str) -> Result<&mut Record, ServiceError> {
        let found = self.standing.get_mut(&(scope.clone(), plain_name(name).to_owned()));
        found.filter(|record| record.name == name || record.id == name).ok_or_else(|| no_stack(name))
    }

    pub(super) fn insert(&mut self, scope: &Scope, record: Record) {
        self.standing.insert((scope.clone(), record.name.clone()), record);
    }

    /// Puts a stack among the deleted ones.
    pub(super) fn bury(&mut self, scope: &Scope, name: &str) {
        if let Some(record) = self.standing.remove(&(scope.clone(), name.to_owned())) {
            self.entomb(scope, record);
        }
    }

    pub(super) fn entomb(&mut self, scope: &Scope, record: Record) {
        let gone = self.gone.entry(scope.clone()).or_default();
        if gone.len() >= MOST_GONE {
            gone.remove(0);
        }
        gone.push(record);
    }

    /// Forgets a stack that was never more than looked at.
    pub(super) fn forget(&mut self, scope: &Scope, name: &str) {
        self.standing.remove(&(scope.clone(), name.to_owned()));
    }

    /// The stacks of a region that are there.
    pub(super) fn standing(&self, scope: &Scope) -> impl Iterator<Item = &Record> {
        self.standing.iter().filter(move |((own, _), _)| own == scope).map(|(_, record)| record)
    }

    pub(super) fn gone(&self, scope: &Scope) -> impl Iterator<Item = &Record> {
        self.gone.get(scope).into_iter().flatten()
    }

    /// Everything of an account, for whoever keeps it.
    pub(super) fn of_account<'a>(
        &'a self,
        account: &'a AccountId,
    ) -> impl Iterator<Item = (&'a Scope, &'a Record)> {
        let standing = self.standing.iter().map(|((scope, _), record)| (scope, record));
        let gone =
            self.gone.iter().flat_map(|(scope, records)| records.iter().map(move |record| (scope, record)));
        standing.chain(gone).filter(move |(scope, _)| scope.account == *account)
    }

    pub(super) fn reset(&mut self, account: Option<&AccountId>) {
        let stays = |scope: &Scope| account.is_some_and(|account| scope.account != *account);
        self.standing.retain(|(scope, _), _| stays(scope));
        self.gone.retain(|scope, _| stays(scope));
    }
}

/// Takes the name out of a stack's id.
fn plain_name(name: &str) -> &str {
    match name.strip_prefix("arn:") {
        Some(arn) => arn.split('/').nth(1).unwrap_or(name),
        None => name,
    }
}
