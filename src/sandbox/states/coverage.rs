use super::service::COVERED;
use crate::sandbox::coverage::Coverage;

/// What of Step Functions is covered.
pub fn coverage() -> Coverage {
    Coverage::of("stepfunctions", "Step Functions")
        .summed_up(
            "standard and express state machines in JSONPath with all types of states, intrinsic functions, retries and catchers by the sandbox's clock, calls with the machine's role to functions, tables, queues, topics, buses and other machines, histories, tags",
            "JSONata and variables, activities and callbacks with task tokens, `.sync` and `aws-sdk` integrations, distributed maps, versions and aliases, redriving, logs and traces of executions",
        )
        .covers(COVERED.iter().copied())
        .differs("CreateStateMachine", "a definition with something that is not covered is refused with 501 and its place; of logging only `OFF`, of tracing only disabled is taken; the words about what is wrong in a definition are the sandbox's where AWS's are not known")
        .differs("UpdateStateMachine", "as CreateStateMachine; what changes is seen at once")
        .differs("DeleteStateMachine", "takes the machine and its executions away at once")
        .differs("StartExecution", "1000 executions of an account run at a time, 5000 are remembered; a history has 32 MiB at most; `JitterStrategy` is read and adds nothing")
        .differs("ValidateStateMachineDefinition", "finds errors, no warnings; a definition with something that is not covered is refused with 501")
}
