use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::watch;

use super::super::entity::Registry;
use super::super::execution::Engine;
use super::access::accesses;
use super::command::{Command, Name};
use super::download::CodeDownload;
use super::neighbours::{Neighbours, Surroundings};
use super::pending::{self, Event, Pending};
use super::retry;
use super::route::route;
use crate::context::{Clock, Context, Random};
use crate::policy::Principal;
use crate::sandbox::keeping::{Durable, Keeper, backlog};
use crate::sandbox::{
    AccountId, Activity, Authority, Call, Caller, Directory, Entrance, Future, LogSink, Operation, Protocol,
    Request, Response, Scope, Service, ServiceError,
};

/// What Lambda needs of the rest of the sandbox.
pub struct Parts {
    pub directory: Arc<dyn Directory>,
    pub authority: Arc<Authority>,
    pub logs: Arc<dyn LogSink>,
    /// Where the sandbox listens: handlers call it, and nothing else.
    pub address: SocketAddr,
}

/// AWS Lambda.
#[derive(Clone)]
pub struct Lambda {
    pub(super) core: Arc<Core>,
}

/// What all operations share.
pub(super) struct Core {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Random,
    pub(super) directory: Arc<dyn Directory>,
    pub(super) authority: Arc<Authority>,
    pub(super) registry: Registry,
    pub(super) engine: Arc<Engine>,
    /// Counts the changes that came to their end, so that others can wait for them.
    pub(super) settled: watch::Sender<u64>,
    /// The services that are called for customers.
    pub(super) surroundings: Surroundings,
    /// Events that were accepted and not dealt with yet.
    pub(super) pending: Pending,
    /// Sessions of execution roles that Lambda itself polls and sends with, by role, and when they end.
    pub(super) sessions: Mutex<HashMap<String, (Principal, Timestamp)>>,
    /// What is still being done for events, queues and streams.
    pub(super) activity: Arc<Activity>,
    /// Events that are on their way to functions, by the ids of their requests: the functions' names.
    pub(super) events: Mutex<BTreeMap<String, String>>,
    /// Signs the addresses that code is downloaded from.
    pub(super) download_key: [u8; 64],
}

impl Lambda {
    pub fn new(context: &Context, parts: Parts) -> Self {
        let engine = Engine::new(context, Arc::clone(&parts.directory), parts.logs, parts.address);
        Self {
            core: Arc::new(Core {
                clock: Arc::clone(&context.clock),
                random: context.random.clone(),
                directory: parts.directory,
                authority: parts.authority,
                registry: Registry::default(),
                engine: Arc::new(engine),
                settled: watch::Sender::new(0),
                surroundings: Surroundings::default(),
                pending: Pending::default(),
                sessions: Mutex::default(),
                activity: Arc::default(),
                events: Mutex::default(),
                download_key: context.random.bytes(),
            }),
        }
    }

    /// Says which services Lambda can call for its customers; once, when all of them are made.
    pub fn settle_in(&self, neighbours: Neighbours) {
        self.core.surroundings.settle(neighbours);
    }

    /// Returns what tells whether Lambda still works on something by itself.
    pub fn activity(&self) -> Arc<Activity> {
        Arc::clone(&self.core.activity)
    }

    /// Says where events are kept that were accepted and not dealt with yet, and returns what takes them back from there; once.
    pub fn keep_events_in(&self, keeper: &Arc<Keeper>) -> Arc<dyn Durable> {
        self.core.pending.keep_in(keeper);
        let core = Arc::clone(&self.core);
        backlog(pending::NAME, move |event: Event| retry::resume(&core, event))
    }

    /// Says how well handlers are kept in on this machine, or why they cannot be run.
    pub fn isolation(&self) -> Result<String, String> {
        self.core.engine.isolation()
    }

    /// Lets no handler that was started before be used again, and drops the events that are on their way; returns the names of the
    /// functions that they were for.
    pub fn retire(&self) -> Vec<String> {
        let events = std::mem::take(&mut *self.core.events.lock().unwrap_or_else(PoisonError::into_inner));
        self.core.engine.retire();
        events.into_values().collect()
    }

    /// Ends all handlers, and removes what lies on disk for them.
    pub fn close(&self) {
        self.core.engine.close();
    }

    /// Returns the entrance that `Code.Location` of `GetFunction` points to.
    pub fn downloads(&self) -> Arc<dyn Entrance> {
        Arc::new(CodeDownload { core: Arc::clone(&self.core) })
    }
}

impl Service for Lambda {
    fn signing_name(&self) -> &'static str {
        "lambda"
    }

    fn protocol(&self) -> Protocol {
        Protocol::RestJson
    }

    fn resolve(&self, request: &Request, scope: &Scope) -> Result<Operation, ServiceError> {
        let command = route(request, scope)?;
        Ok(Operation {
            name: format!("{:?}", command.operation),
            accesses: accesses(&command, scope, &self.core.registry),
            mutates: command.operation.mutates(),
            input: Box::new(command),
        })
    }

    fn handle(&self, call: Call) -> Future<'_, Result<Response, ServiceError>> {
        Box::pin(async move {
            let Call { request, scope, caller, operation } = call;
            let command = operation.input.downcast::<Command>().map_err(|_| {
                ServiceError::new(500, "ServiceException", "the operation was not resolved by Lambda")
            })?;
            self.core.carry_out(&request, &scope, &caller, *command).await
        })
    }

    fn render_error(&self, error: &ServiceError, _request: &Request) -> Option<Response> {
        super::shape::render(error)
    }

    fn reset(&self, account: Option<&AccountId>) {
        self.core.registry.reset(account);
        self.core.engine.reset(account);
    }
}

impl Core {
    async fn carry_out(
        self: &Arc<Self>,
        request: &Request,
        scope: &Scope,
        caller: &Caller,
        command: Command,
    ) -> Result<Response, ServiceError> {
        if command.operation.is_of_mappings() && !self.surroundings.has_sources() {
            // Without queues and streams there is nothing that could be mapped.
            return Err(ServiceError::not_covered("lambda", &format!("{:?}", command.operation)));
        }
        match command.operation {
            Name::CreateFunction => self.create_function(request, scope, caller, &command),
            Name::GetFunction => self.get_function(request, &command).await,
            Name::GetFunctionConfiguration => self.get_configuration(&command).await,
            Name::UpdateFunctionCode => self.update_code(caller, &command).await,
            Name::UpdateFunctionConfiguration => self.update_configuration(&command).await,
            Name::DeleteFunction => self.delete_function(&command),
            Name::ListFunctions => self.list_functions(request, scope),
            Name::PublishVersion => self.publish_version(&command).await,
            Name::ListVersionsByFunction => self.list_versions(request, &command),
            Name::CreateAlias => self.create_alias(&command),
            Name::GetAlias => self.get_alias(&command),
            Name::UpdateAlias => self.update_alias(&command),
            Name::DeleteAlias => self.delete_alias(&command),
            Name::ListAliases => self.list_aliases(request, &command),
            Name::AddPermission => self.add_permission(&command),
            Name::RemovePermission => self.remove_permission(request, &command),
            Name::GetPolicy => self.get_policy(&command),
            Name::Invoke => self.invoke(request, &command).await,
            Name::PutFunctionConcurrency => self.put_concurrency(&command),
            Name::GetFunctionConcurrency => self.get_concurrency(&command),
            Name::DeleteFunctionConcurrency => self.delete_concurrency(&command),
            Name::PutFunctionEventInvokeConfig | Name::UpdateFunctionEventInvokeConfig => {
                self.put_event_invoke(&command)
            }
            Name::GetFunctionEventInvokeConfig => self.get_event_invoke(&command),
            Name::DeleteFunctionEventInvokeConfig => self.delete_event_invoke(&command),
            Name::ListFunctionEventInvokeConfigs => self.list_event_invoke(request, &command),
            Name::ListTags => self.list_tags(&command),
            Name::TagResource => self.tag(&command),
            Name::UntagResource => self.untag(request, &command),
            Name::CreateEventSourceMapping => self.create_mapping(scope, &command),
            Name::GetEventSourceMapping => self.get_mapping(scope, &command),
            Name::UpdateEventSourceMapping => self.update_mapping(scope, &command),
            Name::DeleteEventSourceMapping => self.delete_mapping(scope, &command),
            Name::ListEventSourceMappings => self.list_mappings(request, scope),
            Name::CreateFunctionUrlConfig => self.create_url(&command),
            Name::GetFunctionUrlConfig => self.get_url(&command),
            Name::UpdateFunctionUrlConfig => self.update_url(&command),
            Name::DeleteFunctionUrlConfig => self.delete_url(&command),
            Name::ListFunctionUrlConfigs => self.list_urls(request, &command),
            Name::PutProvisionedConcurrencyConfig => self.put_provisioned(&command),
            Name::GetProvisionedConcurrencyConfig => self.get_provisioned(&command),
            Name::DeleteProvisionedConcurrencyConfig => self.delete_provisioned(&command),
            Name::ListProvisionedConcurrencyConfigs => self.list_provisioned(request, &command),
            Name::GetRuntimeManagementConfig => self.get_runtime_management(&command),
            Name::PutRuntimeManagementConfig => self.put_runtime_management(&command),
            Name::GetFunctionRecursionConfig => self.get_recursion(&command),
            Name::PutFunctionRecursionConfig => self.put_recursion(&command),
            Name::GetFunctionCodeSigningConfig => self.get_signing(&command),
            Name::ListCodeSigningConfigs => self.list_signing(),
            Name::InvokeWithResponseStream => self.invoke_streaming(request, &command).await,
            Name::InvokeAsync => self.invoke_async(request, &command).await,
            Name::GetAccountSettings => self.account_settings(scope),
            Name::PublishLayerVersion => self.publish_layer(request, scope, caller, &command),
            Name::GetLayerVersion | Name::GetLayerVersionByArn => self.get_layer(request, scope, &command),
            Name::DeleteLayerVersion => self.delete_layer(scope, &command),
            Name::AddLayerVersionPermission => self.add_layer_permission(scope, &command),
            Name::GetLayerVersionPolicy => self.get_layer_policy(scope, &command),
            Name::RemoveLayerVersionPermission => self.remove_layer_permission(request, scope, &command),
            Name::ListLayers => self.list_layers(request, scope),
            Name::ListLayerVersions => self.list_layer_versions(request, scope, &command),
        }
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("address", &self.address).finish_non_exhaustive()
    }
}

impl fmt::Debug for Lambda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lambda").finish_non_exhaustive()
    }
}
