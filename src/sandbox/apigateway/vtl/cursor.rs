//! A place in a template's text.

/// Nesting beyond this is refused, so that no template can exhaust the stack.
const DEEPEST: usize = 64;

#[derive(Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn back_to(&mut self, position: usize) {
        self.at = position;
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn advance(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    /// Moves over `what` if it comes next.
    pub(super) fn eat(&mut self, what: &str) -> bool {
        let there = self.rest().starts_with(what);
        if there {
            self.at += what.len();
        }
        there
    }

    pub(super) fn expect(&mut self, what: &str) -> Result<(), String> {
        if self.eat(what) { Ok(()) } else { Err(self.complaint(&format!("expected '{what}'"))) }
    }

    pub(super) fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Takes a name: a letter or underscore, then letters, digits, `_` and `-`.
    pub(super) fn name(&mut self) -> Option<String> {
        let rest = self.rest();
        let first = rest.chars().next().filter(|letter| letter.is_ascii_alphabetic() || *letter == '_')?;
        let end = rest[first.len_utf8()..]
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_' || letter == '-'))
            .map_or(rest.len(), |end| end + first.len_utf8());
        self.at += end;
        Some(rest[..end].to_owned())
    }

    /// Skips what is left of a line that holds nothing more, with its end.
    pub(super) fn skip_line_end(&mut self) {
        let rest = self.rest();
        let after = rest.trim_start_matches([' ', '\t']);
        let end = after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n'));
        if let Some(end) = end {
            self.at += rest.len() - end.len();
        }
    }

    pub(super) fn complaint(&self, what: &str) -> String {
        let line = self.text[..self.at].matches('\n').count() + 1;
        format!("mapping template, line {line}: {what}")
    }

    pub(super) fn enter(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > DEEPEST { Err(self.complaint("nested too deeply")) } else { Ok(()) }
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }
}
