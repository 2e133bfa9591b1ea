use std::sync::Arc;

use super::*;
use crate::attempt::attempt::tests::{created, id};
use crate::attempt::{Creation, Event, Home, Ledger, Past, Refusal, State};
use crate::context::{Clock as _, ManualClock};

fn creation() -> Creation {
    let Event::Created(creation) = created() else { panic!() };
    creation
}

fn clock() -> ManualClock {
    ManualClock::at("2026-01-01T09:00:00Z".parse().unwrap())
}

#[expect(clippy::unnecessary_wraps, reason = "rules for retakes may refuse")]
fn anybody(_: &[Past]) -> Result<(), Refusal> {
    Ok(())
}

async fn opened(folder: &tempfile::TempDir) -> (Home, Store) {
    let home = Home::open(folder.path().join("home")).unwrap();
    let store = Store::open(&home).await.unwrap();
    (home, store)
}

#[tokio::test]
async fn what_was_appended_is_there_after_the_next_opening_and_sound() {
    let folder = tempfile::tempdir().unwrap();
    let (home, store) = opened(&folder).await;
    let clock = clock();
    store.create(&id(), clock.reading(), "ada", &creation(), anybody).await.unwrap();
    let begun = Event::Begun { state: State::Provisioning, reason: None, why: String::new() };
    store.append(&id(), clock.reading(), "host", begun).await.unwrap();
    store.beat(&id(), &clock.reading()).await.unwrap();
    drop(store);
    let store = Store::open(&home).await.unwrap();
    let attempt = store.load(&id()).await.unwrap();
    assert_eq!((attempt.state, attempt.settled), (State::Provisioning, false));
    assert_eq!(attempt.ledger.verify(&id()), Ok(()));
    assert_eq!(store.length(&id()).await.unwrap(), 2);
    assert_eq!(store.last_beat(&id()).await.unwrap(), Some(clock.reading()));
    let listed = store.list().await.unwrap();
    assert_eq!(
        (listed.len(), listed[0].state, listed[0].candidate.as_str()),
        (1, State::Provisioning, "ada")
    );
    let (rows, head) = store.ledger(&id()).await.unwrap();
    assert_eq!(head, rows[1].1);
    assert_eq!(rows, Vec::from(&attempt.ledger));
}

#[tokio::test]
async fn an_event_that_may_not_happen_leaves_the_ledger_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (_home, store) = opened(&folder).await;
    let clock = clock();
    store.create(&id(), clock.reading(), "ada", &creation(), anybody).await.unwrap();
    let refused = store.append(&id(), clock.reading(), "ada", Event::Submitted).await.unwrap_err();
    assert!(matches!(refused, StoreError::NotNow(_)), "{refused}");
    assert_eq!(store.length(&id()).await.unwrap(), 1);
    let other = "a-2222222222".parse().unwrap();
    assert!(matches!(store.load(&other).await, Err(StoreError::Unknown(_))));
    assert!(matches!(
        store.append(&other, clock.reading(), "x", Event::Resumed).await,
        Err(StoreError::Unknown(_))
    ));
}

#[tokio::test]
async fn of_two_that_start_at_once_the_rules_see_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let (_home, store) = opened(&folder).await;
    let once = |past: &[Past]| match past.first() {
        Some(past) => Err(Refusal::Going(past.id.clone())),
        None => Ok(()),
    };
    let store = Arc::new(store);
    let ids = ["a-2222222222", "a-3333333333", "a-4444444444", "a-5555555555"];
    let tries = ids.map(|id| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            store.create(&id.parse().unwrap(), clock().reading(), "ada", &creation(), once).await
        })
    });
    let mut made = 0;
    for one in tries {
        made += usize::from(one.await.unwrap().is_ok());
    }
    assert_eq!(made, 1);
}

#[tokio::test]
async fn appends_of_many_at_once_are_a_chain_without_gaps() {
    let folder = tempfile::tempdir().unwrap();
    let (home, store) = opened(&folder).await;
    store.create(&id(), clock().reading(), "ada", &creation(), anybody).await.unwrap();
    let other = Store::open(&home).await.unwrap();
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let store = if number % 2 == 0 { store.clone() } else { other.clone() };
            tokio::spawn(async move {
                store.append(&id(), clock().reading(), "host", Event::Resumed).await.map(drop)
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let attempt = store.load(&id()).await.unwrap();
    assert_eq!(attempt.ledger.entries.len(), 21);
    assert_eq!(attempt.ledger.verify(&id()), Ok(()));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(folder.path().join("home")).unwrap();
    std::fs::write(home.database(), "not a database, but long enough to be looked at as one".repeat(20))
        .unwrap();
    let told = Store::open(&home).await.unwrap_err();
    assert!(matches!(told, StoreError::Unusable(..)), "{told}");
    assert!(told.to_string().contains("attempts.db"), "{told}");
}

#[tokio::test]
async fn a_ledger_that_was_changed_behind_our_back_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let (home, store) = opened(&folder).await;
    let clock = clock();
    store.create(&id(), clock.reading(), "ada", &creation(), anybody).await.unwrap();
    for _ in 0..3 {
        store.append(&id(), clock.reading(), "host", Event::Resumed).await.unwrap();
    }
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(home.database());
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::query("UPDATE entries SET body = replace(body, 'host', 'hoax') WHERE number = 2")
        .execute(&pool)
        .await
        .unwrap();
    let attempt = store.load(&id()).await.unwrap();
    assert_eq!(attempt.ledger.verify(&id()).unwrap_err().number, 2);
    sqlx::query("DELETE FROM entries WHERE number = 3").execute(&pool).await.unwrap();
    let (rows, head) = store.ledger(&id()).await.unwrap();
    assert_ne!(rows.last().map(|(_, hash)| hash.as_str()), Some(head.as_str()), "the list knows the end");
    assert_eq!(Ledger::default().head(), "");
}
