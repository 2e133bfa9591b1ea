use crate::aws::{Clients, Endpoint, Outcome as _};
use crate::inspect::inspect;
use crate::target::Lease;

/// What AWS makes by itself in every account, by the beginning of its name.
const OF_AWS: [&str; 3] = ["AWSServiceRoleFor", "aws-service-role", "default"];
/// What has no regions.
const GLOBAL: [&str; 2] = ["AWS::IAM::", "AWS::S3::"];

/// Looks through regions of an account after a teardown, with another inventory than the list of what was made: whatever stands there and is not
/// among what is kept, as `type/name in region`, and what could not be looked at. Empty means that nothing is left. The user or role that looks is no
/// leftover either.
pub async fn leftovers(lease: &Lease, regions: &[String], kept: &[String]) -> Vec<String> {
    let mut left = Vec::new();
    let caller = lease.clients.sts.get_caller_identity().send().await.during("sts:GetCallerIdentity");
    let ourselves = caller.ok().and_then(|caller| caller.arn().and_then(identity));
    for (number, region) in regions.iter().enumerate() {
        let endpoint = Endpoint { region: region.clone(), ..lease.clients.endpoint.clone() };
        let seen = inspect(&Clients::new(&endpoint)).await;
        left.extend(seen.gaps.iter().map(|gap| {
            format!(
                "{} in {region}: not seen, since {} failed: {}",
                gap.what, gap.operation, gap.trouble.message
            )
        }));
        for resource in &seen.resources {
            let looks =
                ourselves.as_ref().is_some_and(|(kind, name)| resource.kind == *kind && resource.id == *name);
            let own = kept.contains(&resource.id)
                || looks
                || OF_AWS.iter().any(|name| resource.id.starts_with(name))
                // The settings of API Gateway are there whether or not anybody made any.
                || resource.kind == "AWS::ApiGateway::Account";
            let told_before = number > 0 && GLOBAL.iter().any(|kind| resource.kind.starts_with(kind));
            if !own && !told_before {
                left.push(format!("{} in {region}", resource.key));
            }
        }
    }
    left
}

/// Returns type and name of the user or role that an ARN of a caller tells
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns>).
fn identity(arn: &str) -> Option<(&'static str, String)> {
    let (kind, path) = arn.rsplit(':').next()?.split_once('/')?;
    let name = match kind {
        // A session has a name of its own behind the role's.
        "assumed-role" => path.split('/').next(),
        "user" => path.rsplit('/').next(),
        _ => None,
    };
    let kind = if kind == "user" { "AWS::IAM::User" } else { "AWS::IAM::Role" };
    name.map(|name| (kind, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_looks_is_told_by_the_callers_arn() {
        let of =
            |rest: &str| identity(&format!("arn:aws:{rest}")).map(|(kind, name)| format!("{kind} {name}"));
        assert_eq!(of("sts::111122223333:assumed-role/host/proofmark").unwrap(), "AWS::IAM::Role host");
        assert_eq!(of("iam::111122223333:user/people/ada").unwrap(), "AWS::IAM::User ada");
        assert_eq!(of("iam::111122223333:root"), None);
    }
}
