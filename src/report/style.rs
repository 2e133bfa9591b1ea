use anstyle::{AnsiColor, Style as Paint};

use crate::context::Terminal;

/// How text is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    pub colour: bool,
    /// In columns. Less than 60 is treated as 60.
    pub width: usize,
}

/// What a piece of text is, which decides its colour. Nothing is said by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Title,
    Good,
    Bad,
    Open,
    Quiet,
    Plain,
}

impl Style {
    /// No colour, 100 columns: what a file gets.
    pub const PLAIN: Self = Self { colour: false, width: 100 };

    pub(super) fn columns(self) -> usize {
        self.width.max(60)
    }

    pub(super) fn paint(self, tone: Tone, text: &str) -> String {
        let paint = match tone {
            Tone::Title => Paint::new().bold(),
            Tone::Good => AnsiColor::Green.on_default(),
            Tone::Bad => AnsiColor::Red.on_default(),
            Tone::Open => AnsiColor::Yellow.on_default(),
            Tone::Quiet => Paint::new().dimmed(),
            Tone::Plain => Paint::new(),
        };
        if !self.colour || tone == Tone::Plain || text.is_empty() {
            return text.to_owned();
        }
        format!("{paint}{text}{paint:#}")
    }
}

impl From<&Terminal> for Style {
    fn from(terminal: &Terminal) -> Self {
        Self { colour: terminal.colour, width: terminal.width }
    }
}
