use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::{Map, Value};

use super::access::accesses;
use super::operation::{Entry, find};
use super::store::Store;
use super::stream_service;
use crate::context::Clock;
use crate::sandbox::coverage::Api;
use crate::sandbox::keeping::Keeper;
use crate::sandbox::{
    AccountId, Authority, Call, Future, Operation, Protocol, Request, Response, Scope, Service, ServiceError,
};

/// Amazon DynamoDB.
pub struct DynamoDb {
    stores: RwLock<HashMap<Scope, Arc<Store>>>,
    authority: Arc<Authority>,
    clock: Arc<dyn Clock>,
    keeper: Arc<Keeper>,
}

impl std::fmt::Debug for DynamoDb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DynamoDb").finish_non_exhaustive()
    }
}

/// A request that was read.
struct Input {
    entry: Entry,
    body: Map<String, Value>,
}

/// The same, of DynamoDB Streams.
struct StreamInput {
    name: String,
    body: Map<String, Value>,
}

impl DynamoDb {
    pub fn new(authority: Arc<Authority>, clock: Arc<dyn Clock>) -> Self {
        Self { stores: RwLock::default(), authority, clock, keeper: Arc::new(Keeper::in_memory()) }
    }

    /// Writes what changes through to a keeper.
    #[must_use]
    pub fn kept_by(self, keeper: Arc<Keeper>) -> Self {
        Self { keeper, ..self }
    }

    pub(super) fn authority(&self) -> &Authority {
        &self.authority
    }

    pub(super) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    pub(super) fn stores(&self) -> Vec<Arc<Store>> {
        self.stores.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(super) fn existing(&self, scope: &Scope) -> Option<Arc<Store>> {
        self.stores.read().unwrap_or_else(PoisonError::into_inner).get(scope).cloned()
    }

    pub(super) fn store(&self, scope: &Scope) -> Arc<Store> {
        if let Some(store) = self.existing(scope) {
            return store;
        }
        let mut stores = self.stores.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(stores.entry(scope.clone()).or_insert_with(|| {
            Arc::new(Store::new(scope.clone(), Arc::clone(&self.clock), Arc::clone(&self.keeper)))
        }))
    }
}

impl Service for DynamoDb {
    fn signing_name(&self) -> &'static str {
        "dynamodb"
    }

    fn protocol(&self) -> Protocol {
        Protocol::Json10
    }

    fn resolve(&self, request: &Request, scope: &Scope) -> Result<Operation, ServiceError> {
        let target = request.header("x-amz-target").unwrap_or_default();
        if let Some(("DynamoDBStreams_20120810", name)) = target.split_once('.') {
            if !stream_service::COVERED.contains(&name) {
                return Err(Api::lacks("dynamodbstreams", name));
            }
            let body: Map<String, Value> = serde_json::from_slice(&request.body)
                .map_err(|error| ServiceError::new(400, "SerializationException", error.to_string()))?;
            return Ok(Operation {
                name: name.to_owned(),
                accesses: vec![stream_service::access(name, &body, scope)],
                mutates: false,
                input: Box::new(StreamInput { name: name.to_owned(), body }),
            });
        }
        let Some(("DynamoDB_20120810", name)) = target.split_once('.') else {
            return Err(ServiceError::new(400, "UnknownOperationException", ""));
        };
        let entry = find(name).ok_or_else(|| Api::lacks("dynamodb", name))?;
        let body: Map<String, Value> = serde_json::from_slice(&request.body)
            .map_err(|error| ServiceError::new(400, "SerializationException", error.to_string()))?;
        let store = self.existing(scope);
        let accesses = accesses(entry, &body, scope, |table, index| {
            store.as_ref().and_then(|store| store.partition_key(table, index))
        })?;
        Ok(Operation {
            name: name.to_owned(),
            accesses,
            mutates: entry.mutates,
            input: Box::new(Input { entry, body }),
        })
    }

    fn handle(&self, call: Call) -> Future<'_, Result<Response, ServiceError>> {
        Box::pin(async move {
            let input = match call.operation.input.downcast::<StreamInput>() {
                Ok(input) => {
                    let answer = self.stream_call(&input.name, &input.body, &call.scope)?;
                    return Ok(Response { body: answer.to_string().into(), ..Response::empty(200) }
                        .with_header("content-type", "application/x-amz-json-1.0"));
                }
                Err(input) => input,
            };
            let Ok(input) = input.downcast::<Input>() else {
                return Err(ServiceError::new(500, "InternalServerError", "The parameters are missing."));
            };
            let answer = self.store(&call.scope).run(input.entry.name, input.body)?;
            Ok(Response { body: answer.to_string().into(), ..Response::empty(200) }
                .with_header("content-type", "application/x-amz-json-1.0"))
        })
    }

    fn reset(&self, account: Option<&AccountId>) {
        let mut stores = self.stores.write().unwrap_or_else(PoisonError::into_inner);
        stores.retain(|scope, _| account.is_some_and(|account| scope.account != *account));
    }
}
