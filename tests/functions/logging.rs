//! Lambda's advanced logging controls: where a function's log goes, and in which format.

use aws_sdk_lambda::types::{ApplicationLogLevel, LogFormat, LoggingConfig, SystemLogLevel};
use proofmark::challenge::{Act, Check, Subject, Visibility};
use proofmark::evidence::{Binding, Observation};
use proofmark::inspect::inspect;
use proofmark::matcher::Expectation;
use proofmark::probe::{Probe, Variables, World};
use proofmark::source::Location;
use serde_json::{Value, json};

use super::workbench::Workbench;

const PYTHON: &str = "
import logging
logger = logging.getLogger('shop')
def handler(event, context):
    logger.info('%s \"sold\"', event['id'])
    logger.debug('weighed')
    print('plain')
    if event.get('fails'):
        raise KeyError('id')
";

const NODE: &str = "exports.handler = async (event) => {
  console.log({ event: 'sold', id: event.id });
  console.info('packed', event.id);
  console.debug('weighed');
  if (event.fails) throw new TypeError('no id');
};";

/// The events of the group `shop` as JSON; what is none stays a text.
async fn events(bench: &Workbench) -> Vec<(String, Value)> {
    let events = bench.clients.logs.filter_log_events().log_group_name("shop").send().await.unwrap();
    let events = events.events.unwrap_or_default().into_iter();
    let read = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| text.trim_end().into());
    events.map(|event| (event.log_stream_name.unwrap(), read(&event.message.unwrap()))).collect()
}

async fn configure(bench: &Workbench, name: &str, level: SystemLogLevel) {
    let config = LoggingConfig::builder().log_group("shop").log_format(LogFormat::Json);
    let config = config.application_log_level(ApplicationLogLevel::Info).system_log_level(level);
    let update = bench.clients.lambda.update_function_configuration().function_name(name);
    update.logging_config(config.build()).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_writes_to_the_group_that_it_names_in_a_stream_that_bears_its_name() {
    let bench = Workbench::new().await;
    bench
        .create(
            "seller",
            "def handler(e, c):\n    print('hello')\n    return [c.log_group_name, c.log_stream_name]\n",
        )
        .await;
    let update = bench.clients.lambda.update_function_configuration().function_name("seller");
    update.logging_config(LoggingConfig::builder().log_group("shop").build()).send().await.unwrap();
    let ran = bench.invoke("seller", &json!({})).await;
    let events = events(&bench).await;
    let (stream, _) = events.iter().find(|(_, event)| event == "hello").unwrap();
    assert!(stream[10..].starts_with("/seller[$LATEST]"), "{stream}");
    assert_eq!(ran.payload, json!(["shop", stream]));
    let groups = bench.clients.logs.describe_log_groups().send().await.unwrap();
    assert_eq!(groups.log_groups().len(), 1, "{groups:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_python_function_that_logs_json_writes_records() {
    let bench = Workbench::new().await;
    bench.create("seller", PYTHON).await;
    configure(&bench, "seller", SystemLogLevel::Info).await;
    bench.invoke("seller", &json!({ "id": "o-1", "fails": true })).await;
    let events: Vec<Value> = events(&bench).await.into_iter().map(|(_, event)| event).collect();
    let kinds: Vec<&str> = events.iter().filter_map(|event| event["type"].as_str()).collect();
    assert_eq!(kinds, ["platform.initStart", "platform.start", "platform.report"], "{events:?}");
    let sold = events.iter().find(|event| event["logger"] == "shop").unwrap();
    assert_eq!((sold["level"].as_str(), sold["message"].as_str()), (Some("INFO"), Some("o-1 \"sold\"")));
    assert!(events.contains(&json!("plain")) && !events.iter().any(|event| event["message"] == "weighed"));
    let failed = events.iter().find(|event| event["errorType"] == "KeyError").unwrap();
    assert_eq!((&failed["log_level"], &failed["requestId"]), (&json!("ERROR"), &sold["requestId"]));
    assert_eq!(events.last().unwrap()["record"]["requestId"], sold["requestId"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_function_that_logs_json_writes_records() {
    let bench = Workbench::new().await;
    bench.create_as("seller", "nodejs20.x", "index.handler", &[("index.js", NODE)]).await;
    configure(&bench, "seller", SystemLogLevel::Warn).await;
    bench.invoke("seller", &json!({ "id": "o-1", "fails": true })).await;
    let events: Vec<Value> = events(&bench).await.into_iter().map(|(_, event)| event).collect();
    let messages: Vec<&Value> = events.iter().map(|event| &event["message"]).collect();
    assert_eq!(messages[..2], [&json!({ "event": "sold", "id": "o-1" }), &json!("packed o-1")], "{events:?}");
    assert_eq!(
        (&messages[2]["errorType"], &messages[2]["errorMessage"]),
        (&json!("TypeError"), &json!("no id")),
        "no system event below WARN, nothing below INFO: {events:?}"
    );
    assert_eq!(events.len(), 3, "{events:?}");
}

/// Looks at the function's log as a check does that invokes it first.
fn check(filter: &str) -> Check {
    let function = || Binding::Logical("Seller".to_owned());
    let payload = json!({ "id": "o-1" });
    Check {
        gate: None,
        deduct: None,
        id: "logs".into(),
        title: "It logs".into(),
        weight: 1,
        needs: vec![],
        visibility: Visibility::Visible,
        hidden_hint: None,
        within: None,
        why: None,
        hint: None,
        hint_cost: None,
        given: vec![],
        when: vec![Act::Invoke { function: function(), payload, capture: indexmap::IndexMap::new() }],
        subject: Subject::Log { of: function(), filter: Some(filter.to_owned()) },
        expect: Expectation::default(),
        role: None,
        location: Location::file("challenge.yaml"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_finds_in_a_log_of_records_what_it_finds_in_one_of_plain_text() {
    let bench = Workbench::new().await;
    let text =
        "exports.handler = async (event) => console.log(JSON.stringify({ event: 'sold', id: event.id }));";
    bench.create_as("seller", "nodejs20.x", "index.handler", &[("index.js", text)]).await;
    let arn = bench.clients.lambda.get_function_configuration().function_name("seller").send().await.unwrap();
    let tag = bench.clients.lambda.tag_resource().resource(arn.function_arn().unwrap());
    tag.tags("proofmark:logical-id", "Seller").send().await.unwrap();
    let world = World::new(bench.clients.clone(), bench.clock.clone());
    for json_log in [false, true] {
        if json_log {
            configure(&bench, "seller", SystemLogLevel::Info).await;
        }
        let inspection = inspect(&bench.clients).await;
        for (filter, said) in [
            (r#""\"event\":\"sold\"" "o-1""#, r#"{"event":"sold","id":"o-1"}"#),
            ("REPORT", "REPORT RequestId: "),
        ] {
            let check = check(filter);
            let mut probe = Probe::new(&world, &check, &Variables::new(), Variables::new());
            let Observation::Seen(seen) = probe.attempt(&inspection).await else { panic!("nothing seen") };
            let message = seen["events"][0]["message"].as_str().unwrap_or_default();
            assert!(message.contains(said), "{filter} of {seen}");
            assert_eq!(seen["events"][0]["record"].is_object(), json_log, "{seen}");
            assert_eq!(seen["events"].as_array().unwrap().len(), 1, "{seen}");
        }
    }
}
