use std::collections::HashMap;

use aws_sdk_apigateway::primitives::Blob;
use aws_sdk_apigateway::types::PutMode;

use super::busy::calmly;
use super::patch::Patch;
use crate::aws::{Clients, ErrorClass, Failure, Outcome};
use crate::resource::kind::Wanted;
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Shape};
use crate::source::inside;

/// The properties that say what an API is in one piece.
pub(in crate::resource) const BODY: Property = Property::new("Body", Shape::Document);
pub(in crate::resource) const BODY_LOCATION: Property = Property::new(
    "BodyS3Location",
    Shape::PathOr(&[
        Property::text("Bucket").required(),
        Property::text("Key").required(),
        Property::text("Version"),
    ]),
);

/// Returns the definition that the properties give: inline, or in one of the challenge's files.
pub(in crate::resource) fn body(wanted: &Wanted) -> Result<Option<Vec<u8>>, Failure> {
    let properties = wanted.properties();
    if let Some(body) = properties.document("Body") {
        return Ok(Some(body.into_bytes()));
    }
    let broken = |message: String| Failure::new(ErrorClass::Invalid, "definition", message);
    if let Some(path) = properties.text("BodyS3Location") {
        let file = wanted.files.get(&inside(&path));
        let file = file.ok_or_else(|| broken(format!("`{path}` is not among the challenge's files")))?;
        return Ok(Some(file.to_vec()));
    }
    if properties.get("BodyS3Location").is_some() {
        return Err(broken(
            "a definition in a bucket is not read: put it into the template or a file".to_owned(),
        ));
    }
    Ok(None)
}

/// Makes an API what its definition says. What the properties say themselves goes over the definition.
pub(super) async fn put(clients: &Clients, id: &str, wanted: &Wanted, body: Vec<u8>) -> Result<(), Failure> {
    let properties = wanted.properties();
    let mode =
        if properties.text("Mode").as_deref() == Some("merge") { PutMode::Merge } else { PutMode::Overwrite };
    let call = clients
        .apigateway
        .put_rest_api()
        .rest_api_id(id)
        .mode(mode)
        .set_fail_on_warnings(properties.flag("FailOnWarnings"))
        .set_parameters(parameters(properties))
        .body(Blob::new(body));
    calmly(clients, || async { call.clone().send().await.during("apigateway:PutRestApi") }).await?;
    let mut patch = Patch::default();
    patch.replace("/name", None, properties.text("Name"), "");
    patch.replace("/description", None, properties.text("Description"), "");
    if !patch.is_empty() {
        let call =
            clients.apigateway.update_rest_api().rest_api_id(id).set_patch_operations(Some(patch.done()));
        calmly(clients, || async { call.clone().send().await.during("apigateway:UpdateRestApi") }).await?;
    }
    Ok(())
}

fn parameters(properties: Properties<'_>) -> Option<HashMap<String, String>> {
    properties.text_map("Parameters")
}
