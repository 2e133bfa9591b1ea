use std::time::Duration;

use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{LastUpdateStatus, State};

use crate::aws::{Clients, ErrorClass, Failure, Found, Outcome, Patience};

const PATIENCE: Patience = Patience {
    limit: Duration::from_mins(3),
    first: Duration::from_millis(10),
    longest: Duration::from_secs(2),
};

/// Waits until a function is active and its last update is done
/// (<https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html>).
pub(super) async fn settled(
    clients: &Clients,
    name: &str,
) -> Result<GetFunctionConfigurationOutput, Failure> {
    const OPERATION: &str = "lambda:GetFunctionConfiguration";
    let mut waits = PATIENCE.waits();
    loop {
        let call = clients.lambda.get_function_configuration().function_name(name);
        let read = call.send().await.during(OPERATION).found()?;
        if let Some(function) = read {
            let failed = match (function.state(), function.last_update_status()) {
                (Some(State::Failed), _) => function.state_reason(),
                (_, Some(LastUpdateStatus::Failed)) => function.last_update_status_reason(),
                (Some(State::Pending), _) | (_, Some(LastUpdateStatus::InProgress)) => None,
                _ => return Ok(function),
            };
            let over = matches!(function.state(), Some(State::Failed))
                || matches!(function.last_update_status(), Some(LastUpdateStatus::Failed));
            if over {
                let reason = failed.unwrap_or("no reason given");
                return Err(Failure::new(ErrorClass::Other, OPERATION, format!("{name} failed: {reason}")));
            }
        } else if !clients.eventual() {
            return Err(Failure::new(ErrorClass::Missing, OPERATION, format!("there is no function {name}")));
        }
        let Some(wait) = waits.next() else {
            let message = format!("{name} did not become active");
            return Err(Failure::new(ErrorClass::Other, OPERATION, message));
        };
        tokio::time::sleep(wait).await;
    }
}
