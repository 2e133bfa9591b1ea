use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::access::SERVICE;
use super::entity::{Kind, StateMachine, parts_of};
use super::fault::{invalid_arn, invalid_name, missing, no_machine, validation, violated};
use super::language::{Problem, read, refusal};
use super::page::cut;
use super::service::{Desk, seconds};
use super::{executions, tags};
use crate::sandbox::{Scope, ServiceError};

/// The longest definition, in bytes. <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
const LONGEST: usize = 1_048_576;

/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html>
pub(super) fn create(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let name = desk.required("name")?;
    check_name(&name)?;
    let definition = desk.required("definition")?;
    let role = desk.required("roleArn")?;
    let kind = match desk.text("type") {
        None | Some("STANDARD") => Kind::Standard,
        Some("EXPRESS") => Kind::Express,
        Some(other) => return Err(violated(other, "type", "satisfy enum value set: [STANDARD, EXPRESS]")),
    };
    check_covered(desk, "CreateStateMachine")?;
    check_definition(&definition, "CreateStateMachine")?;
    check_role(desk, &role)?;
    let machine = StateMachine {
        scope: desk.scope.clone(),
        name,
        definition,
        role,
        kind,
        created: desk.now,
        updated: desk.now,
        revision: None,
        logging: logging(desk)?.unwrap_or_else(quiet),
        tracing: tracing(desk)?.unwrap_or_else(|| json!({ "enabled": false })),
        tags: tags::read(desk.body.get("tags"))?,
    };
    let arn = machine.arn();
    if let Some(there) = desk.state.machines.get(&arn) {
        let same = there.definition == machine.definition
            && there.kind == machine.kind
            && there.logging == machine.logging
            && there.tracing == machine.tracing;
        if !same {
            let message = format!("State Machine Already Exists: '{arn}'");
            return Err(ServiceError::new(400, "StateMachineAlreadyExists", message));
        }
        return Ok(json!({ "stateMachineArn": arn, "creationDate": seconds(there.created) }));
    }
    let answer = json!({ "stateMachineArn": arn, "creationDate": seconds(machine.created) });
    desk.state.machines.insert(arn, machine);
    Ok(answer)
}

/// A name as machines and executions have it.
pub(super) fn check_name(name: &str) -> Result<(), ServiceError> {
    let forbidden =
        |sign: char| sign.is_control() || sign.is_whitespace() || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(sign);
    if name.is_empty() || name.chars().count() > 80 || name.chars().any(forbidden) {
        return Err(invalid_name(name));
    }
    Ok(())
}

/// Refuses what AWS carries out and the sandbox does not.
fn check_covered(desk: &Desk<'_>, operation: &str) -> Result<(), ServiceError> {
    let key = desk.body.get("encryptionConfiguration").and_then(|it| it.get("type")).and_then(Value::as_str);
    let lacking = if desk.body.get("publish") == Some(&Value::Bool(true)) {
        "publish"
    } else if key.is_some_and(|key| key != "AWS_OWNED_KEY") {
        "a key of the customer's"
    } else {
        return Ok(());
    };
    Err(ServiceError::not_covered("stepfunctions", &format!("{operation} with {lacking}")))
}

fn check_definition(definition: &str, operation: &str) -> Result<(), ServiceError> {
    if definition.len() > LONGEST {
        return Err(violated("...", "definition", "have length less than or equal to 1048576"));
    }
    read(definition).map(drop).map_err(|problems| refusal(operation, &problems))
}

/// The role must be there, and let the service take it on.
fn check_role(desk: &Desk<'_>, role: &str) -> Result<(), ServiceError> {
    let of_iam = role.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(":role/"));
    if of_iam.is_none() {
        return Err(ServiceError::new(
            400,
            "InvalidArn",
            format!("Invalid Arn: 'Invalid ARN prefix: {role}'"),
        ));
    }
    let directory = desk.core.parts.authority.directory();
    directory.assume_for_service(role, SERVICE, "validation").map(drop).map_err(|_| {
        let message = "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to \
                       assume the provided role.";
        ServiceError::new(400, "AccessDeniedException", message)
    })
}

fn quiet() -> Value {
    json!({ "level": "OFF", "includeExecutionData": false })
}

/// What a call says of logs. Only that there are none is carried out.
fn logging(desk: &Desk<'_>) -> Result<Option<Value>, ServiceError> {
    let Some(given) = desk.body.get("loggingConfiguration").filter(|given| !given.is_null()) else {
        return Ok(None);
    };
    match given.get("level").and_then(Value::as_str) {
        None | Some("OFF") => {}
        Some(level @ ("ALL" | "ERROR" | "FATAL")) => {
            let what = format!("loggingConfiguration of level {level}");
            return Err(ServiceError::not_covered("stepfunctions", &what));
        }
        Some(other) => {
            let must = "satisfy enum value set: [ALL, ERROR, FATAL, OFF]";
            return Err(violated(other, "loggingConfiguration.level", must));
        }
    }
    let mut logging = quiet();
    for member in ["includeExecutionData", "destinations"] {
        if let Some(value) = given.get(member).filter(|value| !value.is_null()) {
            logging[member] = value.clone();
        }
    }
    Ok(Some(logging))
}

fn tracing(desk: &Desk<'_>) -> Result<Option<Value>, ServiceError> {
    let given = desk.body.get("tracingConfiguration").filter(|given| !given.is_null());
    match given.map(|given| given.get("enabled").and_then(Value::as_bool).unwrap_or_default()) {
        Some(true) => Err(ServiceError::not_covered("stepfunctions", "tracingConfiguration that is enabled")),
        other => Ok(other.map(|enabled| json!({ "enabled": enabled }))),
    }
}

/// The machine that a call names in `stateMachineArn`.
pub(super) fn find<'a>(desk: &'a mut Desk<'_>) -> Result<&'a mut StateMachine, ServiceError> {
    let arn = desk.required("stateMachineArn")?;
    is_machine(&arn)?;
    desk.state.machines.get_mut(&arn).ok_or_else(|| no_machine(&arn))
}

/// Whether an ARN is one of a machine's; a version's or an alias's has another part and leads nowhere.
fn is_machine(arn: &str) -> Result<(Scope, String), ServiceError> {
    match parts_of(arn) {
        Some((scope, "stateMachine", name)) => Ok((scope, name.to_owned())),
        _ => Err(invalid_arn(arn)),
    }
}

pub(super) fn describe(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let machine = find(desk)?;
    let mut shown = json!({
        "stateMachineArn": machine.arn(),
        "name": machine.name,
        "status": "ACTIVE",
        "definition": machine.definition,
        "roleArn": machine.role,
        "type": machine.kind.name(),
        "creationDate": seconds(machine.created),
        "loggingConfiguration": machine.logging,
        "tracingConfiguration": machine.tracing,
        "encryptionConfiguration": { "type": "AWS_OWNED_KEY" },
    });
    if let Some(revision) = &machine.revision {
        shown["revisionId"] = revision.as_str().into();
    }
    Ok(shown)
}

/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html>
pub(super) fn update(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    find(desk)?;
    check_covered(desk, "UpdateStateMachine")?;
    let definition = desk.text("definition").map(str::to_owned);
    let role = desk.text("roleArn").map(str::to_owned);
    let (logging, tracing) = (logging(desk)?, tracing(desk)?);
    if definition.is_none() && role.is_none() && logging.is_none() && tracing.is_none() {
        let message = "Either the definition, the role ARN, the LoggingConfiguration, the TracingConfiguration, or the \
                       EncryptionConfiguration must be specified";
        return Err(ServiceError::new(400, "MissingRequiredParameter", message));
    }
    if let Some(definition) = &definition {
        check_definition(definition, "UpdateStateMachine")?;
    }
    if let Some(role) = &role {
        check_role(desk, role)?;
    }
    let (now, revision) = (desk.now, desk.core.parts.random.uuid());
    let machine = find(desk)?;
    machine.definition = definition.unwrap_or_else(|| machine.definition.clone());
    machine.role = role.unwrap_or_else(|| machine.role.clone());
    machine.logging = logging.unwrap_or_else(|| machine.logging.clone());
    machine.tracing = tracing.unwrap_or_else(|| machine.tracing.clone());
    machine.updated = now;
    machine.revision = Some(revision.clone());
    Ok(json!({ "updateDate": seconds(now), "revisionId": revision }))
}

/// Takes a machine away, and its executions with it. One that is not there is no error, as on AWS.
pub(super) fn delete(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let arn = desk.required("stateMachineArn")?;
    let (scope, name) = is_machine(&arn)?;
    desk.state.machines.remove(&arn);
    let of_it = |live: &super::entity::Live| {
        let execution = live.lock();
        execution.scope == scope && execution.machine_name == name
    };
    let gone: Vec<String> =
        desk.state.executions.iter().filter(|(_, live)| of_it(live)).map(|(arn, _)| arn.clone()).collect();
    for arn in gone {
        if let Some(live) = desk.state.executions.remove(&arn) {
            live.gone.store(true, Ordering::Release);
            executions::forget(desk.core, &live.lock());
        }
    }
    Ok(json!({}))
}

pub(super) fn list(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let own = desk.state.machines.values().filter(|machine| machine.scope == *desk.scope);
    let shown = own.map(|machine| {
        json!({
            "stateMachineArn": machine.arn(),
            "name": machine.name,
            "type": machine.kind.name(),
            "creationDate": seconds(machine.created),
        })
    });
    let (machines, next) = cut(shown, desk.body)?;
    let mut answer = json!({ "stateMachines": machines });
    if let Some(next) = next {
        answer["nextToken"] = next.into();
    }
    Ok(answer)
}

/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html>
pub(super) fn validate(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let definition = desk.required("definition")?;
    if desk.text("type").is_some_and(|kind| !matches!(kind, "STANDARD" | "EXPRESS")) {
        return Err(validation("type must be STANDARD or EXPRESS"));
    }
    let problems = read(&definition).err().unwrap_or_default();
    if !problems.is_empty() && problems.iter().all(Problem::is_lacking) {
        return Err(refusal("ValidateStateMachineDefinition", &problems));
    }
    let shown: Vec<Value> = problems
        .iter()
        .filter(|problem| !problem.is_lacking())
        .map(|it| json!({ "severity": "ERROR", "code": it.code, "message": it.message, "location": it.at }))
        .collect();
    let result = if shown.is_empty() { "OK" } else { "FAIL" };
    Ok(json!({ "result": result, "diagnostics": shown, "truncated": false }))
}

pub(super) fn named(desk: &mut Desk<'_>) -> Result<StateMachine, ServiceError> {
    if desk.text("stateMachineArn").is_none() {
        return Err(missing("stateMachineArn"));
    }
    find(desk).cloned()
}
