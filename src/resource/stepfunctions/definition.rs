use serde_json::{Map, Value};

use crate::aws::{ErrorClass, Failure};
use crate::resource::kind::Wanted;
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Shape};
use crate::source::inside;

/// The property that names a definition's file.
pub(super) const LOCATION: Property = Property::new(
    "DefinitionS3Location",
    Shape::PathOr(&[
        Property::text("Bucket").required(),
        Property::text("Key").required(),
        Property::text("Version"),
    ]),
);

/// Returns the definition that the properties give, inline or in one of the challenge's files, with its substitutions made.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-stepfunctions-statemachine.html>
pub(super) fn definition(wanted: &Wanted) -> Result<String, Failure> {
    let properties = wanted.properties();
    let broken = |message: String| Failure::new(ErrorClass::Invalid, "definition", message);
    let given = ["Definition", "DefinitionString", LOCATION.name];
    if given.iter().filter(|name| properties.get(name).is_some()).count() != 1 {
        let message = "give exactly one of `Definition`, `DefinitionString` and `DefinitionS3Location`";
        return Err(broken(message.to_owned()));
    }
    let inline = properties.document("Definition").or_else(|| properties.text("DefinitionString"));
    let text = match (inline, properties.text(LOCATION.name)) {
        (Some(text), _) => text,
        (None, Some(path)) => {
            let file = wanted.files.get(&inside(&path));
            let file = file.ok_or_else(|| broken(format!("`{path}` is not among the challenge's files")))?;
            let text = String::from_utf8(file.to_vec());
            text.map_err(|_| broken(format!("`{path}` is not a text in UTF-8")))?
        }
        (None, None) => {
            let message = "a definition in a bucket is not read: put it into the template or a file";
            return Err(broken(message.to_owned()));
        }
    };
    Ok(substituted(text, properties))
}

/// Writes values in place of `${name}`; other dollar signs are the language's own.
fn substituted(text: String, properties: Properties<'_>) -> String {
    let values: Map<String, Value> = properties.map("DefinitionSubstitutions").cloned().unwrap_or_default();
    values.iter().fold(text, |text, (name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text.replace(&format!("${{{name}}}"), &value)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::source::FileTree;

    fn wanted(properties: Value) -> Wanted {
        Wanted {
            logical_id: "Flow".into(),
            name: "flow".into(),
            properties,
            tags: BTreeMap::new(),
            files: Arc::new(FileTree::default()),
        }
    }

    #[test]
    fn substitutions_are_made_in_whatever_form_the_definition_has() {
        let values = json!({ "Function": "arn:pay", "Most": 3 });
        let object = wanted(
            json!({ "Definition": { "Resource": "${Function}", "a.$": "$.x" }, "DefinitionSubstitutions": values }),
        );
        assert_eq!(definition(&object).unwrap(), r#"{"Resource":"arn:pay","a.$":"$.x"}"#);
        let text = wanted(
            json!({ "DefinitionString": "{\"MaxAttempts\": ${Most}}", "DefinitionSubstitutions": values }),
        );
        assert_eq!(definition(&text).unwrap(), r#"{"MaxAttempts": 3}"#);
    }

    #[test]
    fn a_definition_is_given_once_and_not_in_a_bucket() {
        for properties in [
            json!({}),
            json!({ "Definition": {}, "DefinitionString": "{}" }),
            json!({ "DefinitionS3Location": { "Bucket": "b", "Key": "k" } }),
            json!({ "DefinitionS3Location": "flow.json" }),
        ] {
            assert_eq!(definition(&wanted(properties)).unwrap_err().class, ErrorClass::Invalid);
        }
    }
}
