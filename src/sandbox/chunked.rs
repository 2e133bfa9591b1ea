//! The framing `aws-chunked`: `SIZE[;chunk-signature=...]` and that many bytes, until a size of 0; then the trailers, a line each.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html>

/// Reads a framed body, chunk by chunk.
#[derive(Debug)]
pub(in crate::sandbox) struct Frames<'a> {
    framed: &'a [u8],
    at: usize,
}

/// One chunk; the last one is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) struct Chunk<'a> {
    pub(in crate::sandbox) bytes: &'a [u8],
    pub(in crate::sandbox) signature: Option<&'a str>,
}

impl<'a> Frames<'a> {
    pub(in crate::sandbox) fn of(framed: &'a [u8]) -> Self {
        Self { framed, at: 0 }
    }

    /// Reads the next chunk; `None` where there is none, or none that is whole.
    pub(in crate::sandbox) fn chunk(&mut self) -> Option<Chunk<'a>> {
        let line = self.line()?;
        let (size, extension) = line.split_once(';').unwrap_or((line, ""));
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        let signature = extension.trim().strip_prefix("chunk-signature=");
        if size == 0 {
            return Some(Chunk { bytes: &[], signature });
        }
        let bytes = self.framed.get(self.at..self.at.checked_add(size)?)?;
        self.at += size;
        if self.framed.get(self.at..self.at + 2)? != b"\r\n" {
            return None;
        }
        self.at += 2;
        Some(Chunk { bytes, signature })
    }

    /// Reads the trailers, behind the last chunk: names in lower case, values as they came; `None` where a line is no text.
    pub(in crate::sandbox) fn trailers(&mut self) -> Option<Vec<(String, String)>> {
        let mut trailers = Vec::new();
        while self.at < self.framed.len() {
            if let Some((name, value)) = self.line()?.split_once(':') {
                trailers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        Some(trailers)
    }

    fn line(&mut self) -> Option<&'a str> {
        let rest = self.framed.get(self.at..)?;
        let end = rest.windows(2).position(|pair| pair == b"\r\n");
        let (line, used) = match end {
            Some(end) => (&rest[..end], end + 2),
            // The last trailer may come without an end of line.
            None => (rest, rest.len()),
        };
        self.at += used;
        std::str::from_utf8(line).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_come_one_by_one_and_trailers_behind_them() {
        let framed =
            b"5;chunk-signature=ab\r\nhello\r\n0;chunk-signature=cd\r\nx-amz-checksum-crc32:AAAA\r\n\r\n";
        let mut frames = Frames::of(framed);
        assert_eq!(frames.chunk(), Some(Chunk { bytes: b"hello", signature: Some("ab") }));
        assert_eq!(frames.chunk(), Some(Chunk { bytes: b"", signature: Some("cd") }));
        assert_eq!(frames.trailers().unwrap(), [("x-amz-checksum-crc32".to_owned(), "AAAA".to_owned())]);
    }

    #[test]
    fn a_framing_that_lies_has_no_chunk() {
        for framed in [
            "",
            "5\r\nhel",
            "5\r\nhelloX",
            "zz\r\n",
            "ffffffffffffffff\r\nx",
            "fffffffffffffffff\r\n",
            "+5\r\n",
        ] {
            assert_eq!(Frames::of(framed.as_bytes()).chunk(), None, "{framed}");
        }
    }
}
