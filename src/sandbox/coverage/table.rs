use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Api;

/// What a service of the sandbox covers.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// botocore's name of the service, for example `apigatewayv2`.
    pub id: &'static str,
    /// The name that a person calls it by.
    pub title: &'static str,
    /// What is covered, and what is not, in a few words each.
    pub summary: (&'static str, &'static str),
    /// What can stand behind an API: type, what is behind it, how that stands here.
    pub integrations: Vec<[&'static str; 3]>,
    declared: BTreeMap<&'static str, Operation>,
}

/// One operation of AWS's API, and how it stands with the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    pub name: &'static str,
    pub standing: Standing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Covered(Tests),
    /// Covered, and different from AWS in what the text says.
    Partly(&'static str, Tests),
    /// Answers 501 with its name.
    NotCovered,
}

/// The tests that show an operation at work, by their names within the integration tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tests {
    pub success: Cow<'static, str>,
    pub error: Cow<'static, str>,
}

impl Coverage {
    pub fn of(id: &'static str, title: &'static str) -> Self {
        Self { id, title, summary: ("", ""), declared: BTreeMap::new(), integrations: vec![] }
    }

    /// Says in a few words what is covered and what is not.
    #[must_use]
    pub fn summed_up(mut self, covered: &'static str, lacking: &'static str) -> Self {
        self.summary = (covered, lacking);
        self
    }

    /// Declares operations as covered. Their tests are `coverage::<service>::<operation>::works` and `::fails`.
    #[must_use]
    pub fn covers(mut self, operations: impl IntoIterator<Item = &'static str>) -> Self {
        for name in operations {
            let standing = Standing::Covered(self.usual_tests(name));
            self.declared.insert(name, Operation { name, standing });
        }
        self
    }

    /// Lists what can stand behind an API, with how it stands here: type, what is behind it, standing.
    #[must_use]
    pub fn integrates(mut self, rows: impl IntoIterator<Item = [&'static str; 3]>) -> Self {
        self.integrations.extend(rows);
        self
    }

    /// Declares an operation as covered, and says how it differs from AWS's.
    #[must_use]
    pub fn differs(mut self, name: &'static str, how: &'static str) -> Self {
        let tests = self.tests_of(name);
        self.declared.insert(name, Operation { name, standing: Standing::Partly(how, tests) });
        self
    }

    /// Names other tests of an operation than the usual ones.
    #[must_use]
    pub fn tested(mut self, name: &'static str, success: &'static str, error: &'static str) -> Self {
        let tests = Tests { success: success.into(), error: error.into() };
        let standing = match self.declared.get(name).map(|operation| &operation.standing) {
            Some(Standing::Partly(how, _)) => Standing::Partly(how, tests),
            _ => Standing::Covered(tests),
        };
        self.declared.insert(name, Operation { name, standing });
        self
    }

    /// Returns all operations that AWS has or that were declared, in the order of their names.
    pub fn operations(&self) -> Vec<Operation> {
        let mut all = self.declared.clone();
        if let Some(api) = Api::of(self.id) {
            for name in api.operations.keys() {
                all.entry(name).or_insert_with(|| Operation { name, standing: Standing::NotCovered });
            }
        }
        all.into_values().collect()
    }

    fn tests_of(&self, name: &'static str) -> Tests {
        match self.declared.get(name).map(|operation| &operation.standing) {
            Some(Standing::Covered(tests) | Standing::Partly(_, tests)) => tests.clone(),
            _ => self.usual_tests(name),
        }
    }

    /// The module of a service's tests has the service's name, that of an operation's two tests the operation's.
    fn usual_tests(&self, name: &str) -> Tests {
        let place = format!("coverage::{}::{}", self.id.replace('-', "_"), snake(name));
        Tests { success: format!("{place}::works").into(), error: format!("{place}::fails").into() }
    }
}

impl Operation {
    /// Returns the tests of an operation that is covered.
    pub fn tests(&self) -> Option<&Tests> {
        match &self.standing {
            Standing::Covered(tests) | Standing::Partly(_, tests) => Some(tests),
            Standing::NotCovered => None,
        }
    }
}

/// `ListSSHPublicKeys` becomes `list_ssh_public_keys`.
fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let after_small = at > 0 && !letters[at - 1].is_ascii_uppercase();
        let before_small = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && at > 0 && (after_small || before_small) {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_camel_case_becomes_the_name_of_a_module() {
        for (name, module) in [
            ("CreateUser", "create_user"),
            ("ListSSHPublicKeys", "list_ssh_public_keys"),
            ("ListObjectsV2", "list_objects_v2"),
            ("GetLayerVersionByArn", "get_layer_version_by_arn"),
            ("CreateSAMLProvider", "create_saml_provider"),
        ] {
            assert_eq!(snake(name), module);
        }
    }

    #[test]
    fn a_difference_keeps_the_tests_that_were_named() {
        let sts = Coverage::of("sts", "STS").covers(["AssumeRole"]);
        let sts = sts.tested("AssumeRole", "a::b", "a::c").differs("AssumeRole", "in this");
        let found = sts.operations().into_iter().find(|operation| operation.name == "AssumeRole");
        let tests = Tests { success: "a::b".into(), error: "a::c".into() };
        assert_eq!(found.unwrap().standing, Standing::Partly("in this", tests));
        let rest = sts.operations();
        assert!(rest.iter().any(|operation| operation.standing == Standing::NotCovered));
    }
}
