use std::time::Duration;

use aws_sdk_lambda::config::retry::RetryConfig;
use aws_sdk_lambda::config::timeout::TimeoutConfig;
use aws_sdk_lambda::error::SdkError;
use aws_sdk_lambda::operation::invoke::InvokeError;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{InvocationType, LogType, ThrottleReason};
use serde_json::{Value, json};

use super::run::{Probe, Step};
use super::sought::{bound, internal, late, refused};
use crate::aws::{ErrorClass, Failure};
use crate::evidence::{Binding, Inspection};
use crate::text::fill_json;

/// A function may take 15 minutes; a check does not wait that long.
const LIMIT: Duration = Duration::from_mins(1);
/// In characters. Lambda's own limit is 6 MB.
const PAYLOAD_LIMIT: usize = 1 << 20;

/// Invokes a function and returns `{status, error, payload}`.
pub(super) async fn invoke(
    probe: &mut Probe<'_>,
    inspection: &Inspection,
    function: &Binding,
    payload: &Value,
) -> Step<Value> {
    let resource = bound(inspection, function, "AWS::Lambda::Function")?;
    let payload =
        fill_json(payload, &probe.variables).map_err(|error| internal(format!("`invoke`: {error}")))?;
    let request = format!("lambda:Invoke {}", resource.id);
    let call = probe.world.clients.lambda.invoke();
    let call = call
        .function_name(&resource.id)
        .invocation_type(InvocationType::RequestResponse)
        .log_type(LogType::None)
        .payload(Blob::new(payload.to_string()))
        .customize()
        .config_override(once());
    let Ok(result) = tokio::time::timeout(LIMIT, call.send()).await else {
        probe.recorder.note(&request, &payload, &json!({ "error": "no answer in time" }));
        return Err(late(&probe.world.clients, &format!("the function {function}"), LIMIT).await);
    };
    let answer = match result {
        Ok(answer) => {
            let bytes = answer.payload().map(Blob::as_ref).unwrap_or_default();
            json!({ "status": answer.status_code(), "error": answer.function_error(), "payload": parsed(bytes) })
        }
        Err(error) => {
            let failure = Failure::of("lambda:Invoke", &error);
            let Some(answer) = broken(&error, &failure) else {
                probe.recorder.note(&request, &payload, &json!({ "error": failure.to_string() }));
                return Err(refused(&failure, &format!("the function {function}")));
            };
            answer
        }
    };
    probe.recorder.note(&request, &payload, &answer);
    Ok(answer)
}

/// An invocation is never sent twice behind the check's back, and may take longer than a call of a control plane.
fn once() -> aws_sdk_lambda::config::Builder {
    let timeouts = TimeoutConfig::builder().read_timeout(LIMIT + Duration::from_secs(5)).build();
    aws_sdk_lambda::Config::builder().retry_config(RetryConfig::disabled()).timeout_config(timeouts)
}

fn parsed(bytes: &[u8]) -> Value {
    if bytes.len() > PAYLOAD_LIMIT {
        return Value::String(String::from_utf8_lossy(&bytes[..PAYLOAD_LIMIT]).into_owned());
    }
    serde_json::from_slice(bytes)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned()))
}

/// Tells an invocation that the function itself stands in the way of from one that we could not make. The first is
/// something seen: a role that Lambda may not assume, a runtime or a package that does not work, a concurrency of none
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors>).
fn broken(error: &SdkError<InvokeError>, failure: &Failure) -> Option<Value> {
    let of_function = match failure.class {
        ErrorClass::Throttled => reserved(error),
        ErrorClass::Denied => failure.says("cannot be assumed by Lambda"),
        // Lambda answers 502, too, to name what is wrong with a function.
        ErrorClass::Conflict | ErrorClass::Invalid | ErrorClass::Unreachable => failure.code.is_some(),
        ErrorClass::Missing | ErrorClass::Unsupported | ErrorClass::Other => false,
    };
    let status = error.raw_response().map(|response| response.status().as_u16());
    of_function.then(
        || json!({ "status": status, "error": failure.code, "payload": { "errorMessage": failure.message } }),
    )
}

/// Whether the function's own reserved concurrency is what refuses.
fn reserved(error: &SdkError<InvokeError>) -> bool {
    let Some(InvokeError::TooManyRequestsException(refusal)) = error.as_service_error() else { return false };
    refusal.reason() == Some(&ThrottleReason::ReservedFunctionConcurrentInvocationLimitExceeded)
}
