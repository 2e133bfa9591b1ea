use serde_json::Value;

use super::png::{SIGNATURE, unbake_png};
use super::svg::unbake_svg;

/// A credential as someone hands it in.
#[derive(Debug, Clone, PartialEq)]
pub enum Document {
    /// With an embedded proof.
    Json(Value),
    /// A JSON Web Token.
    Token(String),
}

impl Document {
    /// Reads a credential from its file: JSON, a token, or an image of either.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.starts_with(SIGNATURE) {
            return Self::of_text(&unbake_png(bytes)?);
        }
        let text =
            std::str::from_utf8(bytes).map_err(|_| "this is neither JSON, a token, a PNG nor an SVG")?;
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.starts_with('<') { Self::of_text(&unbake_svg(text)?) } else { Self::of_text(text) }
    }

    fn of_text(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let is_token = text.split('.').count() == 3
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        if is_token {
            return Ok(Self::Token(text.to_owned()));
        }
        let value: Value =
            serde_json::from_str(text).map_err(|error| format!("this is no credential: {error}"))?;
        if value.is_object() {
            Ok(Self::Json(value))
        } else {
            Err("this is no credential: not an object".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{bake_png, bake_svg};
    use super::*;

    #[test]
    fn a_credential_is_read_from_whatever_it_stands_in() {
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>"#;
        let png = crate::credential::draw::png(svg, 4).unwrap();
        let json = Document::Json(json!({ "id": "urn:x" }));
        let token = Document::Token("eyJh.eyJi.c2ln".to_owned());
        for (text, document) in [("{\"id\":\"urn:x\"}", json), ("eyJh.eyJi.c2ln", token)] {
            assert_eq!(Document::read(text.as_bytes()).as_ref(), Ok(&document));
            assert_eq!(Document::read(format!("\u{feff} {text}\n").as_bytes()).as_ref(), Ok(&document));
            assert_eq!(Document::read(bake_svg(svg, text).unwrap().as_bytes()).as_ref(), Ok(&document));
            assert_eq!(Document::read(&bake_png(&png, text).unwrap()).as_ref(), Ok(&document));
        }
        for wrong in [b"".as_slice(), b"[]", b"tea", b"\xff\xfe", b"a.b"] {
            assert!(Document::read(wrong).is_err(), "{wrong:?}");
        }
    }
}
