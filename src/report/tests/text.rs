use super::cards::{COLOUR, bare, broken, gated, interval, repaired};
use crate::report::{Audience, Style, compare, layout, markdown, terminal};
use crate::score::{Result, Scorecard};

#[test]
fn an_assessor_reads_everything() {
    insta::assert_snapshot!(terminal(&broken(), Audience::Assessor, Style::PLAIN));
}

#[test]
fn a_candidate_reads_of_hidden_checks_their_hint() {
    let text = terminal(&broken(), Audience::Candidate, Style { colour: false, width: 72 });
    insta::assert_snapshot!(text);
}

#[test]
fn cards_are_set_side_by_side() {
    let (broken, repaired) = (broken(), repaired());
    insta::assert_snapshot!(compare(&[("broken start", &broken), ("repaired", &repaired)], Style::PLAIN));
}

#[test]
fn colours_say_nothing_that_the_text_does_not() {
    for card in [broken(), repaired()] {
        let plain = terminal(&card, Audience::Assessor, Style::PLAIN);
        let coloured = terminal(&card, Audience::Assessor, COLOUR);
        assert_ne!(plain, coloured);
        assert_eq!(bare(&coloured), plain);
        assert!(!plain.contains('\u{1b}'));
    }
    let (broken, repaired) = (broken(), repaired());
    let cards = [("before", &broken), ("after", &repaired)];
    assert_eq!(bare(&compare(&cards, COLOUR)), compare(&cards, Style::PLAIN));
}

#[test]
fn lines_fit_the_terminal() {
    for width in [60, 72, 100] {
        let style = Style { colour: false, width };
        let (broken, repaired) = (broken(), repaired());
        let pages = [
            terminal(&broken, Audience::Assessor, style),
            compare(&[("a", &broken), ("b", &repaired)], style),
        ];
        for line in pages.iter().flat_map(|page| page.lines()) {
            assert!(layout::width(line) <= width, "{} columns of {width}: {line}", layout::width(line));
            assert_eq!(line.trim_end(), line);
        }
    }
}

#[test]
fn a_provisional_result_says_so() {
    let card = Scorecard { result: Result::Provisional, score: interval(3500, 4500), ..broken() };
    let text = terminal(&card, Audience::Candidate, Style::PLAIN);
    assert!(text.contains("PROVISIONAL  35 to 45 of 50 points"), "{text}");
    assert!(text.contains("it hangs on what could not be seen"));
}

#[test]
fn every_kind_of_check_says_why_it_failed() {
    insta::assert_snapshot!(terminal(&gated(), Audience::Assessor, Style::PLAIN));
    let told = markdown(&gated(), Audience::Candidate);
    assert!(told.contains("GET") && !told.contains("PATCH"), "what is right is not told: {told}");
}

#[test]
fn comparing_nothing_is_an_empty_page() {
    assert_eq!(compare(&[], Style::PLAIN), "");
}

#[test]
fn a_long_title_does_not_run_into_the_next_column() {
    let (mut broken, repaired) = (broken(), repaired());
    // As long as its column, and longer by each letter that there may be.
    for length in 20..80 {
        broken.tasks[0].title = "x".repeat(length);
        let table = compare(&[("broken start", &broken), ("repaired", &repaired)], Style::PLAIN);
        let line = table.lines().find(|line| line.contains("5 to 15") && line.contains('x')).unwrap();
        assert!(line.contains("x  ") && !line.contains("x5"), "{line}");
    }
}
