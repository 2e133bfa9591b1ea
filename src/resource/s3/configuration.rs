use aws_sdk_s3::types::{
    BucketVersioningStatus, CorsConfiguration, CorsRule, ObjectOwnership, OwnershipControls,
    OwnershipControlsRule, PublicAccessBlockConfiguration, ServerSideEncryption,
    ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
    VersioningConfiguration,
};

use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Shape, TEXTS};

pub(super) const VERSIONING: Shape =
    Shape::Object(&[Property::new("Status", Shape::Choice(&["Enabled", "Suspended"])).required()]);

pub(super) const PUBLIC_ACCESS: Shape = Shape::Object(&[
    Property::new("BlockPublicAcls", Shape::Boolean),
    Property::new("BlockPublicPolicy", Shape::Boolean),
    Property::new("IgnorePublicAcls", Shape::Boolean),
    Property::new("RestrictPublicBuckets", Shape::Boolean),
]);

pub(super) const OWNERSHIP: Shape = Shape::Object(&[Property::new(
    "Rules",
    Shape::List(&Shape::Object(&[Property::new(
        "ObjectOwnership",
        Shape::Choice(&["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]),
    )])),
)
.required()]);

pub(super) const ENCRYPTION: Shape = Shape::Object(&[Property::new(
    "ServerSideEncryptionConfiguration",
    Shape::List(&Shape::Object(&[
        Property::new("BucketKeyEnabled", Shape::Boolean),
        Property::new(
            "ServerSideEncryptionByDefault",
            Shape::Object(&[
                Property::text("KMSMasterKeyID"),
                Property::new("SSEAlgorithm", Shape::Choice(&["AES256", "aws:kms"])).required(),
            ]),
        ),
    ])),
)
.required()]);

pub(super) const CORS: Shape = Shape::Object(&[Property::new(
    "CorsRules",
    Shape::List(&Shape::Object(&[
        Property::new("AllowedHeaders", TEXTS),
        Property::new("AllowedMethods", TEXTS).required(),
        Property::new("AllowedOrigins", TEXTS).required(),
        Property::new("ExposedHeaders", TEXTS),
        Property::text("Id"),
        Property::new("MaxAge", Shape::Integer),
    ])),
)
.required()]);

/// Versioning, once on, can only be suspended.
pub(super) async fn versioning(
    clients: &Clients,
    bucket: &str,
    properties: Properties<'_>,
) -> Result<(), Failure> {
    let status = properties.object("VersioningConfiguration").and_then(|given| given.text("Status"));
    let status = status.unwrap_or_else(|| "Suspended".to_owned());
    let made =
        VersioningConfiguration::builder().status(BucketVersioningStatus::from(status.as_str())).build();
    let call = clients.s3.put_bucket_versioning().bucket(bucket).versioning_configuration(made);
    call.send().await.during("s3:PutBucketVersioning").map(drop)
}

pub(super) async fn public_access(
    clients: &Clients,
    bucket: &str,
    properties: Properties<'_>,
) -> Result<(), Failure> {
    let Some(given) = properties.object("PublicAccessBlockConfiguration") else {
        let call = clients.s3.delete_public_access_block().bucket(bucket);
        return call.send().await.during("s3:DeletePublicAccessBlock").found().map(drop);
    };
    let flag = |name: &str| given.flag(name).unwrap_or(false);
    let made = PublicAccessBlockConfiguration::builder()
        .block_public_acls(flag("BlockPublicAcls"))
        .block_public_policy(flag("BlockPublicPolicy"))
        .ignore_public_acls(flag("IgnorePublicAcls"))
        .restrict_public_buckets(flag("RestrictPublicBuckets"))
        .build();
    let call = clients.s3.put_public_access_block().bucket(bucket);
    let call = call.public_access_block_configuration(made);
    call.send().await.during("s3:PutPublicAccessBlock").map(drop)
}

pub(super) async fn ownership(
    clients: &Clients,
    bucket: &str,
    properties: Properties<'_>,
) -> Result<(), Failure> {
    let Some(given) = properties.object("OwnershipControls") else {
        let call = clients.s3.delete_bucket_ownership_controls().bucket(bucket);
        return call.send().await.during("s3:DeleteBucketOwnershipControls").found().map(drop);
    };
    let rules = given.objects("Rules").into_iter().map(|rule| {
        let owner = rule.text("ObjectOwnership").unwrap_or_else(|| "BucketOwnerEnforced".to_owned());
        OwnershipControlsRule::builder().object_ownership(ObjectOwnership::from(owner.as_str())).build()
    });
    let made = OwnershipControls::builder().set_rules(Some(rules.collect::<Result<_, _>>()?)).build()?;
    let call = clients.s3.put_bucket_ownership_controls().bucket(bucket).ownership_controls(made);
    call.send().await.during("s3:PutBucketOwnershipControls").map(drop)
}

pub(super) async fn encryption(
    clients: &Clients,
    bucket: &str,
    properties: Properties<'_>,
) -> Result<(), Failure> {
    let Some(given) = properties.object("BucketEncryption") else {
        let call = clients.s3.delete_bucket_encryption().bucket(bucket);
        return call.send().await.during("s3:DeleteBucketEncryption").found().map(drop);
    };
    let rules = given.objects("ServerSideEncryptionConfiguration").into_iter().map(|rule| {
        let default = rule.object("ServerSideEncryptionByDefault").map(|default| {
            let algorithm = default.text("SSEAlgorithm").unwrap_or_else(|| "AES256".to_owned());
            ServerSideEncryptionByDefault::builder()
                .sse_algorithm(ServerSideEncryption::from(algorithm.as_str()))
                .set_kms_master_key_id(default.text("KMSMasterKeyID"))
                .build()
        });
        let made = ServerSideEncryptionRule::builder()
            .set_apply_server_side_encryption_by_default(default.transpose()?)
            .set_bucket_key_enabled(rule.flag("BucketKeyEnabled"));
        Ok(made.build())
    });
    let rules = rules.collect::<Result<Vec<_>, Failure>>()?;
    let made = ServerSideEncryptionConfiguration::builder().set_rules(Some(rules)).build()?;
    let call = clients.s3.put_bucket_encryption().bucket(bucket).server_side_encryption_configuration(made);
    call.send().await.during("s3:PutBucketEncryption").map(drop)
}

pub(super) async fn cors(clients: &Clients, bucket: &str, properties: Properties<'_>) -> Result<(), Failure> {
    let Some(given) = properties.object("CorsConfiguration") else {
        let call = clients.s3.delete_bucket_cors().bucket(bucket);
        return call.send().await.during("s3:DeleteBucketCors").found().map(drop);
    };
    let rules = given.objects("CorsRules").into_iter().map(|rule| {
        let list = |name: &str| Some(rule.texts(name)).filter(|list| !list.is_empty());
        CorsRule::builder()
            .set_allowed_headers(list("AllowedHeaders"))
            .set_allowed_methods(Some(rule.texts("AllowedMethods")))
            .set_allowed_origins(Some(rule.texts("AllowedOrigins")))
            .set_expose_headers(list("ExposedHeaders"))
            .set_id(rule.text("Id"))
            .set_max_age_seconds(rule.integer("MaxAge"))
            .build()
    });
    let made = CorsConfiguration::builder().set_cors_rules(Some(rules.collect::<Result<_, _>>()?)).build()?;
    let call = clients.s3.put_bucket_cors().bucket(bucket).cors_configuration(made);
    call.send().await.during("s3:PutBucketCors").map(drop)
}
