/// The context of every verifiable credential. <https://www.w3.org/TR/vc-data-model-2.0/#base-context>
pub const CREDENTIALS: &str = "https://www.w3.org/ns/credentials/v2";

/// The context of Open Badges 3.0. <https://www.imsglobal.org/spec/ob/v3p0/#contexts>
pub const OPEN_BADGES: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

/// 1EdTech's extensions; without it their types are undefined terms.
pub const EXTENSIONS: &str = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json";

/// Returns a context that is bundled.
pub(super) fn bundled(url: &str) -> Option<&'static [u8]> {
    match url {
        CREDENTIALS => Some(include_bytes!("contexts/credentials-v2.json")),
        OPEN_BADGES => Some(include_bytes!("contexts/ob-v3p0-context-3.0.3.json")),
        EXTENSIONS => Some(include_bytes!("contexts/ob-v3p0-extensions.json")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn contexts_are_the_published_ones_to_the_byte() {
        for (url, digest) in [
            (CREDENTIALS, "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
            (OPEN_BADGES, "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"),
            (EXTENSIONS, "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93"),
        ] {
            assert_eq!(hex::encode(Sha256::digest(bundled(url).unwrap())), digest, "{url}");
        }
        assert!(bundled("https://www.w3.org/2018/credentials/v1").is_none());
    }
}
