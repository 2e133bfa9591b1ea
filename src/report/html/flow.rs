//! Flow charts in Mermaid, as architecture diagrams have them: what stands in them, and what leads where.
//! <https://mermaid.js.org/syntax/flowchart.html>

use std::collections::BTreeMap;

/// A chart as it was written.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Flow {
    /// Whether it runs from the left to the right, and not downwards.
    pub(super) across: bool,
    pub(super) nodes: Vec<Node>,
    pub(super) arrows: Vec<Arrow>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) label: String,
    pub(super) shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Box,
    /// Who comes from outside.
    Pill,
    /// What keeps something.
    Drum,
    /// What hands something on.
    Queue,
    Hexagon,
}

/// From one node to another, by their places.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Arrow {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) label: String,
    pub(super) dotted: bool,
    /// Whether it has a head.
    pub(super) headed: bool,
}

/// Opening and closing marks of shapes, the longest first.
const SHAPES: [(&str, &str, Shape); 10] = [
    ("([", "])", Shape::Pill),
    ("[(", ")]", Shape::Drum),
    ("[[", "]]", Shape::Queue),
    ("((", "))", Shape::Pill),
    ("{{", "}}", Shape::Hexagon),
    ("[/", "/]", Shape::Box),
    ("{", "}", Shape::Hexagon),
    ("[", "]", Shape::Box),
    ("(", ")", Shape::Pill),
    (">", "]", Shape::Box),
];
/// Statements that say how a chart looks, or group what stands in it.
const PASSED: [&str; 8] = ["%%", "subgraph", "end", "classDef", "class", "style", "linkStyle", "direction"];

/// Reads a chart. A line that cannot be read is passed over, so that what was understood is drawn.
pub(super) fn flow(text: &str) -> Flow {
    let mut reader = Reader::default();
    for line in text.lines().flat_map(|line| line.split(';')).map(str::trim) {
        let first = line.split_whitespace().next().unwrap_or_default();
        if first == "flowchart" || first == "graph" {
            reader.flow.across = matches!(line.split_whitespace().nth(1), Some("LR" | "RL"));
        } else if !PASSED.iter().any(|passed| first == *passed || (first.starts_with("%%"))) {
            reader.statement(line);
        }
    }
    reader.flow
}

#[derive(Default)]
struct Reader {
    flow: Flow,
    places: BTreeMap<String, usize>,
}

impl Reader {
    /// Reads `a --> b & c -- "text" --> d`.
    fn statement(&mut self, line: &str) {
        let Some((mut from, mut rest)) = self.nodes(line) else { return };
        while let Some((label, dotted, headed, after)) = arrow(rest) {
            let Some((to, after)) = self.nodes(after) else { return };
            for from in &from {
                for to in &to {
                    let label = label.clone();
                    self.flow.arrows.push(Arrow { from: *from, to: *to, label, dotted, headed });
                }
            }
            from = to;
            rest = after;
        }
    }

    fn nodes<'t>(&mut self, text: &'t str) -> Option<(Vec<usize>, &'t str)> {
        let (first, mut rest) = self.node(text)?;
        let mut nodes = vec![first];
        while let Some(after) = rest.trim_start().strip_prefix('&') {
            let (next, after) = self.node(after)?;
            nodes.push(next);
            rest = after;
        }
        Some((nodes, rest))
    }

    /// Reads an id, with its label where it stands for the first time.
    fn node<'t>(&mut self, text: &'t str) -> Option<(usize, &'t str)> {
        let text = text.trim_start();
        let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
        let (id, rest) = text.split_at(end);
        if id.is_empty() {
            return None;
        }
        let found = SHAPES.iter().find_map(|(open, close, shape)| {
            let (label, after) = rest.strip_prefix(open)?.split_once(close)?;
            Some((label.trim().trim_matches('"').to_owned(), *shape, after))
        });
        let next = self.flow.nodes.len();
        let place = *self.places.entry(id.to_owned()).or_insert(next);
        if place == next {
            self.flow.nodes.push(Node { label: id.to_owned(), shape: Shape::Box });
        }
        let Some((label, shape, after)) = found else { return Some((place, rest)) };
        self.flow.nodes[place] = Node { label, shape };
        // `:::class` says how it looks.
        let after = after
            .strip_prefix(":::")
            .map_or(after, |class| class.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'));
        Some((place, after))
    }
}

/// Reads an arrow: its label, whether it is dotted, whether it has a head, and what comes after it.
fn arrow(text: &str) -> Option<(String, bool, bool, &str)> {
    let text = text.trim_start();
    let line = |c: char| matches!(c, '-' | '=' | '.');
    let end = text.find(|c: char| !line(c)).unwrap_or(text.len());
    let (mut drawn, mut rest) = text.split_at(end);
    if drawn.len() < 2 {
        return None;
    }
    let dotted = drawn.contains('.');
    let mut label = String::new();
    let head =
        |text: &str| text.starts_with(['>', 'o', 'x']) && !text[1..].starts_with(char::is_alphanumeric);
    if drawn.len() == 2 && !head(rest) {
        // `-- text -->`: the line goes on behind its label. A label in quotes may hold anything.
        let (words, after) = match rest.trim_start().strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_at([" --", " ==", " .-", " -."].iter().filter_map(|on| rest.find(on)).min()?),
        };
        words.trim().clone_into(&mut label);
        let after = after.trim_start();
        let end = after.find(|c: char| !line(c)).unwrap_or(after.len());
        (drawn, rest) = after.split_at(end);
        if drawn.len() < 2 {
            return None;
        }
    }
    let headed = head(rest);
    let mut rest = if headed { &rest[1..] } else { rest };
    if let Some((words, after)) = rest.trim_start().strip_prefix('|').and_then(|rest| rest.split_once('|')) {
        words.trim().trim_matches('"').clone_into(&mut label);
        rest = after;
    }
    Some((label, dotted, headed, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let flow = flow(text);
        let name = |place: usize| flow.nodes[place].label.clone();
        let arrows = flow.arrows.iter().map(|arrow| {
            let line = if arrow.dotted { ".." } else { "--" };
            let head = if arrow.headed { ">" } else { "" };
            format!("{} {line}{}{line}{head} {}", name(arrow.from), arrow.label, name(arrow.to))
        });
        arrows.collect()
    }

    #[test]
    fn arrows_of_every_kind_are_read() {
        let text = "flowchart LR\n%% said\n a([Page]) --> b\n b -- \"GET /a<br>--x\" --> c[(table)]\n c -. late .-> d\n d -->|then| e & f\n \
                    b --- e\n g ==> h --> i\n style a fill:#fff\n";
        assert_eq!(
            told(text),
            [
                "Page ---->> b".replace("---->>", "---->"),
                "b --GET /a<br>--x--> table".to_owned(),
                "table ..late..> d".to_owned(),
                "d --then--> e".to_owned(),
                "d --then--> f".to_owned(),
                "b ---- e".to_owned(),
                "g ----> h".to_owned(),
                "h ----> i".to_owned(),
            ]
        );
        let flow = flow(text);
        assert!(flow.across);
        assert_eq!(
            flow.nodes.iter().find(|node| node.label == "table").map(|node| node.shape),
            Some(Shape::Drum)
        );
    }

    #[test]
    fn what_is_no_chart_gives_nothing_and_harms_nothing() {
        for text in [
            "",
            "flowchart",
            "a -->",
            "-->",
            "a -- b",
            "a[",
            "a{{b --> c",
            "é --> ü",
            "sequenceDiagram\n A->>B: hi",
            "a --|x| b",
            "- -",
        ] {
            assert!(flow(text).arrows.len() <= 1, "{text}");
        }
    }
}
