//! A server that says, byte for byte, what a test wants, call after call, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One answer.
#[derive(Clone)]
pub(crate) enum Say {
    /// A status, more header lines and a body.
    Answer(u16, &'static str, String),
    /// A beginning without an end.
    Torn,
    /// Nothing: the connection is closed after the request was read.
    Close,
    /// Nothing for this long, then the answer.
    Slow(Duration, &'static str),
    /// Bytes without end.
    Flood,
}

pub(crate) fn ok(body: &str) -> Say {
    Say::Answer(200, "", body.to_owned())
}

pub(crate) fn status(status: u16, text: &str) -> Say {
    Say::Answer(status, "", text.to_owned())
}

/// A server on loopback that ends with the test.
pub(crate) struct Server {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Says these one after the other, and the last one for ever.
    pub(crate) async fn saying(script: impl IntoIterator<Item = Say>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Self::on(listener, script)
    }

    pub(crate) fn on(listener: TcpListener, script: impl IntoIterator<Item = Say>) -> Self {
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let script = Arc::new(Mutex::new(script.into_iter().collect::<VecDeque<_>>()));
        let noted = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&script), Arc::clone(&noted)));
            }
        });
        Self { address, asked, task }
    }

    /// What it was asked: the head and body of each request.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panicked").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Mutex<VecDeque<Say>>>, asked: Arc<Mutex<Vec<String>>>) {
    let Some(request) = read(&mut stream).await else { return };
    asked.lock().expect("nobody panicked").push(request);
    let say = {
        let mut script = script.lock().expect("nobody panicked");
        let last = script.len() == 1;
        if last { script.front().cloned() } else { script.pop_front() }
    };
    // A client that has had enough hangs up: that is no failure of the server.
    let _ = match say {
        None | Some(Say::Close) => Ok(()),
        Some(Say::Answer(status, headers, body)) => answer(&mut stream, status, headers, &body).await,
        Some(Say::Torn) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":").await
        }
        Some(Say::Slow(time, body)) => {
            tokio::time::sleep(time).await;
            answer(&mut stream, 200, "", body).await
        }
        Some(Say::Flood) => flood(&mut stream).await,
    };
}

/// A request up to the end of its body; nothing if somebody only knocked.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        text.extend_from_slice(&buffer[..read]);
        let shown = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = shown.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0_usize) {
                return Some(shown);
            }
        }
    }
}

async fn answer(stream: &mut TcpStream, status: u16, headers: &str, body: &str) -> std::io::Result<()> {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(text.as_bytes()).await
}

async fn flood(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await?;
    loop {
        stream.write_all(b"400\r\n").await?;
        stream.write_all(&[b'['; 0x400]).await?;
        stream.write_all(b"\r\n").await?;
    }
}
