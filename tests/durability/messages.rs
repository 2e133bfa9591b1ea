use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use proofmark::aws::{Clients, Endpoint, Settling};
use serde_json::{Value, json};
use tokio::task::block_in_place;

use super::Housed;

fn clients(sandbox: &Housed) -> Clients {
    let url = format!("http://{}", sandbox.address);
    let (id, secret) = (sandbox.keys.id.clone(), sandbox.keys.secret.clone());
    Clients::new(&Endpoint::with_keys(Some(&url), "us-east-1", id, secret, Settling::Immediate))
}

/// Takes one letter, and answers with a status.
fn take(listener: &TcpListener, status: u16) -> Value {
    let (mut stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_no_address_took_is_posted_again_after_kill_nine() {
    let folder = tempfile::tempdir().unwrap();
    let start = || Housed::start(&["--private-backends", "--state", folder.path().to_str().unwrap()]);
    let sandbox = start();
    let own = clients(&sandbox);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let topic = own.sns.create_topic().name("news").send().await.unwrap().topic_arn.unwrap();
    let subscribe =
        own.sns.subscribe().topic_arn(&topic).protocol("http").endpoint(format!("http://{address}/hook"));
    subscribe.send().await.unwrap();
    let question = block_in_place(|| take(&listener, 200));
    let token = question["Token"].as_str().unwrap();
    own.sns.confirm_subscription().topic_arn(&topic).token(token).send().await.unwrap();
    let id = own.sns.publish().topic_arn(&topic).message("rain").send().await.unwrap().message_id.unwrap();
    // It has come, and was not taken.
    let first = block_in_place(|| take(&listener, 503));
    assert_eq!((&first["MessageId"], &first["Message"]), (&json!(id), &json!("rain")));
    // What became of the try has to be written before the end.
    tokio::time::sleep(Duration::from_millis(500)).await;
    sandbox.kill();
    let sandbox = start();
    assert_eq!(sandbox.admin("POST", "clock", &json!({ "advance": 21 }).to_string()).status, 200);
    let again = block_in_place(|| take(&listener, 200));
    assert_eq!((&again["MessageId"], &again["Message"]), (&json!(id), &json!("rain")));
}
