use super::operations::{constraint, validation};
use crate::sandbox::ServiceError;
use crate::sandbox::query::Parameters;

const MOST_TAGS: usize = 50;
/// How many characters policies and tags of a session may have together, in their packed form.
const MOST_PACKED: usize = 4096;

/// Reads a required string and checks its length.
pub(super) fn text<'a>(
    parameters: &'a Parameters,
    parameter: &str,
    at: &str,
    least: usize,
    most: usize,
) -> Result<&'a str, ServiceError> {
    let Some(value) = parameters.get(parameter) else {
        return Err(validation(format!(
            "1 validation error detected: Value null at '{at}' failed to satisfy constraint: Member must not be null"
        )));
    };
    length(value, at, least, most)?;
    Ok(value)
}

pub(super) fn length(value: &str, at: &str, least: usize, most: usize) -> Result<(), ServiceError> {
    match value.chars().count() {
        short if short < least => {
            Err(constraint(value, at, &format!("have length greater than or equal to {least}")))
        }
        long if long > most => {
            Err(constraint(value, at, &format!("have length less than or equal to {most}")))
        }
        _ => Ok(()),
    }
}

pub(super) fn name(value: &str, at: &str) -> Result<(), ServiceError> {
    if value.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)) {
        Ok(())
    } else {
        Err(constraint(value, at, "satisfy regular expression pattern: [\\w+=,.@-]*"))
    }
}

/// Reads and checks the tags of a session.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
pub(super) fn tags(parameters: &Parameters) -> Result<Vec<(String, String)>, ServiceError> {
    let tags: Vec<(String, String)> = parameters
        .structures("Tags")
        .iter()
        .map(|tag| {
            let value = |name| tag.get(name).unwrap_or_default().to_owned();
            (value("Key"), value("Value"))
        })
        .collect();
    if tags.len() > MOST_TAGS {
        return Err(constraint(
            &format!("[{} tags]", tags.len()),
            "tags",
            "have length less than or equal to 50",
        ));
    }
    for (index, (key, value)) in tags.iter().enumerate() {
        let at = format!("tags.{}.member", index + 1);
        length(key, &format!("{at}.key"), 1, 128)?;
        length(value, &format!("{at}.value"), 0, 256)?;
        if tags[..index].iter().any(|(known, _)| known.eq_ignore_ascii_case(key)) {
            let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
            return Err(ServiceError::new(400, "InvalidParameterValue", message));
        }
    }
    Ok(tags)
}

/// Reads the ARNs of the managed policies that limit a session.
pub(super) fn policy_arns(parameters: &Parameters) -> Vec<String> {
    let structures = parameters.structures("PolicyArns");
    structures.iter().filter_map(|policy| policy.get("arn").map(str::to_owned)).collect()
}

/// Says how full the packed form of policies and tags is, in percent; none where there is nothing in it.
pub(super) fn packed_size(policy: Option<&str>, arns: &[String], tags: &[(String, String)]) -> Option<usize> {
    let limits = policy.map_or(0, str::len) + arns.iter().map(String::len).sum::<usize>();
    let packed = limits + tags.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
    (packed > 0).then(|| (packed * 100 / MOST_PACKED).clamp(1, 100))
}
