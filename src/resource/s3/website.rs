use aws_sdk_s3::types::{ErrorDocument, IndexDocument, WebsiteConfiguration};

use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Shape};

pub(super) const SHAPE: Shape =
    Shape::Object(&[Property::text("ErrorDocument"), Property::text("IndexDocument")]);

/// Makes a bucket a web site, or no longer one.
pub(super) async fn put(clients: &Clients, bucket: &str, properties: Properties<'_>) -> Result<(), Failure> {
    let Some(site) = properties.object("WebsiteConfiguration") else {
        let call = clients.s3.delete_bucket_website().bucket(bucket);
        return call.send().await.during("s3:DeleteBucketWebsite").found().map(drop);
    };
    let index = site.text("IndexDocument").map(|name| IndexDocument::builder().suffix(name).build());
    let error = site.text("ErrorDocument").map(|name| ErrorDocument::builder().key(name).build());
    let made = WebsiteConfiguration::builder()
        .set_index_document(index.transpose()?)
        .set_error_document(error.transpose()?)
        .build();
    let call = clients.s3.put_bucket_website().bucket(bucket).website_configuration(made);
    call.send().await.during("s3:PutBucketWebsite").map(drop)
}

/// Older regions have a hyphen where newer ones have a dot
/// (<https://docs.aws.amazon.com/general/latest/gr/s3.html#s3_website_region_endpoints>).
pub(super) fn url(bucket: &str, region: &str) -> String {
    const HYPHENED: [&str; 8] = [
        "us-east-1",
        "us-west-1",
        "us-west-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-northeast-1",
        "eu-west-1",
        "sa-east-1",
    ];
    let joint = if HYPHENED.contains(&region) { '-' } else { '.' };
    format!("http://{bucket}.s3-website{joint}{region}.amazonaws.com")
}
