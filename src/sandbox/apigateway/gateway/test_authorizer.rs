use serde_json::{Value, json};

use super::execution_log::Level;
use super::test_invoke::{Input, told};
use super::{ExecuteApi, authorize};
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::control::Ask;
use crate::sandbox::apigateway::fault::{bad_request, not_found};

impl ExecuteApi {
    /// Asks an authorizer as it is being worked on, and tells what it said. Nothing is remembered.
    /// <https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeAuthorizer.html>
    pub(in crate::sandbox::apigateway) async fn test_authorizer(
        &self,
        ask: &Ask<'_>,
    ) -> Result<Value, ServiceError> {
        let input: Input = ask.input()?;
        let api = ask.path("restapi_id");
        let definition =
            self.state().with(ask.scope, |region| region.apis.get(api).map(|api| api.definition.clone()));
        let unknown = || not_found("Invalid Authorizer identifier specified");
        let definition = definition.ok_or_else(unknown)?;
        let authorizer =
            definition.authorizers.get(ask.path("authorizer_id")).cloned().ok_or_else(unknown)?;
        if authorizer.kind == "COGNITO_USER_POOLS" {
            return Err(bad_request("the sandbox tests authorizers of the types TOKEN and REQUEST only"));
        }
        let exchange = self.rehearse(ask, definition, ("test-invoke-resource-id", "GET", "GET"), input);
        exchange.log.begin(&exchange);
        let began = self.elapsed();
        let answer = match authorize::event_of(&exchange, &authorizer) {
            Ok((event, _)) => authorize::ask(self, &exchange, &authorizer, &event).await,
            Err(refused) => Err(refused),
        };
        let latency = self.elapsed().saturating_sub(began).as_millis();
        let mut told_back = json!({
            "clientStatus": 200,
            "latency": u64::try_from(latency).unwrap_or(u64::MAX),
        });
        match answer {
            Ok(answer) => {
                exchange.log.line(Level::Info, || "Successfully completed authorizer execution".to_owned());
                told_back["principalId"] = answer["principalId"].clone();
                told_back["policy"] = answer["policyDocument"].to_string().into();
                told_back["authorization"] = json!({});
            }
            Err(refused) => {
                exchange.log.line(Level::Error, || refused.cause.clone());
                told_back["clientStatus"] = refused.status.into();
            }
        }
        told_back["log"] = told(&exchange, ask).into();
        Ok(told_back)
    }
}
