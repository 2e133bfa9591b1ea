//! What a function answers: status codes and the names of fields.

use std::collections::{BTreeMap, BTreeSet};

use super::literal::{Kind, Language, literals};
use super::maker::Maker;

/// Names that DynamoDB gives its types: with another one a call is refused at once, so nothing is learned.
const TYPE_NAMES: [&str; 10] = ["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"];

pub(super) fn mutate(maker: &mut Maker<'_>) {
    let folders: BTreeSet<String> = maker
        .of_type("AWS::Lambda::Function")
        .into_iter()
        .filter_map(|(_, found)| Some(format!("{}/", found.get("Code")?.as_str()?.trim_end_matches('/'))))
        .collect();
    let sources: Vec<(String, Language, String)> = maker
        .files
        .iter()
        .filter(|(path, _)| folders.iter().any(|folder| path.starts_with(folder.as_str())))
        .filter_map(|(path, _)| {
            Some((path.to_owned(), Language::of(path)?, maker.files.text(path)?.to_owned()))
        })
        .collect();
    for (path, language, text) in sources {
        // Of equal literals in one file the number tells them apart.
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let short = path.strip_prefix("functions/").unwrap_or(&path);
        for literal in literals(&text, language) {
            let (word, replaced, title) = match &literal.kind {
                Kind::Status(status) => {
                    let other = other_status(*status);
                    let title = format!("{short} answers {other} where it answered {status}");
                    (format!("status-{status}"), other.to_string(), title)
                }
                Kind::Key(name) if TYPE_NAMES.contains(&name.as_str()) => continue,
                Kind::Key(name) => {
                    let written = &text[literal.span.clone()];
                    let renamed = written.replacen(name.as_str(), &format!("{name}_renamed"), 1);
                    (format!("field-{name}"), renamed, format!("{short} calls the field `{name}` otherwise"))
                }
            };
            let number = seen.entry(word.clone()).or_default();
            *number += 1;
            let id =
                if *number == 1 { format!("{short}/{word}") } else { format!("{short}/{word}.{number}") };
            let mut changed = text.clone();
            changed.replace_range(literal.span.clone(), &replaced);
            maker.file(id, title, &path, changed);
        }
    }
}

/// A status that a careless author might have written instead.
fn other_status(status: u16) -> u16 {
    match status {
        200 => 201,
        201 | 204 => 200,
        400 => 422,
        404 | 409 | 422 => 400,
        300..=399 => 307,
        500..=599 => 503,
        _ => 500,
    }
}
