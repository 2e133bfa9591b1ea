use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use jiff::civil::date;

use super::pair::pairings;
use super::*;
use crate::challenge::{Challenge, MutantWaiver};
use crate::source::{Location, read_folder};

fn challenge(path: &str) -> Challenge {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    Challenge::load(&read_folder(&folder).unwrap()).unwrap()
}

fn greeter() -> Challenge {
    challenge("fixtures/definitions/valid")
}

const OPTIONS: Options = Options { seed: 1, sampled_pairs: 2, mutants: true, every_check: false };

/// A grade of the greeter in which these checks have another verdict than `pass`.
fn seen(verdicts: &[(&str, &'static str)]) -> Sight {
    let all = ["greet/answers", "greet/remembers", "greet/runs", "modest/writes-only"];
    let mut all: BTreeMap<String, &'static str> =
        all.into_iter().map(|key| (key.to_owned(), "pass")).collect();
    all.extend(verdicts.iter().map(|(key, word)| ((*key).to_owned(), *word)));
    let troubles = verdicts.iter().filter(|(_, word)| *word == "undetermined");
    let troubles = troubles.map(|(key, _)| ((*key).to_owned(), "throttled".to_owned())).collect();
    let passing = all.values().filter(|word| **word == "pass").count();
    Sight::Graded(Seen {
        verdicts: all,
        troubles,
        score: u32::try_from(passing * 2_500).unwrap(),
        hunted: false,
        partial: false,
    })
}

fn case(kind: Kind, id: &str, expected: Expected) -> Case {
    let way = Way::Stand(greeter().changed(&[]));
    Case { kind, id: id.to_owned(), title: id.to_owned(), way, expected, drawn: None }
}

fn judged(cases: Vec<(Case, Sight)>) -> Proof {
    let (cases, sights): (Vec<_>, Vec<_>) =
        cases.into_iter().map(|(case, sight)| (case, (sight, Duration::ZERO))).unzip();
    judge(&greeter(), &Plan { seed: 1, cases, pairs: 1, ..Plan::default() }, &sights)
}

fn failing(tasks: &[(&str, &[&str])]) -> Expected {
    let owned = |checks: &[&str]| checks.iter().map(|check| (*check).to_owned()).collect();
    Expected::Failing(tasks.iter().map(|(task, checks)| ((*task).to_owned(), owned(checks))).collect())
}

/// A fault that fails every check, so that none is without.
fn killer() -> (Case, Sight) {
    let all = [
        ("greet/answers", "fail"),
        ("greet/remembers", "skipped"),
        ("greet/runs", "fail"),
        ("modest/writes-only", "fail"),
    ];
    (case(Kind::Fault, "all", failing(&[("greet", &[]), ("modest", &[])])), seen(&all))
}

#[test]
fn worlds_that_come_to_what_they_must_prove_the_challenge() {
    let proof = judged(vec![
        (case(Kind::Healthy, "healthy", Expected::Whole), seen(&[])),
        (case(Kind::Start, "start", Expected::Score(7_500)), seen(&[("greet/runs", "fail")])),
        killer(),
        (case(Kind::Mutant, "m", Expected::Noticed), seen(&[("greet/runs", "fail")])),
    ]);
    assert!(proof.proven, "{:?}", proof.problems);
    assert_eq!((proof.rates.false_accepts, proof.rates.must_fail), (0, 3));
    assert_eq!((proof.rates.false_rejects, proof.rates.must_pass), (0, 4));
    assert_eq!(proof.mutants.noticed, 1);
    assert_eq!(proof.checks[2].alone_in, ["m"]);
}

#[test]
fn of_a_mutant_that_was_given_up_nobody_knows_what_else_fails() {
    let hunted = |verdicts| match seen(verdicts) {
        Sight::Graded(seen) => Sight::Graded(Seen { hunted: true, ..seen }),
        other => other,
    };
    let mutant = |id| case(Kind::Mutant, id, Expected::Noticed);
    let worlds = |whole: Sight| {
        vec![
            (mutant("near"), hunted(&[("greet/runs", "fail")])),
            (mutant("far"), hunted(&[("modest/writes-only", "fail")])),
            (mutant("whole"), whole),
        ]
    };
    let sights =
        |whole| worlds(whole).into_iter().map(|(_, sight)| (sight, Duration::ZERO)).collect::<Vec<_>>();
    let proof = judged(worlds(seen(&[("greet/remembers", "fail")])));
    assert_eq!((proof.checks[2].killed_by.len(), proof.checks[2].alone_in.len()), (1, 0), "greet/runs");
    assert_eq!(proof.checks[1].alone_in, ["whole"]);
    // Nothing fails greet/answers: the mutant that a check of its task noticed may, and was not asked.
    let looked = sights(seen(&[("greet/remembers", "fail")]));
    assert_eq!(super::kill::may_kill(&proof.checks, &looked), [0]);
    let mut again = looked;
    again[0].0 = seen(&[("greet/runs", "fail")]);
    assert_eq!(super::kill::may_kill(&proof.checks, &again), [1], "then the others");
    again[1].0 = seen(&[("modest/writes-only", "fail")]);
    assert_eq!(super::kill::may_kill(&proof.checks, &again), [0; 0], "until all were");
    let all = judged(worlds(seen(&[("greet/remembers", "fail"), ("greet/answers", "fail")])));
    assert_eq!(super::kill::may_kill(&all.checks, &sights(seen(&[]))), [0; 0], "every check is killed");
}

#[test]
fn right_work_that_is_rejected_is_a_false_reject() {
    let proof = judged(vec![
        killer(),
        (case(Kind::Solution, "other", Expected::Whole), seen(&[("greet/runs", "fail")])),
    ]);
    assert_eq!(proof.rates.false_rejects, 1);
    assert_eq!(proof.problems, ["1 world is not as it must be"]);
    assert_eq!(proof.worlds[1].words, ["false reject: greet/runs must pass, and failed"]);
}

#[test]
fn wrong_work_that_passes_is_a_false_accept() {
    let miss = failing(&[("greet", &["runs"]), ("modest", &[])]);
    let proof = judged(vec![killer(), (case(Kind::NearMiss, "miss", miss), seen(&[]))]);
    assert_eq!((proof.rates.false_accepts, proof.rates.must_fail), (2, 4));
    assert_eq!(
        proof.worlds[1].words,
        ["false accept: greet/runs must fail, and passed", "false accept: modest must fail, and passed"]
    );
}

#[test]
fn a_fault_must_fail_its_listed_checks_and_no_other_of_the_task() {
    let sight = seen(&[("greet/answers", "fail"), ("greet/runs", "fail")]);
    let proof = judged(vec![killer(), (case(Kind::Fault, "f", failing(&[("greet", &["runs"])])), sight)]);
    assert_eq!(proof.worlds[1].words, ["false reject: greet/answers must pass, and failed"]);
}

#[test]
fn a_pair_in_which_one_fault_hides_what_the_other_fails_is_wrong() {
    let faults = vec!["all".to_owned(), "other".to_owned()];
    let tasks = BTreeSet::from(["greet".to_owned(), "modest".to_owned()]);
    let pair = || {
        let expected =
            Expected::Together { faults: faults.clone(), tasks: tasks.clone(), checks: BTreeSet::new() };
        case(Kind::Pair, "all+other", expected)
    };
    let hidden =
        seen(&[("greet/answers", "fail"), ("greet/remembers", "fail"), ("modest/writes-only", "fail")]);
    let proof = judged(vec![killer(), (pair(), hidden.clone())]);
    assert_eq!(proof.worlds[1].words, ["false accept: greet/runs fails with all alone, and passed"]);
    assert_eq!((proof.worlds[1].score, &proof.worlds[1].tried), (Some(2_500), &None));
    // Of a check that was not tried nothing is said, and a score that leaves it out is none.
    let Sight::Graded(mut part) = hidden else { panic!("{hidden:?}") };
    part.verdicts.remove("greet/runs");
    part.partial = true;
    let proof = judged(vec![killer(), (pair(), Sight::Graded(part))]);
    assert_eq!((proof.worlds[1].standing, proof.worlds[1].score), (Standing::Right, None));
    assert_eq!(proof.rates.must_fail, 2 + 3, "two tasks of the fault, three checks of the pair");
    assert_eq!(proof.worlds[1].tried.as_ref().map(Vec::len), Some(3));
}

#[test]
fn what_could_not_be_seen_proves_nothing() {
    let open = seen(&[("greet/runs", "undetermined")]);
    let broken = Sight::BrokenOff("the script ended with 1".to_owned());
    let proof = judged(vec![
        killer(),
        (case(Kind::Healthy, "healthy", Expected::Whole), open),
        (case(Kind::Solution, "script", Expected::Whole), broken),
    ]);
    assert_eq!(proof.problems, ["2 worlds are unclear: something could not be seen"]);
    assert_eq!(proof.rates.undetermined, 1);
    assert_eq!(proof.worlds[2].standing, Standing::Unclear);
}

#[test]
fn a_check_that_nothing_fails_is_named() {
    let proof = judged(vec![(
        case(Kind::Mutant, "m", Expected::Noticed),
        seen(&[("greet/answers", "fail"), ("greet/remembers", "skipped"), ("greet/runs", "fail")]),
    )]);
    assert_eq!(proof.problems, ["nothing fails `modest/writes-only`"]);
}

#[test]
fn waivers_are_counted_and_may_be_few() {
    let waived = || Expected::Waived { reason: "the same to every caller".to_owned() };
    let few: Vec<_> = (0..19)
        .map(|_| killer())
        .chain((0..38).map(|n| {
            let expected = if n < 2 { waived() } else { Expected::Noticed };
            let sight = if n < 2 { seen(&[]) } else { seen(&[("greet/runs", "fail")]) };
            (case(Kind::Mutant, &format!("m{n}"), expected), sight)
        }))
        .collect();
    let proof = judged(few);
    assert_eq!(proof.problems, ["5.26 % of the mutants are waived, and 5 % may be"]);
    let unneeded = seen(&[("greet/runs", "fail")]);
    let proof = judged(vec![killer(), (case(Kind::Mutant, "m", waived()), unneeded)]);
    assert!(proof.proven && proof.notes[0].contains("not needed"), "{:?}", proof.notes);
}

#[test]
fn a_mutant_that_the_cloud_refuses_counts_for_nothing() {
    let refused = Sight::Refused("MalformedPolicyDocument".to_owned());
    let proof = judged(vec![killer(), (case(Kind::Mutant, "m", Expected::Noticed), refused)]);
    assert!(proof.proven);
    assert_eq!((proof.mutants.refused, proof.rates.must_fail), (1, 2));
}

#[test]
fn a_plan_holds_each_kind_of_world() {
    let challenge = challenge("challenges/orders-api");
    let plan = plan(&challenge, &OPTIONS, date(2026, 11, 22)).unwrap();
    let of = |kind: Kind| plan.cases.iter().filter(|case| case.kind == kind).count();
    assert_eq!((of(Kind::Healthy), of(Kind::Start), of(Kind::Repair)), (1, 1, 1));
    assert_eq!(of(Kind::Fault), challenge.faults.len());
    assert_eq!(of(Kind::Solution), challenge.solutions.len());
    let touching = pairings(&challenge).touching.len();
    assert_eq!(of(Kind::Pair), touching + 2);
    let again = super::plan(&challenge, &OPTIONS, date(2026, 11, 22)).unwrap();
    let ids = |plan: &Plan| plan.cases.iter().map(|case| case.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&plan), ids(&again), "one seed, one plan");
}

#[test]
fn of_a_plan_some_worlds_can_be_kept_and_then_nothing_is_proven() {
    let challenge = challenge("challenges/orders-api");
    let mut plan = plan(&challenge, &OPTIONS, date(2026, 11, 22)).unwrap();
    let all = plan.cases.len();
    plan.keep(&["near-miss".to_owned(), "wrong-handler".to_owned()]);
    let kept = plan.cases.len();
    assert!(plan.cases.iter().any(|case| case.kind == Kind::Pair), "by a part of the id");
    assert_eq!(
        plan.cases.iter().filter(|case| case.kind == Kind::NearMiss).count(),
        challenge.near_misses.len()
    );
    assert_eq!(plan.left_out, all - kept);
    let never = (Sight::BrokenOff("it was not looked at".to_owned()), Duration::ZERO);
    let proof = judge(&challenge, &plan, &vec![never; kept]);
    assert!(!proof.proven && proof.problems.iter().any(|words| words.ends_with("worlds are left out")));
}

#[test]
fn faults_of_one_function_touch_each_other_and_those_of_two_do_not() {
    let challenge = challenge("challenges/orders-api");
    let place = |id: &str| challenge.faults.iter().position(|fault| fault.id == id).unwrap();
    let pair = |one: &str, other: &str| {
        let (one, other) = (place(one), place(other));
        (one.min(other), one.max(other))
    };
    let found = pairings(&challenge);
    assert!(found.touching.contains(&pair("wrong-handler", "wrong-total")));
    assert!(found.touching.contains(&pair("no-invoke-permission", "reader-too-wide")));
    assert!(found.apart.contains(&pair("no-preflight", "reader-too-wide")));
}

#[test]
fn two_faults_that_write_the_same_thing_are_no_pair() {
    let mut challenge = challenge("challenges/orders-api");
    let mut second = challenge.fault("wrong-handler").unwrap().clone();
    second.id = "other-handler".to_owned();
    let handler = &mut second.change.template.document["Resources"]["CreateOrderFunction"]["Properties"];
    handler["Handler"] = "app.main".into();
    challenge.faults.push(second);
    let last = challenge.faults.len() - 1;
    let first = challenge.faults.iter().position(|fault| fault.id == "wrong-handler").unwrap();
    let found = pairings(&challenge);
    assert!(!found.touching.iter().chain(&found.apart).any(|pair| *pair == (first, last)));
}

#[test]
fn a_waiver_that_is_over_or_of_no_mutant_is_told() {
    let mut challenge = challenge("challenges/orders-api");
    let id = mutants(&challenge)[0].id.clone();
    let waiver = |mutant: &str, until| MutantWaiver {
        mutant: mutant.to_owned(),
        reason: "it is the same".to_owned(),
        until,
        location: Location::at("waivers.yaml", 2, 5),
    };
    challenge.waivers.mutants = vec![waiver(&id, Some(date(2026, 1, 31))), waiver("Gone/handler", None)];
    let plan = plan(&challenge, &OPTIONS, date(2026, 11, 22)).unwrap();
    assert_eq!(
        plan.problems,
        [
            format!("the waiver in waivers.yaml:2:5 is over: `{id}`"),
            "the waiver in waivers.yaml:2:5 is of a mutant that is not made: `Gone/handler`".to_owned()
        ]
    );
    let of = |id: &str| plan.cases.iter().find(|case| case.id == id).unwrap();
    assert_eq!(of(&id).expected, Expected::Noticed, "a waiver that is over waives nothing");
}

fn flagship() -> Challenge {
    challenge("challenges/serverless-challenge")
}

#[test]
fn so_many_variants_are_tried_that_every_fault_of_every_pool_stands_in_one() {
    let challenge = flagship();
    let plan = plan(&challenge, &Options { mutants: false, ..OPTIONS }, date(2026, 11, 22)).unwrap();
    let drawn: Vec<_> = plan.cases.iter().filter(|case| case.kind == Kind::Start).collect();
    let shown: BTreeSet<&String> =
        drawn.iter().flat_map(|case| &case.drawn.as_ref().unwrap().challenge.start).collect();
    assert!(challenge.pools.values().flat_map(|pool| &pool.of).all(|fault| shown.contains(fault)));
    // The largest pool has three faults, and one is drawn.
    assert!((3..=4).contains(&drawn.len()), "{}", drawn.len());
    let repairs = plan.cases.iter().filter(|case| case.kind == Kind::Repair && case.drawn.is_some());
    assert_eq!(repairs.count(), drawn.len());
    let mut work = plan.cases.iter().filter(|case| case.kind == Kind::Solution);
    assert!(work.all(|case| case.drawn.is_some()));
}

#[test]
fn variants_whose_starts_break_tasks_of_other_points_are_not_worth_the_same() {
    let start = |id: &str, verdicts: &[(&str, &'static str)]| {
        (case(Kind::Start, id, Expected::Below(8_000)), seen(verdicts))
    };
    let both = [("greet/runs", "fail"), ("modest/writes-only", "fail"), ("greet/answers", "fail")];
    let proof = judged(vec![killer(), start("start-1", &both[..1]), start("start-2", &both)]);
    let [problem] = proof.problems.as_slice() else { panic!("{:?}", proof.problems) };
    assert!(problem.starts_with("variants are not worth the same: start-1 breaks tasks of"), "{problem}");
    // The same task is broken, one time more of it.
    let more = [both[0], both[2]];
    let proof = judged(vec![killer(), start("start-1", &both[..1]), start("start-2", &more)]);
    assert!(proof.proven, "{:?}", proof.problems);
    assert_eq!(proof.notes, ["variants break the same tasks, and begin at 50 % (start-2) to 75 % (start-1)"]);
}

#[test]
fn a_wrong_answer_fails_its_own_question_and_no_other() {
    let question = || Expected::Question("greet/runs".to_owned());
    let proof = judged(vec![killer(), (case(Kind::Answer, "greet/runs=yes", question()), seen(&[]))]);
    assert_eq!((proof.rates.false_accepts, proof.rates.false_rejects), (1, 0));
    let both = seen(&[("greet/runs", "fail"), ("greet/answers", "fail")]);
    let proof = judged(vec![killer(), (case(Kind::Answer, "greet/runs=yes", question()), both)]);
    assert_eq!((proof.rates.false_accepts, proof.rates.false_rejects), (0, 1));
    assert!(!proof.proven);
}

#[test]
fn in_a_pair_what_its_faults_may_fail_is_tried_with_all_that_it_needs() {
    let challenge = challenge("challenges/orders-api");
    let plan = plan(&challenge, &OPTIONS, date(2026, 7, 1)).unwrap();
    let mut seen = 0;
    for case in &plan.cases {
        let Expected::Together { tasks, checks, .. } = &case.expected else { continue };
        seen += 1;
        assert!(tasks.iter().all(|task| checks.iter().any(|key| key.starts_with(&format!("{task}/")))));
        for task in &challenge.tasks {
            for check in
                task.checks.iter().filter(|check| checks.contains(&format!("{}/{}", task.id, check.id)))
            {
                let needed = check.needs.iter().map(|need| task.key_of(need));
                assert!(needed.clone().all(|need| checks.contains(&need)), "{}: {:?}", case.id, check.needs);
            }
        }
    }
    assert!(seen > 0);
}
