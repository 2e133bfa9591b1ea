use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

const STYLE: &str = include_str!("site.css");

/// Shows the state of the reader's own day: a page may be older than the credential's end.
const SCRIPT: &str = "const m=document.querySelector('main'),n=Date.now(),u=m.dataset.until,s=n<Date.parse(m.dataset.from)?'not-yet-valid':u&&n>Date.parse(u)?'expired':'valid';for(const e of m.querySelectorAll('.state'))e.hidden=!e.classList.contains(s);";

/// What the head of a page says.
pub(super) struct Head<'a> {
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    /// Absolute address of an image, for those who show a link.
    pub(super) image: Option<String>,
    /// Whether the reader's clock decides which banner is shown.
    pub(super) timed: bool,
}

/// Returns a page of the site: it loads nothing but its own images.
pub(super) fn framed(head: &Head<'_>, body: &Markup) -> String {
    let script = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(SCRIPT)));
    let scripts = if head.timed { script } else { "'none'".to_owned() };
    let policy =
        format!("default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; script-src {scripts}");
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="description" content=(head.description);
                meta property="og:title" content=(head.title);
                meta property="og:description" content=(head.description);
                @if let Some(image) = &head.image { meta property="og:image" content=(image); }
                link rel="icon" href="data:,";
                title { (head.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (body)
                @if head.timed { script { (PreEscaped(SCRIPT)) } }
            }
        }
    };
    page.into_string()
}
