//! What happens by itself: topics, rules and queues hand on what came to them, functions are fed by queues and streams, and all of
//! it is still so after a restart.

mod integrations;
mod logs;
mod machines;
mod mappings;
mod rules;
mod stage;
mod topics;
