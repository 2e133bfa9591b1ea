use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{fault, validate};
use crate::sandbox::ServiceError;
use crate::sandbox::query::Parameters;

/// Cuts a list into the page that `Marker` and `MaxItems` ask for, 100 items by default and 1,000 at most, under the
/// name that the operation gives it. Each item comes with the key that the list is sorted by.
///
/// The marker is the key of the last item of the page before, so that items that come and go do not shift the pages.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html>
pub(super) fn page(
    mut items: Vec<(String, Value)>,
    name: &str,
    parameters: &Parameters,
) -> Result<Value, ServiceError> {
    let most = validate::number(parameters, "MaxItems", 1, 1000)?.unwrap_or(100);
    let most = usize::try_from(most).unwrap_or(100);
    items.sort_by(|(a, _), (b, _)| a.cmp(b));
    if let Some(marker) = parameters.get("Marker") {
        let after = STANDARD.decode(marker).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let after = after.ok_or_else(|| fault::validation("Invalid Marker."))?;
        items.retain(|(key, _)| *key > after);
    }
    let truncated = items.len() > most;
    items.truncate(most);
    let marker = items.last().filter(|_| truncated).map(|(key, _)| STANDARD.encode(key));
    let values: Vec<Value> = items.into_iter().map(|(_, value)| value).collect();
    Ok(json!({name: values, "IsTruncated": truncated, "Marker": marker}))
}

/// Cuts a list that keeps its order, such as tags, into the page that `Marker` and `MaxItems` ask for. The marker is how many
/// items the pages before had.
pub(super) fn page_in_order(
    items: Vec<Value>,
    name: &str,
    parameters: &Parameters,
) -> Result<Value, ServiceError> {
    let most = validate::number(parameters, "MaxItems", 1, 1000)?.unwrap_or(100);
    let most = usize::try_from(most).unwrap_or(100);
    let skipped = match parameters.get("Marker") {
        Some(marker) => {
            let known = marker.parse().ok().filter(|count| (1..=items.len()).contains(count));
            known.ok_or_else(|| fault::validation("Invalid Marker."))?
        }
        None => 0,
    };
    let end = skipped + most;
    let marker = (items.len() > end).then(|| end.to_string());
    let shown: Vec<Value> = items.into_iter().skip(skipped).take(most).collect();
    Ok(json!({name: shown, "IsTruncated": marker.is_some(), "Marker": marker}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(count: usize) -> Vec<(String, Value)> {
        (0..count).map(|n| (format!("{n:04}"), json!(n))).collect()
    }

    fn parameters(pairs: &[(&str, &str)]) -> Parameters {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn pages_follow_each_other_without_a_gap() {
        let first = page(numbered(5), "N", &parameters(&[("MaxItems", "3")])).unwrap();
        assert_eq!((&first["N"], &first["IsTruncated"]), (&json!([0, 1, 2]), &json!(true)));
        let marker = first["Marker"].as_str().unwrap();
        let second = page(numbered(5), "N", &parameters(&[("Marker", marker)])).unwrap();
        assert_eq!(second, json!({"N": [3, 4], "IsTruncated": false, "Marker": null}));
    }

    #[test]
    fn a_list_in_order_has_pages_too() {
        let items = || (0..5).map(|n| json!(n)).collect();
        let first = page_in_order(items(), "N", &parameters(&[("MaxItems", "3")])).unwrap();
        assert_eq!(first, json!({"N": [0, 1, 2], "IsTruncated": true, "Marker": "3"}));
        let second = page_in_order(items(), "N", &parameters(&[("Marker", "3")])).unwrap();
        assert_eq!(second, json!({"N": [3, 4], "IsTruncated": false, "Marker": null}));
        for wrong in ["6", "0", "-1", "x", ""] {
            assert!(page_in_order(items(), "N", &parameters(&[("Marker", wrong)])).is_err(), "{wrong}");
        }
    }

    #[test]
    fn limits_and_markers_are_checked() {
        assert_eq!(
            page(numbered(150), "N", &Parameters::default()).unwrap()["N"].as_array().unwrap().len(),
            100
        );
        for wrong in [("MaxItems", "0"), ("MaxItems", "1001"), ("MaxItems", "x"), ("Marker", "?")] {
            assert!(page(numbered(1), "N", &parameters(&[wrong])).is_err(), "{wrong:?}");
        }
    }
}
