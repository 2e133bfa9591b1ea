use crate::sandbox::Request;

/// Prefixes of `X-Amz-Target` and the signing name of the service behind them.
const TARGETS: [(&str, &str); 8] = [
    ("DynamoDB_20120810.", "dynamodb"),
    ("DynamoDBStreams_20120810.", "dynamodb"),
    ("Logs_20140328.", "logs"),
    ("AWSCognitoIdentityProviderService.", "cognito-idp"),
    ("AmazonSQS.", "sqs"),
    ("AWSEvents.", "events"),
    ("AWSStepFunctions.", "states"),
    ("com.amazonaws.cloudtrail.v20131101.", "cloudtrail"),
];

/// Versions of the Query protocol's APIs.
const VERSIONS: [(&str, &str); 4] =
    [("2010-05-08", "iam"), ("2011-06-15", "sts"), ("2010-03-31", "sns"), ("2012-11-05", "sqs")];

/// First path segments of the REST services.
const PATHS: [(&str, &str); 14] = [
    ("2015-03-31", "lambda"),
    ("2017-03-31", "lambda"),
    ("2017-10-31", "lambda"),
    ("2018-10-31", "lambda"),
    ("2019-09-25", "lambda"),
    ("2019-09-30", "lambda"),
    ("2020-06-30", "lambda"),
    ("2021-10-31", "lambda"),
    ("restapis", "apigateway"),
    ("apikeys", "apigateway"),
    ("usageplans", "apigateway"),
    ("account", "apigateway"),
    ("domainnames", "apigateway"),
    ("v2", "apigateway"),
];

/// Says which service a request without a readable signature is for: by target, API version, host or path.
pub(super) fn guess_service(request: &Request) -> Option<String> {
    by_target(request).or_else(|| by_version(request)).map(str::to_owned).or_else(|| {
        by_host(request).map(|(service, _)| service).or_else(|| by_path(request).map(str::to_owned))
    })
}

/// Says which region a request without a readable signature is for; `us-east-1` where the host does not tell.
pub(super) fn guess_region(request: &Request) -> String {
    by_host(request).and_then(|(_, region)| region).unwrap_or_else(|| "us-east-1".to_owned())
}

fn by_target(request: &Request) -> Option<&'static str> {
    let target = request.header("x-amz-target")?;
    TARGETS.iter().find(|(prefix, _)| target.starts_with(prefix)).map(|(_, service)| *service)
}

fn by_version(request: &Request) -> Option<&'static str> {
    let form = form_urlencoded::parse(request.raw_query.as_bytes());
    let is_form =
        request.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form"));
    let body = form_urlencoded::parse(if is_form { &request.body } else { &[] });
    let mut version = None;
    for (key, value) in form.chain(body) {
        match &*key {
            "Action" if value == "GetCallerIdentity" => return Some("sts"),
            "Version" if version.is_none() => version = Some(value.into_owned()),
            _ => {}
        }
    }
    let version = version?;
    VERSIONS.iter().find(|(known, _)| *known == version).map(|(_, service)| *service)
}

/// Reads `dynamodb.eu-west-1.amazonaws.com`, `iam.amazonaws.com`.
fn by_host(request: &Request) -> Option<(String, Option<String>)> {
    let host = request.header("host")?;
    let name = host.split(':').next()?.strip_suffix(".amazonaws.com")?;
    let mut labels = name.split('.');
    let service = labels.next().filter(|label| !label.is_empty())?.to_owned();
    Some((service, labels.next().map(str::to_owned)))
}

fn by_path(request: &Request) -> Option<&'static str> {
    let first = request.raw_path.strip_prefix('/')?.split('/').next()?;
    PATHS.iter().find(|(segment, _)| *segment == first).map(|(_, service)| *service)
}
