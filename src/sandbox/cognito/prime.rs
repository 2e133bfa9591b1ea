//! Large primes for the keys of user pools, and what arithmetic they need.
//!
//! ring signs with RSA keys and cannot make them, and the crates that make them would change how half of the sandbox's
//! dependencies are built. The keys sign tokens of a sandbox, and nothing else. Numbers are limbs of 64 bits, the lowest first.

use crate::context::Random;

/// Limbs of a prime: 1,024 bits.
pub(super) const LIMBS: usize = 16;

/// The public exponent of every key.
pub(super) const EXPONENT: u64 = 65_537;

/// How many random bases a prime must stand; for random candidates of this size five are enough for an error below
/// 2^-100 (FIPS 186-5, table B.1).
const ROUNDS: usize = 8;

/// Draws a prime with its two highest bits set, so that the product of two has twice the bits. It is 3 modulo 4, which
/// makes the test of Miller and Rabin a single power.
pub(super) fn prime(random: &Random) -> Vec<u64> {
    let small = small_primes();
    loop {
        let mut candidate = draw(random);
        candidate[0] |= 3;
        candidate[LIMBS - 1] |= 3 << 62;
        let divisible = small.iter().any(|prime| remainder(&candidate, *prime) == 0);
        // The exponent must be invertible modulo the prime less one.
        if divisible || remainder(&candidate, EXPONENT) == 1 {
            continue;
        }
        let two = from_small(2);
        if stands(&candidate, &two) && (0..ROUNDS).all(|_| stands(&candidate, &base(random))) {
            return candidate;
        }
    }
}

fn draw(random: &Random) -> Vec<u64> {
    (0..LIMBS).map(|_| random.number()).collect()
}

/// A base below every candidate.
fn base(random: &Random) -> Vec<u64> {
    let mut base = draw(random);
    base[LIMBS - 1] >>= 2;
    base[0] |= 2;
    base
}

fn from_small(number: u64) -> Vec<u64> {
    let mut limbs = vec![0; LIMBS];
    limbs[0] = number;
    limbs
}

fn small_primes() -> Vec<u64> {
    let mut primes: Vec<u64> = vec![];
    for number in (3..4000).step_by(2) {
        if primes.iter().all(|prime| number % prime != 0) {
            primes.push(number);
        }
    }
    primes
}

/// Whether `number`, which is 3 modulo 4, is a probable prime to a base: its power to half of the number less one is 1
/// or -1.
fn stands(number: &[u64], base: &[u64]) -> bool {
    let less_one = minus_one(number);
    let half = halved(&less_one);
    let power = power(base, &half, number);
    power == from_small(1) || power == less_one
}

pub(super) fn minus_one(number: &[u64]) -> Vec<u64> {
    let mut less = number.to_vec();
    for limb in &mut less {
        let (value, borrowed) = limb.overflowing_sub(1);
        *limb = value;
        if !borrowed {
            break;
        }
    }
    less
}

fn halved(number: &[u64]) -> Vec<u64> {
    let above = number.iter().skip(1).copied().chain(std::iter::once(0));
    number.iter().zip(above).map(|(limb, above)| (limb >> 1) | (above << 63)).collect()
}

fn low(wide: u128) -> u64 {
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is what is asked for")]
    let low = wide as u64;
    low
}

fn high(wide: u128) -> u64 {
    low(wide >> 64)
}

pub(super) fn remainder(number: &[u64], divisor: u64) -> u64 {
    let mut left: u128 = 0;
    for limb in number.iter().rev() {
        left = ((left << 64) | u128::from(*limb)) % u128::from(divisor);
    }
    low(left)
}

pub(super) fn product(one: &[u64], other: &[u64]) -> Vec<u64> {
    let mut product = vec![0; one.len() + other.len()];
    for (index, limb) in one.iter().enumerate() {
        let mut carry = 0;
        for (place, factor) in other.iter().enumerate() {
            let sum = u128::from(product[index + place])
                + u128::from(*limb) * u128::from(*factor)
                + u128::from(carry);
            product[index + place] = low(sum);
            carry = high(sum);
        }
        product[index + other.len()] = carry;
    }
    product
}

/// The inverse of [`EXPONENT`] modulo a number that it does not divide: the `k * number + 1` that it divides, divided.
pub(super) fn inverse_of_exponent(modulus: &[u64]) -> Vec<u64> {
    let rest = remainder(modulus, EXPONENT);
    // EXPONENT is a prime, so that a power inverts.
    let mut inverse: u64 = 1;
    for _ in 0..EXPONENT - 2 {
        inverse = inverse * rest % EXPONENT;
    }
    let factor = EXPONENT - inverse;
    let mut sum: Vec<u64> = vec![];
    let mut carry: u64 = 1;
    for limb in modulus {
        let wide = u128::from(*limb) * u128::from(factor) + u128::from(carry);
        sum.push(low(wide));
        carry = high(wide);
    }
    sum.push(carry);
    let mut left: u128 = 0;
    for limb in sum.iter_mut().rev() {
        let wide = (left << 64) | u128::from(*limb);
        *limb = low(wide / u128::from(EXPONENT));
        left = wide % u128::from(EXPONENT);
    }
    sum
}

/// A power modulo an odd number, by Montgomery's multiplication.
pub(super) fn power(base: &[u64], exponent: &[u64], modulus: &[u64]) -> Vec<u64> {
    let size = modulus.len();
    // -modulus^-1 modulo 2^64, by Newton's iteration.
    let mut inverse: u64 = 1;
    for _ in 0..6 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(modulus[0].wrapping_mul(inverse)));
    }
    let negative = inverse.wrapping_neg();
    let mut one = vec![0; size];
    one[0] = 1;
    let mut residue = one.clone();
    for _ in 0..64 * size {
        double(&mut residue, modulus);
    }
    let unit = residue.clone();
    for _ in 0..64 * size {
        double(&mut residue, modulus);
    }
    let base = multiply(base, &residue, modulus, negative);
    let mut result = unit;
    for limb in exponent.iter().rev() {
        for bit in (0..64).rev() {
            result = multiply(&result, &result, modulus, negative);
            if (limb >> bit) & 1 == 1 {
                result = multiply(&result, &base, modulus, negative);
            }
        }
    }
    multiply(&result, &one, modulus, negative)
}

fn double(number: &mut [u64], modulus: &[u64]) {
    let mut carry = 0;
    for limb in number.iter_mut() {
        let above = *limb >> 63;
        *limb = (*limb << 1) | carry;
        carry = above;
    }
    if carry == 1 || !is_below(number, modulus) {
        subtract(number, modulus);
    }
}

fn is_below(one: &[u64], other: &[u64]) -> bool {
    one.iter().rev().lt(other.iter().rev())
}

fn subtract(number: &mut [u64], other: &[u64]) {
    let mut borrow = false;
    for (limb, less) in number.iter_mut().zip(other) {
        let (value, first) = limb.overflowing_sub(*less);
        let (value, second) = value.overflowing_sub(u64::from(borrow));
        *limb = value;
        borrow = first || second;
    }
}

/// Montgomery's product: `one * other / 2^(64 * size)` modulo a number.
fn multiply(one: &[u64], other: &[u64], modulus: &[u64], negative: u64) -> Vec<u64> {
    let size = modulus.len();
    let mut sum = vec![0_u64; size + 2];
    for limb in one {
        let mut carry = 0;
        for (place, factor) in other.iter().enumerate() {
            let wide = u128::from(sum[place]) + u128::from(*limb) * u128::from(*factor) + u128::from(carry);
            sum[place] = low(wide);
            carry = high(wide);
        }
        let wide = u128::from(sum[size]) + u128::from(carry);
        sum[size] = low(wide);
        sum[size + 1] = high(wide);
        let factor = sum[0].wrapping_mul(negative);
        let mut carry = high(u128::from(sum[0]) + u128::from(factor) * u128::from(modulus[0]));
        for place in 1..size {
            let wide =
                u128::from(sum[place]) + u128::from(factor) * u128::from(modulus[place]) + u128::from(carry);
            sum[place - 1] = low(wide);
            carry = high(wide);
        }
        let wide = u128::from(sum[size]) + u128::from(carry);
        sum[size - 1] = low(wide);
        sum[size] = sum[size + 1] + high(wide);
    }
    let above = sum[size];
    sum.truncate(size);
    if above == 1 || !is_below(&sum, modulus) {
        subtract(&mut sum, modulus);
    }
    sum
}

/// Writes a number with the highest byte first and no zero before it.
pub(super) fn bytes(number: &[u64]) -> Vec<u8> {
    let all: Vec<u8> = number.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect();
    let start = all.iter().position(|byte| *byte != 0).unwrap_or(all.len());
    all[start..].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_as_they_are_known() {
        let modulus = from_small(1_000_003);
        assert_eq!(power(&from_small(5), &from_small(7), &modulus), from_small(78_125));
        assert_eq!(power(&from_small(2), &from_small(1_000_002), &modulus), from_small(1));
        assert_eq!(power(&from_small(2), &from_small(0), &modulus), from_small(1));
    }

    #[test]
    fn primes_stand_and_composites_do_not() {
        // 2^127 - 1 and 107 are primes, 111 is not; all are 3 modulo 4.
        let mut mersenne = from_small(u64::MAX);
        mersenne[1] = u64::MAX >> 1;
        for base in [2, 3, 5] {
            assert!(stands(&mersenne, &from_small(base)));
            assert!(stands(&from_small(107), &from_small(base)));
            assert!(!stands(&from_small(111), &from_small(base)));
        }
    }

    #[test]
    fn the_exponent_is_inverted() {
        let modulus = from_small(1_000_003 - 1);
        let inverse = inverse_of_exponent(&modulus);
        assert_eq!(remainder(&product(&inverse, &[EXPONENT]), 1_000_002), 1);
    }
}
