use bytes::Bytes;

use super::S3;
use super::access::on;
use super::fault::{access_denied, no_such_key};
use crate::policy::Context;
use crate::sandbox::{AccountId, Caller, ObjectReader, Scope, ServiceError};

impl ObjectReader for S3 {
    fn read_object(
        &self,
        caller: &Caller,
        bucket: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<Bytes, ServiceError> {
        let state = self.state();
        let kept = state.bucket(bucket)?;
        let action = if version.is_some() { "s3:GetObjectVersion" } else { "s3:GetObject" };
        let account =
            caller.principal.account().and_then(AccountId::parse).unwrap_or_else(AccountId::fallback);
        let scope = Scope { account, region: kept.facts.region.clone() };
        let may = |key: &str, action: &str| {
            let access = on(kept, bucket, key, action.to_owned(), &scope);
            self.authority.decide(caller, &access, Context::new()).is_allowed()
        };
        if !may(key, action) {
            return Err(access_denied());
        }
        match kept.version(key, version) {
            Ok(found) if !found.marker => Ok(found.content.bytes.clone()),
            _ if !may("", "s3:ListBucket") => Err(access_denied()),
            Ok(_) => Err(no_such_key(key)),
            Err(missing) => Err(missing),
        }
    }
}
