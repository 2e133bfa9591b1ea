use serde_json::{Value, json};

use super::bench::Bench;

const OWNED: &str = "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>";

/// Names of buckets are the same for all accounts.
fn name(b: &Bench) -> String {
    format!("bucket-of-{}", b.account)
}

fn bucket(b: &Bench) -> Value {
    let place = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    b.also("CreateBucket", json!({ "Bucket": name(b), "$": place }));
    json!({ "Bucket": name(b) })
}

fn object(b: &Bench) -> Value {
    let object = with(&bucket(b), json!({ "Key": "notes/one" }));
    b.also("PutObject", with(&object, json!({ "$": "content" })));
    object
}

fn upload(b: &Bench) -> Value {
    let at = json!({ "Bucket": name(b), "Key": "big" });
    if b.ask("s3", "GetBucketLocation", json!({ "Bucket": name(b) })).status == 404 {
        bucket(b);
    }
    let upload = b.also("CreateMultipartUpload", at.clone());
    with(&at, json!({ "?uploadId": upload.text("/UploadId") }))
}

fn policy(b: &Bench) -> String {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "AWS": b.account }, "Action": "s3:GetObject",
        "Resource": format!("arn:aws:s3:::{}/*", name(b)),
    }] })
    .to_string()
}

fn with(base: &Value, more: Value) -> Value {
    let mut whole = base.clone();
    let (Value::Object(members), Value::Object(more)) = (&mut whole, more) else {
        panic!("two objects are merged")
    };
    members.extend(more);
    whole
}

operations! { "s3";
    list_buckets:
        |b: &Bench| { bucket(b); b.call(json!({})).has("/Buckets/Bucket/Name", name(b)); },
        |b: &Bench| b.refused_to_others(json!({}), 403, "AccessDenied");
    create_bucket:
        |b: &Bench| { b.call(json!({ "Bucket": name(b), "$": "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>" })); },
        |b: &Bench| b.refused(json!({ "Bucket": "No_Bucket", "$": "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>" }), 400, "InvalidBucketName");
    head_bucket:
        |b: &Bench| { let at = bucket(b); b.call(at); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "");
    delete_bucket:
        |b: &Bench| { let at = bucket(b); b.call(at.clone()); assert_eq!(b.ask("s3", "GetBucketLocation", at).status, 404); },
        |b: &Bench| { object(b); b.refused(json!({ "Bucket": name(b) }), 409, "BucketNotEmpty"); };
    get_bucket_location:
        |b: &Bench| { let at = bucket(b); assert!(b.call(at).raw.contains("eu-west-1")); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    get_bucket_policy_status:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketPolicy", with(&at, json!({ "$": policy(b) }))); assert!(b.call(at).raw.contains("IsPublic")); },
        |b: &Bench| { let at = bucket(b); b.refused(at, 404, "NoSuchBucketPolicy"); };
    list_objects:
        |b: &Bench| { let at = object(b); b.call(json!({ "Bucket": at["Bucket"] })).has("/Contents/Key", "notes/one"); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    list_objects_v2:
        |b: &Bench| { let at = object(b); b.call(json!({ "Bucket": at["Bucket"] })).has("/KeyCount", "1"); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    list_object_versions:
        |b: &Bench| { let at = object(b); b.call(json!({ "Bucket": at["Bucket"] })).has("/Version/Key", "notes/one"); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    delete_objects:
        |b: &Bench| { let at = object(b); b.call(json!({ "Bucket": at["Bucket"], "$": "<Delete><Object><Key>notes/one</Key></Object></Delete>", "@content-md5": "qhLxhFaTdsKLdTZOTV2eWg==" })).has("/Deleted/Key", "notes/one"); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "$": "<Delete>" })), 400, "MalformedXML"); };
    get_object:
        |b: &Bench| { let at = object(b); assert_eq!(b.call(at).raw, "content"); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "Key": "none" })), 404, "NoSuchKey"); };
    head_object:
        |b: &Bench| { let at = object(b); assert_eq!(b.call(at).header("content-length"), Some("7")); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "Key": "none" })), 404, ""); };
    put_object:
        |b: &Bench| { let at = bucket(b); let one = with(&at, json!({ "Key": "notes/one" })); b.call(with(&one, json!({ "$": "content" }))); assert_eq!(b.also("GetObject", one).raw, "content"); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there", "Key": "k", "$": "content" }), 404, "NoSuchBucket");
    copy_object:
        |b: &Bench| { let at = object(b); let source = format!("/{}/notes/one", name(b)); let two = with(&at, json!({ "Key": "two" })); b.call(with(&two, json!({ "@x-amz-copy-source": source }))); assert_eq!(b.also("GetObject", two).raw, "content"); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "Key": "two", "@x-amz-copy-source": format!("/{}/none", name(b)) })), 404, "NoSuchKey"); };
    delete_object:
        |b: &Bench| { let at = object(b); b.call(at.clone()); assert_eq!(b.ask("s3", "GetObject", at).status, 404); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there", "Key": "k" }), 404, "NoSuchBucket");
    put_object_tagging:
        |b: &Bench| { let at = object(b); b.call(with(&at, json!({ "$": "<Tagging><TagSet><Tag><Key>team</Key><Value>blue</Value></Tag></TagSet></Tagging>" }))); b.also("GetObjectTagging", at).has("/TagSet/Tag/Value", "blue"); },
        |b: &Bench| { let at = object(b); b.refused(with(&at, json!({ "$": "<Tagging>" })), 400, "MalformedXML"); };
    get_object_tagging:
        |b: &Bench| { let at = object(b); b.also("PutObjectTagging", with(&at, json!({ "$": "<Tagging><TagSet><Tag><Key>team</Key><Value>blue</Value></Tag></TagSet></Tagging>" }))); b.call(at).has("/TagSet/Tag/Key", "team"); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "Key": "none" })), 404, "NoSuchKey"); };
    delete_object_tagging:
        |b: &Bench| { let at = object(b); b.also("PutObjectTagging", with(&at, json!({ "$": "<Tagging><TagSet><Tag><Key>team</Key><Value>blue</Value></Tag></TagSet></Tagging>" }))); b.call(at.clone()); b.also("GetObjectTagging", at).lacks("/TagSet"); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "Key": "none" })), 404, "NoSuchKey"); };
    get_object_acl:
        |b: &Bench| { let at = object(b); assert!(b.call(at).raw.contains("FULL_CONTROL")); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "Key": "none" })), 404, "NoSuchKey"); };
    put_object_acl:
        |b: &Bench| { let at = object(b); b.also("PutBucketOwnershipControls", json!({ "Bucket": at["Bucket"], "$": OWNED })); b.call(with(&at, json!({ "@x-amz-acl": "private" }))); },
        |b: &Bench| { let at = object(b); b.refused(with(&at, json!({ "@x-amz-acl": "public-read" })), 400, "AccessControlListNotSupported"); };
    get_object_attributes:
        |b: &Bench| { let at = object(b); b.call(with(&at, json!({ "@x-amz-object-attributes": "ObjectSize" }))).has("/ObjectSize", "7"); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "Key": "none", "@x-amz-object-attributes": "ObjectSize" })), 404, "NoSuchKey"); };
    create_multipart_upload:
        |b: &Bench| { let at = bucket(b); assert!(b.call(with(&at, json!({ "Key": "big" }))).at("/UploadId").is_string()); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there", "Key": "big" }), 404, "NoSuchBucket");
    upload_part:
        |b: &Bench| { let at = upload(b); assert!(b.call(with(&at, json!({ "?partNumber": 1, "$": "content" }))).header("etag").is_some()); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "Key": "big", "?uploadId": "none", "?partNumber": 1, "$": "content" })), 404, "NoSuchUpload"); };
    upload_part_copy:
        |b: &Bench| { object(b); let at = upload(b); let source = format!("/{}/notes/one", name(b)); assert!(b.call(with(&at, json!({ "?partNumber": 1, "@x-amz-copy-source": source }))).at("/ETag").is_string()); },
        |b: &Bench| { let at = object(b); b.refused(with(&at, json!({ "Key": "big", "?uploadId": "none", "?partNumber": 1, "@x-amz-copy-source": format!("/{}/notes/one", name(b)) })), 404, "NoSuchUpload"); };
    complete_multipart_upload:
        |b: &Bench| { let at = upload(b); let part = b.also("UploadPart", with(&at, json!({ "?partNumber": 1, "$": "content" }))); let tag = part.header("etag").unwrap_or_default().to_owned(); let parts = format!("<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{tag}</ETag></Part></CompleteMultipartUpload>"); b.call(with(&at, json!({ "$": parts }))).has("/Key", "big"); },
        |b: &Bench| { let at = upload(b); b.refused(with(&at, json!({ "$": "<CompleteMultipartUpload>" })), 400, "MalformedXML"); };
    abort_multipart_upload:
        |b: &Bench| { let at = upload(b); b.call(at.clone()); assert_eq!(b.ask("s3", "ListParts", at).status, 404); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "Key": "big", "?uploadId": "none" })), 404, "NoSuchUpload"); };
    list_parts:
        |b: &Bench| { let at = upload(b); let part = b.also("UploadPart", with(&at, json!({ "?partNumber": 1, "$": "content" }))); let tag = part.header("etag").unwrap_or_default().to_owned(); b.call(at).has("/Part/ETag", tag); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "Key": "big", "?uploadId": "none" })), 404, "NoSuchUpload"); };
    list_multipart_uploads:
        |b: &Bench| { let at = upload(b); b.call(json!({ "Bucket": at["Bucket"] })).has("/Upload/Key", "big"); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    put_bucket_policy:
        |b: &Bench| { let at = bucket(b); b.call(with(&at, json!({ "$": policy(b) }))); assert!(b.also("GetBucketPolicy", at).raw.contains("s3:GetObject")); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "$": "<" })), 400, "MalformedPolicy"); };
    get_bucket_policy:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketPolicy", with(&at, json!({ "$": policy(b) }))); assert!(b.call(at).raw.contains("s3:GetObject")); },
        |b: &Bench| { let at = bucket(b); b.refused(at, 404, "NoSuchBucketPolicy"); };
    delete_bucket_policy:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketPolicy", with(&at, json!({ "$": policy(b) }))); b.call(at.clone()); assert_eq!(b.ask("s3", "GetBucketPolicy", at).status, 404); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    put_bucket_cors:
        |b: &Bench| { let at = bucket(b); b.call(with(&at, json!({ "$": "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>" }))); assert!(b.also("GetBucketCors", at).raw.contains("AllowedOrigin")); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "$": "<" })), 400, "MalformedXML"); };
    get_bucket_cors:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketCors", with(&at, json!({ "$": "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>" }))); assert!(b.call(at).raw.contains("AllowedOrigin")); },
        |b: &Bench| { let at = bucket(b); b.refused(at, 404, "NoSuchCORSConfiguration"); };
    delete_bucket_cors:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketCors", with(&at, json!({ "$": "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>" }))); b.call(at.clone()); assert_eq!(b.ask("s3", "GetBucketCors", at).status, 404); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    put_bucket_lifecycle_configuration:
        |b: &Bench| { let at = bucket(b); b.call(with(&at, json!({ "$": "<LifecycleConfiguration><Rule><ID>old</ID><Status>Enabled</Status><Filter><Prefix>tmp/</Prefix></Filter><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>" }))); assert!(b.also("GetBucketLifecycleConfiguration", at).raw.contains("<Days>1</Days>")); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "$": "<" })), 400, "MalformedXML"); };
    get_bucket_lifecycle_configuration:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketLifecycleConfiguration", with(&at, json!({ "$": "<LifecycleConfiguration><Rule><ID>old</ID><Status>Enabled</Status><Filter><Prefix>tmp/</Prefix></Filter><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>" }))); assert!(b.call(at).raw.contains("<Days>1</Days>")); },
        |b: &Bench| { let at = bucket(b); b.refused(at, 404, "NoSuchLifecycleConfiguration"); };
    delete_bucket_lifecycle:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketLifecycleConfiguration", with(&at, json!({ "$": "<LifecycleConfiguration><Rule><ID>old</ID><Status>Enabled</Status><Filter><Prefix>tmp/</Prefix></Filter><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>" }))); b.call(at.clone()); assert_eq!(b.ask("s3", "GetBucketLifecycleConfiguration", at).status, 404); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    put_bucket_tagging:
        |b: &Bench| { let at = bucket(b); b.call(with(&at, json!({ "$": "<Tagging><TagSet><Tag><Key>team</Key><Value>blue</Value></Tag></TagSet></Tagging>" }))); assert!(b.also("GetBucketTagging", at).raw.contains("blue")); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "$": "<" })), 400, "MalformedXML"); };
    get_bucket_tagging:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketTagging", with(&at, json!({ "$": "<Tagging><TagSet><Tag><Key>team</Key><Value>blue</Value></Tag></TagSet></Tagging>" }))); assert!(b.call(at).raw.contains("blue")); },
        |b: &Bench| { let at = bucket(b); b.refused(at, 404, "NoSuchTagSet"); };
    delete_bucket_tagging:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketTagging", with(&at, json!({ "$": "<Tagging><TagSet><Tag><Key>team</Key><Value>blue</Value></Tag></TagSet></Tagging>" }))); b.call(at.clone()); assert_eq!(b.ask("s3", "GetBucketTagging", at).status, 404); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    put_bucket_website:
        |b: &Bench| { let at = bucket(b); b.call(with(&at, json!({ "$": "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>" }))); assert!(b.also("GetBucketWebsite", at).raw.contains("index.html")); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "$": "<" })), 400, "MalformedXML"); };
    get_bucket_website:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketWebsite", with(&at, json!({ "$": "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>" }))); assert!(b.call(at).raw.contains("index.html")); },
        |b: &Bench| { let at = bucket(b); b.refused(at, 404, "NoSuchWebsiteConfiguration"); };
    delete_bucket_website:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketWebsite", with(&at, json!({ "$": "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>" }))); b.call(at.clone()); assert_eq!(b.ask("s3", "GetBucketWebsite", at).status, 404); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    put_public_access_block:
        |b: &Bench| { let at = bucket(b); b.call(with(&at, json!({ "$": "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>" }))); assert!(b.also("GetPublicAccessBlock", at).raw.contains("BlockPublicAcls")); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "$": "<" })), 400, "MalformedXML"); };
    get_public_access_block:
        |b: &Bench| { let at = bucket(b); b.also("PutPublicAccessBlock", with(&at, json!({ "$": "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>" }))); assert!(b.call(at).raw.contains("BlockPublicAcls")); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    delete_public_access_block:
        |b: &Bench| { let at = bucket(b); b.also("PutPublicAccessBlock", with(&at, json!({ "$": "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>" }))); b.call(at.clone()); assert_eq!(b.ask("s3", "GetPublicAccessBlock", at).status, 404); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    put_bucket_ownership_controls:
        |b: &Bench| { let at = bucket(b); b.call(with(&at, json!({ "$": OWNED }))); assert!(b.also("GetBucketOwnershipControls", at).raw.contains("BucketOwnerPreferred")); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "$": "<" })), 400, "MalformedXML"); };
    get_bucket_ownership_controls:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketOwnershipControls", with(&at, json!({ "$": OWNED }))); assert!(b.call(at).raw.contains("BucketOwnerPreferred")); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    delete_bucket_ownership_controls:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketOwnershipControls", with(&at, json!({ "$": OWNED }))); b.call(at.clone()); assert_eq!(b.ask("s3", "GetBucketOwnershipControls", at).status, 404); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    put_bucket_encryption:
        |b: &Bench| { let at = bucket(b); b.call(with(&at, json!({ "$": "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>" }))); assert!(b.also("GetBucketEncryption", at).raw.contains("AES256")); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "$": "<" })), 400, "MalformedXML"); };
    get_bucket_encryption:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketEncryption", with(&at, json!({ "$": "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>" }))); assert!(b.call(at).raw.contains("AES256")); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    delete_bucket_encryption:
        |b: &Bench| { let at = bucket(b); b.call(at); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    put_bucket_versioning:
        |b: &Bench| { let at = bucket(b); b.call(with(&at, json!({ "$": "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>" }))); assert!(b.also("GetBucketVersioning", at).raw.contains("Enabled")); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "$": "<" })), 400, "MalformedXML"); };
    get_bucket_versioning:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketVersioning", with(&at, json!({ "$": "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>" }))); assert!(b.call(at).raw.contains("Enabled")); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    put_bucket_notification_configuration:
        |b: &Bench| { let at = bucket(b); b.call(with(&at, json!({ "$": "<NotificationConfiguration></NotificationConfiguration>" }))); assert!(b.also("GetBucketNotificationConfiguration", at).raw.contains("NotificationConfiguration")); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "$": "<" })), 400, "MalformedXML"); };
    get_bucket_notification_configuration:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketNotificationConfiguration", with(&at, json!({ "$": "<NotificationConfiguration></NotificationConfiguration>" }))); assert!(b.call(at).raw.contains("NotificationConfiguration")); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    put_bucket_logging:
        |b: &Bench| { let at = bucket(b); b.call(with(&at, json!({ "$": "<BucketLoggingStatus></BucketLoggingStatus>" }))); assert!(b.also("GetBucketLogging", at).raw.contains("BucketLoggingStatus")); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "$": "<" })), 400, "MalformedXML"); };
    get_bucket_logging:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketLogging", with(&at, json!({ "$": "<BucketLoggingStatus></BucketLoggingStatus>" }))); assert!(b.call(at).raw.contains("BucketLoggingStatus")); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    put_bucket_request_payment:
        |b: &Bench| { let at = bucket(b); b.call(with(&at, json!({ "$": "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>" }))); assert!(b.also("GetBucketRequestPayment", at).raw.contains("Requester")); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "$": "<" })), 400, "MalformedXML"); };
    get_bucket_request_payment:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketRequestPayment", with(&at, json!({ "$": "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>" }))); assert!(b.call(at).raw.contains("Requester")); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    put_bucket_accelerate_configuration:
        |b: &Bench| { let at = bucket(b); b.call(with(&at, json!({ "$": "<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>" }))); assert!(b.also("GetBucketAccelerateConfiguration", at).raw.contains("Enabled")); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "$": "<" })), 400, "MalformedXML"); };
    get_bucket_accelerate_configuration:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketAccelerateConfiguration", with(&at, json!({ "$": "<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>" }))); assert!(b.call(at).raw.contains("Enabled")); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    get_bucket_acl:
        |b: &Bench| { let at = bucket(b); assert!(b.call(at).raw.contains("FULL_CONTROL")); },
        |b: &Bench| b.refused(json!({ "Bucket": "no-such-bucket-is-there" }), 404, "NoSuchBucket");
    put_bucket_acl:
        |b: &Bench| { let at = bucket(b); b.also("PutBucketOwnershipControls", with(&at, json!({ "$": OWNED }))); b.call(with(&at, json!({ "@x-amz-acl": "private" }))); },
        |b: &Bench| { let at = bucket(b); b.refused(with(&at, json!({ "@x-amz-acl": "public-read" })), 400, "AccessControlListNotSupported"); };
}
