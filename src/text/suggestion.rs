/// Returns the candidate that was probably meant, if one is near enough: a third of its letters may differ, and case does not count.
pub fn closest<'a, S: AsRef<str> + ?Sized + 'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a S>,
) -> Option<&'a str> {
    let written: Vec<char> = written.to_lowercase().chars().take(LONGEST).collect();
    candidates
        .into_iter()
        .map(AsRef::as_ref)
        .filter_map(|candidate| {
            let letters: Vec<char> = candidate.to_lowercase().chars().take(LONGEST).collect();
            let distance = distance(&written, &letters);
            let allowed = (letters.len().max(written.len()) / 3).max(1);
            (distance <= allowed && distance < letters.len()).then_some((distance, candidate))
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Returns words for a help line: `` did you mean `status`? ``
pub fn did_you_mean<'a, S: AsRef<str> + ?Sized + 'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a S>,
) -> Option<String> {
    closest(written, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// Names are short; what is longer is compared by its beginning, so that a file full of letters costs nothing.
const LONGEST: usize = 80;

/// Returns the number of letters to insert, remove, replace or swap with their neighbour (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in b.iter().enumerate() {
            let mut least = (above[j] + usize::from(letter != other)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == b[j - 1] && a[i - 1] == *other {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapped_and_missing_letters_are_recognised() {
        assert_eq!(closest("statsu", &["body", "status"]), Some("status"));
        assert_eq!(closest("OrderTable", &["OrdersTable", "OrdersApi"]), Some("OrdersTable"));
        assert_eq!(closest("getorder", &["GetOrder"]), Some("GetOrder"));
    }

    #[test]
    fn nothing_is_suggested_for_a_word_that_resembles_none() {
        assert_eq!(closest("teapot", &["status", "body"]), None);
        assert_eq!(closest("x", &["y"]), None);
        assert_eq!(closest::<str>("x", []), None);
    }

    #[test]
    fn help_ends_with_a_question_mark() {
        assert_eq!(did_you_mean("boddy", &["body"]).as_deref(), Some("did you mean `body`?"));
    }
}
