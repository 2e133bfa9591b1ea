use std::io::Read as _;

use flate2::read::ZlibDecoder;

/// The keyword of the chunk that holds a credential. <https://www.imsglobal.org/spec/ob/v3p0/#baking-png>
const KEYWORD: &[u8] = b"openbadgecredential";

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The largest credential that is unpacked from a compressed chunk, in bytes.
const LARGEST: u64 = 4 << 20;

struct Chunk<'a> {
    kind: &'a [u8],
    data: &'a [u8],
    /// With its length, kind and checksum.
    whole: &'a [u8],
}

/// Puts a credential into a PNG, as text that is not compressed. One that it held before is taken out.
pub fn bake_png(image: &[u8], credential: &str) -> Result<Vec<u8>, String> {
    let mut baked = SIGNATURE.to_vec();
    for chunk in chunks(image)? {
        if chunk.kind == b"iTXt"
            && chunk.data.strip_prefix(KEYWORD).is_some_and(|rest| rest.starts_with(&[0]))
        {
            continue;
        }
        baked.extend_from_slice(chunk.whole);
        if chunk.kind == b"IHDR" {
            // Keyword, not compressed, no language, no translated keyword.
            let data = [KEYWORD, &[0, 0, 0, 0, 0], credential.as_bytes()].concat();
            let length = u32::try_from(data.len()).map_err(|_| "the credential is too large for an image")?;
            let body = [b"iTXt".as_slice(), &data].concat();
            baked.extend_from_slice(&length.to_be_bytes());
            baked.extend_from_slice(&body);
            baked.extend_from_slice(&crc32fast::hash(&body).to_be_bytes());
        }
    }
    Ok(baked)
}

/// Takes the credential out of a PNG.
pub(super) fn unbake_png(image: &[u8]) -> Result<String, String> {
    let mut found = Vec::new();
    for chunk in chunks(image)? {
        if let Some(rest) = chunk.data.strip_prefix(KEYWORD).filter(|_| chunk.kind == b"iTXt") {
            let [0, compressed, _, rest @ ..] = rest else { continue };
            // A language and a translated keyword end with a null byte each.
            let mut parts = rest.splitn(3, |byte| *byte == 0);
            let text = parts.nth(2).ok_or("its text chunk is cut off")?;
            let text = if *compressed == 0 { text.to_vec() } else { inflated(text)? };
            found.push(String::from_utf8(text).map_err(|_| "its text chunk is not UTF-8")?);
        }
    }
    match found.len() {
        0 => Err("the image holds no credential".to_owned()),
        1 => Ok(found.remove(0)),
        many => Err(format!("the image holds {many} credentials, where one is allowed")),
    }
}

fn inflated(packed: &[u8]) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    let read = ZlibDecoder::new(packed).take(LARGEST).read_to_end(&mut text);
    read.map_err(|error| format!("its text chunk cannot be unpacked: {error}"))?;
    Ok(text)
}

/// Splits a PNG into its chunks. <https://www.w3.org/TR/png-3/#5Chunk-layout>
fn chunks(image: &[u8]) -> Result<Vec<Chunk<'_>>, String> {
    let mut rest = image.strip_prefix(SIGNATURE).ok_or("this is no PNG")?;
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        let cut = || "the PNG is cut off".to_owned();
        let length = rest.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes)).ok_or_else(cut)?;
        let length = usize::try_from(length).map_err(|_| cut())?;
        let end = length.checked_add(12).filter(|end| *end <= rest.len()).ok_or_else(cut)?;
        let whole = &rest[..end];
        let checksum = whole.last_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes));
        if checksum != Some(crc32fast::hash(&whole[4..end - 4])) {
            return Err("the PNG is damaged: a checksum is wrong".to_owned());
        }
        chunks.push(Chunk { kind: &whole[4..8], data: &whole[8..end - 4], whole });
        rest = &rest[end..];
    }
    if chunks.first().is_none_or(|chunk| chunk.kind != b"IHDR") {
        return Err("the PNG has no header".to_owned());
    }
    Ok(chunks)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn image() -> Vec<u8> {
        let svg =
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><path d="M0,0H4V4Z"/></svg>"#;
        crate::credential::draw::png(svg, 4).unwrap()
    }

    #[test]
    fn a_credential_goes_in_once_and_comes_out() {
        let baked = bake_png(&image(), "{\"ä\": 1}").unwrap();
        assert_eq!(unbake_png(&baked).as_deref(), Ok("{\"ä\": 1}"));
        let again = bake_png(&baked, "{}").unwrap();
        assert_eq!(unbake_png(&again).as_deref(), Ok("{}"));
        assert_eq!(unbake_png(&image()).unwrap_err(), "the image holds no credential");
    }

    #[test]
    fn a_damaged_image_is_told() {
        let mut baked = bake_png(&image(), "{\"id\": \"urn:x\"}").unwrap();
        let at = baked.windows(5).position(|window| window == b"urn:x").unwrap();
        baked[at] = b'x';
        assert!(unbake_png(&baked).unwrap_err().contains("checksum"));
        assert!(unbake_png(&image()[..20]).unwrap_err().contains("cut off"));
        assert!(unbake_png(SIGNATURE).unwrap_err().contains("no header"));
    }

    proptest! {
        #[test]
        fn no_bytes_end_the_program(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = unbake_png(&[SIGNATURE, &bytes].concat());
        }
    }
}
