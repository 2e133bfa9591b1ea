use super::grammar::{Draft, DraftStatement, STAR, invalid_principal, syntax_error};
use super::moment::Moment;
use super::operator::Test;
use super::principal_pattern::PrincipalPattern;
use super::{Malformed, PolicyKind};

/// What an IAM resource's path may begin with.
const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

fn fault(message: impl Into<String>) -> Malformed {
    Malformed { message: message.into() }
}

/// Checks what the strings of a document say, in the order in which IAM does, since it names the first fault only.
pub(super) fn check(draft: &Draft, kind: PolicyKind) -> Result<(), Malformed> {
    // Inline and trust policies of the older version are still accepted.
    if kind == PolicyKind::Managed && draft.version.as_deref() != Some("2012-10-17") {
        return Err(fault("Policy document must be version 2012-10-17 or greater."));
    }
    match kind {
        PolicyKind::Identity | PolicyKind::Managed => check_identity(draft),
        PolicyKind::Resource => check_resource(draft),
        PolicyKind::Trust => check_trust(draft),
    }
}

fn check_identity(draft: &Draft) -> Result<(), Malformed> {
    for statement in &draft.statements {
        check_legacy(statement)?;
    }
    let mut wrong_resource = None;
    for resources in draft.statements.iter().flat_map(|s| [&s.resource, &s.not_resource]).flatten() {
        for resource in resources {
            if let Err(found) = check_resource_format(resource) {
                wrong_resource.get_or_insert(found);
            }
        }
        let legacy = |resource: &&String| *resource != "*" && !is_legacy_resource(resource);
        if wrong_resource.is_none() && resources.iter().any(|resource| legacy(&resource)) {
            return Err(legacy_fault());
        }
    }
    check_sids(draft)?;
    if draft.statements.iter().any(|s| s.principal.is_some() || s.not_principal.is_some()) {
        return Err(fault("Policy document should not specify a principal."));
    }
    for statement in &draft.statements {
        if actions(statement).is_empty() {
            return Err(fault("Policy statement must contain actions."));
        }
    }
    if let Some(found) = wrong_resource {
        return Err(found);
    }
    for statement in &draft.statements {
        actions(statement).iter().try_for_each(|action| check_action(action))?;
    }
    for statement in &draft.statements {
        if statement.resource.as_ref().or(statement.not_resource.as_ref()).is_none_or(Vec::is_empty) {
            return Err(fault("Policy statement must contain resources."));
        }
    }
    Ok(())
}

fn check_resource(draft: &Draft) -> Result<(), Malformed> {
    for statement in &draft.statements {
        check_required(statement)?;
        check_legacy(statement)?;
        check_principals(statement)?;
        actions(statement).iter().try_for_each(|action| check_action(action))?;
    }
    check_unique_sids(draft)
}

fn check_trust(draft: &Draft) -> Result<(), Malformed> {
    for statement in &draft.statements {
        if statement.resource.is_some() || statement.not_resource.is_some() {
            return Err(fault("Has prohibited field Resource"));
        }
        check_required(statement)?;
        check_legacy(statement)?;
        if statement.principal.iter().flatten().any(|(kind, _)| kind == STAR) {
            return Err(fault("AssumeRolepolicy contains an invalid principal: \"STAR\":\"*\"."));
        }
        check_principals(statement)?;
        actions(statement).iter().try_for_each(|action| check_action(action))?;
        if actions(statement).iter().any(|action| !is_trust_action(action)) {
            return Err(fault("AssumeRole policy may only specify STS AssumeRole actions."));
        }
    }
    check_unique_sids(draft)
}

/// The elements that a policy with principals cannot be without.
fn check_required(statement: &DraftStatement) -> Result<(), Malformed> {
    if statement.effect.is_empty() {
        return Err(fault("Missing required field Effect"));
    }
    match statement.principal.as_ref().or(statement.not_principal.as_ref()) {
        None => return Err(fault("Missing required field Principal")),
        Some(entries) if entries.is_empty() => {
            return Err(fault("Missing required field Principal cannot be empty!"));
        }
        Some(_) => {}
    }
    if actions(statement).is_empty() { Err(fault("Missing required field Action")) } else { Ok(()) }
}

fn check_principals(statement: &DraftStatement) -> Result<(), Malformed> {
    for (kind, value) in [&statement.principal, &statement.not_principal].into_iter().flatten().flatten() {
        if kind != STAR && PrincipalPattern::parse(kind, value).is_none() {
            return Err(invalid_principal(kind, value));
        }
    }
    Ok(())
}

/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html>
fn is_trust_action(action: &str) -> bool {
    let Some((vendor, name)) = action.split_once(':') else { return false };
    let name = name.to_ascii_lowercase();
    let known = [
        "assumerole",
        "assumerolewithsaml",
        "assumerolewithwebidentity",
        "tagsession",
        "setsourceidentity",
        "setcontext",
        "*",
    ];
    vendor.eq_ignore_ascii_case("sts")
        && (known.contains(&name.as_str()) || (name.starts_with("assumerole") && name.ends_with('*')))
}

fn actions(statement: &DraftStatement) -> &[String] {
    statement.action.as_ref().or(statement.not_action.as_ref()).map_or(&[], Vec::as_slice)
}

fn legacy_fault() -> Malformed {
    fault("The policy failed legacy parsing")
}

fn check_legacy(statement: &DraftStatement) -> Result<(), Malformed> {
    if statement.effect.is_empty() {
        return Err(syntax_error());
    }
    if !["Allow", "Deny"].contains(&statement.effect.as_str()) {
        return Err(legacy_fault());
    }
    for condition in &statement.conditions {
        let dates = matches!(condition.name.operator.test, Test::Date(_));
        let mut values = condition.keys.iter().flat_map(|(_, values)| values);
        if dates && values.any(|value| !value.contains("${") && Moment::parse(value).is_none()) {
            return Err(legacy_fault());
        }
    }
    Ok(())
}

fn is_legacy_resource(resource: &str) -> bool {
    let complete = resource.matches(':').count() >= 5 || !resource.contains("::");
    complete && resource.split(':').nth(2) != Some("")
}

fn check_sids(draft: &Draft) -> Result<(), Malformed> {
    check_unique_sids(draft)?;
    let mut sids = draft.statements.iter().filter_map(|s| s.sid.as_deref());
    if sids.any(|sid| !sid.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
        return Err(fault(
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular \
             expression [0-9A-Za-z]*",
        ));
    }
    Ok(())
}

fn check_unique_sids(draft: &Draft) -> Result<(), Malformed> {
    let mut seen = std::collections::BTreeSet::new();
    let sids = draft.statements.iter().filter_map(|s| s.sid.as_deref()).filter(|sid| !sid.is_empty());
    if sids.into_iter().all(|sid| seen.insert(sid)) {
        Ok(())
    } else {
        Err(fault("Statement IDs (SID) in a single policy must be unique."))
    }
}

fn check_action(action: &str) -> Result<(), Malformed> {
    if action == "*" {
        return Ok(());
    }
    let mut parts = action.split(':');
    let vendor = parts.next().unwrap_or_default();
    match parts.count() {
        0 => Err(fault("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")),
        1 if vendor == "*" || vendor.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b)) => {
            Ok(())
        }
        1 => Err(fault(format!("Vendor {vendor} is not valid"))),
        _ => Err(fault("Actions/Condition can contain only one colon.")),
    }
}

fn check_resource_format(resource: &str) -> Result<(), Malformed> {
    if resource == "*" {
        return Ok(());
    }
    let Some((_, rest)) = resource.split_once(':') else {
        return Err(fault(format!("Resource {resource} must be in ARN format or \"*\".")));
    };
    let parts: Vec<&str> = rest.splitn(5, ':').collect();
    let partition = parts[0];
    if partition != "*" && !PARTITIONS.contains(&partition) {
        let part = |index: usize| parts.get(index).copied().unwrap_or("*");
        // A resource that ends after its partition's colon has an empty service, which IAM prints as a star.
        let service = if parts.len() == 2 && parts[1].is_empty() { "*" } else { part(1) };
        return Err(fault(format!(
            "Partition \"{partition}\" is not valid for resource \"arn:{partition}:{service}:{}:{}:{}\".",
            part(2),
            part(3),
            part(4),
        )));
    }
    let service = parts.get(1).copied().unwrap_or("*");
    if service.contains(['*', '?']) {
        return Err(fault("Resource vendor must be fully qualified and cannot contain regexes."));
    }
    let region = parts.get(2).copied();
    let id = parts.get(4).copied();
    // Without an account there is nothing to tell a region from; the legacy parser has its say on that.
    if let (Some(region), Some(id)) = (region, id) {
        if service == "iam" && !region.is_empty() {
            return Err(fault(format!("IAM resource {resource} cannot contain region information.")));
        }
        if service == "s3" && !region.is_empty() && region != "*" && !id.starts_with("accesspoint/") {
            return Err(fault(format!("Resource {resource} can not contain region information.")));
        }
        let path_is_open = id.starts_with('*') || id == "root";
        if service == "iam" && !path_is_open && !IAM_PATHS.iter().any(|path| id.starts_with(path)) {
            return Err(fault(format!(
                "IAM resource path must either be \"*\" or start with {}.",
                IAM_PATHS.join(", ")
            )));
        }
    }
    Ok(())
}
