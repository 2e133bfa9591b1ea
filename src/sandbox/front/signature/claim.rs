use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::Refusal;
use crate::sandbox::Request;

/// The algorithm that every AWS SDK uses.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The longest life of a presigned request, in seconds: seven days.
const LONGEST_LIFE: i64 = 604_800;

/// A credential scope: which key, which day, where, for which service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox::front) struct Credential {
    pub(in crate::sandbox::front) access_key_id: String,
    /// `YYYYMMDD`.
    pub(super) date: String,
    pub(in crate::sandbox::front) region: String,
    pub(in crate::sandbox::front) service: String,
    pub(in crate::sandbox::front) terminator: String,
}

impl Credential {
    fn parse(text: &str) -> Option<Self> {
        // An access key id may hold no slash, but the split from the end is what AWS documents.
        let mut parts = text.rsplitn(5, '/');
        let (terminator, service, region, date) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let access_key_id = parts.next()?;
        (!access_key_id.is_empty()).then(|| Self {
            access_key_id: access_key_id.to_owned(),
            date: date.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            terminator: terminator.to_owned(),
        })
    }

    /// Returns the scope as it stands in the string to sign.
    pub(super) fn scope(&self) -> String {
        format!("{}/{}/{}/{}", self.date, self.region, self.service, self.terminator)
    }
}

/// What a request says about its signature. Nothing of it has been verified.
#[derive(Debug, Clone)]
pub(in crate::sandbox::front) struct Claim {
    pub(in crate::sandbox::front) credential: Credential,
    pub(super) signed_headers: Vec<String>,
    pub(super) signature: String,
    /// The moment of signing, as it was written (`20260102T030405Z`) and as it is meant.
    pub(super) date_text: String,
    pub(in crate::sandbox::front) date: Timestamp,
    pub(in crate::sandbox::front) session_token: Option<String>,
    /// For a presigned request: how many seconds it lives.
    pub(super) expires: Option<i64>,
}

impl Claim {
    /// Reads the claim of a request; `None` when it carries none at all.
    pub(in crate::sandbox::front) fn of(request: &Request) -> Result<Option<Self>, Refusal> {
        if let Some(header) = request.header("authorization") {
            return Self::of_header(request, header).map(Some);
        }
        if request.query_value("X-Amz-Signature").is_some()
            || request.query_value("X-Amz-Algorithm").is_some()
        {
            return Self::of_query(request).map(Some);
        }
        Ok(None)
    }

    fn of_header(request: &Request, header: &str) -> Result<Self, Refusal> {
        let (algorithm, rest) = header.trim().split_once(char::is_whitespace).unwrap_or((header.trim(), ""));
        let parts = || rest.split(',').map(str::trim).filter(|part| !part.is_empty());
        // What is no pair is told first, whatever the algorithm: a bearer's token, for example.
        if parts().any(|part| !part.contains('=')) {
            let hash = digest(header);
            return Err(Refusal::Incomplete(format!(
                "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded \
                 with Base64): '{hash}'."
            )));
        }
        let parameters: Vec<(&str, &str)> = parts().filter_map(|part| part.split_once('=')).collect();
        let parameter =
            |name: &str| parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| value.trim());
        let mut missing: Vec<String> = ["Credential", "Signature", "SignedHeaders"]
            .into_iter()
            .filter(|name| parameter(name).is_none_or(str::is_empty))
            .map(|name| format!("Authorization header requires '{name}' parameter."))
            .collect();
        let date = request.header("x-amz-date").or_else(|| request.header("date"));
        if date.is_none() {
            missing.push(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
                    .to_owned(),
            );
        }
        let (Some(credential), Some(signature), Some(headers), Some(date_text), true) = (
            parameter("Credential"),
            parameter("Signature"),
            parameter("SignedHeaders"),
            date,
            missing.is_empty(),
        ) else {
            let hash = digest(header);
            missing.push(format!("(Hashed with SHA-256 and encoded with Base64) Authorization={hash}"));
            return Err(Refusal::Incomplete(missing.join(" ")));
        };
        if algorithm != ALGORITHM {
            return Err(Refusal::Incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'")));
        }
        let (date_text, date) = read_date(date_text)?;
        Ok(Self {
            credential: read_credential(credential)?,
            signed_headers: read_headers(headers),
            signature: signature.to_owned(),
            date_text,
            date,
            session_token: request.header("x-amz-security-token").map(str::to_owned),
            expires: None,
        })
    }

    fn of_query(request: &Request) -> Result<Self, Refusal> {
        let names = ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"];
        let values = names.map(|name| request.query_value(&format!("X-Amz-{name}")));
        let missing: Vec<String> = names
            .iter()
            .zip(&values)
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| {
                format!("AWS query-string parameters must include 'X-Amz-{name}'. Re-examine the query-string parameters.")
            })
            .collect();
        let [Some(algorithm), Some(credential), Some(date), Some(expires), Some(headers), Some(signature)] =
            values
        else {
            return Err(Refusal::Incomplete(missing.join(" ")));
        };
        if algorithm != ALGORITHM {
            return Err(Refusal::Incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'")));
        }
        let expires =
            expires.parse().ok().filter(|seconds| (1..=LONGEST_LIFE).contains(seconds)).ok_or_else(|| {
                Refusal::BadQuery("X-Amz-Expires must be a number of seconds between 1 and 604800".to_owned())
            })?;
        let (date_text, date) = read_date(&date)?;
        Ok(Self {
            credential: read_credential(&credential)?,
            signed_headers: read_headers(&headers),
            signature,
            date_text,
            date,
            session_token: request
                .query_value("X-Amz-Security-Token")
                .or_else(|| request.header("x-amz-security-token").map(str::to_owned)),
            expires: Some(expires),
        })
    }

    /// Whether the signature stands in the query.
    pub(super) fn is_presigned(&self) -> bool {
        self.expires.is_some()
    }
}

/// AWS shows a header that it cannot read by its digest only: it may hold a secret.
fn digest(header: &str) -> String {
    STANDARD.encode(Sha256::digest(header.as_bytes()))
}

fn read_credential(text: &str) -> Result<Credential, Refusal> {
    Credential::parse(text).ok_or_else(|| {
        Refusal::Incomplete(format!(
            "Credential must have at least 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{text}'"
        ))
    })
}

fn read_headers(text: &str) -> Vec<String> {
    text.split(';').map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty()).collect()
}

/// Reads ISO 8601's basic form, or a `Date` header's; returns the basic form, which is what is signed.
fn read_date(text: &str) -> Result<(String, Timestamp), Refusal> {
    let basic = DateTime::strptime("%Y%m%dT%H%M%SZ", text)
        .ok()
        .and_then(|time| time.to_zoned(TimeZone::UTC).ok())
        .map(|time| time.timestamp());
    let moment = basic.or_else(|| jiff::fmt::rfc2822::parse(text).ok().map(|time| time.timestamp()));
    let moment = moment.ok_or_else(|| {
        Refusal::Incomplete(format!(
            "Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601"
        ))
    })?;
    Ok((moment.strftime("%Y%m%dT%H%M%SZ").to_string(), moment))
}
