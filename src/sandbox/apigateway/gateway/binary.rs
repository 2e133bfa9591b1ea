//! Which media types an API treats as binary.

/// Whether a `Content-Type` or `Accept` value is one of an API's binary media types. AWS looks at the first type of an
/// `Accept` header only.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html>
pub(super) fn matches(types: &[String], value: &str) -> bool {
    let first = value.split(',').next().unwrap_or_default();
    let kind = first.split(';').next().unwrap_or_default().trim();
    types.iter().any(|known| {
        if known == "*/*" {
            return true;
        }
        match known.strip_suffix("/*") {
            Some(family) => kind.split('/').next().is_some_and(|there| there.eq_ignore_ascii_case(family)),
            None => known.eq_ignore_ascii_case(kind),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_accepted_type_counts() {
        let types = ["image/png".to_owned(), "audio/*".to_owned()];
        assert!(matches(&types, "image/png;q=0.9, text/html"));
        assert!(matches(&types, "audio/ogg"));
        assert!(!matches(&types, "text/html, image/png"));
    }
}
