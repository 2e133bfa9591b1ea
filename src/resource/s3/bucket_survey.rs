use aws_sdk_s3::types::{BucketVersioningStatus, CorsRule, ObjectOwnership, ServerSideEncryptionRule};
use serde_json::{Value, json};

use super::notification;
use crate::aws::{Clients, Found, Outcome};
use crate::resource::parallel::{READS, each};
use crate::resource::properties::{Shaped, parsed};
use crate::resource::schema::Schema;
use crate::resource::survey::{Survey, seen, tagged};

/// Reads the buckets of account and region. Objects are a probe's affair.
///
/// `attributes.Policy` is the bucket's policy, or null where it has none.
pub(super) async fn survey(clients: &Clients, schema: &'static Schema) -> Survey {
    let mut survey = Survey::default();
    let listed = clients.s3.list_buckets().bucket_region(&clients.endpoint.region).into_paginator();
    let listed = listed.send().collect::<Result<Vec<_>, _>>().await.during("s3:ListBuckets");
    let Some(pages) = survey.keep(schema.kind, listed) else { return survey };
    let buckets = pages.into_iter().flat_map(|page| page.buckets.unwrap_or_default());
    let names = buckets.filter_map(|bucket| bucket.name).collect();
    let parts = each(names, READS, |name: String| {
        let clients = clients.clone();
        async move { bucket(&clients, schema, &name).await }
    })
    .await;
    survey.absorb_all(parts);
    survey
}

async fn bucket(clients: &Clients, schema: &Schema, name: &str) -> Survey {
    let mut survey = Survey::default();
    let key = format!("{}/{name}", schema.kind);
    let s3 = &clients.s3;
    let tags = s3.get_bucket_tagging().bucket(name).send().await.during("s3:GetBucketTagging").found();
    let tags = survey.keep(&key, tags).flatten().map(|output| output.tag_set).unwrap_or_default();
    let versioning = s3.get_bucket_versioning().bucket(name).send().await.during("s3:GetBucketVersioning");
    let versioning = survey.keep(&key, versioning).and_then(|output| output.status);
    let told = s3.get_bucket_notification_configuration().bucket(name).send().await;
    let told = survey.keep(&key, told.during("s3:GetBucketNotificationConfiguration"));
    let told = told.map_or(Value::Null, |output| {
        notification::shape(
            output.lambda_function_configurations(),
            output.queue_configurations(),
            output.topic_configurations(),
            output.event_bridge_configuration().is_some(),
        )
    });
    let blocked = s3.get_public_access_block().bucket(name).send().await;
    let blocked = survey.keep(&key, blocked.during("s3:GetPublicAccessBlock").found()).flatten();
    let blocked = blocked.and_then(|output| output.public_access_block_configuration).map(|blocked| {
        json!({
            "BlockPublicAcls": blocked.block_public_acls().unwrap_or(false),
            "BlockPublicPolicy": blocked.block_public_policy().unwrap_or(false),
            "IgnorePublicAcls": blocked.ignore_public_acls().unwrap_or(false),
            "RestrictPublicBuckets": blocked.restrict_public_buckets().unwrap_or(false),
        })
    });
    let owners = s3.get_bucket_ownership_controls().bucket(name).send().await;
    let owners = survey.keep(&key, owners.during("s3:GetBucketOwnershipControls").found()).flatten();
    let owners = owners.and_then(|output| output.ownership_controls).map(|controls| {
        let owner = |rule: &aws_sdk_s3::types::OwnershipControlsRule| {
            let owner: &ObjectOwnership = rule.object_ownership();
            json!({ "ObjectOwnership": owner.as_str() })
        };
        json!({ "Rules": controls.rules().iter().map(owner).collect::<Vec<_>>() })
    });
    let secret = s3.get_bucket_encryption().bucket(name).send().await;
    let secret = survey.keep(&key, secret.during("s3:GetBucketEncryption").found()).flatten();
    let secret = secret.and_then(|output| output.server_side_encryption_configuration);
    let secret = secret.map(|configuration| {
        let rules: Vec<Value> = configuration.rules().iter().map(encryption).collect();
        json!({ "ServerSideEncryptionConfiguration": rules })
    });
    let cors = s3.get_bucket_cors().bucket(name).send().await.during("s3:GetBucketCors").found();
    let cors = survey
        .keep(&key, cors)
        .flatten()
        .map(|output| json!({ "CorsRules": output.cors_rules().iter().map(cors_rule).collect::<Vec<_>>() }));
    let site = s3.get_bucket_website().bucket(name).send().await.during("s3:GetBucketWebsite").found();
    let site = survey.keep(&key, site).flatten().map(|output| {
        Shaped::new()
            .maybe("IndexDocument", output.index_document().map(aws_sdk_s3::types::IndexDocument::suffix))
            .maybe("ErrorDocument", output.error_document().map(aws_sdk_s3::types::ErrorDocument::key))
            .done()
    });
    let properties = Shaped::new()
        .with("BucketName", name)
        .maybe(
            "VersioningConfiguration",
            versioning.map(|status: BucketVersioningStatus| json!({ "Status": status.as_str() })),
        )
        .maybe("PublicAccessBlockConfiguration", blocked)
        .maybe("OwnershipControls", owners)
        .maybe("BucketEncryption", secret)
        .maybe("CorsConfiguration", cors)
        .maybe("WebsiteConfiguration", site)
        .filled("NotificationConfiguration", told)
        .done();
    let mut resource = seen(schema, name, name, properties);
    resource.arn = Some(format!("arn:aws:s3:::{name}"));
    let policy = s3.get_bucket_policy().bucket(name).send().await.during("s3:GetBucketPolicy").found();
    if let Some(policy) = survey.keep(&key, policy) {
        let policy = policy.and_then(|output| output.policy);
        resource.attributes["Policy"] = policy.map_or(Value::Null, |text| parsed(&text));
    }
    survey.resources.push(tagged(resource, tags.into_iter().map(|tag| (tag.key, tag.value))));
    survey
}

fn encryption(rule: &ServerSideEncryptionRule) -> Value {
    let default = rule.apply_server_side_encryption_by_default().map(|default| {
        Shaped::new()
            .with("SSEAlgorithm", default.sse_algorithm().as_str())
            .maybe("KMSMasterKeyID", default.kms_master_key_id())
            .done()
    });
    Shaped::new()
        .maybe("ServerSideEncryptionByDefault", default)
        .maybe("BucketKeyEnabled", rule.bucket_key_enabled())
        .done()
}

fn cors_rule(rule: &CorsRule) -> Value {
    Shaped::new()
        .maybe("Id", rule.id())
        .with("AllowedMethods", rule.allowed_methods())
        .with("AllowedOrigins", rule.allowed_origins())
        .filled("AllowedHeaders", rule.allowed_headers().into())
        .filled("ExposedHeaders", rule.expose_headers().into())
        .maybe("MaxAge", rule.max_age_seconds())
        .done()
}
