use super::operations::OPERATIONS;
use crate::sandbox::coverage::Coverage;

/// What of IAM is covered: whatever the table of operations has.
pub fn coverage() -> Coverage {
    Coverage::of("iam", "IAM")
        .summed_up(
            "users, groups, roles, access keys, inline, managed and AWS managed policies with versions, boundaries, tags, \
             instance profiles, identity providers, MFA devices with real codes, certificates, SSH keys, the credential report, \
             the two simulations, authorization details",
            "access reports, delegation, organizations",
        )
        .covers(OPERATIONS.iter().map(|entry| entry.name))
}
