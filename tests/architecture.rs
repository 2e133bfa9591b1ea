//! Guards the shape of the crate: a module imports only modules above it in `src/lib.rs`, the sandbox imports leaves
//! only, pure rooms do no I/O, files stay small.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// Rooms that may know no clock, no I/O, no randomness.
const PURE: [&str; 8] =
    ["policy", "template", "matcher", "evidence", "challenge", "evaluate", "score", "report"];

/// What a pure room may not name.
const IMPURE: [&str; 9] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::time::Instant",
    "std::time::SystemTime",
    "tokio::",
    "rand::",
    "Timestamp::now",
];

/// What the sandbox may import: it knows nothing of grading. Its CloudFormation carries templates out as challenges do.
const SANDBOX_IMPORTS: [&str; 9] =
    ["context", "text", "source", "policy", "template", "aws", "resource", "provision", "sandbox"];

/// Lines that a file may have; tests in files of their own count too.
const LONGEST_FILE: usize = 700;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The rooms, in the order of `src/lib.rs`.
fn rooms() -> Vec<String> {
    let declaration = Regex::new(r"(?m)^pub mod (\w+);").unwrap();
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    declaration.captures_iter(&lib).map(|found| found[1].to_owned()).collect()
}

fn room_of(file: &Path) -> Option<String> {
    let inside = file.strip_prefix(root().join("src")).unwrap();
    let first = inside.components().next()?.as_os_str().to_str()?;
    Path::new(first).extension().is_none().then(|| first.to_owned())
}

/// Drops comments, so that a doc link is no import.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

// Compiled once: without optimisation that takes longer than all the searching.
static SINGLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bcrate::(\w+)").unwrap());
static GROUP: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bcrate::\{([^;]*)\}").unwrap());
static CLIMB: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b((?:super::){2,})(\w+)").unwrap());

/// Returns the rooms that a text names through `crate::`, braces included, or by climbing out of its own.
fn imports(text: &str, depth: usize) -> Vec<String> {
    let text = code(text);
    let mut found = Vec::new();
    found.extend(SINGLE.captures_iter(&text).map(|import| import[1].to_owned()));
    for import in GROUP.captures_iter(&text) {
        let mut nesting = 0;
        let mut name = String::new();
        for letter in import[1].chars().chain([',']) {
            match letter {
                '{' => nesting += 1,
                '}' => nesting -= 1,
                ',' if nesting == 0 => {
                    let first = name.trim().split("::").next().unwrap_or_default();
                    found.push(first.trim().to_owned());
                    name.clear();
                }
                _ if nesting == 0 => name.push(letter),
                _ => {}
            }
        }
    }
    // `super` as often as the file is deep climbs to the crate's root. A test module inside a file is one deeper.
    for import in CLIMB.captures_iter(&text) {
        if import[1].matches("super::").count() > depth {
            found.push(import[2].to_owned());
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

#[test]
fn a_module_imports_only_modules_above_it() {
    let rooms = rooms();
    let rank: BTreeMap<_, _> = rooms.iter().enumerate().map(|(rank, room)| (room.clone(), rank)).collect();
    let mut wrong = Vec::new();
    for file in rust_files(&root().join("src")) {
        let Some(room) = room_of(&file) else { continue };
        let depth = file.strip_prefix(root().join("src")).unwrap().components().count();
        for import in imports(&fs::read_to_string(&file).unwrap(), depth) {
            let allowed = match rank.get(&import) {
                None => false,
                Some(_) if room == "sandbox" => SANDBOX_IMPORTS.contains(&import.as_str()),
                Some(_) if import == "sandbox" => matches!(room.as_str(), "sandbox" | "cli" | "portal"),
                Some(above) => *above <= rank[&room],
            };
            if !allowed {
                wrong.push(format!("{} imports {import}", file.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the direction:\n{}", wrong.join("\n"));
}

#[test]
fn pure_rooms_name_nothing_impure() {
    let mut wrong = Vec::new();
    for room in PURE {
        for file in rust_files(&root().join("src").join(room)) {
            // A test may read its table from a file; it stands below `mod tests`, or in a file of that name.
            if file.file_name().is_some_and(|name| name == "tests.rs") {
                continue;
            }
            let text = code(&fs::read_to_string(&file).unwrap());
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            for impure in IMPURE.iter().filter(|impure| text.contains(**impure)) {
                wrong.push(format!("{} names {impure}", file.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(wrong.is_empty(), "pure rooms reach outside:\n{}", wrong.join("\n"));
}

#[test]
fn every_room_says_what_it_is_for() {
    for room in rooms() {
        let text = fs::read_to_string(root().join("src").join(&room).join("mod.rs")).unwrap();
        let words = text.lines().take_while(|line| line.starts_with("//!")).map(str::len).sum::<usize>();
        assert!(words > 60, "src/{room}/mod.rs does not say what flows in and what flows out");
    }
}

#[test]
fn no_file_is_a_room_of_its_own() {
    let long: Vec<_> = rust_files(&root().join("src"))
        .into_iter()
        .filter_map(|file| {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            (lines > LONGEST_FILE).then(|| format!("{} has {lines} lines", file.display()))
        })
        .collect();
    assert!(long.is_empty(), "more than one noun in a file:\n{}", long.join("\n"));
}

#[test]
fn no_file_is_a_bag_of_leftovers() {
    for file in rust_files(&root().join("src")) {
        let stem = file.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(
            !["utils", "util", "helpers", "helper", "common", "manager", "misc"].contains(&stem.as_str()),
            "{} needs a name that says what is in it",
            file.display()
        );
    }
}

#[test]
fn the_guard_itself_sees_each_form_of_import() {
    let seen = |text: &str| imports(text, 2);
    assert_eq!(seen("use crate::cli::Failure;"), ["cli"]);
    assert_eq!(seen("use crate::{score::{A, B}, grade};"), ["score", "grade"]);
    assert_eq!(seen("let x = super::super::super::cli::run();"), ["cli"]);
    assert!(seen("use super::super::Sibling; // crate::cli").is_empty());
}
