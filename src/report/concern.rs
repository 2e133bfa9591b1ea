use std::collections::{BTreeMap, BTreeSet};

use crate::challenge::{Challenge, Check, Subject};
use crate::evidence::{Binding, Evidence, Inspection, LinkKind, Resource};

const FUNCTION: &str = "AWS::Lambda::Function";
const ROLE: &str = "AWS::IAM::Role";
/// A resource that more tasks hang on than this says nothing of which one was worked on.
const MOST: usize = 3;

/// Which tasks hang on which resources, so that a call on a resource is work on a task.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concern {
    /// By service and name of a resource: ids of tasks.
    tasks: BTreeMap<(String, String), BTreeSet<String>>,
}

impl Concern {
    /// Follows what each check looks at: a route to its function, a function to its role. What stood at the beginning counts as
    /// well as what stands in the end.
    pub fn of(challenge: &Challenge, evidence: &Evidence) -> Self {
        let mut concern = Self::default();
        for inspection in [Some(&evidence.inspection), evidence.before.as_ref()].into_iter().flatten() {
            for task in &challenge.tasks {
                for check in task.checks.iter().flat_map(Check::with_members) {
                    for resource in looked_at(&check.subject, inspection) {
                        concern.note(&task.id, resource);
                    }
                }
            }
        }
        concern
    }

    fn note(&mut self, task: &str, resource: &Resource) {
        let Some(service) = service(&resource.kind) else { return };
        for name in resource.id.split(['/', ':']).filter(|name| name.len() > 2) {
            self.tasks.entry((service.clone(), name.to_owned())).or_default().insert(task.to_owned());
        }
    }

    /// Returns the tasks that a call on these ARNs was work on; none where that cannot be told, or too many hang on them.
    pub fn tasks_of(&self, arns: &[String]) -> Vec<String> {
        let mut found = BTreeSet::new();
        for arn in arns {
            let mut parts = arn.splitn(6, ':').skip(2);
            let (Some(service), Some(name)) = (parts.next(), parts.nth(2)) else { continue };
            for part in name.split(['/', ':']) {
                let known = self.tasks.get(&(service.to_owned(), part.to_owned()));
                found.extend(known.into_iter().flatten().cloned());
            }
        }
        if found.len() > MOST { vec![] } else { found.into_iter().collect() }
    }
}

/// Returns the service that a type belongs to, as ARNs name it.
fn service(kind: &str) -> Option<String> {
    let service = kind.split("::").nth(1)?.to_lowercase();
    Some(service.trim_end_matches("v2").to_owned())
}

fn looked_at<'a>(subject: &Subject, inspection: &'a Inspection) -> Vec<&'a Resource> {
    let of = |binding: &Binding, kind: &str| inspection.bind(binding, kind).ok();
    let found = match subject {
        Subject::Http(request) => match &request.url {
            Some(function) => of(function, FUNCTION),
            None => return route(inspection, request.api.as_deref(), &request.method, &request.path),
        },
        Subject::Route { api, method, path } => return route(inspection, api.as_deref(), method, path),
        Subject::Invoke { function: binding, .. }
        | Subject::Log { of: binding, .. }
        | Subject::Function { of: binding } => of(binding, FUNCTION),
        Subject::Item { table: binding, .. } | Subject::Table { of: binding } => {
            of(binding, "AWS::DynamoDB::Table")
        }
        Subject::Messages { queue: binding, .. } | Subject::Queue { of: binding } => {
            of(binding, "AWS::SQS::Queue")
        }
        Subject::Object { bucket, .. } => of(bucket, "AWS::S3::Bucket"),
        Subject::Role { of: binding } => of(binding, ROLE),
        Subject::Resource { kind, of: binding } => of(binding, kind),
        Subject::Group { .. } | Subject::Question(_) | Subject::Unchanged(_) | Subject::Audit(_) => None,
    };
    found.into_iter().flat_map(|resource| with_role(inspection, resource)).collect()
}

/// A route's function with its role, and its API.
fn route<'a>(inspection: &'a Inspection, api: Option<&str>, method: &str, path: &str) -> Vec<&'a Resource> {
    let path = parameters(path.split('?').next().unwrap_or(path));
    let Ok(live) = inspection.live_route(api, method, &path) else { return vec![] };
    let whole = inspection.linked(&live.stage.key, LinkKind::PartOf);
    let function = live.route["function"].as_str().and_then(|key| inspection.get(key));
    whole.chain(function.into_iter().flat_map(|function| with_role(inspection, function))).collect()
}

fn with_role<'a>(inspection: &'a Inspection, resource: &'a Resource) -> Vec<&'a Resource> {
    let role = inspection.linked(&resource.key, LinkKind::ExecutionRole);
    std::iter::once(resource).chain(role).collect()
}

/// Turns what is filled in when a request is made into a parameter of the path.
fn parameters(path: &str) -> String {
    let segment =
        |segment: &str| if segment.contains("{{") { "{part}".to_owned() } else { segment.to_owned() };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concern(known: &[(&str, &str, &str)]) -> Concern {
        let mut concern = Concern::default();
        for (service, name, task) in known {
            let key = ((*service).to_owned(), (*name).to_owned());
            concern.tasks.entry(key).or_default().insert((*task).to_owned());
        }
        concern
    }

    #[test]
    fn a_call_is_work_on_the_tasks_that_hang_on_its_resource() {
        let concern = concern(&[
            ("lambda", "get-order", "read"),
            ("iam", "get-order-role", "rights"),
            ("dynamodb", "get-order", "other"),
        ]);
        let tasks = |arn: &str| concern.tasks_of(&[arn.to_owned()]);
        assert_eq!(tasks("arn:aws:lambda:us-east-1:1:function:get-order"), ["read"]);
        assert_eq!(tasks("arn:aws:lambda:us-east-1:1:function:get-order:live"), ["read"]);
        assert_eq!(tasks("arn:aws:iam::1:role/lab/get-order-role"), ["rights"]);
        assert!(tasks("arn:aws:lambda:us-east-1:1:function:another").is_empty());
        assert!(tasks("nonsense").is_empty());
    }

    #[test]
    fn what_everything_hangs_on_says_nothing() {
        let all = ["a", "b", "c", "d"].map(|task| ("apigateway", "x1y2z3", task));
        let arn = "arn:aws:apigateway:us-east-1::/restapis/x1y2z3/deployments".to_owned();
        assert!(concern(&all).tasks_of(std::slice::from_ref(&arn)).is_empty());
        assert_eq!(concern(&all[..2]).tasks_of(&[arn]), ["a", "b"]);
    }

    #[test]
    fn what_is_filled_in_is_a_parameter() {
        assert_eq!(parameters("/orders/{{ order }}/lines"), "/orders/{part}/lines");
    }
}
