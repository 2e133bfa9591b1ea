use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::schema::{Property, Schema, Shape};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-s3-bucketpolicy.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::S3::BucketPolicy",
    properties: &[
        Property::text("Bucket").required().create_only(),
        Property::new("PolicyDocument", Shape::Document).required(),
    ],
    attributes: &[],
    name: None,
    part_of: Some("Bucket"),
    taggable: false,
};

/// Who may use a bucket: `Ref` returns the bucket's name. It is read with its bucket, as `attributes.Policy`.
#[derive(Debug)]
pub(crate) struct BucketPolicy;

impl ResourceType for BucketPolicy {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(async move {
            put(clients, wanted).await?;
            Ok(Made::new(wanted.properties().need("Bucket")?))
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            put(clients, wanted).await?;
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let call = clients.s3.delete_bucket_policy().bucket(&standing.made.id);
            call.send().await.during("s3:DeleteBucketPolicy").found().map(drop)
        })
    }
}

async fn put(clients: &Clients, wanted: &Wanted) -> Result<(), Failure> {
    let properties = wanted.properties();
    let call = clients.s3.put_bucket_policy().bucket(properties.need("Bucket")?);
    let call = call.policy(properties.document("PolicyDocument").unwrap_or_default());
    call.send().await.during("s3:PutBucketPolicy").map(drop)
}
