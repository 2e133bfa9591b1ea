//! Requests, routes and the names of resources as they are written.

use super::HttpRequest;
use super::definition::Definition;
use super::raw::{RawBinding, RawHttp, RawRoute};
use crate::evidence::Binding;
use crate::text::{did_you_mean, one_of};

/// What may serve a route.
const APIS: [&str; 2] = ["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"];
const FUNCTION: &str = "AWS::Lambda::Function";
pub(super) const BUCKET: &str = "AWS::S3::Bucket";
pub(super) const BUS: &str = "AWS::Events::EventBus";
pub(super) const QUEUE: &str = "AWS::SQS::Queue";
pub(super) const TABLE: &str = "AWS::DynamoDB::Table";
pub(super) const TOPIC: &str = "AWS::SNS::Topic";
/// How often a request can be sent at the same moment: more would be a load on the candidate's account, and tell nothing more.
const AT_ONCE: std::ops::RangeInclusive<u32> = 2..=16;
const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

impl Definition<'_> {
    pub(super) fn http(&mut self, raw: RawHttp, at: &str) -> Option<HttpRequest> {
        let method = self.method(&raw.method, &format!("{at}/method"));
        let url = match raw.url {
            Some(function) if raw.api.is_none() => {
                Some(self.typed(function, FUNCTION, &format!("{at}/url"))?)
            }
            Some(_) => {
                self.key(
                    &format!("{at}/url"),
                    "a request goes to an API or to a function's URL, not to both",
                );
                None
            }
            None => {
                self.api(raw.api.as_deref(), at);
                None
            }
        };
        if !raw.path.starts_with('/') {
            self.value(&format!("{at}/path"), "a path begins with `/`");
        }
        if raw.times.is_some_and(|times| !AT_ONCE.contains(&times)) {
            let (least, most) = (AT_ONCE.start(), AT_ONCE.end());
            let told =
                self.value(&format!("{at}/times"), "a request is sent at once a few times or not at all");
            told.help =
                Some(format!("write a number from {least} to {most}, or leave it out to send it once"));
        }
        let RawHttp { path, api, headers, body, times, .. } = raw;
        Some(HttpRequest { api, url, method: method?, path, headers, body, times })
    }

    pub(super) fn method(&mut self, method: &str, at: &str) -> Option<String> {
        if METHODS.contains(&method) {
            return Some(method.to_owned());
        }
        let help = format!("write one of {}", one_of(METHODS));
        self.value(at, format!("`{method}` is not a method")).help = Some(help);
        None
    }

    pub(super) fn route(&mut self, route: &str, at: &str) -> Option<(String, String)> {
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

    pub(super) fn binding(&mut self, raw: RawBinding, at: &str) -> Option<Binding> {
        match raw {
            RawBinding::Logical(id) => {
                self.logical_id(&id, &[], at);
                Some(Binding::Logical(id))
            }
            RawBinding::Route(RawRoute { route, api }) => {
                self.api(api.as_deref(), at);
                let (method, path) = self.route(&route, &format!("{at}/route"))?;
                Some(Binding::Route { api, method, path })
            }
            RawBinding::From { way, start } => {
                let start = self.binding(*start, &format!("{at}/{}", way.word()))?;
                Some(Binding::From { way, start: Box::new(start) })
            }
        }
    }

    /// Reads a binding that, if it is a logical id, must be one of this type.
    pub(super) fn typed(&mut self, raw: RawBinding, kind: &str, at: &str) -> Option<Binding> {
        if let RawBinding::Logical(id) = raw {
            self.logical_id(&id, &[kind], at);
            return Some(Binding::Logical(id));
        }
        self.binding(raw, at)
    }

    /// Checks that the stack has a resource of this name, and of one of these types where some are asked for.
    fn logical_id(&mut self, id: &str, kinds: &[&str], at: &str) {
        let Some(resources) = &self.resources else { return };
        let fits = |found: &str| kinds.is_empty() || kinds.contains(&found);
        match resources.get(id) {
            None => {
                let fitting = resources.iter().filter(|(_, kind)| fits(kind)).map(|(id, _)| id);
                let help = did_you_mean(id, fitting);
                self.value(at, format!("the template has no resource `{id}`")).help = help;
            }
            Some(found) if !fits(found) => {
                let message = format!("`{id}` is of type {found}, and {} is needed", kinds.join(" or "));
                self.value(at, message);
            }
            Some(_) => {}
        }
    }

    /// Checks the API that something names, or that there is only one to mean. `at` is the node that `api` stands in.
    pub(super) fn api(&mut self, api: Option<&str>, at: &str) {
        let Some(resources) = &self.resources else { return };
        if let Some(id) = api {
            return self.logical_id(id, &APIS, &format!("{at}/api"));
        }
        let apis: Vec<String> = resources
            .iter()
            .filter(|(_, kind)| APIS.contains(&kind.as_str()))
            .map(|(id, _)| id.clone())
            .collect();
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
}
