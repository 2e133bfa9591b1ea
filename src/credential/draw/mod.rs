//! The badge as an image, drawn by the program: a seal, a cloud that is in order, and the title on a ribbon.

mod badge;
mod letter;
mod line;
mod raster;

pub use badge::{Face, badge};
pub use raster::png;

#[cfg(test)]
mod tests {
    use super::*;

    const FACE: Face<'_> = Face {
        title: "Repair the orders service of Harbour Lane Teas",
        issuer: "Example Cloud Labs",
        year: Some("2026"),
        challenge: "orders-api",
    };

    #[test]
    fn a_badge_is_drawn_the_same_each_time_and_loads_nothing() {
        let svg = badge(&FACE);
        assert_eq!(svg, badge(&FACE));
        assert!(!svg.contains("<text") && !svg.contains("href") && !svg.contains("<image"));
        assert_eq!(png(&svg, 120).unwrap(), png(&svg, 120).unwrap());
    }

    #[test]
    fn a_title_is_text_whatever_it_holds() {
        let svg = badge(&Face { title: "</title><script>&\u{1}", ..FACE });
        assert!(svg.contains("&lt;/title&gt;&lt;script&gt;&amp;."), "{svg}");
        assert!(png(&svg, 60).is_ok());
    }

    #[test]
    fn challenges_differ_in_their_colours() {
        let colours = |number: u32| {
            let challenge = format!("challenge-{number}");
            let svg = badge(&Face { challenge: &challenge, ..FACE });
            svg[svg.find("stop-color").unwrap()..][..20].to_owned()
        };
        let drawn: std::collections::BTreeSet<_> = (0..60).map(colours).collect();
        assert_eq!(drawn.len(), 6, "{drawn:?}");
    }
}
