use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// What IAM reads of an X.509 certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Certificate {
    /// When it ends, in seconds since the epoch.
    pub(super) expires: i64,
}

/// Reads the one certificate that a PEM text (RFC 7468) holds; none where it holds another number, or something else.
pub(super) fn parse(pem: &str) -> Option<Certificate> {
    let (before, rest) = pem.split_once(BEGIN)?;
    let (inside, after) = rest.split_once(END)?;
    if !before.trim().is_empty() || !after.trim().is_empty() {
        return None;
    }
    let letters: String = inside.chars().filter(|letter| !letter.is_whitespace()).collect();
    read(&STANDARD.decode(letters).ok()?)
}

/// Whether a text is a chain of certificates, each of them sound.
pub(super) fn is_chain(pem: &str) -> bool {
    let mut rest = pem.trim();
    while let Some((one, after)) = rest.split_once(END) {
        if parse(&format!("{one}{END}")).is_none() {
            return false;
        }
        rest = after.trim();
    }
    rest.is_empty() && !pem.trim().is_empty()
}

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// `[0]`, the version.
const VERSION: u8 = 0xa0;

/// Reads the structure of RFC 5280, section 4.1, as far as the validity.
fn read(der: &[u8]) -> Option<Certificate> {
    let (certificate, rest) = take(der, SEQUENCE)?;
    if !rest.is_empty() {
        return None;
    }
    let (signed, rest) = take(certificate, SEQUENCE)?;
    // The algorithm and the signature follow.
    take(rest, SEQUENCE)?;
    let rest = take(signed, VERSION).map_or(signed, |(_, rest)| rest);
    let (_serial, rest) = take(rest, INTEGER)?;
    let (_algorithm, rest) = take(rest, SEQUENCE)?;
    let (_issuer, rest) = take(rest, SEQUENCE)?;
    let (validity, rest) = take(rest, SEQUENCE)?;
    let (_subject, rest) = take(rest, SEQUENCE)?;
    take(rest, SEQUENCE)?;
    let (_begins, rest) = time(validity)?;
    let (expires, _) = time(rest)?;
    Some(Certificate { expires })
}

/// Splits off one element of a kind: its content, and what follows.
fn take(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let [found, length, rest @ ..] = der else { return None };
    if *found != tag {
        return None;
    }
    let (length, rest) = if *length < 0x80 {
        (usize::from(*length), rest)
    } else {
        let count = usize::from(*length & 0x7f);
        if !(1..=4).contains(&count) || rest.len() < count {
            return None;
        }
        let (bytes, rest) = rest.split_at(count);
        (bytes.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)), rest)
    };
    (rest.len() >= length).then(|| rest.split_at(length))
}

fn time(der: &[u8]) -> Option<(i64, &[u8])> {
    let tag = *der.first()?;
    let (text, rest) = take(der, tag)?;
    let text = std::str::from_utf8(text).ok()?;
    let digits = text.strip_suffix('Z').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let digits = match (tag, digits.len()) {
        // Two digits of a year: those below 50 are of this century.
        (UTC_TIME, 12) => format!("{}{digits}", if digits < "50" { "20" } else { "19" }),
        (GENERALIZED_TIME, 14) => digits.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| &digits[from..to];
    let time = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 12),
        part(12, 14)
    );
    Some((time.parse::<Timestamp>().ok()?.as_second(), rest))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Self-signed, for `sandbox.example`, made with `openssl req -x509 -newkey ed25519 -days 3650`.
    pub(in crate::sandbox::iam) const SOUND: &str = "-----BEGIN CERTIFICATE-----\n\
        MIIBSDCB+6ADAgECAhQw+sxWI9Et1qKTi98y4wUUb+NHfzAFBgMrZXAwGjEYMBYG\n\
        A1UEAwwPc2FuZGJveC5leGFtcGxlMB4XDTI2MTEyMjA2NTQ0OFoXDTM2MTExOTA2\n\
        NTQ0OFowGjEYMBYGA1UEAwwPc2FuZGJveC5leGFtcGxlMCowBQYDK2VwAyEAVRzE\n\
        UIrVJLZAubgZ2FPCip4g8AdY9GrK13av9hi/eIqjUzBRMB0GA1UdDgQWBBR4fptv\n\
        MQLW8aj2OvHGfPtn3HQxvDAfBgNVHSMEGDAWgBR4fptvMQLW8aj2OvHGfPtn3HQx\n\
        vDAPBgNVHRMBAf8EBTADAQH/MAUGAytlcANBAEpnAUDayySjatvb280Jh0raCjwT\n\
        mjKBWeZ3RBoNL/BfAIgmh6QInbInOl+2C0PszkyKWMO9RcfoZVu9PHmTQgI=\n\
        -----END CERTIFICATE-----\n";

    #[test]
    fn a_certificate_tells_when_it_ends() {
        let certificate = parse(SOUND).unwrap();
        assert_eq!(Timestamp::from_second(certificate.expires).unwrap().to_string(), "2036-11-19T06:54:48Z");
    }

    #[test]
    fn what_is_no_certificate_is_none() {
        let cut = SOUND.replacen("MIIB", "MIIC", 1);
        let two = format!("{SOUND}{SOUND}");
        for wrong in ["", "certificate", BEGIN, &SOUND[..120], &cut, &two] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert!(is_chain(&two) && is_chain(SOUND) && !is_chain("chain") && !is_chain(""));
    }
}
