use std::collections::BTreeSet;

/// How resources of one type come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Creation {
    pub(super) kind: &'static str,
    /// The actions that make one: in a type's schema the permissions of the handler `create` that no other handler needs
    /// (<https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html#schema-properties-handlers>, the schemas:
    /// <https://schema.cloudformation.us-east-1.amazonaws.com/CloudformationSchema.zip>), and those that make one out of a copy.
    pub(super) actions: &'static [&'static str],
    /// Where one is made, in a service whose actions are methods of HTTP; else empty
    /// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html>).
    pub(super) place: &'static str,
}

const fn by(kind: &'static str, actions: &'static [&'static str]) -> Creation {
    Creation { kind, actions, place: "" }
}

const fn at(kind: &'static str, place: &'static str) -> Creation {
    Creation { kind, actions: &["apigateway:POST"], place }
}

/// The types of the services that scenarios are made of that stand by themselves, those that no scenario can have among them. What is but a part of another
/// resource, a method, a permission, a bucket's policy, comes with it. Users and their keys nobody makes.
static CREATIONS: [Creation; 52] = [
    at("AWS::ApiGateway::ApiKey", "/apikeys"),
    at("AWS::ApiGateway::ClientCertificate", "/clientcertificates"),
    at("AWS::ApiGateway::DomainName", "/domainnames"),
    at("AWS::ApiGateway::RestApi", "/restapis"),
    at("AWS::ApiGateway::UsagePlan", "/usageplans"),
    at("AWS::ApiGateway::VpcLink", "/vpclinks"),
    at("AWS::ApiGatewayV2::Api", "/apis"),
    by("AWS::DynamoDB::GlobalTable", &["dynamodb:CreateGlobalTable", "dynamodb:CreateTableReplica"]),
    by(
        "AWS::DynamoDB::Table",
        &[
            "dynamodb:CreateTable",
            "dynamodb:ImportTable",
            "dynamodb:RestoreTableFromAwsBackup",
            "dynamodb:RestoreTableFromBackup",
            "dynamodb:RestoreTableToPointInTime",
        ],
    ),
    by("AWS::Events::ApiDestination", &["events:CreateApiDestination"]),
    by("AWS::Events::Archive", &["events:CreateArchive"]),
    by("AWS::Events::Connection", &["events:CreateConnection"]),
    by("AWS::Events::Endpoint", &["events:CreateEndpoint"]),
    by("AWS::Events::EventBus", &["events:CreateEventBus"]),
    by("AWS::Events::Rule", &["events:PutRule"]),
    by("AWS::IAM::Group", &["iam:CreateGroup"]),
    by("AWS::IAM::InstanceProfile", &["iam:CreateInstanceProfile"]),
    by("AWS::IAM::ManagedPolicy", &["iam:CreatePolicy"]),
    by("AWS::IAM::OIDCProvider", &["iam:CreateOpenIDConnectProvider"]),
    by("AWS::IAM::Role", &["iam:CreateRole"]),
    by("AWS::IAM::SAMLProvider", &["iam:CreateSAMLProvider"]),
    by("AWS::IAM::ServerCertificate", &["iam:UploadServerCertificate"]),
    by("AWS::IAM::ServiceLinkedRole", &["iam:CreateServiceLinkedRole"]),
    by("AWS::IAM::VirtualMFADevice", &["iam:CreateVirtualMFADevice"]),
    by("AWS::Lambda::Alias", &["lambda:CreateAlias"]),
    by("AWS::Lambda::CapacityProvider", &["lambda:CreateCapacityProvider"]),
    by("AWS::Lambda::CodeSigningConfig", &["lambda:CreateCodeSigningConfig"]),
    by("AWS::Lambda::EventSourceMapping", &["lambda:CreateEventSourceMapping"]),
    by("AWS::Lambda::Function", &["lambda:CreateFunction"]),
    by("AWS::Lambda::LayerVersion", &["lambda:PublishLayerVersion"]),
    by("AWS::Lambda::Url", &["lambda:CreateFunctionUrlConfig"]),
    by("AWS::Lambda::Version", &["lambda:PublishVersion"]),
    by("AWS::Logs::AccountPolicy", &["logs:PutAccountPolicy"]),
    by("AWS::Logs::Delivery", &["logs:CreateDelivery"]),
    by("AWS::Logs::DeliveryDestination", &["logs:PutDeliveryDestination"]),
    by("AWS::Logs::DeliverySource", &["logs:PutDeliverySource"]),
    by("AWS::Logs::Destination", &["logs:PutDestination"]),
    by("AWS::Logs::LogAnomalyDetector", &["logs:CreateLogAnomalyDetector"]),
    by("AWS::Logs::MetricFilter", &["logs:PutMetricFilter"]),
    by("AWS::Logs::SubscriptionFilter", &["logs:PutSubscriptionFilter"]),
    by("AWS::S3::AccessGrantsInstance", &["s3:CreateAccessGrantsInstance"]),
    by("AWS::S3::AccessPoint", &["s3:CreateAccessPoint"]),
    by("AWS::S3::Bucket", &["s3:CreateBucket"]),
    by("AWS::S3::MultiRegionAccessPoint", &["s3:CreateMultiRegionAccessPoint"]),
    by("AWS::S3::StorageLens", &["s3:PutStorageLensConfiguration"]),
    by("AWS::S3::StorageLensGroup", &["s3:CreateStorageLensGroup"]),
    by("AWS::SNS::PlatformApplication", &["sns:CreatePlatformApplication"]),
    by("AWS::SNS::Subscription", &["sns:Subscribe"]),
    by("AWS::SNS::Topic", &["sns:CreateTopic"]),
    by("AWS::SQS::Queue", &["sqs:CreateQueue"]),
    by("AWS::StepFunctions::Activity", &["states:CreateActivity"]),
    by("AWS::StepFunctions::StateMachine", &["states:CreateStateMachine"]),
];

/// Returns how types come about that are not among these.
pub(super) fn of_others(kinds: &BTreeSet<String>) -> Vec<Creation> {
    CREATIONS.iter().filter(|one| !kinds.contains(one.kind)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::resource_types;

    #[test]
    fn every_type_that_stands_by_itself_has_a_line() {
        // Parts of another resource, what a boundary denies anyway, and what functions make by themselves.
        let parts = [
            "Account",
            "Authorizer",
            "Deployment",
            "GatewayResponse",
            "Method",
            "Model",
            "RequestValidator",
            "Resource",
            "Stage",
            "UsagePlanKey",
            "Integration",
            "Route",
            "AccessKey",
            "User",
            "Policy",
            "EventInvokeConfig",
            "Permission",
            "LogGroup",
            "BucketPolicy",
            "TopicPolicy",
            "QueuePolicy",
        ];
        for kind in resource_types().iter().map(|each| each.schema().kind) {
            let part = kind.rsplit("::").next().is_some_and(|name| parts.contains(&name));
            let lines = CREATIONS.iter().filter(|one| one.kind == kind).count();
            assert_eq!(lines, usize::from(!part), "{kind}");
        }
        assert!(CREATIONS.is_sorted_by_key(|one| one.kind));
    }

    #[test]
    fn no_action_makes_two_types() {
        let mut made: Vec<_> = CREATIONS
            .iter()
            .flat_map(|one| one.actions.iter().map(move |action| (*action, one.place)))
            .collect();
        let all = made.len();
        made.sort_unstable();
        made.dedup();
        assert_eq!(made.len(), all);
    }
}
