use super::Front;
use crate::sandbox::{Caller, Dispatch, Future, Request, Response, Scope};

impl Dispatch for Front {
    fn dispatch<'a>(
        &'a self,
        service: &'a str,
        scope: &'a Scope,
        caller: Caller,
        request: Request,
    ) -> Future<'a, Option<Response>> {
        Box::pin(async move {
            let service = self
                .services
                .iter()
                .find(|known| known.signing_name() == service && known.takes(&request))
                .cloned()?;
            Some(self.serve(service, scope.region.clone(), request, Ok((caller, scope.clone()))).await)
        })
    }
}
