/// What a Task state calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox::states) enum Resource {
    /// A function's ARN: the result is what the function gave.
    Function(String),
    /// An integration of `arn:aws:states:::SERVICE:ACTION`: the result is the service's answer.
    Integration { service: &'static str, action: &'static str },
}

/// Integrations that are carried out.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html>
const INTEGRATIONS: [(&str, &str); 9] = [
    ("lambda", "invoke"),
    ("dynamodb", "getItem"),
    ("dynamodb", "putItem"),
    ("dynamodb", "updateItem"),
    ("dynamodb", "deleteItem"),
    ("sqs", "sendMessage"),
    ("sns", "publish"),
    ("events", "putEvents"),
    ("states", "startExecution"),
];

/// Why a text names nothing to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoResource {
    Wrong,
    /// AWS has it, the sandbox has not.
    Lacking,
}

impl Resource {
    pub(super) fn parse(arn: &str) -> Result<Self, NoResource> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", _, service, region, account, rest] = parts[..] else { return Err(NoResource::Wrong) };
        match service {
            "lambda" if rest.starts_with("function:") && !region.is_empty() && !account.is_empty() => {
                Ok(Self::Function(arn.to_owned()))
            }
            "states" if region.is_empty() && account.is_empty() => {
                let known = INTEGRATIONS.iter().find(|(service, action)| {
                    rest.split_once(':').is_some_and(|(name, what)| name == *service && what == *action)
                });
                let known = known.ok_or(NoResource::Lacking)?;
                Ok(Self::Integration { service: known.0, action: known.1 })
            }
            "states" if rest.starts_with("activity:") => Err(NoResource::Lacking),
            _ => Err(NoResource::Wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_and_integrations_are_told_from_what_is_not_covered() {
        let function = "arn:aws:lambda:eu-west-1:123456789012:function:pay:live";
        assert_eq!(Resource::parse(function), Ok(Resource::Function(function.to_owned())));
        let put = Resource::Integration { service: "dynamodb", action: "putItem" };
        assert_eq!(Resource::parse("arn:aws:states:::dynamodb:putItem"), Ok(put));
        for lacking in [
            "arn:aws:states:::states:startExecution.sync",
            "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "arn:aws:states:::aws-sdk:s3:getObject",
            "arn:aws:states:eu-west-1:123456789012:activity:a",
        ] {
            assert_eq!(Resource::parse(lacking), Err(NoResource::Lacking), "{lacking}");
        }
        for wrong in ["", "pay", "arn:aws:s3:::bucket", "arn:aws:lambda:::function:pay"] {
            assert_eq!(Resource::parse(wrong), Err(NoResource::Wrong), "{wrong}");
        }
    }
}
