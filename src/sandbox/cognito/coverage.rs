use super::operation::OPERATIONS;
use crate::sandbox::coverage::Coverage;

/// What of Cognito user pools is covered: whatever the table of operations has.
pub fn coverage() -> Coverage {
    Coverage::of("cognito-idp", "Cognito user pools")
        .summed_up(
            "pools, clients, users, groups, sign-in with passwords and refresh tokens, key sets, RS256 tokens",
            "SRP, MFA, triggers, hosted pages, identity providers, messages",
        )
        .covers(OPERATIONS.iter().map(|entry| entry.name))
}
