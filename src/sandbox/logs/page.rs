use crate::sandbox::ServiceError;

use super::command::invalid;

/// Part of a list: where the next part begins, if there is one, goes out as the token.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
}

/// Refuses a limit outside of `1..=most`.
pub(super) fn check_limit(limit: usize, most: usize) -> Result<(), ServiceError> {
    let must = match limit {
        0 => "greater than or equal to 1".to_owned(),
        limit if limit > most => format!("less than or equal to {most}"),
        _ => return Ok(()),
    };
    Err(invalid(format!(
        "1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: Member must have value {must}"
    )))
}

/// Cuts a list at `limit`, which must lie in `1..=most`, from where the token says.
pub(super) fn page<T>(
    items: impl Iterator<Item = T>,
    token: Option<&str>,
    limit: Option<usize>,
    most: usize,
) -> Result<Page<T>, ServiceError> {
    let limit = limit.unwrap_or(most);
    check_limit(limit, most)?;
    let start = match token {
        None => 0,
        Some(token) => token.parse::<usize>().map_err(|_| invalid("The specified nextToken is invalid."))?,
    };
    let mut rest = items.skip(start).peekable();
    let mut cut = Vec::new();
    while cut.len() < limit
        && let Some(item) = rest.next()
    {
        cut.push(item);
    }
    let next = rest.peek().map(|_| (start + cut.len()).to_string());
    Ok(Page { items: cut, next })
}
