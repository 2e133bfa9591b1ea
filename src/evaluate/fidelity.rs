use std::sync::Arc;

use serde_json::Value;

use super::check::undetermined;
use super::role::Subject as Role;
use super::{Cause, Facts, Outcome};
use crate::challenge::{Act, Check, Given, HttpRequest, Subject};
use crate::evidence::{Aspect, Binding, Exchange, Inspection, LinkKind, LiveRoute, Resource, TroubleKind};
use crate::matcher::Values;
use crate::policy::{Applicable, Context, Policy, PolicyKind, Principal, Request, decide};
use crate::text::fill;

/// Why an outcome does not hold on this target.
type Doubt = Option<String>;

/// Takes a verdict back where it hangs on something that the target does otherwise than AWS. A target that lets more through than AWS may show a
/// pass where AWS would refuse; what it cannot do at all it shows as a failure. Neither says anything about the candidate's work.
pub(super) fn doubted(key: &str, check: &Check, facts: &Facts<'_>, outcome: Outcome) -> Outcome {
    let open = matches!(outcome, Outcome::Pass | Outcome::Fail { .. });
    let whole = facts.inspection.lacks.is_empty() && facts.inspection.not_to_be_called().is_none();
    if whole || !open || !check.subject.is_probe() {
        return outcome;
    }
    let transcript = facts.transcripts.get(key);
    let mut variables = facts.variables.clone();
    variables.extend(transcript.into_iter().flat_map(|transcript| transcript.variables.clone()));
    let exchanges = transcript.map_or(&[] as &[Exchange], |transcript| &transcript.exchanges);
    let last = exchanges.iter().map(|exchange| exchange.attempt).max();
    let received: Vec<&Value> =
        exchanges.iter().filter(|one| Some(one.attempt) == last).map(|one| &one.received).collect();
    let doubts = Doubts {
        inspection: facts.inspection,
        variables: &variables,
        passed: outcome == Outcome::Pass,
        crashed: crashed(&outcome) || received.iter().any(|answer| is_crash(answer)),
        ran: received.iter().any(|answer| answer["ran"] == true),
        unloaded: received.iter().any(|answer| names_unloaded(answer)),
    };
    match doubts.of(check) {
        Some(why) => undetermined(TroubleKind::Unsupported, &format!("this target {why}")),
        None => outcome,
    }
}

fn crashed(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Fail { cause: Cause::Mismatched { seen, .. } } if is_crash(seen))
}

/// Whether an answer says that a function, or what should have invoked it, broke down. With fewer rights it would have done so too.
fn is_crash(answer: &Value) -> bool {
    answer["status"].as_u64().is_some_and(|status| status >= 500) || answer["error"].is_string()
}

/// How Lambda calls a handler that it could not load, in answers and in logs: such a function has called nothing.
const UNLOADED: [&str; 5] = [
    "Runtime.HandlerNotFound",
    "Runtime.ImportModuleError",
    "Runtime.MalformedHandlerName",
    "Runtime.UserCodeSyntaxError",
    "Runtime.InvalidEntrypoint",
];

fn names_unloaded(answer: &Value) -> bool {
    let told = if answer["error"].is_string() { &answer["payload"]["errorType"] } else { &answer["log"] };
    let text = told.to_string();
    UNLOADED.iter().any(|name| text.contains(name))
}

struct Doubts<'a> {
    inspection: &'a Inspection,
    variables: &'a Values,
    passed: bool,
    crashed: bool,
    /// The function's log told of a run.
    ran: bool,
    /// The function's code could not be loaded.
    unloaded: bool,
}

impl Doubts<'_> {
    fn of(&self, check: &Check) -> Doubt {
        let given = check.given.iter().find_map(|given| match given {
            Given::Put { .. } => None,
            Given::Send { .. } | Given::Upload { .. } | Given::Publish { .. } | Given::Emit { .. } => {
                self.run(None)
            }
        });
        let acted = || {
            check.when.iter().find_map(|act| match act {
                Act::Http { request, .. } => self.request(request),
                Act::Invoke { function, .. } => self.invoked(function),
            })
        };
        let looked = || match &check.subject {
            Subject::Http(request) => self.request(request),
            Subject::Invoke { function, .. } => self.invoked(function),
            Subject::Log { of, .. } => self.log(of),
            _ => None,
        };
        given.or_else(acted).or_else(looked)
    }

    fn lacks(&self, aspect: Aspect) -> Doubt {
        self.inspection.lacks.get(&aspect).cloned()
    }

    fn request(&self, request: &HttpRequest) -> Doubt {
        if let Some(function) = &request.url {
            let bound = self.inspection.bind(function, "AWS::Lambda::Function").ok();
            let breakdown = || bound.and_then(|function| self.breakdown(function));
            return self.lacks(Aspect::FunctionUrls).or_else(breakdown).or_else(|| self.invoked(function));
        }
        let path = fill(&request.path, self.variables).unwrap_or_else(|_| request.path.clone());
        let Some((api, live)) = self.inspection.route_taking(request.api.as_deref(), &request.method, &path)
        else {
            // Where no API takes the request, the APIs may be what the target does not know.
            return self.lacks(Aspect::Deployments).or_else(|| self.lacks(Aspect::RestApis));
        };
        let served = if api.is_http_api() { Aspect::HttpApis } else { Aspect::RestApis };
        let LiveRoute { stage, route } = live;
        let guarded = !matches!(route["authorization"].as_str(), None | Some("NONE" | ""))
            || route["apiKeyRequired"] == true;
        let guard = || if guarded { self.lacks(Aspect::Authorizers) } else { None };
        let function = route["function"].as_str().and_then(|key| self.inspection.get(key));
        let behind = || {
            let function = function?;
            let rights = || self.run(Some(function)).or_else(|| self.permission(api, stage, route, function));
            self.breakdown(function).or_else(rights)
        };
        self.lacks(served).or_else(|| self.lacks(Aspect::Deployments)).or_else(guard).or_else(behind)
    }

    fn invoked(&self, function: &Binding) -> Doubt {
        self.run(self.inspection.bind(function, "AWS::Lambda::Function").ok())
    }

    /// A function that may do more than its role allows can succeed, and it can also fail to be refused. When it breaks down all the same, that holds.
    fn run(&self, function: Option<&Resource>) -> Doubt {
        let rights = || {
            let why = if self.crashed && !self.passed { None } else { self.lacks(Aspect::Roles) }?;
            Some(match function {
                Some(function) => format!("{why}; {} might be refused something", function.id),
                None => why,
            })
        };
        self.lacks(Aspect::Functions).or_else(|| self.called(function)).or_else(rights)
    }

    /// An answer of 5xx in a function's place, where the function may not have been asked at all.
    fn breakdown(&self, function: &Resource) -> Doubt {
        let why = if self.crashed && !self.ran { self.lacks(Aspect::Breakdowns) } else { None }?;
        Some(format!("{why}; no log tells that {} ran", function.id))
    }

    /// A function that calls what the target does not have gets nowhere, whatever it is worth; one that could not be loaded called nothing.
    fn called(&self, function: Option<&Resource>) -> Doubt {
        let gap = if self.unloaded && !self.passed { None } else { self.inspection.not_to_be_called() }?;
        let who = function.map_or("a function", |function| function.id.as_str());
        Some(format!("has no {}: {}; {who} may need it", gap.what, gap.trouble.message))
    }

    /// What an API may not invoke, AWS would not have let answer.
    fn permission(&self, api: &Resource, stage: &Resource, route: &Value, function: &Resource) -> Doubt {
        let why = if self.passed { self.lacks(Aspect::InvokePermissions) } else { None }?;
        if self.may_invoke(api, stage, route, function) {
            return None;
        }
        Some(format!("{why}; no statement lets the API {} invoke {}", api.id, function.id))
    }

    fn may_invoke(&self, api: &Resource, stage: &Resource, route: &Value, function: &Resource) -> bool {
        let Some(arn) = function.arn.as_deref() else { return false };
        let uri = route["integration"]["uri"].as_str().unwrap_or_default();
        let named = |arn: &str| uri == arn || uri.ends_with(&format!("/{arn}/invocations"));
        let aliases = self.inspection.of_type("AWS::Lambda::Alias");
        let mut asked = std::iter::once(function).chain(aliases);
        // A qualifier has a policy of its own. An integration with a role of its own asks that role.
        let Some(asked) = asked.find(|one| one.arn.as_deref().is_some_and(named)) else { return false };
        if route["integration"]["credentials"].is_string() {
            return false;
        }
        let Some(policy) = asked.attributes.get("Policy").filter(|policy| !policy.is_null()) else {
            return false;
        };
        let Ok(policy) = Policy::parse(&policy.to_string(), PolicyKind::Resource) else { return false };
        let (account, region) = (&self.inspection.account, &self.inspection.region);
        let principal = Principal::Service { name: "apigateway.amazonaws.com".to_owned() };
        let method = route["method"].as_str().filter(|method| *method != "ANY").unwrap_or("*");
        // A route's variables are `*` in what the function's policy sees:
        // <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-policy-language-overview.html>
        let parts = route["path"].as_str().unwrap_or_default().split('/');
        let path: Vec<&str> = parts.map(|part| if part.starts_with('{') { "*" } else { part }).collect();
        let source = format!(
            "arn:aws:execute-api:{region}:{account}:{}/{}/{method}{}",
            api.id,
            stage.id,
            path.join("/")
        );
        let context = Context::of_principal(&principal)
            .with("aws:SourceArn", source)
            .with("aws:SourceAccount", account.as_str());
        let request = Request {
            principal,
            action: "lambda:InvokeFunction".to_owned(),
            resource: asked.arn.clone().unwrap_or_else(|| arn.to_owned()),
            context,
        };
        let resource = ("function".to_owned(), Arc::new(policy));
        decide(
            &request,
            &Applicable { resource: Some(&resource), owner: Some(account), ..Applicable::default() },
        )
        .is_allowed()
    }

    fn log(&self, of: &Binding) -> Doubt {
        if let Some(why) = self.lacks(Aspect::Logs) {
            return Some(why);
        }
        let function = self.inspection.bind(of, "AWS::Lambda::Function").ok();
        let why = if self.passed { self.lacks(Aspect::LogRights) } else { None };
        let (Some(why), Some(function)) = (why, function) else { return self.run(function) };
        if self.may_log(function) {
            return self.run(Some(function));
        }
        Some(format!("{why}; the role of {} might not let it log", function.id))
    }

    /// Whether a function's role lets it make a stream in its group and write to it. The group is there: something was read from it.
    fn may_log(&self, function: &Resource) -> bool {
        let Some(role) = self.inspection.linked(&function.key, LinkKind::ExecutionRole).next() else {
            return false;
        };
        let group = function.log_group();
        let (account, region) = (&self.inspection.account, &self.inspection.region);
        let stream = format!("arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:any");
        let Ok(role) = Role::of(role, region) else { return false };
        ["logs:CreateLogStream", "logs:PutLogEvents"].iter().all(|action| {
            let resource = if *action == "logs:PutLogEvents" {
                stream.clone()
            } else {
                format!("arn:aws:logs:{region}:{account}:log-group:{group}:*")
            };
            role.decide(action, &resource).is_allowed()
        })
    }
}
