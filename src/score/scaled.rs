use crate::challenge::Points;

/// The lowest and the highest score of the scale that AWS reports its exams on.
/// <https://aws.amazon.com/certification/policies/after-testing/>
pub const LOWEST: u32 = 100;
pub const HIGHEST: u32 = 1000;

/// Where the scale places the pass mark, unless the challenge says otherwise.
pub const USUAL_CUT: u32 = 750;

/// Returns points on the scale of 100 to 1,000: linear from none to the pass mark, which stands at `cut`, and from there to all.
///
/// `pass_mark` is in hundredths of a percent of `all`. The result is cut to whole numbers, so that no score below the mark reads
/// as one that passes.
pub fn scaled(points: Points, all: Points, pass_mark: u32, cut: u32) -> u32 {
    let cut = cut.clamp(LOWEST + 1, HIGHEST);
    // Everything in ten-thousandths of a hundredth, so that the mark itself is a whole number.
    let reached = u64::from(points.0.min(all.0)) * 10_000;
    let whole = u64::from(all.0) * 10_000;
    let mark = u64::from(all.0) * u64::from(pass_mark.min(10_000));
    let part = |span: u32, reached: u64, of: u64| {
        let part = u128::from(span) * u128::from(reached) / u128::from(of.max(1));
        // It is at most the span.
        u32::try_from(part).unwrap_or(span)
    };
    if reached < mark {
        LOWEST + part(cut - LOWEST, reached, mark)
    } else if whole == mark {
        HIGHEST
    } else {
        cut + part(HIGHEST - cut, reached - mark, whole - mark)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_reference_values_hold() {
        // Raw cut 26 of 40 placed at 750.
        for (points, score) in [(13, 425), (25, 725), (26, 750), (33, 875), (40, 1000), (0, 100)] {
            assert_eq!(scaled(Points::whole(points), Points::whole(40), 6500, 750), score);
        }
        assert_eq!(scaled(Points::whole(40), Points::whole(40), 10_000, 750), 1000);
        assert_eq!(scaled(Points(3999), Points::whole(40), 10_000, 750), 749);
        assert_eq!(scaled(Points::ZERO, Points::whole(40), 0, 750), 750);
        assert_eq!(scaled(Points::ZERO, Points::ZERO, 8000, 750), 1000);
    }

    proptest! {
        #[test]
        fn no_fail_reads_as_a_pass(points in 0..60_000_u32, all in 1..50_000_u32, mark in 0..=10_000_u32, cut in 101..=1000_u32) {
            let score = scaled(Points(points), Points(all), mark, cut);
            let passed = u64::from(points.min(all)) * 10_000 >= u64::from(all) * u64::from(mark);
            prop_assert_eq!(score >= cut, passed);
            prop_assert!((LOWEST..=HIGHEST).contains(&score));
        }

        #[test]
        fn more_points_are_never_a_lower_score(points in 0..50_000_u32, more in 0..100_u32, mark in 0..=10_000_u32, cut in 101..=1000_u32) {
            let score = |points| scaled(Points(points), Points(50_000), mark, cut);
            prop_assert!(score(points + more) >= score(points));
        }
    }
}
