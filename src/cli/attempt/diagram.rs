/// Draws a Mermaid flow chart as lines, one for each arrow: `API Gateway: orders -- POST /orders --> create_order`.
pub(super) fn lines(mermaid: &str) -> Vec<String> {
    let mut labels = std::collections::BTreeMap::new();
    let mut arrows = Vec::new();
    for line in mermaid.lines().map(str::trim) {
        let Some((from, label, to)) = arrow(line) else { continue };
        for node in [from, to] {
            if let (id, Some(label)) = node_of(node) {
                labels.insert(id.to_owned(), label.to_owned());
            }
        }
        arrows.push((node_of(from).0, label, node_of(to).0));
    }
    let name = |id: &str| labels.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let line = |(from, label, to): &(&str, String, &str)| match label.as_str() {
        "" => format!("{} --> {}", name(from), name(to)),
        label => format!("{} -- {label} --> {}", name(from), name(to)),
    };
    arrows.iter().map(line).collect()
}

/// Splits `a -- "text" --> b`, `a -->|text| b`, `a --> b`, `a --- b`.
fn arrow(line: &str) -> Option<(&str, String, &str)> {
    let (before, after) = line.split_once("-->").or_else(|| line.split_once("---"))?;
    let (from, label) = before.split_once("--").unwrap_or((before, ""));
    let (label, to) = match after.trim_start().strip_prefix('|').and_then(|rest| rest.split_once('|')) {
        Some((label, to)) => (label, to),
        None => (label, after),
    };
    Some((from.trim(), label.trim().trim_matches('"').to_owned(), to.trim()))
}

/// Splits `api[API Gateway]`, `b([Page])`, `t[(orders)]` into id and label.
fn node_of(text: &str) -> (&str, Option<&str>) {
    let end = text.find(['[', '(', '{']).unwrap_or(text.len());
    let label = text[end..].trim_matches(|letter| "[](){}\"".contains(letter));
    (text[..end].trim(), (!label.is_empty()).then_some(label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_are_told_with_the_labels_of_their_ends() {
        let drawn = "flowchart LR\n  b([Page]) --> api[API Gateway: orders]\n  api -- \"POST /orders\" --> create\n  \
                     create[create_order] -->|writes| t[(orders table)]\n  t --- api\n";
        assert_eq!(
            lines(drawn),
            [
                "Page --> API Gateway: orders",
                "API Gateway: orders -- POST /orders --> create_order",
                "create_order -- writes --> orders table",
                "orders table --> API Gateway: orders",
            ]
        );
    }
}
