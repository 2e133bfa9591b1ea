use std::fmt;
use std::sync::Arc;

use tracing::Instrument as _;

use super::identity::{Addressed, address, identify};
use super::shape::render;
use crate::policy::{Matched, Principal};
use crate::sandbox::admin::Admin;
use crate::sandbox::audit::{AuditLog, Entry, Outcome};
use crate::sandbox::authority::{denied_code, is_denial, request_keys};
use crate::sandbox::keeping::Keeper;
use crate::sandbox::{
    Access, AccountId, Authority, Call, Caller, Entrance, Protocol, Request, Response, Scope, Service,
    ServiceError,
};

/// Takes every request that comes to the sandbox.
pub struct Front {
    pub services: Vec<Arc<dyn Service>>,
    pub entrances: Vec<Arc<dyn Entrance>>,
    pub authority: Arc<Authority>,
    pub audit: Arc<AuditLog>,
    pub admin: Admin,
    pub keeper: Arc<Keeper>,
}

impl fmt::Debug for Front {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Front").field("authority", &self.authority).finish_non_exhaustive()
    }
}

/// What anybody may call: a policy can neither allow nor deny it. A browser's question before it calls carries no signature.
///
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>,
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>,
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html>,
/// <https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html>,
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-public-server-side.html>
const FOR_ANYBODY: [(&str, &str); 8] = [
    ("cognito-idp", "InitiateAuth"),
    ("cognito-idp", "SignUp"),
    ("s3", "PreflightRequest"),
    ("s3", "DeleteObjects"),
    ("sns", "ConfirmSubscription"),
    ("sts", "AssumeRoleWithWebIdentity"),
    ("sts", "GetCallerIdentity"),
    ("sts", "GetSessionToken"),
];

/// A call on its way: what the audit log will say of it.
struct Passage {
    service: Arc<dyn Service>,
    caller: Option<Caller>,
    scope: Option<Scope>,
    /// Of a request whose signature did not count: the key that it claims, and the key's account.
    claimed: Option<(String, Option<AccountId>)>,
    region: String,
    operation: String,
    read_only: bool,
    resources: Vec<String>,
    allowed_by: Vec<Matched>,
}

/// Why nobody was let in.
pub(super) struct Refused {
    pub(super) error: ServiceError,
    /// The key that the request claims, and the key's account.
    pub(super) claimed: Option<(String, Option<AccountId>)>,
}

impl Front {
    /// Answers a request. A panic on the way is answered with 500 and ends nothing but this request; a client that
    /// goes away does not end its call, as on AWS.
    pub async fn answer(self: Arc<Self>, request: Request) -> Response {
        let span = tracing::info_span!("request", id = %request.id, method = %request.method, path = %request.raw_path);
        let head = Request { body: bytes::Bytes::new(), ..request.clone() };
        let front = Arc::clone(&self);
        let task = tokio::spawn(async move { front.route(request).await }.instrument(span));
        match task.await {
            Ok(response) => response,
            Err(error) => {
                tracing::error!(%error, id = %head.id, "a request was not answered");
                self.broken(&head)
            }
        }
    }

    async fn route(&self, request: Request) -> Response {
        if let Some(response) = self.admin.answer(&request, &self.services) {
            // A freeze has come about when nothing is under way any more that was let in before it.
            let left = if request.raw_path.ends_with("/freeze") { self.authority.quiet().await } else { 0 };
            if left > 0 {
                tracing::warn!(left, "calls that were let in before the freeze have not ended");
            }
            return match self.keeper.settled().await {
                Ok(()) => response,
                Err(error) => Response::json(error.status, &serde_json::json!({ "message": error.message })),
            };
        }
        for entrance in &self.entrances {
            if entrance.claims(&request) {
                if !self.authority.standing().opens_entrances() {
                    return Response::json(403, &serde_json::json!({ "message": "Forbidden" }));
                }
                return entrance.serve(request).await;
            }
        }
        let addressed = address(&request);
        if let Some((service, scope)) = self.open_door(&addressed, &request) {
            let principal = if self.authority.is_open() {
                Principal::Root { account: scope.account.to_string() }
            } else {
                Principal::Anonymous
            };
            let caller = Caller { principal, access_key_id: None };
            return self.serve(service, scope.region.clone(), request, Ok((caller, scope))).await;
        }
        let Some(service) = self.find(&addressed, &request) else { return no_service(&addressed, &request) };
        let region = addressed.region.clone();
        match identify(&request, &addressed, &self.authority, request.received) {
            Ok(known) => self.serve(service, region, request, Ok(known)).await,
            Err(refusal) => {
                let error = refusal.to_error(service.protocol());
                let refused = Refused { error, claimed: self.claimed(&addressed) };
                self.serve(service, region, request, Err(refused)).await
            }
        }
    }

    /// Lets a service answer a caller, or refuses it in the service's shape, and notes what came of it.
    pub(super) async fn serve(
        &self,
        service: Arc<dyn Service>,
        region: String,
        request: Request,
        known: Result<(Caller, Scope), Refused>,
    ) -> Response {
        let mut passage = Passage {
            service: Arc::clone(&service),
            caller: None,
            scope: None,
            claimed: None,
            region,
            operation: String::new(),
            read_only: true,
            resources: vec![],
            allowed_by: vec![],
        };
        let head = Request { body: bytes::Bytes::new(), ..request.clone() };
        let result = match known {
            Ok((caller, scope)) => self.pass(request, caller, scope, &mut passage).await,
            Err(refused) => {
                passage.claimed = refused.claimed;
                Err(refused.error)
            }
        };
        let (response, error) = match result {
            Ok(response) => {
                let error = failure_of(&response);
                (response, error)
            }
            Err(error) => {
                let response = service
                    .render_error(&error, &head)
                    .unwrap_or_else(|| render(service.protocol(), service.signing_name(), &error, &head));
                (response, Some((error.code.into_owned(), error.message)))
            }
        };
        tracing::debug!(
            service = service.signing_name(),
            operation = %passage.operation,
            status = response.status.as_u16(),
            error = error.as_ref().map_or("", |(code, _)| code.as_str()),
            "answered"
        );
        self.audit.record(passage.into_entry(&head, error));
        response
    }

    /// Resolves, decides, and only then lets the service handle the call.
    async fn pass(
        &self,
        request: Request,
        caller: Caller,
        scope: Scope,
        passage: &mut Passage,
    ) -> Result<Response, ServiceError> {
        let service = Arc::clone(&passage.service);
        passage.caller = Some(caller.clone());
        passage.scope = Some(scope.clone());
        if let Some(key) = &caller.access_key_id {
            self.authority.directory().used(key, service.signing_name(), &scope.region);
        }
        let refuse = |reason: &str| {
            let (code, status) = denied_code(service.signing_name());
            let who = caller.principal.arn().unwrap_or_else(|| "anonymous".to_owned());
            ServiceError::new(
                status,
                code,
                format!("User: {who} is not authorized to perform this action because {reason}"),
            )
        };
        // Noted before it is let in, so that a freeze that comes between knows of it.
        let under_way = self.authority.pass();
        // Whoever is shut out learns nothing of what is there.
        self.authority.admit(&caller, false).map_err(refuse)?;
        let mut operation = service.resolve(&request, &scope)?;
        if operation.accesses.is_empty()
            && !FOR_ANYBODY.contains(&(service.signing_name(), operation.name.as_str()))
        {
            // A call that names nothing to act on (a transaction of no items) still needs its action.
            let action = format!("{}:{}", service.signing_name(), operation.name);
            operation.accesses.push(Access::new(action, "*"));
        }
        self.authority.admit(&caller, operation.mutates).map_err(refuse)?;
        passage.operation.clone_from(&operation.name);
        passage.read_only = !operation.mutates;
        passage.resources = operation.accesses.iter().map(|access| access.resource.clone()).collect();
        if !operation.accesses.is_empty() {
            let keys = request_keys(&request, &caller, &scope);
            for access in &operation.accesses {
                let decision = self.authority.check(service.signing_name(), &caller, access, keys.clone())?;
                passage.allowed_by.extend(decision.decided_by);
            }
        }
        // A function or an express execution may run for minutes. What it calls is let in or not by itself.
        let long = operation.name.starts_with("Invoke") || operation.name == "StartSyncExecution";
        let under_way = (!long).then_some(under_way);
        if !operation.mutates {
            return service.handle(Call { request, scope, caller, operation }).await;
        }
        self.keeper.check()?;
        let account = scope.account.clone();
        let answer = service.handle(Call { request, scope, caller, operation }).await;
        // Also what a call changed that failed in the end; and no answer before it is on disk.
        self.keeper.save(service.signing_name(), &account)?;
        self.keeper.settled().await?;
        drop(under_way);
        answer
    }

    /// Finds the service that takes a request without any signature, as an anonymous one.
    fn open_door(&self, addressed: &Addressed, request: &Request) -> Option<(Arc<dyn Service>, Scope)> {
        if !matches!(addressed.claim, Ok(None)) {
            return None;
        }
        let name = addressed.service.as_deref();
        let mut services =
            self.services.iter().filter(|service| name.is_none_or(|name| service.signing_name() == name));
        services.find_map(|service| Some((Arc::clone(service), service.anonymous(request)?)))
    }

    /// Returns the key that a refused request came with, and its account where the key is one of the sandbox's: whoever
    /// looks into the log sees what was tried in the account's name.
    fn claimed(&self, addressed: &Addressed) -> Option<(String, Option<AccountId>)> {
        let key = &addressed.claim.as_ref().ok()?.as_ref()?.credential.access_key_id;
        Some((key.clone(), self.authority.directory().key(key).map(|record| record.account)))
    }

    fn find(&self, addressed: &Addressed, request: &Request) -> Option<Arc<dyn Service>> {
        let name = addressed.service.as_deref()?;
        self.services.iter().find(|service| service.signing_name() == name && service.takes(request)).cloned()
    }

    fn broken(&self, request: &Request) -> Response {
        let error = ServiceError::new(500, "InternalFailure", "The sandbox failed to answer this request.");
        let addressed = address(request);
        match self.find(&addressed, request) {
            Some(service) => render(service.protocol(), service.signing_name(), &error, request),
            None => render(Protocol::RestJson, "", &error, request),
        }
    }
}

impl Passage {
    fn into_entry(self, request: &Request, error: Option<(String, String)>) -> Entry {
        let (error_code, error_message) = error.unzip();
        let (claimed_key, claimed_account) = self.claimed.unzip();
        let claimed_account = claimed_account.flatten();
        let denied = error_code.as_deref().is_some_and(is_denial);
        Entry {
            request_id: request.id.clone(),
            time: request.received,
            account: self.scope.map(|scope| scope.account).or(claimed_account),
            region: self.region,
            access_key_id: match &self.caller {
                Some(caller) => caller.access_key_id.clone(),
                None => claimed_key,
            },
            principal: self.caller.map(|caller| caller.principal),
            source_ip: request.peer.to_canonical().to_string(),
            user_agent: request.header("user-agent").unwrap_or_default().to_owned(),
            invoked_by: None,
            service: self.service.signing_name().to_owned(),
            operation: self.operation,
            read_only: self.read_only,
            resources: self.resources,
            outcome: match (&error_code, denied) {
                (None, _) => Outcome::Allowed,
                (Some(_), true) => Outcome::Denied,
                (Some(_), false) => Outcome::Failed,
            },
            allowed_by: self.allowed_by,
            error_code,
            error_message,
        }
    }
}

/// Finds the error code in an answer that a service shaped itself.
fn failure_of(response: &Response) -> Option<(String, String)> {
    if response.status.as_u16() < 400 {
        return None;
    }
    let header = response.headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok());
    let body = serde_json::from_slice::<serde_json::Value>(&response.body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(serde_json::Value::as_str);
    let code = header.or_else(|| text("__type")).unwrap_or("Unknown");
    let code = code.rsplit('#').next().unwrap_or(code).to_owned();
    Some((code, text("message").or_else(|| text("Message")).unwrap_or_default().to_owned()))
}

/// Answers a request for a service that the sandbox does not have, or for none that can be told.
fn no_service(addressed: &Addressed, request: &Request) -> Response {
    let error = match &addressed.service {
        Some(service) => ServiceError::new(
            501,
            "NotImplemented",
            format!("the sandbox does not cover the service {service}"),
        ),
        // The words of API Gateway for whatever it cannot place.
        None => ServiceError::new(403, "MissingAuthenticationTokenException", "Missing Authentication Token"),
    };
    let target = request.headers.contains_key("x-amz-target");
    let form = request.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form"));
    let protocol = match () {
        () if target => Protocol::Json11,
        () if form => Protocol::Query,
        () => Protocol::RestJson,
    };
    render(protocol, addressed.service.as_deref().unwrap_or_default(), &error, request)
}
