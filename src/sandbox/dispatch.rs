use std::fmt;
use std::sync::{Arc, OnceLock, Weak};

use super::{Caller, Future, Request, Response, Scope};

/// Carries out a service's call to another service, as a principal whose credentials it was handed: the operation is
/// resolved, decided over and written to the audit log as if it had come in signed.
pub trait Dispatch: Send + Sync {
    /// Answers in the called service's own shape, errors too; `None` where there is no such service. `service` is a
    /// signing name.
    fn dispatch<'a>(
        &'a self,
        service: &'a str,
        scope: &'a Scope,
        caller: Caller,
        request: Request,
    ) -> Future<'a, Option<Response>>;
}

/// A line to the front, which is made only after the services that it holds. Until it is connected nobody answers.
#[derive(Default)]
pub struct Switchboard(OnceLock<Weak<dyn Dispatch>>);

impl Switchboard {
    /// Connects the line, once.
    pub fn connect(&self, front: &Arc<impl Dispatch + 'static>) {
        let front: Arc<dyn Dispatch> = front.clone();
        // A second connection is of no use: there is one front.
        let _ = self.0.set(Arc::downgrade(&front));
    }
}

impl Dispatch for Switchboard {
    fn dispatch<'a>(
        &'a self,
        service: &'a str,
        scope: &'a Scope,
        caller: Caller,
        request: Request,
    ) -> Future<'a, Option<Response>> {
        Box::pin(async move {
            let front = self.0.get()?.upgrade()?;
            front.dispatch(service, scope, caller, request).await
        })
    }
}

impl fmt::Debug for Switchboard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Switchboard").field("connected", &self.0.get().is_some()).finish()
    }
}
