use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::{Map, Value};

use super::access::accesses;
use super::operation::{Entry, find};
use super::store::Store;
use crate::sandbox::coverage::Api;
use crate::sandbox::{
    AccountId, Call, Future, Operation, Protocol, Request, Response, Scope, Service, ServiceError,
};

/// Amazon DynamoDB.
#[derive(Debug, Default)]
pub struct DynamoDb {
    stores: RwLock<HashMap<Scope, Arc<Store>>>,
}

/// A request that was read.
struct Input {
    entry: Entry,
    body: Map<String, Value>,
}

impl DynamoDb {
    pub fn new() -> Self {
        Self::default()
    }

    fn existing(&self, scope: &Scope) -> Option<Arc<Store>> {
        self.stores.read().unwrap_or_else(PoisonError::into_inner).get(scope).cloned()
    }

    fn store(&self, scope: &Scope) -> Arc<Store> {
        if let Some(store) = self.existing(scope) {
            return store;
        }
        let mut stores = self.stores.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(stores.entry(scope.clone()).or_insert_with(|| Arc::new(Store::new(scope.clone()))))
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
            return Err(Api::lacks("dynamodbstreams", name));
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
            let Ok(input) = call.operation.input.downcast::<Input>() else {
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
