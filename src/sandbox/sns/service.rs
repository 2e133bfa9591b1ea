use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::access::accesses;
use super::delivery::Delivery;
use super::fault::{internal, missing, no_topic};
use super::pending::{self, Pending};
use super::topic::{Subscription, Topic};
use super::web::Web;
use super::{permissions, publish, subscription_attributes, subscriptions, tags, topics};
use crate::context::{Clock, Random};
use crate::sandbox::apigateway::Reach;
use crate::sandbox::coverage::Api;
use crate::sandbox::keeping::{Durable, Keeper, Outbox, backlog};
use crate::sandbox::query::{Lists, Parameters, answer_to};
use crate::sandbox::{
    AccountId, Activity, Authority, Call, Caller, Future, Invoker, MessageSink, Operation, Protocol, Request,
    Response, Scope, Service, ServiceError,
};

const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";

/// The operations that are covered.
pub(super) const COVERED: [&str; 19] = [
    "AddPermission",
    "ConfirmSubscription",
    "CreateTopic",
    "DeleteTopic",
    "GetSubscriptionAttributes",
    "GetTopicAttributes",
    "ListSubscriptions",
    "ListSubscriptionsByTopic",
    "ListTagsForResource",
    "ListTopics",
    "Publish",
    "PublishBatch",
    "RemovePermission",
    "SetSubscriptionAttributes",
    "SetTopicAttributes",
    "Subscribe",
    "TagResource",
    "Unsubscribe",
    "UntagResource",
];

/// Operations whose answer has no result.
const SILENT: [&str; 6] = [
    "AddPermission",
    "DeleteTopic",
    "RemovePermission",
    "SetSubscriptionAttributes",
    "SetTopicAttributes",
    "Unsubscribe",
];

/// All topics and subscriptions, of all accounts, by ARN.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) topics: BTreeMap<String, Topic>,
    pub(super) subscriptions: BTreeMap<String, Subscription>,
}

/// What SNS needs of its surroundings.
pub struct Parts {
    pub authority: Arc<Authority>,
    pub clock: Arc<dyn Clock>,
    pub random: Random,
    pub keeper: Arc<Keeper>,
    pub invoker: Arc<dyn Invoker>,
    pub queues: Arc<dyn MessageSink>,
    pub activity: Arc<Activity>,
    /// Where the sandbox listens: links in messages lead there.
    pub address: SocketAddr,
    /// Which web addresses are told.
    pub reach: Reach,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Amazon SNS.
pub struct Sns(pub(super) Arc<Core>);

/// What deliveries in the background share with the service.
pub(super) struct Core {
    pub(super) authority: Arc<Authority>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Random,
    pub(super) keeper: Arc<Keeper>,
    pub(super) outbox: Outbox,
    pub(super) invoker: Arc<dyn Invoker>,
    pub(super) queues: Arc<dyn MessageSink>,
    pub(super) activity: Arc<Activity>,
    pub(super) address: SocketAddr,
    pub(super) web: Web,
    state: Mutex<State>,
}

/// A call at work, with the topics locked.
pub(super) struct Desk<'a> {
    pub(super) core: &'a Core,
    pub(super) state: &'a mut State,
    pub(super) scope: &'a Scope,
    pub(super) caller: &'a Caller,
    pub(super) parameters: &'a Parameters,
    /// Milliseconds since 1970.
    pub(super) now: i64,
    /// What the call sends; it goes out when the topics are free again.
    pub(super) out: Vec<Delivery>,
}

struct Input {
    name: String,
    parameters: Parameters,
}

impl Desk<'_> {
    /// A parameter that must be there, named as the API's model writes it.
    pub(super) fn text(&self, name: &str) -> Result<&str, ServiceError> {
        self.parameters.get(name).ok_or_else(|| {
            let mut small = name.to_owned();
            small[..1].make_ascii_lowercase();
            missing(&small)
        })
    }

    /// The topic that a parameter names.
    pub(super) fn topic_at(&mut self, parameter: &str) -> Result<&mut Topic, ServiceError> {
        let arn = self.text(parameter)?.to_owned();
        self.state.topics.get_mut(&arn).ok_or_else(no_topic)
    }
}

impl Core {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what changed without a call of a client's.
    pub(super) fn keep(&self, account: &AccountId) {
        if let Err(error) = self.keeper.save("sns", account) {
            tracing::error!(error = %error.message, "topics were not kept");
        }
    }
}

impl Sns {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Core {
            authority: parts.authority,
            clock: parts.clock,
            random: parts.random,
            outbox: Outbox::new(pending::NAME, Arc::clone(&parts.keeper)),
            keeper: parts.keeper,
            invoker: parts.invoker,
            queues: parts.queues,
            activity: parts.activity,
            address: parts.address,
            web: Web::within(parts.reach),
            state: Mutex::default(),
        }))
    }

    /// Returns what takes back the messages that were on their way when the process ended.
    pub fn pending(&self) -> Arc<dyn Durable> {
        let core = Arc::clone(&self.0);
        backlog(pending::NAME, move |message: Pending| message.resume(&core))
    }

    fn run(&self, call: &Call, input: &Input) -> Result<Value, ServiceError> {
        let core = &self.0;
        let (answer, out) = {
            let mut state = core.state();
            let mut desk = Desk {
                core,
                state: &mut state,
                scope: &call.scope,
                caller: &call.caller,
                parameters: &input.parameters,
                now: core.clock.now().as_millisecond(),
                out: Vec::new(),
            };
            let answer = operate(&mut desk, &input.name);
            (answer, desk.out)
        };
        for delivery in out {
            delivery.set_out(core);
        }
        answer
    }
}

fn operate(desk: &mut Desk<'_>, name: &str) -> Result<Value, ServiceError> {
    match name {
        "CreateTopic" => topics::create(desk),
        "DeleteTopic" => topics::delete(desk),
        "ListTopics" => topics::list(desk),
        "GetTopicAttributes" => topics::attributes(desk),
        "SetTopicAttributes" => topics::set_attribute(desk),
        "AddPermission" => permissions::add(desk),
        "RemovePermission" => permissions::remove(desk),
        "Subscribe" => subscriptions::subscribe(desk),
        "ConfirmSubscription" => subscriptions::confirm(desk),
        "Unsubscribe" => subscriptions::unsubscribe(desk),
        "ListSubscriptions" => subscriptions::list(desk),
        "ListSubscriptionsByTopic" => subscriptions::list_of_topic(desk),
        "GetSubscriptionAttributes" => subscription_attributes::get(desk),
        "SetSubscriptionAttributes" => subscription_attributes::set(desk),
        "Publish" => publish::one(desk),
        "PublishBatch" => publish::batch(desk),
        "TagResource" => tags::tag(desk),
        "UntagResource" => tags::untag(desk),
        "ListTagsForResource" => tags::list(desk),
        other => Err(ServiceError::not_covered("sns", other)),
    }
}

impl fmt::Debug for Sns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sns").finish_non_exhaustive()
    }
}

impl Service for Sns {
    fn signing_name(&self) -> &'static str {
        "sns"
    }

    fn protocol(&self) -> Protocol {
        Protocol::Query
    }

    fn resolve(&self, request: &Request, scope: &Scope) -> Result<Operation, ServiceError> {
        let parameters = Parameters::of(request);
        let name = parameters.get("Action").unwrap_or_default().to_owned();
        if !COVERED.contains(&name.as_str()) {
            return Err(if Api::knows("sns", &name) {
                ServiceError::not_covered("sns", &name)
            } else {
                let message = format!("Could not find operation {name} for version 2010-03-31");
                ServiceError::new(400, "InvalidAction", message)
            });
        }
        let signed =
            request.headers.contains_key("authorization") || request.query_value("X-Amz-Signature").is_some();
        let accesses = accesses(&name, &parameters, scope, &self.0.state(), signed)?;
        Ok(Operation {
            accesses,
            mutates: !(name.starts_with("List") || name.starts_with("Get")),
            input: Box::new(Input { name: name.clone(), parameters }),
            name,
        })
    }

    fn handle(&self, call: Call) -> Future<'_, Result<Response, ServiceError>> {
        Box::pin(async move {
            let input = call.operation.input.downcast_ref::<Input>().ok_or_else(internal)?;
            let result = self.run(&call, input)?;
            let result = if SILENT.contains(&input.name.as_str()) { Value::Null } else { result };
            Ok(answer_to(&call.request, &input.name, NAMESPACE, &result, Lists::Members))
        })
    }

    /// The link in a message that asks a web address for its confirmation is followed without a signature.
    fn anonymous(&self, request: &Request) -> Option<Scope> {
        if request.method != http::Method::GET || !request.raw_query.contains("Action=ConfirmSubscription") {
            return None;
        }
        super::topic::parse_arn(&request.query_value("TopicArn")?).map(|(scope, _)| scope)
    }

    fn reset(&self, account: Option<&AccountId>) {
        let mut state = self.0.state();
        state.topics.retain(|_, topic| account.is_some_and(|account| topic.scope.account != *account));
        state.subscriptions.retain(|_, own| account.is_some_and(|account| own.owner != *account));
    }
}
