use crate::aws::{Clients, Endpoint};
use crate::inspect::inspect;
use crate::target::Lease;

/// What AWS makes by itself in every account, by the beginning of its name.
const OF_AWS: [&str; 3] = ["AWSServiceRoleFor", "aws-service-role", "default"];
/// What has no regions.
const GLOBAL: [&str; 2] = ["AWS::IAM::", "AWS::S3::"];

/// Looks through regions of an account after a teardown, with another inventory than the list of what was made: whatever stands there and is not
/// among what is kept, as `type/name in region`, and what could not be looked at. Empty means that nothing is left.
pub async fn leftovers(lease: &Lease, regions: &[String], kept: &[String]) -> Vec<String> {
    let mut left = Vec::new();
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
            let own = kept.contains(&resource.id)
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
