//! AWS::StepFunctions: state machines.

mod definition;
mod state_machine;
mod state_machine_survey;

pub(super) use state_machine::StateMachine;
