use serde_json::Value;

use super::Ask;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::state::Region;

pub(super) fn import(_region: &mut Region, _ask: &Ask<'_>) -> Result<Value, ServiceError> {
    Err(ServiceError::not_covered("apigateway", "ImportRestApi"))
}

pub(super) fn put(_region: &mut Region, _ask: &Ask<'_>) -> Result<Value, ServiceError> {
    Err(ServiceError::not_covered("apigateway", "PutRestApi"))
}
