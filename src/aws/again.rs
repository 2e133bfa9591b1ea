use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

/// Lets a refusal be asked again where changes take a while to be seen: AWS refuses a role that was just given its rights, and
/// a cloud with trouble refuses whom it lets in a moment later. A refusal that is meant stays one. What is refused was not carried out, so asking
/// again repeats nothing.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency>
#[derive(Debug)]
pub(super) struct AskAgain {
    pub(super) eventual: bool,
}

impl ClassifyRetry for AskAgain {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let refused = context.response().is_some_and(|response| response.status().as_u16() == 403);
        if self.eventual && refused { RetryAction::transient_error() } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "ask-again"
    }
}
