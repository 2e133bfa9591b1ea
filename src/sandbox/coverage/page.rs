use std::fmt::Write as _;

use super::{Coverage, Operation, Standing, services};

/// What a person wrote, with places for what the table says.
const TEXT: &str = include_str!("page.md");

/// Prints `docs/sandbox.md`.
pub fn page() -> String {
    let services = services();
    let operations: String = services.iter().map(section).collect();
    TEXT.replace("{{ summary }}\n", &summary(&services))
        .replace("{{ operations }}\n", operations.trim_start())
}

fn summary(services: &[Coverage]) -> String {
    let mut table = "| service | operations | covered | not covered |\n|---|---|---|---|\n".to_owned();
    for service in services {
        let operations = service.operations();
        let covered = operations.iter().filter(|operation| operation.tests().is_some()).count();
        let (is, lacks) = service.summary;
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(table, "| {} | {covered} of {} | {is} | {lacks} |", service.title, operations.len());
    }
    table
}

fn section(service: &Coverage) -> String {
    let mut text = format!("\n### {}\n\n", service.title);
    let (covered, lacking): (Vec<Operation>, Vec<Operation>) =
        service.operations().into_iter().partition(|operation| operation.tests().is_some());
    text.push_str("| operation | differs from AWS in | tests |\n|---|---|---|\n");
    for operation in &covered {
        let _ = writeln!(text, "| {} | {} | {} |", operation.name, difference(operation), tests(operation));
    }
    if !service.integrations.is_empty() {
        text.push_str("\n| integration | with | standing |\n|---|---|---|\n");
        for [kind, with, standing] in &service.integrations {
            let _ = writeln!(text, "| {kind} | {with} | {standing} |");
        }
    }
    if !lacking.is_empty() {
        let names: Vec<&str> = lacking.iter().map(|operation| operation.name).collect();
        let _ = writeln!(text, "\nNot covered: {}.", names.join(", "));
    }
    text
}

fn difference(operation: &Operation) -> &str {
    match operation.standing {
        Standing::Partly(how, _) => how,
        _ => "",
    }
}

fn tests(operation: &Operation) -> String {
    let Some(tests) = operation.tests() else { return String::new() };
    let usual = tests.success.strip_suffix("::works").zip(tests.error.strip_suffix("::fails"));
    match usual {
        Some((place, same)) if place == same => format!("`{place}`"),
        _ => format!("`{}`, `{}`", tests.success, tests.error),
    }
}
