//! Definitions that tests are made of.

use indexmap::IndexMap;
use serde_json::Value;

use crate::challenge::{Challenge, Check, Credit, HttpRequest, Points, Subject, Task, Visibility};
use crate::matcher::Expectation;
use crate::source::{FileTree, Location};
use crate::template::Template;

const TEMPLATE: &str = "Resources: { OrdersTable: { Type: AWS::DynamoDB::Table } }";

/// `GET /`, of which nothing is expected.
pub(crate) fn check(id: &str, weight: u32, needs: &[&str]) -> Check {
    let request = HttpRequest {
        api: None,
        url: None,
        method: "GET".to_owned(),
        path: "/".to_owned(),
        headers: IndexMap::new(),
        body: Value::Null,
        times: None,
    };
    Check {
        id: id.to_owned(),
        title: id.to_owned(),
        weight,
        needs: needs.iter().map(|need| (*need).to_owned()).collect(),
        gate: None,
        deduct: None,
        visibility: Visibility::Visible,
        hidden_hint: None,
        within: None,
        why: None,
        hint: None,
        hint_cost: None,
        given: vec![],
        when: vec![],
        subject: Subject::Http(request),
        expect: Expectation::default(),
        role: None,
        location: Location::file("challenge.yaml"),
    }
}

pub(crate) fn task(id: &str, domain: &str, points: u32, credit: Credit, checks: Vec<Check>) -> Task {
    Task {
        id: id.to_owned(),
        title: id.to_owned(),
        domain: domain.to_owned(),
        points: Points(points),
        credit,
        gate: None,
        draw: None,
        checks,
        location: Location::file("challenge.yaml"),
    }
}

pub(crate) fn challenge(tasks: Vec<Task>) -> Challenge {
    Challenge {
        id: "orders".to_owned(),
        release: "1.0.0".to_owned(),
        title: "Orders".to_owned(),
        duration: Some(std::time::Duration::from_mins(90)),
        pass: 8000,
        scaled_cut: 750,
        policies: crate::challenge::Policies::default(),
        domains: [("fix", "Fixing"), ("build", "Building")]
            .map(|(id, title)| (id.to_owned(), title.to_owned()))
            .into(),
        brief: String::new(),
        chart: crate::challenge::Chart::default(),
        tasks,
        inputs: IndexMap::new(),
        candidate_policy: String::new(),
        types: vec![],
        template: Template::parse("template.yaml", TEMPLATE).unwrap(),
        files: FileTree::new(),
        faults: vec![],
        start: vec![],
        pools: IndexMap::new(),
        parameters: IndexMap::new(),
        start_score: None,
        solutions: vec![],
        near_misses: vec![],
        waivers: crate::challenge::Waivers::default(),
    }
}
