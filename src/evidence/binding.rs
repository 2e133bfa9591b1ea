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
}

impl fmt::Display for Binding {
    /// Shows words that follow "the function", "the role of": `behind GET /orders/{id}`, `OrdersTable`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Logical(id) => f.write_str(id),
            Self::Route { method, path, .. } => write!(f, "behind {method} {path}"),
        }
    }
}
