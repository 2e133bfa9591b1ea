use aws_sdk_s3::types::{
    BucketLocationConstraint, CreateBucketConfiguration, Delete, ObjectIdentifier, Tag, Tagging,
};

use super::bucket_survey::survey;
use super::{configuration, notification, website};
use crate::aws::{Clients, ErrorClass, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Name, Property, Schema, TAGS};
use crate::resource::survey::Survey;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-s3-bucket.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::S3::Bucket",
    properties: &[
        Property::new("BucketEncryption", configuration::ENCRYPTION),
        Property::text("BucketName").create_only(),
        Property::new("CorsConfiguration", configuration::CORS),
        Property::new("NotificationConfiguration", notification::SHAPE),
        Property::new("OwnershipControls", configuration::OWNERSHIP),
        Property::new("PublicAccessBlockConfiguration", configuration::PUBLIC_ACCESS),
        Property::new("Tags", TAGS),
        Property::new("VersioningConfiguration", configuration::VERSIONING),
        Property::new("WebsiteConfiguration", website::SHAPE),
    ],
    attributes: &["Arn", "DomainName", "RegionalDomainName", "WebsiteURL"],
    name: Some(Name { property: "BucketName", longest: 63 }),
    part_of: None,
    taggable: true,
};

/// A bucket: `Ref` returns its name. What is in it goes with it.
#[derive(Debug)]
pub(crate) struct Bucket;

impl ResourceType for Bucket {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(create(clients, wanted))
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            let name = &standing.made.id;
            settle(clients, name, Some(standing.properties()), wanted.properties()).await?;
            if standing.tags != wanted.tags {
                tag(clients, name, wanted).await?;
            }
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let name = &standing.made.id;
            if empty(clients, name).await.found()?.is_none() {
                return Ok(());
            }
            let call = clients.s3.delete_bucket().bucket(name);
            call.send().await.during("s3:DeleteBucket").found().map(drop)
        })
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(survey(clients, &SCHEMA))
    }
}

async fn create(clients: &Clients, wanted: &Wanted) -> Result<Made, Incomplete> {
    let properties = wanted.properties();
    // Buckets have no capital letters.
    let name = properties.text("BucketName").unwrap_or_else(|| wanted.name.to_lowercase());
    let region = &clients.endpoint.region;
    // The first region of all is named by naming none.
    let place = (region != "us-east-1").then(|| {
        let place = BucketLocationConstraint::from(region.as_str());
        CreateBucketConfiguration::builder().location_constraint(place).build()
    });
    let call = clients.s3.create_bucket().bucket(&name).set_create_bucket_configuration(place);
    call.send().await.during("s3:CreateBucket")?;
    let made = Made::new(&name)
        .with("Arn", format!("arn:aws:s3:::{name}"))
        .with("DomainName", format!("{name}.s3.amazonaws.com"))
        .with("RegionalDomainName", format!("{name}.s3.{region}.amazonaws.com"))
        .with("WebsiteURL", website::url(&name, region));
    tag(clients, &name, wanted).await.map_err(Incomplete::after(&made))?;
    settle(clients, &name, None, properties).await.map_err(Incomplete::after(&made))?;
    Ok(made)
}

async fn tag(clients: &Clients, name: &str, wanted: &Wanted) -> Result<(), Failure> {
    let tags = wanted.tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    let tags = Tagging::builder().set_tag_set(Some(tags.collect::<Result<_, _>>()?)).build()?;
    let call = clients.s3.put_bucket_tagging().bucket(name).tagging(tags);
    call.send().await.during("s3:PutBucketTagging").map(drop)
}

/// Brings each part of the configuration that differs to what is wanted. Notifications come last: what they call must be allowed by then.
async fn settle(
    clients: &Clients,
    name: &str,
    before: Option<Properties<'_>>,
    after: Properties<'_>,
) -> Result<(), Failure> {
    let differs = |property: &str| before.and_then(|old| old.get(property)) != after.get(property);
    if differs("VersioningConfiguration") {
        configuration::versioning(clients, name, after).await?;
    }
    if differs("PublicAccessBlockConfiguration") {
        configuration::public_access(clients, name, after).await?;
    }
    if differs("OwnershipControls") {
        configuration::ownership(clients, name, after).await?;
    }
    if differs("BucketEncryption") {
        configuration::encryption(clients, name, after).await?;
    }
    if differs("CorsConfiguration") {
        configuration::cors(clients, name, after).await?;
    }
    if differs("WebsiteConfiguration") {
        website::put(clients, name, after).await?;
    }
    if differs("NotificationConfiguration") {
        notification::put(clients, name, after).await?;
    }
    Ok(())
}

/// Deletes every version of every object.
async fn empty(clients: &Clients, bucket: &str) -> Result<(), Failure> {
    loop {
        let call = clients.s3.list_object_versions().bucket(bucket);
        let page = call.send().await.during("s3:ListObjectVersions")?;
        let versions = page.versions().iter().map(|each| (each.key(), each.version_id()));
        let markers = page.delete_markers().iter().map(|each| (each.key(), each.version_id()));
        let objects = versions.chain(markers).filter_map(|(key, version)| {
            let id = ObjectIdentifier::builder().set_key(Some(key?.to_owned()));
            Some(id.set_version_id(version.map(str::to_owned)).build())
        });
        let objects: Vec<ObjectIdentifier> = objects.collect::<Result<_, _>>()?;
        if objects.is_empty() {
            return Ok(());
        }
        let delete = Delete::builder().set_objects(Some(objects)).quiet(true).build()?;
        let call = clients.s3.delete_objects().bucket(bucket).delete(delete);
        let output = call.send().await.during("s3:DeleteObjects")?;
        // What cannot be deleted would come again and again.
        if let Some(error) = output.errors().first() {
            let words = error.message().or(error.code()).unwrap_or("an object cannot be deleted");
            let object = error.key().unwrap_or_default();
            return Err(Failure::new(ErrorClass::Other, "s3:DeleteObjects", format!("{object}: {words}")));
        }
    }
}
