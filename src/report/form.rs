use std::fmt;
use std::str::FromStr;

use super::view::Audience;
use super::{
    PageParts, Style, annotations, classroom, gradescope, html_with, json, junit, markdown, terminal,
};
use crate::score::Scorecard;

/// The forms that a report can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For a terminal.
    Text,
    Json,
    Markdown,
    Html,
    Junit,
    /// Gradescope's `results.json`.
    Gradescope,
    /// The annotations of a GitHub workflow.
    Github,
    /// What GitHub Classroom's reporter reads.
    Classroom,
}

impl Form {
    pub const ALL: [Self; 8] = [
        Self::Text,
        Self::Json,
        Self::Markdown,
        Self::Html,
        Self::Junit,
        Self::Gradescope,
        Self::Github,
        Self::Classroom,
    ];

    /// Returns the form's name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Junit => "junit",
            Self::Gradescope => "gradescope",
            Self::Github => "github",
            Self::Classroom => "classroom",
        }
    }

    /// Writes a scorecard in this form, for a reader; `style` is for the terminal's form only.
    pub fn write(self, scorecard: &Scorecard, audience: Audience, style: Style) -> String {
        self.write_with(scorecard, audience, style, PageParts::default())
    }

    /// The same, with what a page has room for.
    pub fn write_with(
        self,
        scorecard: &Scorecard,
        audience: Audience,
        style: Style,
        parts: PageParts<'_>,
    ) -> String {
        match self {
            Self::Text => terminal(scorecard, audience, style),
            Self::Json => format!("{:#}\n", json(scorecard, audience)),
            Self::Markdown => markdown(scorecard, audience),
            Self::Html => html_with(scorecard, audience, parts),
            Self::Junit => junit(scorecard, audience),
            Self::Gradescope => format!("{:#}\n", gradescope(scorecard, audience)),
            Self::Github => annotations(scorecard, audience),
            Self::Classroom => classroom(scorecard, audience),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Form {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Self::name);
        Self::ALL
            .into_iter()
            .find(|form| form.name() == text)
            .ok_or_else(|| format!("no form of report is called {text:?}; there are {}", names().join(", ")))
    }
}
