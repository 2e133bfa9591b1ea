use super::Malformed;
use super::condition::OperatorName;
use super::json::Json;

/// A document whose structure is right; what its strings say is not yet looked at.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) version: Option<String>,
    pub(super) statements: Vec<DraftStatement>,
}

#[derive(Debug, Default)]
pub(super) struct DraftStatement {
    pub(super) sid: Option<String>,
    pub(super) effect: String,
    pub(super) action: Option<Vec<String>>,
    pub(super) not_action: Option<Vec<String>>,
    pub(super) resource: Option<Vec<String>>,
    pub(super) not_resource: Option<Vec<String>>,
    pub(super) principal: Option<Vec<(String, String)>>,
    pub(super) not_principal: Option<Vec<(String, String)>>,
    pub(super) conditions: Vec<DraftCondition>,
}

#[derive(Debug)]
pub(super) struct DraftCondition {
    pub(super) name: OperatorName,
    pub(super) keys: Vec<(String, Vec<String>)>,
}

/// Stands for `Principal: "*"` as against `Principal: {"AWS": "*"}`, which a trust policy tells apart.
pub(super) const STAR: &str = "STAR";

/// IAM's one message for every fault of structure.
pub(super) fn syntax_error() -> Malformed {
    Malformed { message: "Syntax errors in policy.".to_owned() }
}

/// Reads the structure by the grammar of the policy language.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
pub(super) fn read(document: &Json) -> Result<Draft, Malformed> {
    let Json::Object(members) = document else { return Err(syntax_error()) };
    let mut version = None;
    let mut statements = vec![];
    for (name, value) in members {
        match (name.as_str(), value) {
            ("Version", Json::String(text)) if matches!(text.as_str(), "2008-10-17" | "2012-10-17") => {
                version = Some(text.clone());
            }
            ("Id", Json::String(_)) => {}
            ("Statement", Json::List(items)) => {
                statements = items.iter().map(statement).collect::<Result<_, _>>()?;
            }
            ("Statement", one @ Json::Object(_)) => statements = vec![statement(one)?],
            _ => return Err(syntax_error()),
        }
    }
    if statements.is_empty() {
        return Err(syntax_error());
    }
    Ok(Draft { version, statements })
}

fn statement(value: &Json) -> Result<DraftStatement, Malformed> {
    let Json::Object(members) = value else { return Err(syntax_error()) };
    let mut statement = DraftStatement::default();
    for (name, value) in members {
        match (name.as_str(), value) {
            ("Sid", Json::String(text)) => statement.sid = Some(text.clone()),
            ("Effect", Json::String(text))
                if ["allow", "deny"].contains(&text.to_ascii_lowercase().as_str()) =>
            {
                statement.effect.clone_from(text);
            }
            ("Action", value) => statement.action = Some(strings(value)?),
            ("NotAction", value) => statement.not_action = Some(strings(value)?),
            ("Resource", value) => statement.resource = Some(strings(value)?),
            ("NotResource", value) => statement.not_resource = Some(strings(value)?),
            ("Principal", value) => statement.principal = Some(principal(value)?),
            ("NotPrincipal", value) => statement.not_principal = Some(principal(value)?),
            ("Condition", Json::Object(operators)) => statement.conditions = conditions(operators)?,
            _ => return Err(syntax_error()),
        }
    }
    let twice = (statement.action.is_some() && statement.not_action.is_some())
        || (statement.resource.is_some() && statement.not_resource.is_some())
        || (statement.principal.is_some() && statement.not_principal.is_some());
    if twice { Err(syntax_error()) } else { Ok(statement) }
}

/// One string or a list of them; IAM passes over nulls in a list.
fn strings(value: &Json) -> Result<Vec<String>, Malformed> {
    match value {
        Json::String(text) => Ok(vec![text.clone()]),
        Json::List(items) => items
            .iter()
            .filter(|item| **item != Json::Null)
            .map(|item| match item {
                Json::String(text) => Ok(text.clone()),
                _ => Err(syntax_error()),
            })
            .collect(),
        _ => Err(syntax_error()),
    }
}

fn principal(value: &Json) -> Result<Vec<(String, String)>, Malformed> {
    match value {
        Json::String(text) if text == "*" => Ok(vec![(STAR.to_owned(), text.clone())]),
        Json::String(text) => Err(invalid_principal("STAR", text)),
        Json::Object(members) => {
            let mut entries = vec![];
            for (kind, values) in members {
                entries.extend(strings(values)?.into_iter().map(|value| (kind.clone(), value)));
            }
            Ok(entries)
        }
        _ => Err(syntax_error()),
    }
}

/// A principal that does not exist or is none, in IAM's words.
pub(super) fn invalid_principal(kind: &str, value: &str) -> Malformed {
    let kind = kind.to_uppercase();
    Malformed { message: format!("Invalid principal in policy: \"{kind}\":\"{value}\"") }
}

fn conditions(operators: &[(String, Json)]) -> Result<Vec<DraftCondition>, Malformed> {
    let mut conditions = vec![];
    for (operator, keys) in operators {
        let Json::Object(keys) = keys else { return Err(syntax_error()) };
        // An operator without keys is taken whatever its name.
        if keys.is_empty() {
            continue;
        }
        let name = OperatorName::parse(operator).ok_or_else(syntax_error)?;
        let keys = keys
            .iter()
            .map(|(key, value)| Ok((key.clone(), values(value)?)))
            .collect::<Result<_, Malformed>>()?;
        conditions.push(DraftCondition { name, keys });
    }
    Ok(conditions)
}

fn values(value: &Json) -> Result<Vec<String>, Malformed> {
    match value {
        Json::List(items) => items.iter().map(scalar).collect(),
        one => Ok(vec![scalar(one)?]),
    }
}

fn scalar(value: &Json) -> Result<String, Malformed> {
    match value {
        Json::String(text) | Json::Number(text) => Ok(text.clone()),
        Json::Bool(value) => Ok(value.to_string()),
        _ => Err(syntax_error()),
    }
}
