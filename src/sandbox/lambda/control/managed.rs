use serde_json::{Value, json};

use super::command::Command;
use super::constraint::{missing, word};
use super::functions::named;
use super::service::Core;
use crate::sandbox::{Response, ServiceError};

/// What Lambda manages beside a function: the version of its runtime, loops through other services, signatures.
impl Core {
    /// The sandbox's runtimes are what the machine has, so `Auto` is the only mode there can be.
    pub(super) fn get_runtime_management(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.registry.with(&name.scope, |region| {
            region.snapshot(name)?;
            let function = region.function(name)?;
            let qualifier = name.qualifier.as_deref().unwrap_or("$LATEST");
            let arn = function.arn_of(qualifier);
            Ok(Response::json(200, &json!({ "UpdateRuntimeOn": "Auto", "FunctionArn": arn })))
        })
    }

    pub(super) fn put_runtime_management(&self, command: &Command) -> Result<Response, ServiceError> {
        let mode = command.body.get("UpdateRuntimeOn").ok_or_else(|| missing("updateRuntimeOn"))?;
        let mode = word(mode, "updateRuntimeOn", &["Auto", "Manual", "FunctionUpdate"])?;
        if mode != "Auto" {
            return Err(ServiceError::not_covered("lambda", &format!("UpdateRuntimeOn {mode}")));
        }
        self.get_runtime_management(command)
    }

    pub(super) fn get_recursion(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.registry.with(&name.scope, |region| {
            let mode = &region.function(name)?.recursive_loop;
            Ok(Response::json(200, &json!({ "RecursiveLoop": mode })))
        })
    }

    pub(super) fn put_recursion(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        let mode = command.body.get("RecursiveLoop").ok_or_else(|| missing("recursiveLoop"))?;
        let mode = word(mode, "recursiveLoop", &["Terminate", "Allow"])?;
        self.registry.with(&name.scope, |region| {
            mode.clone_into(&mut region.function_mut(name)?.recursive_loop);
            Ok(Response::json(200, &json!({ "RecursiveLoop": mode })))
        })
    }

    /// No function has a code signing configuration, since none can be made here.
    pub(super) fn get_signing(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.registry.with(&name.scope, |region| {
            region.function(name)?;
            Ok(Response::json(200, &json!({})))
        })
    }

    // Every operation answers with a result.
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)]
    pub(super) fn list_signing(&self) -> Result<Response, ServiceError> {
        Ok(Response::json(200, &json!({ "CodeSigningConfigs": Value::Array(vec![]) })))
    }
}
