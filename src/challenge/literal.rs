//! Words that belong to one account or region, where a challenge runs in any.

use std::sync::LazyLock;

use regex::Regex;

use crate::source::{Diagnostic, FileTree, Location};

/// What is looked for, and what to write instead.
struct Literal {
    pattern: &'static str,
    what: &'static str,
    instead: &'static str,
}

/// Ids and regions as AWS forms them; the part that counts is the group `id`.
/// <https://docs.aws.amazon.com/general/latest/gr/rande.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
const LITERALS: [Literal; 5] = [
    Literal {
        pattern: r"(?:^|[^0-9A-Za-z.+-])(?<id>[0-9]{12})(?:$|[^0-9A-Za-z.])",
        what: "an account",
        instead: "in the template `${AWS::AccountId}`; elsewhere an output of the stack",
    },
    Literal {
        pattern: r"(?:^|[^0-9A-Za-z])(?<id>(?:us|eu|ap|sa|ca|me|af|il|mx)-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-[1-9])(?:$|[^0-9])",
        what: "a region",
        instead: "in the template `${AWS::Region}`; elsewhere an output of the stack",
    },
    Literal {
        pattern: r"(?:^|[^0-9A-Za-z])(?<id>(?:vpc|subnet|sg|ami|igw|eni|vol)-[0-9a-f]{8,17})(?:$|[^0-9a-f])",
        what: "a resource's id",
        instead: "`!Ref` or an output of the stack",
    },
    Literal {
        pattern: r"(?:^|[^0-9A-Za-z])(?<id>(?:AKIA|ASIA)[A-Z0-9]{16})(?:$|[^A-Z0-9])",
        what: "an access key",
        instead: "nothing: keys never stand in a challenge",
    },
    Literal {
        pattern: r"(?<id>[a-z0-9]{10}\.execute-api)\.",
        what: "an API's address",
        instead: "an output of the stack, made with `!Sub`",
    },
];

static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    // A pattern that is no pattern finds nothing, and the corpus of definitions would show it.
    LITERALS.iter().filter_map(|literal| Regex::new(literal.pattern).ok()).collect()
});

/// Looks through what an author writes, code and scripts aside.
pub(super) fn check(files: &FileTree) -> Vec<Diagnostic> {
    let written = files.iter().filter(|(path, _)| {
        [".yaml", ".yml", ".json", ".md"].iter().any(|ending| path.ends_with(ending))
            && !path.starts_with("scenario/functions/")
            && *path != "waivers.yaml"
    });
    written.flat_map(|(path, _)| in_file(path, files.text(path).unwrap_or_default())).collect()
}

fn in_file(path: &str, text: &str) -> Vec<Diagnostic> {
    let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let mut problems = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let comment = path.ends_with("ml") && line.trim_start().starts_with('#');
        for (literal, pattern) in LITERALS.iter().zip(PATTERNS.iter()).filter(|_| !comment) {
            for found in pattern.captures_iter(line).filter_map(|found| found.name("id")) {
                let column = line[..found.start()].chars().count() + 1;
                let message = format!(
                    "`{}` is {} of its own, and a challenge runs anywhere",
                    found.as_str(),
                    literal.what
                );
                let place = Location::at(path, narrow(index + 1), narrow(column));
                problems
                    .push(Diagnostic::warning(message).at(place).help(format!("write {}", literal.instead)));
            }
        }
    }
    problems
}
