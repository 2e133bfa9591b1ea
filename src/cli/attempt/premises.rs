use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;

use super::super::permits::admit_listed;
use crate::context::Context;
use crate::exam::{Entered, Place, Premises};
use crate::sandbox::{Options, Running, Sandbox, StartError};
use crate::target::Entrance;

/// Opens the sandboxes of attempts within this program, and goes into other targets as they were named.
#[derive(Debug)]
pub(super) struct Embedded {
    pub(super) context: Context,
}

#[derive(Debug)]
struct Opened(Running);

impl Premises for Embedded {
    fn open(&self, folder: &Path, before: Option<SocketAddr>) -> Result<Box<dyn Place>, String> {
        let options = Options {
            state: Some(folder.to_owned()),
            // An attempt that was begun goes on when the exam says so, not when the sandbox is there.
            frozen: before.is_some(),
            ..Options::default()
        };
        let at = |listen| Sandbox::start(&Options { listen, ..options.clone() }, &self.context);
        let running = match before {
            Some(address) => match at(address) {
                Err(StartError::PortInUse(_)) => at(options.listen),
                other => other,
            },
            None => at(options.listen),
        };
        running.map(|running| Box::new(Opened(running)) as Box<dyn Place>).map_err(|error| error.to_string())
    }

    fn enter<'a>(
        &'a self,
        entrance: &'a Entrance,
    ) -> Pin<Box<dyn Future<Output = Result<Entered, String>> + Send + 'a>> {
        Box::pin(async move {
            let lease = entrance.lease().await.map_err(|failure| failure.to_string())?;
            let permit = admit_listed(&self.context, &lease).await;
            Ok(Entered { permit: permit.map_err(|failure| failure.message)?, lease })
        })
    }
}

impl Place for Opened {
    fn address(&self) -> SocketAddr {
        self.0.address
    }

    fn admin_token(&self) -> String {
        self.0.admin_token.clone()
    }
}
