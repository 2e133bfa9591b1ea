use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;

use super::taker::{Taker, wait_for};

#[test]
fn an_attempt_that_is_not_there_and_one_in_another_state_are_usage_errors() {
    let taker = Taker::new("90m");
    taker.run(&["status"]).ends_with(2, &["no attempt yet", "proofmark start"]);
    taker.run(&["submit", "a-2222222222"]).ends_with(2, &["no attempt a-2222222222", "list --attempts"]);
    taker.run(&["submit", "nonsense"]).ends_with(2, &["not the id of an attempt"]);
    taker.run(&["start", "nots"]).ends_with(2, &["no challenge `nots`"]);
    taker.run(&["start", "notes", "--extra-time", "lots"]).ends_with(2, &["25%"]);
    let (_beside, id) = taker.begin(&[]);
    taker.run(&["report", &id]).ends_with(2, &["is running, and has no result"]);
    taker.run(&["regrade", &id]).ends_with(2, &["has no result"]);
    taker.run(&["start", "notes"]).ends_with(2, &["has not ended yet"]);
    taker.run(&["extend", "0s", &id, "--reason", "x"]).ends_with(2, &["from a moment"]);
    taker.run(&["void", &id, "--reason", "the network was down"]).ends_with(0, &["does not count"]);
    taker.run(&["submit", &id]).ends_with(2, &["is void: there is nothing to submit"]);
    assert!(!taker.folder(&id).join("sandbox").exists());
    taker.run(&["resume", &id]).ends_with(4, &["is void: the network was down"]);
}

#[test]
fn a_ledger_that_was_changed_is_found_out_and_the_entry_is_named() {
    let taker = Taker::new("90m");
    let (_beside, id) = taker.begin(&[]);
    taker.run(&["void", &id, "--reason", "over"]).ends_with(0, &[]);
    taker.audit(&id);
    let database = taker.state().join("attempts.db");
    let script = format!(
        "import sqlite3; c = sqlite3.connect({:?}); c.execute(\"update entries set body = replace(body, 'host', 'hoax') where number = 3\"); c.commit()",
        database.to_str().unwrap()
    );
    assert!(Command::new("python3").args(["-c", &script]).status().unwrap().success());
    taker.run(&["audit", &id]).ends_with(1, &["broken: entry 3 is not what its hash was made of"]);
    taker.run(&["audit", "--all"]).ends_with(1, &["1 broken"]);
}

#[test]
fn a_disk_that_is_full_stops_a_start_with_a_clear_word() {
    let taker = Taker::new("90m");
    // No file may grow beyond a few kilobytes: the same refusal of writes that a full disk gives.
    let start = format!("trap '' XFSZ; ulimit -f 8; exec {} start notes", env!("CARGO_BIN_EXE_proofmark"));
    let challenges = taker.program.home().join("challenges");
    let output = Command::new("bash")
        .args(["-c", &start])
        .env("HOME", taker.program.home())
        .env("PROOFMARK_CHALLENGES", challenges)
        .env_remove("XDG_STATE_HOME")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("attempts") && !said.contains("panicked"), "{said}");
    // And when there is room again, it is as if nothing had been.
    let (_beside, id) = taker.begin(&[]);
    assert_eq!(taker.status(&id)["state"], "running");
}

#[test]
fn a_database_that_another_program_holds_is_waited_for_and_the_attempt_goes_on() {
    let taker = Taker::new("90m");
    let (_beside, id) = taker.begin(&[]);
    let database = taker.state().join("attempts.db");
    let script = format!(
        "import sqlite3, sys, time; c = sqlite3.connect({:?}, isolation_level=None); c.execute('begin immediate'); print('held', flush=True); time.sleep(3); c.execute('commit')",
        database.to_str().unwrap()
    );
    let mut holder =
        Command::new("python3").args(["-c", &script]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(holder.stdout.take().unwrap()), &mut line)
        .unwrap();
    taker.hand(&id).solve();
    taker.run(&["submit", &id]).ends_with(0, &["PASSED"]);
    assert!(holder.wait().unwrap().success());
}

#[test]
fn what_was_noted_of_the_place_and_is_damaged_is_named() {
    let taker = Taker::new("90m");
    let (beside, id) = taker.begin(&["--practice"]);
    beside.kill();
    let ground = taker.folder(&id).join("ground.json");
    let text = std::fs::read_to_string(&ground).unwrap();
    std::fs::write(&ground, "<html>").unwrap();
    taker.run(&["resume", &id]).ends_with(4, &["ground.json"]);
    std::fs::write(&ground, text).unwrap();
    taker.run(&["resume", &id, "--detach"]).ends_with(0, &["export"]);
    wait_for("it goes on", || (taker.status(&id)["driven"] == true).then_some(()));
}

/// A place that answers every request in the same way.
fn answering(status: &'static str, kind: &'static str, body: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let mut length = 0;
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = told.trim().parse().unwrap_or(0);
                }
                line.clear();
            }
            let mut sent = vec![0; length];
            if reader.read_exact(&mut sent).is_ok() {
                let head = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                let _ = reader.get_mut().write_all(format!("{head}{body}").as_bytes());
            }
        }
    });
    address
}

#[test]
fn an_endpoint_that_is_a_web_page_and_keys_that_ran_out_are_told_and_nothing_is_made() {
    let taker = Taker::new("90m");
    let page = answering("200 OK", "text/html", "<!doctype html><title>Welcome</title>");
    let expired = answering(
        "403 Forbidden",
        "text/xml",
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>ExpiredToken</Code>\
         <Message>The security token included in the request is expired</Message></Error><RequestId>1</RequestId></ErrorResponse>",
    );
    let challenges = taker.program.home().join("challenges");
    let provision = |address: SocketAddr| {
        taker.program.run_with(
            &["provision", "notes", "--endpoint-url", &format!("http://{address}")],
            &[
                ("PROOFMARK_CHALLENGES", challenges.to_str().unwrap()),
                ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
                ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
                ("AWS_REGION", "us-east-1"),
            ],
        )
    };
    let refused = provision(expired);
    refused.ends_with(4, &["The security token included in the request is expired", "not expired"]);
    let puzzled = provision(page);
    assert_eq!(puzzled.code, Some(4), "{}{}", puzzled.out, puzzled.err);
    assert!(
        !puzzled.err.contains("panicked") && puzzled.err.contains("sts:GetCallerIdentity"),
        "{}",
        puzzled.err
    );
    for ended in [refused, puzzled] {
        assert!(!ended.err.contains("wJalrXUtnFEMI") && !ended.out.contains("wJalrXUtnFEMI"));
    }
}
