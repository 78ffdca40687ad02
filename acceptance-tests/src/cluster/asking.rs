//! One request, one answer, over loopback: what a person would do with curl.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status; 0 if nobody answered.
    pub status: u16,
    /// The body.
    pub text: String,
}

impl Answer {
    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }
}

/// Asks `address` (`http://host:port`) for a path.
pub fn ask(address: &str, token: &str, method: &str, path: &str, body: &Value) -> Answer {
    exchange(address, token, method, path, body)
        .unwrap_or_else(|error| Answer { status: 0, text: error.to_string() })
}

fn exchange(address: &str, token: &str, method: &str, path: &str, body: &Value) -> std::io::Result<Answer> {
    let host = address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let secret = if token.is_empty() { String::new() } else { format!("X-Nomad-Token: {token}\r\n") };
    let head = format!(
        "{method} {path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n{secret}Content-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body.as_bytes()].concat())?;
    // The fake keeps a connection open as any server of HTTP/1.1 may: its answers have a length.
    let mut bytes = Vec::new();
    let mut piece = vec![0; 65_536];
    loop {
        let read = stream.read(&mut piece)?;
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, rest)) = text.split_once("\r\n\r\n") else {
            if read == 0 {
                return Err(std::io::Error::other("no whole answer"));
            }
            continue;
        };
        let lower = head.to_lowercase();
        let length = lower
            .lines()
            .find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
        if read == 0 || length.is_some_and(|length| rest.len() >= length) || lower.contains(" 204 ") {
            let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
            return Ok(Answer { status, text: rest.to_owned() });
        }
    }
}
