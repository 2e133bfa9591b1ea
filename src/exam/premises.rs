use std::fmt::Debug;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;

use crate::target::{Entrance, Lease, Permit};

/// Where attempts stand: sandboxes that are opened for them, and targets that are there anyway. This room knows a sandbox as an endpoint and a
/// token only.
pub trait Premises: Debug + Send + Sync {
    /// Opens the sandbox whose state is in `folder`, or a new one there. One that was there before begins frozen. It listens where it did before,
    /// if that is still possible. Fails with a sentence.
    fn open(&self, folder: &Path, before: Option<SocketAddr>) -> Result<Box<dyn Place>, String>;

    /// Goes into another target, with the keys at hand. Fails with a sentence.
    fn enter<'a>(
        &'a self,
        entrance: &'a Entrance,
    ) -> Pin<Box<dyn Future<Output = Result<Entered, String>> + Send + 'a>>;
}

/// A sandbox that runs, until it is dropped.
pub trait Place: Debug + Send {
    fn address(&self) -> SocketAddr;
    fn admin_token(&self) -> String;
}

/// A target that is no sandbox of ours, with the host's rights in it.
#[derive(Debug, Clone)]
pub struct Entered {
    pub lease: Lease,
    /// What the owner of the account says of it: then AWS itself holds candidates to the challenge's services and its time, and the account is
    /// left empty.
    pub permit: Option<Permit>,
}
