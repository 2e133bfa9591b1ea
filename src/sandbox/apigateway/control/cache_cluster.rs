//! Whether a stage has a cache, and how large it is.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html>

use super::Ask;
use super::reference;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::Stage;
use crate::sandbox::apigateway::fault::{bad_request, not_found};
use crate::sandbox::apigateway::state::{Region, Traffic};

/// In gigabytes.
const SIZES: [&str; 8] = ["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"];

/// Brings size and status in line with whether there is a cache; it is there at once.
pub(super) fn settle(stage: &mut Stage) -> Result<(), ServiceError> {
    if stage.cache_cluster_size.as_deref().is_some_and(|size| !SIZES.contains(&size)) {
        return Err(bad_request(format!(
            "Invalid cache cluster size specified. Valid options are {}",
            SIZES.join(", ")
        )));
    }
    let status = if stage.cache_cluster_enabled {
        stage.cache_cluster_size.get_or_insert_with(|| SIZES[0].to_owned());
        "AVAILABLE"
    } else {
        "NOT_AVAILABLE"
    };
    status.clone_into(&mut stage.cache_cluster_status);
    Ok(())
}

/// What the answers of a stage's cache are kept under; a stage that is made anew begins with none.
pub(in crate::sandbox::apigateway) fn prefix(api: &str, stage: &Stage) -> String {
    format!("{api}/{}/{}/", stage.stage_name, stage.created_date.as_nanosecond())
}

/// Forgets the answers that a stage keeps.
pub(super) fn flush(
    region: &mut Region,
    traffic: &mut Traffic,
    ask: &Ask<'_>,
) -> Result<serde_json::Value, ServiceError> {
    let api = reference::api(region, ask)?;
    let stage = api.stages.get(ask.path("stage_name"));
    let stage = stage.ok_or_else(|| not_found("Invalid stage identifier specified"))?;
    let prefix = prefix(&api.definition.rest_api.id, stage);
    traffic.answers.retain(|key, _| !key.starts_with(&prefix));
    Ok(serde_json::Value::Null)
}
