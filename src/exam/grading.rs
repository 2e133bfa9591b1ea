use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use super::code::standing;
use super::footing::Footing;
use super::keeping::{archive_path, variant};
use super::scenario::variables;
use super::{ExamError, Host};
use crate::attempt::{Archive, Attempt, Code, Event, Outcome, State, Store, without_secrets, write_private};
use crate::context::Context;
use crate::evaluate::evaluate;
use crate::evidence::{AuditLog, Evidence, Inspection, digest};
use crate::grade::{Doors, Extent, History, Job, Limits, Opening, grade, grade_answers};
use crate::score::score_less_hints;
use crate::target::Lease;

const INSPECTION: &str = "inspection.json";

impl Host {
    /// Grades what stands frozen: first everything is inspected, then the doors are opened for probes. What was seen is kept without
    /// secrets, and the grade is computed from what is kept.
    pub(super) async fn grade(&mut self, attempt: &Attempt) -> Result<(), ExamError> {
        self.begun(State::Graded, None).await?;
        if attempt.state == State::Graded && attempt.outcome.is_some() {
            // It was written before the process ended.
            return self.finished(State::Graded, String::new()).await;
        }
        let Seen { evidence, audit, code } =
            if self.challenge.has_scenario() { self.see(attempt).await? } else { self.answered(attempt)? };
        let verdicts = evaluate(&self.challenge, &evidence);
        let scorecard = score_less_hints(&self.challenge, &verdicts, &evidence.hints);
        let archive = Archive {
            attempt: self.id.clone(),
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            evidence,
            answers: attempt.answers.clone(),
            audit,
            code,
            verdicts,
            scorecard,
            ledger: Vec::from(&self.patiently(None).await?.ledger),
            challenge: self.files.clone(),
        };
        let (bytes, name) = archive.pack().map_err(ExamError::file("cannot pack", self.folder.clone()))?;
        let path = archive_path(&self.folder, &name);
        write_private(&path, &bytes).map_err(ExamError::file("cannot write", path))?;
        let card = &archive.scorecard;
        let outcome = Outcome {
            result: card.result,
            low: card.score.low.0,
            high: card.score.high.0,
            points: card.points.0,
            definition: attempt.creation.definition.clone(),
            scorecard: digest(&serde_json::to_value(card)?),
        };
        self.patiently(Some(Event::Graded { outcome, archive: name })).await?;
        // What it was needed for is done; the archive holds it without secrets.
        let _ = std::fs::remove_file(self.folder.join(INSPECTION));
        self.finished(State::Graded, String::new()).await
    }

    /// Looks at what stands frozen, first everything by inspection, then what probes do.
    async fn see(&mut self, attempt: &Attempt) -> Result<Seen, ExamError> {
        let footing = self.stand().await?;
        footing.shut().await?;
        let (ground, lease) = (&footing.ground, footing.grader().await?);
        let doors = Opener {
            context: self.context.clone(),
            store: self.store.clone(),
            attempt: attempt.clone(),
            footing: footing.clone(),
            grader: lease.clone(),
            path: self.folder.join(INSPECTION),
            code: Mutex::default(),
        };
        let doors = Arc::new(doors);
        let graded = grade(Job {
            challenge: Arc::clone(&self.challenge),
            lease: lease.clone(),
            stack: ground.stack.clone(),
            variables: variables(&lease, &ground.stack),
            seed: attempt.creation.seed,
            history: History {
                before: ground.before.clone(),
                answers: self.challenge.answers_of(&attempt.answers),
                hints: attempt.hints.clone(),
                variant: Some(variant(attempt)),
            },
            clock: Arc::clone(&self.context.clock),
            limits: Limits::default(),
            listener: self.listener.grading(),
            opening: Opening { inspection: self.inspected(attempt), doors: Some(doors.clone()) },
            extent: Extent::Whole,
        })
        .await;
        footing.shut().await?;
        let audit = footing.audit_log().await;
        let secrets = ground.secrets();
        let evidence = without_secrets(&graded.evidence, &secrets)?;
        let audit = audit.map(|audit| without_secrets(&audit, &secrets)).transpose()?;
        let code = std::mem::take(&mut *doors.code.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Seen { evidence, audit, code: without_secrets(&code, &secrets)? })
    }

    /// Where nothing stands, the answers are all there is.
    fn answered(&self, attempt: &Attempt) -> Result<Seen, ExamError> {
        let history = History {
            before: None,
            answers: self.challenge.answers_of(&attempt.answers),
            hints: attempt.hints.clone(),
            variant: Some(variant(attempt)),
        };
        let graded = grade_answers(&self.challenge, history, attempt.creation.seed);
        Ok(Seen { evidence: without_secrets(&graded.evidence, &[])?, audit: None, code: Code::new() })
    }

    /// Returns what an earlier try at this grade inspected, if it is what the ledger says.
    fn inspected(&self, attempt: &Attempt) -> Option<Inspection> {
        let wanted = attempt.inspected.as_ref()?;
        let text = std::fs::read(self.folder.join(INSPECTION)).ok()?;
        let value: serde_json::Value = serde_json::from_slice(&text).ok()?;
        (digest(&value) == *wanted).then(|| serde_json::from_value(value).ok()).flatten()
    }
}

/// What a grade is computed from, without secrets, and what is kept beside it.
struct Seen {
    evidence: Evidence,
    audit: Option<AuditLog>,
    code: Code,
}

/// Keeps the inspection, and only then lets probes in.
struct Opener {
    context: Context,
    store: Store,
    attempt: Attempt,
    footing: Footing,
    grader: Lease,
    path: std::path::PathBuf,
    /// The functions' code, as it was before probes could change it.
    code: Mutex<Code>,
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener").field("footing", &self.footing).finish_non_exhaustive()
    }
}

impl Opener {
    async fn keep(&self, inspection: &Inspection) -> Result<(), String> {
        let value = serde_json::to_value(inspection).map_err(|error| error.to_string())?;
        let digest = digest(&value);
        if self.attempt.inspected.as_ref() == Some(&digest) {
            return Ok(());
        }
        let written = write_private(&self.path, value.to_string().as_bytes());
        written.map_err(|error| format!("the inspection cannot be kept: {error}"))?;
        let now = self.context.clock.reading();
        let noted =
            self.store.append(&self.attempt.id, now, super::host::HOST, Event::Inspected { digest }).await;
        noted.map(drop).map_err(|error| error.to_string())
    }
}

impl Doors for Opener {
    fn open<'a>(
        &'a self,
        inspection: &'a Inspection,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>> {
        Box::pin(async move {
            self.keep(inspection).await?;
            let opened = self.footing.probe(self.context.clock.now()).await;
            opened.map_err(|failure| failure.to_string())?;
            // Packages are fetched like anything that functions serve; no probe was made yet.
            let code = standing(&self.grader.clients, inspection).await;
            *self.code.lock().unwrap_or_else(PoisonError::into_inner) = code;
            Ok(())
        })
    }
}
