use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::ask::{Part, quoted};
use super::findings::Findings;
use super::{Ask, Project};
use crate::source::FileTree;

/// An ask that is part of the draft, and the checks that its fault fails: `task/check`.
pub(super) type Chosen = (Ask, BTreeSet<String>);

/// Writes the files of a challenge whose healthy world is the project as it was found.
pub(super) fn compose(name: &str, project: &Project, findings: &Findings, chosen: &[Chosen]) -> FileTree {
    let mut files = FileTree::new();
    let mut put = |path: String, text: String| files.insert(path, text.into_bytes());
    put("challenge.yaml".to_owned(), challenge(name, project, chosen));
    put("brief.md".to_owned(), brief(name, project, findings));
    put("architecture.mmd".to_owned(), diagram(findings));
    put("candidate-policy.json".to_owned(), format!("{:#}\n", policy(project)));
    put("scenario/template.yaml".to_owned(), project.text.clone());
    put(".gitignore".to_owned(), "__pycache__/\n".to_owned());
    let mut seen = BTreeSet::new();
    for (ask, breaks) in chosen {
        if seen.insert(&ask.fault) {
            put(format!("faults/{}.yaml", ask.fault), fault(ask, breaks));
        }
    }
    for (path, contents) in project.files.iter() {
        files.insert(format!("scenario/{path}"), contents);
    }
    files
}

fn challenge(name: &str, project: &Project, chosen: &[Chosen]) -> String {
    let mut text = format!(
        "# Made of a template by `proofmark new --from`. What it asks is a beginning: ask what the application is for.\n\
         version: 1\nid: {name}\nrelease: 0.1.0\ntitle: Repair {name}\nduration: 45m\npass: 80%\n\
         domains: {{ repair: Repairing }}\ncandidate: {{ policy: candidate-policy.json }}\n"
    );
    if chosen.iter().any(|(ask, _)| ask.check.iter().any(|line| line.contains("{{ something }}"))) {
        text.push_str("inputs:\n  something: \"{word}-{hex 6}\"\n");
    }
    let drawn = parameters(project);
    if !drawn.is_empty() {
        text.push_str("\n# Parameters of the template that have no default.\nparameters:\n");
        for (name, pattern) in &drawn {
            text.push_str(&format!("  {name}: {}\n", quoted(pattern)));
        }
    }
    text.push_str("\n# The faults that make the broken start.\nstart:\n");
    let faults: BTreeSet<&String> = chosen.iter().map(|(ask, _)| &ask.fault).collect();
    for fault in faults {
        text.push_str(&format!("  - {fault}\n"));
    }
    text.push_str("\npoints: 100\ntasks:\n");
    let parts: Vec<Part> =
        Part::ALL.into_iter().filter(|part| chosen.iter().any(|(ask, _)| ask.task == *part)).collect();
    for (index, part) in parts.iter().enumerate() {
        let (id, title) = part.words();
        let share = 100 / parts.len();
        let points = if index == 0 { 100 - share * (parts.len() - 1) } else { share };
        text.push_str(&format!(
            "  - id: {id}\n    title: {title}\n    domain: repair\n    points: {points}\n    checks:\n"
        ));
        for (ask, _) in chosen.iter().filter(|(ask, _)| ask.task == *part) {
            text.push_str(&format!("      - id: {}\n        title: {}\n", ask.id, quoted(&ask.title)));
            for line in &ask.check {
                text.push_str(&format!("        {line}\n"));
            }
            text.push_str(&format!("        why: The application needs it.\n        hint: {}\n", ask.hint));
        }
    }
    text
}

/// Returns patterns for the parameters that must be given.
fn parameters(project: &Project) -> BTreeMap<String, String> {
    let declared = project.template.document["Parameters"].as_object().into_iter().flatten();
    let open = declared.filter(|(_, declared)| declared.get("Default").is_none());
    open.map(|(name, declared)| {
        let allowed = declared["AllowedValues"].get(0).map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        let least = declared["MinValue"].as_i64().unwrap_or(1);
        let pattern = match (allowed, declared["Type"].as_str()) {
            (Some(value), _) => value,
            (None, Some("Number")) => {
                format!("{{int {least}..{}}}", declared["MaxValue"].as_i64().unwrap_or(least + 8))
            }
            (None, _) => "{word}{digit 4}".to_owned(),
        };
        (name.clone(), pattern)
    })
    .collect()
}

/// Returns a value for each parameter that must be given, as a first trial needs them.
pub(super) fn values(project: &Project) -> BTreeMap<String, String> {
    let filled = |pattern: String| match pattern.strip_prefix("{int ").and_then(|rest| rest.split_once(".."))
    {
        Some((least, _)) => least.to_owned(),
        None => pattern.replace("{word}{digit 4}", "trial1234"),
    };
    parameters(project).into_iter().map(|(name, pattern)| (name, filled(pattern))).collect()
}

fn fault(ask: &Ask, breaks: &BTreeSet<String>) -> String {
    let mut text =
        format!("id: {}\ntitle: {}\ntemplate:\n  Resources:\n", ask.fault, quoted(&ask.fault_title));
    for (depth, part) in ask.pointer.iter().enumerate() {
        let value = if depth + 1 == ask.pointer.len() { format!(" {}", ask.value) } else { String::new() };
        text.push_str(&format!("{}{part}:{value}\n", "  ".repeat(depth + 2)));
    }
    let mut tasks: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (task, check) in breaks.iter().filter_map(|key| key.split_once('/')) {
        tasks.entry(task).or_default().push(check);
    }
    text.push_str("breaks:\n");
    for (task, checks) in &tasks {
        text.push_str(&format!("  {task}: [{}]\n", checks.join(", ")));
    }
    text
}

fn brief(name: &str, project: &Project, findings: &Findings) -> String {
    let words = project.template.document["Description"].as_str().unwrap_or_default().trim();
    let mut text = format!("# Repair {name}\n\n");
    if !words.is_empty() {
        text.push_str(&format!("{}\n\n", words.replace("{{", "{ {")));
    }
    text.push_str("It worked until yesterday. Find what is broken, and repair it.\n\n");
    let routes: Vec<_> = findings
        .functions
        .iter()
        .flat_map(|function| function.routes.iter().map(move |route| (function, route)))
        .collect();
    if !routes.is_empty() {
        text.push_str("| request | is answered by |\n|---|---|\n");
        for (function, route) in routes {
            text.push_str(&format!("| `{} {}` | {} |\n", route.method, route.path, function.logical_id));
        }
        text.push('\n');
    }
    let outputs: Vec<&str> = project.template.output_names().collect();
    if !outputs.is_empty() {
        text.push_str("What the stack says of itself:\n\n");
        for output in outputs {
            text.push_str(&format!("* {output}: {{{{ {output} }}}}\n"));
        }
    }
    text
}

fn diagram(findings: &Findings) -> String {
    let mut text = "flowchart LR\n  user([User])\n".to_owned();
    let mut apis = BTreeSet::new();
    for function in &findings.functions {
        let id = &function.logical_id;
        if function.routes.is_empty() {
            text.push_str(&format!("  events([Events]) --> {id}[{id}]\n"));
        }
        for route in &function.routes {
            if apis.insert(&route.api) {
                text.push_str(&format!("  user --> {}\n", route.api));
            }
            text.push_str(&format!(
                "  {} -- \"{} {}\" --> {id}[{id}]\n",
                route.api, route.method, route.path
            ));
        }
    }
    text
}

/// What the repair of any fault needs, within the services that the template uses.
fn policy(project: &Project) -> Value {
    const SERVICES: [(&str, &str); 9] = [
        ("ApiGateway", "apigateway:*"),
        ("Cognito", "cognito-idp:*"),
        ("DynamoDB", "dynamodb:*"),
        ("Events", "events:*"),
        ("Kinesis", "kinesis:*"),
        ("S3", "s3:*"),
        ("SNS", "sns:*"),
        ("SQS", "sqs:*"),
        ("Serverless", "apigateway:*"),
    ];
    let uses = |service: &str| {
        project.template.resources().any(|resource| resource.kind.starts_with(&format!("AWS::{service}")))
            || project.text.contains(&format!("Type: {service}"))
    };
    let mut actions: BTreeSet<&str> = BTreeSet::from(["lambda:*", "logs:*"]);
    actions.extend(SERVICES.iter().filter(|(service, _)| uses(service)).map(|(_, actions)| *actions));
    // A function's events make what they need.
    for (word, action) in [
        ("Schedule", "events:*"),
        ("EventBridgeRule", "events:*"),
        ("CloudWatchEvent", "events:*"),
        ("SimpleTable", "dynamodb:*"),
    ] {
        if project.text.contains(word) {
            actions.insert(action);
        }
    }
    json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Sid": "WorkOnTheApplication", "Effect": "Allow", "Action": actions, "Resource": "*" },
            {
                "Sid": "LookAtIdentity", "Effect": "Allow",
                "Action": ["iam:Get*", "iam:List*", "iam:Simulate*"], "Resource": "*"
            },
            {
                "Sid": "RepairExecutionRoles", "Effect": "Allow",
                "Action": [
                    "iam:CreateRole", "iam:DeleteRole", "iam:UpdateRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy",
                    "iam:DeleteRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:TagRole", "iam:UntagRole",
                    "iam:CreatePolicy", "iam:DeletePolicy", "iam:TagPolicy", "iam:UntagPolicy"
                ],
                "Resource": ["arn:aws:iam::*:role/*", "arn:aws:iam::*:policy/*"]
            },
            {
                "Sid": "HandRolesOn", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/*",
                "Condition": { "StringEquals": { "iam:PassedToService": ["lambda.amazonaws.com", "apigateway.amazonaws.com", "events.amazonaws.com"] } }
            }
        ]
    })
}
