use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_apigateway::types::{Op, PatchOperation};

/// Patch operations in the making
/// (<https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html>).
#[derive(Debug, Default)]
pub(super) struct Patch(Vec<PatchOperation>);

impl Patch {
    fn push(&mut self, op: Op, path: String, value: Option<String>) {
        self.0.push(PatchOperation::builder().op(op).path(path).set_value(value).build());
    }

    /// Replaces a value that differs; one that is absent afterwards becomes `default`.
    // Texts come straight out of properties, owned.
    #[allow(clippy::needless_pass_by_value)]
    pub(super) fn replace(
        &mut self,
        path: &str,
        before: Option<String>,
        after: Option<String>,
        default: &str,
    ) {
        if before != after {
            self.push(Op::Replace, path.to_owned(), Some(after.unwrap_or_else(|| default.to_owned())));
        }
    }

    /// Replaces entries that differ and removes those that are gone.
    pub(super) fn entries(
        &mut self,
        path: &str,
        before: &BTreeMap<String, String>,
        after: &BTreeMap<String, String>,
    ) {
        for (key, value) in after.iter().filter(|(key, value)| before.get(*key) != Some(value)) {
            self.push(Op::Replace, format!("{path}/{}", escaped(key)), Some(value.clone()));
        }
        for key in before.keys().filter(|key| !after.contains_key(*key)) {
            self.push(Op::Remove, format!("{path}/{}", escaped(key)), None);
        }
    }

    /// Adds and removes members of a set that is kept under its members' names.
    pub(super) fn members(&mut self, path: &str, before: &BTreeSet<String>, after: &BTreeSet<String>) {
        for member in after.difference(before) {
            self.push(Op::Add, format!("{path}/{}", escaped(member)), None);
        }
        for member in before.difference(after) {
            self.push(Op::Remove, format!("{path}/{}", escaped(member)), None);
        }
    }

    /// Adds and removes members of a set that is kept as values.
    pub(super) fn values(&mut self, path: &str, before: &BTreeSet<String>, after: &BTreeSet<String>) {
        for member in after.difference(before) {
            self.push(Op::Add, path.to_owned(), Some(member.clone()));
        }
        for member in before.difference(after) {
            self.push(Op::Remove, path.to_owned(), Some(member.clone()));
        }
    }

    pub(super) fn remove(&mut self, path: &str) {
        self.push(Op::Remove, path.to_owned(), None);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn done(self) -> Vec<PatchOperation> {
        self.0
    }
}

/// Returns a name as a JSON pointer has it.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_patched() {
        let mut patch = Patch::default();
        let some = |text: &str| Some(text.to_owned());
        patch.replace("/description", some("a"), some("a"), "");
        patch.replace("/deploymentId", some("a"), some("b"), "");
        let map = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        patch.entries("/variables", &map(&[("a", "1"), ("b", "2")]), &map(&[("a", "1"), ("c", "3")]));
        let told: Vec<_> =
            patch.0.iter().map(|each| (each.op().unwrap().as_str(), each.path().unwrap())).collect();
        assert_eq!(
            told,
            [("replace", "/deploymentId"), ("replace", "/variables/c"), ("remove", "/variables/b")]
        );
    }

    #[test]
    fn slashes_in_media_types_are_escaped() {
        let mut patch = Patch::default();
        patch.members("/binaryMediaTypes", &BTreeSet::new(), &BTreeSet::from(["image/png".to_owned()]));
        assert_eq!(patch.0[0].path(), Some("/binaryMediaTypes/image~1png"));
    }
}
