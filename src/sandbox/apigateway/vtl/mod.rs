//! Mapping templates: the part of the Velocity Template Language that API Gateway has, with its `$input`, `$context`,
//! `$stageVariables` and `$util`.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html>

mod cursor;
mod datum;
mod evaluate;
mod expression;
mod functions;
mod input;
mod methods;
mod path;
mod syntax;
mod template;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(super) use evaluate::Rendered;
pub(super) use evaluate::{is_literal, render, substitute};
pub(super) use input::{Input, Parameters};
pub(super) use path::find;
