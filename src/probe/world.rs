use std::collections::BTreeMap;
use std::sync::Arc;

use super::HttpClient;
use crate::aws::Clients;
use crate::context::Clock;

/// What `{{ name }}` stands for, by name.
pub type Variables = BTreeMap<String, String>;

/// Where probes run: the cloud as the grader may call it, and the network as the scenario's users have it.
#[derive(Debug)]
pub struct World {
    pub clients: Clients,
    pub http: Arc<HttpClient>,
    pub clock: Arc<dyn Clock>,
}

impl World {
    pub fn new(clients: Clients, clock: Arc<dyn Clock>) -> Self {
        Self { clients, http: Arc::default(), clock }
    }
}
