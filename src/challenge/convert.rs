//! From the files as written to the types of the pipeline.

use std::time::Duration;

use indexmap::IndexMap;
use serde_json::Value;

use super::definition::Definition;
use super::raw::{
    RawAct, RawBinding, RawCheck, RawCredit, RawHttp, RawInvoke, RawRoute, RawTask, RawVisibility,
};
use super::{Act, Check, Credit, Given, HttpRequest, Points, RoleExpectation, Subject, Task, Visibility};
use crate::evidence::Binding;
use crate::matcher::Selector;
use crate::text::{all_of, did_you_mean, one_of, parse_duration};

const REST_API: &str = "AWS::ApiGateway::RestApi";
const TABLE: &str = "AWS::DynamoDB::Table";
const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
const VERBS: [&str; 9] = ["http", "invoke", "item", "log", "function", "route", "role", "table", "resource"];

impl Definition<'_> {
    pub(super) fn tasks(&mut self, raw: Vec<RawTask>) -> Vec<Task> {
        let tasks = raw.into_iter().enumerate().map(|(index, raw)| {
            let at = format!("/tasks/{index}");
            let checks = raw.checks.into_iter().enumerate();
            Task {
                id: raw.id,
                title: raw.title,
                domain: raw.domain,
                points: Points::whole(raw.points),
                credit: match raw.credit {
                    RawCredit::Proportional => Credit::Proportional,
                    RawCredit::AllOrNothing => Credit::AllOrNothing,
                    RawCredit::AtLeast(least) => Credit::AtLeast(least),
                },
                checks: checks
                    .filter_map(|(c, check)| self.check(check, &format!("{at}/checks/{c}")))
                    .collect(),
                location: self.location(self.node.place(&at)),
            }
        });
        tasks.collect()
    }

    /// `None` when something was found wrong that leaves no check.
    fn check(&mut self, mut raw: RawCheck, at: &str) -> Option<Check> {
        let given = std::mem::take(&mut raw.given).into_iter().enumerate().map(|(index, given)| {
            let table = self.table(given.put.table, &format!("{at}/given/{index}/put/table"))?;
            Some(Given::Put { table, item: Value::Object(given.put.item) })
        });
        let given: Option<Vec<Given>> = given.collect();
        let when = std::mem::take(&mut raw.when).into_iter().enumerate();
        let when: Option<Vec<Act>> =
            when.map(|(index, act)| self.act(act, &format!("{at}/when/{index}"))).collect();
        let within = raw.within.take().and_then(|text| self.duration(&text, &format!("{at}/within")));
        let subject = self.subject(&mut raw, at);
        let role = self.role(&mut raw, subject.as_ref(), at);
        Some(Check {
            id: raw.id,
            title: raw.title,
            weight: raw.weight,
            needs: raw.needs,
            visibility: match raw.visibility {
                RawVisibility::Visible => Visibility::Visible,
                RawVisibility::Hidden => Visibility::Hidden,
            },
            hidden_hint: raw.hidden_hint,
            within,
            why: raw.why,
            hint: raw.hint,
            given: given?,
            when: when?,
            subject: subject?,
            expect: raw.expect.0.expectation,
            role,
            location: self.location(self.node.place(at)),
        })
    }

    fn subject(&mut self, raw: &mut RawCheck, at: &str) -> Option<Subject> {
        let mut found: Vec<Option<Subject>> = Vec::new();
        let mut verbs: Vec<&str> = Vec::new();
        let mut see = |verb, subject| {
            verbs.push(verb);
            found.push(subject);
        };
        if let Some(http) = raw.http.take() {
            see("http", self.http(http, &format!("{at}/http")).map(Subject::Http));
        }
        if let Some(RawInvoke { function, payload }) = raw.invoke.take() {
            let function = self.binding(function, &format!("{at}/invoke/function"));
            see("invoke", function.map(|function| Subject::Invoke { function, payload }));
        }
        if let Some(item) = raw.item.take() {
            let table = self.table(item.table, &format!("{at}/item/table"));
            see("item", table.map(|table| Subject::Item { table, key: Value::Object(item.key) }));
        }
        if let Some(log) = raw.log.take() {
            let of = self.binding(log.of, &format!("{at}/log/of"));
            see("log", of.map(|of| Subject::Log { of, filter: log.filter }));
        }
        if let Some(function) = raw.function.take() {
            let of = self.binding(function.of, &format!("{at}/function/of"));
            see("function", of.map(|of| Subject::Function { of }));
        }
        if let Some(RawRoute { route, api }) = raw.route.take() {
            self.api(api.as_deref(), &format!("{at}/route"));
            let route = self.route(&route, &format!("{at}/route/route"));
            see("route", route.map(|(method, path)| Subject::Route { api, method, path }));
        }
        if let Some(role) = raw.role.take() {
            let of = self.binding(role.of, &format!("{at}/role/of"));
            see("role", of.map(|of| Subject::Role { of }));
        }
        if let Some(table) = raw.table.take() {
            let of = self.binding(table.of, &format!("{at}/table/of"));
            see("table", of.map(|of| Subject::Table { of }));
        }
        if let Some(resource) = raw.resource.take() {
            let of = self.binding(resource.of, &format!("{at}/resource/of"));
            see("resource", of.map(|of| Subject::Resource { kind: resource.kind, of }));
        }
        match verbs.as_slice() {
            [_] => found.pop().flatten(),
            [] => {
                let help = format!("write one of {}", one_of(VERBS));
                self.value(at, format!("the check `{}` looks at nothing", raw.id)).help = Some(help);
                None
            }
            [_, second, ..] => {
                let message = format!("a check looks at one thing, and here are {}", all_of(&verbs));
                let help = "make them checks of their own, or put what comes first under `when`";
                self.key(&format!("{at}/{second}"), message).help = Some(help.to_owned());
                None
            }
        }
    }

    fn role(&mut self, raw: &mut RawCheck, subject: Option<&Subject>, at: &str) -> Option<RoleExpectation> {
        let is_role = matches!(subject, Some(Subject::Role { .. }));
        let given = std::mem::take(&mut raw.expect.0.besides);
        if !given.is_given() {
            return is_role.then(RoleExpectation::default);
        }
        if !is_role {
            if subject.is_some() {
                let help = "look at the role of something with `role: { of: ... }`";
                let message = "only of a role can be expected what it allows and denies";
                self.key(&format!("{at}/expect"), message).help = Some(help.to_owned());
            }
            return None;
        }
        let expectation = given.into_expectation();
        for (key, grants) in [("allows", &expectation.allows), ("denies", &expectation.denies)] {
            for (index, grant) in grants.iter().enumerate() {
                let at = format!("{at}/expect/{key}/{index}");
                if grant.actions.is_empty() || grant.resources.is_empty() {
                    self.value(&at, format!("`{key}` needs at least one action and one resource"));
                }
                for (index, action) in grant.actions.iter().enumerate() {
                    if !is_action(action) {
                        let help =
                            "write the service's prefix and the action, for example `dynamodb:GetItem`";
                        let message = format!("`{action}` is not an action");
                        self.value(&format!("{at}/actions/{index}"), message).help = Some(help.to_owned());
                    }
                }
            }
        }
        if expectation.allows.is_empty()
            && expectation.denies.is_empty()
            && raw.expect.0.expectation.is_empty()
        {
            self.key(&format!("{at}/expect"), "nothing is expected of the role");
        }
        Some(expectation)
    }

    fn act(&mut self, raw: RawAct, at: &str) -> Option<Act> {
        for (name, selector) in &raw.capture {
            if let Err(error) = Selector::parse(selector) {
                self.value(&format!("{at}/capture/{name}"), error.to_string());
            }
        }
        let capture: IndexMap<String, String> = raw.capture;
        match (raw.http, raw.invoke) {
            (Some(http), None) => {
                let request = self.http(http, &format!("{at}/http"))?;
                Some(Act::Http { request, capture })
            }
            (None, Some(RawInvoke { function, payload })) => {
                let function = self.binding(function, &format!("{at}/invoke/function"))?;
                Some(Act::Invoke { function, payload, capture })
            }
            _ => {
                self.value(at, "an act of `when` is one of `http` and `invoke`");
                None
            }
        }
    }

    fn http(&mut self, raw: RawHttp, at: &str) -> Option<HttpRequest> {
        let method = self.method(&raw.method, &format!("{at}/method"));
        self.api(raw.api.as_deref(), at);
        if !raw.path.starts_with('/') {
            self.value(&format!("{at}/path"), "a path begins with `/`");
        }
        let RawHttp { path, api, headers, body, .. } = raw;
        Some(HttpRequest { api, method: method?, path, headers, body })
    }

    fn method(&mut self, method: &str, at: &str) -> Option<String> {
        if METHODS.contains(&method) {
            return Some(method.to_owned());
        }
        let help = format!("write one of {}", one_of(METHODS));
        self.value(at, format!("`{method}` is not a method")).help = Some(help);
        None
    }

    fn route(&mut self, route: &str, at: &str) -> Option<(String, String)> {
        match route.split_once(' ') {
            Some((method, path)) if path.starts_with('/') && !path.contains(char::is_whitespace) => {
                let method = if method == "ANY" { Some("ANY".to_owned()) } else { self.method(method, at) };
                method.map(|method| (method, path.to_owned()))
            }
            _ => {
                let help = "write method and path, for example `GET /orders/{id}`";
                self.value(at, format!("`{route}` is not a route")).help = Some(help.to_owned());
                None
            }
        }
    }

    fn binding(&mut self, raw: RawBinding, at: &str) -> Option<Binding> {
        match raw {
            RawBinding::Logical(id) => {
                self.logical_id(&id, None, at);
                Some(Binding::Logical(id))
            }
            RawBinding::Route(RawRoute { route, api }) => {
                self.api(api.as_deref(), at);
                let (method, path) = self.route(&route, &format!("{at}/route"))?;
                Some(Binding::Route { api, method, path })
            }
        }
    }

    fn table(&mut self, raw: RawBinding, at: &str) -> Option<Binding> {
        if let RawBinding::Logical(id) = raw {
            self.logical_id(&id, Some(TABLE), at);
            return Some(Binding::Logical(id));
        }
        self.binding(raw, at)
    }

    /// Checks that the stack has a resource of this name, and of this type where one is asked for.
    fn logical_id(&mut self, id: &str, kind: Option<&str>, at: &str) {
        let Some(resources) = &self.resources else { return };
        match (resources.get(id), kind) {
            (None, _) => {
                let fits = |found: &&String| {
                    kind.is_none_or(|kind| resources.get(*found).is_some_and(|k| k == kind))
                };
                let help = did_you_mean(id, resources.keys().filter(fits));
                self.value(at, format!("the template has no resource `{id}`")).help = help;
            }
            (Some(found), Some(kind)) if found != kind => {
                let message = format!("`{id}` is of type {found}, and {kind} is needed");
                self.value(at, message);
            }
            _ => {}
        }
    }

    /// Checks the API that something names, or that there is only one to mean. `at` is the node that `api` stands in.
    fn api(&mut self, api: Option<&str>, at: &str) {
        let Some(resources) = &self.resources else { return };
        if let Some(id) = api {
            return self.logical_id(id, Some(REST_API), &format!("{at}/api"));
        }
        let apis: Vec<String> =
            resources.iter().filter(|(_, kind)| *kind == REST_API).map(|(id, _)| id.clone()).collect();
        match apis.len() {
            0 => {
                self.key(at, "the template has no API");
            }
            1 => {}
            _ => {
                let help = format!("add `api` with {}", one_of(&apis));
                self.key(at, "the template has several APIs").help = Some(help);
            }
        }
    }

    pub(super) fn duration(&mut self, text: &str, at: &str) -> Option<Duration> {
        match parse_duration(text) {
            Ok(duration) if duration.is_zero() => {
                self.value(at, "this is no time at all");
                None
            }
            Ok(duration) => Some(duration),
            Err(error) => {
                self.value(at, error.to_string());
                None
            }
        }
    }

    /// Reads what a world scores.
    pub(super) fn score(&mut self, text: &str, at: &str) -> Option<u32> {
        let score = hundredths(text);
        if score.is_none() {
            let help = "write a share of the points, for example `20%` or `16.67%`";
            self.value(at, format!("`{text}` is not a score")).help = Some(help.to_owned());
        }
        score
    }

    /// Reads where the pass mark stands on the scale of 100 to 1,000. 750 is where AWS has it for its professional exams.
    /// <https://aws.amazon.com/certification/policies/after-testing/>
    pub(super) fn scaled_cut(&mut self, cut: Option<u32>, at: &str) -> u32 {
        let cut = cut.unwrap_or(750);
        if !(101..=1000).contains(&cut) {
            self.value(at, format!("{cut} is not on the scale")).help = Some(
                "the scale goes from 100 to 1,000, and the pass mark stands above its lower end".to_owned(),
            );
        }
        cut
    }

    /// Reads a pass mark.
    pub(super) fn percent(&mut self, text: &str, at: &str) -> Option<u32> {
        let percent = hundredths(text).filter(|hundredths| *hundredths > 0);
        if percent.is_none() {
            let help = "write a share of the points above 0, for example `80%`";
            self.value(at, format!("`{text}` is not a pass mark")).help = Some(help.to_owned());
        }
        percent
    }
}

/// Reads `80%` or `66.67%` as hundredths of a percent.
fn hundredths(text: &str) -> Option<u32> {
    let (whole, part) = text.strip_suffix('%')?.split_once('.').unwrap_or((text.strip_suffix('%')?, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let hundredths: u32 = format!("{whole}{part:0<2}").parse().ok()?;
    (hundredths <= 10_000).then_some(hundredths)
}

fn is_action(action: &str) -> bool {
    action.split_once(':').is_some_and(|(service, name)| {
        let fits = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-*?".contains(c))
        };
        fits(service) && fits(name)
    })
}
