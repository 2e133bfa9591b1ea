use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::resource::Standing;
use crate::template::Answer;

/// A template's running instance. Saved as JSON, it is found again by whoever grades or tears it down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stack {
    pub name: String,
    /// What `AWS::StackId` stands for.
    pub id: String,
    pub account: String,
    pub region: String,
    pub parameters: BTreeMap<String, String>,
    /// By logical id, in the order of their making.
    pub resources: IndexMap<String, Standing>,
    /// Logical ids by level of dependency: a teardown goes through them in reverse.
    pub levels: Vec<Vec<String>>,
    pub outputs: BTreeMap<String, String>,
}

impl Stack {
    /// Returns a stack in which nothing stands yet.
    pub fn empty(name: &str, id: String, account: String, region: String) -> Self {
        Self {
            name: name.to_owned(),
            id,
            account,
            region,
            parameters: BTreeMap::new(),
            resources: IndexMap::new(),
            levels: Vec::new(),
            outputs: BTreeMap::new(),
        }
    }

    /// Returns what resources answer to `Ref` and `Fn::GetAtt`.
    pub(super) fn answers(&self) -> BTreeMap<String, Answer> {
        let answers = self.resources.iter().map(|(id, standing)| {
            let made = &standing.made;
            let answer = Answer { reference: made.id.clone().into(), attributes: made.attributes.clone() };
            (id.clone(), answer)
        });
        answers.collect()
    }

    /// Returns the physical id of a resource.
    pub fn physical_id(&self, logical_id: &str) -> Option<&str> {
        self.resources.get(logical_id).map(|standing| standing.made.id.as_str())
    }
}
