use serde_json::Value;

use super::source::Event;
use crate::template::sam::expansion::Expansion;
use crate::template::sam::function::Function;
use crate::template::sam::part::Built;

/// Lets a service call the function, from one source of its own or from any.
pub(super) fn permit(
    expansion: &mut Expansion<'_>,
    function: &Function<'_>,
    event: &Event<'_>,
    suffix: &str,
    principal: &str,
    source: Option<Value>,
) -> String {
    let id = format!("{}Permission{suffix}", event.id);
    let mut made = Built::new().with("Action", "lambda:InvokeFunction").with("FunctionName", function.name());
    made.set("Principal", principal);
    match source {
        Some(source) => made.set("SourceArn", source),
        None => made.set("SourceAccount", serde_json::json!({ "Ref": "AWS::AccountId" })),
    }
    expansion.put(&id, "AWS::Lambda::Permission", made, &event.inherited);
    id
}
