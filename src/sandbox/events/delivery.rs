use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::access::of_sender;
use super::entity::{Named, rule_arn};
use super::input::{Surroundings, make};
use super::machine::start_machine;
use super::put_events::{seconds, take};
use super::service::Core;
use crate::policy::Principal;
use crate::sandbox::{
    AccountId, Invocation, InvocationType, Parcel, Scope, ServiceError, acting_for, source_keys,
};

pub(super) const SERVICE: &str = "events.amazonaws.com";
/// How often a target is tried again that had no room, and for how long, where it does not say otherwise.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html>
const RETRIES: i64 = 185;
const AGE: i64 = 86_400;
/// The longest pause between two tries, in seconds; the first is one, and it doubles.
const LONGEST_PAUSE: i64 = 60;
/// How often the clock is looked at, which may be advanced by hand.
const LOOK: Duration = Duration::from_millis(100);

/// An event on its way to a target.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Delivery {
    /// The rule's account and region.
    pub(super) scope: Scope,
    pub(super) rule: String,
    pub(super) rule_arn: String,
    pub(super) target: Map<String, Value>,
    pub(super) event: Value,
    /// When the bus took it, in milliseconds since 1970.
    pub(super) taken: i64,
    /// From how many buses it came before.
    pub(super) hops: u8,
    /// What it is kept under until it has arrived; nothing yet where it is not kept.
    pub(super) id: String,
    /// How often it was tried in vain.
    pub(super) tries: i64,
    /// When it is to be tried next, in seconds since 1970.
    pub(super) due: i64,
}

impl Delivery {
    /// Sends it: to a queue, a topic, a log group or a bus at once, to a function or a state machine in the background.
    pub(super) fn set_out(mut self, core: &Arc<Core>) {
        if matches!(self.kind(), "lambda" | "states") {
            self.id = core.parts.random.uuid();
            core.outbox.keep(&self.scope.account, &self.id, &self);
            self.resume(core);
            return;
        }
        if let Err(error) = self.send(core) {
            self.give_up(core, &error, 0);
        }
    }

    /// Goes on with an event that was taken before, for what is reached in the background.
    pub(super) fn resume(mut self, core: &Arc<Core>) {
        let core = Arc::clone(core);
        tokio::spawn(async move {
            self.hand_on(&core).await;
            core.outbox.forget(&self.scope.account, &self.id);
        });
    }

    fn kind(&self) -> &str {
        self.arn().split(':').nth(2).unwrap_or_default()
    }

    pub(super) fn arn(&self) -> &str {
        self.target.get("Arn").and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn text(&self) -> String {
        let around =
            Surroundings { rule_arn: &self.rule_arn, rule_name: &self.rule, ingested: &seconds(self.taken) };
        make(&self.target, &self.event, &around)
    }

    /// Whom the target's policies are asked about: the target's role, else `EventBridge` itself.
    fn principal(&self, core: &Core) -> Result<Principal, ServiceError> {
        let Some(role) = self.target.get("RoleArn").and_then(Value::as_str).filter(|role| !role.is_empty())
        else {
            return Ok(service());
        };
        let session = core.parts.authority.directory().assume_for_service(role, SERVICE, &self.rule)?;
        Ok(session.principal)
    }

    fn send(&self, core: &Arc<Core>) -> Result<(), ServiceError> {
        let arn = self.arn();
        let principal = self.principal(core)?;
        match self.kind() {
            "logs" => {
                self.to_log(core, &principal);
                Ok(())
            }
            "events" => self.to_bus(core, &principal),
            _ => {
                let sink = core.parts.sinks.iter().find(|sink| sink.owns(arn));
                let sink =
                    sink.ok_or_else(|| ServiceError::not_covered("events", &format!("the target {arn}")))?;
                let group = self.target.get("SqsParameters").and_then(|it| it["MessageGroupId"].as_str());
                let parcel =
                    Parcel { body: self.text(), group: group.map(str::to_owned), ..Parcel::default() };
                sink.deliver(&principal, Some(&self.rule_arn), arn, parcel)
            }
        }
    }

    fn to_bus(&self, core: &Arc<Core>, principal: &Principal) -> Result<(), ServiceError> {
        let arn = self.arn();
        let Some(Named::Bus(scope, _)) = Named::of(arn) else {
            return Err(ServiceError::new(400, "ResourceNotFoundException", "Event bus does not exist."));
        };
        // Not within the lock: the decision reads policies of its own.
        let access = of_sender(arn, &core.state());
        if let Some(mut access) = access {
            access.context = source_keys(Some(&self.rule_arn));
            core.parts.authority.check_internal(
                "events",
                acting_for(principal),
                principal,
                &access,
                &scope,
            )?;
        }
        take(core, arn, &self.event, self.hops + 1)
    }

    /// A line a log stream of its own, as on AWS.
    fn to_log(&self, core: &Core, principal: &Principal) {
        let mut parts = self.arn().splitn(7, ':').skip(3);
        let (Some(region), Some(account), Some("log-group"), Some(group)) =
            (parts.next(), parts.next().and_then(AccountId::parse), parts.next(), parts.next())
        else {
            return;
        };
        let scope = Scope { account, region: region.to_owned() };
        let group = group.strip_suffix(":*").unwrap_or(group);
        let stream = core.parts.random.uuid();
        let lines = vec![(core.parts.clock.now(), self.text())];
        core.parts.logs.deliver_from(&scope, principal, Some(&self.rule_arn), group, &stream, lines);
    }

    async fn hand_on(&mut self, core: &Arc<Core>) {
        let (retries, age) =
            (self.number("MaximumRetryAttempts", RETRIES), self.number("MaximumEventAgeInSeconds", AGE));
        loop {
            while core.parts.clock.now().as_second() < self.due {
                tokio::time::sleep(LOOK).await;
            }
            // What was taken away gets nothing more.
            if self.tries > 0 && !self.is_wanted(core) {
                return;
            }
            let working = core.parts.activity.work(&self.scope.account);
            let invoked = if self.kind() == "states" {
                start_machine(self, core).await
            } else {
                self.invoke(core).await
            };
            drop(working);
            let Err(error) = invoked else { return };
            let lasting = error.status != 429 && error.status < 500 || error.status == 501;
            let tries = self.tries;
            let pause = 1_i64.checked_shl(u32::try_from(tries).unwrap_or(u32::MAX)).unwrap_or(LONGEST_PAUSE);
            let pause = pause.clamp(1, LONGEST_PAUSE);
            let old = (core.now() - self.taken) / 1000 + pause > age;
            if lasting || tries >= retries || old {
                self.give_up(core, &error, tries);
                return;
            }
            self.tries += 1;
            self.due = core.parts.clock.now().as_second() + pause;
            core.outbox.keep(&self.scope.account, &self.id, self);
        }
    }

    /// What the target says of its retries.
    fn number(&self, member: &str, default: i64) -> i64 {
        let policy = self.target.get("RetryPolicy");
        policy.and_then(|policy| policy.get(member)).and_then(Value::as_i64).unwrap_or(default)
    }

    /// Whether the rule is still there.
    fn is_wanted(&self, core: &Core) -> bool {
        let state = core.state();
        let mut own = state.buses.values().filter(|bus| bus.scope == self.scope);
        own.any(|bus| {
            bus.rules.contains_key(&self.rule) && rule_arn(&bus.scope, &bus.name, &self.rule) == self.rule_arn
        })
    }

    async fn invoke(&self, core: &Core) -> Result<(), ServiceError> {
        let mut parts = self.arn().split(':').skip(3);
        let region = parts.next().unwrap_or_default().to_owned();
        let account = parts.next().and_then(AccountId::parse).unwrap_or_else(|| self.scope.account.clone());
        let invocation = Invocation {
            function_arn: self.arn().to_owned(),
            payload: self.text().into(),
            kind: InvocationType::Event,
            principal: self.principal(core)?,
            source_arn: Some(self.rule_arn.clone()),
            source_account: Some(self.scope.account.to_string()),
            trace_id: None,
        };
        core.parts.invoker.invoke(&Scope { account, region }, invocation).await.map(drop)
    }

    /// Hands an event that cannot be delivered to the target's dead-letter queue, if there is one.
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html>
    fn give_up(&self, core: &Core, error: &ServiceError, tries: i64) {
        tracing::debug!(rule = %self.rule_arn, error = %error.message, "an event was not delivered");
        let letters = self.target.get("DeadLetterConfig").and_then(|it| it["Arn"].as_str());
        let Some(letters) = letters else { return };
        let code = match error.status {
            403 => "NO_PERMISSIONS",
            _ if error.code.contains("AccessDenied") => "NO_PERMISSIONS",
            404 => "NO_RESOURCE",
            _ if error.code.contains("NotFound") || error.code.contains("DoesNotExist") => "NO_RESOURCE",
            429 => "THROTTLING",
            _ => "SDK_CLIENT_ERROR",
        };
        let tries = tries.to_string();
        let about = [
            ("RULE_ARN", self.rule_arn.as_str()),
            ("TARGET_ARN", self.arn()),
            ("ERROR_CODE", code),
            ("ERROR_MESSAGE", &error.message),
            ("RETRY_ATTEMPTS", &tries),
        ];
        let attribute = |(name, value): (&str, &str)| {
            let shown = json!({ "DataType": "String", "StringValue": value });
            (!value.is_empty()).then(|| (name.to_owned(), shown))
        };
        let attributes: Map<String, Value> = about.into_iter().filter_map(attribute).collect();
        let parcel = Parcel { body: self.event.to_string(), attributes, ..Parcel::default() };
        let sink = core.parts.sinks.iter().find(|sink| sink.owns(letters));
        let sent = sink.map(|sink| sink.deliver(&service(), Some(&self.rule_arn), letters, parcel));
        if let Some(Err(error)) = sent {
            tracing::debug!(rule = %self.rule_arn, error = %error.message, "a dead letter was not sent");
        }
    }
}

fn service() -> Principal {
    Principal::Service { name: SERVICE.to_owned() }
}
