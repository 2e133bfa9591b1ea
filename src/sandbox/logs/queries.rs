use serde_json::{Value, json};

use super::command::{DescribeQueries, QueryId, StartQuery, group_of, invalid};
use super::insights::{Asked, Query, run};
use super::query::parse;
use super::store::Store;
use crate::sandbox::{Scope, ServiceError};

/// Queries whose answers are kept; the oldest go first.
const MOST: usize = 200;

/// Runs a query at once; its answer is fetched by its id.
pub(super) fn start(
    store: &Store,
    asked: &mut Asked,
    scope: &Scope,
    input: StartQuery,
    id: &str,
    now: i64,
) -> Result<Value, ServiceError> {
    let mut names = input.log_group_names;
    names.extend(input.log_group_name);
    for identifier in &input.log_group_identifiers {
        names.push(group_of(None, Some(identifier))?);
    }
    if names.is_empty() {
        return Err(invalid("Either logGroupName, logGroupNames or logGroupIdentifiers is required."));
    }
    if input.end_time < input.start_time {
        return Err(invalid("End time should not be less than start time."));
    }
    let groups = names
        .iter()
        .map(|name| Ok((name.as_str(), store.group(scope, name)?)))
        .collect::<Result<Vec<_>, ServiceError>>()?;
    let steps = parse(&input.query_string)?;
    // Seconds, and milliseconds are taken too.
    let millis = |time: i64| if time > 100_000_000_000 { time } else { time.saturating_mul(1000) };
    let (from, to) = (millis(input.start_time), millis(input.end_time).saturating_add(999));
    let events: Vec<_> = groups
        .iter()
        .flat_map(|(name, group)| group.events.iter().map(move |event| (*name, event)))
        .filter(|(_, event)| (from..=to).contains(&event.timestamp))
        .collect();
    let (mut rows, matched) = run(&steps, &events);
    if let Some(limit) = input.limit {
        rows.truncate(limit);
    }
    let bytes = events.iter().map(|(_, event)| event.message.len()).sum();
    let query = Query {
        scope: scope.clone(),
        text: input.query_string,
        group: names.first().cloned().unwrap_or_default(),
        created: now,
        rows,
        matched,
        scanned: events.len(),
        bytes,
    };
    if asked.len() >= MOST
        && let Some(oldest) = asked.iter().min_by_key(|(_, query)| query.created).map(|(id, _)| id.clone())
    {
        asked.remove(&oldest);
    }
    asked.insert(id.to_owned(), query);
    Ok(json!({ "queryId": id }))
}

fn find<'a>(asked: &'a Asked, scope: &Scope, id: &str) -> Result<&'a Query, ServiceError> {
    asked.get(id).filter(|query| query.scope == *scope).ok_or_else(|| {
        ServiceError::new(400, "ResourceNotFoundException", "The specified query does not exist.")
    })
}

pub(super) fn results(asked: &Asked, scope: &Scope, input: &QueryId) -> Result<Value, ServiceError> {
    let query = find(asked, scope, &input.query_id)?;
    let cell = |(field, value): &(String, String)| json!({ "field": field, "value": value });
    let rows: Vec<Vec<Value>> = query.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    Ok(json!({
        "queryLanguage": "CWLI",
        "results": rows,
        "statistics": {
            "recordsMatched": query.matched,
            "recordsScanned": query.scanned,
            "bytesScanned": query.bytes,
        },
        "status": "Complete",
    }))
}

pub(super) fn stop(asked: &Asked, scope: &Scope, input: &QueryId) -> Result<Value, ServiceError> {
    find(asked, scope, &input.query_id)?;
    // All queries are over at once.
    Err(invalid("Provided queryId corresponds to a query that has already ended."))
}

pub(super) fn describe(asked: &Asked, scope: &Scope, input: &DescribeQueries) -> Value {
    let wanted = |query: &Query| {
        query.scope == *scope
            && input.log_group_name.as_ref().is_none_or(|name| *name == query.group)
            && input.status.as_ref().is_none_or(|status| status == "Complete")
    };
    let mut found: Vec<_> = asked.iter().filter(|(_, query)| wanted(query)).collect();
    found.sort_by_key(|(_, query)| std::cmp::Reverse(query.created));
    let shown = found.into_iter().map(|(id, query)| {
        json!({
            "queryLanguage": "CWLI",
            "queryId": id,
            "queryString": query.text,
            "status": "Complete",
            "createTime": query.created,
            "logGroupName": query.group,
        })
    });
    json!({ "queries": shown.collect::<Vec<_>>() })
}
