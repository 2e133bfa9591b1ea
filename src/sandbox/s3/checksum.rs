use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::fault::invalid_request;
use crate::sandbox::{Request, ServiceError};

/// A checksum algorithm of S3's.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Crc32,
    Crc32c,
    Crc64Nvme,
    Sha1,
    Sha256,
}

impl Algorithm {
    pub(super) const ALL: [Self; 5] = [Self::Crc32, Self::Crc32c, Self::Crc64Nvme, Self::Sha1, Self::Sha256];

    /// As in `x-amz-checksum-algorithm`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The header that holds the value.
    pub(super) fn header(self) -> String {
        format!("x-amz-checksum-{}", self.name().to_ascii_lowercase())
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The checksum of some bytes, in base64.
    pub(super) fn of(self, bytes: &[u8]) -> String {
        STANDARD.encode(match self {
            Self::Crc32 => crc32fast::hash(bytes).to_be_bytes().to_vec(),
            Self::Crc32c => crc32c(bytes).to_be_bytes().to_vec(),
            Self::Crc64Nvme => crc64(bytes).to_be_bytes().to_vec(),
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
        })
    }

    /// The checksum of checksums: of an object that was uploaded in parts.
    pub(super) fn of_parts<'a>(self, parts: impl Iterator<Item = &'a str>) -> String {
        let raw: Vec<u8> = parts.flat_map(|part| STANDARD.decode(part).unwrap_or_default()).collect();
        self.of(&raw)
    }
}

/// A checksum that an object has.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Checksum {
    /// The algorithm's name.
    pub(super) algorithm: String,
    /// In base64; of parts with `-N` at its end.
    pub(super) value: String,
    /// Whether it is the checksum of the parts' checksums.
    pub(super) composite: bool,
}

impl Checksum {
    pub(super) fn kind(&self) -> &'static str {
        if self.composite { "COMPOSITE" } else { "FULL_OBJECT" }
    }
}

/// Returns the hex MD5 of some bytes: the entity tag of an object.
pub(super) fn md5_hex(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

/// Checks what the client says of its body (`Content-MD5`, `x-amz-checksum-*`, also in the trailers) and returns the checksum to
/// be kept: the client's, else the one that S3 computes by itself.
pub(super) fn verify(
    request: &Request,
    trailers: &[(String, String)],
    body: &[u8],
    default: Algorithm,
) -> Result<Checksum, ServiceError> {
    if let Some(stated) = request.header("content-md5") {
        let Some(digest) = STANDARD.decode(stated).ok().filter(|digest| digest.len() == 16) else {
            return Err(ServiceError::new(
                400,
                "InvalidDigest",
                "The Content-MD5 you specified was invalid.",
            )
            .with("Content-MD5", stated));
        };
        if digest != Md5::digest(body).to_vec() {
            return Err(ServiceError::new(
                400,
                "BadDigest",
                "The Content-MD5 you specified did not match what we received.",
            ));
        }
    }
    let mut found = None;
    for algorithm in Algorithm::ALL {
        let header = algorithm.header();
        let trailer = trailers.iter().find(|(name, _)| *name == header).map(|(_, value)| value.as_str());
        let Some(stated) = request.header(&header).or(trailer) else { continue };
        if found.is_some() {
            return Err(invalid_request(
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
            ));
        }
        let actual = algorithm.of(body);
        if STANDARD.decode(stated).map(|raw| raw.len()) != STANDARD.decode(&actual).map(|raw| raw.len()) {
            return Err(invalid_request(format!("Value for {header} header is invalid.")));
        }
        if stated != actual {
            let name = algorithm.name();
            return Err(ServiceError::new(
                400,
                "BadDigest",
                format!("The {name} you specified did not match the calculated checksum."),
            ));
        }
        found = Some((algorithm, actual));
    }
    let (algorithm, value) = found.unwrap_or_else(|| (default, default.of(body)));
    Ok(Checksum { algorithm: algorithm.name().to_owned(), value, composite: false })
}

fn crc32c(bytes: &[u8]) -> u32 {
    static TABLE: std::sync::LazyLock<[u32; 256]> = std::sync::LazyLock::new(|| {
        let mut table = [0; 256];
        for (index, slot) in (0_u32..).zip(table.iter_mut()) {
            *slot =
                (0..8).fold(index, |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0x82f6_3b78 } else { crc >> 1 });
        }
        table
    });
    let table = &*TABLE;
    !bytes.iter().fold(!0_u32, |crc, byte| (crc >> 8) ^ table[usize::from(crc.to_le_bytes()[0] ^ byte)])
}

fn crc64(bytes: &[u8]) -> u64 {
    static TABLE: std::sync::LazyLock<[u64; 256]> =
        std::sync::LazyLock::new(|| {
            let mut table = [0; 256];
            for (index, slot) in (0_u64..).zip(table.iter_mut()) {
                *slot = (0..8).fold(index, |crc, _| {
                    if crc & 1 == 1 { (crc >> 1) ^ 0x9a6c_9329_ac4b_c9b5 } else { crc >> 1 }
                });
            }
            table
        });
    let table = &*TABLE;
    !bytes.iter().fold(!0_u64, |crc, byte| (crc >> 8) ^ table[usize::from(crc.to_le_bytes()[0] ^ byte)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_values_of_the_algorithms_come_out() {
        // The catalogue's check values, of the bytes "123456789".
        let text = b"123456789";
        assert_eq!(crc32c(text), 0xe306_9283);
        assert_eq!(crc64(text), 0xae8b_1486_0a79_9888);
        assert_eq!(Algorithm::Crc32.of(text), STANDARD.encode(0xcbf4_3926_u32.to_be_bytes()));
        assert_eq!(md5_hex(b"hello"), "5d41402abc4b2a76b9719d911017c592");
    }
}
