use std::sync::{Arc, Mutex};

use rand::rngs::StdRng;
use rand::{Rng, RngCore, SeedableRng};

/// A source of randomness; clones share one stream.
#[derive(Debug, Clone)]
pub struct Random {
    generator: Arc<Mutex<StdRng>>,
}

impl Random {
    /// Seeds from the operating system: keys and secrets need this one.
    pub fn from_system() -> Self {
        Self { generator: Arc::new(Mutex::new(StdRng::from_os_rng())) }
    }

    /// Seeds from a number: the same seed gives the same values.
    pub fn from_seed(seed: u64) -> Self {
        Self { generator: Arc::new(Mutex::new(StdRng::seed_from_u64(seed))) }
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.with(|generator| generator.fill_bytes(&mut bytes));
        bytes
    }

    pub fn number(&self) -> u64 {
        self.with(RngCore::next_u64)
    }

    /// Returns a number in `0..bound`, or 0 when `bound` is 0.
    pub fn below(&self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.with(|generator| generator.random_range(0..bound)) }
    }

    /// Returns `length` characters of `alphabet`, which must not be empty and must be ASCII.
    pub fn characters(&self, alphabet: &[u8], length: usize) -> String {
        self.with(|generator| {
            (0..length).map(|_| char::from(alphabet[generator.random_range(0..alphabet.len())])).collect()
        })
    }

    /// Returns a version 4 UUID (RFC 9562) in its usual form.
    pub fn uuid(&self) -> String {
        let mut bytes: [u8; 16] = self.bytes();
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let text = hex::encode(bytes);
        format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
    }

    fn with<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.generator.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_values() {
        assert_eq!(Random::from_seed(7).uuid(), Random::from_seed(7).uuid());
        assert_ne!(Random::from_seed(7).uuid(), Random::from_seed(8).uuid());
    }

    #[test]
    fn uuids_are_version_four() {
        let uuid = Random::from_seed(1).uuid();
        assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"));
        assert!(matches!(&uuid[19..20], "8" | "9" | "a" | "b"));
    }

    #[test]
    fn below_zero_is_zero() {
        assert_eq!(Random::from_seed(1).below(0), 0);
    }
}
