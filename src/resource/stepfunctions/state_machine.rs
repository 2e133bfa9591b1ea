use std::collections::BTreeMap;

use aws_sdk_sfn::types::{LogLevel, LoggingConfiguration, StateMachineType, Tag};

use super::definition::{LOCATION, definition};
use super::state_machine_survey::survey;
use crate::aws::{Clients, Failure, Found, Outcome, Patience, patiently};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Name, Property, Schema, Shape, TAGS, TEXT_MAP};
use crate::resource::survey::Survey;
use crate::resource::tags::dropped;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-stepfunctions-statemachine.html>
///
/// Of logs it can be said only that there are none: the sandbox writes none of executions.
static SCHEMA: Schema = Schema {
    kind: "AWS::StepFunctions::StateMachine",
    properties: &[
        Property::new("Definition", Shape::Document),
        LOCATION,
        Property::text("DefinitionString"),
        Property::new("DefinitionSubstitutions", TEXT_MAP),
        Property::new(
            "LoggingConfiguration",
            Shape::Object(&[
                Property::new("IncludeExecutionData", Shape::Boolean),
                Property::new("Level", Shape::Choice(&["OFF"])).required(),
            ]),
        ),
        Property::text("RoleArn").required(),
        Property::text("StateMachineName").create_only(),
        Property::new("StateMachineType", Shape::Choice(&["EXPRESS", "STANDARD"])).create_only(),
        Property::new("Tags", TAGS),
    ],
    attributes: &["Arn", "Name", "StateMachineRevisionId"],
    name: Some(Name { property: "StateMachineName", longest: 80 }),
    part_of: None,
    taggable: true,
};

/// A state machine: `Ref` returns its ARN.
#[derive(Debug)]
pub(crate) struct StateMachine;

impl ResourceType for StateMachine {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(async move {
            let properties = wanted.properties();
            let name = wanted.name_in("StateMachineName");
            let kind = properties.text("StateMachineType").unwrap_or_else(|| "STANDARD".to_owned());
            let call = clients
                .sfn
                .create_state_machine()
                .name(&name)
                .definition(definition(wanted)?)
                .role_arn(properties.need("RoleArn")?)
                .r#type(StateMachineType::from(kind.as_str()))
                .set_logging_configuration(logging(properties))
                .set_tags(Some(sdk_tags(&wanted.tags)));
            // A role that was just made cannot be assumed for some seconds; only where changes take their time is it worth waiting.
            let patience = if clients.eventual() {
                Patience::SETTLING
            } else {
                Patience { limit: std::time::Duration::ZERO, ..Patience::SETTLING }
            };
            let passing = |failure: &Failure| failure.says("is authorized to assume the provided role");
            let output = patiently(patience, passing, || async {
                call.clone().send().await.during("states:CreateStateMachine")
            })
            .await?;
            let arn = output.state_machine_arn();
            Ok(Made::new(arn).with("Arn", arn).with("Name", name).with("StateMachineRevisionId", "INITIAL"))
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            let properties = wanted.properties();
            let arn = &standing.made.id;
            let output = clients
                .sfn
                .update_state_machine()
                .state_machine_arn(arn)
                .definition(definition(wanted)?)
                .role_arn(properties.need("RoleArn")?)
                .set_logging_configuration(logging(properties))
                .send()
                .await
                .during("states:UpdateStateMachine")?;
            if standing.tags != wanted.tags {
                let call = clients.sfn.tag_resource().resource_arn(arn);
                call.set_tags(Some(sdk_tags(&wanted.tags))).send().await.during("states:TagResource")?;
                let dropped = dropped(&standing.tags, &wanted.tags);
                if !dropped.is_empty() {
                    let call = clients.sfn.untag_resource().resource_arn(arn).set_tag_keys(Some(dropped));
                    call.send().await.during("states:UntagResource")?;
                }
            }
            Ok(standing.made.clone().maybe("StateMachineRevisionId", output.revision_id()))
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let call = clients.sfn.delete_state_machine().state_machine_arn(&standing.made.id);
            call.send().await.during("states:DeleteStateMachine").found().map(drop)
        })
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(survey(clients, &SCHEMA))
    }

    fn digest(&self, wanted: &Wanted) -> Result<Option<String>, Failure> {
        // A definition in a file changes without its property.
        use base64::Engine as _;
        use sha2::Digest as _;
        if wanted.properties().text(LOCATION.name).is_none() {
            return Ok(None);
        }
        let digest = sha2::Sha256::digest(definition(wanted)?.as_bytes());
        Ok(Some(base64::engine::general_purpose::STANDARD.encode(digest)))
    }
}

fn logging(properties: Properties<'_>) -> Option<LoggingConfiguration> {
    let given = properties.object("LoggingConfiguration")?;
    let level = given.text("Level").map(|level| LogLevel::from(level.as_str()));
    let data = given.flag("IncludeExecutionData").unwrap_or_default();
    Some(LoggingConfiguration::builder().set_level(level).include_execution_data(data).build())
}

fn sdk_tags(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}
