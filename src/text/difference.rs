/// Beyond so many cells of the table a text counts as replaced as a whole.
const LARGEST: usize = 4_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Both,
    Before,
    After,
}

/// Returns what changed between two texts as a unified diff without a head, with so many lines around each change; `None` where
/// nothing did. <https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html>
pub fn difference(before: &str, after: &str, around: usize) -> Option<String> {
    if before == after {
        return None;
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let steps = steps(&old, &new);
    let changed: Vec<usize> = (0..steps.len()).filter(|at| steps[*at].0 != Side::Both).collect();
    let mut out = String::new();
    let mut shown = 0;
    for at in &changed {
        let begin = at.saturating_sub(around).max(shown);
        let end = (at + around + 1).min(steps.len());
        if begin > shown || shown == 0 {
            let count = |wanted: Side| {
                1 + steps[..begin].iter().filter(|(side, _)| [Side::Both, wanted].contains(side)).count()
            };
            out.push_str(&format!("@@ -{} +{} @@\n", count(Side::Before), count(Side::After)));
        }
        for (side, line) in &steps[begin..end.max(begin)] {
            let sign = match side {
                Side::Both => ' ',
                Side::Before => '-',
                Side::After => '+',
            };
            out.push_str(&format!("{sign}{line}\n"));
        }
        shown = end.max(shown);
    }
    // Only the last line's end may differ.
    Some(out)
}

/// Lines that both have, by the longest common subsequence, and those that one has.
fn steps<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Side, &'a str)> {
    let head = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let tail = old[head..]
        .iter()
        .rev()
        .zip(new[head..].iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    let (mid_old, mid_new) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut steps: Vec<(Side, &str)> = old[..head].iter().map(|line| (Side::Both, *line)).collect();
    let columns = mid_new.len() + 1;
    if (mid_old.len() + 1).saturating_mul(columns) > LARGEST {
        steps.extend(mid_old.iter().map(|line| (Side::Before, *line)));
        steps.extend(mid_new.iter().map(|line| (Side::After, *line)));
    } else {
        // How many lines the rests have in common, from the end on.
        let mut common = vec![0_u32; (mid_old.len() + 1) * columns];
        for (row, one) in mid_old.iter().enumerate().rev() {
            for (column, other) in mid_new.iter().enumerate().rev() {
                common[row * columns + column] = if one == other {
                    common[(row + 1) * columns + column + 1] + 1
                } else {
                    common[(row + 1) * columns + column].max(common[row * columns + column + 1])
                };
            }
        }
        let (mut row, mut column) = (0, 0);
        while row < mid_old.len() || column < mid_new.len() {
            if row < mid_old.len() && column < mid_new.len() && mid_old[row] == mid_new[column] {
                steps.push((Side::Both, mid_old[row]));
                (row, column) = (row + 1, column + 1);
            } else if column == mid_new.len()
                || (row < mid_old.len()
                    && common[(row + 1) * columns + column] >= common[row * columns + column + 1])
            {
                steps.push((Side::Before, mid_old[row]));
                row += 1;
            } else {
                steps.push((Side::After, mid_new[column]));
                column += 1;
            }
        }
    }
    steps.extend(old[old.len() - tail..].iter().map(|line| (Side::Both, *line)));
    steps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn changes_are_shown_with_what_stands_around_them() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh\n";
        let after = "a\nB\nc\nd\ne\nf\ng\nh\ni\n";
        let told = difference(before, after, 1).unwrap();
        assert_eq!(told, "@@ -1 +1 @@\n a\n-b\n+B\n c\n@@ -8 +8 @@\n h\n+i\n");
        assert_eq!(difference(before, before, 3), None);
        assert_eq!(difference("", "x\n", 3).unwrap(), "@@ -1 +1 @@\n+x\n");
    }

    #[test]
    fn what_is_too_long_to_compare_is_replaced_as_a_whole() {
        let text = |word: &str| (0..2_100).map(|number| format!("{word}{number}\n")).collect::<String>();
        let told = difference(&text("a"), &text("b"), 0).unwrap();
        assert_eq!(told.lines().filter(|line| line.starts_with('-')).count(), 2_100);
    }

    proptest! {
        #[test]
        fn with_all_around_it_both_texts_can_be_read_out_of_it(old in prop::collection::vec("[ab]", 0..9), new in prop::collection::vec("[ab]", 0..9)) {
            let text = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
            if let Some(told) = difference(&text(&old), &text(&new), 99) {
                let read = |leave: char| {
                    let lines = told.lines().filter(|line| !line.starts_with('@') && !line.starts_with(leave));
                    lines.map(|line| format!("{}\n", &line[1..])).collect::<String>()
                };
                prop_assert_eq!(read('+'), text(&old));
                prop_assert_eq!(read('-'), text(&new));
            }
        }
    }
}
