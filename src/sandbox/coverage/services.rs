use super::Coverage;
use crate::sandbox::{
    apigateway, apigatewayv2, audit, cloudformation, cognito, dynamodb, events, iam, lambda, logs, s3, sns,
    sqs, states, sts,
};

/// Returns what each service declares, in the order of the page.
pub fn services() -> Vec<Coverage> {
    vec![
        iam::coverage(),
        sts::coverage(),
        lambda::coverage(),
        apigateway::coverage(),
        apigatewayv2::coverage(),
        cognito::coverage(),
        dynamodb::coverage(),
        logs::coverage(),
        s3::coverage(),
        sqs::coverage(),
        sns::coverage(),
        events::coverage(),
        states::coverage(),
        cloudformation::coverage(),
        audit::coverage(),
    ]
}
