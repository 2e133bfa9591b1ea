use serde_json::Value;

use super::fidelity::doubted;
use super::role::{self, RoleAnswer};
use super::subject::{self, Sought};
use super::{Cause, Facts, Outcome, audit, group, unchanged};
use crate::challenge::{Check, Question, Subject, probe_digest};
use crate::evidence::{Inspection, Observation, Resource, Trouble, TroubleKind, redact};
use crate::matcher::{Mismatch, Values};

/// Evaluates one check by itself, without what it needs. `key` is `task/check`.
///
/// A probe without a transcript is undetermined, and so is what the target cannot represent.
pub fn evaluate_check(key: &str, check: &Check, facts: &Facts<'_>) -> Outcome {
    doubted(key, check, facts, as_seen(key, check, facts))
}

fn as_seen(key: &str, check: &Check, facts: &Facts<'_>) -> Outcome {
    let Facts { variables, inspection, transcripts, answers, .. } = *facts;
    match &check.subject {
        Subject::Group { kind, of } => return group::judge(key, *kind, of, facts),
        Subject::Question(question) => return answered(question, answers.of(key)),
        Subject::Unchanged(unchanged) => return unchanged::judge(unchanged, facts),
        Subject::Audit(query) => {
            return match audit::look(query, facts) {
                Observation::Seen(document) => compare(check, variables, &document),
                other => not_seen(other, "audit"),
            };
        }
        subject if !subject.is_probe() => {
            return match subject::look(subject, inspection) {
                Ok(sought) => compare_sought(check, variables, inspection, &sought),
                Err(unbound) => not_seen(unbound.observation(), check.subject.verb()),
            };
        }
        _ => {}
    }
    let Some(transcript) = transcripts.get(key) else {
        return undetermined(TroubleKind::Internal, "this check was not probed");
    };
    let mut all = variables.clone();
    all.extend(transcript.variables.clone());
    if transcript.probe != probe_digest(check, &all) {
        return undetermined(
            TroubleKind::Internal,
            "the probe of this check changed since the evidence was taken",
        );
    }
    match &transcript.observation {
        Observation::Seen(document) => compare(check, &all, document),
        other => not_seen(other.clone(), check.subject.verb()),
    }
}

fn answered(question: &Question, answer: Option<&[String]>) -> Outcome {
    match answer {
        None => Outcome::Fail { cause: Cause::Unanswered },
        Some(answer) if question.accepts(answer) => Outcome::Pass,
        Some(answer) => {
            let text = |id: &String| question.choices.get(id).unwrap_or(id).clone();
            let given = answer.iter().map(text).collect();
            Outcome::Fail {
                cause: Cause::Answered { given, right: question.right.iter().map(text).collect() },
            }
        }
    }
}

fn compare_sought(
    check: &Check,
    variables: &Values,
    inspection: &Inspection,
    sought: &Sought<'_>,
) -> Outcome {
    let gap = sought.resource.and_then(|resource| inspection.gap_of(resource));
    if let Some(gap) = gap {
        let message = format!("{} failed: {}", gap.operation, gap.trouble.message);
        return undetermined(gap.trouble.kind, &message);
    }
    let draft = |stage: &Resource| stage.attributes["live"]["source"] == "draft";
    if matches!(check.subject, Subject::Route { .. }) && sought.resource.is_some_and(draft) {
        let message = "this target does not tell what the deployment of a stage holds";
        return undetermined(TroubleKind::Unsupported, message);
    }
    if let (Some(expected), Some(role)) = (&check.role, sought.resource) {
        match role::ask(expected, role, &inspection.region, variables) {
            Ok(RoleAnswer { lacks, exceeds }) if lacks.is_empty() && exceeds.is_empty() => {}
            Ok(RoleAnswer { lacks, exceeds }) => {
                return Outcome::Fail { cause: Cause::Permissions { lacks, exceeds } };
            }
            Err(trouble) => return Outcome::Undetermined { trouble },
        }
    }
    compare(check, variables, &sought.document)
}

fn compare(check: &Check, variables: &Values, document: &Value) -> Outcome {
    let expect = match check.expect.filled(variables) {
        Ok(expect) => expect,
        Err(error) => return undetermined(TroubleKind::Internal, &format!("what is expected: {error}")),
    };
    let mismatches = expect.mismatches(document);
    if mismatches.is_empty() {
        return Outcome::Pass;
    }
    // The subject is the candidate's world, and keys may lie about in it.
    let clean = |mismatch: Mismatch| Mismatch { actual: mismatch.actual.as_ref().map(redact), ..mismatch };
    let mismatches = mismatches.into_iter().map(clean).collect();
    Outcome::Fail { cause: Cause::Mismatched { mismatches, seen: redact(document) } }
}

fn not_seen(observation: Observation, verb: &str) -> Outcome {
    match observation {
        Observation::Missing(what) => Outcome::Fail { cause: Cause::Missing { what } },
        Observation::Unavailable(trouble) => Outcome::Undetermined { trouble },
        // A look that found something was dealt with before.
        Observation::Seen(_) => {
            undetermined(TroubleKind::Internal, &format!("{verb}: seen, and not looked at"))
        }
    }
}

pub(super) fn undetermined(kind: TroubleKind, message: &str) -> Outcome {
    Outcome::Undetermined { trouble: Trouble { kind, message: message.to_owned() } }
}
