use std::collections::BTreeSet;

use aws_sdk_sqs::types::QueueAttributeName;

use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, Shape, TEXTS};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queuepolicy.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::SQS::QueuePolicy",
    properties: &[
        Property::new("PolicyDocument", Shape::Document).required(),
        Property::new("Queues", TEXTS).required(),
    ],
    attributes: &["Id"],
    name: None,
    part_of: None,
    taggable: false,
};

/// Who may use some queues; a queue has one policy, so the last one given counts. `Ref` returns an id that is made up. It is read with
/// its queues, as their `attributes.Policy`.
#[derive(Debug)]
pub(crate) struct QueuePolicy;

impl ResourceType for QueuePolicy {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(async move {
            let made = Made::new(&wanted.name).with("Id", wanted.name.clone());
            put(clients, wanted.properties()).await.map_err(Incomplete::after(&made))?;
            Ok(made)
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            let after = queues(wanted.properties());
            for left in queues(standing.properties()).difference(&after) {
                set(clients, left, "").await.found()?;
            }
            put(clients, wanted.properties()).await?;
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            for queue in queues(standing.properties()) {
                set(clients, &queue, "").await.found()?;
            }
            Ok(())
        })
    }
}

fn queues(properties: Properties<'_>) -> BTreeSet<String> {
    properties.texts("Queues").into_iter().collect()
}

async fn put(clients: &Clients, properties: Properties<'_>) -> Result<(), Failure> {
    let policy = properties.document("PolicyDocument").unwrap_or_default();
    for queue in queues(properties) {
        set(clients, &queue, &policy).await?;
    }
    Ok(())
}

/// Gives a queue a policy; an empty one takes it away.
async fn set(clients: &Clients, queue: &str, policy: &str) -> Result<(), Failure> {
    let call = clients.sqs.set_queue_attributes().queue_url(queue);
    let call = call.attributes(QueueAttributeName::Policy, policy);
    call.send().await.during("sqs:SetQueueAttributes").map(drop)
}
