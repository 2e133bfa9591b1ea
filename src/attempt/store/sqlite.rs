use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row as _, Sqlite, SqlitePool, Transaction};

use super::StoreError;
use crate::attempt::{
    Attempt, AttemptId, Creation, Entry, Event, Home, Ledger, Mode, Past, Refusal, State, person,
};
use crate::context::Reading;
use crate::score;

/// How long a call waits for another program that writes.
const PATIENCE: Duration = Duration::from_secs(10);

/// The ledgers of all attempts.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
    path: PathBuf,
}

/// An attempt in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub id: AttemptId,
    pub candidate: String,
    pub challenge: String,
    pub mode: Mode,
    pub state: State,
    pub settled: bool,
    pub result: Option<score::Result>,
    pub created: Timestamp,
    pub changed: Timestamp,
}

/// The last sign of life of whoever drove an attempt.
pub type Alive = Reading;

impl Store {
    /// Opens the store, and brings it to the form that this program knows.
    pub async fn open(home: &Home) -> Result<Self, StoreError> {
        let path = home.database();
        let unusable = |words: String| StoreError::Unusable(path.clone(), words);
        // WAL, so that readers never wait; FULL, so that what was committed is on disk: https://www.sqlite.org/pragma.html#pragma_synchronous
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        // Two programs that make the file at the same time would trip over each other.
        let alone = home.alone().map_err(|error| unusable(error.to_string()))?;
        let pool = SqlitePoolOptions::new()
            .max_connections(2)
            .acquire_timeout(PATIENCE)
            .connect_with(options)
            .await
            .map_err(|error| StoreError::of(path.clone(), &error))?;
        sqlx::migrate!("src/attempt/migrations").run(&pool).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::Execute(error) => StoreError::of(path.clone(), &error),
            other => unusable(other.to_string()),
        })?;
        drop(alone);
        Ok(Self { pool, path })
    }

    /// Notes a new attempt, if `may` says that its candidate may have one; nobody else can come in between.
    pub async fn create(
        &self,
        id: &AttemptId,
        time: Reading,
        by: &str,
        creation: &Creation,
        may: impl FnOnce(&[Past]) -> Result<(), Refusal> + Send,
    ) -> Result<Attempt, StoreError> {
        let mut transaction = self.begin().await?;
        let past = self.past(&mut transaction, creation).await?;
        may(&past)?;
        let entry = Ledger::default()
            .next(id, time, by, Event::Created(creation.clone()))
            .map_err(|error| StoreError::Damaged(id.clone(), error.to_string()))?;
        let mode = mode_name(creation.mode);
        let now = entry.facts.time.wall.to_string();
        sqlx::query(
            "INSERT INTO attempts (id, candidate, challenge, mode, state, settled, created, changed, entries, head) \
             VALUES (?, ?, ?, ?, 'created', 1, ?, ?, 0, '')",
        )
        .bind(id.as_str())
        .bind(&creation.candidate)
        .bind(&creation.challenge)
        .bind(mode)
        .bind(&now)
        .bind(&now)
        .execute(&mut *transaction)
        .await
        .map_err(|error| self.trouble(&error))?;
        let attempt = self.add(&mut transaction, id, Ledger::default(), entry).await?;
        transaction.commit().await.map_err(|error| self.trouble(&error))?;
        Ok(attempt)
    }

    /// Adds an entry to a ledger, if the attempt is such that it may; returns the attempt as it is then.
    pub async fn append(
        &self,
        id: &AttemptId,
        time: Reading,
        by: &str,
        event: Event,
    ) -> Result<Attempt, StoreError> {
        let mut transaction = self.begin().await?;
        let attempt = self.read(&mut transaction, id).await?;
        attempt.allows(&event)?;
        let entry = attempt
            .ledger
            .next(id, time, by, event)
            .map_err(|error| StoreError::Damaged(id.clone(), error.to_string()))?;
        let attempt = self.add(&mut transaction, id, attempt.ledger, entry).await?;
        transaction.commit().await.map_err(|error| self.trouble(&error))?;
        Ok(attempt)
    }

    /// Reads an attempt.
    pub async fn load(&self, id: &AttemptId) -> Result<Attempt, StoreError> {
        let mut transaction = self.pool.begin().await.map_err(|error| self.trouble(&error))?;
        self.read(&mut transaction, id).await
    }

    /// Reads a ledger as it is stored, sound or not; the hash that the list has of its end comes with it.
    pub async fn ledger(&self, id: &AttemptId) -> Result<(Vec<(String, String)>, String), StoreError> {
        let mut transaction = self.pool.begin().await.map_err(|error| self.trouble(&error))?;
        let head = sqlx::query("SELECT head FROM attempts WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(|error| self.trouble(&error))?
            .ok_or_else(|| StoreError::Unknown(id.clone()))?;
        let rows = self.rows(&mut transaction, id).await?;
        Ok((rows, head.get(0)))
    }

    /// Returns how many entries a ledger has: a cheap way to see whether something happened.
    pub async fn length(&self, id: &AttemptId) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT entries FROM attempts WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| self.trouble(&error))?;
        let row = row.ok_or_else(|| StoreError::Unknown(id.clone()))?;
        Ok(u64::try_from(row.get::<i64, _>(0)).unwrap_or_default())
    }

    /// Returns all attempts, oldest first.
    pub async fn list(&self) -> Result<Vec<Summary>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, candidate, challenge, mode, state, settled, result, created, changed FROM attempts ORDER BY created, id",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.trouble(&error))?;
        rows.iter().map(|row| self.summary(row)).collect()
    }

    /// Notes a sign of life.
    pub async fn beat(&self, id: &AttemptId, now: &Reading) -> Result<(), StoreError> {
        let text =
            serde_json::to_string(now).map_err(|error| StoreError::Damaged(id.clone(), error.to_string()))?;
        sqlx::query("INSERT INTO alive (attempt, reading) VALUES (?, ?) ON CONFLICT (attempt) DO UPDATE SET reading = excluded.reading")
            .bind(id.as_str())
            .bind(text)
            .execute(&self.pool)
            .await
            .map_err(|error| self.trouble(&error))?;
        Ok(())
    }

    /// Returns the last sign of life, if there was one.
    pub async fn last_beat(&self, id: &AttemptId) -> Result<Option<Alive>, StoreError> {
        let row = sqlx::query("SELECT reading FROM alive WHERE attempt = ?")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| self.trouble(&error))?;
        Ok(row.and_then(|row| serde_json::from_str(row.get(0)).ok()))
    }

    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        // At once: a transaction that reads first and writes later is refused when another one wrote in between.
        self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(|error| self.trouble(&error))
    }

    async fn rows(
        &self,
        transaction: &mut Transaction<'static, Sqlite>,
        id: &AttemptId,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let rows = sqlx::query("SELECT body, hash FROM entries WHERE attempt = ? ORDER BY number")
            .bind(id.as_str())
            .fetch_all(&mut **transaction)
            .await
            .map_err(|error| self.trouble(&error))?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    async fn read(
        &self,
        transaction: &mut Transaction<'static, Sqlite>,
        id: &AttemptId,
    ) -> Result<Attempt, StoreError> {
        let rows = self.rows(transaction, id).await?;
        if rows.is_empty() {
            return Err(StoreError::Unknown(id.clone()));
        }
        let entries: Result<Vec<Entry>, _> =
            rows.into_iter().map(|(body, hash)| Entry::read(body, hash)).collect();
        let entries = entries.map_err(|error| StoreError::Damaged(id.clone(), error.to_string()))?;
        Attempt::of(id.clone(), Ledger { entries })
            .ok_or_else(|| StoreError::Damaged(id.clone(), "it does not begin with its creation".to_owned()))
    }

    async fn add(
        &self,
        transaction: &mut Transaction<'static, Sqlite>,
        id: &AttemptId,
        mut ledger: Ledger,
        entry: Entry,
    ) -> Result<Attempt, StoreError> {
        let number = i64::try_from(entry.facts.number).unwrap_or(i64::MAX);
        sqlx::query("INSERT INTO entries (attempt, number, body, hash) VALUES (?, ?, ?, ?)")
            .bind(id.as_str())
            .bind(number)
            .bind(&entry.body)
            .bind(&entry.hash)
            .execute(&mut **transaction)
            .await
            .map_err(|error| self.trouble(&error))?;
        ledger.entries.push(entry);
        let attempt = Attempt::of(id.clone(), ledger).ok_or_else(|| {
            StoreError::Damaged(id.clone(), "it does not begin with its creation".to_owned())
        })?;
        let changed = attempt.ledger.entries.last().map(|entry| entry.facts.time.wall.to_string());
        sqlx::query(
            "UPDATE attempts SET state = ?, settled = ?, result = ?, changed = ?, entries = ?, head = ? WHERE id = ?",
        )
        .bind(attempt.state.name())
        .bind(attempt.settled)
        .bind(attempt.outcome.as_ref().map(|outcome| result_name(outcome.result)))
        .bind(changed)
        .bind(number + 1)
        .bind(attempt.ledger.head())
        .bind(id.as_str())
        .execute(&mut **transaction)
        .await
        .map_err(|error| self.trouble(&error))?;
        Ok(attempt)
    }

    /// Returns what the candidate of a new attempt did before at the same challenge, in earnest.
    async fn past(
        &self,
        transaction: &mut Transaction<'static, Sqlite>,
        creation: &Creation,
    ) -> Result<Vec<Past>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, candidate, challenge, mode, state, settled, result, created, changed FROM attempts \
             WHERE challenge = ? AND mode = 'exam'",
        )
        .bind(&creation.challenge)
        .fetch_all(&mut **transaction)
        .await
        .map_err(|error| self.trouble(&error))?;
        let mut past = Vec::new();
        for row in &rows {
            let Summary { id, candidate, state, result, .. } = self.summary(row)?;
            if person(&candidate) != person(&creation.candidate) {
                continue;
            }
            // When it was released, or graded anew, is of no interest.
            let attempt = self.read(transaction, &id).await?;
            let ended = attempt.time_of(|event| matches!(event, Event::Begun { state: State::Frozen, .. }));
            let first = attempt.ledger.entries.first().map(|entry| entry.facts.time.wall);
            let time = ended.or(first).unwrap_or(Timestamp::UNIX_EPOCH);
            past.push(Past { id, state, result, time });
        }
        Ok(past)
    }

    fn summary(&self, row: &sqlx::sqlite::SqliteRow) -> Result<Summary, StoreError> {
        let text = |at: usize| row.get::<String, _>(at);
        let damaged = |words: String| StoreError::Unusable(self.path.clone(), words);
        let time = |at: usize| text(at).parse::<Timestamp>().map_err(|error| damaged(error.to_string()));
        Ok(Summary {
            id: text(0).parse().map_err(damaged)?,
            candidate: text(1),
            challenge: text(2),
            mode: if text(3) == mode_name(Mode::Exam) { Mode::Exam } else { Mode::Practice },
            state: text(4).parse().map_err(damaged)?,
            settled: row.get(5),
            result: row.get::<Option<String>, _>(6).as_deref().and_then(result_of),
            created: time(7)?,
            changed: time(8)?,
        })
    }

    fn trouble(&self, error: &sqlx::Error) -> StoreError {
        StoreError::of(self.path.clone(), error)
    }
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Exam => "exam",
        Mode::Practice => "practice",
    }
}

const RESULTS: [(&str, score::Result); 3] = [
    ("passed", score::Result::Passed),
    ("failed", score::Result::Failed),
    ("provisional", score::Result::Provisional),
];

fn result_name(result: score::Result) -> &'static str {
    RESULTS.iter().find(|(_, one)| *one == result).map_or("", |(name, _)| name)
}

fn result_of(text: &str) -> Option<score::Result> {
    RESULTS.iter().find(|(name, _)| *name == text).map(|(_, result)| *result)
}
