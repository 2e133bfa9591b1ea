use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::{Durable, Keeper, Records};
use crate::sandbox::AccountId;

/// What a service had accepted and not handed on when the process ended: taken up again, item by item, when the state is opened.
struct Backlog<T, R> {
    /// What the records' keys begin with; that of the outbox.
    name: &'static str,
    resume: R,
    item: PhantomData<fn() -> T>,
}

/// Returns what hands each item that is kept under `name` to `resume`, once, when a state is opened again.
pub fn backlog<T, R>(name: &'static str, resume: R) -> Arc<dyn Durable>
where
    T: DeserializeOwned + 'static,
    R: Fn(T) + Send + Sync + 'static,
{
    Arc::new(Backlog { name, resume, item: PhantomData })
}

impl<T: DeserializeOwned, R: Fn(T) + Send + Sync> Durable for Backlog<T, R> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn restore(&self, _account: &AccountId, records: Records, keeper: &Keeper) -> Result<(), String> {
        // What is opened as evidence only is not to change.
        if !keeper.is_durable() {
            return Ok(());
        }
        // All are read before the first goes on: a state that cannot be read is left as it is.
        let items: Vec<T> = records
            .into_iter()
            .map(|(key, value)| serde_json::from_slice(&value).map_err(|error| format!("{key}: {error}")))
            .collect::<Result<_, String>>()?;
        items.into_iter().for_each(&self.resume);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// What was taken up of these records.
    fn taken_up(keeper: &Keeper, records: &[(&str, &str)]) -> (Vec<u32>, Result<(), String>) {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let to = Arc::clone(&taken);
        let backlog = backlog("numbers", move |number: u32| to.lock().unwrap().push(number));
        let account = AccountId::parse("123456789012").unwrap();
        let records = records.iter().map(|(key, value)| ((*key).to_owned(), value.as_bytes().to_vec()));
        let restored = backlog.restore(&account, records.collect(), keeper);
        (taken.lock().unwrap().clone(), restored)
    }

    #[test]
    fn what_was_kept_is_taken_up_again_or_said_to_be_unreadable() {
        let folder = tempfile::tempdir().unwrap();
        let (keeper, _) = Keeper::open(folder.path()).unwrap();
        assert_eq!(taken_up(&keeper, &[("a", "1"), ("b", "2")]), (vec![1, 2], Ok(())));
        let (taken, refused) = taken_up(&keeper, &[("a", "1"), ("b", "no number")]);
        assert!(taken.is_empty() && refused.unwrap_err().starts_with("b: "));
    }

    #[test]
    fn evidence_is_looked_at_and_not_gone_on_with() {
        assert_eq!(taken_up(&Keeper::in_memory(), &[("a", "1")]), (vec![], Ok(())));
    }
}
