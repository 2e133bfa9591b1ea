use ring::hmac;

/// Seconds that a code counts.
const STEP: i64 = 30;
/// How many steps a device's clock may be off, either way.
const DRIFT: i64 = 10;

/// Returns the code of six digits that a device shows at a moment, in seconds since the epoch (RFC 6238).
pub(super) fn code_at(seed: &str, at: i64) -> Option<String> {
    code(&decode(seed)?, at.div_euclid(STEP))
}

/// Whether two codes are those of two steps in a row, about now.
pub(super) fn follow_each_other(seed: &str, first: &str, second: &str, now: i64) -> bool {
    let Some(key) = decode(seed) else { return false };
    let shown = |step: i64| code(&key, step).unwrap_or_default();
    let step = now.div_euclid(STEP);
    (step - DRIFT..=step + DRIFT).any(|step| shown(step) == first && shown(step + 1) == second)
}

/// Whether a device shows a code now, or did or will within one step.
pub(super) fn is_current(seed: &str, given: &str, now: i64) -> bool {
    [-STEP, 0, STEP].into_iter().any(|offset| code_at(seed, now + offset).as_deref() == Some(given))
}

fn code(key: &[u8], step: i64) -> Option<String> {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let digest = tag.as_ref();
    let offset = usize::from(digest.last()? & 15);
    let word: [u8; 4] = digest.get(offset..offset + 4)?.try_into().ok()?;
    Some(format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000))
}

/// Reads base 32 (RFC 4648).
fn decode(seed: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![];
    let (mut held, mut bits) = (0_u32, 0);
    for letter in seed.trim_end_matches('=').bytes() {
        let digit = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        held = (held << 5) | u32::from(digit);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 255).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 6238's appendix B, `12345678901234567890`, in base 32.
    const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_standard() {
        // The last six of the eight digits that the appendix shows.
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(code_at(SEED, at).as_deref(), Some(code));
        }
    }

    #[test]
    fn two_codes_must_follow_each_other_about_now() {
        let now = 1_111_111_109;
        let code = |at| code_at(SEED, at).unwrap();
        assert!(follow_each_other(SEED, &code(now), &code(now + 30), now));
        assert!(follow_each_other(SEED, &code(now - 60), &code(now - 30), now));
        assert!(!follow_each_other(SEED, &code(now + 30), &code(now), now));
        assert!(!follow_each_other(SEED, &code(now), &code(now + 30), now + 3600));
    }

    #[test]
    fn a_code_counts_for_a_step_before_and_after() {
        let code = code_at(SEED, 600).unwrap();
        assert!(is_current(SEED, &code, 600) && is_current(SEED, &code, 630));
        assert!(!is_current(SEED, &code, 700));
    }
}
