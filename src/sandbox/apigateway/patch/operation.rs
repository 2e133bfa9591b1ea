use serde_json::Value;

use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::fault::{bad_request, validation};

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox::apigateway) enum Op {
    Add,
    Remove,
    Replace,
    Move,
    Copy,
    Test,
}

impl Op {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "add" => Self::Add,
            "remove" => Self::Remove,
            "replace" => Self::Replace,
            "move" => Self::Move,
            "copy" => Self::Copy,
            "test" => Self::Test,
            _ => return None,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
            Self::Move => "move",
            Self::Copy => "copy",
            Self::Test => "test",
        }
    }
}

/// One entry of `patchOperations`.
#[derive(Debug, Clone)]
pub(in crate::sandbox::apigateway) struct PatchOperation {
    pub op: Op,
    pub path: String,
    pub value: Option<String>,
    pub from: Option<String>,
}

impl PatchOperation {
    pub(crate) fn is_removal(&self) -> bool {
        self.op == Op::Remove
    }

    pub(crate) fn is_replacement(&self) -> bool {
        self.op == Op::Replace
    }

    pub(crate) fn name(&self) -> &'static str {
        self.op.name()
    }
}

/// Reads `patchOperations` from a request's body. `input` is the name of the operation's input, which AWS's
/// validation messages carry, for example `updateStageInput`.
pub(in crate::sandbox::apigateway) fn read(
    body: &Value,
    input: &str,
) -> Result<Vec<PatchOperation>, ServiceError> {
    let entries = match body.get("patchOperations") {
        None | Some(Value::Null) => return Ok(vec![]),
        Some(Value::Array(entries)) => entries,
        Some(_) => return Err(serialization("patchOperations must be a list")),
    };
    let mut operations = Vec::with_capacity(entries.len());
    let mut wrong = vec![];
    for (position, entry) in entries.iter().enumerate() {
        let name = text(entry, "op")?.unwrap_or_default();
        let Some(op) = Op::parse(&name) else {
            wrong.push(format!(
                "Value '{name}' at '{input}.patchOperations.{}.member.op' failed to satisfy constraint: Member must \
                 satisfy enum value set: [add, remove, move, test, replace, copy]",
                position + 1
            ));
            continue;
        };
        let path = text(entry, "path")?;
        operations.push((op, path, text(entry, "value")?, text(entry, "from")?));
    }
    if !wrong.is_empty() {
        let noun = if wrong.len() == 1 { "validation error" } else { "validation errors" };
        return Err(validation(format!("{} {noun} detected: {}", wrong.len(), wrong.join("; "))));
    }
    operations
        .into_iter()
        .map(|(op, path, value, from)| {
            let path = path.ok_or_else(|| bad_request("Invalid patch path null"))?;
            Ok(PatchOperation { op, path, value, from })
        })
        .collect()
}

fn text(entry: &Value, member: &str) -> Result<Option<String>, ServiceError> {
    match entry.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(serialization("a member of a patch operation is not a string")),
    }
}

fn serialization(message: &str) -> ServiceError {
    ServiceError::new(400, "SerializationException", message)
}
