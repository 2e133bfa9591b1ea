use super::identity::{address, identify};
use crate::policy::Decision;
use crate::sandbox::authority::request_keys;
use crate::sandbox::{Access, Authority, Protocol, Request, ServiceError};

/// Verifies who sends a request and decides one access for it: what the front does with each request before its service
/// sees it, without a service. For measuring.
pub fn admit(request: &Request, authority: &Authority, access: &Access) -> Result<Decision, ServiceError> {
    let addressed = address(request);
    let (caller, scope) = identify(request, &addressed, authority, request.received)
        .map_err(|refusal| refusal.to_error(Protocol::RestJson))?;
    let keys = request_keys(request, &caller, &scope);
    let service = addressed.service.unwrap_or_default();
    authority.check(&service, &caller, access, keys)
}
