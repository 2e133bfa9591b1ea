use super::service::COVERED;
use crate::sandbox::coverage::Coverage;

/// What of SNS is covered.
pub fn coverage() -> Coverage {
    let signature = "a notification's signature is made up: nothing verifies it";
    Coverage::of("sns", "SNS")
        .summed_up(
            "topics, FIFO topics, subscriptions of functions, queues and web addresses, filter policies, redrive policies, topic policies, tags, batches",
            "text messages, mobile push, mail (a subscription by mail stays pending), Firehose, data protection, encryption, archives of FIFO topics",
        )
        .covers(COVERED.iter().copied())
        .tested(
            "ConfirmSubscription",
            "events::topics::a_web_address_gets_messages_once_it_has_confirmed",
            "events::topics::a_token_that_nobody_got_confirms_nothing",
        )
        .differs("Publish", signature)
        .differs("PublishBatch", signature)
        .differs("Subscribe", "nobody is sent mail; web addresses are told within reach of the sandbox only")
}
