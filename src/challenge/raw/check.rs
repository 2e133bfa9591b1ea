use schemars::JsonSchema;
use serde::Deserialize;

use indexmap::IndexMap;

use super::{
    RawAudit, RawDeduct, RawGate, RawGiven, RawHttp, RawInvoke, RawItem, RawLog, RawMessages, RawObject,
    RawOf, RawQuestion, RawResource, RawRoute, RawUnchanged,
};
use crate::challenge::expect::RawExpectation;

/// One check: exactly one of the verbs `http` to `audit`, and what is expected of what it finds.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Check")]
pub(in crate::challenge) struct RawCheck {
    pub(in crate::challenge) id: String,
    /// What must hold, as a sentence without its full stop.
    pub(in crate::challenge) title: String,
    /// Its part of the task's points, beside the other checks' [default: 1].
    pub(in crate::challenge) weight: Option<u32>,
    /// Checks that must have passed: of the same task by id, of another as `task/check`.
    #[serde(default)]
    pub(in crate::challenge) needs: Vec<String>,
    #[serde(default)]
    pub(in crate::challenge) visibility: RawVisibility,
    /// What a candidate reads of a hidden check.
    pub(in crate::challenge) hidden_hint: Option<String>,
    /// How long an eventual target may take to get there, for example `20s`.
    pub(in crate::challenge) within: Option<String>,
    /// Why it matters.
    pub(in crate::challenge) why: Option<String>,
    /// What to do when it fails.
    pub(in crate::challenge) hint: Option<String>,
    /// Points of the task that it costs to read the hint while working. Without it, the hint stands in the report only.
    pub(in crate::challenge) hint_cost: Option<u32>,
    /// What its failure costs beside its own points: those of its `task`, the result (`fail`), or all above a cap.
    pub(in crate::challenge) gate: Option<RawGate>,
    /// Points that its failure takes off the task, never below zero. Such a check earns nothing itself.
    pub(in crate::challenge) deduct: Option<RawDeduct>,
    /// What the grader puts in place first.
    #[serde(default)]
    pub(in crate::challenge) given: Vec<RawGiven>,
    /// What the grader does before it looks.
    #[serde(default)]
    pub(in crate::challenge) when: Vec<RawAct>,

    /// Sends a request and looks at the answer.
    pub(in crate::challenge) http: Option<RawHttp>,
    /// Invokes a function and looks at the answer.
    pub(in crate::challenge) invoke: Option<RawInvoke>,
    /// Looks at an item of a table.
    pub(in crate::challenge) item: Option<RawItem>,
    /// Looks at the messages that stand in a queue.
    pub(in crate::challenge) messages: Option<RawMessages>,
    /// Looks at an object of a bucket.
    pub(in crate::challenge) object: Option<RawObject>,
    /// Looks at what a function logged since the check began.
    pub(in crate::challenge) log: Option<RawLog>,
    /// Looks at a function's configuration.
    pub(in crate::challenge) function: Option<RawOf>,
    /// Looks at a route as the live deployment has it.
    pub(in crate::challenge) route: Option<RawRoute>,
    /// Looks at what a role may do.
    pub(in crate::challenge) role: Option<RawOf>,
    /// Looks at a table's configuration.
    pub(in crate::challenge) table: Option<RawOf>,
    /// Looks at a queue's configuration.
    pub(in crate::challenge) queue: Option<RawOf>,
    /// Looks at a resource of any type.
    pub(in crate::challenge) resource: Option<RawResource>,
    /// Passes when one of these passes.
    pub(in crate::challenge) any: Option<Vec<RawMember>>,
    /// Passes when each of these passes.
    pub(in crate::challenge) all: Option<Vec<RawMember>>,
    /// Passes when none of these passes.
    pub(in crate::challenge) none: Option<Vec<RawMember>>,
    /// Asks the candidate.
    pub(in crate::challenge) question: Option<RawQuestion>,
    /// Compares what stands with what stood when the candidate began.
    pub(in crate::challenge) unchanged: Option<RawUnchanged>,
    /// Counts calls in the audit log.
    pub(in crate::challenge) audit: Option<RawAudit>,

    pub(in crate::challenge) expect: Option<RawExpectation>,
}

/// One of several checks that make a group: it has no id and no points of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Member")]
pub(in crate::challenge) struct RawMember {
    /// What holds when it passes, as a sentence without its full stop.
    title: Option<String>,
    /// What the grader puts in place first.
    #[serde(default)]
    given: Vec<RawGiven>,
    /// What the grader does before it looks.
    #[serde(default)]
    when: Vec<RawAct>,

    /// Sends a request and looks at the answer.
    http: Option<RawHttp>,
    /// Invokes a function and looks at the answer.
    invoke: Option<RawInvoke>,
    /// Looks at an item of a table.
    item: Option<RawItem>,
    /// Looks at the messages that stand in a queue.
    messages: Option<RawMessages>,
    /// Looks at an object of a bucket.
    object: Option<RawObject>,
    /// Looks at what a function logged since the check began.
    log: Option<RawLog>,
    /// Looks at a function's configuration.
    function: Option<RawOf>,
    /// Looks at a route as the live deployment has it.
    route: Option<RawRoute>,
    /// Looks at what a role may do.
    role: Option<RawOf>,
    /// Looks at a table's configuration.
    table: Option<RawOf>,
    /// Looks at a queue's configuration.
    queue: Option<RawOf>,
    /// Looks at a resource of any type.
    resource: Option<RawResource>,
    /// Passes when one of these passes.
    any: Option<Vec<RawMember>>,
    /// Passes when each of these passes.
    all: Option<Vec<RawMember>>,
    /// Passes when none of these passes.
    none: Option<Vec<RawMember>>,
    /// Counts calls in the audit log.
    audit: Option<RawAudit>,

    expect: Option<RawExpectation>,
}

impl RawCheck {
    /// Whether it, or a member of its group, can be judged only when all else is done.
    pub(in crate::challenge) fn reads_the_audit_log(&self) -> bool {
        let groups = [&self.any, &self.all, &self.none];
        self.audit.is_some() || groups.into_iter().flatten().flatten().any(RawMember::reads_the_audit_log)
    }
}

impl RawMember {
    fn reads_the_audit_log(&self) -> bool {
        let groups = [&self.any, &self.all, &self.none];
        self.audit.is_some() || groups.into_iter().flatten().flatten().any(Self::reads_the_audit_log)
    }

    /// Returns the member as a check, whose id is its number in the group. Without a title of its own it has none.
    pub(in crate::challenge) fn into_check(self, number: usize) -> RawCheck {
        RawCheck {
            id: number.to_string(),
            title: self.title.unwrap_or_default(),
            given: self.given,
            when: self.when,
            http: self.http,
            invoke: self.invoke,
            item: self.item,
            messages: self.messages,
            object: self.object,
            log: self.log,
            function: self.function,
            route: self.route,
            role: self.role,
            table: self.table,
            queue: self.queue,
            resource: self.resource,
            any: self.any,
            all: self.all,
            none: self.none,
            audit: self.audit,
            expect: self.expect,
            ..RawCheck::default()
        }
    }
}

#[derive(Debug, Default, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Visibility")]
pub(in crate::challenge) enum RawVisibility {
    #[default]
    Visible,
    Hidden,
}

/// One of `http` and `invoke`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Act")]
pub(in crate::challenge) struct RawAct {
    pub(in crate::challenge) http: Option<RawHttp>,
    pub(in crate::challenge) invoke: Option<RawInvoke>,
    /// Names for parts of the answer, for later acts and the expectation: name and selector.
    #[serde(default)]
    pub(in crate::challenge) capture: IndexMap<String, String>,
}
