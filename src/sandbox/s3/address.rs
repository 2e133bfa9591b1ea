use percent_encoding::percent_decode_str;

use crate::sandbox::Request;

/// What a request is about: a bucket and a key, or neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) bucket: Option<String>,
    pub(super) key: Option<String>,
}

/// Reads bucket and key, in virtual-host style (`bucket.s3.eu-west-1.amazonaws.com`, `bucket.localhost`) or path style.
pub(super) fn address(request: &Request) -> Address {
    let path = request.raw_path.strip_prefix('/').unwrap_or(&request.raw_path);
    let (bucket, key) = if let Some(bucket) = bucket_of_host(request) {
        (bucket, path)
    } else {
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        (decode(bucket), key)
    };
    let some = |text: String| (!text.is_empty()).then_some(text);
    let bucket = some(bucket);
    Address { key: some(decode(key)).filter(|_| bucket.is_some()), bucket }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn bucket_of_host(request: &Request) -> Option<String> {
    let host = request.header("host")?;
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
    let prefix = match name.find(".s3.").or_else(|| name.find(".s3-")) {
        Some(at) => &name[..at],
        None if name.starts_with("s3.") || name.starts_with("s3-") => return None,
        None => name.strip_suffix(".localhost")?,
    };
    (!prefix.is_empty()).then(|| prefix.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::s3::tests::request;

    fn read(host: &str, path: &str) -> (Option<String>, Option<String>) {
        let mut request = request("GET", path, &[], "");
        request.headers.insert("host", host.parse().unwrap());
        let address = address(&request);
        (address.bucket, address.key)
    }

    #[test]
    fn both_styles_name_the_same_object() {
        let wanted = (Some("b.c".to_owned()), Some("a b//ü".to_owned()));
        assert_eq!(read("127.0.0.1:4566", "/b.c/a%20b//%C3%BC"), wanted);
        for host in [
            "b.c.s3.amazonaws.com",
            "b.c.s3.eu-west-1.amazonaws.com:443",
            "b.c.localhost:4566",
            "b.c.s3.localhost.localstack.cloud:4566",
        ] {
            assert_eq!(read(host, "/a%20b//%C3%BC"), wanted, "{host}");
        }
    }

    #[test]
    fn a_host_of_the_service_names_no_bucket() {
        for host in [
            "localhost:4566",
            "s3.amazonaws.com",
            "s3.eu-west-1.amazonaws.com",
            "s3.localhost:4566",
            "[::1]:4566",
        ] {
            assert_eq!(read(host, "/"), (None, None), "{host}");
            assert_eq!(read(host, "/b/"), (Some("b".to_owned()), None), "{host}");
        }
    }
}
