use super::operations::OPERATIONS;
use crate::sandbox::coverage::Coverage;

/// What of CloudFormation is covered: whatever the table of operations has.
pub fn coverage() -> Coverage {
    Coverage::of("cloudformation", "CloudFormation")
        .summed_up(
            "stacks and change sets of the resource types that challenges may hold, SAM's transform, rollback, roles of stacks, deletion policies",
            "nested stacks, stack sets, exports, macros, custom resources, drift, stack policies, DO_NOTHING on failure",
        )
        .covers(OPERATIONS.iter().map(|entry| entry.name))
        .differs(
            "DescribeChangeSet",
            "whether a resource is replaced is told by its properties as they are written",
        )
}
