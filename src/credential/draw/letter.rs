/// A letter as strokes of a pen with a round tip: its width, and its path in a square of 100 by 100 whose lower edge is the base line.
///
/// Our own letters, drawn for badges: whoever renders one needs no font, so that it looks the same everywhere, and no font's licence
/// applies.
pub(super) fn strokes(letter: char) -> Option<(f64, &'static str)> {
    Some(match letter {
        'A' => (84.0, "M0,100L42,0L84,100M15,66H69"),
        'B' => {
            (68.0, "M0,48H40C56,48 64,39 64,24C64,9 56,0 40,0H0V100H42C59,100 68,91 68,74C68,57 59,48 42,48")
        }
        'C' => (78.0, "M78,20C68,7 57,0 45,0C18,0 0,22 0,50C0,78 18,100 45,100C57,100 68,93 78,80"),
        'D' => (78.0, "M0,0V100H28C58,100 78,80 78,50C78,20 58,0 28,0Z"),
        'E' => (60.0, "M60,0H0V100H60M0,49H52"),
        'F' => (58.0, "M58,0H0V100M0,49H50"),
        'G' => (82.0, "M80,20C70,7 59,0 46,0C18,0 0,22 0,50C0,78 18,100 46,100C68,100 82,86 82,62V55H50"),
        'H' => (72.0, "M0,0V100M72,0V100M0,49H72"),
        'I' => (0.0, "M0,0V100"),
        'J' => (48.0, "M48,0V70C48,90 38,100 22,100C10,100 3,94 0,84"),
        'K' => (66.0, "M0,0V100M64,0L0,60M24,38L66,100"),
        'L' => (54.0, "M0,0V100H54"),
        'M' => (86.0, "M0,100V0L43,62L86,0V100"),
        'N' => (72.0, "M0,100V0L72,100V0"),
        'O' => (92.0, "M46,0C73,0 92,22 92,50C92,78 73,100 46,100C19,100 0,78 0,50C0,22 19,0 46,0Z"),
        'P' => (66.0, "M0,100V0H38C56,0 66,11 66,28C66,45 56,56 38,56H0"),
        'Q' => {
            (92.0, "M46,0C73,0 92,22 92,50C92,78 73,100 46,100C19,100 0,78 0,50C0,22 19,0 46,0ZM58,72L90,104")
        }
        'R' => (68.0, "M0,100V0H38C56,0 66,11 66,28C66,45 56,56 38,56H0M36,56L68,100"),
        'S' => (
            66.0,
            "M62,17C56,6 46,0 33,0C15,0 4,10 4,25C4,42 17,46 34,50C52,54 66,59 66,75C66,91 53,100 35,100C18,100 6,93 0,80",
        ),
        'T' => (72.0, "M0,0H72M36,0V100"),
        'U' => (72.0, "M0,0V62C0,87 13,100 36,100C59,100 72,87 72,62V0"),
        'V' => (84.0, "M0,0L42,100L84,0"),
        'W' => (120.0, "M0,0L30,100L60,18L90,100L120,0"),
        'X' => (70.0, "M0,0L70,100M70,0L0,100"),
        'Y' => (74.0, "M0,0L37,52V100M74,0L37,52"),
        'Z' => (68.0, "M2,0H66L0,100H68"),
        '0' => (70.0, "M35,0C58,0 70,20 70,50C70,80 58,100 35,100C12,100 0,80 0,50C0,20 12,0 35,0Z"),
        '1' => (26.0, "M0,20L26,0V100"),
        '2' => (64.0, "M2,26C4,10 15,0 32,0C50,0 62,11 62,27C62,40 55,49 44,60L0,100H64"),
        '3' => (
            63.0,
            "M2,18C8,6 18,0 31,0C48,0 59,10 59,25C59,40 48,48 30,48C50,48 63,57 63,74C63,90 50,100 32,100C17,100 5,93 0,80",
        ),
        '4' => (70.0, "M52,100V0L0,70H70"),
        '5' => {
            (63.0, "M58,0H12L6,46C14,39 22,36 32,36C50,36 63,48 63,67C63,87 50,100 30,100C16,100 6,94 0,83")
        }
        '6' => (
            64.0,
            "M54,8C46,2 40,0 34,0C12,0 0,22 0,56C0,84 12,100 33,100C52,100 64,87 64,68C64,49 52,38 34,38C18,38 4,48 0,64",
        ),
        '7' => (64.0, "M0,0H64L22,100"),
        '8' => (
            66.0,
            "M33,46C17,46 6,37 6,23C6,9 17,0 33,0C49,0 60,9 60,23C60,37 49,46 33,46C14,46 0,57 0,73C0,89 14,100 33,100C52,100 66,89 66,73C66,57 52,46 33,46Z",
        ),
        '9' => (
            64.0,
            "M10,92C18,98 24,100 30,100C52,100 64,78 64,44C64,16 52,0 31,0C12,0 0,13 0,32C0,51 12,62 30,62C46,62 60,52 64,36",
        ),
        '-' => (36.0, "M0,55H36"),
        '.' => (0.0, "M0,99V100"),
        ',' => (4.0, "M4,98L0,114"),
        ':' => (0.0, "M0,40V41M0,99V100"),
        '\'' => (0.0, "M0,0V24"),
        '+' => (52.0, "M0,52H52M26,26V78"),
        '&' => {
            (74.0, "M74,100L18,30C8,14 18,0 34,0C50,0 58,16 46,28L20,48C0,64 4,100 32,100C54,100 68,82 72,56")
        }
        '/' => (44.0, "M0,108L44,-8"),
        '(' => (22.0, "M22,-8C-2,26 -2,78 22,112"),
        ')' => (22.0, "M0,-8C24,26 24,78 0,112"),
        '!' => (0.0, "M0,0V66M0,99V100"),
        '?' => (56.0, "M0,22C4,8 14,0 28,0C45,0 56,10 56,25C56,44 30,46 30,68M30,99V100"),
        '·' => (0.0, "M0,50V51"),
        _ => return None,
    })
}

/// Returns a text in the letters that there are: capitals without accents. What has none becomes a dot; the image's title holds the
/// text itself.
pub(super) fn drawable(text: &str) -> String {
    let mut drawn = String::new();
    for letter in text.chars().flat_map(char::to_uppercase) {
        match letter {
            'À'..='Å' => drawn.push('A'),
            'Æ' => drawn.push_str("AE"),
            'Ç' | 'Č' | 'Ć' => drawn.push('C'),
            'È'..='Ë' | 'Ę' | 'Ě' => drawn.push('E'),
            'Ì'..='Ï' => drawn.push('I'),
            'Ł' => drawn.push('L'),
            'Ñ' | 'Ń' | 'Ň' => drawn.push('N'),
            'Ò'..='Ö' | 'Ø' | 'Ő' => drawn.push('O'),
            'Œ' => drawn.push_str("OE"),
            'Ř' => drawn.push('R'),
            'Š' | 'Ś' => drawn.push('S'),
            'Ù'..='Ü' | 'Ű' | 'Ů' => drawn.push('U'),
            'Ý' => drawn.push('Y'),
            'Ž' | 'Ź' | 'Ż' => drawn.push('Z'),
            '–' | '—' | '‑' => drawn.push('-'),
            '’' | '‘' => drawn.push('\''),
            other if other.is_whitespace() => drawn.push(' '),
            other if strokes(other).is_some() => drawn.push(other),
            other if other.is_alphanumeric() => drawn.push('·'),
            _ => {}
        }
    }
    drawn.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capital_and_digit_can_be_drawn() {
        for letter in ('A'..='Z').chain('0'..='9') {
            assert!(strokes(letter).is_some(), "{letter}");
        }
    }

    #[test]
    fn accents_are_left_out_and_foreign_letters_are_dots() {
        assert_eq!(drawable("Straße — Café,  Łódź"), "STRASSE - CAFE, LODZ");
        assert_eq!(drawable("雲 1"), "· 1");
        assert_eq!(drawable("<b>\"x\""), "BX");
    }
}
