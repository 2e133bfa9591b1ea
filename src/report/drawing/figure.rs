use super::layer::{Item, Layers};
use super::room::places;
use crate::challenge::{Chart, Shape};
use crate::report::layout::{width, wrap};

/// Letters of a line, before the label of a box and of an arrow is broken.
pub(in crate::report) const OF_BOX: usize = 16;
pub(in crate::report) const OF_ARROW: usize = 23;
/// What is left between two items of a layer, and around the whole, in pixels.
const GAP: i32 = 18;
const MARGIN: i32 = 14;
/// What is left between two layers: arrows bend there.
const BETWEEN: i32 = 20;
/// The widest drawing that a page shows without being scrolled.
pub(in crate::report) const ROOMY: i32 = 880;

/// A chart with places for everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) struct Drawing {
    pub(in crate::report) width: i32,
    pub(in crate::report) height: i32,
    pub(in crate::report) figures: Vec<Figure>,
    pub(in crate::report) lines: Vec<Line>,
}

/// A box: its middle and its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) struct Figure {
    pub(in crate::report) id: String,
    /// Its number in the chart.
    pub(in crate::report) index: usize,
    pub(in crate::report) x: i32,
    pub(in crate::report) y: i32,
    pub(in crate::report) width: i32,
    pub(in crate::report) height: i32,
}

/// An arrow, as the data of an SVG path, and the points of its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) struct Line {
    /// Its number in the chart.
    pub(in crate::report) arrow: usize,
    pub(in crate::report) path: String,
    pub(in crate::report) head: Option<String>,
    /// The middle of its label.
    pub(in crate::report) label: Option<(i32, i32)>,
}

/// Whether layers follow one another to the right or downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Right,
    Down,
}

impl Drawing {
    /// Draws to the right, and downwards where that is too wide for a page.
    pub(in crate::report) fn of(chart: &Chart) -> Self {
        let layers = Layers::of(chart);
        let right = Self::along(chart, &layers, Way::Right);
        if right.width <= ROOMY {
            return right;
        }
        let down = Self::along(chart, &layers, Way::Down);
        if down.width < right.width { down } else { right }
    }

    fn along(chart: &Chart, layers: &Layers, way: Way) -> Self {
        let sizes: Vec<(i32, i32)> =
            layers.items.iter().enumerate().map(|(at, item)| size(chart, at, item)).collect();
        let turn = |(x, y): (i32, i32)| if way == Way::Right { (x, y) } else { (y, x) };
        let (lengths, breadths): (Vec<i32>, Vec<i32>) = sizes.iter().map(|size| turn(*size)).unzip();
        let across = places(layers, &breadths, GAP);
        // Where each layer begins and ends.
        let mut reach = MARGIN;
        let mut spans = Vec::new();
        for layer in &layers.rows {
            let length = layer.iter().map(|item| lengths[*item]).max().unwrap_or(0);
            spans.push((reach, reach + length));
            reach += length + BETWEEN;
        }
        let point = |along: i32, across: i32| turn((along, across + MARGIN));
        let middle = |at: usize| {
            let (begin, end) = spans[layers.items[at].layer];
            i32::midpoint(begin, end)
        };
        let figures = chart.boxes.keys().enumerate().map(|(index, id)| {
            let (x, y) = point(middle(index), across[index]);
            let (width, height) = sizes[index];
            Figure { id: id.clone(), index, x, y, width, height }
        });
        let lines = layers.ways.iter().map(|(arrow, items)| {
            let towards = |at: usize, other: usize| layers.items[other].layer > layers.items[at].layer;
            let mut points: Vec<(i32, i32)> = Vec::new();
            for (number, at) in items.iter().copied().enumerate() {
                let (begin, end) = spans[layers.items[at].layer];
                let half = lengths[at] / 2;
                let forth = items
                    .get(number + 1)
                    .map_or_else(|| towards(items[number - 1], at), |next| towards(at, *next));
                let (enter, leave) = if forth { (begin, end) } else { (end, begin) };
                let edge = |out: bool| middle(at) + if forth == out { half } else { -half };
                let stops = match number {
                    0 => [edge(true), leave],
                    last if last + 1 == items.len() => [enter, edge(false)],
                    _ => [enter, leave],
                };
                points.extend(stops.map(|along| (along, across[at])));
            }
            let shown: Vec<(i32, i32)> =
                points.iter().map(|(along, across)| point(*along, *across)).collect();
            let label = items.iter().find(|at| layers.items[**at].label.is_some());
            Line {
                arrow: *arrow,
                path: path(&points, point),
                head: chart.arrows[*arrow].head.then(|| head(&shown, way)).flatten(),
                label: label.map(|at| point(middle(*at), across[*at])),
            }
        });
        let breadth = (0..across.len()).map(|at| across[at] + breadths[at] / 2).max().unwrap_or(0);
        let (width, height) = turn((reach - BETWEEN.min(reach) + MARGIN, breadth + 2 * MARGIN));
        Self { width, height, figures: figures.collect(), lines: lines.collect() }
    }
}

/// Breaks the lines of a label where they are too long.
pub(in crate::report) fn broken(label: &str, letters: usize) -> Vec<String> {
    label.lines().flat_map(|line| wrap(line, letters)).collect()
}

fn size(chart: &Chart, at: usize, item: &Item) -> (i32, i32) {
    let text = |label: &str, letters: usize, letter: i32| {
        let lines = broken(label, letters);
        let longest = lines.iter().map(|line| width(line)).max().unwrap_or(0);
        let number = |of: usize| i32::try_from(of).unwrap_or(i32::MAX / 1000);
        // In tenths of a pixel: letters are as wide as those of the usual fonts on the average, and a little more.
        (number(longest) * letter / 10, number(lines.len()) * 16)
    };
    match (item.bend, item.label) {
        (true, Some(arrow)) => {
            let (width, height) = text(&chart.arrows[arrow].label, OF_ARROW, 68);
            (width + 12, height + 6)
        }
        (true, None) => (2, 2),
        (false, _) => {
            let part = &chart.boxes[at];
            let (width, height) = text(&part.label, OF_BOX, 76);
            let more = if part.shape == Shape::Drum { 10 } else { 0 };
            (width.max(40) + 30, height + 18 + more)
        }
    }
}

/// Straight through each layer, and bent between two.
fn path(points: &[(i32, i32)], point: impl Fn(i32, i32) -> (i32, i32)) -> String {
    let show = |(along, across): (i32, i32)| {
        let (x, y) = point(along, across);
        format!("{x} {y}")
    };
    let mut path = String::new();
    for (number, at) in points.iter().enumerate() {
        match number.checked_sub(1).map(|before| points[before]) {
            None => path.push_str(&format!("M{}", show(*at))),
            Some(before) if before.1 == at.1 => path.push_str(&format!("L{}", show(*at))),
            Some(before) => {
                let middle = i32::midpoint(before.0, at.0);
                path.push_str(&format!(
                    "C{} {} {}",
                    show((middle, before.1)),
                    show((middle, at.1)),
                    show(*at)
                ));
            }
        }
    }
    path
}

/// Returns the points of a head at the end of a way.
fn head(points: &[(i32, i32)], way: Way) -> Option<String> {
    let (x, y) = *points.last()?;
    // Where the last piece has no length, the one before it tells the direction.
    let (from_x, from_y) = points.iter().rev().copied().find(|point| *point != (x, y))?;
    let (dx, dy) = ((x - from_x).signum(), (y - from_y).signum());
    // A way ends along the layers, never across.
    let (dx, dy) = match way {
        Way::Right if dx != 0 => (dx, 0),
        Way::Down if dy != 0 => (0, dy),
        _ => (dx, dy),
    };
    let (back_x, back_y) = (x - dx * 9, y - dy * 9);
    Some(format!("{x},{y} {},{} {},{}", back_x - dy * 4, back_y - dx * 4, back_x + dy * 4, back_y + dx * 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_chart_is_drawn_downwards_and_a_small_one_to_the_right() {
        let chain: String =
            (0..9).map(|number| format!("n{number}[a longer label here] --> n{}\n", number + 1)).collect();
        let down = Drawing::of(&Chart::parse(&chain));
        assert!(down.height > down.width && down.width <= ROOMY, "{} x {}", down.width, down.height);
        let right = Drawing::of(&Chart::parse("a -- x --> b"));
        assert!(right.width > right.height);
        assert_eq!(right.lines[0].label.map(|label| label.1), Some(right.figures[0].y));
        assert!(right.lines[0].head.is_some());
    }

    #[test]
    fn figures_are_inside_and_apart() {
        let text = "a[(kept)] --> b\n a --> c{{six}}\n b --> d([out])\n c -- why<br>not --> d\n d --- a\n";
        let drawing = Drawing::of(&Chart::parse(text));
        for (at, one) in drawing.figures.iter().enumerate() {
            assert!(one.x - one.width / 2 >= 0 && one.x + one.width / 2 <= drawing.width, "{one:?}");
            assert!(one.y - one.height / 2 >= 0 && one.y + one.height / 2 <= drawing.height, "{one:?}");
            for other in &drawing.figures[at + 1..] {
                let apart = (one.x - other.x).abs() >= i32::midpoint(one.width, other.width)
                    || (one.y - other.y).abs() >= i32::midpoint(one.height, other.height);
                assert!(apart, "{one:?} {other:?}");
            }
        }
        assert_eq!(drawing, Drawing::of(&Chart::parse(text)));
    }

    #[test]
    fn an_empty_chart_is_an_empty_drawing() {
        let drawing = Drawing::of(&Chart::default());
        assert!(drawing.figures.is_empty() && drawing.lines.is_empty());
    }
}
