use std::net::SocketAddr;

use super::super::entity::{Family, Target};
use super::housing::Seen;
use super::interpreter::Interpreter;
use crate::sandbox::TemporaryCredentials;

/// What the variables are made from.
pub(super) struct Source<'a> {
    pub target: &'a Target,
    pub interpreter: &'a Interpreter,
    pub seen: &'a Seen,
    pub credentials: &'a TemporaryCredentials,
    pub runtime_api: &'a str,
    pub stream: &'a str,
    pub sandbox: SocketAddr,
}

/// Returns the environment of a handler's process.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>
pub(super) fn variables(source: &Source<'_>) -> Vec<(String, String)> {
    let Source { target, seen, credentials, .. } = source;
    let snapshot = &target.snapshot;
    let settings = &snapshot.settings;
    let path = |path: &std::path::Path| path.to_string_lossy().into_owned();
    let mut out: Vec<(String, String)> = settings.variables.clone().into_iter().collect();
    let mut set = |name: &str, value: String| out.push((name.to_owned(), value));
    set("_HANDLER", settings.handler.clone());
    set("AWS_REGION", target.name.scope.region.clone());
    set("AWS_DEFAULT_REGION", target.name.scope.region.clone());
    if source.interpreter.family != Family::Provided {
        set("AWS_EXECUTION_ENV", format!("AWS_Lambda_{}", settings.runtime));
    }
    set("AWS_LAMBDA_FUNCTION_NAME", target.name.name.clone());
    set("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", settings.memory.to_string());
    set("AWS_LAMBDA_FUNCTION_VERSION", snapshot.version.clone());
    set("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned());
    set("AWS_LAMBDA_LOG_GROUP_NAME", settings.group(&target.name.name));
    set("AWS_LAMBDA_LOG_STREAM_NAME", source.stream.to_owned());
    set("AWS_LAMBDA_LOG_FORMAT", settings.log_format.clone());
    if let Some(level) = &settings.application_log_level {
        set("AWS_LAMBDA_LOG_LEVEL", level.clone());
    }
    set("AWS_ACCESS_KEY_ID", credentials.access_key_id.clone());
    set("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key.clone());
    set("AWS_SESSION_TOKEN", credentials.session_token.clone());
    set("AWS_LAMBDA_RUNTIME_API", source.runtime_api.to_owned());
    // The one address that a handler can reach. AWS has none of these; SDKs take the first, and nothing must ask the network
    // for what stands here already.
    set("AWS_ENDPOINT_URL", format!("http://{}", reachable(source.sandbox)));
    set("AWS_EC2_METADATA_DISABLED", "true".to_owned());
    set("LAMBDA_TASK_ROOT", path(&seen.task));
    set("LAMBDA_RUNTIME_DIR", path(&seen.runtime));
    // On AWS the user has an entry and a home there; SDKs look into it for their files, and fail where there is none at all.
    if !settings.variables.contains_key("HOME") {
        set("HOME", "/home/sbx_user1051".to_owned());
    }
    set("TZ", ":UTC".to_owned());
    set("LANG", "C.UTF-8".to_owned());
    set("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin".to_owned());
    set("LD_LIBRARY_PATH", format!("{0}:{0}/lib:{1}/lib", path(&seen.task), path(&seen.opt)));
    if seen.tmp != std::path::Path::new("/tmp") {
        set("TMPDIR", path(&seen.tmp));
    }
    match source.interpreter.family {
        Family::Node => set(
            "NODE_PATH",
            format!(
                "{0}/nodejs/node{1}/node_modules:{0}/nodejs/node_modules:{2}:{3}:{4}",
                path(&seen.opt),
                settings.runtime.version(),
                seen.libraries.as_deref().map_or_else(|| path(&seen.runtime.join("node_modules")), path),
                path(&seen.runtime),
                path(&seen.task)
            ),
        ),
        Family::Python | Family::Provided | Family::Other => {}
    }
    if matches!(source.interpreter.family, Family::Node | Family::Python) {
        set("_PROOFMARK_TASK", path(&seen.task));
        set("_PROOFMARK_OPT", path(&seen.opt));
        set("_PROOFMARK_LIBRARIES", seen.libraries.as_deref().map(path).unwrap_or_default());
    }
    out
}

/// The address by which a process on this machine reaches the sandbox.
fn reachable(sandbox: SocketAddr) -> SocketAddr {
    if sandbox.ip().is_unspecified() { SocketAddr::from(([127, 0, 0, 1], sandbox.port())) } else { sandbox }
}
