//! The words that messages are made of: counts, lists, suggestions, durations, and `{{ names }}` to fill in.
//!
//! ```text
//! count(2, "task")                        2 tasks
//! one_of(["get", "put", "post"])          `get`, `put`, or `post`
//! closest("statsu", ["status", "body"])   Some("status")
//! parse_duration("1h30m")                 5,400 s
//! fill("/orders/{{ order }}", ...)        /orders/o-17
//! ```

mod count;
mod difference;
mod duration;
mod list;
mod placeholder;
mod suggestion;

pub use count::{count, count_of};
pub use difference::difference;
pub use duration::{DurationError, parse_duration, show_duration};
pub use list::{all_of, one_of};
pub use placeholder::{PlaceholderError, fill, fill_json, names_in, names_in_json};
pub use suggestion::{closest, did_you_mean};
