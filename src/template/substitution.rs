/// A part of the text that `Fn::Sub` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Literal(&'a str),
    /// `${Name}` or `${Id.Attribute}`.
    Variable(&'a str),
}

/// Splits the text of `Fn::Sub`. `${!Literal}` stands for `${Literal}`. The error is the piece that is wrong.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html>
pub(super) fn parts(text: &str) -> Result<Vec<Part<'_>>, &str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((literal, after)) = rest.split_once("${") {
        let Some((inside, remaining)) = after.split_once('}') else {
            return Err(&rest[literal.len()..]);
        };
        parts.push(Part::Literal(literal));
        if let Some(kept) = inside.strip_prefix('!') {
            parts.extend([Part::Literal("${"), Part::Literal(kept), Part::Literal("}")]);
        } else {
            let name = inside.trim();
            let fits =
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.:".contains(c));
            parts.push(Part::Variable(if fits { name } else { return Err(inside) }));
        }
        rest = remaining;
    }
    parts.push(Part::Literal(rest));
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_literals_are_told_apart() {
        let found = parts("a${X.Arn}b${!Kept}$c").unwrap();
        let expected = [
            Part::Literal("a"),
            Part::Variable("X.Arn"),
            Part::Literal("b"),
            Part::Literal("${"),
            Part::Literal("Kept"),
            Part::Literal("}"),
            Part::Literal("$c"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_cloudformation_would_refuse_is_refused() {
        assert_eq!(parts("${a b}"), Err("a b"));
        assert_eq!(parts("x ${a"), Err("${a"));
        assert_eq!(parts("${}"), Err(""));
    }
}
