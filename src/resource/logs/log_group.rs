use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::parallel::{READS, each};
use crate::resource::properties::Shaped;
use crate::resource::schema::{Name, Property, Schema, Shape, TAGS};
use crate::resource::survey::{Survey, seen, tagged};
use crate::resource::tags::dropped;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-logs-loggroup.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::Logs::LogGroup",
    properties: &[
        Property::text("LogGroupName").create_only(),
        Property::new("RetentionInDays", Shape::Integer),
        Property::new("Tags", TAGS),
    ],
    attributes: &["Arn"],
    name: Some(Name { property: "LogGroupName", longest: 512 }),
    part_of: None,
    taggable: true,
};

/// A log group: `Ref` returns its name.
#[derive(Debug)]
pub(crate) struct LogGroup;

impl ResourceType for LogGroup {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(async move {
            let name = wanted.name_in("LogGroupName");
            let call = clients.logs.create_log_group().log_group_name(&name);
            let call = call.set_tags(Some(wanted.tags.clone().into_iter().collect()));
            call.send().await.during("logs:CreateLogGroup")?;
            let made = Made::new(&name);
            settle_retention(clients, &name, None, wanted.properties().integer("RetentionInDays"))
                .await
                .map_err(Incomplete::after(&made))?;
            let arn = arn(clients, &name).await.map_err(Incomplete::after(&made))?;
            Ok(made.maybe("Arn", arn.as_deref()))
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            let name = &standing.made.id;
            let days = |properties: crate::resource::properties::Properties<'_>| {
                properties.integer("RetentionInDays")
            };
            let (before, after) = (days(standing.properties()), days(wanted.properties()));
            settle_retention(clients, name, before, after).await?;
            let arn = standing.made.attributes.get("Arn").and_then(|arn| arn.as_str());
            // Tags are kept under the ARN without the `:*` that stands for its streams.
            if let Some(arn) =
                arn.map(|arn| arn.trim_end_matches(":*")).filter(|_| standing.tags != wanted.tags)
            {
                let call = clients.logs.tag_resource().resource_arn(arn);
                let call = call.set_tags(Some(wanted.tags.clone().into_iter().collect()));
                call.send().await.during("logs:TagResource")?;
                let dropped = dropped(&standing.tags, &wanted.tags);
                if !dropped.is_empty() {
                    let call = clients.logs.untag_resource().resource_arn(arn).set_tag_keys(Some(dropped));
                    call.send().await.during("logs:UntagResource")?;
                }
            }
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let call = clients.logs.delete_log_group().log_group_name(&standing.made.id);
            call.send().await.during("logs:DeleteLogGroup").found().map(drop)
        })
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(survey(clients))
    }
}

async fn settle_retention(
    clients: &Clients,
    name: &str,
    before: Option<i32>,
    after: Option<i32>,
) -> Result<(), Failure> {
    match after {
        Some(days) if before != after => {
            let call = clients.logs.put_retention_policy().log_group_name(name).retention_in_days(days);
            call.send().await.during("logs:PutRetentionPolicy").map(drop)
        }
        None if before.is_some() => {
            let call = clients.logs.delete_retention_policy().log_group_name(name);
            call.send().await.during("logs:DeleteRetentionPolicy").map(drop)
        }
        _ => Ok(()),
    }
}

async fn arn(clients: &Clients, name: &str) -> Result<Option<String>, Failure> {
    let call = clients.logs.describe_log_groups().log_group_name_prefix(name);
    let groups = call.send().await.during("logs:DescribeLogGroups")?.log_groups.unwrap_or_default();
    Ok(groups.into_iter().find(|group| group.log_group_name() == Some(name)).and_then(|group| group.arn))
}

async fn survey(clients: &Clients) -> Survey {
    let mut survey = Survey::default();
    let listed = clients.logs.describe_log_groups().into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("logs:DescribeLogGroups");
    let Some(groups) = survey.keep(SCHEMA.kind, listed) else { return survey };
    let parts = each(groups, READS, |group| {
        let clients = clients.clone();
        async move {
            let mut part = Survey::default();
            let name = group.log_group_name().unwrap_or_default();
            let arn = group.arn().unwrap_or_default().to_owned();
            let call = clients.logs.list_tags_for_resource().resource_arn(arn.trim_end_matches(":*"));
            let tags = call.send().await.during("logs:ListTagsForResource");
            let tags = part.keep(format!("{}/{name}", SCHEMA.kind), tags);
            let properties = Shaped::new()
                .with("LogGroupName", name)
                .maybe("RetentionInDays", group.retention_in_days())
                .done();
            let mut resource = seen(&SCHEMA, name, name, properties);
            resource.arn = Some(arn);
            resource.attributes = Shaped::new().maybe("StoredBytes", group.stored_bytes()).done();
            let tags = tags.and_then(|output| output.tags).unwrap_or_default();
            part.resources.push(tagged(resource, tags));
            part
        }
    })
    .await;
    survey.absorb_all(parts);
    survey
}
