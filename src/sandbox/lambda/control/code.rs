use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::super::entity::Package;
use super::constraint::{invalid, serialization};
use super::service::Core;
use crate::sandbox::{Caller, ServiceError};

impl Core {
    /// Reads the code that a request brings (`ZipFile`), or the object that it names, as the one who asks.
    pub(super) fn read_code(
        &self,
        code: &Map<String, Value>,
        caller: &Caller,
    ) -> Result<Package, ServiceError> {
        let given = |key: &str| code.get(key).filter(|value| !value.is_null());
        if given("ImageUri").is_some() {
            return Err(ServiceError::not_covered("lambda", "functions from container images"));
        }
        let text = |key: &str| given(key).and_then(Value::as_str);
        match (given("ZipFile"), text("S3Bucket"), text("S3Key")) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                Err(invalid("Please do not provide other FunctionCode parameters when providing a ZipFile."))
            }
            (Some(zip), None, None) => {
                let text = zip.as_str().ok_or_else(|| serialization(zip, "a blob"))?;
                let bytes = STANDARD.decode(text).map_err(|_| {
                    ServiceError::new(400, "SerializationException", "ZipFile is not valid base64")
                })?;
                Package::read(bytes.into())
            }
            (None, Some(bucket), Some(key)) => {
                let version = text("S3ObjectVersion");
                // Where the sandbox has no S3 there is no bucket either.
                let objects = self
                    .surroundings
                    .objects()
                    .ok_or_else(|| refused("NoSuchBucket", "The specified bucket does not exist"))?;
                let read = objects.read_object(caller, bucket, key, version);
                Package::read(read.map_err(|error| denied_or(&error, bucket, key))?)
            }
            (None, Some(_), None) | (None, None, Some(_)) => {
                Err(invalid("Please provide both S3Bucket and S3Key parameters."))
            }
            (None, None, None) => Err(invalid("Please provide a source for function code.")),
        }
    }
}

fn refused(code: &str, message: &str) -> ServiceError {
    invalid(format!("Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}"))
}

fn denied_or(error: &ServiceError, bucket: &str, key: &str) -> ServiceError {
    if error.code != "AccessDenied" {
        return refused(&error.code, &error.message);
    }
    ServiceError::new(
        403,
        "AccessDeniedException",
        format!(
            "Your access has been denied by S3, please make sure your request credentials have permission to GetObject for \
             {bucket}/{key}. S3 Error Code: AccessDenied. S3 Error Message: {}",
            error.message
        ),
    )
}
