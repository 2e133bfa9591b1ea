use std::sync::Arc;

use serde_json::Value;

use super::command::Command;
use super::constraint::{invalid, text};
use super::functions::{listed, named};
use super::page::page;
use super::service::Core;
use super::updates::check_revision;
use crate::sandbox::{Request, Response, ServiceError};

impl Core {
    pub(super) async fn publish_version(
        self: &Arc<Self>,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.wait_for_update(name).await?;
        let description = command
            .body
            .get("Description")
            .filter(|value| !value.is_null())
            .map(|value| text(value, "description", 256))
            .transpose()?;
        let answer = self.registry.with(&name.scope, |region| {
            let function = region.function_mut(name)?;
            check_revision(command.text("RevisionId"), &function.latest.revision)?;
            if let Some(sha) = command.text("CodeSha256").filter(|sha| !sha.is_empty())
                && sha != function.latest.package.sha256
            {
                return Err(invalid(format!(
                    "CodeSHA256 ({sha}) is different from current CodeSHA256 in $LATEST ({}). Please try again with the \
                     CodeSHA256 in $LATEST.",
                    function.latest.package.sha256
                )));
            }
            let version = self.publish(function, description);
            Ok(version.render(&function.name, &function.arn_of(&version.version)))
        })?;
        Ok(Response::json(201, &Value::Object(answer)))
    }

    pub(super) fn list_versions(
        &self,
        request: &Request,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let name = named(command)?;
        let items = self.registry.with(&name.scope, |region| {
            let function = region.function(name)?;
            let latest =
                (format!("{:012}", 0), listed(&function.latest, function, &function.arn_of("$LATEST")));
            let numbered = function.versions.iter().map(|(number, version)| {
                (format!("{number:012}"), listed(version, function, &function.arn_of(&version.version)))
            });
            Ok(std::iter::once(latest).chain(numbered).collect())
        })?;
        Ok(Response::json(200, &page(request, "Versions", items)?))
    }
}
