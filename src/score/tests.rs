use proptest::prelude::*;

use super::*;
use crate::challenge::{Challenge, Check, Credit, Gate, Points, Task};
use crate::evaluate::sample::{challenge, check, task};
use crate::evaluate::{Cause, Outcome, Verdict};
use crate::evidence::{Trouble, TroubleKind};

fn verdict(task: &str, check: &str, outcome: Outcome) -> Verdict {
    Verdict {
        task: task.to_owned(),
        check: check.to_owned(),
        outcome,
        how: vec![],
        attempts: 1,
        elapsed_ms: 0,
    }
}

fn failed() -> Outcome {
    Outcome::Fail { cause: Cause::Missing { what: "the order".to_owned() } }
}

fn undetermined() -> Outcome {
    Outcome::Undetermined {
        trouble: Trouble { kind: TroubleKind::Throttled, message: "slow down".to_owned() },
    }
}

fn skipped(needs: &str) -> Outcome {
    Outcome::Skipped { needs: needs.to_owned() }
}

fn points(scorecard: &Scorecard) -> (u32, u32, Result) {
    (scorecard.score.low.0, scorecard.score.high.0, scorecard.result)
}

/// One task of ten points and four checks; the third needs the first two, the fourth the third.
fn chain() -> Challenge {
    let checks =
        vec![check("a", 1, &[]), check("b", 1, &[]), check("c", 1, &["a", "t/b"]), check("d", 7, &["c"])];
    challenge(vec![task("t", "fix", 1000, Credit::Proportional, checks)])
}

fn chain_of(a: Outcome, b: Outcome, c: Outcome, d: Outcome) -> (u32, u32, Result) {
    let verdicts =
        [("a", a), ("b", b), ("c", c), ("d", d)].map(|(check, outcome)| verdict("t", check, outcome));
    points(&score(&chain(), &verdicts))
}

#[test]
fn all_passed_earns_all() {
    use Outcome::Pass;
    assert_eq!(chain_of(Pass, Pass, Pass, Pass), (1000, 1000, Result::Passed));
}

#[test]
fn the_mark_is_reached_exactly() {
    use Outcome::Pass;
    assert_eq!(chain_of(Pass, failed(), Pass, failed()), (200, 200, Result::Failed));
    assert_eq!(chain_of(failed(), failed(), Pass, Pass), (800, 800, Result::Passed));
}

#[test]
fn a_skipped_check_earns_nothing() {
    assert_eq!(chain_of(Outcome::Pass, failed(), skipped("t/b"), skipped("t/c")), (100, 100, Result::Failed));
}

#[test]
fn what_waits_for_something_undetermined_stays_open() {
    use Outcome::Pass;
    assert_eq!(
        chain_of(Pass, undetermined(), skipped("t/b"), skipped("t/c")),
        (100, 1000, Result::Provisional)
    );
    // The second prerequisite failed for good, so the first one no longer matters.
    assert_eq!(chain_of(undetermined(), failed(), skipped("t/a"), skipped("t/c")), (0, 100, Result::Failed));
}

#[test]
fn open_points_are_provisional_unless_all_of_them_would_not_be_enough() {
    use Outcome::Pass;
    assert_eq!(chain_of(undetermined(), Pass, Pass, Pass), (900, 1000, Result::Provisional));
    assert_eq!(chain_of(Pass, Pass, Pass, undetermined()), (300, 1000, Result::Provisional));
    assert_eq!(chain_of(Pass, undetermined(), Pass, failed()), (200, 300, Result::Failed));
}

#[test]
fn a_check_without_a_verdict_is_undetermined() {
    let scorecard = score(&chain(), &[]);
    assert_eq!(points(&scorecard), (0, 1000, Result::Provisional));
    assert!(matches!(scorecard.tasks[0].checks[0].verdict.outcome, Outcome::Undetermined { .. }));
}

#[test]
fn a_circle_of_needs_ends() {
    let checks = vec![check("a", 1, &["b"]), check("b", 1, &["a"])];
    let challenge = challenge(vec![task("t", "fix", 1000, Credit::Proportional, checks)]);
    let verdicts = [verdict("t", "a", skipped("t/b")), verdict("t", "b", skipped("t/a"))];
    assert_eq!(points(&score(&challenge, &verdicts)), (0, 1000, Result::Provisional));
}

/// Two tasks of ten points: one of a check that earns and one that takes three points off, and one that may be a gate.
fn gated(gate: Option<Gate>, of_task: Option<Gate>) -> Challenge {
    let costs = Check { deduct: Some(Points(300)), ..check("costs", 1, &[]) };
    let gate = Check { gate, ..check("gate", 1, &[]) };
    let one = task("one", "fix", 1000, Credit::Proportional, vec![check("earns", 1, &[]), costs]);
    let two = task("two", "build", 1000, Credit::Proportional, vec![gate, check("other", 1, &[])]);
    challenge(vec![Task { gate: of_task, ..one }, two])
}

fn gated_of(challenge: &Challenge, earns: Outcome, costs: Outcome, gate: Outcome) -> Scorecard {
    let verdicts = [
        verdict("one", "earns", earns),
        verdict("one", "costs", costs),
        verdict("two", "gate", gate),
        verdict("two", "other", Outcome::Pass),
    ];
    score(challenge, &verdicts)
}

#[test]
fn a_deduction_takes_points_off_its_task_and_never_more_than_there_are() {
    use Outcome::Pass;
    let challenge = gated(None, None);
    let of = |earns, costs| {
        let card = gated_of(&challenge, earns, costs, Pass);
        (card.tasks[0].score.low.0, card.tasks[0].score.high.0)
    };
    assert_eq!(of(Pass, Pass), (1000, 1000));
    assert_eq!(of(Pass, failed()), (700, 700));
    assert_eq!(of(Pass, undetermined()), (700, 1000));
    assert_eq!(of(failed(), failed()), (0, 0));
    assert_eq!(of(undetermined(), failed()), (0, 700));
    let card = gated_of(&challenge, Pass, failed(), Pass);
    assert_eq!((card.tasks[0].checks[1].weight, card.tasks[0].checks[1].deduct), (0, Some(Points(300))));
}

#[test]
fn hints_cost_points_of_their_task_and_never_more_than_there_are() {
    let challenge = gated(None, None);
    let verdicts = [
        verdict("one", "earns", Outcome::Pass),
        verdict("one", "costs", Outcome::Pass),
        verdict("two", "gate", undetermined()),
        verdict("two", "other", Outcome::Pass),
    ];
    let of = |hints: &[(&str, u32)]| {
        let hints = hints.iter().map(|(check, cost)| ((*check).to_owned(), *cost)).collect();
        let card = score_less_hints(&challenge, &verdicts, &hints);
        let task =
            |at: usize| (card.tasks[at].score.low.0, card.tasks[at].score.high.0, card.tasks[at].hints.0);
        (task(0), task(1), card.score.low.0)
    };
    assert_eq!(of(&[]), ((1000, 1000, 0), (500, 1000, 0), 1500));
    assert_eq!(of(&[("one/earns", 200), ("one/costs", 100)]), ((700, 700, 300), (500, 1000, 0), 1200));
    assert_eq!(of(&[("two/gate", 700)]), ((1000, 1000, 0), (0, 300, 700), 1000));
    assert_eq!(of(&[("three/x", 700)]), of(&[]));
}

#[test]
fn a_check_that_decides_its_task_leaves_nothing_of_it() {
    let challenge = gated(Some(Gate::Task), None);
    let of = |gate| points(&gated_of(&challenge, Outcome::Pass, Outcome::Pass, gate));
    assert_eq!(of(Outcome::Pass), (2000, 2000, Result::Passed));
    assert_eq!(of(failed()), (1000, 1000, Result::Failed));
    assert_eq!(of(undetermined()), (1000, 2000, Result::Provisional));
}

#[test]
fn a_cap_holds_the_whole_down_and_an_undecided_one_opens_it() {
    let challenge = gated(Some(Gate::Cap(4_000)), None);
    let of = |gate| gated_of(&challenge, Outcome::Pass, Outcome::Pass, gate);
    assert_eq!(points(&of(Outcome::Pass)), (2000, 2000, Result::Passed));
    assert!(of(Outcome::Pass).gates.is_empty());
    let shut = of(failed());
    assert_eq!(points(&shut), (800, 800, Result::Failed));
    assert_eq!((shut.gates[0].key.as_str(), shut.gates[0].shut), ("two/gate", true));
    assert_eq!(points(&of(undetermined())), (800, 2000, Result::Provisional));
}

#[test]
fn a_gate_that_fails_the_result_leaves_the_points() {
    let mut challenge = gated(Some(Gate::Fail), None);
    challenge.pass = 5_000;
    let of = |gate| points(&gated_of(&challenge, Outcome::Pass, Outcome::Pass, gate));
    assert_eq!(of(failed()), (1500, 1500, Result::Failed));
    assert_eq!(of(Outcome::Pass).2, Result::Passed);
    // Skipped behind something undetermined would be open; behind a fail it is lost.
    assert_eq!(of(undetermined()), (1500, 2000, Result::Provisional));
}

#[test]
fn a_task_is_a_gate_that_is_shut_unless_all_of_it_is_earned() {
    let mut challenge = gated(None, Some(Gate::Fail));
    challenge.pass = 5_000;
    let of = |costs| gated_of(&challenge, Outcome::Pass, costs, Outcome::Pass);
    assert_eq!(of(Outcome::Pass).result, Result::Passed);
    assert_eq!(points(&of(failed())), (1700, 1700, Result::Failed));
    assert_eq!(of(failed()).gates[0].key, "one");
    assert_eq!(of(undetermined()).result, Result::Provisional);
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![Just(Outcome::Pass), Just(failed()), Just(undetermined()), Just(skipped("t0/c0"))]
}

fn credits() -> impl Strategy<Value = Credit> {
    prop_oneof![Just(Credit::Proportional), Just(Credit::AllOrNothing), (0..5_u32).prop_map(Credit::AtLeast)]
}

/// Tasks of up to four checks, each of which may need the one before it, and an outcome for each.
fn graded() -> impl Strategy<Value = (Challenge, Vec<Verdict>)> {
    let checks = prop::collection::vec((0..10_u32, any::<bool>(), outcome()), 1..5);
    prop::collection::vec((0..5000_u32, credits(), checks), 1..5).prop_map(|tasks| {
        let mut verdicts = vec![];
        let tasks = tasks.into_iter().enumerate().map(|(t, (points, credit, checks))| {
            let checks = checks.into_iter().enumerate().map(|(c, (weight, needs, outcome))| {
                verdicts.push(verdict(&format!("t{t}"), &format!("c{c}"), outcome));
                let before = format!("c{}", c.saturating_sub(1));
                check(
                    &format!("c{c}"),
                    weight,
                    if needs && c > 0 { vec![before.as_str()] } else { vec![] }.as_slice(),
                )
            });
            let checks = checks.collect();
            task(&format!("t{t}"), if t % 2 == 0 { "fix" } else { "build" }, points, credit, checks)
        });
        let tasks: Vec<_> = tasks.collect();
        (challenge(tasks), verdicts)
    })
}

proptest! {
    #[test]
    fn scores_lie_within_the_points_and_add_up((challenge, verdicts) in graded()) {
        let card = score(&challenge, &verdicts);
        let within = |score: Interval, points: Points| score.low <= score.high && score.high <= points;
        prop_assert!(card.tasks.iter().all(|task| within(task.score, task.points)));
        prop_assert!(within(card.score, card.points));
        prop_assert_eq!(card.tasks.iter().map(|task| task.score).sum::<Interval>(), card.score);
        prop_assert_eq!(card.domains.iter().map(|domain| domain.score).sum::<Interval>(), card.score);
        prop_assert_eq!(card.domains.iter().map(|domain| domain.points).sum::<Points>(), card.points);
    }

    #[test]
    fn a_verdict_that_turns_to_pass_never_lowers((challenge, verdicts) in graded(), at in any::<prop::sample::Index>()) {
        let before = score(&challenge, &verdicts);
        let mut better = verdicts.clone();
        better[at.index(verdicts.len())].outcome = Outcome::Pass;
        let after = score(&challenge, &better);
        prop_assert!(after.score.low >= before.score.low && after.score.high >= before.score.high);
    }

    #[test]
    fn without_anything_undetermined_there_is_one_score((challenge, mut verdicts) in graded()) {
        for verdict in &mut verdicts {
            if verdict.outcome != Outcome::Pass {
                verdict.outcome = failed();
            }
        }
        let card = score(&challenge, &verdicts);
        prop_assert_eq!(card.score.low, card.score.high);
        prop_assert_ne!(card.result, Result::Provisional);
    }
}
