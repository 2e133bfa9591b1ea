use resvg::usvg::roxmltree::{Document, ParsingOptions};

/// The namespace of the element that holds a credential. <https://www.imsglobal.org/spec/ob/v3p0/#baking-svg>
const NAMESPACE: &str = "https://purl.imsglobal.org/ob/v3p0";

/// Puts a credential into an SVG of ours: JSON as text, a token as an attribute.
pub fn bake_svg(image: &str, credential: &str) -> Result<String, String> {
    let at = image.find("<svg ").ok_or("this is no SVG")? + "<svg".len();
    let end = image[at..].find('>').ok_or("the SVG is cut off")? + at;
    if image.contains(NAMESPACE) {
        return Err("the image holds a credential already".to_owned());
    }
    let element = if credential.starts_with('{') {
        // The end of the section cannot stand in it, so that it goes into two.
        let text = credential.replace("]]>", "]]]]><![CDATA[>");
        format!("<openbadges:credential><![CDATA[{text}]]></openbadges:credential>")
    } else {
        format!("<openbadges:credential verify=\"{credential}\"></openbadges:credential>")
    };
    let (tag, rest) = (&image[at..end], &image[end + 1..]);
    Ok(format!("{}<svg xmlns:openbadges=\"{NAMESPACE}\"{tag}>{element}{rest}", &image[..at - "<svg".len()]))
}

/// Takes the credential out of an SVG. Entities that a document defines itself are not expanded.
pub(super) fn unbake_svg(image: &str) -> Result<String, String> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: 200_000 };
    let tree =
        Document::parse_with_options(image, options).map_err(|error| format!("this is no SVG: {error}"))?;
    if tree.root_element().tag_name().name() != "svg" {
        return Err("this is no SVG".to_owned());
    }
    let found: Vec<_> =
        tree.descendants().filter(|node| node.has_tag_name((NAMESPACE, "credential"))).collect();
    match found.as_slice() {
        [] => Err("the image holds no credential".to_owned()),
        [one] => {
            let text: String = one.children().filter_map(|child| child.text()).collect();
            let text = text.trim();
            match one.attribute("verify") {
                _ if !text.is_empty() => Ok(text.to_owned()),
                Some(token) => Ok(token.to_owned()),
                None => Err("the image's credential is empty".to_owned()),
            }
        }
        many => Err(format!("the image holds {} credentials, where one is allowed", many.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAGE: &str =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\"><title>a &gt; b</title></svg>\n";

    #[test]
    fn a_credential_goes_in_and_comes_out() {
        for credential in ["{\"a\":\"]]> <b> &amp; ä\"}", "eyJ.e30.sig"] {
            let baked = bake_svg(IMAGE, credential).unwrap();
            assert_eq!(unbake_svg(&baked).as_deref(), Ok(credential));
            assert!(bake_svg(&baked, credential).is_err());
        }
        assert_eq!(unbake_svg(IMAGE).unwrap_err(), "the image holds no credential");
    }

    #[test]
    fn what_is_no_image_with_one_credential_is_refused() {
        let twice = bake_svg(IMAGE, "{}").unwrap().replacen(
            "<openbadges:credential>",
            "<openbadges:credential>{}</openbadges:credential><openbadges:credential>",
            1,
        );
        assert!(unbake_svg(&twice).unwrap_err().contains("2 credentials"));
        assert!(unbake_svg("<html/>").unwrap_err().contains("no SVG"));
        let bomb = "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg>&a;</svg>";
        assert!(unbake_svg(bomb).unwrap_err().contains("no SVG"));
    }
}
