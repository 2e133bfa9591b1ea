use super::condition::Condition;
use super::pattern::Pattern;
use super::principal_pattern::PrincipalPattern;

/// One statement of a policy.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub(super) sid: Option<String>,
    pub(super) allows: bool,
    pub(super) actions: Listed<Pattern>,
    /// `None` where the document has no such element: a trust policy, or a service that supplies the resource itself.
    pub(super) resources: Option<Listed<Pattern>>,
    pub(super) principals: Option<Listed<PrincipalPattern>>,
    pub(super) conditions: Vec<Condition>,
}

/// The patterns of an element or of its `Not` form.
#[derive(Debug, Clone)]
pub(super) struct Listed<T> {
    pub(super) patterns: Vec<T>,
    /// Whether it is `NotAction`, `NotResource` or `NotPrincipal`.
    pub(super) negated: bool,
}
