/// Returns a number with its noun: `1 task`, `2 tasks`, `no tasks`.
pub fn count(number: usize, noun: &str) -> String {
    count_of(number, noun, &format!("{noun}s"))
}

/// Returns a number with its noun, for a noun whose plural is not made with an `s`: `2 policies`.
pub fn count_of(number: usize, singular: &str, plural: &str) -> String {
    match number {
        0 => format!("no {plural}"),
        1 => format!("1 {singular}"),
        _ => format!("{number} {plural}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular_and_nothing_is_said_in_words() {
        assert_eq!([0, 1, 2].map(|number| count(number, "task")), ["no tasks", "1 task", "2 tasks"]);
        assert_eq!(count_of(2, "policy", "policies"), "2 policies");
    }
}
