use jiff::Timestamp;

use super::routing::{guess_region, guess_service};
use super::signature::{Claim, Refusal, verify, verify_token};
use crate::policy::Principal;
use crate::sandbox::{AccountId, Authority, Caller, Protocol, Request, Scope, ServiceError};

/// What a signature, or its lack, says of a request: for which service and region, and by whom.
#[derive(Debug)]
pub(super) struct Addressed {
    /// Signing name; `None` when nothing in the request tells.
    pub(super) service: Option<String>,
    pub(super) region: String,
    pub(super) claim: Result<Option<Claim>, Refusal>,
}

/// Reads what a request is addressed to. Nothing is verified yet.
pub(super) fn address(request: &Request) -> Addressed {
    let claim = Claim::of(request);
    match &claim {
        Ok(Some(claim)) => Addressed {
            service: Some(claim.credential.service.clone()),
            region: claim.credential.region.clone(),
            claim: Ok(Some(claim.clone())),
        },
        _ => Addressed { service: guess_service(request), region: guess_region(request), claim },
    }
}

/// Establishes who calls: the owner of a key that the sandbox issued, if the signature is right.
///
/// In an open sandbox whoever comes with another key, or none, is root: of the account that a 12-digit key id names,
/// else of [`AccountId::fallback`]. Keys that the sandbox issued are verified there too, so that a function or a
/// candidate stays what its policies make it.
pub(super) fn identify(
    request: &Request,
    addressed: &Addressed,
    authority: &Authority,
    now: Timestamp,
) -> Result<(Caller, Scope), Refusal> {
    let claim = match &addressed.claim {
        Ok(Some(claim)) => claim,
        Ok(None) | Err(_) if authority.is_open() => {
            return Ok(root_of(AccountId::fallback(), None, addressed));
        }
        Ok(None) => return Err(Refusal::Unsigned),
        Err(refusal) => return Err(refusal.clone()),
    };
    let key = &claim.credential.access_key_id;
    let Some(record) = authority.directory().key(key) else {
        if authority.is_open() {
            let account = AccountId::parse(key).unwrap_or_else(AccountId::fallback);
            return Ok(root_of(account, Some(key.clone()), addressed));
        }
        return Err(Refusal::UnknownKey);
    };
    verify_token(claim, &record, now)?;
    // Clients sign by the machine's clock.
    let mut claim = claim.clone();
    claim.date = authority.clock().translate(claim.date);
    verify(request, &claim, &record.secret, now)?;
    let scope = Scope { account: record.account, region: addressed.region.clone() };
    Ok((Caller { principal: record.principal, access_key_id: Some(key.clone()) }, scope))
}

/// Establishes who signed a request to a data plane of `service`; `None` when it is not signed at all.
pub(in crate::sandbox) fn signer(
    request: &Request,
    service: &str,
    authority: &Authority,
) -> Result<Option<Caller>, ServiceError> {
    let addressed = address(request);
    if matches!(addressed.claim, Ok(None)) {
        return Ok(None);
    }
    let to_error = |refusal: Refusal| refusal.to_error(Protocol::RestJson);
    // Here an open sandbox is no other: what claims to be a signature and is none is nobody's.
    if let Err(refusal) = &addressed.claim {
        return Err(to_error(refusal.clone()));
    }
    if addressed.service.as_deref() != Some(service) {
        let text = format!("Credential should be scoped to correct service: '{service}'. ");
        return Err(to_error(Refusal::WrongScope(text)));
    }
    identify(request, &addressed, authority, request.received)
        .map(|(caller, _)| Some(caller))
        .map_err(to_error)
}

fn root_of(account: AccountId, key: Option<String>, addressed: &Addressed) -> (Caller, Scope) {
    let principal = Principal::Root { account: account.to_string() };
    (Caller { principal, access_key_id: key }, Scope { account, region: addressed.region.clone() })
}
