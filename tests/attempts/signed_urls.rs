//! URLs that a candidate signs while that is allowed, and that others may hold when it is not any more.

use std::time::Duration;

use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use proofmark::aws::{Clients, Endpoint, Settling};

use super::abroad::{Abroad, with_a_role};
use super::taker::{Hand, REGION};
use crate::support::{Received, Sent};

const BUCKET: &str = "keepsakes";

/// Uses a URL as anybody would who was given it: without keys.
fn call(hand: &Hand, url: &PresignedRequest, body: &str) -> Received {
    let target = url.uri().strip_prefix(&format!("http://{}", hand.address)).unwrap();
    let headers = url.headers().filter(|(name, _)| *name != "content-length");
    let sent = headers.fold(Sent::new(url.method(), target), |sent, (name, value)| sent.header(name, value));
    sent.body(body).send(hand.address)
}

#[test]
fn a_url_that_was_signed_in_time_is_refused_after_the_freeze() {
    let taker = with_a_role("90m");
    taker.change("candidate-policy.json", r#""dynamodb:*""#, r#"["dynamodb:*", "s3:*"]"#);
    taker.change("scenario/template.yaml", "Action: 'dynamodb:*'", "Action: 's3:*'");
    let abroad = Abroad::new(taker);
    let (taker, s3) = (&abroad.taker, &abroad.lease.clients.s3);
    let (mut beside, id) = abroad.begin(&[]);
    let hand = taker.hand(&id);
    let role = abroad.standing().into_iter().find(|name| name.contains("Helper")).unwrap();
    let keys = (&hand.keys.id, &hand.keys.secret);
    let candidate =
        Clients::new(&Endpoint::with_keys(Some(&abroad.url), REGION, keys.0, keys.1, Settling::Immediate));
    let session = abroad.session(&role);

    // Good for longer than the attempt.
    let hours = || PresigningConfig::expires_in(Duration::from_hours(4)).unwrap();
    let urls = abroad.runtime.block_on(async {
        let place = CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::from(REGION))
            .build();
        s3.create_bucket().bucket(BUCKET).create_bucket_configuration(place).send().await.unwrap();
        s3.put_object().bucket(BUCKET).key("note").body(b"kept".to_vec().into()).send().await.unwrap();
        let mut urls = Vec::new();
        for by in [&candidate, &session] {
            let read = by.s3.get_object().bucket(BUCKET).key("note").presigned(hours()).await.unwrap();
            let write = by.s3.put_object().bucket(BUCKET).key("late").presigned(hours()).await.unwrap();
            urls.push((read, write));
        }
        urls
    });
    for (read, write) in &urls {
        let answer = call(&hand, read, "");
        assert_eq!((answer.status, answer.text().as_str()), (200, "kept"));
        let answer = call(&hand, write, "in time");
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    taker.run(&["submit", &id]).ends_with(1, &[]);
    beside.code();
    for (read, write) in &urls {
        let refused = call(&hand, read, "");
        assert_eq!(refused.status, 403, "{}", refused.text());
        assert!(!refused.text().contains("kept"));
        assert_eq!(call(&hand, write, "too late").status, 403);
    }
    let late = abroad.runtime.block_on(async {
        let object = s3.get_object().bucket(BUCKET).key("late").send().await.unwrap();
        object.body.collect().await.unwrap().to_vec()
    });
    assert_eq!(late, b"in time");
    taker.run(&["release", &id]).ends_with(0, &["is released"]);
}
