use rustack_dynamodb_core::provider::RustackDynamoDB;
use serde_json::{Map, Value};

use super::fault::{of_store, unreadable};
use crate::sandbox::ServiceError;

/// Hands an operation to the store, JSON in and out.
pub(super) fn run(
    provider: &RustackDynamoDB,
    operation: &str,
    body: Map<String, Value>,
) -> Result<Value, ServiceError> {
    macro_rules! call {
        ($method:ident) => {{
            let input = serde_json::from_value(Value::Object(body)).map_err(|error| unreadable(&error))?;
            let output = provider.$method(input).map_err(of_store)?;
            serde_json::to_value(output)
                .map_err(|error| ServiceError::new(500, "InternalServerError", error.to_string()))
        }};
    }
    match operation {
        "BatchGetItem" => call!(handle_batch_get_item),
        "BatchWriteItem" => call!(handle_batch_write_item),
        "CreateTable" => call!(handle_create_table),
        "DeleteItem" => call!(handle_delete_item),
        "DeleteTable" => call!(handle_delete_table),
        "DescribeContinuousBackups" => call!(handle_describe_continuous_backups),
        "DescribeEndpoints" => call!(handle_describe_endpoints),
        "DescribeLimits" => call!(handle_describe_limits),
        "DescribeTable" => call!(handle_describe_table),
        "DescribeTimeToLive" => call!(handle_describe_time_to_live),
        "GetItem" => call!(handle_get_item),
        "ListTables" => call!(handle_list_tables),
        "ListTagsOfResource" => call!(handle_list_tags_of_resource),
        "PutItem" => call!(handle_put_item),
        "Query" => call!(handle_query),
        "Scan" => call!(handle_scan),
        "TagResource" => call!(handle_tag_resource),
        "TransactGetItems" => call!(handle_transact_get_items),
        "TransactWriteItems" => call!(handle_transact_write_items),
        "UntagResource" => call!(handle_untag_resource),
        "UpdateContinuousBackups" => call!(handle_update_continuous_backups),
        "UpdateItem" => call!(handle_update_item),
        "UpdateTimeToLive" => call!(handle_update_time_to_live),
        other => Err(ServiceError::not_covered("dynamodb", other)),
    }
}
