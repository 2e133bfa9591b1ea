use serde_json::Value;

use super::document::Document;
use super::state::State;
use crate::policy::PolicyKind;

/// Puts another name in the place of a principal in every trust policy.
///
/// A policy means the identity that it named when it was written, not whoever has the ARN later: when the identity is
/// deleted its unique id takes the place of the ARN, and one that is made anew under the old name is not trusted.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles>
pub(super) fn replace_principal(state: &mut State, old: &str, new: &str) {
    for role in state.accounts.values_mut().flat_map(|account| account.roles.values_mut()) {
        if let Some(text) = replaced(role.trust.text(), old, new)
            // Only a principal changed, so it stays a trust policy.
            && let Ok(document) = Document::new(&text, PolicyKind::Trust)
        {
            role.trust = document;
        }
    }
}

/// Returns a document with one principal replaced; none where it does not name it.
fn replaced(text: &str, old: &str, new: &str) -> Option<String> {
    if !text.contains(old) {
        return None;
    }
    let mut document: Value = serde_json::from_str(text).ok()?;
    let statements = document.get_mut("Statement")?;
    let statements = match statements {
        Value::Array(statements) => statements.iter_mut().collect(),
        one => vec![one],
    };
    let mut found = false;
    for statement in statements {
        for element in ["Principal", "NotPrincipal"] {
            let Some(listed) = statement.get_mut(element).and_then(|principals| principals.get_mut("AWS"))
            else {
                continue;
            };
            let names: Vec<&mut Value> = match listed {
                Value::Array(names) => names.iter_mut().collect(),
                one => vec![one],
            };
            for name in names.into_iter().filter(|name| name.as_str() == Some(old)) {
                *name = Value::from(new);
                found = true;
            }
        }
    }
    found.then(|| document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_principal_itself_is_replaced() {
        let arn = "arn:aws:iam::111122223333:user/ada";
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":["{arn}","{arn}2"]}},"Action":"sts:AssumeRole","Condition":{{"ArnEquals":{{"aws:PrincipalArn":"{arn}"}}}}}}]}}"#
        );
        let new = replaced(&text, arn, "AIDAEXAMPLE").unwrap();
        assert_eq!(new, text.replacen(&format!("\"{arn}\""), "\"AIDAEXAMPLE\"", 1));
        assert_eq!(replaced(&text, "arn:aws:iam::111122223333:user/a", "x"), None);
    }
}
