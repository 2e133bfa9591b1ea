use std::cmp::Reverse;

use jiff::Timestamp;

use super::AttemptId;
use crate::challenge::Counts;

/// A graded attempt of a candidate at a challenge, in earnest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub id: AttemptId,
    pub passed: bool,
    /// Points that are sure, in hundredths of a percent of all.
    pub share: u32,
    pub ended: Timestamp,
}

/// Returns which of several attempts counts: the best one, of equals the earliest; or the latest.
pub fn counting(counts: Counts, taken: &[Taken]) -> Option<&Taken> {
    match counts {
        Counts::Best => taken.iter().max_by_key(|one| (one.passed, one.share, Reverse(one.ended))),
        Counts::Latest => taken.iter().max_by_key(|one| one.ended),
    }
}

/// Returns the name under which attempts of one person are found: case, and space around and between words, make nobody another.
pub fn person(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(id: &str, passed: bool, share: u32, ended: &str) -> Taken {
        Taken { id: id.parse().unwrap(), passed, share, ended: ended.parse().unwrap() }
    }

    #[test]
    fn the_best_counts_or_the_latest() {
        let all = [
            taken("a-2222222222", false, 9_000, "2026-01-01T10:00:00Z"),
            taken("a-3333333333", true, 8_000, "2026-01-02T10:00:00Z"),
            taken("a-4444444444", true, 8_000, "2026-01-03T10:00:00Z"),
            taken("a-5555555555", false, 0, "2026-01-04T10:00:00Z"),
        ];
        let id = |counts| counting(counts, &all).unwrap().id.to_string();
        assert_eq!(
            id(Counts::Best),
            "a-3333333333",
            "a pass goes before points, and the first of equals counts"
        );
        assert_eq!(id(Counts::Latest), "a-5555555555");
        assert_eq!(counting(Counts::Best, &[]), None);
    }

    #[test]
    fn a_person_is_one_however_the_name_is_typed() {
        assert_eq!(person(" Ada  LOVELACE\t"), person("ada lovelace"));
        assert_ne!(person("ada"), person("adam"));
        assert_eq!(person(" \n"), "");
    }
}
