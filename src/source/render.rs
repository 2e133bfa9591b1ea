use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, FileTree, Position, Severity};

/// How problems are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    pub colour: bool,
    /// Columns of the terminal; longer lines of a file are cut around the caret.
    pub width: u16,
}

impl Style {
    pub const PLAIN: Self = Self { colour: false, width: 120 };
}

/// Draws problems one after the other, each with its place, the line of the file and a caret.
///
/// ```text
/// error: nothing is called `OrderTable`
///  --> scenario/template.yaml:12:15
///    |
/// 12 |         Ref: OrderTable
///    |              ^^^^^^^^^^
///    |
///    = help: did you mean `OrdersTable`?
/// ```
pub fn render(diagnostics: &[Diagnostic], files: &FileTree, style: Style) -> String {
    let drawn: Vec<String> =
        diagnostics.iter().map(|diagnostic| draw(diagnostic, files, style) + "\n").collect();
    drawn.join("\n")
}

fn draw(diagnostic: &Diagnostic, files: &FileTree, style: Style) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let renderer = if style.colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(usize::from(style.width));
    let line = diagnostic.location.as_ref().and_then(|location| {
        let position = location.position?;
        Some((location, position, line_of(files.text(&location.file)?, position.line)?))
    });
    let mut group: Group<'_> = Group::with_title(level.primary_title(diagnostic.message.as_str()));
    match (line, &diagnostic.location) {
        (Some((location, position, line)), _) => {
            let start = byte_of(line, position);
            let mark = AnnotationKind::Primary.span(start..start + token_length(&line[start..]));
            let snippet =
                Snippet::source(line).line_start(position.line as usize).path(location.file.as_str());
            group = group.element(snippet.annotation(mark.label(diagnostic.label.as_deref())));
        }
        (None, Some(location)) => {
            group = group.element(Origin::path(location.to_string()));
            group = group.elements(diagnostic.label.iter().map(|label| Level::NOTE.message(label.as_str())));
        }
        (None, None) => {
            group = group.elements(diagnostic.label.iter().map(|label| Level::NOTE.message(label.as_str())));
        }
    }
    group = group.elements(diagnostic.help.iter().map(|help| Level::HELP.message(help.as_str())));
    renderer.render(&[group])
}

fn line_of(text: &str, line: u32) -> Option<&str> {
    text.lines().nth(line.checked_sub(1)? as usize)
}

/// Returns where a column begins in its line, or the line's end.
fn byte_of(line: &str, position: Position) -> usize {
    let before = position.column.saturating_sub(1) as usize;
    line.char_indices().nth(before).map_or(line.len(), |(byte, _)| byte)
}

/// Returns how many bytes the caret underlines: a quoted string, or a word as far as YAML and JSON let it go.
fn token_length(rest: &str) -> usize {
    let Some(first) = rest.chars().next() else { return 0 };
    if matches!(first, '"' | '\'') {
        return rest[1..].find(first).map_or(1, |end| end + 2);
    }
    let word = word_length(rest);
    match rest[word..].strip_prefix(' ') {
        // A tag is shown with the name it stands before: `!Ref OrdersTable`.
        Some(after) if first == '!' && after.starts_with(char::is_alphanumeric) => {
            word + 1 + word_length(after)
        }
        _ => word,
    }
}

fn word_length(rest: &str) -> usize {
    let mut letters = rest.char_indices().peekable();
    while let Some((start, letter)) = letters.next() {
        let next = letters.peek().map(|&(_, next)| next);
        let ends_key = letter == ':' && next.is_none_or(char::is_whitespace);
        if ends_key || letter.is_whitespace() || ",[]{}\"".contains(letter) {
            return if start == 0 { letter.len_utf8() } else { start };
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Location;

    fn files(contents: &[u8]) -> FileTree {
        let mut files = FileTree::new();
        files.insert("a.yaml", contents);
        files
    }

    #[test]
    fn the_caret_underlines_the_word_at_the_place() {
        let diagnostic = Diagnostic::error("nothing is called `OrderTable`")
            .at(Location::at("a.yaml", 2, 8))
            .label("not in Resources")
            .help("did you mean `OrdersTable`?");
        let drawn = render(&[diagnostic], &files(b"x: 1\n  Ref: OrderTable, b\n"), Style::PLAIN);
        insta::assert_snapshot!(drawn, @r"
        error: nothing is called `OrderTable`
         --> a.yaml:2:8
          |
        2 |   Ref: OrderTable, b
          |        ^^^^^^^^^^ not in Resources
          |
          = help: did you mean `OrdersTable`?
        ");
    }

    #[test]
    fn a_place_that_is_not_in_the_file_shows_the_name_alone() {
        let at = |line, column| Diagnostic::error("gone").at(Location::at("a.yaml", line, column));
        for diagnostic in [at(0, 0), at(99, 1)] {
            let drawn = render(&[diagnostic], &files(b"x: 1\n"), Style::PLAIN);
            assert!(drawn.starts_with("error: gone\n--> a.yaml:"), "{drawn}");
        }
        assert!(render(&[at(1, 500)], &files(b"x: 1\n"), Style::PLAIN).contains("1 | x: 1"));
    }

    #[test]
    fn a_binary_file_is_named_and_not_shown() {
        let diagnostic = Diagnostic::warning("no text").at(Location::at("a.yaml", 1, 1)).label("not UTF-8");
        let drawn = render(&[diagnostic], &files(&[0xff, 0xfe, b'\n']), Style::PLAIN);
        insta::assert_snapshot!(drawn, @r"
        warning: no text
        --> a.yaml:1:1
         = note: not UTF-8
        ");
    }

    #[test]
    fn a_long_line_is_cut_around_the_caret() {
        let line = format!("{} target {}", "a".repeat(5_000), "b".repeat(5_000));
        let diagnostic = Diagnostic::error("here").at(Location::at("a.yaml", 1, 5_002));
        let drawn = render(&[diagnostic], &files(line.as_bytes()), Style::PLAIN);
        assert!(drawn.contains("target") && drawn.contains("^^^^^^"), "{drawn}");
        assert!(drawn.lines().all(|line| line.chars().count() < 200), "{drawn}");
    }

    #[test]
    fn control_characters_of_a_file_do_not_reach_the_terminal() {
        let diagnostic = Diagnostic::error("bad \u{1b}[31m name").at(Location::at("a.yaml", 1, 1));
        let drawn = render(&[diagnostic], &files(b"x\x1b[31m: 1\n"), Style::PLAIN);
        assert!(!drawn.contains('\u{1b}'), "{drawn:?}");
    }
}
