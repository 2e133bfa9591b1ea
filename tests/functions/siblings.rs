use std::path::Path;
use std::time::Duration;

use aws_sdk_lambda::client::Waiters;
use aws_sdk_lambda::types::Environment;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use super::workbench::Workbench;

/// Tells of itself, and tries what one environment might do to its parent and to others of its account.
const SOURCE: &str = r"
import boto3, ctypes, os, resource, signal, sys
client = boto3.client('dynamodb')
libc = ctypes.CDLL(None, use_errno=True)

def call(number, *arguments):
    if libc.syscall(number, *arguments) == -1: raise OSError(ctypes.get_errno(), 'refused')

def handler(event, context):
    tmp = os.environ.get('TMPDIR', '/tmp')
    open(tmp + '/' + context.function_name, 'w').write('x')
    result = {'process': os.getpid(), 'parent': os.getppid(), 'tmp': os.listdir(tmp), 'code': os.path.dirname(__file__),
              'folder': tmp, 'value': os.environ.get('VALUE'), 'inputs': os.read(0, 1).decode(), 'attempts': {}}
    def attempt(name, act):
        try: result['attempts'][name] = 'yes ' + repr(act())[:60]
        except Exception as error: result['attempts'][name] = 'no ' + repr(error)[:60]
    for name, other in event.get('others', {}).items():
        for number in (0, signal.SIGSTOP, signal.SIGKILL):
            attempt(f'signal {number} to the {name}', lambda: os.kill(other, number))
        attempt(f'signal the group of the {name}', lambda: os.killpg(other, 0))
        attempt(f'signal the {name} by a descriptor', lambda: signal.pidfd_send_signal(os.pidfd_open(other), 0))
        attempt(f'trace the {name}', lambda: call(101, 16, other, 0, 0))
        attempt(f'read the memory of the {name}', lambda: call(310, other, 0, 0, 0, 0, 0))
        attempt(f'limit the {name}', lambda: resource.prlimit(other, resource.RLIMIT_NPROC, (1, 1)))
        attempt(f'read the limits of the {name}', lambda: resource.prlimit(other, resource.RLIMIT_NPROC))
        attempt(f'move the {name}', lambda: os.sched_setaffinity(other, {0}))
        attempt(f'slow the {name} down', lambda: os.setpriority(os.PRIO_PROCESS, other, 19))
        attempt(f'make the {name} idle', lambda: os.sched_setscheduler(other, os.SCHED_IDLE, os.sched_param(0)))
        for file in ('environ', 'mem', 'maps', 'cwd', 'root', 'fd'):
            attempt(f'open {file} of the {name}', lambda: os.listdir(f'/proc/{other}/{file}') if file == 'fd' else open(f'/proc/{other}/{file}', 'rb').read(1))
    for path in event.get('paths', []):
        attempt(f'read {path}', lambda: os.listdir(path))
    for path in ('/nest/code', '/nest/rooms', '/nest/proc'):
        attempt(f'list {path}', lambda: os.listdir(path))
    attempt('slow all down', lambda: os.setpriority(os.PRIO_USER, 0, 19))
    attempt('leave the group', lambda: os.setpgid(0, 0))
    attempt('a name space', lambda: call(272, 0x10000000))
    attempt('a name space for mounts', lambda: call(272, 0x20000))
    attempt('mount', lambda: call(165, b'x', tmp.encode(), b'tmpfs', 0, 0))
    attempt('uncover', lambda: call(166, b'/nest', 2))
    attempt('write the code', lambda: open(os.path.dirname(__file__) + '/new', 'w'))
    attempt('tell the parent', lambda: [os.write(number, b'x') for number in (0, 4, 5, 6, 7, 8)])
    return result
";

async fn bench_at(isolation: Option<&str>) -> Workbench {
    let bench = Workbench::isolated_by(isolation).await;
    for name in ["one", "other"] {
        // Equal code lies in one folder.
        let source = format!("{SOURCE}\n# {name}\n");
        bench.create_with(name, &source, 30, "app.handler").await;
        // Where boto3 has to be fetched first, the function stays pending until it is there.
        let active = bench.clients.lambda.wait_until_function_active_v2().function_name(name);
        active.wait(Duration::from_mins(3)).await.unwrap();
    }
    bench
}

fn number(of: &Value) -> i32 {
    i32::try_from(of.as_i64().unwrap()).unwrap()
}

/// Waits until a process is no more, or only waits to be buried.
async fn gone(process: &Value) {
    let stat = format!("/proc/{}/stat", number(process));
    while std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether environments are made by parents on this machine: it keeps processes of one user from each other and, where files are private,
/// lets each make a name space of its own.
pub(super) fn has_parents(bench: &Workbench) -> bool {
    let level = bench.sandbox.isolation().unwrap();
    let set = |file: &str| std::fs::read_to_string(Path::new("/proc/sys").join(file)).unwrap_or_default();
    let refused = [
        ("user/max_user_namespaces", "0"),
        ("kernel/unprivileged_userns_clone", "0"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1"),
    ];
    let spaces = !refused.iter().any(|(file, value)| set(file).trim() == *value);
    level.contains("landlock") && !level.contains("kernel before") && (spaces || !level.contains("private"))
}

async fn attempts_fail(isolation: Option<&str>) {
    let bench = bench_at(isolation).await;
    if !has_parents(&bench) {
        return;
    }
    let one = bench.invoke("one", &json!({})).await;
    assert_eq!(one.error, None, "{}", one.log);
    let one = one.payload;
    let others = json!({ "sibling": one["process"], "parent": one["parent"], "sandbox": std::process::id() });
    let event = json!({ "others": others, "paths": [one["folder"], one["code"]] });
    let other = bench.invoke("other", &event).await;
    assert_eq!(other.error, None, "{}", other.log);
    let other = other.payload;
    assert_eq!(other["parent"], one["parent"], "both are of one parent");
    assert_ne!(number(&one["parent"]), i32::try_from(std::process::id()).unwrap());
    // Each has a folder for temporary files, code and input of its own.
    assert_eq!((&one["tmp"], &other["tmp"]), (&json!(["one"]), &json!(["other"])));
    assert_eq!(other["inputs"], "");
    let private = other["folder"] == "/tmp";
    for (name, outcome) in other["attempts"].as_object().unwrap() {
        // Its own folders have the same names there.
        if private && (name == "read /tmp" || name == "read /var/task") {
            continue;
        }
        assert!(outcome.as_str().unwrap().starts_with("no "), "{name}: {outcome}");
    }
    assert_eq!(private, isolation.is_none() && bench.sandbox.isolation().unwrap().contains("private"));
    let again = bench.invoke("one", &json!({})).await;
    assert_eq!(again.payload["process"], one["process"], "it lives, and is used again");
}

#[tokio::test(flavor = "multi_thread")]
async fn environments_of_one_parent_cannot_reach_it_or_each_other() {
    attempts_fail(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn environments_of_one_parent_cannot_reach_it_or_each_other_by_landlock_alone() {
    attempts_fail(Some("landlock")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_that_died_is_started_anew_and_a_new_environment_is_what_its_function_is_now() {
    let bench = bench_at(None).await;
    let first = bench.invoke("one", &json!({})).await.payload;
    if has_parents(&bench) {
        kill(Pid::from_raw(number(&first["parent"])), Signal::SIGKILL).unwrap();
        // Its children end with it, each by the kernel and in its own time.
        gone(&first["process"]).await;
        let second = bench.invoke("one", &json!({})).await;
        assert_eq!(second.error, None, "{}", second.log);
        assert_ne!(second.payload["parent"], first["parent"]);
        assert!(second.log.contains("Init Duration"), "{}", second.log);
    }
    let variables = Environment::builder().variables("VALUE", "new").build();
    let update = bench.clients.lambda.update_function_configuration().function_name("one");
    update.environment(variables).send().await.unwrap();
    let third = bench.invoke("one", &json!({})).await.payload;
    assert_eq!((&third["value"], &third["tmp"]), (&json!("new"), &json!(["one"])));
    assert_ne!(third["process"], first["process"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_that_a_function_brings_itself_is_the_one_that_it_gets() {
    let bench = Workbench::new().await;
    let app = "import urllib3, queue\nimport boto3\ndef handler(event, context):\n    return [urllib3.__name__, \
               getattr(urllib3, 'OWN', None), getattr(queue, 'OWN', None)]\n";
    let queue = "from _queue import *\nfrom collections import deque\nOWN = 7\nclass LifoQueue: pass\nclass Queue: pass\n\
                 class Full(Exception): pass\n";
    let files = [("app.py", app), ("queue.py", queue)];
    bench.create_as("brings", "python3.12", "app.handler", &files).await;
    let active = bench.clients.lambda.wait_until_function_active_v2().function_name("brings");
    active.wait(Duration::from_mins(3)).await.unwrap();
    let ran = bench.invoke("brings", &json!({})).await;
    assert_eq!(ran.payload, json!(["urllib3", null, 7]), "{}", ran.log);
}
