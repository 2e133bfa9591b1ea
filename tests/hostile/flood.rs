use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::mutation::Dice;
use super::sample::sample;
use crate::coverage::{api, request};
use crate::support::{Ends, Keys, Program, Received, Sent, exchange};

const REQUESTS: u64 = 5000;

/// No request may take longer; the slowest that is known computes for a second in a build without optimisation.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is sent, and how it is told when something is wrong with the answer.
struct Attack {
    bytes: Vec<u8>,
    told: String,
    /// Whether it is HTTP at all, so that an answer is due.
    is_http: bool,
}

fn attack(seed: u64, address: SocketAddr, keys: &Keys) -> Attack {
    let mut dice = Dice(seed);
    let (service, operation, mut input) = sample(&mut dice);
    let kind = dice.below(12);
    if kind < 6 {
        for _ in 0..=dice.below(3) {
            dice.disturb(&mut input);
        }
    }
    // What is no object any more is sent as it is.
    let raw = (!input.is_object()).then(|| input.to_string());
    if raw.is_some() {
        input = Value::Object(Map::new());
    }
    // A disturbed input may have lost what its path needs.
    if let Some(shape) = api(service).operations.get(&operation)
        && let Some(members) = input.as_object_mut()
    {
        for name in shape.path.split('{').skip(1).filter_map(|part| part.split('}').next()) {
            members.entry(name.trim_end_matches('+')).or_insert_with(|| dice.value(0));
        }
    }
    let mut sent = request(service, &operation, input);
    if let Some(raw) = raw {
        sent.body = raw.into_bytes();
    }
    match kind {
        6 => dice.spoil(&mut sent.body),
        7 => {
            let depth = 1 << (4 + dice.below(15));
            sent.body = [b"[", br#"{"a":"# as &[u8], br#"{"M":{"a":"#, b"a=(&"][dice.below(4)].repeat(depth);
        }
        8 => {
            sent.method =
                ["FOO", "get", "PATCH", "TRACE", "OPTIONS", "HEAD", "PUT", "DELETE"][dice.below(8)].into();
        }
        9 => {
            let mut target = sent.target.clone().into_bytes();
            dice.spoil(&mut target);
            target.retain(u8::is_ascii_graphic);
            sent.target = format!("/{}", String::from_utf8_lossy(&target));
            if dice.chance(20) {
                let segment =
                    ["//", "/..", "/%2e%2e", "/%00", "/%ff", "/%", "/restapis", "/v2/apis"][dice.below(8)];
                sent.target = segment.repeat(1 + dice.below(500));
            }
        }
        10 => {
            let name =
                ["x-amz-target", "content-type", "x-amz-security-token", "accept", "x-amz-date", "range"];
            let value = dice.value(0).to_string().replace(['\n', '\r', '\0'], "");
            sent.headers
                .push((name[dice.below(6)].into(), value.chars().filter(char::is_ascii_graphic).collect()));
        }
        11 => {
            let planes = [
                "/restapis/abc/s/_user_request_/x",
                "/_aws/execute-api/abc/s",
                "/_proofmark/accounts",
                "/_proofmark/reset",
            ];
            sent.target = format!(
                "{}?{}",
                planes[dice.below(4)],
                dice.value(0).to_string().replace(|c: char| !c.is_ascii_graphic(), "%")
            );
        }
        _ => {}
    }
    if dice.chance(90) {
        sent = sent.clone().try_signed(address, keys, &api(service).signing_name).unwrap_or(sent);
    }
    let told = format!("seed {seed}: {service}:{operation}, kind {kind}: {} {}", sent.method, sent.target);
    let (bytes, is_http) = on_the_wire(&sent, address, &mut dice);
    Attack { bytes, told: told.chars().take(300).collect(), is_http }
}

/// Writes a request out, in one of ten cases with a frame that lies.
fn on_the_wire(sent: &Sent, address: SocketAddr, dice: &mut Dice) -> (Vec<u8>, bool) {
    let mut head =
        format!("{} {} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n", sent.method, sent.target);
    for (name, value) in &sent.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let length = sent.body.len();
    let (frame, body, is_http) = match dice.below(60) {
        0 => (format!("content-length: {}\r\n", length + 10), sent.body.clone(), false),
        1 => (format!("content-length: {}\r\n", length / 2), sent.body.clone(), true),
        2 => ("transfer-encoding: chunked\r\n".to_owned(), b"zz\r\n{}\r\n0\r\n\r\n".to_vec(), false),
        3 => ("transfer-encoding: chunked\r\n".to_owned(), b"ffffffffffffffff\r\n{}".to_vec(), false),
        4 => {
            (format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n"), sent.body.clone(), false)
        }
        5 => (
            format!("content-length: {length}\r\n{}", format!("x-a: {}\r\n", "b".repeat(900)).repeat(120)),
            sent.body.clone(),
            true,
        ),
        6 => (
            format!("content-length: {length}\r\nx-long: {}\r\n", "c".repeat(300_000)),
            sent.body.clone(),
            true,
        ),
        7 => ("content-length: -1\r\n".to_owned(), sent.body.clone(), false),
        8 => ("content-length: 99999999999999999999\r\n".to_owned(), sent.body.clone(), false),
        9 => {
            let mut garbage = head.clone().into_bytes();
            dice.spoil(&mut garbage);
            garbage.extend_from_slice(b"\r\n\r\n");
            return (garbage, false);
        }
        _ => (format!("content-length: {length}\r\n"), sent.body.clone(), true),
    };
    let mut bytes = format!("{head}{frame}\r\n").into_bytes();
    bytes.extend_from_slice(&body);
    (bytes, is_http)
}

/// Says what is wrong with an answer.
fn wrong(attack: &Attack, answer: Option<&Received>, took: Duration) -> Option<String> {
    let told = &attack.told;
    if took > PATIENCE {
        return Some(format!("{told}: took {took:?}"));
    }
    let Some(answer) = answer else {
        return attack.is_http.then(|| format!("{told}: no answer"));
    };
    // An answer to HEAD has no body that could say so.
    let says_so = answer.body.is_empty() || answer.text().contains("the sandbox does not cover");
    let bad = answer.status >= 500 && !(answer.status == 501 && says_so);
    bad.then(|| format!("{told}: {} {}", answer.status, answer.text()))
}

#[test]
fn five_thousand_malformed_requests_are_refused_and_the_sandbox_stands() {
    let program = Program::new();
    let started = program.start(&["sandbox", "--listen", "127.0.0.1:0"], "AWS_DEFAULT_REGION");
    let exports: BTreeMap<String, String> = started.exports().into_iter().collect();
    let keys = Keys {
        id: exports["AWS_ACCESS_KEY_ID"].clone(),
        secret: exports["AWS_SECRET_ACCESS_KEY"].clone(),
        token: None,
    };
    let address: SocketAddr = exports["AWS_ENDPOINT_URL"].strip_prefix("http://").unwrap().parse().unwrap();
    let (problems, statuses) = (Mutex::new(Vec::new()), Mutex::new(BTreeMap::<u16, u32>::new()));
    std::thread::scope(|scope| {
        for lane in 0..4 {
            let (keys, problems, statuses) = (&keys, &problems, &statuses);
            scope.spawn(move || {
                for seed in (lane..REQUESTS).step_by(4) {
                    let attack = attack(seed, address, keys);
                    let start = Instant::now();
                    let answer = exchange(
                        address,
                        &attack.bytes,
                        if attack.is_http { Ends::WithTheAnswer } else { Ends::Early },
                    );
                    let found = wrong(&attack, answer.as_ref(), start.elapsed());
                    problems.lock().unwrap().extend(found);
                    let status = answer.map_or(0, |answer| answer.status);
                    *statuses.lock().unwrap().entry(status).or_default() += 1;
                }
            });
        }
    });
    let statuses = statuses.into_inner().unwrap();
    println!("{statuses:?}");
    let problems = problems.into_inner().unwrap();
    assert!(problems.is_empty(), "{} of {REQUESTS}:\n{}", problems.len(), problems.join("\n"));
    let health = Sent::new("GET", "/_proofmark/health").send(address);
    assert_eq!(health.status, 200, "{}", health.text());
    // Most get past the door: signatures are right, and it is the services that refuse.
    let refused = |status: &u16| statuses.get(status).copied().unwrap_or_default();
    assert!(refused(&400) > 1000 && refused(&403) < 2000, "{statuses:?}");
}
