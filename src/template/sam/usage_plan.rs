use serde_json::{Value, json};

use super::expansion::{Expansion, Inherited, reference};
use super::part::{Built, Part};

/// `UsagePlan`: a plan and a key, for this API alone or for all that share them.
pub(super) fn add(
    expansion: &mut Expansion<'_>,
    api: &str,
    stage: &str,
    plan: &Part<'_>,
    inherited: &Inherited,
) {
    let known = ["CreateUsagePlan", "Description", "Quota", "Tags", "Throttle", "UsagePlanName"];
    expansion.known(plan, &known, "`UsagePlan`");
    let prefix = match plan.text("CreateUsagePlan") {
        Some("NONE") => return,
        Some("PER_API") => api,
        Some("SHARED") => "Serverless",
        _ => {
            expansion.refuse(&plan.at, "`CreateUsagePlan` is `PER_API`, `SHARED` or `NONE`");
            return;
        }
    };
    let ids = ["UsagePlan", "ApiKey", "UsagePlanKey"].map(|what| format!("{prefix}{what}"));
    let [plan_id, key_id, link_id] = &ids;
    let inherited = inherited.condition_alone().from(&plan.at);
    let of_plan = json!({ "ApiId": reference(api), "Stage": reference(stage) });
    let of_key = json!({ "RestApiId": reference(api), "StageName": reference(stage) });
    // A plan that is shared is there from the first API on.
    if let Some(body) = expansion.resources.get_mut(plan_id) {
        add_to(&mut body["Properties"]["ApiStages"], of_plan);
        add_to(&mut body["DependsOn"], api.into());
        if let Some(body) = expansion.resources.get_mut(key_id) {
            add_to(&mut body["Properties"]["StageKeys"], of_key);
        }
        return;
    }
    let mut made = Built::new().with("ApiStages", json!([of_plan]));
    made.take_all(plan, &["UsagePlanName", "Description", "Quota", "Throttle", "Tags"]);
    expansion.put(
        plan_id,
        "AWS::ApiGateway::UsagePlan",
        made,
        &inherited.clone().with("DependsOn", json!([api])),
    );
    let made = Built::new().with("Enabled", true).with("StageKeys", json!([of_key]));
    expansion.put(
        key_id,
        "AWS::ApiGateway::ApiKey",
        made,
        &inherited.clone().with("DependsOn", json!([plan_id])),
    );
    let made = Built::new()
        .with("KeyId", reference(key_id))
        .with("KeyType", "API_KEY")
        .with("UsagePlanId", reference(plan_id));
    let kind = "AWS::ApiGateway::UsagePlanKey";
    expansion.put(link_id, kind, made, &inherited.with("DependsOn", json!([key_id])));
}

fn add_to(list: &mut Value, element: Value) {
    if let Some(items) = list.as_array_mut() {
        items.push(element);
    }
}
