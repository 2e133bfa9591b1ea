use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::chunks::{Plain, plain};
use super::operation::{Ask, Operation as Kind};
use super::state::State;
use super::{
    access, address, buckets, configuration, copy, cors, delete, listing, multipart, notify, objects, tags,
};
use crate::context::{Clock, Random};
use crate::sandbox::keeping::Keeper;
use crate::sandbox::{
    AccountId, Authority, Call, Caller, Future, Invoker, MessageSink, Operation, Protocol, Request, Response,
    Scope, Service, ServiceError,
};

/// Amazon S3.
pub struct S3 {
    pub(super) authority: Arc<Authority>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Random,
    pub(super) invoker: Arc<dyn Invoker>,
    /// Where notifications may go besides functions.
    pub(super) sinks: Vec<Arc<dyn MessageSink>>,
    pub(super) keeper: Arc<Keeper>,
    state: Mutex<State>,
}

/// A call at work.
pub(super) struct Desk<'a> {
    pub(super) s3: &'a S3,
    pub(super) request: &'a Request,
    pub(super) scope: &'a Scope,
    pub(super) caller: &'a Caller,
    pub(super) body: Plain,
    /// Milliseconds since 1970.
    pub(super) now: i64,
}

impl S3 {
    pub fn new(
        authority: Arc<Authority>,
        clock: Arc<dyn Clock>,
        random: Random,
        invoker: Arc<dyn Invoker>,
        sinks: Vec<Arc<dyn MessageSink>>,
    ) -> Self {
        Self {
            authority,
            clock,
            random,
            invoker,
            sinks,
            keeper: Arc::new(Keeper::in_memory()),
            state: Mutex::default(),
        }
    }

    /// Writes what changes through to a keeper.
    #[must_use]
    pub fn kept_by(self, keeper: Arc<Keeper>) -> Self {
        Self { keeper, ..self }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new version id: 32 characters, as S3's.
    pub(super) fn version_id(&self) -> String {
        self.random.characters(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._", 32)
    }

    pub(super) async fn carry_out(&self, call: Call) -> Result<Response, ServiceError> {
        let Call { request, scope, caller, operation } = call;
        let ask = operation.input.downcast::<Ask>().map_err(|_| {
            ServiceError::new(500, "InternalError", "We encountered an internal error. Please try again.")
        })?;
        let body = plain(&request)?;
        let desk = Desk {
            s3: self,
            request: &request,
            scope: &scope,
            caller: &caller,
            body,
            now: self.clock.now().as_millisecond(),
        };
        if let Kind::PutConfiguration(configuration) = ask.operation
            && configuration.subresource == "notification"
        {
            notify::check(&desk, &ask).await?;
        }
        let answer = run(&desk, &ask)?;
        if ask.mutates() {
            self.keep_after(&desk, &ask)?;
        }
        let answer = cors::allow(&desk, &ask, answer);
        notify::after(&desk, &ask, &answer);
        Ok(answer.with_header("x-amz-request-id", &request.id))
    }
}

fn run(desk: &Desk<'_>, ask: &Ask) -> Result<Response, ServiceError> {
    match ask.operation {
        Kind::ListBuckets => buckets::list(desk, ask),
        Kind::CreateBucket => buckets::create(desk, ask),
        Kind::HeadBucket => buckets::head(desk, ask),
        Kind::DeleteBucket => buckets::delete(desk, ask),
        Kind::GetBucketLocation => buckets::location(desk, ask),
        Kind::GetBucketPolicyStatus => buckets::policy_status(desk, ask),
        Kind::GetConfiguration(which) => configuration::get(desk.s3.state().bucket(&ask.bucket)?, which),
        Kind::PutConfiguration(which) => configuration::put(desk, ask, which),
        Kind::DeleteConfiguration(which) => configuration::delete(desk, ask, which),
        Kind::ListObjects | Kind::ListObjectsV2 => listing::objects(desk, ask),
        Kind::ListObjectVersions => listing::versions(desk, ask),
        Kind::ListMultipartUploads => listing::uploads(desk, ask),
        Kind::ListParts => listing::parts(desk, ask),
        Kind::DeleteObjects => delete::many(desk, ask),
        Kind::DeleteObject => delete::one(desk, ask),
        Kind::GetObject | Kind::HeadObject => objects::get(desk, ask),
        Kind::GetObjectAttributes => objects::attributes(desk, ask),
        Kind::GetObjectAcl => objects::acl(desk, ask),
        Kind::PutObjectAcl => objects::put_acl(desk, ask),
        Kind::PutObject => objects::put(desk, ask),
        Kind::CopyObject => copy::object(desk, ask),
        Kind::UploadPartCopy => copy::part(desk, ask),
        Kind::GetObjectTagging => tags::get(desk, ask),
        Kind::PutObjectTagging => tags::put(desk, ask),
        Kind::DeleteObjectTagging => tags::delete(desk, ask),
        Kind::CreateMultipartUpload => multipart::create(desk, ask),
        Kind::UploadPart => multipart::part(desk, ask),
        Kind::CompleteMultipartUpload => multipart::complete(desk, ask),
        Kind::AbortMultipartUpload => multipart::abort(desk, ask),
        Kind::Preflight => cors::preflight(desk, ask),
    }
}

/// An answer of XML.
pub(super) fn xml_answer(status: u16, body: String) -> Response {
    Response { body: body.into(), ..Response::empty(status) }.with_header("content-type", "application/xml")
}

impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3").finish_non_exhaustive()
    }
}

impl Service for S3 {
    fn signing_name(&self) -> &'static str {
        "s3"
    }

    fn protocol(&self) -> Protocol {
        Protocol::RestXml
    }

    fn resolve(&self, request: &Request, scope: &Scope) -> Result<Operation, ServiceError> {
        let ask = Ask::read(request)?;
        let accesses = access::accesses(&self.state(), &ask, request, scope)?;
        Ok(Operation { name: ask.name.clone(), accesses, mutates: ask.mutates(), input: Box::new(ask) })
    }

    fn handle(&self, call: Call) -> Future<'_, Result<Response, ServiceError>> {
        Box::pin(self.carry_out(call))
    }

    /// A bucket that is there may be asked by anybody; its policy says what comes of it.
    fn anonymous(&self, request: &Request) -> Option<Scope> {
        let bucket = address::address(request).bucket?;
        let state = self.state();
        let bucket = state.buckets.get(&bucket)?;
        Some(Scope { account: bucket.owner()?, region: bucket.facts.region.clone() })
    }

    fn reset(&self, account: Option<&AccountId>) {
        self.state().reset(account);
    }
}
