use std::net::{IpAddr, Ipv4Addr};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::S3;
use super::access::{accesses, on};
use super::operation::Ask;
use crate::policy::Principal;
use crate::sandbox::{
    AccountId, Call, Caller, Future, HeaderNames, ObjectWriter, Operation, Request, Scope, ServiceError,
    acting_for, source_keys,
};

/// What stays as it is in an object's key on its way through a path.
const KEY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl S3 {
    fn scope_of(&self, bucket: &str) -> Result<Scope, ServiceError> {
        let state = self.state();
        let kept = state.bucket(bucket)?;
        let account = kept.owner().unwrap_or_else(AccountId::fallback);
        Ok(Scope { account, region: kept.facts.region.clone() })
    }
}

impl ObjectWriter for S3 {
    fn try_bucket(&self, sender: &Principal, source: &str, bucket: &str) -> Result<(), ServiceError> {
        let scope = self.scope_of(bucket)?;
        let mut access = on(self.state().bucket(bucket)?, bucket, "", "s3:GetBucketAcl".to_owned(), &scope);
        access.context.extend(source_keys(Some(source)));
        self.authority.check_internal("s3", acting_for(sender), sender, &access, &scope).map(drop)
    }

    fn write_object<'a>(
        &'a self,
        sender: &'a Principal,
        source: &'a str,
        bucket: &'a str,
        key: &'a str,
        body: Bytes,
        acl: &'static str,
    ) -> Future<'a, Result<(), ServiceError>> {
        Box::pin(async move {
            let scope = self.scope_of(bucket)?;
            let request = Request {
                method: Method::PUT,
                raw_path: format!("/{bucket}/{}", utf8_percent_encode(key, KEY)),
                raw_query: String::new(),
                headers: HeaderMap::from_iter([(
                    http::HeaderName::from_static("x-amz-acl"),
                    HeaderValue::from_static(acl),
                )]),
                header_names: HeaderNames::default(),
                body,
                peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
                received: self.clock.now(),
                id: self.random.uuid(),
            };
            let ask = Ask::read(&request)?;
            let asked = accesses(&self.state(), &ask, &request, &scope)?;
            for mut access in asked {
                access.context.extend(source_keys(Some(source)));
                self.authority.check_internal("s3", acting_for(sender), sender, &access, &scope)?;
            }
            let operation = Operation {
                name: ask.name.clone(),
                accesses: Vec::new(),
                mutates: true,
                input: Box::new(ask),
            };
            let caller = Caller { principal: sender.clone(), access_key_id: None };
            self.carry_out(Call { request, scope, caller, operation }).await.map(drop)
        })
    }
}
