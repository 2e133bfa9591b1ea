use serde_json::Value;

use crate::aws::{Clients, Outcome};
use crate::resource::parallel::{READS, each};
use crate::resource::properties::{Shaped, parsed};
use crate::resource::schema::Schema;
use crate::resource::survey::{Survey, seen, tagged};

/// Reads the state machines of account and region.
pub(super) async fn survey(clients: &Clients, schema: &'static Schema) -> Survey {
    let mut survey = Survey::default();
    let listed = clients.sfn.list_state_machines().into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("states:ListStateMachines");
    let Some(machines) = survey.keep(schema.kind, listed) else { return survey };
    let arns = machines.into_iter().map(|machine| machine.state_machine_arn).collect();
    let parts = each(arns, READS, |arn: String| {
        let clients = clients.clone();
        async move { machine(&clients, schema, &arn).await }
    })
    .await;
    survey.absorb_all(parts);
    survey
}

async fn machine(clients: &Clients, schema: &Schema, arn: &str) -> Survey {
    let mut survey = Survey::default();
    let name = arn.rsplit(':').next().unwrap_or_default();
    let key = format!("{}/{name}", schema.kind);
    let read = clients.sfn.describe_state_machine().state_machine_arn(arn).send().await;
    let Some(machine) = survey.keep(&key, read.during("states:DescribeStateMachine")) else { return survey };
    let tags = clients.sfn.list_tags_for_resource().resource_arn(arn).send().await;
    let tags = survey.keep(&key, tags.during("states:ListTagsForResource"));
    let tags = tags.and_then(|output| output.tags).unwrap_or_default();
    let level = machine.logging_configuration().and_then(|logging| logging.level());
    let level = level.map(aws_sdk_sfn::types::LogLevel::as_str).filter(|level| *level != "OFF");
    let properties = Shaped::new()
        .with("StateMachineName", name)
        .with("StateMachineType", machine.r#type().as_str())
        .with("RoleArn", machine.role_arn())
        .with("Definition", parsed(machine.definition()))
        .maybe("LoggingConfiguration", level.map(|level| serde_json::json!({ "Level": level })))
        .done();
    let mut resource = seen(schema, name, arn, properties);
    resource.arn = Some(arn.to_owned());
    resource.attributes["Status"] = machine.status().map_or(Value::Null, |status| status.as_str().into());
    let tags = tags.into_iter().filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())));
    survey.resources.push(tagged(resource, tags));
    survey
}
