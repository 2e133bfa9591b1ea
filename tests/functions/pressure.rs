use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_lambda::client::Waiters;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{Environment, FunctionCode, LayerVersionContentInput, Runtime};
use proofmark::aws::{Clients, Endpoint, Settling};
use proofmark::context::Random;
use serde_json::{Value, json};

use super::workbench::{Workbench, zip};
use crate::support::Sent;

/// Answers what it is: its code, its configuration, its layer, and on request who it is.
fn source(release: u64) -> String {
    format!(
        "import os\ntry:\n    from brought import LAYER\nexcept ImportError:\n    LAYER = None\nRELEASE = {release}\n\
         def handler(event, context):\n    who = None\n    if event.get('who'):\n        \
         import boto3\n        who = boto3.client('sts').get_caller_identity()['Arn']\n    return {{'release': RELEASE, \
         'value': os.environ.get('VALUE'), 'version': context.function_version, 'arn': context.invoked_function_arn, \
         'memory': context.memory_limit_in_mb, 'layer': LAYER, 'who': who}}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_changed_an_invocation_runs_what_get_function_shows() {
    let bench = Workbench::new().await;
    let lambda = &bench.clients.lambda;
    let other = Workbench::make_role(&bench.clients, "other").await;
    let roles = [bench.role.clone(), other];
    let random = Random::from_seed(20);
    bench.create_with("changes", &source(0), 20, "app.handler").await;
    // Where boto3 has to be fetched first, the function stays pending until it is there.
    let active = lambda.wait_until_function_active_v2().function_name("changes");
    active.wait(Duration::from_mins(3)).await.unwrap();
    let mut releases: HashMap<String, u64> = HashMap::new();
    let shown = lambda.get_function_configuration().function_name("changes").send().await.unwrap();
    releases.insert(shown.code_sha256.unwrap(), 0);
    let mut qualifiers = vec!["$LATEST".to_owned()];
    let mut layers: HashMap<String, u64> = HashMap::new();
    for step in 1..=30_u64 {
        match random.below(6) {
            0 => {
                let update = lambda.update_function_code().function_name("changes");
                let files = zip(&[("app.py", &source(step))]);
                let update = update.zip_file(Blob::new(files)).send().await.unwrap();
                releases.insert(update.code_sha256.unwrap(), step);
            }
            1 => {
                let variables = Environment::builder().variables("VALUE", step.to_string()).build();
                let update = lambda.update_function_configuration().function_name("changes");
                update.environment(variables).send().await.unwrap();
            }
            2 => {
                let role = &roles[usize::try_from(random.below(2)).unwrap()];
                let memory = 128 + i32::try_from(random.below(4)).unwrap() * 64;
                let update = lambda.update_function_configuration().function_name("changes");
                update.role(role).memory_size(memory).send().await.unwrap();
            }
            3 => {
                let code = LayerVersionContentInput::builder();
                let code =
                    code.zip_file(Blob::new(zip(&[("python/brought.py", &format!("LAYER = {step}\n"))])));
                let layer = lambda.publish_layer_version().layer_name("brought").content(code.build());
                let arn = layer.send().await.unwrap().layer_version_arn.unwrap();
                layers.insert(arn.clone(), step);
                // Now and then it loses its layer again.
                let wanted = (random.below(3) > 0).then_some(arn);
                let update = lambda.update_function_configuration().function_name("changes");
                update.set_layers(Some(wanted.into_iter().collect())).send().await.unwrap();
            }
            4 => {
                let version = lambda.publish_version().function_name("changes").send().await.unwrap();
                qualifiers.push(version.version.unwrap());
            }
            _ => {
                let at = usize::try_from(random.below(qualifiers.len() as u64)).unwrap();
                let version = qualifiers[at].clone();
                if version != "live" && qualifiers.contains(&"live".to_owned()) {
                    lambda
                        .update_alias()
                        .function_name("changes")
                        .name("live")
                        .function_version(version)
                        .send()
                        .await
                        .unwrap();
                } else if version != "live" {
                    lambda
                        .create_alias()
                        .function_name("changes")
                        .name("live")
                        .function_version(version)
                        .send()
                        .await
                        .unwrap();
                    qualifiers.push("live".to_owned());
                }
            }
        }
        let at = usize::try_from(random.below(qualifiers.len() as u64)).unwrap();
        let name = format!("changes:{}", qualifiers[at]);
        let shown = lambda.get_function().function_name(&name).send().await.unwrap().configuration.unwrap();
        let who = step % 4 == 0;
        let ran = bench.invoke(&name, &json!({ "who": who })).await;
        assert_eq!(ran.error, None, "{}", ran.log);
        let environment = shown.environment.and_then(|it| it.variables).unwrap_or_default();
        let wanted = json!({
            "release": releases[shown.code_sha256.as_deref().unwrap()],
            "value": environment.get("VALUE"),
            "version": shown.version,
            "arn": shown.function_arn,
            "memory": shown.memory_size.unwrap().to_string(),
            "layer": shown.layers.unwrap_or_default().first().map(|layer| layers[layer.arn().unwrap()]),
        });
        for (key, value) in wanted.as_object().unwrap() {
            assert_eq!(&ran.payload[key], value, "{key} of {name} after step {step}");
        }
        if who {
            let role = shown.role.unwrap();
            let role = role.rsplit('/').next().unwrap();
            let arn = ran.payload["who"].as_str().unwrap();
            assert!(
                arn.contains(&format!(":assumed-role/{role}/")),
                "{arn} is not of {role} after step {step}"
            );
        }
    }
}

/// The processes of a function's environments, by what they were started with.
fn processes_of(function: &str) -> Vec<i32> {
    let mark = format!("AWS_LAMBDA_FUNCTION_NAME={function}\0");
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    numbers
        .filter(|number| {
            let variables = std::fs::read(format!("/proc/{number}/environ")).unwrap_or_default();
            variables.windows(mark.len()).any(|window| window == mark.as_bytes())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_calls_none_is_lost_and_none_answered_twice_when_environments_die() {
    let bench = Arc::new(Workbench::new().await);
    let source = "def handler(event, context):\n    print('ran', event['n'])\n    return event['n']\n";
    bench.create("dies-often", source).await;
    assert_eq!(bench.invoke("dies-often", &json!({ "n": -1 })).await.payload, json!(-1));
    let over = Arc::new(AtomicBool::new(false));
    let killer = {
        let over = Arc::clone(&over);
        std::thread::spawn(move || {
            let random = Random::from_seed(3);
            let mut killed = 0;
            while !over.load(Ordering::Relaxed) {
                let alive = processes_of("dies-often");
                if !alive.is_empty() {
                    let at = usize::try_from(random.below(alive.len() as u64)).unwrap();
                    let victim = nix::unistd::Pid::from_raw(alive[at]);
                    killed +=
                        u32::from(nix::sys::signal::kill(victim, nix::sys::signal::Signal::SIGKILL).is_ok());
                }
                std::thread::sleep(Duration::from_millis(20 + random.below(60)));
            }
            killed
        })
    };
    let mut workers = vec![];
    for worker in 0..8 {
        let bench = Arc::clone(&bench);
        workers.push(tokio::spawn(async move {
            let mut failed = 0;
            for index in 0..125 {
                let n = worker * 125 + index;
                let ran = bench.invoke("dies-often", &json!({ "n": n })).await;
                if ran.error.is_some() {
                    let kind = ran.payload["errorType"].as_str().unwrap_or_default();
                    assert!(kind.starts_with("Runtime."), "{}", ran.payload);
                    failed += 1;
                } else {
                    assert_eq!(ran.payload, json!(n), "{}", ran.log);
                    assert_eq!(ran.log.matches(&format!("ran {n}\n")).count(), 1, "{}", ran.log);
                }
                assert_eq!(ran.log.matches("START RequestId: ").count(), 1, "{}", ran.log);
                assert_eq!(ran.log.matches("REPORT RequestId: ").count(), 1, "{}", ran.log);
            }
            failed
        }));
    }
    let mut failed = 0;
    for worker in workers {
        failed += worker.await.unwrap();
    }
    over.store(true, Ordering::Relaxed);
    let killed = killer.join().unwrap();
    assert!(killed > 0, "nothing was killed");
    assert!(failed < 1000, "{failed} of 1000 failed, with {killed} killed");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_functions_of_five_accounts_run_at_once_and_keep_apart() {
    let bench = Workbench::new().await;
    let url = bench.sandbox.endpoint_url();
    let mut calls = vec![];
    for _ in 0..5 {
        let opened = Sent::new("POST", "/_proofmark/accounts")
            .header("authorization", &format!("Bearer {}", bench.sandbox.admin_token))
            .send(bench.sandbox.address);
        let opened: Value = serde_json::from_slice(&opened.body).unwrap();
        let text = |name: &str| opened[name].as_str().unwrap().to_owned();
        let (account, id, secret) = (text("account"), text("accessKeyId"), text("secretAccessKey"));
        let endpoint = Endpoint::with_keys(Some(&url), "eu-west-1", id, secret, Settling::Immediate);
        let clients = Clients::new(&endpoint);
        let role = Workbench::make_role(&clients, "worker").await;
        for index in 0..10 {
            let code = format!(
                "import os, time\ndef handler(e, c):\n    time.sleep(0.2)\n    return ['{account}', {index}, \
                 c.invoked_function_arn, sorted(os.listdir(os.environ.get('TMPDIR', '/tmp')))]\n"
            );
            let code = FunctionCode::builder().zip_file(Blob::new(zip(&[("app.py", &code)]))).build();
            let create = clients.lambda.create_function().function_name(format!("f{index}")).role(&role);
            create
                .runtime(Runtime::Python312)
                .handler("app.handler")
                .timeout(30)
                .code(code)
                .send()
                .await
                .unwrap();
            let (clients, account) = (clients.clone(), account.clone());
            calls.push(tokio::spawn(async move {
                let output = clients.lambda.invoke().function_name(format!("f{index}")).send().await.unwrap();
                let answer: Value = serde_json::from_slice(&output.payload.unwrap().into_inner()).unwrap();
                let arn = format!("arn:aws:lambda:eu-west-1:{account}:function:f{index}");
                assert_eq!(answer, json!([account, index, arn, []]));
            }));
        }
    }
    for call in calls {
        call.await.unwrap();
    }
}
