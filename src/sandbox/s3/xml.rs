use xmlparser::{ElementEnd, Token, Tokenizer};

use super::fault::malformed_xml;
use crate::sandbox::ServiceError;

/// No document that S3 takes is deeper than this.
const DEEPEST: usize = 16;

/// An element of an XML document, without its namespace and attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

impl Element {
    /// Reads a document whose root has a given name; anything else is `MalformedXML`.
    pub(super) fn read(body: &[u8], root: &str) -> Result<Self, ServiceError> {
        let text = std::str::from_utf8(body).map_err(|_| malformed_xml())?;
        parse(text).filter(|element| element.name == root).ok_or_else(malformed_xml)
    }

    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of a child.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }

    /// Writes the children, or the text, without the element's own tags.
    pub(super) fn inner(&self) -> String {
        if self.children.is_empty() {
            return escape(&self.text);
        }
        self.children.iter().map(|child| format!("<{0}>{1}</{0}>", child.name, child.inner())).collect()
    }
}

fn parse(text: &str) -> Option<Element> {
    let mut open: Vec<Element> = Vec::new();
    for token in Tokenizer::from(text) {
        match token.ok()? {
            Token::ElementStart { local, .. } => {
                if open.len() >= DEEPEST {
                    return None;
                }
                open.push(Element { name: local.as_str().to_owned(), ..Element::default() });
            }
            Token::ElementEnd { end: ElementEnd::Open, .. } => {}
            Token::ElementEnd { end, .. } => {
                if let ElementEnd::Close(_, name) = end
                    && open.last()?.name != name.as_str()
                {
                    return None;
                }
                let mut done = open.pop()?;
                if !done.children.is_empty() {
                    done.text.clear();
                }
                match open.last_mut() {
                    Some(parent) => parent.children.push(done),
                    None => return Some(done),
                }
            }
            Token::Text { text } => open.last_mut()?.text.push_str(&unescape(text.as_str())?),
            Token::Cdata { text, .. } => open.last_mut()?.text.push_str(text.as_str()),
            Token::DtdStart { .. } | Token::EmptyDtd { .. } => return None,
            _ => {}
        }
    }
    None
}

fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (name, after) = rest[at + 1..].split_once(';')?;
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            number => {
                let number = number.strip_prefix('#')?;
                let code = match number.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code)?
            }
        });
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// Escapes text for XML; what XML 1.0 cannot hold at all becomes U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            control if control < ' ' && !matches!(control, '\n' | '\t') => out.push('\u{fffd}'),
            plain => out.push(plain),
        }
    }
    out
}

/// One element with a text.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}

/// A document of S3's namespace.
pub(super) fn document(root: &str, inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{inner}</{root}>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_without_namespaces() {
        let body = b"<?xml version=\"1.0\"?>\n<a:Tagging xmlns:a=\"x\">\n <TagSet><Tag><Key>k&amp;&#x41;</Key><Value/></Tag></TagSet></a:Tagging>";
        let read = Element::read(body, "Tagging").unwrap();
        let tag = read.child("TagSet").unwrap().child("Tag").unwrap();
        assert_eq!((tag.value("Key"), tag.value("Value")), (Some("k&A"), Some("")));
        assert_eq!(read.inner(), "<TagSet><Tag><Key>k&amp;A</Key><Value></Value></Tag></TagSet>");
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        for body in [
            "",
            "nope",
            "<a>",
            "<a></b>",
            "<b/>",
            "<a>&bad;</a>",
            "<!DOCTYPE a [<!ENTITY e \"x\">]><a/>",
            &deep,
        ] {
            assert!(Element::read(body.as_bytes(), "a").is_err(), "{}", &body[..body.len().min(40)]);
        }
    }
}
