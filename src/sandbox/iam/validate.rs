use super::fault;
use crate::sandbox::ServiceError;
use crate::sandbox::query::Parameters;

/// States a breach of a constraint in the words of AWS's validation.
pub(super) fn constraint(value: &str, at: &str, member_must: &str) -> ServiceError {
    fault::validation(format!(
        "1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: Member must {member_must}"
    ))
}

/// States all breaches of a request at once, as AWS does; each is the part after the count.
pub(super) fn no_breach(breaches: &[String]) -> Result<(), ServiceError> {
    match breaches {
        [] => Ok(()),
        [one] => Err(fault::validation(format!("1 validation error detected: {one}"))),
        many => {
            Err(fault::validation(format!("{} validation errors detected: {}", many.len(), many.join("; "))))
        }
    }
}

/// Says what is wrong with a string's length, in characters.
pub(super) fn breach_of_length(value: &str, at: &str, least: usize, most: usize) -> Option<String> {
    let count = value.chars().count();
    let must = if count < least {
        format!("have length greater than or equal to {least}")
    } else if count > most {
        format!("have length less than or equal to {most}")
    } else {
        return None;
    };
    Some(format!("Value '{value}' at '{at}' failed to satisfy constraint: Member must {must}"))
}

/// `RoleName` is `roleName` in messages.
pub(super) fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

pub(super) fn required<'a>(parameters: &'a Parameters, name: &str) -> Result<&'a str, ServiceError> {
    parameters.get(name).ok_or_else(|| {
        fault::validation(format!(
            "1 validation error detected: Value null at '{}' failed to satisfy constraint: Member must not be null",
            lower_first(name)
        ))
    })
}

/// Checks a string's length, in characters.
pub(super) fn length(value: &str, name: &str, least: usize, most: usize) -> Result<(), ServiceError> {
    let at = lower_first(name);
    let count = value.chars().count();
    if count < least {
        return Err(constraint(value, &at, &format!("have length greater than or equal to {least}")));
    }
    if count > most {
        return Err(constraint(value, &at, &format!("have length less than or equal to {most}")));
    }
    Ok(())
}

/// Reads the required name of a user, role, policy or the like.
pub(super) fn name<'a>(parameters: &'a Parameters, name: &str) -> Result<&'a str, ServiceError> {
    let value = required(parameters, name)?;
    check_name(value, name)?;
    Ok(value)
}

/// Checks a name as IAM does: letters, digits and `+=,.@_-`, at most 64 or 128 characters.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub(super) fn check_name(value: &str, name: &str) -> Result<(), ServiceError> {
    let most = if matches!(name, "RoleName" | "UserName" | "NewUserName") { 64 } else { 128 };
    length(value, name, 1, most)?;
    characters(value, name)
}

/// Checks that a name has the characters that names may have.
pub(super) fn characters(value: &str, name: &str) -> Result<(), ServiceError> {
    if value.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c)) {
        return Ok(());
    }
    Err(fault::validation(format!(
        "The specified value for {} is invalid. It must contain only alphanumeric characters and/or the following: \
         +=,.@_-",
        lower_first(name)
    )))
}

/// Reads an optional path; it is `/` where none was sent.
pub(super) fn path<'a>(parameters: &'a Parameters, name: &str) -> Result<&'a str, ServiceError> {
    let Some(path) = parameters.get(name) else { return Ok("/") };
    length(path, name, 1, 512)?;
    let inside = path.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
    if inside && path.starts_with('/') && path.ends_with('/') && !path.contains("//") {
        return Ok(path);
    }
    Err(fault::validation(format!(
        "The specified value for {} is invalid. It must begin and end with / and contain only alphanumeric characters \
         and/or / characters.",
        lower_first(name)
    )))
}

/// Reads an optional path prefix of a list; it need not end with `/`.
pub(super) fn path_prefix(parameters: &Parameters) -> Result<&str, ServiceError> {
    let Some(prefix) = parameters.get("PathPrefix") else { return Ok("/") };
    length(prefix, "PathPrefix", 1, 512)?;
    if prefix.starts_with('/') && prefix.bytes().all(|byte| (0x21..=0x7e).contains(&byte)) {
        return Ok(prefix);
    }
    Err(fault::validation(
        "The specified value for pathPrefix is invalid. It must begin with / and contain only alphanumeric characters \
         and/or / characters.",
    ))
}

/// Reads an optional whole number within limits.
pub(super) fn number(
    parameters: &Parameters,
    name: &str,
    least: i64,
    most: i64,
) -> Result<Option<i64>, ServiceError> {
    let Some(text) = parameters.get(name) else { return Ok(None) };
    let at = lower_first(name);
    let number: i64 = text
        .parse()
        .map_err(|_| fault::new(400, "MalformedInput", format!("{text} is not a valid value of {at}")))?;
    if number < least {
        return Err(constraint(text, &at, &format!("have value greater than or equal to {least}")));
    }
    if number > most {
        return Err(constraint(text, &at, &format!("have value less than or equal to {most}")));
    }
    Ok(Some(number))
}

/// Reads an optional `true` or `false`.
pub(super) fn flag(parameters: &Parameters, name: &str) -> bool {
    parameters.get(name).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// Reads an optional value out of a fixed set.
pub(super) fn one_of<'a>(
    parameters: &'a Parameters,
    name: &str,
    allowed: &[&str],
) -> Result<Option<&'a str>, ServiceError> {
    match parameters.get(name) {
        Some(value) if !allowed.contains(&value) => Err(constraint(
            value,
            &lower_first(name),
            &format!("satisfy enum value set: [{}]", allowed.join(", ")),
        )),
        other => Ok(other),
    }
}

/// Reads an optional description of at most 1,000 characters.
pub(super) fn description(parameters: &Parameters) -> Result<Option<String>, ServiceError> {
    let Some(text) = parameters.get("Description") else { return Ok(None) };
    length(text, "Description", 0, 1000)?;
    // An empty one is a description, too.
    Ok(Some(text.to_owned()))
}
