use super::like::Like;
use super::pattern::{Operand, Operator, quoted, wild};

/// A pattern of fields that spaces part: `[ip, user, ..., status = 4*, bytes > 1000]`.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#extract-log-event-values>
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fields(Vec<Slot>);

#[derive(Debug, Clone, PartialEq)]
enum Slot {
    /// One field, for which one of the lists of conditions holds as a whole; none at all lets any field be.
    Field(Vec<Vec<Test>>),
    /// `...`: any number of fields.
    Rest,
}

#[derive(Debug, Clone, PartialEq)]
struct Test {
    operator: Operator,
    operand: Operand,
}

impl Fields {
    /// Reads what stands between the brackets.
    pub(super) fn parse(inside: &str) -> Option<Self> {
        if inside.trim().is_empty() {
            return Some(Self(vec![Slot::Rest]));
        }
        let mut slots = vec![];
        let mut rest = inside;
        loop {
            let (slot, after) = slot(rest)?;
            slots.push(slot);
            match after.trim_start().strip_prefix(',') {
                Some(more) => rest = more,
                None if after.trim().is_empty() => break,
                None => return None,
            }
        }
        let many = slots.iter().filter(|slot| **slot == Slot::Rest).count();
        (many <= 1).then_some(Self(slots))
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        let fields = split(message);
        let Some(at) = self.0.iter().position(|slot| *slot == Slot::Rest) else {
            return fields.len() == self.0.len() && holds(&self.0, &fields);
        };
        let (before, after) = (&self.0[..at], &self.0[at + 1..]);
        fields.len() >= before.len() + after.len()
            && holds(before, &fields)
            && holds(after, &fields[fields.len() - after.len()..])
    }
}

/// Whether each slot's conditions hold for the field at its place.
fn holds(slots: &[Slot], fields: &[&str]) -> bool {
    slots.iter().zip(fields).all(|(slot, field)| match slot {
        Slot::Rest => true,
        Slot::Field(any) => any.is_empty() || any.iter().any(|all| all.iter().all(|test| test.holds(field))),
    })
}

/// Parts a message at its spaces; what stands between brackets or quotes is one field.
fn split(message: &str) -> Vec<&str> {
    let mut fields = vec![];
    let mut rest = message.trim_start();
    while let Some(first) = rest.chars().next() {
        let close = match first {
            '[' => Some(']'),
            '"' => Some('"'),
            _ => None,
        };
        let enclosed =
            close.and_then(|close| rest[1..].find(close).map(|end| (&rest[1..=end], &rest[end + 2..])));
        let (field, after) = enclosed.unwrap_or_else(|| {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            rest.split_at(end)
        });
        fields.push(field);
        rest = after.trim_start();
    }
    fields
}

/// Reads one slot, and returns it with what comes after.
fn slot(text: &str) -> Option<(Slot, &str)> {
    let mut rest = text.trim_start();
    if let Some(after) = rest.strip_prefix("...") {
        return Some((Slot::Rest, after));
    }
    let (mut any, mut all) = (vec![], vec![]);
    loop {
        let (test, after) = test(rest)?;
        all.extend(test);
        rest = after.trim_start();
        if let Some(after) = rest.strip_prefix("&&") {
            rest = after;
        } else if let Some(after) = rest.strip_prefix("||") {
            any.push(std::mem::take(&mut all));
            rest = after;
        } else {
            any.push(all);
            // A name alone asks for nothing.
            any.retain(|all| !all.is_empty());
            return Some((Slot::Field(any), rest));
        }
    }
}

/// Reads `name`, or `name = value`.
fn test(text: &str) -> Option<(Option<Test>, &str)> {
    let text = text.trim_start();
    let end = text
        .find(|letter: char| !(letter.is_alphanumeric() || "_-@$.".contains(letter)))
        .unwrap_or(text.len());
    if end == 0 {
        return None;
    }
    let rest = text[end..].trim_start();
    let operators = [
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("=", Operator::Equal),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ];
    let found =
        operators.into_iter().find_map(|(token, operator)| Some((rest.strip_prefix(token)?, operator)));
    let Some((rest, operator)) = found else { return Some((None, rest)) };
    let (operand, rest) = operand(rest.trim_start())?;
    Some((Some(Test { operator, operand }), rest))
}

fn operand(text: &str) -> Option<(Operand, &str)> {
    if text.starts_with('"') {
        let (text, rest) = quoted(text)?;
        return Some((Operand::Text(text), rest));
    }
    if text.starts_with('%') {
        let (like, rest) = Like::read(text)?;
        return Some((Operand::Like(like), rest));
    }
    let end =
        text.find(|letter: char| letter.is_whitespace() || ",&|".contains(letter)).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let operand = word.parse().map_or_else(|_| Operand::Text(word.to_owned()), Operand::Number);
    (!word.is_empty()).then_some((operand, rest))
}

impl Test {
    fn holds(&self, field: &str) -> bool {
        let equal = || match &self.operand {
            Operand::Text(wanted) => wild(wanted, field),
            Operand::Like(like) => like.is_in(field),
            Operand::Number(wanted) => field
                .parse::<f64>()
                .is_ok_and(|found| found.partial_cmp(wanted).is_some_and(std::cmp::Ordering::is_eq)),
            Operand::None => false,
        };
        let order = || match (&self.operand, field.parse::<f64>()) {
            (Operand::Number(wanted), Ok(found)) => found.partial_cmp(wanted),
            _ => None,
        };
        match self.operator {
            Operator::Equal => equal(),
            Operator::NotEqual => !equal(),
            Operator::Less => order().is_some_and(std::cmp::Ordering::is_lt),
            Operator::LessOrEqual => order().is_some_and(std::cmp::Ordering::is_le),
            Operator::Greater => order().is_some_and(std::cmp::Ordering::is_gt),
            Operator::GreaterOrEqual => order().is_some_and(std::cmp::Ordering::is_ge),
            // Of JSON only.
            Operator::IsTrue
            | Operator::IsFalse
            | Operator::IsNull
            | Operator::Exists
            | Operator::NotExists => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str =
        r#"127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#;

    fn matches(inside: &str, message: &str) -> bool {
        Fields::parse(inside).unwrap().matches(message)
    }

    #[test]
    fn fields_are_parted_by_spaces_brackets_and_quotes() {
        for inside in [
            "ip, user, name, time, request, status, bytes",
            "ip, user, name, time, request, status = 4*, bytes > 1000",
            "ip=%127\\.0\\.0\\.[1-9]%, user, name, time, request =*.html*, status = 4*, bytes",
            "..., status = 404 || status = 410, bytes",
            "ip, ..., bytes >= 1534",
            "ip, user, name, time, request = \"GET *\", status != 200 && status < 500, bytes",
            "",
        ] {
            assert!(matches(inside, LINE), "{inside}");
        }
        for inside in [
            "ip, user",
            "ip, user, name, time, request, status = 4*, bytes < 1000",
            "ip, user = Test, ...",
            "..., status = 500 || status = 410, bytes",
        ] {
            assert!(!matches(inside, LINE), "{inside}");
        }
    }

    #[test]
    fn what_is_no_list_of_fields_is_refused() {
        for wrong in ["a b", "a,", ", a", "a = ", "..., b, ...", "a = %(%", "a = \"x"] {
            assert_eq!(Fields::parse(wrong), None, "{wrong}");
        }
    }
}
