use bytes::Bytes;

use crate::sandbox::chunked::Frames;
use crate::sandbox::{Request, ServiceError};

/// A body without its framing, and the headers that came after it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plain {
    pub(super) body: Bytes,
    pub(super) trailers: Vec<(String, String)>,
}

/// Takes a body out of `aws-chunked` framing, if it is in one.
///
/// The signatures of the chunks were checked with the request's. <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html>
pub(super) fn plain(request: &Request) -> Result<Plain, ServiceError> {
    let framed =
        request.header("x-amz-content-sha256").is_some_and(|digest| digest.starts_with("STREAMING-"))
            || request
                .header("content-encoding")
                .is_some_and(|value| value.split(',').any(|part| part.trim() == "aws-chunked"));
    if !framed {
        return Ok(Plain { body: request.body.clone(), trailers: Vec::new() });
    }
    let read = unframe(&request.body).ok_or_else(|| {
        ServiceError::new(400, "IncompleteBody", "The request body terminated unexpectedly")
    })?;
    let stated = request.header("x-amz-decoded-content-length");
    if stated.is_some_and(|stated| stated.parse() != Ok(read.body.len())) {
        return Err(ServiceError::new(
            400,
            "IncompleteBody",
            "You did not provide the number of bytes specified by the Content-Length HTTP header",
        ));
    }
    if let Some(named) = request.header("x-amz-trailer")
        && !named
            .split(',')
            .all(|name| read.trailers.iter().any(|(trailer, _)| trailer.eq_ignore_ascii_case(name.trim())))
    {
        return Err(ServiceError::new(
            400,
            "MalformedTrailerError",
            "The request contained trailing data that was not well-formed or did not conform to our published schema.",
        ));
    }
    Ok(read)
}

fn unframe(framed: &Bytes) -> Option<Plain> {
    let mut body = Vec::with_capacity(framed.len());
    let mut frames = Frames::of(framed);
    loop {
        let chunk = frames.chunk()?;
        if chunk.bytes.is_empty() {
            break;
        }
        body.extend_from_slice(chunk.bytes);
    }
    Some(Plain { body: body.into(), trailers: frames.trailers()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_and_trailers_kept() {
        let framed = Bytes::from_static(
            b"5;chunk-signature=ab\r\nhello\r\n1\r\n!\r\n0;chunk-signature=cd\r\nx-amz-checksum-crc32:AAAA\r\n\r\n",
        );
        let read = unframe(&framed).unwrap();
        assert_eq!(&read.body[..], b"hello!");
        assert_eq!(read.trailers, [("x-amz-checksum-crc32".to_owned(), "AAAA".to_owned())]);
    }

    #[test]
    fn a_framing_that_lies_is_refused() {
        for framed in
            ["", "5\r\nhel", "5\r\nhelloX", "zz\r\n", "ffffffffffffffff\r\nx", "fffffffffffffffff\r\n"]
        {
            assert_eq!(unframe(&Bytes::from_static(framed.as_bytes())), None, "{framed}");
        }
    }
}
