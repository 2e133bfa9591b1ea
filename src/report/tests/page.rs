use serde_json::json;

use super::cards::{broken, mismatch, mismatched, occasion};
use crate::challenge::{Chart, Feedback, Points};
use crate::report::{Audience, Moment, PageParts, Timeline, TimelineEvent, html, html_with};

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
fn a_time_line_tells_what_was_changed_and_passed_and_keeps_what_is_hidden() {
    let at = |minute: i64| occasion().started + jiff::SignedDuration::from_mins(minute);
    let moment = |minute, event| Moment { at: at(minute), event };
    let passed = |check: &str| TimelineEvent::Passed { check: check.to_owned() };
    let change = |on: &str| TimelineEvent::Change {
        call: "lambda AddPermission".to_owned(),
        on: on.to_owned(),
        denied: false,
        tasks: vec![],
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
    let page =
        html_with(&broken(), Audience::Candidate, PageParts { line: Some(&line), ..PageParts::default() });
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
    assert!(
        html_with(&broken(), Audience::Assessor, PageParts { line: Some(&line), ..PageParts::default() })
            .contains("passed: Other customers")
    );
}

#[test]
fn a_page_draws_what_works_and_what_does_not() {
    let text = "flowchart LR\n  %% shows create: take-an-order\n  %% shows get: take-an-order/refuses-nonsense\n  \
                %% shows api -> create: take-an-order/accepts\n  api[<b>API</b>] -- POST --> create\n  api --> get\n";
    let chart = Chart::parse(text);
    let draw =
        |audience| html_with(&broken(), audience, PageParts { chart: Some(&chart), ..PageParts::default() });
    let page = draw(Audience::Candidate);
    for part in [
        "&lt;b&gt;API",
        "<g class=\"box broken\">",
        "<g class=\"box works\">",
        "<g class=\"box untold\">",
        "<g class=\"arrow broken\">",
        "create: does not work",
        "get: works",
        "of 2 that are checked 1 do not work",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(page, draw(Audience::Candidate));
    assert!(!html(&broken(), Audience::Candidate).contains("id=\"architecture\""));
}

#[test]
fn the_time_line_has_a_lane_for_each_task_that_was_worked_on() {
    let change = |minute: i64, tasks: &[&str]| Moment {
        at: occasion().started + jiff::SignedDuration::from_mins(minute),
        event: TimelineEvent::Change {
            call: "lambda UpdateFunctionCode".to_owned(),
            on: "function:create-order".to_owned(),
            denied: false,
            tasks: tasks.iter().map(|task| (*task).to_owned()).collect(),
        },
    };
    let line = Timeline {
        started: occasion().started,
        ended: occasion().ended,
        moments: vec![change(3, &["take-an-order"]), change(5, &["take-an-order"]), change(9, &[])],
    };
    let page =
        html_with(&broken(), Audience::Candidate, PageParts { line: Some(&line), ..PageParts::default() });
    for part in [
        "<th scope=\"row\">POST /orders takes an order</th>",
        "aria-label=\"2 changes and 0 passed checks in 79:00\"",
        "The whole, or none of these",
        "for: POST /orders takes an order",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("<th scope=\"row\">GET /orders?customer"), "nobody worked on it: {page}");
}

#[test]
fn a_page_says_how_to_pass_as_far_as_the_challenge_lets_it() {
    let page = |feedback, audience| {
        let mut card = broken();
        card.feedback = feedback;
        card.tasks[0].hints = Points(250);
        html(&card, audience)
    };
    let told = page(Feedback::Difference, Audience::Candidate);
    for part in [
        "status: 502 → 201",
        "take dynamodb:PutItem, dynamodb:UpdateItem, dynamodb:DeleteItem on any table out of orders-table, statement 1",
        "2.5 points went for hints",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let hints = page(Feedback::Hint, Audience::Candidate);
    assert!(!hints.contains("502") && !hints.contains("orders-table"), "{hints}");
    assert!(hints.contains("Name the one action and the one table."), "{hints}");
    let bare = page(Feedback::Verdict, Audience::Candidate);
    assert!(!bare.contains("Name the one action") && bare.contains("failed"), "{bare}");
    assert_eq!(page(Feedback::Verdict, Audience::Assessor), page(Feedback::Difference, Audience::Assessor));
}
