use super::Context;

/// A string of a policy, with its wildcards and policy variables recognised.
///
/// A value that a variable brings in never acts as a wildcard, and `${*}`, `${?}` and `${$}` are the characters themselves.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    pieces: Vec<Piece>,
    /// The pieces as tokens, when there is no variable to fill in.
    fixed: Option<Vec<Token>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Token(Token),
    Variable { key: String, default: Option<String> },
}

/// One element of a pattern that is ready to match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Char(char),
    /// `?`: one character.
    One,
    /// `*`: any characters.
    Any,
    /// `*` inside an ARN segment: any characters except a colon.
    AnyInSegment,
    /// `?` inside an ARN segment: one character except a colon.
    OneInSegment,
}

/// Whether wildcards and variables of a string mean anything where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) wildcards: bool,
    /// Variables exist since version 2012-10-17; in an older document they are plain text.
    pub(super) variables: bool,
}

impl Pattern {
    pub(super) fn new(text: &str, reading: Reading) -> Self {
        let mut pieces = vec![];
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            if reading.variables
                && let Some((piece, length)) = variable(rest)
            {
                pieces.push(piece);
                rest = &rest[length..];
                continue;
            }
            pieces.push(Piece::Token(match next {
                '*' if reading.wildcards => Token::Any,
                '?' if reading.wildcards => Token::One,
                plain => Token::Char(plain),
            }));
            rest = &rest[next.len_utf8()..];
        }
        Self::of(text, pieces)
    }

    /// Reads an action: wildcards, no variables, no regard to case.
    pub(super) fn action(text: &str) -> Self {
        Self::new(&text.to_lowercase(), Reading { wildcards: true, variables: false }).named(text)
    }

    /// Reads a resource ARN. In its first five segments a wildcard stays within its segment, unless `*` ends it.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    pub(super) fn resource(text: &str, variables: bool) -> Self {
        let mut pattern = Self::new(text, Reading { wildcards: true, variables });
        let mut colons = 0;
        for index in 0..pattern.pieces.len() {
            let ends_segment =
                matches!(pattern.pieces.get(index + 1), None | Some(Piece::Token(Token::Char(':'))));
            match &mut pattern.pieces[index] {
                Piece::Token(Token::Char(':')) => colons += 1,
                Piece::Token(token @ Token::Any) if colons < 5 && !ends_segment => {
                    *token = Token::AnyInSegment;
                }
                Piece::Token(token @ Token::One) if colons < 5 => *token = Token::OneInSegment,
                _ => {}
            }
        }
        Self::of(text, pattern.pieces)
    }

    fn of(text: &str, pieces: Vec<Piece>) -> Self {
        let fixed = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Token(token) => Some(*token),
                Piece::Variable { .. } => None,
            })
            .collect();
        Self { text: text.to_owned(), pieces, fixed }
    }

    fn named(self, text: &str) -> Self {
        Self { text: text.to_owned(), ..self }
    }

    /// Returns the string as the document has it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it matches everything.
    pub(super) fn is_star(&self) -> bool {
        matches!(self.pieces.as_slice(), [Piece::Token(Token::Any)])
    }

    /// Whether any character of it is a wildcard.
    pub(super) fn has_wildcard(&self) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Token(token) if !matches!(token, Token::Char(_))))
    }

    /// Returns the context keys that it needs and that have no default.
    pub(super) fn required_keys(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable { key, default: None } => Some(key.as_str()),
            _ => None,
        })
    }

    /// Whether `value` matches; `None` when a variable has no value.
    pub(super) fn matches(&self, value: &str, context: &Context) -> Option<bool> {
        match &self.fixed {
            Some(tokens) => Some(glob(tokens, value)),
            None => Some(glob(&self.expand(context)?, value)),
        }
    }

    /// Returns the tokens with every variable filled in; `None` when one has no value.
    pub(super) fn expand(&self, context: &Context) -> Option<Vec<Token>> {
        if let Some(fixed) = &self.fixed {
            return Some(fixed.clone());
        }
        let mut tokens = vec![];
        for piece in &self.pieces {
            match piece {
                Piece::Token(token) => tokens.push(*token),
                Piece::Variable { key, default } => {
                    // A key with several values cannot stand for one string.
                    let value = match context.get(key) {
                        Some([only]) => only.as_str(),
                        _ => default.as_deref()?,
                    };
                    tokens.extend(value.chars().map(Token::Char));
                }
            }
        }
        Some(tokens)
    }

    /// Returns the string with every variable filled in; `None` when one has no value.
    pub(super) fn filled(&self, context: &Context) -> Option<String> {
        let character = |token| match token {
            Token::Char(plain) => plain,
            Token::One | Token::OneInSegment => '?',
            Token::Any | Token::AnyInSegment => '*',
        };
        Some(self.expand(context)?.into_iter().map(character).collect())
    }
}

/// Reads a variable at the start of `text`, and says how many bytes it takes.
fn variable(text: &str) -> Option<(Piece, usize)> {
    let inside = text.strip_prefix("${")?;
    let end = inside.find('}')?;
    let length = end + 3;
    let inside = &inside[..end];
    if let "*" | "?" | "$" = inside {
        return Some((Piece::Token(Token::Char(inside.chars().next()?)), length));
    }
    let (key, default) = match inside.split_once(',') {
        Some((key, default)) => {
            (key.trim(), Some(default.trim().strip_prefix('\'')?.strip_suffix('\'')?.to_owned()))
        }
        None => (inside.trim(), None),
    };
    if key.is_empty() || !key.chars().all(|c| c.is_alphanumeric() || "-_.:/@=+".contains(c)) {
        return None;
    }
    Some((Piece::Variable { key: key.to_owned(), default }, length))
}

/// Whether `value` matches `tokens` from end to end.
pub(super) fn glob(tokens: &[Token], value: &str) -> bool {
    // Most patterns differ from most values within their literal beginning.
    let mut rest = value.chars();
    let mut start = 0;
    while let Some(Token::Char(expected)) = tokens.get(start) {
        if rest.next() != Some(*expected) {
            return false;
        }
        start += 1;
    }
    let tokens = &tokens[start..];
    match tokens {
        [] => return rest.next().is_none(),
        [Token::Any] => return true,
        _ => {}
    }
    // All positions that the pattern can be at, so that no pattern takes more than length times length.
    let mut at = vec![false; tokens.len() + 1];
    at[0] = true;
    skip_stars(tokens, &mut at);
    for character in rest {
        let mut next = vec![false; tokens.len() + 1];
        for (position, token) in tokens.iter().enumerate().filter(|(position, _)| at[*position]) {
            match token {
                Token::Char(expected) => next[position + 1] |= *expected == character,
                Token::One => next[position + 1] = true,
                Token::OneInSegment => next[position + 1] |= character != ':',
                Token::Any => next[position] = true,
                Token::AnyInSegment => next[position] |= character != ':',
            }
        }
        skip_stars(tokens, &mut next);
        at = next;
        if !at.contains(&true) {
            return false;
        }
    }
    at[tokens.len()]
}

/// A star may match nothing: from its position the one after it is reached too.
fn skip_stars(tokens: &[Token], at: &mut [bool]) {
    for (position, token) in tokens.iter().enumerate() {
        if at[position] && matches!(token, Token::Any | Token::AnyInSegment) {
            at[position + 1] = true;
        }
    }
}

/// Whether an ARN matches, each of the six components for itself, as `ArnLike` has it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
pub(super) fn glob_arn(tokens: &[Token], value: &str) -> bool {
    if tokens == [Token::Any] {
        return true;
    }
    let mut patterns = tokens.splitn(6, |token| *token == Token::Char(':'));
    let mut values = value.splitn(6, ':');
    let mut components = 0;
    loop {
        match (patterns.next(), values.next()) {
            (Some(pattern), Some(value)) if glob(pattern, value) => components += 1,
            (None, None) => return components == 6,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(pattern: &str, value: &str) -> bool {
        Pattern::resource(pattern, true).matches(value, &Context::new()).unwrap_or(false)
    }

    #[test]
    fn a_star_that_ends_a_segment_reaches_beyond_it_and_another_does_not() {
        assert!(resource("arn:aws:sqs:*:q", "arn:aws:sqs:us-east-1:1:q"));
        assert!(resource("arn:aws:sqs:us-*-1:1:q", "arn:aws:sqs:us-east-1:1:q"));
        assert!(!resource("arn:aws:sqs:us*1:q", "arn:aws:sqs:us-east-1:1:q"));
        assert!(!resource("arn:aws:sqs:us-east-1?1:q", "arn:aws:sqs:us-east-1:1:q"));
        assert!(resource("arn:aws:s3:::b/*/c", "arn:aws:s3:::b/a:b/c"));
    }

    #[test]
    fn a_value_from_a_variable_is_not_a_wildcard() {
        let pattern = Pattern::resource("arn:aws:s3:::b/${aws:username}/*", true);
        let star = Context::new().with("aws:username", "*");
        assert_eq!(pattern.matches("arn:aws:s3:::b/ada/x", &star), Some(false));
        assert_eq!(pattern.matches("arn:aws:s3:::b/*/x", &star), Some(true));
        assert_eq!(pattern.matches("arn:aws:s3:::b/ada/x", &Context::new()), None);
    }

    #[test]
    fn defaults_and_escaped_characters_are_taken_as_they_are() {
        let read = |text| Pattern::new(text, Reading { wildcards: true, variables: true });
        assert_eq!(read("${a:b, 'com pany'}").filled(&Context::new()).unwrap(), "com pany");
        let escaped = read("${*}${?}${$}");
        assert_eq!(escaped.matches("*?$", &Context::new()), Some(true));
        assert_eq!(escaped.matches("abc", &Context::new()), Some(false));
    }

    #[test]
    fn many_stars_stay_quick() {
        let pattern = Pattern::action(&"*a".repeat(200));
        assert_eq!(pattern.matches(&"b".repeat(2000), &Context::new()), Some(false));
    }
}
