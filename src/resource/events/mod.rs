//! AWS::Events: buses, and rules that pass events on.

mod event_bus;
mod rule;
mod rule_survey;
mod target;

pub(super) use event_bus::EventBus;
pub(super) use rule::Rule;
