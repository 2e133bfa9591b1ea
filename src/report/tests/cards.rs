use base64::Engine as _;
use serde_json::{Value, json};

use crate::challenge::{GroupKind, Points};
use crate::evaluate::{Cause, MemberOutcome, Outcome, Verdict};
use crate::evidence::{Trouble, TroubleKind};
use crate::matcher::Mismatch;
use crate::report::{Occasion, Style};
use crate::score::{CheckScore, DomainScore, GateEffect, GateScore, Interval, Result, Scorecard, TaskScore};

pub(super) const COLOUR: Style = Style { colour: true, width: 100 };

pub(super) fn check(task: &str, id: &str, title: &str, outcome: Outcome) -> CheckScore {
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

pub(super) fn mismatch(path: &str, expected: &str, actual: Option<Value>) -> Mismatch {
    Mismatch {
        path: path.to_owned(),
        expected: expected.to_owned(),
        actual,
        missing: vec![],
        extra: vec![],
        note: None,
    }
}

pub(super) fn mismatched(mismatches: Vec<Mismatch>, seen: Value) -> Outcome {
    Outcome::Fail { cause: Cause::Mismatched { mismatches, seen } }
}

pub(super) fn interval(low: u32, high: u32) -> Interval {
    Interval { low: Points(low), high: Points(high) }
}

pub(super) fn how(mut check: CheckScore, lines: &[&str]) -> CheckScore {
    check.verdict.how = lines.iter().map(|line| (*line).to_owned()).collect();
    check
}

pub(super) fn advice(check: CheckScore, why: &str, hint: &str) -> CheckScore {
    CheckScore { why: Some(why.to_owned()), hint: Some(hint.to_owned()), ..check }
}

/// A grade in which every verdict and every cause occurs.
pub(super) fn broken() -> Scorecard {
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
                hints: Points::ZERO,
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
        feedback: crate::challenge::Feedback::default(),
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
pub(super) fn repaired() -> Scorecard {
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

/// A task of a question, a group, a comparison and a deduction, and two gates.
pub(super) fn gated() -> Scorecard {
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

pub(super) fn occasion() -> Occasion {
    Occasion {
        candidate: "candidate-42".to_owned(),
        home: "https://labs.example.org".to_owned(),
        id: "8d0f3c1e-2f1b-4f57-9f0a-1c7b1e6a5a11".to_owned(),
        started: "2026-01-10T07:12:00Z".parse().unwrap(),
        ended: "2026-01-10T08:31:00.123Z".parse().unwrap(),
    }
}

/// Returns a text without its colours.
pub(super) fn bare(text: &str) -> String {
    let colours = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    colours.replace_all(text, "").into_owned()
}

/// What a form that travels in base64 says.
pub(super) fn unwrapped(told: &str) -> String {
    let bytes = base64::engine::general_purpose::STANDARD.decode(told.trim()).unwrap();
    String::from_utf8(bytes).unwrap()
}
