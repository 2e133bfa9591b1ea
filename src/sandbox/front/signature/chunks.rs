use sha2::{Digest, Sha256};

use super::verify::{constant_time_eq, mac};
use super::{Claim, Refusal};
use crate::sandbox::chunked::Frames;

/// The signed form of a streamed body, and the one whose trailers are signed too.
const SIGNED: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const SIGNED_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
const TRAILER_SIGNATURE: &str = "x-amz-trailer-signature";

/// Checks the signatures of a streamed body: each chunk's, which builds upon the one before, and that of the trailers. `payload` is what
/// the request states in place of a digest; other forms have nothing to check.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html>,
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html>
pub(super) fn verify_chunks(body: &[u8], claim: &Claim, key: &[u8], payload: &str) -> Result<(), Refusal> {
    if payload != SIGNED && payload != SIGNED_TRAILER {
        return Ok(());
    }
    let nothing = hex::encode(Sha256::digest(b""));
    let head = format!("{}\n{}", claim.date_text, claim.credential.scope());
    let mut before = claim.signature.clone();
    let mut frames = Frames::of(body);
    loop {
        // A framing that cannot be read is told by the service, in its own words, before anything of it counts.
        let Some(chunk) = frames.chunk() else { return Ok(()) };
        let digest = hex::encode(Sha256::digest(chunk.bytes));
        let text = format!("AWS4-HMAC-SHA256-PAYLOAD\n{head}\n{before}\n{nothing}\n{digest}");
        let expected = hex::encode(mac(key, text.as_bytes()));
        if !chunk.signature.is_some_and(|given| constant_time_eq(given, &expected)) {
            return Err(Refusal::Mismatch);
        }
        before = expected;
        if chunk.bytes.is_empty() {
            break;
        }
    }
    let Some(trailers) = frames.trailers() else { return Ok(()) };
    if payload == SIGNED {
        // Nobody has signed for what comes behind the last chunk.
        return if trailers.is_empty() { Ok(()) } else { Err(Refusal::Mismatch) };
    }
    let mut lines = String::new();
    let mut given = None;
    for (name, value) in &trailers {
        if name == TRAILER_SIGNATURE {
            given = Some(value);
        } else {
            lines.push_str(&format!("{name}:{value}\n"));
        }
    }
    let digest = hex::encode(Sha256::digest(lines.as_bytes()));
    let text = format!("AWS4-HMAC-SHA256-TRAILER\n{head}\n{before}\n{digest}");
    let expected = hex::encode(mac(key, text.as_bytes()));
    match given {
        Some(given) if constant_time_eq(given, &expected) => Ok(()),
        _ => Err(Refusal::Mismatch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::front::signature::claim::Credential;

    /// The examples of AWS's two pages have one key, one day and one region.
    fn claim(seed: &str) -> (Claim, Vec<u8>) {
        let credential = Credential {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            date: "20130524".to_owned(),
            region: "us-east-1".to_owned(),
            service: "s3".to_owned(),
            terminator: "aws4_request".to_owned(),
        };
        let mut key = mac(b"AWS4wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", b"20130524");
        for part in ["us-east-1", "s3", "aws4_request"] {
            key = mac(&key, part.as_bytes());
        }
        let claim = Claim {
            credential,
            signed_headers: vec![],
            signature: seed.to_owned(),
            date_text: "20130524T000000Z".to_owned(),
            date: "2013-05-24T00:00:00Z".parse().unwrap(),
            session_token: None,
            expires: None,
        };
        (claim, key)
    }

    fn framed(signatures: [&str; 3], trailers: &str) -> String {
        let [first, second, last] = signatures;
        format!(
            "10000;chunk-signature={first}\r\n{}\r\n400;chunk-signature={second}\r\n{}\r\n\
             0;chunk-signature={last}\r\n{trailers}",
            "a".repeat(65536),
            "a".repeat(1024)
        )
    }

    const PLAIN: [&str; 3] = [
        "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    ];
    const TRAILED: [&str; 3] = [
        "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
        "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
        "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
    ];

    #[test]
    fn the_example_of_signed_chunks_is_accepted_and_a_changed_one_is_not() {
        let (claim, key) = claim("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
        let check = |body: &str| verify_chunks(body.as_bytes(), &claim, &key, SIGNED);
        let whole = framed(PLAIN, "\r\n");
        assert_eq!(check(&whole), Ok(()));
        for wrong in [
            whole.replacen("aaaa", "aaba", 1),
            framed([PLAIN[0], PLAIN[2], PLAIN[1]], "\r\n"),
            whole.replace(";chunk-signature=", ";"),
            framed(PLAIN, "x-amz-checksum-crc32:AAAA\r\n\r\n"),
        ] {
            assert_eq!(check(&wrong), Err(Refusal::Mismatch));
        }
    }

    #[test]
    fn the_example_of_signed_trailers_is_accepted_and_a_changed_one_is_not() {
        let (claim, key) = claim("106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e");
        let check = |trailers: &str| {
            verify_chunks(framed(TRAILED, trailers).as_bytes(), &claim, &key, SIGNED_TRAILER)
        };
        let signature =
            "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435";
        assert_eq!(check(&format!("x-amz-checksum-crc32c:sOO8/Q==\r\n{signature}\r\n\r\n")), Ok(()));
        for wrong in [
            format!("x-amz-checksum-crc32c:sOO9/Q==\r\n{signature}\r\n\r\n"),
            format!("{signature}\r\n\r\n"),
            "x-amz-checksum-crc32c:sOO8/Q==\r\n\r\n".to_owned(),
        ] {
            assert_eq!(check(&wrong), Err(Refusal::Mismatch), "{wrong}");
        }
    }
}
