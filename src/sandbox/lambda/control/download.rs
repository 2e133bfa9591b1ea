use std::sync::Arc;

use hmac::{Hmac, Mac};
use jiff::SignedDuration;
use sha2::Sha256;

use super::super::entity::{FunctionName, LayerVersion, Package, Snapshot};
use super::service::Core;
use crate::sandbox::{AccountId, Entrance, Future, Request, Response, Scope};

const PREFIX: &str = "/_aws/lambda/";
/// How long an address serves. <https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCodeLocation.html>
const VALID: SignedDuration = SignedDuration::from_mins(10);

/// Serves the packages that `Code.Location` and a layer's `Content.Location` point to.
pub(super) struct CodeDownload {
    pub(super) core: Arc<Core>,
}

/// Returns the address of a function's package.
pub(super) fn location(core: &Core, request: &Request, name: &FunctionName, snapshot: &Snapshot) -> String {
    let Scope { account, region } = &name.scope;
    let path = format!(
        "{PREFIX}code/{region}/{account}/{}/{}/{}",
        name.name, snapshot.version, snapshot.package.digest
    );
    sign(core, request, &path)
}

/// Returns the address of a layer's package.
pub(super) fn layer_location(
    core: &Core,
    request: &Request,
    scope: &Scope,
    version: &LayerVersion,
) -> String {
    let name = version.layer_arn.rsplit(':').next().unwrap_or_default();
    let Scope { account, region } = scope;
    let path =
        format!("{PREFIX}layer/{region}/{account}/{name}/{}/{}", version.version, version.package.digest);
    sign(core, request, &path)
}

fn sign(core: &Core, request: &Request, path: &str) -> String {
    let expires = request.received.saturating_add(VALID).unwrap_or(request.received).as_second();
    let host = request.header("host").map_or_else(|| core.engine.address().to_string(), str::to_owned);
    let path = path.replace('$', "%24");
    let signature = hex::encode(mac(core, &path, &expires.to_string()).finalize().into_bytes());
    format!("http://{host}{path}?Expires={expires}&Signature={signature}")
}

fn mac(core: &Core, path: &str, expires: &str) -> Hmac<Sha256> {
    let mut mac = <Hmac<Sha256> as Mac>::new(&core.download_key.into());
    mac.update(path.as_bytes());
    mac.update(b"?");
    mac.update(expires.as_bytes());
    mac
}

impl CodeDownload {
    fn find(&self, request: &Request) -> Result<Arc<Package>, Response> {
        let refuse = |status: u16, code: &str, message: &str| {
            let mut response = Response::empty(status).with_header("content-type", "application/xml");
            response.body = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
            )
            .into();
            response
        };
        let expires = request.query_value("Expires").unwrap_or_default();
        let signature =
            request.query_value("Signature").and_then(|text| hex::decode(text).ok()).unwrap_or_default();
        // Compared in constant time.
        let wrong = mac(&self.core, &request.raw_path, &expires).verify_slice(&signature).is_err();
        if wrong {
            return Err(refuse(
                403,
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided.",
            ));
        }
        if expires.parse::<i64>().is_ok_and(|expires| expires < request.received.as_second()) {
            return Err(refuse(403, "AccessDenied", "Request has expired"));
        }
        let segments = request.segments();
        let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
        let missing = || refuse(404, "NoSuchKey", "The specified key does not exist.");
        let [_, _, kind, region, account, name, version, digest] = parts[..] else {
            return Err(missing());
        };
        let account = AccountId::parse(account).ok_or_else(missing)?;
        let scope = Scope { account, region: region.to_owned() };
        let package = self.core.registry.with(&scope, |region| {
            if kind == "code" {
                let function = region.functions.get(name)?;
                function.version(version).map(|snapshot| Arc::clone(&snapshot.package))
            } else {
                let layer = region.layers.get(name)?;
                layer.versions.get(&version.parse().ok()?).map(|version| Arc::clone(&version.package))
            }
        });
        package.filter(|package| package.digest == digest).ok_or_else(missing)
    }
}

impl Entrance for CodeDownload {
    fn claims(&self, request: &Request) -> bool {
        let path = request.raw_path.strip_prefix(PREFIX);
        path.is_some_and(|path| path.starts_with("code/") || path.starts_with("layer/"))
    }

    fn serve(&self, request: Request) -> Future<'_, Response> {
        Box::pin(async move {
            match self.find(&request) {
                Ok(package) => {
                    let mut response = Response::empty(200).with_header("content-type", "application/zip");
                    response.body = package.bytes.clone();
                    response
                }
                Err(refused) => refused,
            }
        })
    }
}
