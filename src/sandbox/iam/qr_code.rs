//! QR codes, as far as a virtual MFA device needs them: bytes, in one size that has room for the longest device.
//!
//! ISO/IEC 18004; an introduction: <https://www.thonky.com/qr-code-tutorial/>.

/// Version 14 with the lowest error correction: 73 modules a side, room for 458 bytes.
const VERSION: u32 = 14;
const SIDE: usize = 73;
const ALIGNED: [usize; 4] = [6, 26, 46, 66];
/// Data codewords of each block, and codewords that correct errors behind each.
const BLOCKS: [usize; 4] = [115, 115, 115, 116];
const CORRECTING: usize = 30;
const CAPACITY: usize = 458;
/// Light modules around the code, and pixels a module.
const MARGIN: usize = 4;
const PIXELS: usize = 4;

/// Draws a text as a PNG; `None` where it is too long.
pub(super) fn png(text: &str) -> Option<Vec<u8>> {
    let code = Code::of(text.as_bytes())?;
    let side = (SIDE + 2 * MARGIN) * PIXELS;
    let mut pixels = vec![255_u8; side * side];
    for (y, row) in pixels.chunks_mut(side).enumerate() {
        for (x, pixel) in row.iter_mut().enumerate() {
            let module = |at: usize| (at / PIXELS).checked_sub(MARGIN).filter(|at| *at < SIDE);
            if let (Some(row), Some(column)) = (module(y), module(x))
                && code.dark[row][column]
            {
                *pixel = 0;
            }
        }
    }
    let mut image = Vec::new();
    let edge = u32::try_from(side).ok()?;
    let mut encoder = png::Encoder::new(&mut image, edge, edge);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().ok()?.write_image_data(&pixels).ok()?;
    Some(image)
}

struct Code {
    dark: Vec<[bool; SIDE]>,
    /// Modules that are no data.
    fixed: Vec<[bool; SIDE]>,
}

impl Code {
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > CAPACITY {
            return None;
        }
        let mut code = Self { dark: vec![[false; SIDE]; SIDE], fixed: vec![[false; SIDE]; SIDE] };
        code.draw_patterns();
        code.draw_words(&words(bytes));
        Some(code)
    }

    fn set(&mut self, row: usize, column: usize, dark: bool) {
        self.dark[row][column] = dark;
        self.fixed[row][column] = true;
    }

    fn draw_patterns(&mut self) {
        for at in 0..SIDE {
            self.set(6, at, at.is_multiple_of(2));
            self.set(at, 6, at.is_multiple_of(2));
        }
        let far = SIDE - 7;
        for (top, left) in [(0, 0), (0, far), (far, 0)] {
            // With the light edge around each finder, as far as that is inside.
            for row in top.saturating_sub(1)..(top + 8).min(SIDE) {
                for column in left.saturating_sub(1)..(left + 8).min(SIDE) {
                    let ring = row.abs_diff(top + 3).max(column.abs_diff(left + 3));
                    self.set(row, column, ring != 2 && ring != 4);
                }
            }
        }
        for row in ALIGNED {
            for column in ALIGNED {
                let last = ALIGNED[3];
                if matches!((row, column), (6, 6)) || (row, column) == (6, last) || (row, column) == (last, 6)
                {
                    continue;
                }
                for y in row - 2..=row + 2 {
                    for x in column - 2..=column + 2 {
                        let ring = y.abs_diff(row).max(x.abs_diff(column));
                        self.set(y, x, ring != 1);
                    }
                }
            }
        }
        self.draw_format();
        self.draw_version();
    }

    /// Error correction L, mask 0: twice, and the module that is always dark.
    fn draw_format(&mut self) {
        let format = ((0b01_000 << 10) | remainder(0b01_000 << 10, 0x537, 11)) ^ 0x5412;
        let bit = |number: usize| (format >> number) & 1 == 1;
        for number in 0..6 {
            self.set(number, 8, bit(number));
            self.set(8, 5 - number, bit(number + 9));
        }
        self.set(7, 8, bit(6));
        self.set(8, 8, bit(7));
        self.set(8, 7, bit(8));
        for number in 0..8 {
            self.set(8, SIDE - 1 - number, bit(number));
        }
        for number in 8..15 {
            self.set(SIDE - 15 + number, 8, bit(number));
        }
        self.set(SIDE - 8, 8, true);
    }

    fn draw_version(&mut self) {
        let version = (VERSION << 12) | remainder(VERSION << 12, 0x1F25, 13);
        for number in 0..18 {
            let dark = (version >> number) & 1 == 1;
            let (near, far) = (number / 3, SIDE - 11 + number % 3);
            self.set(near, far, dark);
            self.set(far, near, dark);
        }
    }

    /// Fills what is not fixed, in pairs of columns from the right, upwards and downwards in turn.
    fn draw_words(&mut self, words: &[u8]) {
        let mut bits =
            words.iter().flat_map(|word| (0..8).rev().map(move |number| (word >> number) & 1 == 1));
        let mut upwards = true;
        let mut right = SIDE - 1;
        loop {
            for step in 0..SIDE {
                let row = if upwards { SIDE - 1 - step } else { step };
                for column in [right, right - 1] {
                    if !self.fixed[row][column] {
                        let mask = (row + column).is_multiple_of(2);
                        self.dark[row][column] = bits.next().unwrap_or(false) ^ mask;
                    }
                }
            }
            upwards = !upwards;
            // The column of the timing pattern is passed over.
            right = match right {
                1 => return,
                8 => 5,
                other => other - 2,
            };
        }
    }
}

/// The codewords: mode, length, bytes and padding, cut into blocks, each with those that correct it, one of each block in turn.
fn words(bytes: &[u8]) -> Vec<u8> {
    let total: usize = BLOCKS.iter().sum();
    let mut data: Vec<u8> = Vec::with_capacity(total);
    // Four bits of mode and sixteen of length stand before the bytes, so that every byte is cut in two.
    let head = [0x4, bytes.len() >> 12, bytes.len() >> 8, bytes.len() >> 4, bytes.len()];
    let head = head.iter().map(|half| u8::try_from(half & 15).unwrap_or(0));
    let halves: Vec<u8> =
        head.chain(bytes.iter().flat_map(|byte| [byte >> 4, byte & 15])).chain([0]).collect();
    data.extend(halves.chunks(2).map(|pair| (pair[0] << 4) | pair.get(1).copied().unwrap_or(0)));
    let padding = [0xEC, 0x11].into_iter().cycle();
    data.extend(padding.take(total.saturating_sub(data.len())));
    let generator = generator();
    let mut blocks = Vec::new();
    let mut rest = data.as_slice();
    for length in BLOCKS {
        let (block, after) = rest.split_at(length);
        blocks.push((block, correction(block, &generator)));
        rest = after;
    }
    let mut words = Vec::with_capacity(total + BLOCKS.len() * CORRECTING);
    for at in 0..BLOCKS[3] {
        words.extend(blocks.iter().filter_map(|(block, _)| block.get(at)));
    }
    for at in 0..CORRECTING {
        words.extend(blocks.iter().map(|(_, correction)| correction[at]));
    }
    words
}

/// Multiplies in the field of 256 elements with the polynomial 0x11D.
fn times(a: u8, b: u8) -> u8 {
    let mut product = 0;
    for number in (0..8).rev() {
        let carry = if product & 0x80 == 0 { 0 } else { 0x1D };
        product = (product << 1) ^ carry;
        if (b >> number) & 1 == 1 {
            product ^= a;
        }
    }
    product
}

/// The Reed-Solomon generator, without its leading one.
fn generator() -> [u8; CORRECTING] {
    let mut generator = [0; CORRECTING];
    generator[CORRECTING - 1] = 1;
    let mut root = 1;
    for _ in 0..CORRECTING {
        for at in 0..CORRECTING {
            let next = generator.get(at + 1).copied().unwrap_or(0);
            generator[at] = times(generator[at], root) ^ next;
        }
        root = times(root, 2);
    }
    generator
}

fn correction(block: &[u8], generator: &[u8; CORRECTING]) -> [u8; CORRECTING] {
    let mut rest = [0_u8; CORRECTING];
    for word in block {
        let factor = word ^ rest[0];
        rest.rotate_left(1);
        rest[CORRECTING - 1] = 0;
        for (at, coefficient) in generator.iter().enumerate() {
            rest[at] ^= times(*coefficient, factor);
        }
    }
    rest
}

/// The remainder of a division of polynomials over two elements; `bits` is how many the divisor has.
fn remainder(mut value: u32, divisor: u32, bits: u32) -> u32 {
    while value != 0 && 32 - value.leading_zeros() >= bits {
        value ^= divisor << (32 - value.leading_zeros() - bits);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_and_version_are_those_of_the_standard() {
        let format = ((0b01_000 << 10) | remainder(0b01_000 << 10, 0x537, 11)) ^ 0x5412;
        assert_eq!(format, 0b111_0111_1100_0100);
        assert_eq!((VERSION << 12) | remainder(VERSION << 12, 0x1F25, 13), 0x0E60D);
    }

    #[test]
    fn a_block_with_its_correction_is_a_multiple_of_the_generator() {
        let block: Vec<u8> = (0..115).collect();
        let mut whole = block.clone();
        whole.extend(correction(&block, &generator()));
        let mut root = 1;
        for _ in 0..CORRECTING {
            assert_eq!(whole.iter().fold(0, |sum, word| times(sum, root) ^ word), 0);
            root = times(root, 2);
        }
    }

    #[test]
    fn a_text_is_drawn_and_one_that_is_too_long_is_not() {
        let image = png("otpauth://totp/ada@123456789012?secret=ABC").unwrap();
        assert!(image.starts_with(b"\x89PNG"));
        assert!(png(&"x".repeat(CAPACITY)).is_some());
        assert!(png(&"x".repeat(CAPACITY + 1)).is_none());
        assert_eq!(words(b"").len(), 581);
        assert_eq!(words(&[b'x'; CAPACITY]).len(), 581);
    }
}
