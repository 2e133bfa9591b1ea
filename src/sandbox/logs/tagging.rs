use std::collections::BTreeMap;

use super::command::group_of;
use super::kept::Touched;
use super::store::Store;
use crate::sandbox::{Scope, ServiceError};

/// Splits what an ARN names off: `("destination", "crew")`. Of a group there is more than a kind and a name.
fn named(arn: &str) -> Option<(&str, &str)> {
    let (kind, name) = arn.splitn(6, ':').nth(5)?.split_once(':')?;
    (kind != "log-group").then_some((kind, name))
}

/// Returns the tags of a group, a destination, or what deliveries are made of.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html>
pub(super) fn tags_mut<'a>(
    store: &'a mut Store,
    scope: &Scope,
    arn: &str,
) -> Result<&'a mut BTreeMap<String, String>, ServiceError> {
    let Some((kind, name)) = named(arn) else {
        let group = group_of(None, Some(arn))?;
        return store.group_mut(scope, &group).map(|group| &mut group.tags);
    };
    let settings = store.settings_mut(scope);
    let found = match kind {
        "destination" => settings.destinations.tags_mut(name),
        _ => settings.vended.tags_mut(kind, name),
    };
    found.ok_or_else(|| {
        ServiceError::new(400, "ResourceNotFoundException", "The specified resource does not exist.")
    })
}

/// What has to be written when those tags change.
pub(super) fn touched(arn: &str) -> Touched {
    match named(arn) {
        Some(_) => Touched::Settings,
        None => group_of(None, Some(arn)).map_or(Touched::Nothing, Touched::Group),
    }
}
