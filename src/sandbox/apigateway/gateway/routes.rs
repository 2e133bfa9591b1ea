use std::collections::HashMap;

use percent_encoding::percent_decode_str;

use crate::sandbox::apigateway::entity::{Definition, Map};

/// A definition's paths as a tree. An exact segment goes before a variable, a variable before a greedy one; a branch
/// that leads nowhere is left again.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox::apigateway) struct Routes {
    root: Node,
}

#[derive(Debug, Clone, Default)]
struct Node {
    exact: HashMap<String, Node>,
    variable: Option<(String, Box<Node>)>,
    greedy: Option<(String, Box<Node>)>,
    /// The resource that ends here, with its verbs.
    end: Option<(String, Vec<String>)>,
}

/// Where a path leads.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::sandbox::apigateway) struct Match {
    pub resource: String,
    /// The key of the method: the request's verb, or `ANY`.
    pub verb: String,
    /// Values as they were sent, still percent-encoded, as AWS hands them on.
    pub parameters: Map<String>,
}

impl Routes {
    pub(crate) fn of(definition: &Definition) -> Self {
        let mut root = Node::default();
        for resource in definition.resources.values() {
            if resource.resource_methods.is_empty() {
                continue;
            }
            let mut node = &mut root;
            for part in resource.path.split('/').filter(|part| !part.is_empty()) {
                node = node.child(part);
            }
            node.end = Some((resource.id.clone(), resource.resource_methods.keys().cloned().collect()));
        }
        Self { root }
    }

    /// Finds the method for a verb and a path that begins with a slash. Slashes at the end do not count.
    pub(crate) fn find(&self, verb: &str, path: &str) -> Option<Match> {
        let trimmed = path.trim_matches('/');
        let segments: Vec<&str> = if trimmed.is_empty() { vec![] } else { trimmed.split('/').collect() };
        let mut parameters = vec![];
        let (resource, verb) = self.root.find(verb, &segments, &mut parameters)?;
        Some(Match { resource, verb, parameters: parameters.into_iter().collect() })
    }
}

impl Node {
    fn child(&mut self, part: &str) -> &mut Self {
        let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
            return self.exact.entry(part.to_owned()).or_default();
        };
        let (slot, name) = match name.strip_suffix('+') {
            Some(name) => (&mut self.greedy, name),
            None => (&mut self.variable, name),
        };
        &mut slot.get_or_insert_with(|| (name.to_owned(), Box::default())).1
    }

    fn find(
        &self,
        verb: &str,
        segments: &[&str],
        parameters: &mut Vec<(String, String)>,
    ) -> Option<(String, String)> {
        let Some((first, rest)) = segments.split_first() else {
            return self.answers(verb);
        };
        let decoded = percent_decode_str(first).decode_utf8_lossy();
        if let Some(found) =
            self.exact.get(decoded.as_ref()).and_then(|node| node.find(verb, rest, parameters))
        {
            return Some(found);
        }
        if let Some((name, node)) = self.variable.as_ref().filter(|_| !first.is_empty()) {
            parameters.push((name.clone(), (*first).to_owned()));
            if let Some(found) = node.find(verb, rest, parameters) {
                return Some(found);
            }
            parameters.pop();
        }
        let (name, node) = self.greedy.as_ref()?;
        let found = node.answers(verb)?;
        parameters.push((name.clone(), segments.join("/")));
        Some(found)
    }

    fn answers(&self, verb: &str) -> Option<(String, String)> {
        let (resource, verbs) = self.end.as_ref()?;
        let key = verbs.iter().find(|key| *key == verb).or_else(|| verbs.iter().find(|key| *key == "ANY"))?;
        Some((resource.clone(), key.clone()))
    }
}
