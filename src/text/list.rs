/// Returns alternatives in backticks: `` `a`, `b`, or `c` ``. Nothing gives `nothing`.
pub fn one_of<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    join(words, "or")
}

/// Returns an enumeration in backticks: `` `a`, `b`, and `c` ``. Nothing gives `nothing`.
pub fn all_of<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    join(words, "and")
}

fn join<S: AsRef<str>>(words: impl IntoIterator<Item = S>, conjunction: &str) -> String {
    let ticked: Vec<String> = words.into_iter().map(|word| format!("`{}`", word.as_ref())).collect();
    match ticked.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first, second] => format!("{first} {conjunction} {second}"),
        [before @ .., last] => format!("{}, {conjunction} {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_any_length_read_as_english() {
        assert_eq!(one_of::<&str>([]), "nothing");
        assert_eq!(one_of(["a"]), "`a`");
        assert_eq!(all_of(["a", "b"]), "`a` and `b`");
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b`, or `c`");
    }
}
