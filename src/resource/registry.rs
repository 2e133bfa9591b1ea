use super::{
    ResourceType, Schema, apigateway, apigatewayv2, dynamodb, events, iam, lambda, logs, s3, sns, sqs,
    stepfunctions,
};

/// Every type that Proofmark knows.
static TYPES: &[&dyn ResourceType] = &[
    &apigateway::Account,
    &apigateway::ApiKey,
    &apigateway::Authorizer,
    &apigateway::Deployment,
    &apigateway::GatewayResponse,
    &apigateway::Method,
    &apigateway::Model,
    &apigateway::RequestValidator,
    &apigateway::Resource,
    &apigateway::RestApi,
    &apigateway::Stage,
    &apigateway::UsagePlan,
    &apigateway::UsagePlanKey,
    &apigatewayv2::Api,
    &apigatewayv2::Authorizer,
    &apigatewayv2::Deployment,
    &apigatewayv2::Integration,
    &apigatewayv2::Route,
    &apigatewayv2::Stage,
    &dynamodb::Table,
    &events::EventBus,
    &events::Rule,
    &iam::AccessKey,
    &iam::Group,
    &iam::InstanceProfile,
    &iam::ManagedPolicy,
    &iam::Policy,
    &iam::Role,
    &iam::User,
    &lambda::Alias,
    &lambda::EventInvokeConfig,
    &lambda::EventSourceMapping,
    &lambda::Function,
    &lambda::LayerVersion,
    &lambda::Permission,
    &lambda::Url,
    &lambda::Version,
    &logs::LogGroup,
    &s3::Bucket,
    &s3::BucketPolicy,
    &sns::Subscription,
    &sns::Topic,
    &sns::TopicPolicy,
    &sqs::Queue,
    &sqs::QueuePolicy,
    &stepfunctions::StateMachine,
];

/// Returns every resource type, by name.
pub fn resource_types() -> &'static [&'static dyn ResourceType] {
    TYPES
}

/// Returns a type by its CloudFormation name.
pub fn resource_type(kind: &str) -> Option<&'static dyn ResourceType> {
    TYPES.iter().copied().find(|candidate| candidate.schema().kind == kind)
}

/// Returns what a template may say about resources of a type.
pub fn schema(kind: &str) -> Option<&'static Schema> {
    resource_type(kind).map(ResourceType::schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_listed_once_and_in_order() {
        let kinds: Vec<_> = resource_types().iter().map(|each| each.schema().kind).collect();
        assert!(kinds.windows(2).all(|pair| pair[0] < pair[1]), "{kinds:?}");
    }

    #[test]
    fn every_name_and_whole_that_a_schema_mentions_is_one_of_its_properties() {
        for schema in resource_types().iter().map(|each| each.schema()) {
            let mentioned = schema.name.map(|name| name.property).into_iter().chain(schema.part_of);
            for property in mentioned {
                assert!(schema.property(property).is_some(), "{} has no {property}", schema.kind);
            }
        }
    }
}
