use bytes::Bytes;

use crate::sandbox::{Request, ServiceError};

/// A body without its framing, and the headers that came after it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plain {
    pub(super) body: Bytes,
    pub(super) trailers: Vec<(String, String)>,
}

/// Takes a body out of `aws-chunked` framing, if it is in one.
///
/// The chunks' own signatures are not checked: that of the request covers the key and the length, and nothing but the sandbox
/// lies between client and server. <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html>
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

/// `SIZE[;chunk-signature=...]\r\n` and that many bytes and `\r\n`, until a size of 0; then the trailers, a line each.
fn unframe(framed: &Bytes) -> Option<Plain> {
    let mut body = Vec::with_capacity(framed.len());
    let mut at = 0;
    loop {
        let line = line_at(framed, &mut at)?;
        let size = line.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            break;
        }
        body.extend_from_slice(framed.get(at..at.checked_add(size)?)?);
        at += size;
        if framed.get(at..at + 2)? != b"\r\n" {
            return None;
        }
        at += 2;
    }
    let mut trailers = Vec::new();
    while at < framed.len() {
        let line = line_at(framed, &mut at)?;
        if let Some((name, value)) = line.split_once(':') {
            trailers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    Some(Plain { body: body.into(), trailers })
}

fn line_at<'a>(framed: &'a Bytes, at: &mut usize) -> Option<&'a str> {
    let rest = framed.get(*at..)?;
    let end = rest.windows(2).position(|pair| pair == b"\r\n");
    let (line, used) = match end {
        Some(end) => (&rest[..end], end + 2),
        // The last trailer may come without an end of line.
        None => (rest, rest.len()),
    };
    *at += used;
    std::str::from_utf8(line).ok()
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
