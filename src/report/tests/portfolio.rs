use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::cards::{broken, repaired};
use crate::challenge::Chart;
use crate::evidence::{Exchange, Inspection, Observation, Resource, Transcript};
use crate::report::{Code, Portfolio, portfolio};
use crate::score::Scorecard;
use crate::source::FileTree;

const DIAGRAM: &str = "flowchart LR\n  %% shows fn: take-an-order\n  api --> fn\n";

fn transcript(secret: &str) -> Transcript {
    Transcript {
        probe: "p".to_owned(),
        variables: BTreeMap::new(),
        exchanges: vec![Exchange {
            request: format!("GET https://x/orders?X-Amz-Signature={secret}"),
            sent: Value::Null,
            received: json!({ "status": 200 }),
            attempt: 1,
        }],
        attempts: 1,
        elapsed_ms: 1,
        observation: Observation::Seen(json!({ "status": 200, "authorization": secret })),
    }
}

/// An account with one function, whose environment and code hold secrets.
fn standing(table: &str, secret: &str) -> Inspection {
    let variables = json!({ "TABLE": table, "SHOP_PASSWORD": secret, "AWS_SECRET_ACCESS_KEY": secret });
    Inspection {
        resources: vec![Resource {
            key: "AWS::Lambda::Function/get-order".to_owned(),
            kind: "AWS::Lambda::Function".to_owned(),
            id: "get-order".to_owned(),
            arn: None,
            logical_id: Some("GetOrder".to_owned()),
            properties: json!({ "Environment": { "Variables": variables } }),
            attributes: json!({ "CodeSha256": secret }),
            tags: BTreeMap::new(),
        }],
        ..Inspection::default()
    }
}

fn code(line: &str, secret: &str) -> Code {
    let text = format!("{line}\naws_secret_access_key = '{secret}'\n");
    Code::from([("GetOrder".to_owned(), BTreeMap::from([("app.py".to_owned(), text)]))])
}

fn all(card: &Scorecard, secret: &str) -> String {
    let transcripts = [("take-an-order/accepts", secret), ("list-orders/nobody-elses", "h1dden")]
        .map(|(key, secret)| (key.to_owned(), transcript(secret)))
        .into();
    let mut credential = FileTree::new();
    credential.insert("orders-api.json", *b"{}");
    credential.insert("orders-api.svg", *b"<svg/>");
    let files = portfolio(&Portfolio {
        scorecard: card,
        brief: "# The shop\nRepair it.",
        standing: "Taken in practice: it earns no credential.",
        line: None,
        transcripts: &transcripts,
        diagram: Some(DIAGRAM),
        chart: &Chart::parse(DIAGRAM),
        broken: &BTreeSet::from(["take-an-order".to_owned()]),
        before: Some(&standing("ordres", secret)),
        after: &standing("orders", &format!("{secret}x")),
        code_before: &code("return None", secret),
        code_after: &code("return <order>", secret),
        credential: Some(&credential),
    });
    files.iter().map(|(path, bytes)| format!("{path}\n{}", String::from_utf8_lossy(bytes))).collect()
}

#[test]
fn a_portfolio_shows_what_was_done_and_nothing_that_is_hidden_or_secret() {
    let all = all(&repaired(), "s3cr3tXYZ");
    for part in [
        "proof/take-an-order.md",
        "credential/orders-api.json",
        "Taken in practice",
        "```mermaid\nflowchart LR\n  api --> fn\n```",
        "Repair it.",
        "## What did not work at the beginning\n\n- POST /orders takes an order",
        "-      \"TABLE\": \"ordres\"",
        "+      \"TABLE\": \"orders\"",
        "-return None\n+return <order>",
        "return &lt;order&gt;",
        "<img class=\"badge\" src=\"credential/orders-api.svg\"",
        "GetOrder/app.py",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
    for secret in ["s3cr3t", "h1dden", "nobody-elses", "Other customers", "Secret", "GET secret", "%% shows"]
    {
        assert!(!all.contains(secret), "{secret}: {all}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(30))]

    #[test]
    fn no_secret_and_nothing_of_a_hidden_check_gets_into_a_portfolio(
        secret in "zq[A-Za-z0-9]{24}", hidden in "hq[a-z0-9]{12}", passed in proptest::prelude::any::<bool>()
    ) {
        let mut card = if passed { repaired() } else { broken() };
        for check in card.tasks.iter_mut().flat_map(|task| &mut task.checks).filter(|check| check.hidden) {
            check.title = format!("Looks at {hidden}");
            check.why = Some(hidden.clone());
            check.hint = Some(hidden.clone());
            check.verdict.check.clone_from(&hidden);
            check.verdict.how = vec![format!("GET {hidden}")];
        }
        let all = all(&card, &secret);
        proptest::prop_assert!(!all.contains(&secret), "{}", all);
        proptest::prop_assert!(!all.contains(&hidden), "{}", all);
        proptest::prop_assert!(!all.contains("h1dden"), "{}", all);
    }
}
