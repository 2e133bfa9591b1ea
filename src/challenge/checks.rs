//! Tasks and checks, as they are written, become those of the pipeline.

use indexmap::IndexMap;

use super::definition::Definition;
use super::expect::RawExpectation;
use super::raw::{RawAct, RawCheck, RawCredit, RawDeductWhen, RawGate, RawInvoke, RawTask, RawVisibility};
use super::{Act, Check, Credit, Gate, Given, GroupKind, Points, Subject, Task, Visibility};
use crate::matcher::{Expectation, Selector};

impl Definition<'_> {
    pub(super) fn tasks(&mut self, raw: Vec<RawTask>) -> Vec<Task> {
        raw.into_iter().enumerate().map(|(index, raw)| self.task(raw, &format!("/tasks/{index}"))).collect()
    }

    fn task(&mut self, raw: RawTask, at: &str) -> Task {
        let (key, _) = raw.list();
        let gate = raw.gate.and_then(|gate| self.gate(gate, &format!("{at}/gate")));
        let checks = if key == "bank" { raw.bank } else { raw.checks };
        let checks = checks.into_iter().enumerate();
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
            gate,
            draw: raw.draw.and_then(|draw| usize::try_from(draw).ok()),
            checks: checks
                .filter_map(|(index, check)| self.check(check, &format!("{at}/{key}/{index}")))
                .collect(),
            location: self.location(self.node.place(at)),
        }
    }

    /// `None` when something was found wrong that leaves no check.
    pub(super) fn check(&mut self, mut raw: RawCheck, at: &str) -> Option<Check> {
        let given = std::mem::take(&mut raw.given).into_iter().enumerate();
        let given = given.map(|(index, given)| self.given(given, &format!("{at}/given/{index}")));
        let given: Option<Vec<Given>> = given.collect();
        let when = std::mem::take(&mut raw.when).into_iter().enumerate();
        let when: Option<Vec<Act>> =
            when.map(|(index, act)| self.act(act, &format!("{at}/when/{index}"))).collect();
        let within = raw.within.take().and_then(|text| self.duration(&text, &format!("{at}/within")));
        let gate = raw.gate.take().and_then(|gate| self.gate(gate, &format!("{at}/gate")));
        let subject = self.subject(&mut raw, at);
        let expect = self.expectation(raw.expect.take(), subject.as_ref(), &raw.id, at);
        let (expect, role) = self.role(expect, subject.as_ref(), at);
        let mut check = Check {
            id: raw.id,
            title: raw.title,
            weight: raw.weight.unwrap_or(1),
            needs: raw.needs,
            gate,
            deduct: raw.deduct.map(|deduct| Points::whole(deduct.points)),
            visibility: match raw.visibility {
                RawVisibility::Visible => Visibility::Visible,
                RawVisibility::Hidden => Visibility::Hidden,
            },
            hidden_hint: raw.hidden_hint,
            within,
            why: raw.why,
            hint: raw.hint,
            hint_cost: raw.hint_cost.map(Points::whole),
            given: given?,
            when: when?,
            subject: subject?,
            expect,
            role,
            location: self.location(self.node.place(at)),
        };
        self.hand_down(&mut check, at);
        let turned = raw.deduct.is_some_and(|deduct| deduct.when == RawDeductWhen::Passes);
        Some(if turned { turned_around(check) } else { check })
    }

    /// Returns what is expected, once it is clear that something is.
    fn expectation(
        &mut self,
        expect: Option<RawExpectation>,
        subject: Option<&Subject>,
        id: &str,
        at: &str,
    ) -> RawExpectation {
        let says_itself =
            matches!(subject, Some(Subject::Group { .. } | Subject::Question(_) | Subject::Unchanged(_)));
        match (&expect, subject) {
            (Some(_), Some(subject)) if says_itself => {
                let message = format!("what is expected of `{}` stands in it", subject.verb());
                let help = "take `expect` out";
                self.key(&format!("{at}/expect"), message).help = Some(help.to_owned());
            }
            (None, Some(_)) if !says_itself => {
                let help = "add `expect` with selectors and matchers, for example `expect: { status: 200 }`";
                let message = format!("the check `{id}` expects nothing");
                self.value(at, message).help = Some(help.to_owned());
            }
            _ => {}
        }
        expect.unwrap_or_default()
    }

    /// What a group does first is done for each of its probes. What nothing would carry out is told.
    fn hand_down(&mut self, check: &mut Check, at: &str) {
        if check.given.is_empty() && check.when.is_empty() {
            return;
        }
        if check.probes("").is_empty() {
            let key = if check.given.is_empty() { "when" } else { "given" };
            let message = format!(
                "a check that probes nothing does nothing first, so `{key}` of `{}` would not be done",
                check.id
            );
            let help = "look at what comes of it with `http`, `invoke`, `item` or `log`";
            self.key(&format!("{at}/{key}"), message).help = Some(help.to_owned());
        }
        if matches!(check.subject, Subject::Group { .. }) {
            let (given, when) = (std::mem::take(&mut check.given), std::mem::take(&mut check.when));
            before_each(check, &given, &when);
        }
    }

    fn gate(&mut self, raw: RawGate, at: &str) -> Option<Gate> {
        match raw {
            RawGate::Task => Some(Gate::Task),
            RawGate::Fail => Some(Gate::Fail),
            RawGate::Cap(share) => self.score(&share, &format!("{at}/cap")).map(Gate::Cap),
        }
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
}

/// Puts acts before those of every probe of a group.
fn before_each(check: &mut Check, given: &[Given], when: &[Act]) {
    match &mut check.subject {
        Subject::Group { of, .. } => of.iter_mut().for_each(|member| before_each(member, given, when)),
        subject if subject.is_probe() => {
            check.given.splice(0..0, given.iter().cloned());
            check.when.splice(0..0, when.iter().cloned());
        }
        _ => {}
    }
}

/// Returns a check that passes where the one given fails.
fn turned_around(check: Check) -> Check {
    let outer = Check {
        subject: Subject::Group { kind: GroupKind::None, of: vec![] },
        expect: Expectation::default(),
        role: None,
        given: vec![],
        when: vec![],
        ..check.clone()
    };
    let inner = Check {
        id: "1".to_owned(),
        weight: 1,
        needs: vec![],
        gate: None,
        deduct: None,
        within: None,
        ..check
    };
    Check { subject: Subject::Group { kind: GroupKind::None, of: vec![inner] }, ..outer }
}
