use std::fmt::Debug;

use super::{Kind, Standing};

/// What a proof is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// So many worlds are to be seen.
    Planned {
        worlds: usize,
    },
    Started {
        kind: Kind,
        id: String,
    },
    Finished {
        kind: Kind,
        id: String,
    },
    /// A world is looked at once more, in an account of its own.
    Again {
        kind: Kind,
        id: String,
    },
    /// All are judged.
    Judged {
        standing: Standing,
    },
}

/// Hears of progress. Calls come from several threads.
pub trait Listener: Debug + Send + Sync {
    fn hear(&self, event: &Event);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Listener for Silent {
    fn hear(&self, _event: &Event) {}
}
