use jiff::Timestamp;

/// Writes a moment as API Gateway v2 shows it: ISO 8601, in whole seconds.
pub(in crate::sandbox::apigatewayv2) fn moment(now: Timestamp) -> String {
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}
