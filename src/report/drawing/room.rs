use super::layer::Layers;

/// How often everything is moved towards its neighbours.
const ROUNDS: usize = 40;
/// How often arrows are straightened after that: one makes room for another.
const STRAIGHT: usize = 6;

/// Finds places across the layers: the middle of each item, so that neighbours stand as near to one another as there is room.
///
/// `sizes` are the items' sizes across, `gap` what is left between two. Nothing overlaps, and the first place is 0.
pub(super) fn places(layers: &Layers, sizes: &[i32], gap: i32) -> Vec<i32> {
    let neighbours = layers.neighbours();
    let mut places = vec![0; layers.items.len()];
    for layer in &layers.rows {
        spread(layer, &vec![0; layer.len()], sizes, gap, &mut places);
    }
    for round in 0..ROUNDS {
        let count = layers.rows.len();
        for step in 0..count {
            let at = if round % 2 == 0 { step } else { count - 1 - step };
            let layer = &layers.rows[at];
            let wanted: Vec<i32> = layer
                .iter()
                .map(|item| {
                    let near: Vec<i32> =
                        neighbours[*item].iter().flatten().map(|other| places[*other]).collect();
                    let number = i32::try_from(near.len()).unwrap_or(1);
                    if near.is_empty() { places[*item] } else { near.iter().sum::<i32>() / number }
                })
                .collect();
            spread(layer, &wanted, sizes, gap, &mut places);
        }
    }
    for _ in 0..STRAIGHT {
        straighten(layers, sizes, gap, &mut places);
    }
    let first = (0..places.len()).map(|at| places[at] - sizes[at] / 2).min().unwrap_or(0);
    for place in &mut places {
        *place -= first;
    }
    places
}

/// Moves the points where an arrow crosses layers onto one line, as far as there is room between what stands beside them.
fn straighten(layers: &Layers, sizes: &[i32], gap: i32, places: &mut [i32]) {
    let apart = |one: usize, other: usize| (sizes[one] + sizes[other] + 1) / 2 + gap;
    for (_, way) in &layers.ways {
        let bends: Vec<usize> = way.iter().copied().filter(|at| layers.items[*at].bend).collect();
        let mut across: Vec<i32> = bends.iter().map(|at| places[*at]).collect();
        across.sort_unstable();
        let Some(line) = across.get(across.len() / 2).copied() else { continue };
        for at in bends {
            let layer = &layers.rows[layers.items[at].layer];
            let Some(own) = layer.iter().position(|one| *one == at) else { continue };
            let before = own.checked_sub(1).and_then(|own| layer.get(own));
            let least = before.map_or(i32::MIN, |one| places[*one] + apart(*one, at));
            let most = layer.get(own + 1).map_or(i32::MAX, |one| places[*one] - apart(at, *one));
            if least <= most {
                places[at] = line.clamp(least, most);
            }
        }
    }
}

/// Puts the items of a layer as near to where they want to be as their order and sizes let them.
fn spread(layer: &[usize], wanted: &[i32], sizes: &[i32], gap: i32, places: &mut [i32]) {
    let apart = |one: usize, other: usize| (sizes[one] + sizes[other] + 1) / 2 + gap;
    // Pushed from one side, then from the other; the middle of the two is as good as both, and as free of overlaps.
    let mut forth = wanted.to_vec();
    for at in 1..layer.len() {
        forth[at] = forth[at].max(forth[at - 1] + apart(layer[at - 1], layer[at]));
    }
    let mut back = wanted.to_vec();
    for at in (1..layer.len()).rev() {
        back[at - 1] = back[at - 1].min(back[at] - apart(layer[at - 1], layer[at]));
    }
    let mut last = None;
    for (at, item) in layer.iter().enumerate() {
        let middle = (forth[at] + back[at]).div_euclid(2);
        // Halves that are cut off must not bring two too near.
        let least = last.map_or(middle, |(other, place): (usize, i32)| place + apart(other, *item));
        places[*item] = middle.max(least);
        last = Some((*item, places[*item]));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::challenge::Chart;

    proptest! {
        #[test]
        fn nothing_overlaps_in_any_chart(arrows in prop::collection::vec((0..8_u32, 0..8_u32), 1..20), size in 1..90_i32) {
            let text: String = arrows.iter().map(|(from, to)| format!("n{from} --> n{to}\n")).collect();
            let layers = Layers::of(&Chart::parse(&text));
            let sizes: Vec<i32> = (0..layers.items.len()).map(|at| size + i32::try_from(at % 7).unwrap() * 5).collect();
            let places = places(&layers, &sizes, 10);
            for layer in &layers.rows {
                for pair in layer.windows(2) {
                    let room = places[pair[1]] - places[pair[0]] - i32::midpoint(sizes[pair[0]], sizes[pair[1]]);
                    prop_assert!(room >= 10, "{room}");
                }
            }
        }
    }

    #[test]
    fn a_chain_is_a_straight_line() {
        let layers = Layers::of(&Chart::parse("graph LR\n a --> b --> c\n"));
        let places = places(&layers, &vec![40; layers.items.len()], 10);
        assert!(places.iter().all(|place| *place == 20), "{places:?}");
    }
}
