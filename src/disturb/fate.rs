use std::time::Duration;

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    Undisturbed,
    /// Sent on after a while.
    Delayed(Duration),
    /// Answered with 429 and a throttling error, and not sent on.
    Throttled,
    /// The connection is closed, and nothing sent on.
    Reset,
    /// Answered with 500, and not sent on.
    Failed,
    /// Answered with 403 and an access denied error, and not sent on.
    Denied,
    /// Sent on twice, as a client does that did not see the first answer; the second one is handed back.
    Repeated,
    /// A read that was answered before is answered the same again; any other call is undisturbed.
    Stale,
}

/// How many calls are disturbed, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weather {
    /// Of a hundred calls, so many are disturbed.
    pub percent: u8,
    pub seed: u64,
    /// The longest delay.
    pub longest: Duration,
}

impl Weather {
    /// Returns the fate of a call by its number, the first being 0.
    pub fn fate(&self, number: u64) -> Fate {
        let drawn = mixed(self.seed ^ mixed(number));
        if drawn % 100 >= u64::from(self.percent) {
            return Fate::Undisturbed;
        }
        let drawn = mixed(drawn);
        match drawn % 7 {
            0 => {
                let longest = u64::try_from(self.longest.as_millis()).unwrap_or(u64::MAX);
                Fate::Delayed(Duration::from_millis((drawn >> 8) % longest.max(1)))
            }
            1 => Fate::Throttled,
            2 => Fate::Reset,
            3 => Fate::Failed,
            4 => Fate::Denied,
            5 => Fate::Repeated,
            _ => Fate::Stale,
        }
    }
}

/// Spreads neighbouring numbers all over the range: SplitMix64 (<https://doi.org/10.1145/2714064.2660195>).
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn weather(percent: u8, seed: u64) -> Weather {
        Weather { percent, seed, longest: Duration::from_millis(50) }
    }

    #[test]
    fn as_many_calls_are_disturbed_as_was_asked_for_and_in_every_way() {
        for percent in [0, 5, 30, 100] {
            let fates: Vec<Fate> = (0..10_000).map(|number| weather(percent, 1).fate(number)).collect();
            let disturbed = fates.iter().filter(|fate| **fate != Fate::Undisturbed).count();
            let asked = usize::from(percent) * 100;
            assert!(disturbed.abs_diff(asked) <= 150, "{percent}: {disturbed}");
            let ways: BTreeSet<_> =
                fates.iter().map(std::mem::discriminant).map(|way| format!("{way:?}")).collect();
            let expected = match percent {
                0 => 1,
                100 => 7,
                _ => 8,
            };
            assert_eq!(ways.len(), expected, "{percent}");
        }
    }

    #[test]
    fn the_same_seed_is_the_same_weather() {
        let of = |seed| (0..200).map(|number| weather(30, seed).fate(number)).collect::<Vec<_>>();
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
    }

    #[test]
    fn no_delay_is_longer_than_the_longest() {
        for number in 0..5_000 {
            if let Fate::Delayed(delay) = weather(100, 3).fate(number) {
                assert!(delay < Duration::from_millis(50));
            }
        }
    }
}
