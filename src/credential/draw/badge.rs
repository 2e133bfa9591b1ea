use std::f64::consts::TAU;

use sha2::{Digest as _, Sha256};

use super::letter::drawable;
use super::line::{curved, fit, straight};

/// What a badge shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face<'a> {
    pub title: &'a str,
    pub issuer: &'a str,
    /// The year it was awarded in; none on the badge of the achievement itself.
    pub year: Option<&'a str>,
    /// What the colours are chosen by: equal ids, equal colours.
    pub challenge: &'a str,
}

/// Dark, light and accent of a badge.
const PALETTES: [[&str; 4]; 6] = [
    ["#0f2a4a", "#1f6f8b", "#f2c14e", "#fff3d1"],
    ["#2a1a4f", "#6a4bb5", "#f3c969", "#fff3d6"],
    ["#0d3b3a", "#1f8a70", "#ffd166", "#fff4d6"],
    ["#3b1730", "#a23e6b", "#f6c667", "#fff1dc"],
    ["#1c2541", "#3f6fb5", "#e8b04b", "#fff0d2"],
    ["#3a2312", "#b0622c", "#ffdf8e", "#fff5e0"],
];

/// Draws a badge as SVG: 600 by 600, text as strokes, nothing loaded from anywhere. Equal faces give equal bytes.
pub fn badge(face: &Face<'_>) -> String {
    let [dark, light, gold, pale] = palette(face.challenge);
    let seal = seal();
    let title = drawable(face.title);
    let (height, lines) =
        fit(&title, 400.0, &[(34.0, 1), (30.0, 1), (26.0, 2), (22.0, 2), (18.0, 2), (15.0, 2)]);
    let pitch = height * 1.55;
    let ribbon = if lines.len() > 1 { 112.0 } else { 88.0 };
    let (top, bottom) = (392.0 - ribbon / 2.0, 392.0 + ribbon / 2.0);
    let mut base = 392.0 - (pitch * (count(&lines) - 1.0)) / 2.0 + height / 2.0;
    let mut letters = String::new();
    for line in &lines {
        letters.push_str(&straight(line, 300.0, base, height));
        base += pitch;
    }
    let pen = (height * 0.16 / height * 100.0).round();
    let above = curved("MICROCREDENTIAL", 232.0, 22.0, false);
    let issuer = drawable(face.issuer);
    let (issuer_height, issuer_lines) = fit(&issuer, 380.0, &[(20.0, 1), (17.0, 1), (14.0, 1)]);
    let below = issuer_lines.first().map(|line| curved(line, 232.0, issuer_height, true)).unwrap_or_default();
    let year = face.year.map(|year| straight(&drawable(year), 300.0, 486.0, 18.0)).unwrap_or_default();
    let tails = format!(
        "<path fill=\"{dark}\" d=\"M8,{a:.0}H96V{b:.0}H8L38,{m:.0}Z\"/><path fill=\"{dark}\" d=\"M592,{a:.0}H504V{b:.0}H592L562,{m:.0}Z\"/>",
        a = top + 20.0,
        b = bottom + 20.0,
        m = f64::midpoint(top, bottom) + 20.0,
    );
    let words = format!(
        "{}. Microcredential, issued by {}{}",
        face.title,
        face.issuer,
        face.year.map(|year| format!(", {year}")).unwrap_or_default()
    );
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 600" width="600" height="600" role="img" aria-labelledby="title"><title id="title">{words}</title><defs><linearGradient id="field" x1="0" y1="0" x2="0.6" y2="1"><stop offset="0" stop-color="{light}"/><stop offset="1" stop-color="{dark}"/></linearGradient><linearGradient id="metal" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="{pale}"/><stop offset="0.45" stop-color="{gold}"/><stop offset="0.55" stop-color="{gold}"/><stop offset="1" stop-color="{pale}"/></linearGradient><radialGradient id="glow" cx="0.5" cy="0.36" r="0.6"><stop offset="0" stop-color="{light}"/><stop offset="1" stop-color="{dark}"/></radialGradient></defs><path fill="url(#metal)" d="{seal}"/><circle cx="300" cy="300" r="266" fill="url(#field)"/><circle cx="300" cy="300" r="258" fill="none" stroke="{gold}" stroke-width="2"/><circle cx="300" cy="300" r="204" fill="url(#glow)" stroke="url(#metal)" stroke-width="5"/><g fill="none" stroke="{pale}" stroke-width="15" stroke-linecap="round" stroke-linejoin="round">{above}{below}</g><g fill="{pale}"><circle cx="69" cy="290" r="5"/><circle cx="531" cy="290" r="5"/></g><path fill="none" stroke="{pale}" stroke-width="13" stroke-linejoin="round" d="M222,312C184,312 164,288 164,260C164,232 184,210 212,208C218,168 250,142 290,142C326,142 354,162 366,194C372,192 378,191 384,191C414,191 436,213 436,247C436,286 412,312 378,312Z"/><path fill="none" stroke="{gold}" stroke-width="24" stroke-linecap="round" stroke-linejoin="round" d="M238,242L284,286L366,202"/>{tails}<path fill="{dark}" opacity="0.55" d="M68,{bottom:.0}L96,{fold:.0}V{bottom:.0}ZM532,{bottom:.0}L504,{fold:.0}V{bottom:.0}Z"/><path fill="url(#metal)" d="M60,{top:.0}H540V{bottom:.0}H60Z"/><path fill="none" stroke="{dark}" stroke-opacity="0.35" stroke-width="2" d="M60,{inner_top:.0}H540M60,{inner_bottom:.0}H540"/><g fill="none" stroke="{dark}" stroke-width="{pen:.0}" stroke-linecap="round" stroke-linejoin="round">{letters}</g><g fill="none" stroke="{pale}" stroke-width="15" stroke-linecap="round" stroke-linejoin="round">{year}</g></svg>
"#,
        words = escaped(&words),
        fold = bottom + 20.0,
        inner_top = top + 7.0,
        inner_bottom = bottom - 7.0,
    )
}

fn palette(challenge: &str) -> [&'static str; 4] {
    let digest = Sha256::digest(challenge);
    PALETTES[usize::from(digest[0]) % PALETTES.len()]
}

/// A circle whose edge has waves.
fn seal() -> String {
    let point = |angle: f64, radius: f64| (300.0 + radius * angle.sin(), 300.0 - radius * angle.cos());
    let (x, y) = point(0.0, 282.0);
    let mut path = format!("M{x:.2},{y:.2}");
    for wave in 1..=36 {
        let end = TAU * f64::from(wave) / 36.0;
        let (cx, cy) = point(end - TAU / 72.0, 306.0);
        let (x, y) = point(end, 282.0);
        path.push_str(&format!("Q{cx:.2},{cy:.2} {x:.2},{y:.2}"));
    }
    path.push('Z');
    path
}

fn count(lines: &[String]) -> f64 {
    // A badge has three lines at most.
    u32::try_from(lines.len()).map_or(1.0, f64::from).max(1.0)
}

/// Escapes text for XML, and leaves out what XML cannot hold.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
