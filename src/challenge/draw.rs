//! What is drawn. A pattern is text with places to fill: `o-{hex 10}`, `customer-{digit 6}`, `{int 2..9}`, `{word}-{letter 3}`.

use std::collections::BTreeMap;

use super::Challenge;

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum PatternError {
    #[error("`{{` is never closed with `}}`")]
    Unclosed,
    #[error("`{{{0}}}` is not known in a pattern")]
    Unknown(String),
    #[error("`{{{0}}}` would give nothing, or more than 64 characters")]
    Length(String),
    #[error("`{{{0}}}` is an empty range")]
    Range(String),
    #[error(
        "`{{canary}}` belongs to an attempt, and inputs are drawn for each check: put it into a parameter"
    )]
    Canary,
}

/// What a pattern may hold, for help.
pub(super) const VOCABULARY: &str = "write `{hex 10}`, `{digit 6}`, `{letter 5}`, `{int 2..9}`, or `{word}`";

enum Piece<'a> {
    Literal(&'a str),
    /// So many characters of an alphabet.
    Characters(&'static [u8], usize),
    /// A whole number, both ends included.
    Int(i64, i64),
    Word,
    /// What belongs to one attempt.
    Canary,
}

const HEX: &[u8] = b"0123456789abcdef";
const DIGITS: &[u8] = b"0123456789";
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
/// Short words without a meaning in any service.
const WORDS: [&str; 32] = [
    "amber", "basil", "birch", "cedar", "clover", "coral", "cotton", "dune", "ember", "fern", "flint",
    "garnet", "hazel", "indigo", "ivory", "jasper", "juniper", "lark", "linden", "maple", "meadow", "olive",
    "opal", "pebble", "quartz", "raven", "sage", "slate", "thistle", "topaz", "willow", "wren",
];

impl Challenge {
    /// Draws every input. The same seed always gives the same values; inputs of one pattern differ from each other.
    pub fn draw(&self, seed: u64) -> BTreeMap<String, String> {
        let mut drawn: BTreeMap<String, String> = BTreeMap::new();
        for (name, pattern) in &self.inputs {
            let mut random = Random::new(seed, name);
            // A small range may be used up, hence the bound.
            let mut value = String::new();
            for _ in 0..64 {
                value = fill(pattern, &mut random, "");
                if !drawn.values().any(|before| *before == value) {
                    break;
                }
            }
            drawn.insert(name.clone(), value);
        }
        drawn
    }
}

/// Checks a pattern of an input.
pub(super) fn check(pattern: &str) -> Result<(), PatternError> {
    let pieces = pieces(pattern)?;
    if pieces.iter().any(|piece| matches!(piece, Piece::Canary)) { Err(PatternError::Canary) } else { Ok(()) }
}

/// Checks a pattern of a parameter.
pub(super) fn check_parameter(pattern: &str) -> Result<(), PatternError> {
    pieces(pattern).map(|_| ())
}

/// Draws a parameter. `canary` is what belongs to the attempt.
pub(super) fn parameter(name: &str, pattern: &str, seed: u64, canary: &str) -> String {
    fill(pattern, &mut Random::new(seed, name), canary)
}

/// A pattern that [`check`] refuses is filled with its own text; loading does not let it come so far.
fn fill(pattern: &str, random: &mut Random, canary: &str) -> String {
    let Ok(pieces) = pieces(pattern) else { return pattern.to_owned() };
    pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.to_owned(),
            Piece::Characters(alphabet, length) => {
                let letters = (0..length).map(|_| char::from(*random.pick(alphabet)));
                letters.collect()
            }
            Piece::Int(low, high) => {
                let width = high.abs_diff(low).saturating_add(1);
                low.wrapping_add_unsigned(random.below(width)).to_string()
            }
            Piece::Word => (*random.pick(&WORDS)).to_owned(),
            Piece::Canary => canary.to_owned(),
        })
        .collect()
}

fn pieces(pattern: &str) -> Result<Vec<Piece<'_>>, PatternError> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some((literal, after)) = rest.split_once('{') {
        let (inside, after) = after.split_once('}').ok_or(PatternError::Unclosed)?;
        let (kind, argument) = inside.split_once(' ').unwrap_or((inside, ""));
        let characters = |alphabet| match argument.trim().parse::<usize>() {
            Ok(length @ 1..=64) => Ok(Piece::Characters(alphabet, length)),
            _ => Err(PatternError::Length(inside.to_owned())),
        };
        pieces.push(Piece::Literal(literal));
        pieces.push(match kind {
            "hex" => characters(HEX)?,
            "digit" => characters(DIGITS)?,
            "letter" => characters(LETTERS)?,
            "word" if argument.is_empty() => Piece::Word,
            "canary" if argument.is_empty() => Piece::Canary,
            "int" => {
                let ends = argument.split_once("..");
                let ends =
                    ends.and_then(|(low, high)| Some((low.trim().parse().ok()?, high.trim().parse().ok()?)));
                match ends {
                    Some((low, high)) if low <= high => Piece::Int(low, high),
                    _ => return Err(PatternError::Range(inside.to_owned())),
                }
            }
            _ => return Err(PatternError::Unknown(inside.to_owned())),
        });
        rest = after;
    }
    pieces.push(Piece::Literal(rest));
    Ok(pieces)
}

/// SplitMix64 (<https://prng.di.unimi.it/splitmix64.c>): small, and the same on every machine.
pub(super) struct Random(u64);

impl Random {
    /// Each name has numbers of its own, so that one more input does not change the others.
    pub(super) fn new(seed: u64, name: &str) -> Self {
        // FNV-1a: only to tell names apart.
        let name = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        let mut random = Self(seed ^ name);
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below a bound that is not 0 (multiply and shift; the bias is below 2^-50 for the bounds in use).
    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// Puts a list into an order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = usize::try_from(self.below(last as u64 + 1)).unwrap_or_default();
            list.swap(last, other);
        }
    }

    fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        let index = usize::try_from(self.below(among.len() as u64)).unwrap_or_default();
        &among[index]
    }
}
