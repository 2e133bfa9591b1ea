use crate::aws::Failure;

/// Reads a listing page by page, for operations that the SDK has no paginator for: `page` takes the token of the page, and returns its
/// items with the next token.
pub(super) async fn pages<T, F>(mut page: impl FnMut(Option<String>) -> F) -> Result<Vec<T>, Failure>
where
    F: Future<Output = Result<(Option<Vec<T>>, Option<String>), Failure>>,
{
    let mut all = Vec::new();
    let mut token = None;
    loop {
        let (items, next) = page(token).await?;
        all.extend(items.unwrap_or_default());
        token = next.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_page_is_read_until_no_token_comes() {
        let read = pages(|token| async move {
            Ok(match token.as_deref() {
                None => (Some(vec![1, 2]), Some("b".to_owned())),
                Some("b") => (None, Some("c".to_owned())),
                _ => (Some(vec![3]), Some(String::new())),
            })
        });
        assert_eq!(read.await, Ok(vec![1, 2, 3]));
    }
}
