//! HTTP/1.1 as far as a Nomad client speaks it: one thread for each connection, bodies of a known length.
//!
//! Knows bytes and requests; nothing of jobs. What a fault does to an answer is done here, on the wire.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::faults::Does;

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The method.
    pub method: String,
    /// The path's parts behind `/v1`, decoded.
    pub path: Vec<String>,
    /// The parameters, decoded.
    pub query: BTreeMap<String, String>,
    /// The token that came with it.
    pub token: String,
    /// The body.
    pub body: Value,
}

impl Call {
    /// A parameter, if it is there and not empty.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A parameter that is a yes.
    pub fn says(&self, name: &str) -> bool {
        self.parameter(name).is_some_and(|value| value != "false")
    }

    /// The path as it is known: `/v1/job/web/plan`.
    pub fn line(&self) -> String {
        format!("{} /v1/{}", self.method, self.path.join("/"))
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    /// The change that the answer is of.
    pub index: u64,
    /// Whether it is text rather than JSON.
    pub plain: bool,
}

impl Answer {
    /// JSON that is of a change.
    pub fn json(value: &Value, index: u64) -> Self {
        Self { status: 200, body: value.to_string().into_bytes(), index, plain: false }
    }

    /// Plain text, as all of Nomad's refusals are.
    pub fn text(status: u16, text: &str) -> Self {
        Self { status, body: text.as_bytes().to_vec(), index: 0, plain: true }
    }
}

/// Answers a request; may block.
pub type Answering = dyn Fn(&Call) -> Answer + Send + Sync;

/// Says what goes wrong with a request, if anything.
pub type Failing = dyn Fn(&Call) -> Option<Does> + Send + Sync;

/// Serves until the listener's owner is gone.
pub fn serve(
    listener: TcpListener,
    answer: Arc<Answering>,
    fault: Arc<Failing>,
    ended: Arc<dyn Fn() -> bool + Send + Sync>,
) {
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if ended() {
                return;
            }
            let (answer, fault) = (Arc::clone(&answer), Arc::clone(&fault));
            // A client that hangs up is no failure of the server.
            thread::spawn(move || drop(connection(stream, &*answer, &*fault)));
        }
    });
}

fn connection(
    stream: TcpStream,
    answer: &dyn Fn(&Call) -> Answer,
    fault: &dyn Fn(&Call) -> Option<Does>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    while let Some(call) = read(&mut reader)? {
        match fault(&call) {
            None => write(&mut writer, &answer(&call))?,
            Some(Does::Refuse(status, text)) => write(&mut writer, &Answer::text(status, &text))?,
            Some(Does::Wait(time)) => {
                thread::sleep(time);
                write(&mut writer, &answer(&call))?;
            }
            Some(Does::Cut) => return Ok(()),
            Some(Does::DoAndCut) => {
                answer(&call);
                return Ok(());
            }
            Some(Does::Tear) => {
                answer(&call);
                writer.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{\"half\":")?;
                return Ok(());
            }
        }
    }
    Ok(())
}

fn read(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Call>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default().to_owned();
    let (mut length, mut token) = (0, String::new());
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 {
            return Ok(None);
        }
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "x-nomad-token" => value.trim().clone_into(&mut token),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let path = path.trim_start_matches("/v1/").split('/').map(decoded).collect();
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    };
    let query = query.split('&').filter(|text| !text.is_empty()).map(pair).collect();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Ok(Some(Call { method, path, query, token, body }))
}

fn write(writer: &mut TcpStream, answer: &Answer) -> std::io::Result<()> {
    let kind = if answer.plain { "text/plain; charset=utf-8" } else { "application/json" };
    let Answer { status, body, index, .. } = answer;
    let reason = if *status < 400 { "OK" } else { "Error" };
    let head = format!(
        "HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nX-Nomad-Index: {index}\r\n\r\n",
        body.len()
    );
    writer.write_all(&[head.as_bytes(), body].concat())
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                let digits = String::from_utf8_lossy(&digits).into_owned();
                bytes.push(u8::from_str_radix(&digits, 16).unwrap_or(b'?'));
            }
            b'+' => bytes.push(b' '),
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// How long something may hold a question back.
pub fn duration(text: &str) -> Option<Duration> {
    let cut = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(cut);
    let number: f64 = number.parse().ok()?;
    let seconds = match unit {
        "ms" => number / 1000.0,
        "s" => number,
        "m" => number * 60.0,
        "h" => number * 3600.0,
        _ => return None,
    };
    Some(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_with_signs_is_read() {
        assert_eq!(decoded("a%2Fb%20c+d"), "a/b c d");
        assert_eq!(duration("10s"), Some(Duration::from_secs(10)));
        assert_eq!(duration("300ms"), Some(Duration::from_millis(300)));
        assert_eq!(duration("soon"), None);
    }
}
