use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::access::{access, further};
use super::command::Command;
use super::insights::Asked;
use super::kept::Touched;
use super::settings::Settings;
use super::store::Store;
use super::tagging::tags_mut;
use super::{events, groups, metric_filters, queries, subscriptions};
use crate::context::{Clock, Random};
use crate::sandbox::keeping::Keeper;
use crate::sandbox::{
    AccountId, Authority, Call, Future, Invoker, ObjectWriter, Operation, Protocol, Request, Response, Scope,
    Service, ServiceError,
};

const TARGET: &str = "Logs_20140328.";
/// What the id of a delivery is made of.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// CloudWatch Logs.
pub struct Logs {
    pub(super) authority: Arc<Authority>,
    clock: Arc<dyn Clock>,
    store: Mutex<Store>,
    pub(super) keeper: Arc<Keeper>,
    random: Random,
    /// Queries of Logs Insights, with their answers.
    asked: Mutex<Asked>,
    /// Who invokes the functions that subscribed, and where: once they are made.
    outlet: OnceLock<Outlet>,
    /// Who writes what is exported, once it is made.
    objects: OnceLock<Weak<dyn ObjectWriter>>,
}

/// How events get out to functions.
struct Outlet {
    invoker: Weak<dyn Invoker>,
    runtime: Handle,
}

impl Logs {
    pub fn new(authority: Arc<Authority>, clock: Arc<dyn Clock>, random: Random) -> Self {
        Self {
            authority,
            clock,
            store: Mutex::default(),
            keeper: Arc::new(Keeper::in_memory()),
            random,
            asked: Mutex::default(),
            outlet: OnceLock::new(),
            objects: OnceLock::new(),
        }
    }

    /// Says who invokes functions; on the runtime that this is called in.
    pub fn feed(&self, invoker: &Arc<impl Invoker + 'static>) {
        let invoker: Arc<dyn Invoker> = invoker.clone();
        if let Ok(runtime) = Handle::try_current() {
            // Said once, when the sandbox is put together.
            let _ = self.outlet.set(Outlet { invoker: Arc::downgrade(&invoker), runtime });
        }
    }

    /// Says who writes objects.
    pub fn export_to(&self, objects: &Arc<impl ObjectWriter + 'static>) {
        let objects: Arc<dyn ObjectWriter> = objects.clone();
        // Said once, when the sandbox is put together.
        let _ = self.objects.set(Arc::downgrade(&objects));
    }

    pub(super) fn objects(&self) -> Option<Arc<dyn ObjectWriter>> {
        self.objects.get()?.upgrade()
    }

    pub(super) fn random(&self) -> &Random {
        &self.random
    }

    pub(super) fn invoker(&self) -> Option<Arc<dyn Invoker>> {
        self.outlet.get()?.invoker.upgrade()
    }

    pub(super) fn runtime(&self) -> Option<&Handle> {
        self.outlet.get().map(|outlet| &outlet.runtime)
    }

    /// Writes what changes through to a keeper.
    #[must_use]
    pub fn kept_by(self, keeper: Arc<Keeper>) -> Self {
        Self { keeper, ..self }
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// In milliseconds since 1970.
    pub(super) fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    fn carry_out(&self, scope: &Scope, command: Command) -> Result<Value, ServiceError> {
        let touched = Touched::by(&command);
        let mut store = self.store();
        let written = match &command {
            Command::PutLogEvents(input) => {
                let group = store.group(scope, &input.log_group_name)?;
                Some((input.log_group_name.clone(), group.count))
            }
            _ => None,
        };
        let answer = self.run(&mut store, scope, command)?;
        self.keep_after(&mut store, scope, &touched);
        if let Some((group, since)) = written {
            self.forward(&store, scope, &group, since);
        }
        Ok(answer)
    }

    fn run(&self, store: &mut Store, scope: &Scope, command: Command) -> Result<Value, ServiceError> {
        let now = self.now();
        match command {
            Command::CreateLogGroup(input) => groups::create(store, scope, input, now),
            Command::DeleteLogGroup(input) => {
                store.delete_group(scope, &input.log_group_name).map(|()| json!({}))
            }
            Command::DescribeLogGroups(input) => groups::describe(store, scope, &input),
            Command::CreateLogStream(input) => {
                let group = store.group_mut(scope, &input.log_group_name)?;
                groups::check_stream_name(&input.log_stream_name)?;
                group.create_stream(&input.log_stream_name, now).map(|()| json!({}))
            }
            Command::DeleteLogStream(input) => {
                let group = store.group_mut(scope, &input.log_group_name)?;
                group.delete_stream(&input.log_stream_name).map(|()| json!({}))
            }
            Command::DescribeLogStreams(input) => groups::describe_streams(store, scope, &input),
            Command::PutLogEvents(input) => events::put(store, scope, input, now),
            Command::GetLogEvents(input) => events::get(store, scope, &input),
            Command::FilterLogEvents(input) => events::filter(store, scope, &input),
            Command::PutRetentionPolicy(input) => groups::retain(store, scope, &input),
            Command::DeleteRetentionPolicy(input) => {
                store.group_mut(scope, &input.log_group_name)?.retention_days = None;
                Ok(json!({}))
            }
            Command::TagLogGroup(input) => {
                store.group_mut(scope, &input.log_group_name)?.tags.extend(input.tags);
                Ok(json!({}))
            }
            Command::UntagLogGroup(input) => {
                store
                    .group_mut(scope, &input.log_group_name)?
                    .tags
                    .retain(|key, _| !input.tags.contains(key));
                Ok(json!({}))
            }
            Command::ListTagsLogGroup(input) => {
                Ok(json!({ "tags": store.group(scope, &input.log_group_name)?.tags }))
            }
            Command::TagResource(input) => {
                tags_mut(store, scope, &input.resource_arn)?.extend(input.tags);
                Ok(json!({}))
            }
            Command::UntagResource(input) => {
                tags_mut(store, scope, &input.resource_arn)?.retain(|key, _| !input.tag_keys.contains(key));
                Ok(json!({}))
            }
            Command::StartQuery(input) => {
                queries::start(store, &mut self.asked(), scope, input, &self.random.uuid(), now)
            }
            Command::GetQueryResults(input) => queries::results(&self.asked(), scope, &input),
            Command::StopQuery(input) => queries::stop(&self.asked(), scope, &input),
            Command::DescribeQueries(input) => Ok(queries::describe(&self.asked(), scope, &input)),
            Command::PutMetricFilter(input) => metric_filters::put(store, scope, input, now),
            Command::DescribeMetricFilters(input) => metric_filters::describe(store, scope, &input),
            Command::DeleteMetricFilter(input) => metric_filters::delete(store, scope, &input),
            Command::TestMetricFilter(input) => metric_filters::test(&input),
            Command::PutSubscriptionFilter(input) => subscriptions::put(store, scope, input, now),
            Command::DescribeSubscriptionFilters(input) => subscriptions::describe(store, scope, &input),
            Command::DeleteSubscriptionFilter(input) => subscriptions::delete(store, scope, &input),
            Command::ListTagsForResource(input) => {
                Ok(json!({ "tags": tags_mut(store, scope, &input.resource_arn)? }))
            }
            Command::AssociateKmsKey(input) => groups::encrypt(store, scope, input, true),
            Command::DisassociateKmsKey(input) => groups::encrypt(store, scope, input, false),
            other => self.set(store.settings_mut(scope), scope, other, now),
        }
    }
}

impl Logs {
    /// Carries out what is about settings of a region, not about a group.
    fn set(
        &self,
        settings: &mut Settings,
        scope: &Scope,
        command: Command,
        now: i64,
    ) -> Result<Value, ServiceError> {
        let vended = &mut settings.vended;
        match command {
            Command::PutResourcePolicy(input) => settings.put_policy(input, now),
            Command::DescribeResourcePolicies(input) => settings.policies(&input),
            Command::DeleteResourcePolicy(input) => settings.delete_policy(&input),
            Command::PutQueryDefinition(input) => settings.put_definition(input, self.random.uuid(), now),
            Command::DescribeQueryDefinitions(input) => settings.definitions(&input),
            Command::DeleteQueryDefinition(input) => settings.delete_definition(&input),
            Command::PutDestination(input) => settings.destinations.put(scope, input, now),
            Command::DescribeDestinations(input) => settings.destinations.describe(scope, &input),
            Command::PutDestinationPolicy(input) => settings.destinations.put_policy(input),
            Command::DeleteDestination(input) => settings.destinations.delete(&input.destination_name),
            Command::PutDeliverySource(input) => vended.put_source(scope, input),
            Command::GetDeliverySource(input) => vended.source(scope, &input.name),
            Command::DescribeDeliverySources(input) => vended.sources(scope, &input),
            Command::DeleteDeliverySource(input) => vended.delete_source(&input.name),
            Command::PutDeliveryDestination(input) => vended.put_destination(scope, input),
            Command::GetDeliveryDestination(input) => vended.destination(scope, &input.name),
            Command::DescribeDeliveryDestinations(input) => vended.destinations(scope, &input),
            Command::DeleteDeliveryDestination(input) => vended.delete_destination(scope, &input.name),
            Command::PutDeliveryDestinationPolicy(input) => vended.put_destination_policy(input),
            Command::GetDeliveryDestinationPolicy(input) => {
                vended.destination_policy(&input.delivery_destination_name)
            }
            Command::DeleteDeliveryDestinationPolicy(input) => {
                vended.delete_destination_policy(&input.delivery_destination_name)
            }
            Command::CreateDelivery(input) => {
                vended.create_delivery(scope, input, self.random.characters(LETTERS, 16))
            }
            Command::GetDelivery(input) => vended.delivery(scope, &input.id),
            Command::DescribeDeliveries(input) => vended.deliveries(scope, &input),
            Command::UpdateDeliveryConfiguration(input) => vended.update_delivery(input),
            Command::DeleteDelivery(input) => vended.delete_delivery(&input.id),
            Command::DescribeExportTasks(input) => settings.exports.describe(&input),
            Command::CancelExportTask(input) => settings.exports.cancel(&input),
            // Whatever is about a group was carried out before.
            _ => Err(ServiceError::new(500, "InternalFailure", "The operation was not carried out.")),
        }
    }
}

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logs").finish_non_exhaustive()
    }
}

impl Service for Logs {
    fn signing_name(&self) -> &'static str {
        "logs"
    }

    fn protocol(&self) -> Protocol {
        Protocol::Json11
    }

    fn resolve(&self, request: &Request, scope: &Scope) -> Result<Operation, ServiceError> {
        let name = request.header("x-amz-target").and_then(|target| target.strip_prefix(TARGET));
        let name = name.ok_or_else(|| {
            ServiceError::new(400, "UnknownOperationException", "The operation is not known.")
        })?;
        let command = Command::parse(name, &request.body)?;
        Ok(Operation {
            name: name.to_owned(),
            accesses: std::iter::once(access(&command, scope)?).chain(further(&command)).collect(),
            mutates: command.mutates(),
            input: Box::new(command),
        })
    }

    fn handle(&self, call: Call) -> Future<'_, Result<Response, ServiceError>> {
        Box::pin(async move {
            let Ok(command) = call.operation.input.downcast::<Command>() else {
                return Err(ServiceError::new(
                    500,
                    "InternalFailure",
                    "The parameters of the call are missing.",
                ));
            };
            if let Command::PutSubscriptionFilter(input) = &*command {
                self.try_destination(&call.scope, input).await?;
            }
            let answer = match *command {
                // It writes to a bucket meanwhile, so the store stays open to others.
                Command::CreateExportTask(input) => self.export(&call.scope, input).await?,
                command => self.carry_out(&call.scope, command)?,
            };
            let body = answer.to_string();
            Ok(Response { body: body.into(), ..Response::empty(200) }
                .with_header("content-type", "application/x-amz-json-1.1"))
        })
    }

    fn reset(&self, account: Option<&AccountId>) {
        self.store().reset(account);
        self.asked().retain(|_, query| account.is_some_and(|account| query.scope.account != *account));
    }
}
