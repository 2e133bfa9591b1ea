use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::fault::{self, validation};
use super::plan;
use super::record::{Asked, Record};
use super::service::Desk;
use super::work::Job;
use crate::provision::Stack;
use crate::sandbox::ServiceError;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
pub(super) async fn create(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = new_name(desk)?;
    let delete_after_failure =
        match (desk.parameters.get("OnFailure"), desk.parameters.get("DisableRollback")) {
            (Some(_), Some(_)) => {
                return Err(validation("You can specify either DisableRollback or OnFailure, but not both"));
            }
            (Some("DO_NOTHING"), _) | (_, Some("true")) => {
                return Err(ServiceError::not_covered("cloudformation", "CreateStack without rollback"));
            }
            (Some("DELETE"), _) => true,
            _ => false,
        };
    let asked = asked(desk, None)?;
    let record = fresh(desk, &name, asked.clone());
    plan::check(&asked, &record.stack, true)?;
    let id = record.id.clone();
    {
        let mut state = desk.core.state();
        if state.find(desk.scope, &name).is_ok_and(|standing| standing.status != "REVIEW_IN_PROGRESS") {
            return Err(fault::already_exists("Stack", &name));
        }
        state.insert(desk.scope, record);
        let (at, event) = (desk.core.clock.now(), desk.core.random.uuid());
        let record = state.standing_mut(desk.scope, &name)?;
        record.enter("CREATE_IN_PROGRESS", Some("User Initiated".to_owned()), at, event);
    }
    start(desk, &name, Job::Create { delete_after_failure }).await?;
    Ok(json!({ "StackId": id }))
}

/// Begins some work; a stack whose work cannot even begin is forgotten again.
async fn start(desk: &Desk<'_>, name: &str, job: Job) -> Result<(), ServiceError> {
    let creating = matches!(job, Job::Create { .. });
    let begun = desk.core.begin(desk.scope, name, desk.caller, job).await;
    if begun.is_err() && creating {
        desk.core.state().forget(desk.scope, name);
    }
    begun
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html>
pub(super) async fn update(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = given_name(desk)?;
    let before = desk.core.state().standing_mut(desk.scope, &name)?.clone();
    ready(&before, "updated")?;
    let asked = asked(desk, Some(&before.asked))?;
    plan::check(&asked, &before.stack, true)?;
    if same(&before.asked, &asked) {
        return Err(validation("No updates are to be performed."));
    }
    change(desk, &before, asked).await
}

/// Brings a stack to what is asked, which was checked.
pub(super) async fn change(desk: &Desk<'_>, before: &Record, asked: Asked) -> Result<Value, ServiceError> {
    {
        let mut state = desk.core.state();
        let record = state.standing_mut(desk.scope, &before.name)?;
        // Somebody else may have been quicker since it was looked at.
        ready(record, "updated")?;
        record.asked = asked;
        let (at, event) = (desk.core.clock.now(), desk.core.random.uuid());
        record.updated = Some(at);
        record.enter("UPDATE_IN_PROGRESS", Some("User Initiated".to_owned()), at, event);
    }
    let job = Job::Update { before: Box::new(before.asked.clone()) };
    if let Err(refused) = desk.core.begin(desk.scope, &before.name, desk.caller, job).await {
        // Nothing was begun: it is as it was.
        if let Ok(record) = desk.core.state().standing_mut(desk.scope, &before.name) {
            *record = before.clone();
        }
        return Err(refused);
    }
    Ok(json!({ "StackId": before.id }))
}

/// Begins what a change set of a new stack says.
pub(super) async fn make(desk: &Desk<'_>, name: &str, asked: Asked) -> Result<(), ServiceError> {
    {
        let mut state = desk.core.state();
        let record = state.standing_mut(desk.scope, name)?;
        record.asked = asked;
        let (at, event) = (desk.core.clock.now(), desk.core.random.uuid());
        record.enter("CREATE_IN_PROGRESS", Some("User Initiated".to_owned()), at, event);
    }
    desk.core.begin(desk.scope, name, desk.caller, Job::Create { delete_after_failure: false }).await
}

/// Deletes a stack; it is no error where there is none.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html>
pub(super) async fn delete(desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = given_name(desk)?;
    let before = {
        let mut state = desk.core.state();
        let Ok(record) = state.standing_mut(desk.scope, &name) else { return Ok(Value::Null) };
        if record.is_busy() {
            return Err(busy(record, "deleted"));
        }
        let before = record.clone();
        if let Some(role) = desk.parameters.get("RoleARN") {
            record.asked.role = Some(role.to_owned());
        }
        let (at, event) = (desk.core.clock.now(), desk.core.random.uuid());
        record.enter("DELETE_IN_PROGRESS", Some("User Initiated".to_owned()), at, event);
        before
    };
    let retained: Vec<String> =
        desk.parameters.list("RetainResources").into_iter().map(str::to_owned).collect();
    if !retained.is_empty() && before.status != "DELETE_FAILED" {
        let message = "Invalid operation on stack: resources can be retained only when the stack is in the DELETE_FAILED state";
        *desk.core.state().standing_mut(desk.scope, &name)? = before;
        return Err(validation(message));
    }
    let begun = desk.core.begin(desk.scope, &before.name, desk.caller, Job::Delete { retained }).await;
    if let Err(refused) = begun {
        *desk.core.state().standing_mut(desk.scope, &name)? = before;
        return Err(refused);
    }
    Ok(Value::Null)
}

/// Reads what a call asks a stack to be: its own template and parameters, or those of before.
pub(super) fn asked(desk: &Desk<'_>, before: Option<&Asked>) -> Result<Asked, ServiceError> {
    let parameters = desk.parameters;
    let previous = parameters.get("UsePreviousTemplate") == Some("true");
    let template = match (text_of(desk)?, before) {
        (Some(_), Some(_)) if previous => {
            return Err(validation("You can't specify both a template and UsePreviousTemplate"));
        }
        (Some(text), _) => text,
        (None, Some(before)) if previous => before.template.clone(),
        (None, _) => return Err(validation("Either Template URL or Template Body must be specified.")),
    };
    let mut values = BTreeMap::new();
    for given in parameters.structures("Parameters") {
        let key = given.get("ParameterKey").unwrap_or_default().to_owned();
        let kept = given.get("UsePreviousValue") == Some("true");
        match (given.get("ParameterValue"), kept, before) {
            (Some(_), true, _) => {
                let message = format!(
                    "Invalid input for parameter key {key}. Cannot specify usePreviousValue as true and non empty value for a parameter"
                );
                return Err(validation(message));
            }
            (Some(value), false, _) => {
                values.insert(key, value.to_owned());
            }
            (None, true, Some(before)) => {
                values.extend(before.parameters.get(&key).map(|value| (key.clone(), value.clone())));
            }
            (None, true, None) => {
                let message = format!(
                    "Invalid input for parameter key {key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template"
                );
                return Err(validation(message));
            }
            (None, false, _) => {
                return Err(validation(format!(
                    "Invalid input for parameter key {key}. Need to specify either usePreviousValue as true or a value for the parameter"
                )));
            }
        }
    }
    let tags = match (parameters.structures("Tags").is_empty(), before) {
        (true, Some(before)) => before.tags.clone(),
        _ => plan::tags(parameters)?,
    };
    let role = parameters.get("RoleARN").map(str::to_owned);
    Ok(Asked {
        template,
        parameters: values,
        tags,
        capabilities: parameters.list("Capabilities").into_iter().map(str::to_owned).collect(),
        // A role stays with its stack.
        role: role.or_else(|| before.and_then(|before| before.role.clone())),
    })
}

/// Returns the template that a call brings along, or names by its address in S3.
pub(super) fn text_of(desk: &Desk<'_>) -> Result<Option<String>, ServiceError> {
    match (desk.parameters.get("TemplateBody"), desk.parameters.get("TemplateURL")) {
        (Some(_), Some(_)) => Err(validation("You can't specify both a template body and a template URL")),
        (Some(""), _) => Err(fault::constraint("", "templateBody", "have length greater than or equal to 1")),
        (Some(body), _) if body.len() > plan::LARGEST_BODY => {
            let must = format!("have length less than or equal to {}", plan::LARGEST_BODY);
            Err(fault::constraint("[template]", "templateBody", &must))
        }
        (Some(body), _) => Ok(Some(body.to_owned())),
        (None, Some(url)) => from_storage(desk, url).map(Some),
        (None, None) => Ok(None),
    }
}

/// Reads a template out of S3, as the caller: `https://BUCKET.s3....amazonaws.com/KEY` or `http://HOST/BUCKET/KEY`.
fn from_storage(desk: &Desk<'_>, url: &str) -> Result<String, ServiceError> {
    let wrong = || validation("TemplateURL must reference a valid S3 object to which you have access.");
    let uri: http::Uri = url.parse().map_err(|_| wrong())?;
    let host = uri.host().ok_or_else(wrong)?;
    let path = percent_encoding::percent_decode_str(uri.path().trim_start_matches('/'));
    let path = path.decode_utf8().map_err(|_| wrong())?;
    let (bucket, key) = match host.split_once(".s3") {
        Some((bucket, rest)) if rest.ends_with("amazonaws.com") => (bucket.to_owned(), path.into_owned()),
        _ => {
            path.split_once('/').map(|(bucket, key)| (bucket.to_owned(), key.to_owned())).ok_or_else(wrong)?
        }
    };
    let bytes = desk.core.objects.read_object(desk.caller, &bucket, &key, None).map_err(|error| {
        let message = if error.code == "AccessDenied" { "S3 error: Access Denied" } else { &error.message };
        validation(message)
    })?;
    String::from_utf8(bytes.to_vec()).map_err(|_| wrong())
}

/// Starts the record of a stack that is not there yet.
pub(super) fn fresh(desk: &Desk<'_>, name: &str, asked: Asked) -> Record {
    let (scope, core) = (desk.scope, desk.core);
    let id = format!(
        "arn:aws:cloudformation:{}:{}:stack/{name}/{}",
        scope.region,
        scope.account,
        core.random.uuid()
    );
    Record {
        name: name.to_owned(),
        id: id.clone(),
        status: String::new(),
        reason: None,
        created: core.clock.now(),
        updated: None,
        deleted: None,
        asked,
        stack: Stack::empty(name, id, scope.account.to_string(), scope.region.clone()),
        resources: IndexMap::new(),
        events: vec![],
        change_sets: BTreeMap::new(),
    }
}

pub(super) fn given_name(desk: &Desk<'_>) -> Result<String, ServiceError> {
    let name = desk.parameters.get("StackName").filter(|name| !name.is_empty());
    name.map(str::to_owned).ok_or_else(|| {
        validation("1 validation error detected: Value null at 'stackName' failed to satisfy constraint: Member must not be null")
    })
}

/// Returns the name of a stack that is to be made.
pub(super) fn new_name(desk: &Desk<'_>) -> Result<String, ServiceError> {
    let name = given_name(desk)?;
    let mut letters = name.chars();
    let sound = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    if !sound {
        let pattern = "satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*";
        return Err(fault::constraint(&name, "stackName", pattern));
    }
    if name.len() > 128 {
        return Err(fault::constraint(&name, "stackName", "have length less than or equal to 128"));
    }
    Ok(name)
}

/// Refuses a stack that is in no state to be changed.
pub(super) fn ready(record: &Record, what: &str) -> Result<(), ServiceError> {
    let sound = ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"];
    if sound.contains(&record.status.as_str()) { Ok(()) } else { Err(busy(record, what)) }
}

fn busy(record: &Record, what: &str) -> ServiceError {
    validation(format!("Stack:{} is in {} state and can not be {what}.", record.id, record.status))
}

/// Whether two askings mean the same stack.
pub(super) fn same(before: &Asked, after: &Asked) -> bool {
    before.template == after.template
        && before.parameters == after.parameters
        && before.tags == after.tags
        && before.role == after.role
}
