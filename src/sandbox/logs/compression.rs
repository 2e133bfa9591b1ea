use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

/// Packs bytes as gzip has them (RFC 1952).
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // What is written to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn what_is_packed_comes_out_as_it_was() {
        for text in ["", "hello", &"seven ".repeat(70_000)] {
            let mut out = String::new();
            GzDecoder::new(gzip(text.as_bytes()).as_slice()).read_to_string(&mut out).unwrap();
            assert_eq!(out, text);
        }
    }
}
