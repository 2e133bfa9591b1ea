//! The architecture diagram: a Mermaid flow chart, and which checks say of each of its parts whether it works.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::{Challenge, Visibility};
use crate::source::{Diagnostic, FileTree, Location};
use crate::text::did_you_mean;

pub(super) const FILE: &str = "architecture.mmd";
/// How a line of the author's begins that says which checks a part hangs on; to Mermaid it is a comment.
const SHOWS: &str = "%% shows ";
/// Words that begin statements without boxes and arrows.
const OTHERS: [&str; 10] = [
    "flowchart",
    "graph",
    "subgraph",
    "end",
    "style",
    "linkStyle",
    "classDef",
    "class",
    "click",
    "direction",
];

/// A flow chart as far as it is drawn here: boxes and arrows, with their words.
///
/// <https://mermaid.js.org/syntax/flowchart.html>
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chart {
    /// By id, in the order in which they are first named.
    pub boxes: IndexMap<String, ChartBox>,
    pub arrows: Vec<Arrow>,
    /// The checks that tell of a part whether it works, as `task` or `task/check`; with the line that says so.
    pub shows: Vec<Shows>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartBox {
    pub label: String,
    pub shape: Shape,
}

/// What a box looks like, by the brackets around its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    #[default]
    Rectangle,
    /// `([ ])`: somebody, or something outside.
    Round,
    /// `[( )]`: something that keeps.
    Drum,
    /// `[[ ]]`: something that hands on.
    Queue,
    /// `{{ }}` and `{ }`.
    Hexagon,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    pub from: String,
    pub to: String,
    pub label: String,
    pub dotted: bool,
    /// Whether it has a head; `---` has none.
    pub head: bool,
}

/// A box, or the arrows between two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shows {
    pub from: String,
    pub to: Option<String>,
    /// As `task` or `task/check`.
    pub keys: Vec<String>,
    /// From 1.
    pub line: u32,
}

impl Chart {
    /// Reads a chart. What it does not know (styles, groups, other kinds of diagram) is passed over.
    pub fn parse(mermaid: &str) -> Self {
        let mut chart = Self::default();
        for (number, line) in (1..).zip(mermaid.lines()) {
            let line = line.trim().trim_end_matches(';');
            if let Some(said) = line.strip_prefix(SHOWS) {
                chart.shows.extend(shows(said, number));
            } else if !line.starts_with("%%")
                && !OTHERS.contains(&line.split_whitespace().next().unwrap_or_default())
            {
                chart.statement(line);
            }
        }
        chart
    }

    /// Returns a chart's source without what only the grader is to know.
    pub fn published(mermaid: &str) -> String {
        mermaid.lines().filter(|line| !line.trim_start().starts_with(SHOWS.trim_end())).fold(
            String::new(),
            |mut text, line| {
                text.push_str(line);
                text.push('\n');
                text
            },
        )
    }

    /// Tells the arrows in words, a line each: `API Gateway: orders -- POST /orders --> create_order`.
    pub fn lines(&self) -> Vec<String> {
        let name = |id: &str| self.boxes.get(id).map_or(id, |known| &known.label).replace('\n', " ");
        let line = |arrow: &Arrow| match arrow.label.as_str() {
            "" => format!("{} --> {}", name(&arrow.from), name(&arrow.to)),
            label => {
                format!("{} -- {} --> {}", name(&arrow.from), label.replace('\n', ", "), name(&arrow.to))
            }
        };
        self.arrows.iter().map(line).collect()
    }

    /// Reads `a`, `a --> b`, `a -- "words" --> b --> c`.
    fn statement(&mut self, line: &str) {
        let Some((first, mut rest)) = take_box(line) else { return };
        let mut from = self.note(first);
        while let Some((link, after)) = take_link(rest) {
            let Some((next, behind)) = take_box(after) else { return };
            let to = self.note(next);
            let Link { label, dotted, head } = link;
            self.arrows.push(Arrow { from, to: to.clone(), label, dotted, head });
            (from, rest) = (to, behind);
        }
    }

    /// Keeps a box, with its label where this is the place that says it; returns its id.
    fn note(&mut self, (id, label, shape): Named<'_>) -> String {
        let known =
            self.boxes.entry(id.to_owned()).or_insert_with(|| ChartBox { label: id.to_owned(), shape });
        if let Some(label) = label {
            *known = ChartBox { label, shape };
        }
        id.to_owned()
    }
}

impl Challenge {
    /// Says of a key whether it means a hidden check; `None` where there is no such task or check.
    fn meant(&self, key: &str) -> Option<bool> {
        let (task, check) = key.split_once('/').map_or((key, None), |(task, check)| (task, Some(check)));
        let task = self.tasks.iter().find(|one| one.id == task)?;
        let Some(id) = check else { return Some(false) };
        let check = task.checks.iter().find(|one| one.id == id)?;
        Some(check.visibility == Visibility::Hidden)
    }
}

/// Looks for what the chart says of parts and checks that are not there.
pub(super) fn check(files: &FileTree, challenge: &Challenge) -> Vec<Diagnostic> {
    let chart = &challenge.chart;
    let mut problems = Vec::new();
    let mut told = BTreeSet::new();
    for shows in &chart.shows {
        let mut wrong = |message: String, help: Option<String>| {
            let place = Location::at(FILE, shows.line, 1);
            problems.push(Diagnostic { help, ..Diagnostic::error(message).at(place) });
        };
        for id in [Some(&shows.from), shows.to.as_ref()].into_iter().flatten() {
            if !chart.boxes.contains_key(id) {
                wrong(format!("the diagram has no box `{id}`"), did_you_mean(id, chart.boxes.keys()));
            }
        }
        if let Some(to) = &shows.to
            && !chart.arrows.iter().any(|arrow| arrow.from == shows.from && arrow.to == *to)
        {
            wrong(format!("no arrow leads from `{}` to `{to}`", shows.from), None);
        }
        if !told.insert((&shows.from, &shows.to)) {
            wrong("this part is told of twice".to_owned(), None);
        }
        for key in &shows.keys {
            let keys = challenge.tasks.iter().flat_map(|task| {
                let checks = task.checks.iter().map(|check| format!("{}/{}", task.id, check.id));
                std::iter::once(task.id.clone()).chain(checks)
            });
            match challenge.meant(key) {
                None => wrong(
                    format!("there is no task or check `{key}`"),
                    did_you_mean(key, &keys.collect::<Vec<_>>()),
                ),
                Some(true) => {
                    let help = "name the task: candidates see that some check of it failed anyway";
                    wrong(
                        format!("the diagram would show what the hidden check `{key}` says"),
                        Some(help.to_owned()),
                    );
                }
                Some(false) => {}
            }
        }
    }
    if chart.arrows.is_empty() && files.get(FILE).is_some() {
        let message = "this diagram has no arrows that are understood here";
        problems.push(Diagnostic::warning(message).at(Location::file(FILE)));
    }
    problems
}

/// Reads `create: take-an-order, list/own` and `api -> create: take-an-order`.
fn shows(said: &str, line: u32) -> Option<Shows> {
    let (part, keys) = said.split_once(':')?;
    let (from, to) = part.split_once("->").map_or((part, None), |(from, to)| (from, Some(to)));
    let words = |text: &str| text.trim().to_owned();
    let keys = keys.split(',').map(words).filter(|key| !key.is_empty());
    Some(Shows { from: words(from), to: to.map(words), keys: keys.collect(), line })
}

/// Id, label and shape of a box, as a statement names it.
type Named<'a> = (&'a str, Option<String>, Shape);

struct Link {
    label: String,
    dotted: bool,
    head: bool,
}

/// Takes `api[API Gateway]` from the front of a line; returns id, label, shape, and what is behind it.
fn take_box(line: &str) -> Option<(Named<'_>, &str)> {
    let line = line.trim_start();
    let end = line.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(line.len());
    let (id, rest) = line.split_at(end);
    if id.is_empty() {
        return None;
    }
    for (open, close, shape) in [
        ("([", "])", Shape::Round),
        ("[(", ")]", Shape::Drum),
        ("[[", "]]", Shape::Queue),
        ("{{", "}}", Shape::Hexagon),
        ("((", "))", Shape::Round),
        ("[", "]", Shape::Rectangle),
        ("(", ")", Shape::Round),
        ("{", "}", Shape::Hexagon),
    ] {
        if let Some((label, behind)) = rest.strip_prefix(open).and_then(|rest| rest.split_once(close)) {
            return Some(((id, Some(plain(label)), shape), behind));
        }
    }
    Some(((id, None, Shape::Rectangle), rest))
}

/// Takes `-->`, `---`, `-. "words" .->`, `-- words -->`, `-->|words|` from the front of a line.
fn take_link(line: &str) -> Option<(Link, &str)> {
    let line = line.trim_start();
    for (whole, dotted, head) in
        [("-->", false, true), ("---", false, false), ("-.->", true, true), ("-.-", true, false)]
    {
        let Some(rest) = line.strip_prefix(whole) else { continue };
        let inside = rest.trim_start().strip_prefix('|').and_then(|rest| rest.split_once('|'));
        let (label, rest) = inside.unwrap_or(("", rest));
        return Some((Link { label: plain(label), dotted, head }, rest));
    }
    for (open, closes, dotted) in [
        ("-.", [(".->", true), (".-", false)], true),
        ("--", [("-->", true), ("---", false)], false),
        ("==", [("==>", true), ("===", false)], false),
    ] {
        let Some(rest) = line.strip_prefix(open) else { continue };
        let ends = closes.iter().filter_map(|(close, head)| Some((rest.find(close)?, *close, *head)));
        // The nearest end is this link's; of two at one place the longer one.
        let (at, close, head) = ends.min_by_key(|(at, close, _)| (*at, std::cmp::Reverse(close.len())))?;
        return Some((Link { label: plain(&rest[..at]), dotted, head }, &rest[at + close.len()..]));
    }
    None
}

/// Returns words without quotes; `<br>` breaks a line.
fn plain(label: &str) -> String {
    let label = label.trim().trim_matches('"').replace("<br/>", "<br>").replace("<br />", "<br>");
    label.split("<br>").map(str::trim).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_are_told_with_the_labels_of_their_ends() {
        let drawn = "flowchart LR\n  b([Page]) --> api[API Gateway: orders]\n  api -- \"POST /orders<br>GET /orders\" --> create\n  \
                     create[create_order] -->|writes| t[(orders table)]\n  t --- api\n";
        assert_eq!(
            Chart::parse(drawn).lines(),
            [
                "Page --> API Gateway: orders",
                "API Gateway: orders -- POST /orders, GET /orders --> create_order",
                "create_order -- writes --> orders table",
                "orders table --> API Gateway: orders",
            ]
        );
    }

    #[test]
    fn chains_shapes_and_dots_are_read() {
        let chart =
            Chart::parse("graph LR\n q[[a queue]] -. \"after 3\" .-> f{{gate}} -- x --> t\n t[(kept)]\n");
        let shapes: Vec<_> = chart.boxes.values().map(|known| (known.label.as_str(), known.shape)).collect();
        assert_eq!(shapes, [("a queue", Shape::Queue), ("gate", Shape::Hexagon), ("kept", Shape::Drum)]);
        let arrows: Vec<_> =
            chart.arrows.iter().map(|arrow| (arrow.label.as_str(), arrow.dotted, arrow.head)).collect();
        assert_eq!(arrows, [("after 3", true, true), ("x", false, true)]);
    }

    #[test]
    fn what_the_author_says_of_checks_is_read_and_not_published() {
        let text = "flowchart LR\n  %% shows a: t1, t2/c\n  %% shows a -> b: t1\n  %% a remark\n  a --> b\n";
        let chart = Chart::parse(text);
        assert_eq!(chart.shows.len(), 2);
        assert_eq!(
            (chart.shows[0].keys.as_slice(), chart.shows[0].line),
            (&["t1".to_owned(), "t2/c".to_owned()][..], 2)
        );
        assert_eq!((chart.shows[1].from.as_str(), chart.shows[1].to.as_deref()), ("a", Some("b")));
        assert_eq!(Chart::published(text), "flowchart LR\n  %% a remark\n  a --> b\n");
    }
}
