use maud::{Markup, html as markup};

use super::flow::{Arrow, Flow, Shape, flow};
use super::placing::{Placing, Stop, place};

/// Width of a letter of a label, and of one beside an arrow, in pixels; what is drawn in a narrower font has more room.
const LETTER: f64 = 7.6;
const SMALL: f64 = 6.9;
const LINE: f64 = 18.0;
/// Letters of a line of a label.
const WIDE: usize = 22;
/// Room around things.
const APART: f64 = 22.0;
const EDGE: f64 = 12.0;
/// A wide drawing is shown smaller, but not narrower than this.
const READABLE: f64 = 1_100.0;

/// Draws an architecture diagram, and tells it in words for those who do not see it. A text that is no flow chart is shown as it is.
pub(super) fn diagram(mermaid: &str) -> Markup {
    let flow = flow(mermaid);
    if flow.nodes.is_empty() {
        return markup! { pre { code { (mermaid) } } };
    }
    let canvas = Canvas::of(&flow);
    markup! {
        div.scrolls.wide tabindex="0" role="group" aria-label="The diagram" {
            (canvas.svg())
        }
        details.told {
            summary { "The diagram in words" }
            ul { @for arrow in &flow.arrows { li { (words(&flow, arrow)) } } }
        }
    }
}

fn words(flow: &Flow, arrow: &Arrow) -> String {
    let name = |node: usize| lines_of(&flow.nodes[node].label, usize::MAX).join(" ");
    let label = lines_of(&arrow.label, usize::MAX).join(", ");
    let by = if label.is_empty() { String::new() } else { format!(" ({label})") };
    let to = if arrow.headed { "to" } else { "with" };
    format!("{} {to} {}{by}", name(arrow.from), name(arrow.to))
}

/// A point along the layers and across them.
#[derive(Debug, Clone, Copy)]
struct Point {
    along: f64,
    across: f64,
}

struct Canvas<'a> {
    flow: &'a Flow,
    placing: Placing,
    lines: Vec<Vec<String>>,
    /// Width and height of each node.
    sizes: Vec<(f64, f64)>,
    /// The middle of each node, and of each bend by arrow and layer.
    nodes: Vec<Point>,
    bends: Vec<Vec<Point>>,
    /// Width and height.
    size: (f64, f64),
}

impl<'a> Canvas<'a> {
    fn of(flow: &'a Flow) -> Self {
        let placing = place(flow);
        let lines: Vec<Vec<String>> = flow.nodes.iter().map(|node| lines_of(&node.label, WIDE)).collect();
        let sizes = lines
            .iter()
            .map(|lines| (widest(lines) * LETTER + 28.0, tall(lines.len()) * LINE + 18.0))
            .collect();
        let nothing = Point { along: 0.0, across: 0.0 };
        let bends = placing.bends.iter().map(|bends| vec![nothing; bends.len()]).collect();
        let mut canvas = Self {
            flow,
            placing,
            lines,
            sizes,
            nodes: vec![nothing; flow.nodes.len()],
            bends,
            size: (0.0, 0.0),
        };
        canvas.spread();
        canvas
    }

    /// Returns how much room a node takes along the layers and across them.
    fn room(&self, stop: Stop) -> Point {
        let (width, height) = match stop {
            Stop::Node(node) => self.sizes[node],
            Stop::Bend(_) => return Point { along: 0.0, across: 10.0 },
        };
        if self.flow.across {
            Point { along: width, across: height }
        } else {
            Point { along: height, across: width }
        }
    }

    /// Gives everything its coordinates: one layer behind the other, each in the middle.
    fn spread(&mut self) {
        let layers = self.placing.layers.clone();
        let breadth =
            |layer: &Vec<Stop>| layer.iter().map(|stop| self.room(*stop).across + APART).sum::<f64>() - APART;
        let widest = layers.iter().map(breadth).fold(0.0, f64::max);
        let mut along = EDGE;
        for (index, layer) in layers.iter().enumerate() {
            let depth = layer.iter().map(|stop| self.room(*stop).along).fold(0.0, f64::max);
            let mut across = EDGE + (widest - breadth_of(self, layer)) / 2.0;
            for stop in layer {
                let room = self.room(*stop);
                let middle = Point { along: along + depth / 2.0, across: across + room.across / 2.0 };
                match stop {
                    Stop::Node(node) => self.nodes[*node] = middle,
                    Stop::Bend(arrow) => {
                        if let Some(at) = self.placing.bends[*arrow].iter().position(|layer| *layer == index)
                        {
                            self.bends[*arrow][at] = middle;
                        }
                    }
                }
                across += room.across + APART;
            }
            along += depth;
            if index + 1 < layers.len() {
                along += self.gap_behind(index);
            }
        }
        let (along, across) = (along + EDGE, widest + 2.0 * EDGE);
        self.size = if self.flow.across { (along, across) } else { (across, along) };
    }

    /// The labels of arrows stand between the layers.
    fn gap_behind(&self, layer: usize) -> f64 {
        let starting = self.flow.arrows.iter().filter(|arrow| self.placing.layer[arrow.from] == layer);
        let labels = starting.map(|arrow| {
            let lines = lines_of(&arrow.label, WIDE + 12);
            if self.flow.across { widest(&lines) * SMALL + 46.0 } else { tall(lines.len()) * LINE + 40.0 }
        });
        labels.fold(56.0, f64::max)
    }

    fn xy(&self, point: Point) -> (f64, f64) {
        if self.flow.across { (point.along, point.across) } else { (point.across, point.along) }
    }

    fn svg(&self) -> Markup {
        let (width, height) = self.size;
        markup! {
            // Smaller than this nobody can read it: then it is scrolled.
            svg.drawing style=(format!("min-width: {}px", round(width.min(READABLE)))) xmlns="http://www.w3.org/2000/svg" width=(round(width)) height=(round(height))
                viewBox=(format!("0 0 {} {}", round(width), round(height))) role="img" aria-label="Architecture diagram" {
                defs {
                    marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse" {
                        path d="M0 0 L8 4 L0 8 z" {}
                    }
                }
                @for (index, arrow) in self.flow.arrows.iter().enumerate() { (self.arrow(index, arrow)) }
                @for (index, arrow) in self.flow.arrows.iter().enumerate() { (self.label(index, arrow)) }
                @for node in 0..self.flow.nodes.len() { (self.node(node)) }
            }
        }
    }

    /// The points of an arrow: from the edge of one node to that of the other.
    fn points(&self, index: usize, arrow: &Arrow) -> Vec<Point> {
        let (from, to) = (self.nodes[arrow.from], self.nodes[arrow.to]);
        let half = |node: usize| self.room(Stop::Node(node)).along / 2.0;
        let (out, into) = if self.placing.back[index] { (-1.0, 1.0) } else { (1.0, -1.0) };
        let mut points = vec![Point { along: from.along + out * half(arrow.from), ..from }];
        points.extend(&self.bends[index]);
        points.push(Point { along: to.along + into * half(arrow.to), ..to });
        points
    }

    fn arrow(&self, index: usize, arrow: &Arrow) -> Markup {
        let points = self.points(index, arrow);
        let (x, y) = self.xy(points[0]);
        let mut path = format!("M{} {}", round(x), round(y));
        for pair in points.windows(2) {
            let middle = f64::midpoint(pair[0].along, pair[1].along);
            let bent = [Point { along: middle, ..pair[0] }, Point { along: middle, ..pair[1] }, pair[1]];
            let bent = bent.map(|point| {
                let (x, y) = self.xy(point);
                format!("{} {}", round(x), round(y))
            });
            path.push_str(&format!(" C{}", bent.join(", ")));
        }
        let class = if arrow.dotted { "arrow dotted" } else { "arrow" };
        markup! {
            @if arrow.headed { path class=(class) d=(path) marker-end="url(#head)" {} }
            @else { path class=(class) d=(path) {} }
        }
    }

    /// A label stands nearer to where its arrow leads, where arrows of one node are apart.
    fn label(&self, index: usize, arrow: &Arrow) -> Markup {
        let points = self.points(index, arrow);
        let lines = lines_of(&arrow.label, WIDE + 12);
        let share = 0.56;
        let at = Point {
            along: points[0].along + (points[1].along - points[0].along) * share,
            across: points[0].across + (points[1].across - points[0].across) * 0.7,
        };
        let (x, y) = self.xy(at);
        markup! { @if !arrow.label.is_empty() { (text("label", &lines, x, y)) } }
    }

    fn node(&self, node: usize) -> Markup {
        let (x, y) = self.xy(self.nodes[node]);
        let (width, height) = self.sizes[node];
        let (left, top) = (x - width / 2.0, y - height / 2.0);
        let shape = self.flow.nodes[node].shape;
        let corner = match shape {
            Shape::Box => 4.0,
            Shape::Pill => height / 2.0,
            Shape::Drum | Shape::Queue => 0.0,
            Shape::Hexagon => 12.0,
        };
        let class = match shape {
            Shape::Pill => "node outside",
            Shape::Drum => "node keeps",
            Shape::Queue => "node hands-on",
            Shape::Box | Shape::Hexagon => "node",
        };
        markup! {
            rect class=(class) x=(round(left)) y=(round(top)) width=(round(width)) height=(round(height)) rx=(round(corner)) {}
            @if shape == Shape::Drum {
                path.node-line d=(format!("M{} {} h{}", round(left), round(top + 5.0), round(width))) {}
            }
            @if shape == Shape::Queue {
                path.node-line d=(format!("M{} {} v{} M{} {} v{}", round(left + 6.0), round(top), round(height), round(left + width - 6.0), round(top), round(height))) {}
            }
            (text("", &self.lines[node], x, y))
        }
    }
}

fn breadth_of(canvas: &Canvas<'_>, layer: &[Stop]) -> f64 {
    layer.iter().map(|stop| canvas.room(*stop).across + APART).sum::<f64>() - APART
}

/// Writes lines around a middle.
fn text(class: &str, lines: &[String], x: f64, y: f64) -> Markup {
    let first = y - (tall(lines.len()) - 1.0) * LINE / 2.0;
    markup! {
        text class=(class) x=(round(x)) y=(round(first)) {
            @for (index, line) in lines.iter().enumerate() {
                tspan x=(round(x)) y=(round(first + tall(index) * LINE)) { (line) }
            }
        }
    }
}

/// Breaks a label where the author did, and where it gets wide.
fn lines_of(label: &str, wide: usize) -> Vec<String> {
    let label = label.replace("<br/>", "<br>").replace("<br />", "<br>");
    let mut lines = Vec::new();
    for part in label.split("<br>") {
        let mut line = String::new();
        for word in part.split_whitespace() {
            if !line.is_empty() && line.chars().count().saturating_add(word.chars().count()) >= wide {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

fn widest(lines: &[String]) -> f64 {
    tall(lines.iter().map(|line| line.chars().count()).max().unwrap_or_default())
}

/// No diagram has more lines or letters than fit.
fn tall(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn round(number: f64) -> String {
    format!("{number:.1}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagram_is_drawn_and_told() {
        let drawn = diagram("flowchart LR\n a([Page]) -- \"GET <x>\" --> b[one] --> c[(table)]\n c --> a")
            .into_string();
        assert_eq!(drawn.matches("<rect").count(), 3, "{drawn}");
        assert_eq!(drawn.matches("class=\"arrow\"").count(), 3, "{drawn}");
        assert!(drawn.contains("Page to one (GET &lt;x&gt;)"), "{drawn}");
        assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
    }

    #[test]
    fn what_is_no_chart_is_shown_as_it_is() {
        assert_eq!(diagram("<b>").into_string(), "<pre><code>&lt;b&gt;</code></pre>");
    }

    #[test]
    fn long_labels_are_broken() {
        assert_eq!(
            lines_of("GET /crossings<br>GET /partner/crossings of the hotels", 22),
            ["GET /crossings", "GET /partner/crossings", "of the hotels"]
        );
    }
}
