use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, LazyLock, OnceLock};

use super::ids;
use crate::policy::{Policy, PolicyKind};

/// A policy that AWS manages, as IAM's API publishes it.
#[derive(Debug)]
pub(super) struct Managed {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    /// Such as `v3`; earlier versions are not kept.
    pub(super) version: &'static str,
    /// ISO 8601.
    pub(super) created: &'static str,
    pub(super) updated: &'static str,
    pub(super) document: &'static str,
    policy: OnceLock<Option<Arc<Policy>>>,
}

/// One line for each policy, its fields apart by tabs: path, name, version, created, updated, document. The documents are
/// AWS's own, as collected in the data of moto 5.2.1 (Apache-2.0).
const BUNDLE: &[u8] = include_bytes!("managed_policies.zip");

static TEXT: LazyLock<String> = LazyLock::new(|| {
    let mut text = String::new();
    // The bundle is a part of the program, and a test reads all of it.
    zip::ZipArchive::new(std::io::Cursor::new(BUNDLE))
        .and_then(|mut archive| Ok(archive.by_index(0)?.read_to_string(&mut text)?))
        .expect("the bundle of managed policies was built into the program");
    text
});

static ALL: LazyLock<BTreeMap<String, Managed>> = LazyLock::new(|| {
    TEXT.lines().filter_map(Managed::read).map(|managed| (managed.arn(), managed)).collect()
});

/// Returns every policy that AWS manages, by ARN.
pub(super) fn all() -> &'static BTreeMap<String, Managed> {
    &ALL
}

pub(super) fn find(arn: &str) -> Option<&'static Managed> {
    ALL.get(arn)
}

/// Whether an ARN is in AWS's own name space, whatever it names.
pub(super) fn is_aws(arn: &str) -> bool {
    arn.starts_with("arn:aws:iam::aws:")
}

impl Managed {
    fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.splitn(6, '\t');
        Some(Self {
            path: fields.next()?,
            name: fields.next()?,
            version: fields.next()?,
            created: fields.next()?,
            updated: fields.next()?,
            document: fields.next()?,
            policy: OnceLock::new(),
        })
    }

    pub(super) fn arn(&self) -> String {
        format!("arn:aws:iam::aws:policy{}{}", self.path, self.name)
    }

    pub(super) fn id(&self) -> String {
        ids::managed_policy_id(&self.arn())
    }

    /// Returns what the document means; it is parsed when first asked for.
    pub(super) fn policy(&self) -> Option<&Arc<Policy>> {
        // Some of AWS's documents carry what it refuses in those of its customers; the meaning is the same.
        let read = || Policy::parse(self.document, PolicyKind::Identity).ok().map(Arc::new);
        self.policy.get_or_init(read).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_of_the_bundle_can_be_read_and_parsed() {
        assert!(all().len() > 1400, "{}", all().len());
        let wrong: Vec<_> = all()
            .values()
            .filter_map(|managed| {
                let error = Policy::parse(managed.document, PolicyKind::Identity).err()?;
                Some(format!("{}: {error}", managed.name))
            })
            .collect();
        assert!(wrong.is_empty(), "{} {wrong:#?}", wrong.len());
    }

    #[test]
    fn the_policies_of_serverless_apps_are_there() {
        for name in [
            "service-role/AWSLambdaBasicExecutionRole",
            "service-role/AWSLambdaVPCAccessExecutionRole",
            "service-role/AWSLambdaDynamoDBExecutionRole",
            "service-role/AWSLambdaSQSQueueExecutionRole",
            "service-role/AWSLambdaRole",
            "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
            "AWSLambda_FullAccess",
            "AWSLambda_ReadOnlyAccess",
            "AmazonDynamoDBFullAccess",
            "AmazonDynamoDBReadOnlyAccess",
            "AmazonAPIGatewayAdministrator",
            "AmazonAPIGatewayInvokeFullAccess",
            "CloudWatchLogsFullAccess",
            "CloudWatchLogsReadOnlyAccess",
            "AmazonSQSFullAccess",
            "AmazonSQSReadOnlyAccess",
            "AmazonSNSFullAccess",
            "AmazonSNSReadOnlyAccess",
            "AmazonS3FullAccess",
            "AmazonS3ReadOnlyAccess",
            "AWSXRayDaemonWriteAccess",
            "AdministratorAccess",
            "PowerUserAccess",
            "ReadOnlyAccess",
            "IAMFullAccess",
            "IAMReadOnlyAccess",
        ] {
            assert!(find(&format!("arn:aws:iam::aws:policy/{name}")).is_some(), "{name}");
        }
    }
}
