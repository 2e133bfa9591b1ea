use jiff::Timestamp;

use crate::sandbox::{Protocol, ServiceError};

/// Why a request's signature does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox::front) enum Refusal {
    /// No signature at all.
    Unsigned,
    /// A part of the signature is missing or cannot be read; the text says which.
    Incomplete(String),
    /// A presigned request's parameter is out of range.
    BadQuery(String),
    /// The key is unknown or was deactivated.
    UnknownKey,
    /// The session token is not the key's.
    WrongToken,
    /// The session is over.
    SessionExpired,
    /// The moment of signing is more than 15 minutes off.
    Skewed { signed: Timestamp, now: Timestamp },
    /// A presigned request has outlived its time.
    Outlived { until: Timestamp, now: Timestamp },
    /// The credential scope does not fit the request; the text says how.
    WrongScope(String),
    /// A header that decides what the request does was not signed.
    NotSigned(String),
    /// The body is not the one that `x-amz-content-sha256` names.
    WrongBody,
    /// The signature is another one.
    Mismatch,
}

/// S3's words.
const OBJECT_MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check \
                               your key and signing method.";

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS \
                        Secret Access Key and signing method. Consult the service documentation for details.";

/// How far off a signature's time may be, in minutes.
const SKEW_MINUTES: i64 = 15;

impl Refusal {
    /// Words the refusal as the protocol's services do.
    ///
    /// Codes: <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html> (Query),
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html> (JSON),
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html> (S3). A signature out of time is
    /// `RequestExpired` with EC2 only; the services here say that the signature does not match, and why.
    pub(in crate::sandbox::front) fn to_error(&self, protocol: Protocol) -> ServiceError {
        use Protocol::{Json10, Json11, Query, RestJson, RestXml};
        let pick = |query: &'static str, json: &'static str, s3: &'static str| match protocol {
            Query => query,
            RestJson | Json10 | Json11 => json,
            RestXml => s3,
        };
        // The services that name the operation in a header answer all their errors with 400.
        let status = if matches!(protocol, Json10 | Json11) { 400 } else { 403 };
        let mismatch = pick("SignatureDoesNotMatch", "InvalidSignatureException", "SignatureDoesNotMatch");
        match self {
            Self::Unsigned => ServiceError::new(
                status,
                pick("MissingAuthenticationToken", "MissingAuthenticationTokenException", "AccessDenied"),
                match protocol {
                    Query | Json10 => "Request is missing Authentication Token",
                    Json11 | RestJson => "Missing Authentication Token",
                    RestXml => "Access Denied",
                },
            ),
            Self::Incomplete(text) => ServiceError::new(
                if protocol == RestJson { 403 } else { 400 },
                pick("IncompleteSignature", "IncompleteSignatureException", "AuthorizationHeaderMalformed"),
                text.clone(),
            ),
            Self::BadQuery(text) => ServiceError::new(
                if protocol == RestJson { 403 } else { 400 },
                pick(
                    "IncompleteSignature",
                    "IncompleteSignatureException",
                    "AuthorizationQueryParametersError",
                ),
                text.clone(),
            ),
            Self::WrongToken if protocol == RestXml => ServiceError::new(
                400,
                "InvalidToken",
                "The provided token is malformed or otherwise invalid.",
            ),
            Self::UnknownKey | Self::WrongToken => ServiceError::new(
                status,
                pick("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"),
                pick(
                    "The security token included in the request is invalid.",
                    "The security token included in the request is invalid.",
                    "The AWS Access Key Id you provided does not exist in our records.",
                ),
            ),
            Self::SessionExpired => ServiceError::new(
                if protocol == RestXml { 400 } else { status },
                pick("ExpiredToken", "ExpiredTokenException", "ExpiredToken"),
                pick(
                    "The security token included in the request is expired",
                    "The security token included in the request is expired",
                    "The provided token has expired.",
                ),
            ),
            Self::Skewed { .. } if protocol == RestXml => ServiceError::new(
                403,
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
            ),
            Self::Skewed { signed, now } => ServiceError::new(status, mismatch, skew_text(*signed, *now)),
            Self::Outlived { .. } if protocol == RestXml => {
                ServiceError::new(403, "AccessDenied", "Request has expired")
            }
            Self::Outlived { until, now } => ServiceError::new(
                status,
                mismatch,
                format!("Signature expired: {} is now earlier than {}", basic(*until), basic(*now)),
            ),
            Self::WrongScope(text) | Self::NotSigned(text) => {
                ServiceError::new(status, mismatch, text.clone())
            }
            Self::WrongBody if protocol == RestXml => ServiceError::new(
                400,
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
            ),
            Self::Mismatch if protocol == RestXml => ServiceError::new(status, mismatch, OBJECT_MISMATCH),
            Self::WrongBody | Self::Mismatch => ServiceError::new(status, mismatch, MISMATCH),
        }
    }
}

fn skew_text(signed: Timestamp, now: Timestamp) -> String {
    let allowed = jiff::SignedDuration::from_mins(SKEW_MINUTES);
    let (what, bound, sign) = if signed < now {
        ("Signature expired", now.saturating_sub(allowed), '-')
    } else {
        ("Signature not yet current", now.saturating_add(allowed), '+')
    };
    let relation = if signed < now { "now earlier" } else { "still later" };
    format!(
        "{what}: {} is {relation} than {} ({} {sign} {SKEW_MINUTES} min.)",
        basic(signed),
        basic(bound.unwrap_or(now)),
        basic(now)
    )
}

fn basic(moment: Timestamp) -> String {
    moment.strftime("%Y%m%dT%H%M%SZ").to_string()
}
