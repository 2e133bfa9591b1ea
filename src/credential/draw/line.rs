use super::letter::strokes;

/// Between two letters, and between two words, in hundredths of a letter's height.
const GAP: f64 = 30.0;
const SPACE: f64 = 46.0;

/// How wide a line is, in units of which the letters are 100 high.
pub(super) fn width(line: &str) -> f64 {
    let letters = line.chars().map(advance).sum::<f64>();
    (letters - GAP).max(0.0)
}

fn advance(letter: char) -> f64 {
    strokes(letter).map_or(SPACE, |(width, _)| width + GAP)
}

/// Returns a line of letters of a height, centred at x, on a base line: the paths' data with its place.
pub(super) fn straight(line: &str, centre: f64, base: f64, height: f64) -> String {
    let scale = height / 100.0;
    let mut x = centre - width(line) * scale / 2.0;
    let mut paths = String::new();
    for letter in line.chars() {
        if let Some((_, path)) = strokes(letter) {
            let y = base - height;
            paths.push_str(&format!(
                "<path transform=\"translate({x:.2} {y:.2}) scale({scale:.4})\" d=\"{path}\"/>"
            ));
        }
        x += advance(letter) * scale;
    }
    paths
}

/// Returns a line along a circle around the origin's (300, 300): above, with its feet to the centre, or below, with its head to it.
pub(super) fn curved(line: &str, radius: f64, height: f64, below: bool) -> String {
    let scale = height / 100.0;
    let whole = width(line) * scale / radius;
    let mut angle = -whole / 2.0;
    let mut paths = String::new();
    for letter in line.chars() {
        if let Some((width, path)) = strokes(letter) {
            let middle = (angle + width * scale / radius / 2.0).to_degrees();
            let (turn, y) = if below { (-middle, radius) } else { (middle, -radius) };
            paths.push_str(&format!(
                "<path transform=\"translate(300 300) rotate({turn:.3}) translate({:.2} {:.2}) scale({scale:.4})\" d=\"{path}\"/>",
                -width * scale / 2.0,
                y - height / 2.0
            ));
        }
        angle += advance(letter) * scale / radius;
    }
    paths
}

/// Breaks a text into lines that fit, in letters as large as they can be.
pub(super) fn fit(text: &str, room: f64, heights: &[(f64, usize)]) -> (f64, Vec<String>) {
    let mut last = (heights.last().map_or(20.0, |(height, _)| *height), vec![]);
    for (height, most) in heights {
        let lines = broken(text, room * 100.0 / height);
        let fits = lines.len() <= *most && lines.iter().all(|line| width(line) * height / 100.0 <= room);
        last = (*height, lines);
        if fits {
            return last;
        }
    }
    // Too long for any: what fits is shown, and the image's title holds all of it.
    let (height, mut lines) = last;
    let most = heights.last().map_or(1, |(_, most)| *most);
    lines.truncate(most);
    for line in &mut lines {
        while width(line) * height / 100.0 > room {
            line.pop();
        }
    }
    (height, lines)
}

fn broken(text: &str, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}")) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_large_and_long_ones_are_broken() {
        let heights = [(40.0, 1), (30.0, 2), (20.0, 2)];
        assert_eq!(fit("TEA", 300.0, &heights), (40.0, vec!["TEA".to_owned()]));
        let (height, lines) = fit("REPAIR THE ORDERS", 300.0, &heights);
        assert_eq!((height, lines.len()), (30.0, 2));
        let (height, lines) = fit(&"VERYLONGWORD".repeat(9), 300.0, &heights);
        assert_eq!(lines.len(), 1);
        assert!(width(&lines[0]) * height / 100.0 <= 300.0);
    }
}
