use std::path::{Path, PathBuf};

use super::*;
use crate::source::{Diagnostic, Severity, Style, read_folder, render};

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn greeter() -> Challenge {
    Challenge::load(&read_folder(&folder("fixtures/definitions/valid")).unwrap()).unwrap()
}

fn no_faults() -> [&'static str; 0] {
    []
}

#[test]
fn the_orders_api_loads() {
    let files = read_folder(&folder("challenges/orders-api")).unwrap();
    let challenge = Challenge::load(&files);
    let challenge =
        challenge.unwrap_or_else(|problems| panic!("{}", render(&problems, &files, Style::PLAIN)));
    assert_eq!(challenge.tasks.iter().map(|task| task.points).sum::<Points>(), Points::whole(100));
    assert_eq!(challenge.start.len(), challenge.faults.len());
}

/// Each case is one file of the valid challenge with something wrong in it; its first line says which. The snapshot beside it
/// holds everything that is told.
fn told_of(corpus: &str, judge: impl Fn(&str, &[Diagnostic])) -> usize {
    let valid = read_folder(&folder("fixtures/definitions/valid")).unwrap();
    let corpus = folder("fixtures/definitions").join(corpus);
    let cases = read_folder(&corpus).unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&corpus);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut seen = 0;
    for (name, _) in cases.iter().filter(|(name, _)| !name.contains(".snap")) {
        let text = cases.text(name).unwrap();
        let (first, rest) = text.split_once('\n').unwrap();
        let (_, replaced) = first.split_once("stands for ").unwrap();
        let mut files = valid.clone();
        // In YAML the first line is a comment, and stays for the lines to count as in the case.
        files.insert(replaced, if first.starts_with('#') { text } else { rest }.as_bytes());
        let (challenge, mut problems) = lint(&files);
        if let Some(challenge) = challenge {
            problems = challenge.waivers.apply(problems, jiff::civil::date(2026, 11, 22));
        }
        judge(name, &problems);
        settings.bind(|| insta::assert_snapshot!(name, render(&problems, &files, Style::PLAIN)));
        seen += 1;
    }
    seen
}

#[test]
fn everything_wrong_with_a_definition_is_told_at_its_place() {
    let seen = told_of("invalid", |name, problems| {
        let wrong = problems.iter().any(|problem| problem.severity == Severity::Error);
        assert!(wrong, "{name} is found to be right");
    });
    assert!(seen >= 75, "{seen}");
}

#[test]
fn what_is_doubtful_is_told_and_stops_nobody() {
    let seen = told_of("doubtful", |name, problems| {
        assert!(!problems.is_empty(), "{name} is found to be sound");
        let wrong = problems.iter().any(|problem| problem.severity == Severity::Error);
        assert!(!wrong, "{name} is found to be wrong");
    });
    assert!(seen >= 7, "{seen}");
}

#[test]
fn a_waiver_silences_its_warning_until_its_day_is_over() {
    let mut files = read_folder(&folder("fixtures/definitions/valid")).unwrap();
    let text =
        files.text("challenge.yaml").unwrap().replace("{digit 4}\" }", "{digit 4}\", other: \"{word}\" }");
    files.insert("challenge.yaml", text.into_bytes());
    let waiver = "warnings:\n  - message: no check uses the input `other`\n    file: challenge.yaml\n    reason: The next release uses it\n    until: 2026-12-31\n";
    files.insert("waivers.yaml", waiver.as_bytes());
    let told = |day: jiff::civil::Date| {
        let (challenge, problems) = lint(&files);
        let left = challenge.unwrap().waivers.apply(problems, day);
        left.into_iter().map(|problem| problem.message).collect::<Vec<_>>()
    };
    assert_eq!(told(jiff::civil::date(2026, 12, 31)), Vec::<String>::new());
    assert_eq!(
        told(jiff::civil::date(2027, 1, 1)),
        ["no check uses the input `other`", "this waiver ended on 2026-12-31"]
    );
}

#[test]
fn a_definition_without_fault_has_no_problems() {
    for path in ["valid", "every-kind", "questions-only"] {
        let files = read_folder(&folder("fixtures/definitions").join(path)).unwrap();
        let (challenge, problems) = lint(&files);
        assert_eq!(problems, [], "{}", render(&problems, &files, Style::PLAIN));
        assert!(challenge.is_some());
    }
}

#[test]
fn missing_files_are_named_all_at_once() {
    let (challenge, problems) = lint(&FileTree::new());
    assert!(challenge.is_none());
    let told: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
    let expected = ["challenge.yaml", "scenario/template.yaml", "brief.md"];
    assert_eq!(told, expected.map(|file| format!("the challenge has no `{file}`")));
}

#[test]
fn a_definition_becomes_what_the_pipeline_reads() {
    let challenge = greeter();
    assert_eq!((challenge.pass, challenge.duration), (6_650, Some(Duration::from_mins(30))));
    let [greet, modest] = challenge.tasks.as_slice() else { panic!("two tasks") };
    assert_eq!((greet.credit, modest.credit), (Credit::AtLeast(2), Credit::AllOrNothing));
    let [answers, remembers, runs] = greet.checks.as_slice() else { panic!("three checks") };
    assert_eq!(answers.within, Some(Duration::from_secs(10)));
    assert_eq!(answers.location.to_string(), "challenge.yaml:18:9");
    assert!(matches!(&answers.subject, Subject::Http(request) if request.path == "/greet?name={{ name }}"));
    assert!(
        matches!(&remembers.when[0], Act::Invoke { capture, .. } if capture["said"] == "$.payload.greeting")
    );
    assert!(matches!(&remembers.given[0], Given::Put { item, .. } if item["times"] == 1));
    assert_eq!(remembers.needs, ["answers"]);
    assert_eq!(runs.subject.verb(), "function");
    let role = modest.checks[0].role.as_ref().unwrap();
    assert_eq!((role.allows.len(), role.denies[0].actions[0].as_str()), (1, "dynamodb:DeleteItem"));
    assert_eq!(modest.checks[0].expect.lines().count(), 1);
    assert_eq!(modest.checks[0].visibility, Visibility::Hidden);
}

#[test]
fn a_world_holds_its_faults_and_what_comes_after() {
    let challenge = greeter();
    let healthy = challenge.world(&no_faults()).unwrap();
    assert!(healthy.then.is_none());
    assert_eq!(healthy.template.document, challenge.template.document);
    let handler =
        |template: &Template| template.document["Resources"]["Greeter"]["Properties"]["Handler"].clone();
    let world = challenge.world(&["mute"]).unwrap();
    assert_eq!(handler(&world.template), "app.gone");
    assert_eq!(world.files.text("functions/greet/app.py"), Some("def handler(event, context): return {}\n"));
    let then = world.then.unwrap();
    assert_eq!(handler(&then.template), "app.handler");
    assert_eq!(then.files, world.files);
    let start = challenge.broken_start().unwrap();
    assert!(start.template.resource("Permission").is_none() && start.then.is_some());
    assert_eq!(
        challenge.world(&["mutes"]).unwrap_err().to_string(),
        "the challenge has no fault `mutes`: did you mean `mute`?"
    );
}

#[test]
fn one_seed_draws_one_set_of_inputs() {
    let mut challenge = greeter();
    challenge.inputs =
        [("id", "o-{hex 10}"), ("other", "o-{hex 10}"), ("n", "{int -2..2}"), ("m", "{int -2..2}")]
            .map(|(name, pattern)| (name.to_owned(), pattern.to_owned()))
            .into();
    let drawn = challenge.draw(7);
    assert_eq!(drawn, challenge.draw(7));
    assert_ne!(drawn["id"], challenge.draw(8)["id"]);
    assert_ne!(drawn["id"], drawn["other"]);
    let hex = drawn["id"].strip_prefix("o-").unwrap();
    assert!(hex.len() == 10 && hex.chars().all(|c| c.is_ascii_hexdigit()), "{drawn:?}");
    for seed in 0..200 {
        let drawn = challenge.draw(seed);
        assert_ne!(drawn["n"], drawn["m"], "seed {seed}");
        assert!((-2..=2).contains(&drawn["n"].parse::<i64>().unwrap()), "seed {seed}");
    }
    let id = drawn["id"].clone();
    challenge.inputs.shift_insert(0, "first".to_owned(), "{word}".to_owned());
    assert_eq!(challenge.draw(7)["id"], id, "one more input leaves the others as they were");
}

#[test]
fn drawn_values_stay_the_same_between_releases() {
    let mut challenge = greeter();
    let patterns = [("a", "{hex 8}"), ("b", "{digit 4}-{letter 3}"), ("c", "{int 1..100}"), ("d", "{word}")];
    challenge.inputs = patterns.map(|(name, pattern)| (name.to_owned(), pattern.to_owned())).into();
    let drawn: Vec<String> = challenge.draw(42).into_values().collect();
    insta::assert_snapshot!(drawn.join(" "), @"f6b62b6a 1210-vgy 44 linden");
}

#[test]
fn schemas_name_every_verb_and_refuse_other_keys() {
    let schema = serde_json::to_value(challenge_schema()).unwrap();
    let check = &schema["$defs"]["Check"];
    for verb in [
        "http",
        "invoke",
        "item",
        "log",
        "function",
        "route",
        "role",
        "table",
        "resource",
        "any",
        "all",
        "none",
        "question",
        "unchanged",
        "audit",
    ] {
        assert!(check["properties"].get(verb).is_some(), "{verb}");
    }
    assert_eq!(check["additionalProperties"], false);
    let fault = serde_json::to_value(fault_schema()).unwrap();
    assert_eq!(fault["required"], serde_json::json!(["id", "title", "breaks"]));
}

/// Cuts a piece out of a text, or puts one in.
fn damaged(text: &str, from: usize, length: usize, put: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let from = from % letters.len();
    let to = (from + length).min(letters.len());
    letters[..from].iter().chain(put.chars().collect::<Vec<_>>().iter()).chain(&letters[to..]).collect()
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_damage_to_a_definition_panics(
        file in 0..4_usize,
        from in 0..10_000_usize,
        length in 0..40_usize,
        put in "[\\[\\]{}:,&*!|>#'\"%@`\\- \n\t~0a$]{0,6}",
    ) {
        let mut files = read_folder(&folder("fixtures/definitions/valid")).unwrap();
        let path = ["challenge.yaml", "scenario/template.yaml", "faults/mute.yaml", "candidate-policy.json"][file];
        let text = damaged(files.text(path).unwrap(), from, length, &put);
        files.insert(path, text.into_bytes());
        let (_, problems) = lint(&files);
        render(&problems, &files, Style::PLAIN);
    }
}

#[test]
fn a_resource_of_a_type_that_is_not_listed_is_refused() {
    let derived = greeter().allowed_types();
    assert!(derived.contains("AWS::Lambda::Function") && !derived.contains("AWS::SQS::Queue"), "{derived:?}");
    let told = |types: &str| {
        let mut files = read_folder(&folder("fixtures/definitions/valid")).unwrap();
        let text = files.text("challenge.yaml").unwrap();
        let listed =
            text.replace("candidate-policy.json }", &format!("candidate-policy.json, types: [{types}] }}"));
        assert_ne!(text, listed);
        files.insert("challenge.yaml", listed.as_bytes());
        match Challenge::load(&files) {
            Ok(challenge) => format!("{:?}", challenge.allowed_types()),
            Err(problems) => render(&problems, &files, Style::PLAIN),
        }
    };
    let all: Vec<String> = derived.into_iter().collect();
    assert!(told(&format!("{}, AWS::SQS::Queue", all.join(", "))).contains("SQS"), "the list counts");
    let without: Vec<&str> =
        all.iter().map(String::as_str).filter(|kind| !kind.contains("RestApi")).collect();
    let refused = told(&without.join(", "));
    assert!(refused.contains("AWS::ApiGateway::RestApi, which the challenge does not list"), "{refused}");
    assert!(refused.contains("scenario/template.yaml:"), "{refused}");
    let misspelt = told(&format!("{}, AWS::SQS::Qeue", all.join(", ")));
    assert!(misspelt.contains("did you mean `AWS::SQS::Queue`?"), "{misspelt}");
}
