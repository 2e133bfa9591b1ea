//! Where the nodes of a flow chart stand: in layers, in an order in which few arrows cross.

use super::flow::Flow;

/// Where each node stands, by its place in the chart.
#[derive(Debug, PartialEq)]
pub(super) struct Placing {
    /// Nodes and the bends of long arrows, layer by layer.
    pub(super) layers: Vec<Vec<Stop>>,
    /// The bends of each arrow, in order: the layers between its ends.
    pub(super) bends: Vec<Vec<usize>>,
    /// Arrows that run against the order of the layers.
    pub(super) back: Vec<bool>,
    /// The layer of each node.
    pub(super) layer: Vec<usize>,
}

/// What stands in a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    Node(usize),
    /// An arrow passes here, by its place in the chart.
    Bend(usize),
}

/// How often the layers are put into order, from the first to the last and back.
const SWEEPS: usize = 8;

pub(super) fn place(flow: &Flow) -> Placing {
    let back = backward(flow);
    let layer = layers_of(flow, &back);
    let depth = layer.iter().max().map_or(0, |last| last + 1);
    let mut layers: Vec<Vec<Stop>> = vec![vec![]; depth];
    for (node, layer) in layer.iter().enumerate() {
        layers[*layer].push(Stop::Node(node));
    }
    let mut bends = vec![vec![]; flow.arrows.len()];
    for (index, arrow) in flow.arrows.iter().enumerate() {
        let (low, high) = ends(layer[arrow.from], layer[arrow.to]);
        for (between, passed) in layers.iter_mut().enumerate().take(high).skip(low + 1) {
            passed.push(Stop::Bend(index));
            bends[index].push(between);
        }
        if back[index] {
            bends[index].reverse();
        }
    }
    order(flow, &layer, &mut layers);
    Placing { layers, bends, back, layer }
}

fn ends(one: usize, other: usize) -> (usize, usize) {
    (one.min(other), one.max(other))
}

/// Finds arrows that lead back to where one came from, so that the others make no circle.
fn backward(flow: &Flow) -> Vec<bool> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; flow.nodes.len()];
    let mut back = vec![false; flow.arrows.len()];
    for start in 0..flow.nodes.len() {
        if marks[start] != Mark::New {
            continue;
        }
        marks[start] = Mark::Open;
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.pop() {
            let leaving = flow.arrows.iter().enumerate().filter(|(_, arrow)| arrow.from == node).nth(next);
            let Some((index, arrow)) = leaving else {
                marks[node] = Mark::Done;
                continue;
            };
            path.push((node, next + 1));
            match marks[arrow.to] {
                Mark::Open => back[index] = true,
                Mark::New => {
                    marks[arrow.to] = Mark::Open;
                    path.push((arrow.to, 0));
                }
                Mark::Done => {}
            }
        }
    }
    back
}

/// Each node stands behind all that lead to it.
fn layers_of(flow: &Flow, back: &[bool]) -> Vec<usize> {
    let mut layer: Vec<usize> = vec![0; flow.nodes.len()];
    // A path has fewer arrows than there are nodes.
    for _ in 0..flow.nodes.len() {
        let mut moved = false;
        for (arrow, back) in flow.arrows.iter().zip(back) {
            if !back && layer[arrow.to] < layer[arrow.from] + 1 {
                layer[arrow.to] = layer[arrow.from] + 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    // Who comes from outside stands beside what it turns to.
    for (node, layer_of) in layer.clone().iter().enumerate() {
        let first = flow.arrows.iter().zip(back).filter(|(arrow, back)| !**back && arrow.from == node);
        if *layer_of == 0
            && let Some(next) = first.map(|(arrow, _)| layer[arrow.to]).min()
        {
            layer[node] = next.saturating_sub(1);
        }
    }
    layer
}

/// Puts each layer into the order of the middles of what its nodes are connected to.
fn order(flow: &Flow, layer: &[usize], layers: &mut [Vec<Stop>]) {
    for sweep in 0..SWEEPS {
        let downwards = sweep % 2 == 0;
        let all: Vec<usize> = if downwards {
            (1..layers.len()).collect()
        } else {
            (0..layers.len().saturating_sub(1)).rev().collect()
        };
        for at in all {
            let beside = if downwards { at - 1 } else { at + 1 };
            let neighbours = layers[beside].clone();
            let mut weighed: Vec<(usize, usize, Stop)> = layers[at]
                .iter()
                .enumerate()
                .map(|(now, stop)| {
                    (middle(flow, layer, *stop, beside, &neighbours).unwrap_or(now * 100), now, *stop)
                })
                .collect();
            weighed.sort_by_key(|(middle, now, _)| (*middle, *now));
            layers[at] = weighed.into_iter().map(|(_, _, stop)| stop).collect();
        }
    }
}

/// Returns the mean place, in hundredths, of what a stop is connected to in a layer beside it.
fn middle(flow: &Flow, layer: &[usize], stop: Stop, beside: usize, neighbours: &[Stop]) -> Option<usize> {
    let in_layer = |index: usize, end: usize| {
        let wanted = if layer[end] == beside { Stop::Node(end) } else { Stop::Bend(index) };
        neighbours.iter().position(|neighbour| *neighbour == wanted)
    };
    let places: Vec<usize> = match stop {
        Stop::Bend(index) => {
            let arrow = &flow.arrows[index];
            let end = if layer[arrow.from].abs_diff(beside) < layer[arrow.to].abs_diff(beside) {
                arrow.from
            } else {
                arrow.to
            };
            in_layer(index, end).into_iter().collect()
        }
        Stop::Node(node) => {
            let at =
                flow.arrows.iter().enumerate().filter(|(_, arrow)| arrow.from == node || arrow.to == node);
            at.filter_map(|(index, arrow)| {
                in_layer(index, if arrow.from == node { arrow.to } else { arrow.from })
            })
            .collect()
        }
    };
    (!places.is_empty()).then(|| places.iter().sum::<usize>() * 100 / places.len())
}
