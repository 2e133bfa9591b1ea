use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::tls;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::again::AskAgain;
use super::observer::Observer;
use super::{Endpoint, Settling};

/// One client for each service, over one HTTP client. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Clients {
    pub endpoint: Endpoint,
    pub apigateway: aws_sdk_apigateway::Client,
    pub apigatewayv2: aws_sdk_apigatewayv2::Client,
    pub cloudtrail: aws_sdk_cloudtrail::Client,
    pub dynamodb: aws_sdk_dynamodb::Client,
    pub eventbridge: aws_sdk_eventbridge::Client,
    pub iam: aws_sdk_iam::Client,
    pub lambda: aws_sdk_lambda::Client,
    pub logs: aws_sdk_cloudwatchlogs::Client,
    pub s3: aws_sdk_s3::Client,
    pub sfn: aws_sdk_sfn::Client,
    pub sns: aws_sdk_sns::Client,
    pub sqs: aws_sdk_sqs::Client,
    pub sts: aws_sdk_sts::Client,
}

impl Clients {
    /// Builds the clients of an endpoint. No call is made.
    pub fn new(endpoint: &Endpoint) -> Self {
        let plain = endpoint.url.as_deref().is_some_and(|url| url.starts_with("http://"));
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(endpoint.region.clone()))
            .credentials_provider(endpoint.credentials.clone())
            // One for all: whoever takes a role on begins one session, and not one for each service.
            .identity_cache(IdentityCache::lazy().build())
            .http_client(http_client(plain))
            .retry_config(retries(endpoint))
            .timeout_config(timeouts());
        config.set_endpoint_url(endpoint.url.clone());
        let eventual = endpoint.settling == Settling::Eventual;
        let config = config.build();
        macro_rules! client {
            ($service:ident) => {
                $service::Client::from_conf(
                    $service::config::Builder::from(&config)
                        .interceptor(Observer)
                        .retry_classifier(AskAgain { eventual })
                        .build(),
                )
            };
        }
        Self {
            endpoint: endpoint.clone(),
            apigateway: client!(aws_sdk_apigateway),
            apigatewayv2: client!(aws_sdk_apigatewayv2),
            cloudtrail: client!(aws_sdk_cloudtrail),
            dynamodb: client!(aws_sdk_dynamodb),
            eventbridge: client!(aws_sdk_eventbridge),
            iam: client!(aws_sdk_iam),
            lambda: client!(aws_sdk_lambda),
            logs: client!(aws_sdk_cloudwatchlogs),
            // A bucket's name in the path works on every endpoint; in the host it needs DNS.
            s3: aws_sdk_s3::Client::from_conf(
                aws_sdk_s3::config::Builder::from(&config)
                    .force_path_style(endpoint.url.is_some())
                    .interceptor(Observer)
                    .retry_classifier(AskAgain { eventual })
                    .build(),
            ),
            sfn: client!(aws_sdk_sfn),
            sns: client!(aws_sdk_sns),
            sqs: client!(aws_sdk_sqs),
            sts: client!(aws_sdk_sts),
        }
    }

    /// Whether a change can take a while to be seen.
    pub fn eventual(&self) -> bool {
        self.endpoint.settling == Settling::Eventual
    }
}

/// Makes the HTTP client that all services share. `plain` leaves TLS out, which saves reading the system's certificates.
pub(super) fn http_client(plain: bool) -> SharedHttpClient {
    let builder = aws_smithy_http_client::Builder::new();
    if plain {
        builder.build_http()
    } else {
        builder.tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https()
    }
}

/// The sandbox inside this program answers or it does not; any other endpoint may have a bad moment, and AWS a long one.
fn retries(endpoint: &Endpoint) -> RetryConfig {
    let standard = RetryConfig::standard();
    match (&endpoint.url, endpoint.settling) {
        (Some(_), Settling::Immediate) => {
            standard.with_max_attempts(2).with_initial_backoff(Duration::from_millis(100))
        }
        (Some(_), Settling::Eventual) => standard
            .with_max_attempts(5)
            .with_initial_backoff(Duration::from_millis(40))
            .with_max_backoff(Duration::from_secs(1)),
        (None, _) => standard.with_max_attempts(5).with_max_backoff(Duration::from_secs(8)),
    }
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        // Longer than any answer of a control plane; a probe that invokes a slow function sets its own.
        .read_timeout(Duration::from_mins(1))
        .build()
}
