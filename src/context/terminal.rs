use std::io::IsTerminal;

/// Who reads what the program prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watcher {
    /// A person at a terminal: progress moves.
    Person,
    /// A file, a pipe or CI: plain lines.
    Machine,
}

/// How the output is shown.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    pub watcher: Watcher,
    pub colour: bool,
    /// In columns.
    pub width: usize,
}

impl Terminal {
    /// Looks at standard error and standard output, `NO_COLOR`, `CLICOLOR_FORCE`, `TERM` and `COLUMNS`.
    pub fn of_process() -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let person = std::io::stderr().is_terminal() && !set("CI");
        let colour =
            !set("NO_COLOR") && (set("CLICOLOR_FORCE") || (std::io::stdout().is_terminal() && !dumb));
        let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(100);
        Self { watcher: if person { Watcher::Person } else { Watcher::Machine }, colour, width }
    }

    /// Plain text of a fixed width: what a pipe sees, and what tests snapshot.
    pub fn plain() -> Self {
        Self { watcher: Watcher::Machine, colour: false, width: 100 }
    }
}
