use super::Interval;
use crate::challenge::{Credit, Points};

/// What a check brings to its task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    Earned,
    /// It might have been earned, had we been able to look.
    Open,
    Lost,
}

/// Returns the points that the checks of a task earn together. Each comes with its weight.
pub(super) fn credit(points: Points, credit: Credit, checks: &[(u32, Share)]) -> Interval {
    let weights: Vec<u32> = checks.iter().map(|(weight, _)| *weight).collect();
    let parts = divide(points, &weights);
    let earn = |counts: fn(Share) -> bool| {
        let needed = match credit {
            Credit::Proportional => {
                let counting = parts.iter().zip(checks).filter(|(_, (_, share))| counts(*share));
                return counting.map(|(part, _)| *part).sum();
            }
            Credit::AllOrNothing => checks.len(),
            Credit::AtLeast(needed) => usize::try_from(needed).unwrap_or(usize::MAX),
        };
        let met = checks.iter().filter(|(_, share)| counts(*share)).count() >= needed;
        if met { points } else { Points::ZERO }
    };
    Interval { low: earn(|share| share == Share::Earned), high: earn(|share| share != Share::Lost) }
}

/// Takes points off for what failed, and perhaps for what nobody could see; never below zero.
pub(super) fn less(earned: Interval, deductions: impl Iterator<Item = (Points, Share)>) -> Interval {
    deductions.fold(earned, |left, (points, share)| {
        let off = |from: Points, takes: bool| Points(from.0.saturating_sub(if takes { points.0 } else { 0 }));
        Interval { low: off(left.low, share != Share::Earned), high: off(left.high, share == Share::Lost) }
    })
}

/// Leaves nothing where one of these failed.
pub(super) fn if_all(earned: Interval, decisive: impl Iterator<Item = Share>) -> Interval {
    decisive.fold(earned, |left, share| match share {
        Share::Earned => left,
        Share::Open => Interval { low: Points::ZERO, ..left },
        Share::Lost => Interval::default(),
    })
}

/// Divides points by weight so that the parts add up to them exactly: each part is cut to whole hundredths, and what is
/// left goes, one hundredth each, to the parts that lost most by the cut; of equals to the first (largest remainder).
fn divide(points: Points, weights: &[u32]) -> Vec<Points> {
    // Where nothing has weight, all have the same.
    let weightless = weights.iter().all(|weight| *weight == 0);
    let weights: Vec<u64> =
        weights.iter().map(|weight| if weightless { 1 } else { u64::from(*weight) }).collect();
    let total = weights.iter().sum::<u64>().max(1);
    let exact: Vec<u64> = weights.iter().map(|weight| u64::from(points.0) * weight).collect();
    let mut parts: Vec<u64> = exact.iter().map(|part| part / total).collect();
    let left = u64::from(points.0).saturating_sub(parts.iter().sum());
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|&i| std::cmp::Reverse(exact[i] % total));
    for &i in by_remainder.iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        parts[i] += 1;
    }
    // No part is more than all the points, which fit.
    parts.into_iter().map(|part| Points(u32::try_from(part).unwrap_or(u32::MAX))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn interval(low: u32, high: u32) -> Interval {
        Interval { low: Points(low), high: Points(high) }
    }

    #[test]
    fn thirds_add_up_to_the_whole() {
        assert_eq!(divide(Points(1000), &[1, 1, 1]), [Points(334), Points(333), Points(333)]);
        assert_eq!(divide(Points(10), &[3, 3, 1]), [Points(4), Points(4), Points(2)]);
        assert_eq!(divide(Points(5), &[0, 0]), [Points(3), Points(2)]);
        assert_eq!(divide(Points(5), &[0, 2]), [Points(0), Points(5)]);
        assert_eq!(divide(Points(5), &[]), []);
    }

    #[test]
    fn credit_is_given_as_the_task_says() {
        use Share::{Earned, Lost, Open};
        let checks = [(3, Earned), (1, Open), (1, Lost)];
        assert_eq!(credit(Points(1000), Credit::Proportional, &checks), interval(600, 800));
        assert_eq!(credit(Points(1000), Credit::AllOrNothing, &checks), interval(0, 0));
        assert_eq!(credit(Points(1000), Credit::AllOrNothing, &checks[..2]), interval(0, 1000));
        assert_eq!(credit(Points(1000), Credit::AllOrNothing, &checks[..1]), interval(1000, 1000));
        assert_eq!(credit(Points(1000), Credit::AtLeast(1), &checks), interval(1000, 1000));
        assert_eq!(credit(Points(1000), Credit::AtLeast(2), &checks), interval(0, 1000));
        assert_eq!(credit(Points(1000), Credit::AtLeast(3), &checks), interval(0, 0));
    }

    proptest! {
        #[test]
        fn parts_always_add_up(points in 0..5_000_000_u32, weights in prop::collection::vec(any::<u32>(), 1..20)) {
            let parts = divide(Points(points), &weights);
            prop_assert_eq!(parts.into_iter().sum::<Points>(), Points(points));
        }

        #[test]
        fn more_weight_is_never_worth_less(points in 0..100_000_u32, mut weights in prop::collection::vec(1..1000_u32, 2..9)) {
            weights.sort_unstable_by(|a, b| b.cmp(a));
            let parts = divide(Points(points), &weights);
            prop_assert!(parts.is_sorted_by(|a, b| a >= b), "{:?}", parts);
        }
    }
}
