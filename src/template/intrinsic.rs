use serde_json::Value;

/// The intrinsic functions that are carried out, by the key of their long form.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>
pub(super) const FUNCTIONS: [&str; 14] = [
    "Ref",
    "Fn::GetAtt",
    "Fn::Sub",
    "Fn::Join",
    "Fn::Select",
    "Fn::Split",
    "Fn::FindInMap",
    "Fn::If",
    "Fn::Equals",
    "Fn::And",
    "Fn::Or",
    "Fn::Not",
    "Fn::GetAZs",
    "Fn::Base64",
];

/// What CloudFormation knows and a scenario cannot use.
pub(super) const REFUSED: [&str; 6] =
    ["Cidr", "ImportValue", "Transform", "ToJsonString", "Length", "ForEach"];

/// Returns the key that a short tag stands for, or words on why there is none.
pub(super) fn long_form(tag: &str) -> Result<String, String> {
    let long = match tag {
        "Ref" | "Condition" => tag.to_owned(),
        _ => format!("Fn::{tag}"),
    };
    if tag == "Condition" || FUNCTIONS.contains(&long.as_str()) {
        Ok(long)
    } else if REFUSED.contains(&tag) {
        Err(format!("`!{tag}` is not supported in a scenario"))
    } else {
        Err(format!("there is no function `!{tag}`"))
    }
}

/// Returns the function's key and its argument when a value is an intrinsic in its long form.
pub(super) fn function(value: &Value) -> Option<(&str, &Value)> {
    let members = value.as_object().filter(|members| members.len() == 1)?;
    members
        .iter()
        .next()
        .map(|(key, argument)| (key.as_str(), argument))
        .filter(|(key, _)| named_as_function(key))
}

pub(super) fn is_intrinsic(value: &Value) -> bool {
    function(value).is_some()
}

pub(super) fn named_as_function(key: &str) -> bool {
    key == "Ref" || key.starts_with("Fn::")
}

/// Returns what is wrong with a function's argument, in words that follow the function's name.
pub(super) fn misuse(key: &str, argument: &Value) -> Option<String> {
    let words = argument.is_string();
    let list = argument.as_array().map_or(&[][..], Vec::as_slice);
    let one_list = |value: &Value| value.is_array() || value.is_object();
    let fits = match key {
        "Ref" => words,
        "Fn::GetAtt" => matches!(list, [Value::String(_), Value::String(_) | Value::Object(_)]),
        "Fn::Sub" => words || matches!(list, [Value::String(_), Value::Object(_)]),
        "Fn::Join" => matches!(list, [Value::String(_), values] if one_list(values)),
        "Fn::Select" => matches!(list, [index, values] if !index.is_array() && one_list(values)),
        "Fn::Split" => matches!(list, [Value::String(_), text] if !text.is_array()),
        "Fn::FindInMap" => list.len() == 3,
        "Fn::If" => matches!(list, [Value::String(_), _, _]),
        "Fn::Equals" => list.len() == 2,
        "Fn::And" | "Fn::Or" => (2..=10).contains(&list.len()),
        "Fn::Not" => list.len() == 1,
        "Fn::GetAZs" | "Fn::Base64" => words || argument.is_object(),
        _ => {
            let name = key.strip_prefix("Fn::").unwrap_or(key);
            let known = REFUSED.iter().any(|refused| name.split("::").next() == Some(refused));
            return Some(
                if known { "is not supported in a scenario" } else { "is not a function" }.to_owned(),
            );
        }
    };
    let wanted = match key {
        "Ref" => "takes a name",
        "Fn::GetAtt" => "takes a logical id and an attribute, as `Id.Attribute` or `[Id, Attribute]`",
        "Fn::Sub" => "takes a text, or a list of a text and a map of values",
        "Fn::Join" => "takes a list of a delimiter and a list of values",
        "Fn::Select" => "takes a list of an index and a list of values",
        "Fn::Split" => "takes a list of a delimiter and a text",
        "Fn::FindInMap" => "takes a list of a map's name, a key, and a second key",
        "Fn::If" => "takes a list of a condition's name and two values",
        "Fn::Equals" => "takes a list of two values",
        "Fn::And" | "Fn::Or" => "takes a list of two to ten conditions",
        "Fn::Not" => "takes a list of one condition",
        "Fn::GetAZs" => "takes a region",
        _ => "takes a text",
    };
    (!fits).then(|| wanted.to_owned())
}
