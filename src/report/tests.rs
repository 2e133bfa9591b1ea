use base64::Engine as _;
use serde_json::{Value, json};

use super::*;
use crate::challenge::{GroupKind, Points};
use crate::evaluate::{Cause, MemberOutcome, Outcome, Verdict};
use crate::evidence::{Trouble, TroubleKind};
use crate::matcher::Mismatch;
use crate::score::{CheckScore, DomainScore, GateEffect, GateScore, Interval, Result, Scorecard, TaskScore};

const COLOUR: Style = Style { colour: true, width: 100 };

fn check(task: &str, id: &str, title: &str, outcome: Outcome) -> CheckScore {
    CheckScore {
        title: title.to_owned(),
        weight: 1,
        deduct: None,
        decides: false,
        hidden: false,
        hidden_hint: None,
        why: None,
        hint: None,
        verdict: Verdict {
            task: task.to_owned(),
            check: id.to_owned(),
            outcome,
            how: vec![],
            attempts: 1,
            elapsed_ms: 0,
        },
    }
}

fn mismatch(path: &str, expected: &str, actual: Option<Value>) -> Mismatch {
    Mismatch {
        path: path.to_owned(),
        expected: expected.to_owned(),
        actual,
        missing: vec![],
        extra: vec![],
        note: None,
    }
}

fn mismatched(mismatches: Vec<Mismatch>, seen: Value) -> Outcome {
    Outcome::Fail { cause: Cause::Mismatched { mismatches, seen } }
}

fn interval(low: u32, high: u32) -> Interval {
    Interval { low: Points(low), high: Points(high) }
}

fn how(mut check: CheckScore, lines: &[&str]) -> CheckScore {
    check.verdict.how = lines.iter().map(|line| (*line).to_owned()).collect();
    check
}

fn advice(check: CheckScore, why: &str, hint: &str) -> CheckScore {
    CheckScore { why: Some(why.to_owned()), hint: Some(hint.to_owned()), ..check }
}

/// A grade in which every verdict and every cause occurs.
fn broken() -> Scorecard {
    let order = "take-an-order";
    let accepts = mismatched(
        vec![
            mismatch("$['status']", "201", Some(json!(502))),
            mismatch("$['body']['id']", "to match /^o-/", None),
        ],
        json!({ "status": 502, "headers": {}, "body": { "message": "Internal server error" } }),
    );
    let accepts = how(
        advice(
            check(order, "accepts", "A valid order is accepted", accepts),
            "A shop that cannot take an order earns nothing.",
            "Call the function by itself first; its error and its log say which part is wrong.",
        ),
        &["POST http://a1b2c3.execute-api.localhost:4566/prod/orders → 502"],
    );
    let stored = check(
        order,
        "stored",
        "The order stands in the table afterwards",
        Outcome::Skipped { needs: "take-an-order/accepts".to_owned() },
    );
    let mut refuses =
        check(order, "refuses-nonsense", "An order without lines is refused with 400", Outcome::Pass);
    refuses.verdict.attempts = 3;
    refuses.verdict.elapsed_ms = 4149;
    let trace = Trouble {
        kind: TroubleKind::Throttled,
        message: "logs:FilterLogEvents: ThrottlingException: Rate exceeded".to_owned(),
    };
    let trace = how(
        check(
            order,
            "leaves-a-trace",
            "The function logs each order that it takes",
            Outcome::Undetermined { trouble: trace },
        ),
        &["logs:FilterLogEvents /aws/lambda/create-order → ThrottlingException"],
    );

    let list = "list-orders";
    let both = Mismatch {
        missing: vec![json!("o-2")],
        extra: vec![json!("o-9"), json!("o-10")],
        ..mismatch(
            "$.body.orders[*].id",
            "exactly \"o-1\" and \"o-2\", in any order",
            Some(json!(["o-1", "o-9", "o-10"])),
        )
    };
    let lists = mismatched(vec![both], json!({ "status": 200 }));
    let lists = advice(
        check(list, "lists-them", "All orders of the customer are listed", lists),
        "The account page shows these orders.",
        "Which function does the live stage invoke for this route?",
    );
    let hidden = mismatched(vec![mismatch("$['status']", "200", Some(json!(500)))], json!({ "status": 500 }));
    let hidden = CheckScore {
        hidden: true,
        hidden_hint: Some("A customer sees something that is not theirs.".to_owned()),
        ..how(
            advice(
                check(list, "nobody-elses", "Other customers' orders are not shown", hidden),
                "Secret why.",
                "Secret hint.",
            ),
            &["GET secret"],
        )
    };
    let after = check(
        list,
        "after",
        "The list is right on its second page",
        Outcome::Skipped { needs: "list-orders/nobody-elses".to_owned() },
    );
    let nothing = Outcome::Fail { cause: Cause::Missing { what: "a route for POST /orders/{id}/cancel on the live stage prod (there is: GET /orders, GET /orders/{id}, OPTIONS /orders, POST /orders)".to_owned() } };
    let nothing = check(list, "route", "Orders can be cancelled", nothing);

    let role = Outcome::Fail {
        cause: Cause::Permissions {
            lacks: vec!["may not dynamodb:GetItem on table orders".to_owned()],
            exceeds: vec![
                "also allows dynamodb:PutItem, dynamodb:UpdateItem, dynamodb:DeleteItem on any table (orders-table, statement 1)".to_owned(),
                "also allows s3:GetObject on any object (orders-table, statement 2)".to_owned(),
            ],
        },
    };
    let role = how(
        advice(
            check(
                "least-privilege",
                "reads-only",
                "It may read the table, and not change what it holds",
                role,
            ),
            "A fault in the page that shows an order must not be able to change one.",
            "Name the one action and the one table.",
        ),
        &[
            "looked up the role of the function behind GET /orders/{id}: GetOrderRole-1A2B",
            "5 requests decided by 2 policies of GetOrderRole-1A2B",
        ],
    );

    let task =
        |id: &str, title: &str, domain: &str, points: u32, score: Interval, checks: Vec<CheckScore>| {
            TaskScore {
                id: id.to_owned(),
                title: title.to_owned(),
                domain: domain.to_owned(),
                points: Points(points),
                score,
                checks,
            }
        };
    let domain = |id: &str, title: &str, points: u32, score: Interval| DomainScore {
        id: id.to_owned(),
        title: title.to_owned(),
        points: Points(points),
        score,
    };
    Scorecard {
        challenge: "orders-api".to_owned(),
        release: "1.0.0".to_owned(),
        title: "Repair the orders service of Harbour Lane Teas".to_owned(),
        points: Points(5000),
        score: interval(500, 1500),
        pass_mark: 8000,
        isolation: None,
        scaled_cut: 750,
        result: Result::Failed,
        gates: vec![],
        domains: vec![
            domain("troubleshoot", "Troubleshooting", 3500, interval(500, 1500)),
            domain("secure", "Securing", 1500, interval(0, 0)),
            domain("empty", "Nothing here", 0, interval(0, 0)),
        ],
        tasks: vec![
            task(
                order,
                "POST /orders takes an order",
                "troubleshoot",
                2000,
                interval(500, 1500),
                vec![accepts, stored, refuses, trace],
            ),
            task(
                list,
                "GET /orders?customer=... lists a customer's orders",
                "troubleshoot",
                1500,
                interval(0, 0),
                vec![lists, hidden, after, nothing],
            ),
            task(
                "least-privilege",
                "The function behind GET /orders/{id} can read orders, and nothing else",
                "secure",
                1500,
                interval(0, 0),
                vec![role],
            ),
        ],
    }
}

/// The same with everything passed.
fn repaired() -> Scorecard {
    let mut card = broken();
    for task in &mut card.tasks {
        task.score = Interval { low: task.points, high: task.points };
        for check in &mut task.checks {
            check.verdict.outcome = Outcome::Pass;
        }
    }
    for domain in &mut card.domains {
        domain.score = Interval { low: domain.points, high: domain.points };
    }
    Scorecard { score: Interval { low: card.points, high: card.points }, result: Result::Passed, ..card }
}

/// Returns a text without its colours.
fn bare(text: &str) -> String {
    let colours = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    colours.replace_all(text, "").into_owned()
}

#[test]
fn an_assessor_reads_everything() {
    insta::assert_snapshot!(terminal(&broken(), Audience::Assessor, Style::PLAIN));
}

#[test]
fn a_candidate_reads_of_hidden_checks_their_hint() {
    let text = terminal(&broken(), Audience::Candidate, Style { colour: false, width: 72 });
    insta::assert_snapshot!(text);
}

#[test]
fn cards_are_set_side_by_side() {
    let (broken, repaired) = (broken(), repaired());
    insta::assert_snapshot!(compare(&[("broken start", &broken), ("repaired", &repaired)], Style::PLAIN));
}

#[test]
fn nothing_hidden_comes_through_to_a_candidate_in_any_form() {
    let card = broken();
    let read = |form: Form, audience: Audience| {
        let text = form.write(&card, audience, COLOUR);
        if form != Form::Classroom {
            return text;
        }
        let json = base64::engine::general_purpose::STANDARD.decode(text.trim()).unwrap();
        String::from_utf8(json).unwrap()
    };
    for form in Form::ALL {
        let text = read(form, Audience::Candidate);
        for secret in ["nobody-elses", "Other customers", "Secret", "secret"] {
            assert!(!text.contains(secret), "{form}: {secret}");
        }
        // The annotations name checks that did not pass only, and a hidden one is among them.
        assert!(text.contains("hidden") || text.contains("A hidden check"), "{form}: {text}");
        let all = read(form, Audience::Assessor);
        assert!(all.contains("Other customers"), "{form}: {all}");
    }
    let json = json(&card, Audience::Candidate).to_string();
    assert!(json.contains("list-orders/hidden-1"), "{json}");
    let all = serde_json::to_string(&super::json(&card, Audience::Assessor)).unwrap();
    assert!(all.contains("nobody-elses") && all.contains("Secret why."));
}

#[test]
fn a_candidate_who_passed_learns_nothing_of_hidden_checks() {
    let text = terminal(&repaired(), Audience::Candidate, Style::PLAIN);
    assert!(text.contains("✓ A hidden check") && !text.contains("not theirs"), "{text}");
    assert!(text.contains("PASSED  50 of 50 points, 40 needed to pass (80 %)"));
}

#[test]
fn colours_say_nothing_that_the_text_does_not() {
    for card in [broken(), repaired()] {
        let plain = terminal(&card, Audience::Assessor, Style::PLAIN);
        let coloured = terminal(&card, Audience::Assessor, COLOUR);
        assert_ne!(plain, coloured);
        assert_eq!(bare(&coloured), plain);
        assert!(!plain.contains('\u{1b}'));
    }
    let (broken, repaired) = (broken(), repaired());
    let cards = [("before", &broken), ("after", &repaired)];
    assert_eq!(bare(&compare(&cards, COLOUR)), compare(&cards, Style::PLAIN));
}

#[test]
fn lines_fit_the_terminal() {
    for width in [60, 72, 100] {
        let style = Style { colour: false, width };
        let (broken, repaired) = (broken(), repaired());
        let pages = [
            terminal(&broken, Audience::Assessor, style),
            compare(&[("a", &broken), ("b", &repaired)], style),
        ];
        for line in pages.iter().flat_map(|page| page.lines()) {
            assert!(layout::width(line) <= width, "{} columns of {width}: {line}", layout::width(line));
            assert_eq!(line.trim_end(), line);
        }
    }
}

#[test]
fn a_provisional_result_says_so() {
    let card = Scorecard { result: Result::Provisional, score: interval(3500, 4500), ..broken() };
    let text = terminal(&card, Audience::Candidate, Style::PLAIN);
    assert!(text.contains("PROVISIONAL  35 to 45 of 50 points"), "{text}");
    assert!(text.contains("it hangs on what could not be seen"));
}

/// A task of a question, a group, a comparison and a deduction, and two gates.
fn gated() -> Scorecard {
    let member = |title: &str, outcome| MemberOutcome { title: title.to_owned(), outcome };
    let failed = |cause| Outcome::Fail { cause };
    let missing = || failed(Cause::Missing { what: "a table".to_owned() });
    let group = failed(Cause::Group {
        group: GroupKind::Any,
        members: vec![member("In the table", missing()), member("In the archive", missing())],
    });
    let none =
        Cause::Group { group: GroupKind::None, members: vec![member("Anybody reads it", Outcome::Pass)] };
    let answered =
        Cause::Answered { given: vec!["GET".to_owned()], right: vec!["PUT".to_owned(), "PATCH".to_owned()] };
    let changed = Cause::Changed { changes: vec!["OrdersTable (orders): is gone".to_owned()] };
    let deducting = |check| CheckScore { weight: 0, deduct: Some(Points(500)), ..check };
    let mut card = broken();
    card.tasks.truncate(1);
    card.tasks[0].checks = vec![
        check("t", "kept", "The order is kept", group),
        deducting(check("t", "open", "Nothing is open to all", failed(none))),
        CheckScore { decides: true, ..check("t", "verbs", "Knows the verbs", failed(answered)) },
        check("t", "blank", "Knows the queue", failed(Cause::Unanswered)),
        CheckScore { hidden: true, ..check("t", "harm", "Nothing was harmed", failed(changed)) },
    ];
    let gate = |key: &str, title: &str, effect, shut| GateScore {
        key: key.to_owned(),
        title: title.to_owned(),
        effect,
        shut,
    };
    card.gates = vec![
        gate("t/kept", "The order is kept", GateEffect::Fail, true),
        gate("t/harm", "Nothing was harmed", GateEffect::Cap { most: Points(3000) }, false),
    ];
    card
}

#[test]
fn every_kind_of_check_says_why_it_failed() {
    insta::assert_snapshot!(terminal(&gated(), Audience::Assessor, Style::PLAIN));
    let told = markdown(&gated(), Audience::Candidate);
    assert!(told.contains("GET") && !told.contains("PATCH"), "what is right is not told: {told}");
}

#[test]
fn gates_are_told_in_every_form_and_hidden_ones_without_their_title() {
    for form in Form::ALL {
        for audience in [Audience::Candidate, Audience::Assessor] {
            let mut told = form.write(&gated(), audience, Style { colour: false, width: 100 });
            if form == Form::Classroom {
                told = unwrapped(&told);
            }
            let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(told.contains("The order is kept"), "{form}: {told}");
            assert_eq!(told.contains("Nothing was harmed"), audience == Audience::Assessor, "{form}: {told}");
            if form != Form::Json {
                assert!(told.contains("No more than 30 points"), "{form}: {told}");
            }
        }
    }
}

/// What a form that travels in base64 says.
fn unwrapped(told: &str) -> String {
    let bytes = base64::engine::general_purpose::STANDARD.decode(told.trim()).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn comparing_nothing_is_an_empty_page() {
    assert_eq!(compare(&[], Style::PLAIN), "");
}

#[test]
fn the_json_report_reads_back_and_is_of_version_one() {
    for audience in [Audience::Candidate, Audience::Assessor] {
        let value = json(&broken(), audience);
        assert_eq!(value["version"], 1);
        let report: Report = serde_json::from_value(value).unwrap();
        assert_eq!(report, view(&broken(), audience));
    }
}

#[test]
fn the_json_report_and_its_schema_are_as_they_were() {
    insta::assert_json_snapshot!(json(&broken(), Audience::Assessor));
    insta::assert_json_snapshot!(schema());
}

#[test]
fn forms_for_other_programs_are_as_they_were() {
    let card = broken();
    insta::assert_snapshot!(markdown(&card, Audience::Candidate));
    insta::assert_snapshot!(junit(&card, Audience::Assessor));
    insta::assert_snapshot!(annotations(&card, Audience::Assessor));
    insta::assert_json_snapshot!(gradescope(&card, Audience::Candidate));
}

#[test]
fn a_page_loads_nothing_and_what_was_seen_stays_text() {
    let mut card = broken();
    card.tasks[0].checks[0].verdict.outcome = mismatched(
        vec![mismatch(
            "$['body']",
            "\"tea\"",
            Some(json!("</code><script>alert(1)</script><img src=x onerror=1>")),
        )],
        json!({ "status": 200 }),
    );
    let page = html(&card, Audience::Candidate);
    assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    assert!(
        !page.contains("<script")
            && !page.contains("<img")
            && !page.contains("http://www")
            && !page.contains("url(")
    );
    let checks: usize = card.tasks.iter().map(|task| task.checks.len()).sum();
    assert_eq!(page.matches("class=\"verdict\"").count(), checks);
}

#[test]
fn forms_are_named_on_the_command_line() {
    for form in Form::ALL {
        assert_eq!(form.name().parse(), Ok(form));
    }
    assert_eq!(
        "pdf".parse::<Form>().unwrap_err(),
        "no form of report is called \"pdf\"; there are text, json, markdown, html, junit, gradescope, github, classroom"
    );
}

fn occasion() -> Occasion {
    Occasion {
        candidate: "candidate-42".to_owned(),
        home: "https://labs.example.org".to_owned(),
        id: "8d0f3c1e-2f1b-4f57-9f0a-1c7b1e6a5a11".to_owned(),
        started: "2026-01-10T07:12:00Z".parse().unwrap(),
        ended: "2026-01-10T08:31:00.123Z".parse().unwrap(),
    }
}

#[test]
fn statements_to_other_systems_say_what_is_final() {
    let provisional = Scorecard { result: Result::Provisional, ..broken() };
    for (card, verb, success, progress) in [
        (repaired(), "passed", json!(true), "FullyGraded"),
        (broken(), "failed", json!(false), "FullyGraded"),
        (provisional, "attempted", Value::Null, "PendingManual"),
    ] {
        let statement = xapi(&card, &occasion());
        assert_eq!(statement["verb"]["display"]["en-US"], verb);
        assert_eq!(statement["result"]["success"], success);
        let score = ags(&card, &occasion());
        assert_eq!(score["gradingProgress"], progress);
        assert_eq!(score["scoreMaximum"], 50.0);
    }
    let statement = xapi(&repaired(), &occasion());
    assert_eq!(statement["result"]["score"], json!({ "scaled": 1.0, "raw": 50.0, "min": 0, "max": 50.0 }));
    assert_eq!(statement["result"]["duration"], "PT4740S");
    assert_eq!(statement["timestamp"], "2026-01-10T08:31:00.123Z");
    assert_eq!(statement["object"]["id"], "https://labs.example.org/challenges/orders-api");
    let score = ags(&broken(), &occasion());
    assert_eq!((&score["scoreGiven"], &score["userId"]), (&json!(5.0), &json!("candidate-42")));
    assert_eq!(score["submission"]["startedAt"], "2026-01-10T07:12:00.000Z");
}

#[test]
fn a_time_line_tells_what_was_changed_and_passed_and_keeps_what_is_hidden() {
    let at = |minute: i64| occasion().started + jiff::SignedDuration::from_mins(minute);
    let moment = |minute, event| Moment { at: at(minute), event };
    let passed = |check: &str| TimelineEvent::Passed { check: check.to_owned() };
    let change = |on: &str| TimelineEvent::Change {
        call: "lambda AddPermission".to_owned(),
        on: on.to_owned(),
        denied: false,
    };
    let line = Timeline {
        started: at(0),
        ended: at(79),
        moments: vec![
            moment(7, change("<b>get-order</b>")),
            moment(8, passed("take-an-order/accepts")),
            moment(9, passed("list-orders/nobody-elses")),
            moment(79, TimelineEvent::Note { words: "submitted".to_owned() }),
        ],
    };
    let page = html_with(&broken(), Audience::Candidate, Some(&line));
    for part in [
        "7:00",
        "&lt;b&gt;get-order",
        "passed: A valid order is accepted",
        "passed: a hidden check",
        "submitted",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("nobody-elses") && !page.contains("Other customers"));
    assert!(html_with(&broken(), Audience::Assessor, Some(&line)).contains("passed: Other customers"));
}

#[test]
fn a_portfolio_shows_what_was_done_and_nothing_that_is_hidden_or_secret() {
    let transcript = |secret: &str| crate::evidence::Transcript {
        probe: "p".to_owned(),
        variables: std::collections::BTreeMap::new(),
        exchanges: vec![crate::evidence::Exchange {
            request: format!("GET https://x/orders?X-Amz-Signature={secret}"),
            sent: Value::Null,
            received: json!({ "status": 200 }),
            attempt: 1,
        }],
        attempts: 1,
        elapsed_ms: 1,
        observation: crate::evidence::Observation::Seen(json!({ "status": 200, "authorization": secret })),
    };
    let transcripts = [("take-an-order/accepts", "s3cr3t"), ("list-orders/nobody-elses", "h1dden")]
        .map(|(key, secret)| (key.to_owned(), transcript(secret)))
        .into();
    let mut credential = crate::source::FileTree::new();
    credential.insert("orders-api.json", *b"{}");
    let files = portfolio(&Portfolio {
        scorecard: &repaired(),
        brief: "# The shop\nRepair it.",
        standing: "Taken in practice: it earns no credential.",
        line: None,
        transcripts: &transcripts,
        diagram: Some("flowchart LR\n  api --> fn"),
        credential: Some(&credential),
    });
    let all: String =
        files.iter().map(|(path, bytes)| format!("{path}\n{}", String::from_utf8_lossy(bytes))).collect();
    for part in [
        "proof/take-an-order.md",
        "credential/orders-api.json",
        "Taken in practice",
        "```mermaid",
        "Repair it.",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
    for secret in ["s3cr3t", "h1dden", "nobody-elses", "Other customers", "Secret", "GET secret"] {
        assert!(!all.contains(secret), "{secret}: {all}");
    }
}

#[test]
fn a_cohort_is_one_table() {
    let (broken, repaired) = (broken(), repaired());
    let row = |candidate, scorecard| CohortRow { candidate, attempt: "a-1", scorecard };
    let table = cohort_csv(&[row("Lovelace, Ada", &repaired), row("=cmd", &broken)]);
    let lines: Vec<&str> = table.split("\r\n").collect();
    assert!(lines[0].starts_with("candidate,attempt,challenge,release,result,points,"), "{table}");
    assert!(lines[0].ends_with(",task take-an-order,task list-orders,task least-privilege"), "{table}");
    assert!(
        lines[1].starts_with("\"Lovelace, Ada\",a-1,orders-api,1.0.0,passed,50,50,50,1000,1000,"),
        "{table}"
    );
    assert!(lines[2].starts_with("'=cmd,a-1,orders-api,1.0.0,failed,5,15,50,181,343,"), "{table}");
    assert_eq!(lines.len(), 4);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]

    /// Redaction is in one place, `view`, and every form is made of it: whatever a hidden check holds, nothing of it comes through.
    #[test]
    fn nothing_of_a_hidden_check_comes_through_whatever_it_holds(secret in "zq[a-z0-9]{12}", verdict in 0..4_usize) {
        let mut card = broken();
        let mismatches = vec![mismatch(&format!("$['{secret}']"), &secret, Some(json!(secret)))];
        let outcome = match verdict {
            0 => Outcome::Pass,
            1 => mismatched(mismatches, json!({ "body": secret })),
            2 => Outcome::Skipped { needs: format!("{secret}/{secret}") },
            _ => Outcome::Undetermined {
                trouble: Trouble { kind: TroubleKind::Throttled, message: secret.clone() },
            },
        };
        for check in card.tasks.iter_mut().flat_map(|task| &mut task.checks).filter(|check| check.hidden) {
            check.title = format!("Looks at {secret}");
            check.why = Some(secret.clone());
            check.hint = Some(secret.clone());
            check.verdict.check.clone_from(&secret);
            check.verdict.how = vec![format!("GET {secret}")];
            check.verdict.outcome = outcome.clone();
        }
        // A check that the candidate may see waits for the hidden one.
        card.tasks[1].checks[2].verdict.outcome = Outcome::Skipped { needs: format!("list-orders/{secret}") };
        for form in Form::ALL {
            let mut text = form.write(&card, Audience::Candidate, COLOUR);
            if form == Form::Classroom {
                let json = base64::engine::general_purpose::STANDARD.decode(text.trim()).unwrap();
                text = String::from_utf8(json).unwrap();
            }
            proptest::prop_assert!(!text.contains(&secret), "{form}: {text}");
        }
        for value in [xapi(&card, &occasion()), ags(&card, &occasion())] {
            proptest::prop_assert!(!value.to_string().contains(&secret));
        }
    }
}
