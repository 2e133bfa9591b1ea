use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::access::arn_of;
use super::super::command::{DescribeDeliverySources, PutDeliverySource};
use super::super::groups::with_token;
use super::super::page::page;
use super::state::{Vended, check_name, conflict, missing, only_when_new, validation};
use crate::sandbox::{Scope, ServiceError};

/// Services that send logs, as their ARNs name them, and the kinds of logs that each has.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html> (`logType`)
const SENDERS: &[(&str, &[&str])] = &[
    ("amplify", &["ACCESS_LOGS", "WAF_LOGS"]),
    ("bedrock", &["APPLICATION_LOGS", "EVENT_LOGS", "TRACES"]),
    ("bedrock-agentcore", &["APPLICATION_LOGS", "USAGE_LOGS", "TRACES"]),
    ("cloudfront", &["ACCESS_LOGS"]),
    ("codewhisperer", &["EVENT_LOGS"]),
    ("ec2", &["EVENT_LOGS"]),
    ("ecs", &["ACTION_LOGS"]),
    (
        "elasticloadbalancing",
        &["ALB_ACCESS_LOGS", "ALB_CONNECTION_LOGS", "ALB_HEALTH_CHECK_LOGS", "NLB_ACCESS_LOGS"],
    ),
    ("entityresolution", &["WORKFLOW_LOGS"]),
    ("mediapackagev2", &["EGRESS_ACCESS_LOGS", "INGRESS_ACCESS_LOGS"]),
    ("mediatailor", &["AD_DECISION_SERVER_LOGS", "MANIFEST_SERVICE_LOGS", "TRANSCODE_LOGS"]),
    ("network-firewall", &["ALERT_LOGS", "ALLOW_LOGS", "DENY_LOGS"]),
    ("pcs", &["PCS_SCHEDULER_LOGS", "PCS_JOBCOMP_LOGS", "PCS_SCHEDULER_AUDIT_LOGS", "PCS_SCALING_LOGS"]),
    ("qbusiness", &["EVENT_LOGS", "SYNC_JOB_LOGS"]),
    ("ses", &["APPLICATION_LOGS", "TRAFFIC_POLICY_DEBUG_LOGS"]),
    ("sso", &["ERROR_LOGS"]),
    ("wisdom", &["EVENT_LOGS"]),
    (
        "workmail",
        &[
            "ACCESS_CONTROL_LOGS",
            "AUTHENTICATION_LOGS",
            "WORKMAIL_AVAILABILITY_PROVIDER_LOGS",
            "WORKMAIL_MAILBOX_ACCESS_LOGS",
            "WORKMAIL_PERSONAL_ACCESS_TOKEN_LOGS",
        ],
    ),
];

/// Services of the sandbox that would have to send logs, and do not.
const SILENT: &[(&str, &[&str])] = &[
    ("events", &["INFO_LOGS", "ERROR_LOGS", "TRACE_LOGS"]),
    ("logs", &["INSIGHTS_QUERY_LOGS"]),
    ("s3", &["S3_SERVER_ACCESS_LOGS"]),
];

/// What logs come from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::sandbox::logs) struct Source {
    resource: String,
    log_type: String,
    pub(super) tags: BTreeMap<String, String>,
    #[serde(default)]
    configuration: BTreeMap<String, String>,
}

/// Returns the service that an ARN names.
pub(in crate::sandbox::logs) fn log_service(arn: &str) -> &str {
    arn.split(':').nth(2).unwrap_or_default()
}

impl Source {
    fn show(&self, scope: &Scope, name: &str) -> Value {
        let mut shown = json!({
            "name": name,
            "arn": arn_of(scope, "delivery-source", name),
            "resourceArns": [self.resource],
            "service": log_service(&self.resource),
            "logType": self.log_type,
            "tags": self.tags,
        });
        if !self.configuration.is_empty() {
            shown["deliverySourceConfiguration"] = json!(self.configuration);
        }
        shown
    }
}

impl Vended {
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html>
    pub(in crate::sandbox::logs) fn put_source(
        &mut self,
        scope: &Scope,
        input: PutDeliverySource,
    ) -> Result<Value, ServiceError> {
        check_name(&input.name, "name")?;
        let service = log_service(&input.resource_arn);
        let sends = |table: &[(&str, &[&str])]| {
            let kinds = table.iter().find(|(known, _)| *known == service).map(|(_, kinds)| *kinds);
            kinds.map(|kinds| kinds.contains(&input.log_type.as_str()))
        };
        if sends(SILENT) == Some(true) {
            return Err(ServiceError::not_covered("logs", &format!("PutDeliverySource of {service}")));
        }
        match sends(SENDERS) {
            Some(true) => {}
            Some(false) => return Err(validation("This service is not allowed for this LogSource.")),
            None => {
                return Err(ServiceError::new(
                    400,
                    "ResourceNotFoundException",
                    "Cannot access provided service.",
                ));
            }
        }
        let mut tags = input.tags;
        if let Some(there) = self.sources.get(&input.name) {
            only_when_new(&tags)?;
            if there.resource != input.resource_arn {
                return Err(conflict(
                    "Update to existing Delivery Source with new ResourceId is not allowed. Please create a new Delivery Source instead.",
                ));
            }
            tags.clone_from(&there.tags);
        }
        let source = Source {
            resource: input.resource_arn,
            log_type: input.log_type,
            tags,
            configuration: input.delivery_source_configuration,
        };
        let shown = source.show(scope, &input.name);
        self.sources.insert(input.name, source);
        Ok(json!({ "deliverySource": shown }))
    }

    pub(in crate::sandbox::logs) fn source(&self, scope: &Scope, name: &str) -> Result<Value, ServiceError> {
        let source = self.sources.get(name).ok_or_else(|| missing("Delivery Source"))?;
        Ok(json!({ "deliverySource": source.show(scope, name) }))
    }

    pub(in crate::sandbox::logs) fn sources(
        &self,
        scope: &Scope,
        input: &DescribeDeliverySources,
    ) -> Result<Value, ServiceError> {
        let wanted = self.sources.iter().filter(|(_, source)| {
            input.resource_arns.is_empty() || input.resource_arns.contains(&source.resource)
        });
        let cut = page(wanted, input.next_token.as_deref(), input.limit, 50)?;
        let shown: Vec<Value> =
            cut.items.into_iter().map(|(name, source)| source.show(scope, name)).collect();
        Ok(with_token(json!({ "deliverySources": shown }), cut.next))
    }

    pub(in crate::sandbox::logs) fn delete_source(&mut self, name: &str) -> Result<Value, ServiceError> {
        if !self.sources.contains_key(name) {
            return Err(missing("Delivery Source"));
        }
        if self.deliveries.values().any(|delivery| delivery.source == name) {
            return Err(conflict("The specified Delivery Source is used by a Delivery."));
        }
        self.sources.remove(name);
        Ok(json!({}))
    }
}
