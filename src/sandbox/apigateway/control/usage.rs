//! How much of a plan's quota its keys have used, day by day.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsage.html>

use jiff::civil::Date;
use serde_json::{Map as Object, Value, json};

use super::Ask;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::UsagePlan;
use crate::sandbox::apigateway::fault::{bad_request, not_found};
use crate::sandbox::apigateway::state::{Region, Traffic};

/// The longest interval that is shown, in days.
const LONGEST: i64 = 366;

pub(super) fn get(region: &mut Region, traffic: &mut Traffic, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let plan = plan(region, ask)?;
    let (begins, ends) = (day(ask, "startDate")?, day(ask, "endDate")?);
    if ends < begins || ends - begins > LONGEST {
        return Err(bad_request("Invalid date range specified: endDate must not be before startDate"));
    }
    let wanted = ask.query("keyId").filter(|id| !id.is_empty());
    let keys: Vec<&String> = region.plan_keys.get(&plan.id).into_iter().flatten().collect();
    if wanted.as_ref().is_some_and(|id| !keys.contains(&id)) {
        return Err(not_found("Invalid API Key identifier specified"));
    }
    let shown = keys.into_iter().filter(|id| wanted.as_ref().is_none_or(|wanted| wanted == *id));
    let entries: Vec<(String, Value)> =
        shown.map(|id| (id.clone(), days(traffic, plan, id, begins, ends))).collect();
    let (entries, next) = super::page::cut(ask, entries)?;
    let mut body = shape(plan, begins, ends, entries);
    if let Some(next) = next {
        body["position"] = json!(next);
    }
    Ok(body)
}

/// Grants a key more, or less, of what is left of the running period: `replace` of `/remaining`, and nothing else.
/// <https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateUsage.html>
pub(super) fn update(
    region: &mut Region,
    traffic: &mut Traffic,
    ask: &Ask<'_>,
) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let plan = plan(region, ask)?;
    let key = ask.path("keyId").to_owned();
    if !region.plan_keys.get(&plan.id).is_some_and(|keys| keys.contains(&key)) {
        return Err(not_found("Invalid API Key identifier specified"));
    }
    let Some(quota) = &plan.quota else {
        return Err(bad_request("Usage Plan does not have a quota"));
    };
    let today = ask.now.as_second().div_euclid(86_400);
    for operation in &operations {
        if operation.path != "/remaining" || !operation.is_replacement() {
            let (path, op) = (&operation.path, operation.name());
            return Err(bad_request(format!(
                "Invalid patch path  '{path}' specified for op '{op}'. Must be one of: [/remaining]"
            )));
        }
        let remaining = operation.value.as_deref().and_then(|value| value.parse::<i64>().ok());
        let remaining = remaining.filter(|remaining| *remaining >= 0);
        let remaining = remaining.ok_or_else(|| bad_request("Remaining quota must be a number from 0 on"))?;
        let name = (plan.id.clone(), key.clone());
        let used = traffic.usage.used(&name, quota, today);
        traffic.usage.grant(name, quota.period_of(today), remaining + used - quota.limit);
    }
    let entry = (key.clone(), days(traffic, plan, &key, today, today));
    Ok(shape(plan, today, today, vec![entry]))
}

fn plan<'a>(region: &'a Region, ask: &Ask<'_>) -> Result<&'a UsagePlan, ServiceError> {
    let found = region.usage_plans.get(ask.path("usageplanId"));
    found.ok_or_else(|| not_found("Invalid Usage Plan ID specified"))
}

/// A day of the query, in days since the epoch.
fn day(ask: &Ask<'_>, name: &str) -> Result<i64, ServiceError> {
    let text = ask.query(name).unwrap_or_default();
    let date: Date = text
        .parse()
        .map_err(|_| bad_request(format!("Invalid {name} specified: {text}. The format is YYYY-MM-DD")))?;
    Ok(i64::from((date - Date::constant(1970, 1, 1)).get_days()))
}

/// What was used and what was left, of each day.
fn days(traffic: &Traffic, plan: &UsagePlan, key: &str, begins: i64, ends: i64) -> Value {
    let name = (plan.id.clone(), key.to_owned());
    let of_day = |day: i64| {
        let used = traffic.usage.on(&name, day);
        let left = plan.quota.as_ref().map(|quota| traffic.usage.left(&name, quota, day));
        // Without a quota there is nothing that could run out.
        json!([used, left.unwrap_or(i64::from(i32::MAX))])
    };
    (begins..=ends).map(of_day).collect()
}

fn shape(plan: &UsagePlan, begins: i64, ends: i64, entries: Vec<(String, Value)>) -> Value {
    let date = |day: i64| {
        let at = jiff::Timestamp::from_second(day.saturating_mul(86_400)).unwrap_or_default();
        at.strftime("%Y-%m-%d").to_string()
    };
    json!({
        "usagePlanId": plan.id,
        "startDate": date(begins),
        "endDate": date(ends),
        "values": entries.into_iter().collect::<Object<String, Value>>(),
    })
}
