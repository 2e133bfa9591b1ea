use crate::sandbox::coverage::Coverage;

/// What of CloudTrail is covered.
pub fn coverage() -> Coverage {
    Coverage::of("cloudtrail", "CloudTrail")
        .summed_up("LookupEvents, without delay, data events included", "trails")
        .covers(["LookupEvents"])
        .differs(
            "LookupEvents",
            "shows events at once, data events too, and forgets by count, not after 90 days",
        )
}
