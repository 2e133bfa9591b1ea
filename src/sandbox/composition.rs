use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use super::apigateway::{ApiGateway, Reach, Surroundings};
use super::apigatewayv2::{self, ApiGatewayV2, FunctionUrlEntrance};
use super::audit::AuditLog;
use super::authority::Journal;
use super::cloudformation::{self, CloudFormation};
use super::cognito::Cognito;
use super::dynamodb::DynamoDb;
use super::events::{self, Events};
use super::iam::Iam;
use super::keeping::{Durable, Keeper};
use super::lambda::{self, Lambda};
use super::logs::Logs;
use super::s3::S3;
use super::server::{Options, Parts};
use super::sns::{self, Sns};
use super::sqs::Sqs;
use super::states::{self, StepFunctions};
use super::sts::Sts;
use super::{Authority, Directory, Switchboard};
use crate::context::Context;

/// Makes the services and gives each what it needs of the others. `address` is where the sandbox listens.
pub(super) fn compose(
    options: &Options,
    context: &Context,
    address: SocketAddr,
    keeper: &Arc<Keeper>,
    audit: &Arc<AuditLog>,
) -> Parts {
    let clock = || Arc::clone(&context.clock);
    let journal = Journal::new(Arc::clone(audit), context.random.clone());
    let iam = Arc::new(Iam::new(clock(), context.random.clone()).recording(journal.clone()));
    let directory: Arc<dyn Directory> = iam.clone();
    let authority = Authority::new(Arc::clone(&directory), clock(), options.open);
    let authority = Arc::new(authority.recording(journal));
    let logs = Arc::new(
        Logs::new(Arc::clone(&authority), clock(), context.random.clone()).kept_by(Arc::clone(keeper)),
    );
    let parts = lambda::Parts { directory, authority: Arc::clone(&authority), logs: logs.clone(), address };
    let lambda = Arc::new(Lambda::new(context, parts));
    logs.feed(&lambda);
    let cognito = Arc::new(Cognito::new(clock(), context.random.clone()));
    let sqs = Arc::new(Sqs::new(Arc::clone(&authority), clock(), context.random.clone()));
    sqs.keep_in(keeper);
    let reach = Reach { own: Some(address), private: options.open || options.private_backends };
    let sns = Arc::new(Sns::new(sns::Parts {
        authority: Arc::clone(&authority),
        clock: clock(),
        random: context.random.clone(),
        keeper: Arc::clone(keeper),
        invoker: lambda.clone(),
        queues: sqs.clone(),
        activity: lambda.activity(),
        address,
        reach,
    }));
    let switchboard = Arc::new(Switchboard::default());
    let machines = Arc::new(StepFunctions::new(states::Parts {
        authority: Arc::clone(&authority),
        clock: clock(),
        random: context.random.clone(),
        keeper: Arc::clone(keeper),
        dispatch: switchboard.clone(),
        activity: lambda.activity(),
    }));
    let events = Arc::new(Events::new(events::Parts {
        authority: Arc::clone(&authority),
        clock: clock(),
        random: context.random.clone(),
        keeper: Arc::clone(keeper),
        invoker: lambda.clone(),
        sinks: vec![sqs.clone(), sns.clone()],
        logs: logs.clone(),
        dispatch: switchboard.clone(),
        activity: lambda.activity(),
    }));
    let gateway = ApiGateway::new(clock(), context.random.clone(), lambda.clone());
    let gateway = Arc::new(gateway.within(Surroundings {
        authority: Some(Arc::clone(&authority)),
        dispatch: Some(switchboard.clone()),
        logs: Some(logs.clone()),
        issuers: Some(cognito.issuers()),
        reach,
    }));
    let s3 = Arc::new(
        S3::new(
            Arc::clone(&authority),
            clock(),
            context.random.clone(),
            lambda.clone(),
            vec![sqs.clone(), sns.clone()],
        )
        .kept_by(Arc::clone(keeper)),
    );
    logs.export_to(&s3);
    let dynamodb = Arc::new(DynamoDb::new(Arc::clone(&authority), clock()).kept_by(Arc::clone(keeper)));
    dynamodb.expire_items();
    lambda.settle_in(lambda::Neighbours {
        sources: vec![Arc::<DynamoDb>::downgrade(&dynamodb), Arc::<Sqs>::downgrade(&sqs)],
        sinks: vec![
            Arc::<Sqs>::downgrade(&sqs),
            Arc::<Sns>::downgrade(&sns),
            Arc::<Events>::downgrade(&events),
        ],
        objects: Some(Arc::<S3>::downgrade(&s3)),
        keeper: Some(Arc::clone(keeper)),
    });
    let http_apis = Arc::new(ApiGatewayV2::new(apigatewayv2::Parts {
        clock: clock(),
        random: context.random.clone(),
        invoker: lambda.clone(),
        authority: Arc::clone(&authority),
        logs: logs.clone(),
        issuers: cognito.issuers(),
        reach,
        web_sockets: options.web_socket_definitions,
    }));
    let stacks = Arc::new(CloudFormation::new(cloudformation::Parts {
        clock: clock(),
        random: context.random.clone(),
        directory: iam.clone(),
        objects: s3.clone(),
        keeper: Arc::clone(keeper),
        activity: lambda.activity(),
        url: own_url(address),
    }));
    let urls =
        FunctionUrlEntrance::new(lambda.clone(), Arc::clone(&authority), clock(), context.random.clone());
    // An entrance that knows which of two kinds of API a request names comes before the one that does not.
    let entrances = vec![
        lambda.downloads(),
        Arc::new(urls),
        cognito.entrance(),
        http_apis.entrance(),
        gateway.entrance(),
    ];
    let durables: Vec<(&'static [&'static str], Arc<dyn Durable>)> = vec![
        (&["iam", "sts"], iam.clone()),
        (&["lambda"], lambda.clone()),
        (&["apigateway"], gateway.clone()),
        (&["apigateway"], http_apis.clone()),
        (&["dynamodb"], dynamodb.clone()),
        (&["logs"], logs.clone()),
        (&["s3"], s3.clone()),
        (&["sqs"], sqs.clone()),
        (&["sns"], sns.clone()),
        (&["events"], events.clone()),
        (&["states"], machines.clone()),
        (&["cloudformation"], stacks.clone()),
        // Last: what these take back goes on at once, and may call all the others.
        (&[], sns.pending()),
        (&[], events.pending()),
        (&[], machines.executions()),
        (&[], lambda.keep_events_in(keeper)),
    ];
    Parts {
        authority,
        services: vec![
            iam.clone(),
            Arc::new(Sts::new(iam).knowing(cognito.issuers())),
            lambda.clone(),
            http_apis,
            cognito,
            gateway,
            dynamodb,
            logs,
            s3,
            sqs,
            sns,
            events,
            machines,
            stacks,
        ],
        entrances,
        switchboard,
        lambda,
        durables,
    }
}

/// Where the sandbox reaches itself: on the loopback address where it listens on every address.
fn own_url(address: SocketAddr) -> String {
    let host = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    format!("http://{}", SocketAddr::new(host, address.port()))
}
