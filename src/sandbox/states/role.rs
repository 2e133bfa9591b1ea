use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::access::SERVICE;
use super::language::Failure;
use super::service::Core;
use crate::sandbox::Caller;

/// A session of a machine's role, taken on anew before it ends or when a freeze took it.
#[derive(Debug, Default)]
pub(super) struct Session(Option<(Caller, Timestamp)>);

/// How long before its end a session is used no more.
const SPARE: SignedDuration = SignedDuration::from_mins(5);
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Session {
    /// Whom the machine calls as.
    pub(super) fn caller(&mut self, core: &Arc<Core>, role: &str) -> Result<Caller, Failure> {
        let directory = core.parts.authority.directory();
        let fresh =
            |expires: Timestamp| expires.checked_sub(SPARE).is_ok_and(|last| last > core.parts.clock.now());
        if let Some((caller, expires)) = &self.0
            && fresh(*expires)
            && caller.access_key_id.as_deref().is_some_and(|key| directory.is_for_service(key))
            && directory.is_current(&caller.principal)
        {
            return Ok(caller.clone());
        }
        let name = core.parts.random.characters(LETTERS, 32);
        let given = directory.assume_for_service(role, SERVICE, &name).map_err(|error| {
            let cause =
                format!("The role {role} defined for the state machine cannot be assumed: {}", error.message);
            Failure::new("States.Permissions", cause)
        })?;
        let caller = Caller { principal: given.principal, access_key_id: Some(given.access_key_id) };
        self.0 = Some((caller.clone(), given.expires));
        Ok(caller)
    }
}
