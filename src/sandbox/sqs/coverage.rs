use super::service::COVERED;
use crate::sandbox::coverage::Coverage;

/// What of SQS is covered.
pub fn coverage() -> Coverage {
    Coverage::of("sqs", "SQS")
        .summed_up(
            "queues, FIFO queues, batches, dead-letter queues, queue policies, long polling, over JSON and over the older form-encoded protocol",
            "message move tasks, encryption with keys of one's own",
        )
        .covers(COVERED.iter().copied())
}
