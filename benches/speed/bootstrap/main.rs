//! A function of the runtime `provided.al2023`, as small as one can be: it shows what an invocation costs where the runtime costs nothing.

use std::env;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

const ANSWER: &str = r#"{"ok": true}"#;

fn main() -> io::Result<()> {
    let api = env::var("AWS_LAMBDA_RUNTIME_API").map_err(io::Error::other)?;
    let (place, prefix) = api.split_once('/').unwrap_or((&api, ""));
    let prefix = if prefix.is_empty() { String::new() } else { format!("/{prefix}") };
    let stream = TcpStream::connect(place)?;
    stream.set_nodelay(true)?;
    let mut answers = BufReader::new(stream.try_clone()?);
    let mut calls = stream;
    let mut call = |method: &str, path: &str, body: &str| {
        let length = body.len();
        let call = format!(
            "{method} {prefix}/2018-06-01/runtime/invocation/{path} HTTP/1.1\r\nhost: {place}\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        calls.write_all(call.as_bytes())?;
        read(&mut answers)
    };
    loop {
        let id = call("GET", "next", "")?;
        call("POST", &format!("{id}/response"), ANSWER)?;
    }
}

/// Reads an answer to its end, and returns the invocation's id that it tells.
fn read(answers: &mut BufReader<TcpStream>) -> io::Result<String> {
    let (mut id, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if answers.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.trim_end().is_empty() {
            break;
        }
        let Some((name, value)) = line.trim_end().split_once(": ") else { continue };
        match name.to_ascii_lowercase().as_str() {
            "lambda-runtime-aws-request-id" => value.clone_into(&mut id),
            "content-length" => length = value.parse().map_err(io::Error::other)?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    answers.read_exact(&mut body)?;
    Ok(id)
}
