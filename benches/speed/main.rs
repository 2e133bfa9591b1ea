//! Measures what the design promises of speed, and prints a table. Nothing is asserted: run it on a quiet machine.
//!
//! Everything is measured from outside, on the program itself, over plain HTTP: `cargo bench`. Words choose parts of it, such as
//! `cargo bench -- admission`.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a figure that cannot be measured should stop the run"
)]

mod admission;
mod client;
mod functions;
mod proof;
mod sandbox;
mod world;

use std::time::Instant;

use client::Client;
use sandbox::Sandbox;
use world::World;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let asked = |part: &str| words.is_empty() || words.iter().any(|word| word == part);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("{:<44} {:>10} {:>10} {:>10}", "", "p50", "p95", "aim");
    if asked("starts") {
        starts(&runtime);
    }
    if asked("calls") {
        runtime.block_on(calls());
    }
    if asked("admission") {
        runtime.block_on(admission::measure());
    }
    if asked("functions") {
        runtime.block_on(functions::measure());
    }
    if asked("grades") {
        grade();
    }
    if asked("proofs") {
        prove("orders-api", "60 s");
        prove("serverless-challenge", "60 s");
    }
}

/// From the program's start to its first answer, and what it holds then.
fn starts(runtime: &tokio::runtime::Runtime) {
    let mut samples = Vec::new();
    let mut memory = 0;
    for _ in 0..20 {
        let start = Instant::now();
        let sandbox = Sandbox::start();
        runtime.block_on(async {
            Client::connect(sandbox.address).await.health().await;
        });
        samples.push(start.elapsed().as_secs_f64() * 1e3);
        memory = sandbox.resident_kib();
    }
    row("sandbox start to first answer", samples, "30 ms");
    println!("{:<44} {:>7.1} MB {:>10} {:>10}", "idle memory", f64::from(memory) / 1024.0, "", "20 MB");
}

async fn calls() {
    let sandbox = Sandbox::start();
    let mut client = Client::connect(sandbox.address).await;
    let world = World::build(&mut client).await;

    let get = format!("/2015-03-31/functions/{}", world::FUNCTION);
    let mut samples = Vec::new();
    for _ in 0..2000 {
        samples.push(client.timed("GET", "lambda", &get, "").await);
    }
    row("GetFunction", samples, "");

    let invoke = format!("/2015-03-31/functions/{}/invocations", world::FUNCTION);
    let mut samples = Vec::new();
    for _ in 0..30 {
        world.recycle(&mut client).await;
        samples.push(client.timed("POST", "lambda", &invoke, "{}").await);
    }
    row("Invoke, cold Python", samples, "45 ms");

    let mut samples = Vec::new();
    for _ in 0..2000 {
        samples.push(client.timed("POST", "lambda", &invoke, "{}").await);
    }
    row("Invoke, warm Python", samples, "");

    let mock = format!("/restapis/{}/live/_user_request_/mock", world.api);
    let proxy = format!("/restapis/{}/live/_user_request_/function", world.api);
    for (what, path, aim) in [("API Gateway, MOCK", mock, ""), ("API Gateway to warm Lambda", proxy, "1 ms")]
    {
        let mut samples = Vec::new();
        for _ in 0..2000 {
            samples.push(client.timed("GET", "", &path, "").await);
        }
        row(what, samples, aim);
    }
}

/// A whole grade of the healthy orders-api: as the program reports it, and with the start of the program.
fn grade() {
    let stack = sandbox::Stack::provision();
    let mut samples = Vec::new();
    for _ in 0..10 {
        samples.push(stack.grade());
    }
    let first = samples.remove(0);
    row("grade of orders-api, first (cold functions)", vec![first], "500 ms");
    row("grade of orders-api, again", samples, "500 ms");
}

/// Whole proofs, and where their time goes: worlds stand side by side, so their times add up to more than the whole.
fn prove(challenge: &str, aim: &str) {
    let proof::Proof { elapsed, kinds, steps } = proof::prove(challenge);
    let worlds: usize = kinds.values().map(Vec::len).sum();
    row(&format!("prove {challenge}, {worlds} worlds"), vec![elapsed], aim);
    for (kind, samples) in kinds {
        row(&format!("  one of {} worlds: {kind}", samples.len()), samples, "");
    }
    for (step, (times, elapsed)) in steps {
        println!("{:<44} {:>7.2} s", format!("  {times} times {step}, in all"), elapsed / 1e3);
    }
}

/// Prints a row; samples are in milliseconds.
fn row(what: &str, mut samples: Vec<f64>, aim: &str) {
    samples.sort_by(f64::total_cmp);
    let at = |part: f64| samples[((samples.len() - 1) as f64 * part).round() as usize];
    println!("{what:<44} {:>7.2} ms {:>7.2} ms {aim:>10}", at(0.5), at(0.95));
}
