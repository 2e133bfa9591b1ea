use aws_sdk_apigatewayv2::types::Cors;
use serde_json::Value;

use crate::resource::properties::{Properties, Shaped};
use crate::resource::schema::{Property, Shape, TEXTS};

pub(super) const CORS: Shape = Shape::Object(&[
    Property::new("AllowCredentials", Shape::Boolean),
    Property::new("AllowHeaders", TEXTS),
    Property::new("AllowMethods", TEXTS),
    Property::new("AllowOrigins", TEXTS),
    Property::new("ExposeHeaders", TEXTS),
    Property::new("MaxAge", Shape::Integer),
]);

/// Returns what a template says of requests from other origins.
pub(super) fn wanted(properties: Properties<'_>) -> Option<Cors> {
    let cors = properties.object("CorsConfiguration")?;
    let list = |name: &str| Some(cors.texts(name)).filter(|list| !list.is_empty());
    let made = Cors::builder()
        .set_allow_credentials(cors.flag("AllowCredentials"))
        .set_allow_headers(list("AllowHeaders"))
        .set_allow_methods(list("AllowMethods"))
        .set_allow_origins(list("AllowOrigins"))
        .set_expose_headers(list("ExposeHeaders"))
        .set_max_age(cors.integer("MaxAge"));
    Some(made.build())
}

pub(super) fn shape(cors: &Cors) -> Value {
    Shaped::new()
        .maybe("AllowCredentials", cors.allow_credentials())
        .filled("AllowHeaders", cors.allow_headers().into())
        .filled("AllowMethods", cors.allow_methods().into())
        .filled("AllowOrigins", cors.allow_origins().into())
        .filled("ExposeHeaders", cors.expose_headers().into())
        .maybe("MaxAge", cors.max_age())
        .done()
}
