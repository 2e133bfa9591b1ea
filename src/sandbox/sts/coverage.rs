use super::operations::OPERATIONS;
use crate::sandbox::coverage::Coverage;

/// What of STS is covered: whatever the table of operations has.
pub fn coverage() -> Coverage {
    Coverage::of("sts", "STS")
        .summed_up(
            "who calls, roles assumed with session policies or with tokens of user pools (web identity), session tokens with second factors, federation tokens",
            "SAML",
        )
        .covers(OPERATIONS.iter().map(|entry| entry.name))
}
