use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;

use serde_json::{Value, json};

/// A backend that tells what it was asked: answers with the status that the path's last part names (else 200), and with
/// method, path, headers and body as JSON.
pub(super) fn backend() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 {
                    return;
                }
                let mut parts = line.split(' ');
                let (method, path) = (parts.next().unwrap().to_owned(), parts.next().unwrap().to_owned());
                let mut headers = serde_json::Map::new();
                loop {
                    let mut header = String::new();
                    reader.read_line(&mut header).unwrap();
                    let Some((name, value)) = header.trim_end().split_once(": ") else { break };
                    headers.insert(name.to_ascii_lowercase(), value.into());
                }
                let length = headers.get("content-length").and_then(Value::as_str).unwrap_or("0");
                let mut body = vec![0; length.parse().unwrap()];
                reader.read_exact(&mut body).unwrap();
                let bare = path.split('?').next().unwrap();
                let status = bare.rsplit('/').next().unwrap().parse().unwrap_or(200);
                let told = json!({ "method": method, "path": path, "headers": headers,
                    "body": String::from_utf8_lossy(&body) })
                .to_string();
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nServer: echo\r\nX-Mine: yes\r\n\
                     Location: /elsewhere\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{told}",
                    told.len()
                );
                let _ = stream.write_all(answer.as_bytes());
            });
        }
    });
    url
}
