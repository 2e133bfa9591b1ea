use super::service::COVERED;
use crate::sandbox::coverage::Coverage;

/// What of `EventBridge` is covered.
pub fn coverage() -> Coverage {
    Coverage::of("events", "EventBridge")
        .summed_up(
            "the default bus and custom ones with policies, rules with event patterns or schedules (rate, cron) by the sandbox's clock, targets that are functions, state machines, queues, topics, log groups or buses, with inputs, retries and dead-letter queues, tags",
            "archives and replays, API destinations and connections, global endpoints, partners' events, events that other services of AWS put by themselves, targets of other services",
        )
        .covers(COVERED.iter().copied())
        .differs("PutRule", "of a schedule's times that an advance of the clock passes, the first 60 are made up for")
        .differs("PutTargets", "a target of a service that is not named above is refused")
}
