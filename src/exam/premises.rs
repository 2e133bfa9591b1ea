use std::fmt::Debug;
use std::net::SocketAddr;
use std::path::Path;

/// Where the sandboxes of attempts are opened. This room knows a sandbox as an endpoint and a token only.
pub trait Premises: Debug + Send + Sync {
    /// Opens the sandbox whose state is in `folder`, or a new one there. One that was there before begins frozen. It listens where it did before,
    /// if that is still possible. Fails with a sentence.
    fn open(&self, folder: &Path, before: Option<SocketAddr>) -> Result<Box<dyn Place>, String>;
}

/// A sandbox that runs, until it is dropped.
pub trait Place: Debug + Send {
    fn address(&self) -> SocketAddr;
    fn admin_token(&self) -> String;
}
