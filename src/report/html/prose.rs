//! Markdown as briefs and questions have it, drawn as HTML. What it does not know it shows as it was written; nothing of it becomes markup of its own.

use maud::{Markup, html as markup};

const FENCE: &str = "```";

/// Draws a text: headings, paragraphs, lists, tables, quotes and code, and within a line code, strong and emphasised words, and links.
pub(super) fn prose(text: &str) -> Markup {
    let lines: Vec<&str> = text.lines().collect();
    blocks(&lines)
}

/// Draws what stands in one line.
pub(super) fn line(text: &str) -> Markup {
    markup! { @for piece in pieces(text) { (piece) } }
}

fn blocks(lines: &[&str]) -> Markup {
    let mut drawn: Vec<Markup> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let text = lines[at].trim();
        let from = at;
        if text.is_empty() {
            at += 1;
        } else if text.starts_with(FENCE) {
            at += 1;
            let begin = at;
            while at < lines.len() && !lines[at].trim_start().starts_with(FENCE) {
                at += 1;
            }
            drawn.push(markup! { pre { code { (lines[begin..at].join("\n")) } } });
            at += 1;
        } else if let Some((level, title)) = heading(text) {
            drawn.push(titled(level, title));
            at += 1;
        } else if text.len() >= 3 && (text.bytes().all(|c| c == b'-') || text.bytes().all(|c| c == b'*')) {
            drawn.push(markup! { hr; });
            at += 1;
        } else if text.starts_with('>') {
            at = end(lines, at, |line| line.trim_start().starts_with('>'));
            let inside: Vec<&str> = lines[from..at]
                .iter()
                .map(|line| line.trim_start().trim_start_matches('>').trim_start())
                .collect();
            drawn.push(markup! { blockquote { (blocks(&inside)) } });
        } else if text.starts_with('|') && lines.get(at + 1).is_some_and(|next| is_rule(next)) {
            at = end(lines, at, |line| line.trim_start().starts_with('|'));
            drawn.push(table(&lines[from..at]));
        } else if let Some(ordered) = item(lines[at]).map(|(ordered, _)| ordered) {
            at = end(lines, at, |line| {
                item(line).is_some_and(|(other, _)| other == ordered)
                    || line.starts_with(' ')
                    || line.is_empty()
            });
            drawn.push(list(&lines[from..at], ordered));
        } else {
            at = end(lines, at, |line| !line.trim().is_empty() && !starts_a_block(line));
            let words: Vec<&str> = lines[from..at].iter().map(|line| line.trim()).collect();
            drawn.push(markup! { p { (line(&words.join(" "))) } });
        }
    }
    markup! { @for block in drawn { (block) } }
}

/// Returns where the lines that belong together end; the first always does.
fn end(lines: &[&str], from: usize, belongs: impl Fn(&str) -> bool) -> usize {
    lines[from + 1..].iter().position(|line| !belongs(line)).map_or(lines.len(), |more| from + 1 + more)
}

fn starts_a_block(line: &str) -> bool {
    let text = line.trim_start();
    heading(text).is_some()
        || text.starts_with(FENCE)
        || text.starts_with('>')
        || text.starts_with('|')
        || item(line).is_some()
}

fn heading(text: &str) -> Option<(usize, &str)> {
    let level = text.bytes().take_while(|c| *c == b'#').count();
    let title = text.get(level..)?.strip_prefix(' ')?;
    (1..=6).contains(&level).then(|| (level, title.trim().trim_end_matches('#').trim_end()))
}

/// A page has a first heading already where one is drawn into it, so all stand one deeper.
fn titled(level: usize, title: &str) -> Markup {
    markup! {
        @match level {
            1 => h2 { (line(title)) },
            2 => h3 { (line(title)) },
            _ => h4 { (line(title)) },
        }
    }
}

/// Whether it is an item of a list, with a number or without, and its text. Items of items are further in.
fn item(line: &str) -> Option<(bool, &str)> {
    for bullet in ["* ", "- ", "+ "] {
        if let Some(text) = line.strip_prefix(bullet) {
            return Some((false, text));
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let text = line.get(digits..)?.strip_prefix(". ")?;
    (1..=9).contains(&digits).then_some((true, text))
}

fn list(lines: &[&str], ordered: bool) -> Markup {
    let mut items: Vec<Vec<&str>> = Vec::new();
    for line in lines {
        match (item(line), items.last_mut()) {
            (Some((_, text)), _) => items.push(vec![text]),
            (None, Some(last)) => {
                let inside = line.strip_prefix("    ").or_else(|| line.strip_prefix("   "));
                last.push(inside.or_else(|| line.strip_prefix("  ")).unwrap_or_else(|| line.trim_start()));
            }
            (None, None) => {}
        }
    }
    let items: Vec<Markup> = items.iter().map(|lines| inside(lines)).collect();
    markup! {
        @if ordered { ol { @for item in &items { li { (item) } } } }
        @else { ul { @for item in &items { li { (item) } } } }
    }
}

/// The text of an item needs no paragraph of its own; what comes after it may be anything.
fn inside(lines: &[&str]) -> Markup {
    let words = end(lines, 0, |line| !line.trim().is_empty() && !starts_a_block(line));
    let text: Vec<&str> = lines[..words].iter().map(|line| line.trim()).collect();
    markup! { (line(&text.join(" "))) (blocks(&lines[words..])) }
}

fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('|') && line.contains('-') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}

fn table(lines: &[&str]) -> Markup {
    let head = cells(lines[0]);
    let rows = lines.get(2..).unwrap_or_default();
    markup! {
        div.scrolls tabindex="0" role="group" aria-label="A table" {
            table {
                thead { tr { @for cell in &head { th scope="col" { (line(cell)) } } } }
                tbody { @for row in rows { tr { @for cell in cells(row) { td { (line(&cell)) } } } } }
            }
        }
    }
}

/// Splits a row at its bars; one behind a backslash, or in code, is none.
fn cells(row: &str) -> Vec<String> {
    let row = row.trim().trim_start_matches('|');
    let mut cells = vec![String::new()];
    let mut code = false;
    let mut letters = row.chars().peekable();
    while let Some(letter) = letters.next() {
        let cell = cells.len() - 1;
        match letter {
            '\\' if letters.peek() == Some(&'|') => cells[cell].extend(letters.next()),
            '|' if !code => cells.push(String::new()),
            letter => {
                code ^= letter == '`';
                cells[cell].push(letter);
            }
        }
    }
    if cells.last().is_some_and(|last| last.trim().is_empty()) {
        cells.pop();
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// Cuts a line into text, code, emphasis and links.
fn pieces(text: &str) -> Vec<Markup> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let found = match letter {
            '`' => between(rest, "`", "`").map(|(inside, after)| (markup! { code { (inside) } }, after)),
            '*' if rest.starts_with("**") => between(rest, "**", "**")
                .map(|(inside, after)| (markup! { strong { (line(inside)) } }, after)),
            '*' | '_' => emphasis(rest, letter, plain.chars().last()),
            '[' => link(rest),
            _ => None,
        };
        if let Some((piece, after)) = found {
            pieces.push(markup! { (std::mem::take(&mut plain)) });
            pieces.push(piece);
            rest = after;
            continue;
        }
        let mut letters = rest.chars();
        let mut letter = letters.next();
        // Behind a backslash a mark is only a letter.
        if letter == Some('\\') && letters.clone().next().is_some_and(|next| next.is_ascii_punctuation()) {
            letter = letters.next();
        }
        plain.extend(letter);
        rest = letters.as_str();
    }
    pieces.push(markup! { (plain) });
    pieces
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, &'a str)> {
    let (inside, after) = text.strip_prefix(open)?.split_once(close)?;
    (!inside.trim().is_empty()).then_some((inside, after))
}

/// A mark within a word, as in `book_seats`, or before a space, emphasises nothing.
fn emphasis(text: &str, mark: char, before: Option<char>) -> Option<(Markup, &str)> {
    if before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let mark = mark.to_string();
    let (inside, after) = between(text, &mark, &mark)?;
    let bounded =
        !inside.starts_with(' ') && !inside.ends_with(' ') && !after.starts_with(char::is_alphanumeric);
    bounded.then(|| (markup! { em { (line(inside)) } }, after))
}

/// A link leads to the web, or to another place of the page. Anything else is told as text.
fn link(text: &str) -> Option<(Markup, &str)> {
    let (words, after) = text.strip_prefix('[')?.split_once("](")?;
    let (to, after) = after.split_once(')')?;
    if words.contains('[') {
        return None;
    }
    let leads = ["https://", "http://", "#"].iter().any(|start| to.starts_with(start))
        && !to.contains(char::is_whitespace);
    let drawn = if leads {
        markup! { a href=(to) rel="noreferrer" { (line(words)) } }
    } else {
        markup! { (line(words)) " (" (to) ")" }
    };
    Some((drawn, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str) -> String {
        prose(text).into_string()
    }

    #[test]
    fn blocks_become_what_they_are() {
        assert_eq!(drawn("# One\ntext\nmore\n\n## Two\n"), "<h2>One</h2><p>text more</p><h3>Two</h3>");
        assert_eq!(drawn("* a\n  b\n* c\n\nd"), "<ul><li>a b</li><li>c</li></ul><p>d</p>");
        assert_eq!(drawn("1. a\n2. b"), "<ol><li>a</li><li>b</li></ol>");
        assert_eq!(drawn("```sh\na < b\n```\nc"), "<pre><code>a &lt; b</code></pre><p>c</p>");
        assert_eq!(drawn("> a\n> b"), "<blockquote><p>a b</p></blockquote>");
        let table = drawn("| a | b |\n|---|---|\n| `x|y` | 2 |");
        assert!(table.contains("<tr><td><code>x|y</code></td><td>2</td></tr>"), "{table}");
    }

    #[test]
    fn marks_within_a_line_are_read_and_names_are_left_alone() {
        assert_eq!(
            drawn("**a** and *b* in `c_d`"),
            "<p><strong>a</strong> and <em>b</em> in <code>c_d</code></p>"
        );
        assert_eq!(drawn("book_seats and read_booking"), "<p>book_seats and read_booking</p>");
        assert_eq!(drawn("2 * 3 * 4"), "<p>2 * 3 * 4</p>");
        assert_eq!(
            drawn("[a](https://x.example/)"),
            "<p><a href=\"https://x.example/\" rel=\"noreferrer\">a</a></p>"
        );
    }

    #[test]
    fn nothing_that_is_written_becomes_markup_or_a_script() {
        for text in [
            "<script>alert(1)</script>",
            "`<b>`",
            "[a](javascript:alert(1))",
            "| <i> |\n|---|\n| <i> |",
            "# <img src=x onerror=a>",
        ] {
            let drawn = drawn(text);
            for bad in ["<script", "<b>", "<i>", "<img", "href=\"javascript"] {
                assert!(!drawn.contains(bad), "{drawn}");
            }
        }
    }

    #[test]
    fn what_never_ends_is_shown_as_it_is() {
        for text in ["`open", "**open", "[a](b", "|", "```", "*", "\\", "- ", "1. ", ">", "#"] {
            assert!(drawn(text).len() < 100, "{text}");
        }
    }
}
