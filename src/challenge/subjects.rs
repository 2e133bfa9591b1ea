//! What a check looks at, as it is written.

use serde_json::Value;

use super::bindings::{BUCKET, QUEUE, TABLE};
use super::definition::Definition;
use super::raw::{
    RawAudit, RawBy, RawCheck, RawInvoke, RawMember, RawOutcome, RawRoute, RawScope, RawUnchanged,
};
use super::{AuditQuery, Caller, Check, GroupKind, Moment, Scope, Subject, Unchanged};
use crate::matcher::Selector;
use crate::text::{all_of, one_of};

const VERBS: [&str; 18] = [
    "http",
    "invoke",
    "item",
    "messages",
    "object",
    "log",
    "function",
    "route",
    "role",
    "table",
    "queue",
    "resource",
    "any",
    "all",
    "none",
    "question",
    "unchanged",
    "audit",
];

impl Definition<'_> {
    pub(super) fn subject(&mut self, raw: &mut RawCheck, at: &str) -> Option<Subject> {
        let mut found: Vec<(&str, Option<Subject>)> = Vec::new();
        if let Some(http) = raw.http.take() {
            found.push(("http", self.http(http, &format!("{at}/http")).map(Subject::Http)));
        }
        if let Some(RawInvoke { function, payload }) = raw.invoke.take() {
            let function = self.binding(function, &format!("{at}/invoke/function"));
            found.push(("invoke", function.map(|function| Subject::Invoke { function, payload })));
        }
        if let Some(item) = raw.item.take() {
            let table = self.typed(item.table, TABLE, &format!("{at}/item/table"));
            found.push(("item", table.map(|table| Subject::Item { table, key: Value::Object(item.key) })));
        }
        if let Some(messages) = raw.messages.take() {
            let queue = self.typed(messages.queue, QUEUE, &format!("{at}/messages/queue"));
            let read = messages.read;
            found.push(("messages", queue.map(|queue| Subject::Messages { queue, read })));
        }
        if let Some(object) = raw.object.take() {
            let bucket = self.typed(object.bucket, BUCKET, &format!("{at}/object/bucket"));
            found.push(("object", bucket.map(|bucket| Subject::Object { bucket, key: object.key })));
        }
        if let Some(log) = raw.log.take() {
            let of = self.binding(log.of, &format!("{at}/log/of"));
            found.push(("log", of.map(|of| Subject::Log { of, filter: log.filter })));
        }
        if let Some(function) = raw.function.take() {
            let of = self.binding(function.of, &format!("{at}/function/of"));
            found.push(("function", of.map(|of| Subject::Function { of })));
        }
        if let Some(RawRoute { route, api }) = raw.route.take() {
            self.api(api.as_deref(), &format!("{at}/route"));
            let route = self.route(&route, &format!("{at}/route/route"));
            found.push(("route", route.map(|(method, path)| Subject::Route { api, method, path })));
        }
        if let Some(role) = raw.role.take() {
            let of = self.binding(role.of, &format!("{at}/role/of"));
            found.push(("role", of.map(|of| Subject::Role { of })));
        }
        if let Some(table) = raw.table.take() {
            let of = self.binding(table.of, &format!("{at}/table/of"));
            found.push(("table", of.map(|of| Subject::Table { of })));
        }
        if let Some(queue) = raw.queue.take() {
            let of = self.binding(queue.of, &format!("{at}/queue/of"));
            found.push(("queue", of.map(|of| Subject::Queue { of })));
        }
        if let Some(resource) = raw.resource.take() {
            let of = self.binding(resource.of, &format!("{at}/resource/of"));
            found.push(("resource", of.map(|of| Subject::Resource { kind: resource.kind, of })));
        }
        let groups = [
            (GroupKind::Any, raw.any.take()),
            (GroupKind::All, raw.all.take()),
            (GroupKind::None, raw.none.take()),
        ];
        for (kind, members) in groups {
            if let Some(members) = members {
                let group = self.group(kind, members, &format!("{at}/{}", kind.word()));
                found.push((kind.word(), group));
            }
        }
        if let Some(question) = raw.question.take() {
            found.push(("question", Some(self.question(question, &format!("{at}/question")))));
        }
        if let Some(unchanged) = raw.unchanged.take() {
            found.push(("unchanged", self.unchanged(unchanged, &format!("{at}/unchanged"))));
        }
        if let Some(audit) = raw.audit.take() {
            found.push(("audit", self.audit(audit, &format!("{at}/audit"))));
        }
        let verbs: Vec<&str> = found.iter().map(|(verb, _)| *verb).collect();
        match verbs.as_slice() {
            [_] => found.pop().and_then(|(_, subject)| subject),
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

    fn group(&mut self, kind: GroupKind, members: Vec<RawMember>, at: &str) -> Option<Subject> {
        if members.is_empty() {
            let message = format!("`{}` of nothing says nothing", kind.word());
            self.key(at, message).help = Some("list what it is about, each with its `expect`".to_owned());
            return None;
        }
        let members = members.into_iter().enumerate().map(|(index, member)| {
            let check = self.check(member.into_check(index + 1), &format!("{at}/{index}"))?;
            let title = if check.title.is_empty() { check.subject.words() } else { check.title.clone() };
            Some(Check { title, ..check })
        });
        let of: Vec<Option<Check>> = members.collect();
        Some(Subject::Group { kind, of: of.into_iter().collect::<Option<_>>()? })
    }

    fn unchanged(&mut self, raw: RawUnchanged, at: &str) -> Option<Subject> {
        let of = self.scopes(raw.of, &format!("{at}/of"));
        let except = self.scopes(raw.except, &format!("{at}/except"));
        let compare = if raw.compare.is_empty() { vec!["properties".to_owned()] } else { raw.compare };
        let compare = self.selectors(&compare, &format!("{at}/compare"));
        let ignore = self.selectors(&raw.ignore, &format!("{at}/ignore"));
        Some(Subject::Unchanged(Unchanged {
            of: of?,
            healthy: vec![],
            except: except?,
            compare: compare?,
            ignore: ignore?,
        }))
    }

    fn scopes(&mut self, raw: Vec<RawScope>, at: &str) -> Option<Vec<Scope>> {
        let scopes = raw.into_iter().enumerate().map(|(index, scope)| {
            let at = format!("{at}/{index}");
            match scope {
                RawScope::Of(binding) => self.binding(binding, &at).map(Scope::Of),
                RawScope::Type(kind) => {
                    let some = self.resources.as_ref().is_none_or(|known| known.values().any(|k| *k == kind));
                    if !some {
                        self.value(&at, format!("the template has no resource of type `{kind}`"));
                    }
                    Some(Scope::Type(kind))
                }
            }
        });
        let scopes: Vec<Option<Scope>> = scopes.collect();
        scopes.into_iter().collect()
    }

    fn selectors(&mut self, written: &[String], at: &str) -> Option<Vec<Selector>> {
        let selectors = written.iter().enumerate().map(|(index, written)| {
            let selector = Selector::parse(written);
            selector.map_err(|error| self.value(&format!("{at}/{index}"), error.to_string())).ok()
        });
        let selectors: Vec<Option<Selector>> = selectors.collect();
        selectors.into_iter().collect()
    }

    fn audit(&mut self, raw: RawAudit, at: &str) -> Option<Subject> {
        for (index, operation) in raw.operations.iter().enumerate() {
            self.operation(operation, true, &format!("{at}/operations/{index}"));
        }
        let by = match raw.by {
            None => None,
            Some(RawBy::Candidate) => Some(Caller::Candidate),
            Some(RawBy::Application) => Some(Caller::Application),
            Some(RawBy::Role(of)) => Some(Caller::Role(self.binding(of, &format!("{at}/by/of"))?)),
        };
        let on = match raw.on {
            None => None,
            Some(on) => Some(self.binding(on, &format!("{at}/on"))?),
        };
        let after = raw.after.map(|after| match after.as_str() {
            "grade" => Moment::Grade,
            "last-change" => Moment::LastChange,
            _ => {
                self.operation(&after, false, &format!("{at}/after"));
                Moment::Call(after)
            }
        });
        let outcome = raw.outcome.map(|outcome| match outcome {
            RawOutcome::Allowed => "allowed",
            RawOutcome::Denied => "denied",
            RawOutcome::Failed => "failed",
        });
        Some(Subject::Audit(AuditQuery { outcome, by, operations: raw.operations, on, after }))
    }

    /// Checks that this names an operation, or several where wildcards may be.
    fn operation(&mut self, text: &str, wildcards: bool, at: &str) {
        let fits = |part: &str| {
            let sign = |c: char| c.is_ascii_alphanumeric() || c == '-' || (c == '*' && wildcards);
            !part.is_empty() && part.chars().all(sign)
        };
        if text.split_once(':').is_some_and(|(service, name)| fits(service) && fits(name)) {
            return;
        }
        let help = if wildcards {
            "write the service and the operation, for example `dynamodb:PutItem` or `dynamodb:*`"
        } else {
            "write `grade`, `last-change`, or an operation such as `lambda:AddPermission`"
        };
        let message = format!("`{text}` is not an operation");
        self.value(at, message).help = Some(help.to_owned());
    }
}
