use std::error::Error;
use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::error::operation::BuildError;
use serde::{Deserialize, Serialize};

use crate::evidence::{Trouble, TroubleKind};

/// What an error means to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorClass {
    /// There is no such thing.
    Missing,
    /// We may not; the keys are wrong, or expired.
    Denied,
    Throttled,
    /// There is such a thing already, or it is being changed.
    Conflict,
    /// The request is wrong in itself.
    Invalid,
    /// No answer, or none of AWS's.
    Unreachable,
    /// The endpoint does not know the operation.
    Unsupported,
    Other,
}

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub class: ErrorClass,
    /// For example `lambda:GetPolicy`.
    pub operation: String,
    /// AWS's error code, if an answer came.
    pub code: Option<String>,
    pub message: String,
}

impl Failure {
    pub fn new(class: ErrorClass, operation: impl Into<String>, message: impl Into<String>) -> Self {
        Self { class, operation: operation.into(), code: None, message: message.into() }
    }

    /// Reads an error of the SDK.
    pub fn of<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let failure = |class, message: String| Self::new(class, operation, message);
        match error {
            SdkError::ServiceError(answer) => {
                let status = answer.raw().status().as_u16();
                let code = answer.err().code();
                let message = answer.err().message();
                let message = message.map_or_else(|| format!("HTTP status {status}"), str::to_owned);
                let class = classify(code.unwrap_or_default(), status);
                Self { code: code.map(str::to_owned), ..failure(class, message) }
            }
            SdkError::ResponseError(answer) => {
                let status = answer.raw().status().as_u16();
                let text = format!("the answer (HTTP status {status}) is not AWS's: {}", root_cause(error));
                failure(ErrorClass::Unreachable, text)
            }
            SdkError::DispatchFailure(dispatch) if dispatch.is_user() => {
                failure(ErrorClass::Invalid, root_cause(error))
            }
            SdkError::ConstructionFailure(_) => failure(ErrorClass::Invalid, root_cause(error)),
            SdkError::TimeoutError(_) => failure(ErrorClass::Unreachable, "no answer in time".to_owned()),
            _ => failure(ErrorClass::Unreachable, root_cause(error)),
        }
    }

    /// Whether the error's message holds `part`, in any case: AWS tells some causes apart by their words only.
    pub fn says(&self, part: &str) -> bool {
        self.message.to_lowercase().contains(&part.to_lowercase())
    }

    pub fn has_code(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Tells the failure of a look as evidence keeps it.
    pub fn trouble(&self) -> Trouble {
        let kind = match self.class {
            ErrorClass::Denied => TroubleKind::Denied,
            ErrorClass::Throttled => TroubleKind::Throttled,
            ErrorClass::Unreachable => TroubleKind::Unreachable,
            ErrorClass::Unsupported => TroubleKind::Unsupported,
            _ => TroubleKind::Internal,
        };
        let message = match &self.code {
            Some(code) => format!("{code}: {}", self.message),
            None => self.message.clone(),
        };
        Trouble { kind, message }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{}: {code}: {}", self.operation, self.message),
            None => write!(f, "{}: {}", self.operation, self.message),
        }
    }
}

impl Error for Failure {}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Self::new(ErrorClass::Invalid, "request", error.to_string())
    }
}

/// Names the operation that a result of the SDK belongs to.
pub trait Outcome<T> {
    fn during(self, operation: &str) -> Result<T, Failure>;
}

impl<T, E> Outcome<T> for Result<T, SdkError<E, HttpResponse>>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    fn during(self, operation: &str) -> Result<T, Failure> {
        self.map_err(|error| Failure::of(operation, &error))
    }
}

/// Tells "there is none" from "it could not be looked at".
pub trait Found<T> {
    /// Turns the failure `Missing` into `None`.
    fn found(self) -> Result<Option<T>, Failure>;
}

impl<T> Found<T> for Result<T, Failure> {
    fn found(self) -> Result<Option<T>, Failure> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(failure) if failure.class == ErrorClass::Missing => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

/// Returns the innermost cause of an error: the one that says what happened.
pub(super) fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// Sorts an error code. The codes of all AWS services stand in
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html> and in the page of each operation; where a code is not
/// known, the HTTP status decides.
fn classify(code: &str, status: u16) -> ErrorClass {
    match code {
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "IncompleteSignature"
        | "OptInRequired"
        | "UnauthorizedException" => ErrorClass::Denied,
        "Throttling"
        | "ThrottlingException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "ProvisionedThroughputExceededException"
        | "EC2ThrottledException" => ErrorClass::Throttled,
        "NoSuchEntity"
        | "NotFoundException"
        | "ResourceNotFoundException"
        | "NoSuchBucket"
        | "NoSuchKey"
        | "QueueDoesNotExist"
        | "ResourceNotFound"
        | "StateMachineDoesNotExist"
        | "ExecutionDoesNotExist"
        | "AWS.SimpleQueueService.NonExistentQueue" => ErrorClass::Missing,
        "EntityAlreadyExists"
        | "DeleteConflict"
        | "ConcurrentModification"
        | "ConflictException"
        | "ResourceConflictException"
        | "ResourceInUseException"
        | "ResourceAlreadyExistsException"
        | "OperationAbortedException"
        | "QueueAlreadyExists"
        | "StateMachineAlreadyExists"
        | "StateMachineDeleting"
        | "QueueNameExists"
        | "QueueDeletedRecently"
        | "AWS.SimpleQueueService.QueueDeletedRecently"
        | "PreconditionFailedException" => ErrorClass::Conflict,
        "BadRequestException"
        | "ValidationException"
        | "ValidationError"
        | "InvalidParameterValueException"
        | "InvalidParameterException"
        | "InvalidRequestContentException"
        | "MalformedPolicyDocument"
        | "InvalidInput"
        | "SerializationException"
        | "InvalidZipFileException" => ErrorClass::Invalid,
        _ => by_status(status),
    }
}

fn by_status(status: u16) -> ErrorClass {
    match status {
        401 | 403 => ErrorClass::Denied,
        404 => ErrorClass::Missing,
        409 => ErrorClass::Conflict,
        429 => ErrorClass::Throttled,
        400 | 413 | 422 => ErrorClass::Invalid,
        501 => ErrorClass::Unsupported,
        // AWS has bad moments, but it says what is the matter; emulators answer 500 to what they did not think of.
        500..=599 => ErrorClass::Unreachable,
        _ => ErrorClass::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_decide_before_the_status() {
        assert_eq!(classify("AccessDeniedException", 400), ErrorClass::Denied);
        assert_eq!(classify("ThrottlingException", 400), ErrorClass::Throttled);
        assert_eq!(classify("ResourceNotFoundException", 400), ErrorClass::Missing);
        assert_eq!(classify("ResourceInUseException", 400), ErrorClass::Conflict);
    }

    #[test]
    fn an_unknown_code_is_sorted_by_its_status() {
        assert_eq!(classify("SomethingNew", 404), ErrorClass::Missing);
        assert_eq!(classify("", 501), ErrorClass::Unsupported);
        assert_eq!(classify("", 500), ErrorClass::Unreachable);
        assert_eq!(classify("SomethingNew", 302), ErrorClass::Other);
    }

    #[test]
    fn missing_is_not_a_failure_and_denied_is() {
        let failure = |class| Failure::new(class, "lambda:GetPolicy", "no");
        assert_eq!(Err::<(), _>(failure(ErrorClass::Missing)).found(), Ok(None));
        assert!(Err::<(), _>(failure(ErrorClass::Denied)).found().is_err());
    }
}
