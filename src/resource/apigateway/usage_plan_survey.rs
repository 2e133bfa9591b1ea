use aws_sdk_apigateway::types::{ApiKey, UsagePlan};
use serde_json::{Value, json};

use super::{api_key, usage_plan, usage_plan_key};
use crate::aws::{Clients, Outcome};
use crate::evidence::Resource;
use crate::resource::properties::Shaped;
use crate::resource::survey::{Survey, seen, tagged};

/// Reads the API keys of account and region, without what callers show: that is a secret.
pub(super) async fn keys(clients: &Clients) -> Survey {
    let mut survey = Survey::default();
    let listed = clients.apigateway.get_api_keys().into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("apigateway:GetApiKeys");
    let keys = survey.keep(api_key::SCHEMA.kind, listed).unwrap_or_default();
    let region = &clients.endpoint.region;
    survey.resources.extend(keys.into_iter().map(|key| resource(key, region)));
    survey
}

fn resource(key: ApiKey, region: &str) -> Resource {
    let id = key.id().unwrap_or_default();
    let properties = Shaped::new()
        .maybe("Name", key.name())
        .text("Description", key.description())
        .with("Enabled", key.enabled())
        .done();
    let mut found = seen(&api_key::SCHEMA, id, id, properties);
    found.arn = Some(format!("arn:aws:apigateway:{region}::/apikeys/{id}"));
    tagged(found, key.tags.unwrap_or_default())
}

/// Reads the usage plans with the keys that are in them.
pub(super) async fn plans(clients: &Clients) -> Survey {
    let mut survey = Survey::default();
    let listed = clients.apigateway.get_usage_plans().into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("apigateway:GetUsagePlans");
    for plan in survey.keep(usage_plan::SCHEMA.kind, listed).unwrap_or_default() {
        let id = plan.id().unwrap_or_default().to_owned();
        let mut found = seen(&usage_plan::SCHEMA, &id, id.clone(), shape(&plan));
        found.arn = Some(format!("arn:aws:apigateway:{}::/usageplans/{id}", clients.endpoint.region));
        survey.resources.push(tagged(found, plan.tags.unwrap_or_default()));

        let kind = usage_plan_key::SCHEMA.kind;
        let listed = clients.apigateway.get_usage_plan_keys().usage_plan_id(&id).into_paginator();
        let listed = listed.items().send().collect::<Result<Vec<_>, _>>().await;
        let listed = listed.during("apigateway:GetUsagePlanKeys");
        for key in survey.keep(format!("{kind}/{id}"), listed).unwrap_or_default() {
            let key = key.id().unwrap_or_default();
            let properties = json!({ "KeyId": key, "KeyType": "API_KEY", "UsagePlanId": id });
            let (place, physical) = (format!("{id}/{key}"), format!("{key}:{id}"));
            survey.resources.push(seen(&usage_plan_key::SCHEMA, &place, physical, properties));
        }
    }
    survey
}

fn shape(plan: &UsagePlan) -> Value {
    let stages = plan.api_stages().iter();
    let mut stages: Vec<Value> =
        stages.map(|stage| json!({ "ApiId": stage.api_id(), "Stage": stage.stage() })).collect();
    stages.sort_by_key(ToString::to_string);
    let quota = plan.quota().map(|quota| {
        let period = quota.period().map(aws_sdk_apigateway::types::QuotaPeriodType::as_str);
        json!({ "Limit": quota.limit(), "Offset": quota.offset(), "Period": period })
    });
    let throttle = plan
        .throttle()
        .map(|limit| json!({ "BurstLimit": limit.burst_limit(), "RateLimit": limit.rate_limit() }));
    Shaped::new()
        .maybe("UsagePlanName", plan.name())
        .text("Description", plan.description())
        .filled("ApiStages", stages.into())
        .maybe("Quota", quota)
        .maybe("Throttle", throttle)
        .done()
}

#[cfg(test)]
mod tests {
    use aws_sdk_apigateway::types::{ApiStage, QuotaPeriodType, QuotaSettings};

    use super::*;

    #[test]
    fn a_plan_is_read_in_the_shape_of_its_template() {
        let quota = QuotaSettings::builder().limit(100).period(QuotaPeriodType::Day).build();
        let stage = ApiStage::builder().api_id("a1").stage("live").build();
        let plan = UsagePlan::builder().name("shop").quota(quota).api_stages(stage).build();
        let expected = json!({"UsagePlanName": "shop", "ApiStages": [{"ApiId": "a1", "Stage": "live"}],
            "Quota": {"Limit": 100, "Offset": 0, "Period": "DAY"}});
        assert_eq!(shape(&plan), expected);
    }

    #[test]
    fn a_key_is_read_without_its_value() {
        let key = ApiKey::builder().id("k1").name("till").value("secret").enabled(true).build();
        let read = resource(key, "eu-west-1");
        assert_eq!(read.properties, json!({"Name": "till", "Enabled": true}));
    }
}
