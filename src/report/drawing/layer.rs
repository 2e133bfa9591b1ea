use crate::challenge::Chart;

/// How often layers are sorted by their neighbours.
const SWEEPS: usize = 16;

/// What has a place in a layer: a box, or the point where an arrow crosses the layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) layer: usize,
    /// The arrow whose label stands here.
    pub(super) label: Option<usize>,
    /// Of a crossing arrow.
    pub(super) bend: bool,
}

/// A chart in layers. The first items are the boxes, in their order.
#[derive(Debug, Clone, Default)]
pub(super) struct Layers {
    pub(super) items: Vec<Item>,
    /// Items from one side to the other.
    pub(super) rows: Vec<Vec<usize>>,
    /// Of each arrow that is drawn: its number, and the items on its way from its tail to its head.
    pub(super) ways: Vec<(usize, Vec<usize>)>,
}

impl Layers {
    pub(super) fn of(chart: &Chart) -> Self {
        let ends: Vec<(usize, usize, usize)> = chart
            .arrows
            .iter()
            .enumerate()
            .filter_map(|(arrow, one)| {
                let from = chart.boxes.get_index_of(&one.from)?;
                let to = chart.boxes.get_index_of(&one.to)?;
                // One that leads to where it comes from says nothing of the order.
                (from != to).then_some((arrow, from, to))
            })
            .collect();
        let forward = forward(chart.boxes.len(), &ends);
        let ranks = ranks(chart.boxes.len(), &forward);
        let mut found = Self {
            items: ranks.iter().map(|layer| Item { layer: *layer, label: None, bend: false }).collect(),
            ..Self::default()
        };
        for ((arrow, from, _), (first, last)) in ends.iter().zip(&forward) {
            let between = ranks[*first] + 1..ranks[*last];
            let labelled = between.start + between.len() / 2;
            let has_label = !chart.arrows[*arrow].label.is_empty();
            let mut way = vec![*first];
            for layer in between {
                way.push(found.items.len());
                let label = (has_label && layer == labelled).then_some(*arrow);
                found.items.push(Item { layer, label, bend: true });
            }
            way.push(*last);
            if first != from {
                way.reverse();
            }
            found.ways.push((*arrow, way));
        }
        let count = found.items.iter().map(|item| item.layer + 1).max().unwrap_or(0);
        found.rows = vec![Vec::new(); count];
        for (at, item) in found.items.iter().enumerate() {
            found.rows[item.layer].push(at);
        }
        found.sort();
        found
    }

    /// Returns for each item its neighbours in the layer before and in the one behind.
    pub(super) fn neighbours(&self) -> Vec<[Vec<usize>; 2]> {
        let mut found = vec![[Vec::new(), Vec::new()]; self.items.len()];
        for pair in self.ways.iter().flat_map(|(_, way)| way.windows(2)) {
            let (one, other) = (pair[0], pair[1]);
            let (before, behind) =
                if self.items[one].layer < self.items[other].layer { (one, other) } else { (other, one) };
            found[behind][0].push(before);
            found[before][1].push(behind);
        }
        found
    }

    /// Orders each layer so that few arrows cross.
    fn sort(&mut self) {
        let neighbours = self.neighbours();
        let mut best = (self.crossings(&neighbours), self.rows.clone());
        for sweep in 0..SWEEPS {
            let side = sweep % 2;
            let count = self.rows.len();
            for step in 1..count {
                let layer = if side == 0 { step } else { count - 1 - step };
                let towards = if side == 0 { layer - 1 } else { layer + 1 };
                let mut places = vec![0_usize; self.items.len()];
                for (place, item) in self.rows[towards].iter().enumerate() {
                    places[*item] = place;
                }
                let middle = |(own, item): (usize, &usize)| {
                    let near = &neighbours[*item][side];
                    let sum: usize = near.iter().map(|other| places[*other]).sum();
                    // In thousandths, so that middles between two places count.
                    if near.is_empty() { own * 1000 } else { sum * 1000 / near.len() }
                };
                let mut keyed: Vec<(usize, usize)> = self.rows[layer]
                    .iter()
                    .enumerate()
                    .map(|(own, item)| (middle((own, item)), *item))
                    .collect();
                keyed.sort_by_key(|(middle, _)| *middle);
                self.rows[layer] = keyed.into_iter().map(|(_, item)| item).collect();
            }
            let crossings = self.crossings(&neighbours);
            if crossings < best.0 {
                best = (crossings, self.rows.clone());
            }
        }
        self.rows = best.1;
    }

    fn crossings(&self, neighbours: &[[Vec<usize>; 2]]) -> usize {
        let mut places = vec![0_usize; self.items.len()];
        for (place, item) in self.rows.iter().flat_map(|layer| layer.iter().enumerate()) {
            places[*item] = place;
        }
        let of_layer = |layer: &Vec<usize>| {
            let arrows: Vec<(usize, usize)> = layer
                .iter()
                .flat_map(|item| neighbours[*item][1].iter().map(|other| (places[*item], places[*other])))
                .collect();
            let crossed = |one: &(usize, usize), other: &(usize, usize)| {
                (one.0 < other.0 && one.1 > other.1) || (one.0 > other.0 && one.1 < other.1)
            };
            let pairs = arrows.iter().enumerate();
            pairs
                .map(|(at, one)| arrows[at + 1..].iter().filter(|other| crossed(one, other)).count())
                .sum::<usize>()
        };
        self.rows.iter().map(of_layer).sum()
    }
}

/// Turns arrows around that would close a circle; returns tail and head of each.
fn forward(boxes: usize, ends: &[(usize, usize, usize)]) -> Vec<(usize, usize)> {
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); boxes];
    let mut forward = Vec::new();
    for (_, from, to) in ends {
        let (first, last) = if reaches(&after, *to, *from) { (*to, *from) } else { (*from, *to) };
        after[first].push(last);
        forward.push((first, last));
    }
    forward
}

fn reaches(after: &[Vec<usize>], from: usize, wanted: usize) -> bool {
    let mut seen = vec![false; after.len()];
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if at == wanted {
            return true;
        }
        if !std::mem::replace(&mut seen[at], true) {
            open.extend(&after[at]);
        }
    }
    false
}

/// Returns the layer of each box: every second one, so that there is always a layer for labels between two boxes.
fn ranks(boxes: usize, forward: &[(usize, usize)]) -> Vec<usize> {
    let mut ranks = vec![0_usize; boxes];
    // Without circles the longest way is found after as many rounds as there are boxes.
    for _ in 0..boxes {
        for (first, last) in forward {
            ranks[*last] = ranks[*last].max(ranks[*first] + 2);
        }
    }
    // What nothing leads to stands next to what it leads to.
    for at in 0..boxes {
        if forward.iter().all(|(_, last)| *last != at) {
            let next = forward.iter().filter(|(first, _)| *first == at).map(|(_, last)| ranks[*last]);
            ranks[at] = next.min().unwrap_or(2) - 2;
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn circles_are_broken_and_every_arrow_leads_over_a_layer_of_its_own() {
        let layers = Layers::of(&Chart::parse("graph LR\n a -- x --> b --> c --> a\n d --> c\n a --> a\n"));
        let of = |at: usize| layers.items[at].layer;
        assert_eq!([of(0), of(1), of(2), of(3)], [0, 2, 4, 2]);
        assert_eq!(layers.ways.len(), 4);
        let back = &layers.ways[2].1;
        assert_eq!((back[0], *back.last().unwrap()), (2, 0), "it is drawn from its tail to its head");
        assert_eq!(layers.items.iter().filter(|item| item.label == Some(0)).count(), 1);
    }

    #[test]
    fn crossings_that_need_not_be_are_taken_out() {
        let layers = Layers::of(&Chart::parse("graph LR\n a --> d\n b --> c\n a --> e\n b --> f\n"));
        assert_eq!(layers.crossings(&layers.neighbours()), 0);
    }

    proptest! {
        #[test]
        fn any_chart_is_layered_and_nothing_is_lost(arrows in prop::collection::vec((0..9_u32, 0..9_u32), 0..25)) {
            let text: String = arrows.iter().map(|(from, to)| format!("n{from} --> n{to}\n")).collect();
            let chart = Chart::parse(&text);
            let layers = Layers::of(&chart);
            prop_assert_eq!(layers.rows.iter().map(Vec::len).sum::<usize>(), layers.items.len());
            for (_, way) in &layers.ways {
                for pair in way.windows(2) {
                    prop_assert_eq!(layers.items[pair[0]].layer.abs_diff(layers.items[pair[1]].layer), 1);
                }
            }
        }
    }
}
