use std::fmt;

/// How a check names a resource: by its role in the graph, or as the stack calls it; never by an exact name.
///
/// Where a binding leads to a resource of another type than the one asked for, the graph is followed: from a function to its role,
/// its table, its log group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Binding {
    /// The stack's logical id: `OrdersTable`.
    Logical(String),
    /// The function that the live stage invokes for a route: `{ route: GET /orders/{id} }`, with `api: OrdersApi` where there are several.
    Route { api: Option<String>, method: String, path: String },
    /// What is found from another resource on: `{ consumer: Jobs }`.
    From { way: Way, start: Box<Binding> },
}

/// A way through the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// To who gets what it puts out: from a queue or a table's stream to the function that a mapping calls, from a topic to its subscribers,
    /// from a rule to its targets, from a bucket to what it notifies.
    Consumer,
    /// Back: from a function to the queue, the table, the topic, the rule or the bucket that feeds it.
    Source,
    /// To where its failures go: from a queue, a function, a mapping, a subscription or a rule.
    DeadLetters,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Consumer, Self::Source, Self::DeadLetters];

    /// Returns its key in a definition.
    pub fn word(self) -> &'static str {
        match self {
            Self::Consumer => "consumer",
            Self::Source => "source",
            Self::DeadLetters => "dead_letters",
        }
    }
}

impl Binding {
    /// Returns words for what it leads to, by themselves.
    fn itself(&self) -> String {
        match self {
            Self::Logical(id) => id.clone(),
            Self::Route { .. } => format!("the function {self}"),
            Self::From { .. } => format!("the one {self}"),
        }
    }
}

impl fmt::Display for Binding {
    /// Shows words that follow "the function", "the role of": `behind GET /orders/{id}`, `OrdersTable`, `fed by Jobs`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Logical(id) => f.write_str(id),
            Self::Route { method, path, .. } => write!(f, "behind {method} {path}"),
            Self::From { way: Way::Consumer, start } => write!(f, "fed by {}", start.itself()),
            Self::From { way: Way::Source, start } => write!(f, "feeding {}", start.itself()),
            Self::From { way: Way::DeadLetters, start } => write!(f, "for failures of {}", start.itself()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_told_in_words_however_they_nest() {
        let from = |way, start: Binding| Binding::From { way, start: Box::new(start) };
        let worker = from(Way::Consumer, Binding::Logical("Jobs".to_owned()));
        assert_eq!(worker.to_string(), "fed by Jobs");
        let route = Binding::Route { api: None, method: "GET".to_owned(), path: "/a".to_owned() };
        assert_eq!(from(Way::Source, route).to_string(), "feeding the function behind GET /a");
        assert_eq!(from(Way::DeadLetters, worker).to_string(), "for failures of the one fed by Jobs");
    }
}
