use serde_json::{Value, json};

use super::cards::{broken, occasion, repaired};
use crate::report::{
    Audience, CohortRow, Form, Report, ags, annotations, cohort_csv, gradescope, json as as_json, junit,
    markdown, schema, view, xapi,
};
use crate::score::{Result, Scorecard};

#[test]
fn the_json_report_reads_back_and_is_of_version_one() {
    for audience in [Audience::Candidate, Audience::Assessor] {
        let value = as_json(&broken(), audience);
        assert_eq!(value["version"], 1);
        let report: Report = serde_json::from_value(value).unwrap();
        assert_eq!(report, view(&broken(), audience));
    }
}

#[test]
fn the_json_report_and_its_schema_are_as_they_were() {
    insta::assert_json_snapshot!(as_json(&broken(), Audience::Assessor));
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
fn forms_are_named_on_the_command_line() {
    for form in Form::ALL {
        assert_eq!(form.name().parse(), Ok(form));
    }
    assert_eq!(
        "pdf".parse::<Form>().unwrap_err(),
        "no form of report is called \"pdf\"; there are text, json, markdown, html, junit, gradescope, github, classroom"
    );
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
