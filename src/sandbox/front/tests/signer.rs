use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use jiff::Timestamp;

use crate::sandbox::Request;

/// A request to be signed as the SDKs sign.
pub(super) struct Draft<'a> {
    pub(super) method: &'a str,
    /// Path and query, escaped once.
    pub(super) target: &'a str,
    pub(super) service: &'a str,
    pub(super) body: &'a str,
    pub(super) headers: &'a [(&'a str, &'a str)],
    pub(super) key: &'a str,
    pub(super) secret: &'a str,
    pub(super) token: Option<&'a str>,
    pub(super) time: Timestamp,
    /// In seconds; the signature then stands in the query.
    pub(super) presigned: Option<u64>,
}

impl Default for Draft<'_> {
    fn default() -> Self {
        Self {
            method: "GET",
            target: "/Look",
            service: "lambda",
            body: "",
            headers: &[],
            key: "AKIAADA",
            secret: "AKIAADA-secret",
            token: None,
            time: now(),
            presigned: None,
        }
    }
}

/// The moment at which the tests' requests come in.
pub(super) fn now() -> Timestamp {
    "2026-03-04T05:06:07Z".parse().unwrap()
}

impl Draft<'_> {
    /// Signs with AWS's own signer.
    pub(super) fn sign(&self) -> Request {
        let identity =
            Credentials::new(self.key, self.secret, self.token.map(str::to_owned), None, "test").into();
        let mut settings = SigningSettings::default();
        if self.service == "s3" {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        if let Some(seconds) = self.presigned {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(seconds));
        }
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("eu-west-1")
            .name(self.service)
            .time(SystemTime::from(self.time))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let uri = format!("http://sandbox.test:4566{}", self.target);
        let headers = self.headers.iter().copied().chain([("host", "sandbox.test:4566")]);
        let body = if self.presigned.is_some() && self.service == "s3" {
            SignableBody::UnsignedPayload
        } else {
            SignableBody::Bytes(self.body.as_bytes())
        };
        let signable = SignableRequest::new(self.method, &uri, headers, body).unwrap();
        let (instructions, _signature) = sign(signable, &parameters).unwrap().into_parts();
        let mut signed =
            hyper::Request::builder().method(self.method).uri(&uri).header("host", "sandbox.test:4566");
        for (name, value) in self.headers {
            signed = signed.header(*name, *value);
        }
        let mut signed = signed.body(()).unwrap();
        instructions.apply_to_request_http1x(&mut signed);
        let (head, ()) = signed.into_parts();
        Request {
            method: head.method,
            raw_path: head.uri.path().to_owned(),
            raw_query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            header_names: crate::sandbox::HeaderNames::default(),
            body: self.body.to_owned().into(),
            peer: [127, 0, 0, 1].into(),
            received: now(),
            id: "7f3c9d2e-0000-4000-8000-000000000001".to_owned(),
        }
    }
}
