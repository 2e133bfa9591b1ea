use super::verdict::MemberOutcome;
use super::{Cause, Facts, Outcome, evaluate_check};
use crate::challenge::{Check, GroupKind};

/// Brings the verdicts of a group's members together. What could not be seen decides only where it could change the verdict.
pub(super) fn judge(key: &str, kind: GroupKind, of: &[Check], facts: &Facts<'_>) -> Outcome {
    let outcomes = of.iter().map(|member| MemberOutcome {
        title: member.title.clone(),
        outcome: evaluate_check(&format!("{key}/{}", member.id), member, facts),
    });
    let members: Vec<MemberOutcome> = outcomes.collect();
    let passed = |member: &&MemberOutcome| member.outcome == Outcome::Pass;
    let failed = |member: &&MemberOutcome| matches!(member.outcome, Outcome::Fail { .. });
    let (some_passed, some_failed) = (members.iter().any(|m| passed(&m)), members.iter().any(|m| failed(&m)));
    let open = members.iter().find(|member| matches!(member.outcome, Outcome::Undetermined { .. })).cloned();
    let guilty: fn(&Outcome) -> bool = match kind {
        GroupKind::Any if some_passed => return Outcome::Pass,
        GroupKind::None if some_passed => |outcome| *outcome == Outcome::Pass,
        GroupKind::All if some_failed => |outcome| matches!(outcome, Outcome::Fail { .. }),
        _ => match (open, kind) {
            (Some(open), _) => return open.outcome,
            (None, GroupKind::Any) => |outcome| matches!(outcome, Outcome::Fail { .. }),
            (None, GroupKind::All | GroupKind::None) => return Outcome::Pass,
        },
    };
    let members = members.into_iter().filter(|member| guilty(&member.outcome)).collect();
    Outcome::Fail { cause: Cause::Group { group: kind, members } }
}
