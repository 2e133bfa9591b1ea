use std::collections::BTreeSet;

use super::route::shown;
use super::{Binding, Gap, Inspection, LinkKind, Observation, Resource, Trouble};

/// Links that a search follows by itself. A part's whole, and where failures go, are asked for by name.
const FOLLOWED: [LinkKind; 8] = [
    LinkKind::ExecutionRole,
    LinkKind::Invokes,
    LinkKind::LiveInvokes,
    LinkKind::Uses,
    LinkKind::LogsTo,
    LinkKind::Serves,
    LinkKind::ReadsFrom,
    LinkKind::Delivers,
];

/// Why a binding leads to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} is not there")]
pub struct Unbound {
    /// What was looked for: words that follow "expected".
    pub message: String,
    /// What is there instead, for whoever reads the report.
    pub considered: Vec<String>,
    /// Something could not be read that may well hold what was looked for: then nobody can say that it is not there.
    pub trouble: Option<Trouble>,
}

impl Unbound {
    pub(super) fn new(message: String, considered: Vec<String>) -> Self {
        Self { message, considered, trouble: None }
    }

    /// Notes what could not be read and may hold what was looked for.
    pub(super) fn unless(self, gap: Option<&Gap>) -> Self {
        let Some(gap) = gap.filter(|_| self.trouble.is_none()) else { return self };
        let message =
            format!("looking for {}: {} failed: {}", self.message, gap.operation, gap.trouble.message);
        Self { trouble: Some(Trouble { kind: gap.trouble.kind, message }), ..self }
    }

    /// Takes over what another search could not read.
    pub(super) fn unless_from(self, other: Self) -> Self {
        Self { trouble: self.trouble.or(other.trouble), ..self }
    }

    /// Returns what a probe or check makes of it: missing, or not to be looked at.
    pub fn observation(self) -> Observation {
        match self.trouble {
            Some(trouble) => Observation::Unavailable(trouble),
            None if self.considered.is_empty() => Observation::Missing(self.message),
            None => {
                Observation::Missing(format!("{} (there is: {})", self.message, self.considered.join(", ")))
            }
        }
    }
}

impl Inspection {
    /// Returns the resource of a type that a binding leads to. Where it leads to another type, links are followed, the
    /// fewest possible: from a method to its function, from a function to its role, its table, its log group.
    pub fn bind(&self, binding: &Binding, wanted: &str) -> Result<&Resource, Unbound> {
        let starts = self.starts(binding, wanted)?;
        self.follow(&starts, wanted)
    }

    /// Returns the resources at which a search for one of a type begins.
    pub(super) fn starts(&self, binding: &Binding, wanted: &str) -> Result<Vec<&Resource>, Unbound> {
        match binding {
            Binding::Logical(id) => Ok(vec![self.logical(id, wanted)?]),
            Binding::Route { api, method, path } => {
                Ok(vec![self.live_function(api.as_deref(), method, path)?])
            }
            Binding::From { way, start } => Ok(self.walk(*way, start, wanted)?.towards(wanted)),
        }
    }

    /// Returns the resource that bears a logical id of the stack. `wanted` is the type that is looked for in the end.
    pub(super) fn logical(&self, id: &str, wanted: &str) -> Result<&Resource, Unbound> {
        let mut found = self.resources.iter().filter(|resource| resource.logical_id.as_deref() == Some(id));
        match (found.next(), found.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => {
                let message = format!("a resource with the tag proofmark:logical-id={id}");
                Err(self.unbound(message, wanted, self.of_type(wanted).map(shown).collect()))
            }
            (Some(first), Some(second)) => Err(Unbound::new(
                format!("one resource with the tag proofmark:logical-id={id}"),
                vec![first.key.clone(), second.key.clone()],
            )),
        }
    }

    fn follow<'a>(&'a self, starts: &[&'a Resource], wanted: &str) -> Result<&'a Resource, Unbound> {
        let mut reached: BTreeSet<&str> = starts.iter().map(|start| start.key.as_str()).collect();
        let from = starts.iter().map(|start| start.key.as_str()).collect::<Vec<_>>().join(" or ");
        let mut level = starts.to_vec();
        while !level.is_empty() {
            let found: Vec<_> = level.iter().copied().filter(|resource| resource.kind == wanted).collect();
            match found.as_slice() {
                [] => {}
                [only] => return Ok(only),
                several => {
                    return Err(Unbound::new(
                        format!("one {wanted} that {from} leads to"),
                        several.iter().map(|resource| shown(resource)).collect(),
                    ));
                }
            }
            let links = self.links.iter().filter(|link| FOLLOWED.contains(&link.kind));
            let links = links.filter(|link| level.iter().any(|resource| resource.key == link.from));
            let next: BTreeSet<&str> = links.map(|link| link.to.as_str()).collect();
            level =
                next.into_iter().filter(|key| reached.insert(key)).filter_map(|key| self.get(key)).collect();
        }
        let message = format!("the {wanted} that {from} leads to");
        let gap = starts.iter().find_map(|start| self.gap_of(start));
        Err(self.unbound(message, wanted, vec![]).unless(gap))
    }

    /// Returns what could not be read of a resource, its parts included.
    pub fn gap_of(&self, resource: &Resource) -> Option<&Gap> {
        let part = |what: &str| {
            what.strip_prefix(&resource.key).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.gaps.iter().find(|gap| part(&gap.what))
    }

    /// Something of this type is missing: because it is not there, or because we could not look?
    pub(super) fn unbound(&self, message: String, wanted: &str, considered: Vec<String>) -> Unbound {
        Unbound::new(message, considered).unless(self.hides(wanted))
    }

    /// Returns what could not be read and may hide a resource of a type.
    pub fn hides(&self, wanted: &str) -> Option<&Gap> {
        // A gap names a type, a service (`AWS::Lambda`) or all (`AWS`); with an id behind it, one resource. Ways lead
        // through functions, so one that was not read may hide anything but the parts of an API.
        let of_api = wanted.starts_with("AWS::ApiGateway::") || wanted.starts_with("AWS::ApiGatewayV2::");
        let hidden_by = if of_api { vec![wanted] } else { vec![wanted, "AWS::Lambda::Function"] };
        let explains = |gap: &&Gap| {
            let kind = gap.what.split('/').next().unwrap_or_default();
            hidden_by.iter().any(|wanted| {
                wanted.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            })
        };
        self.gaps.iter().find(explains)
    }
}
