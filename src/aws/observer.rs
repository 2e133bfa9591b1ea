use std::time::Instant;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

/// Writes one tracing event for each SDK call: service, operation, duration, status. Never what was sent or received.
///
/// The SDK opens a span for each call itself (`lambda.Invoke`, level debug); its bodies, at level trace, are redacted where the
/// service's model marks them sensitive.
#[derive(Debug)]
pub(super) struct Observer;

#[derive(Debug)]
struct Started(Instant);

impl Storable for Started {
    type Storer = StoreReplace<Self>;
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Observer {
    fn name(&self) -> &'static str {
        "proofmark-observer"
    }

    fn read_before_execution(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        cfg.interceptor_state().store_put(Started(Instant::now()));
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let started = cfg.load::<Started>();
        let micros = started.map_or(0, |started| started.0.elapsed().as_micros());
        let (service, operation) =
            cfg.load::<Metadata>().map_or(("?", "?"), |metadata| (metadata.service(), metadata.name()));
        let status = context.response().map(|response| response.status().as_u16());
        tracing::debug!(service, operation, status, micros, "call");
        Ok(())
    }
}
