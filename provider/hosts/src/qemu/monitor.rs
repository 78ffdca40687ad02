//! The emulator's own socket: JSON, a line each.

use std::io;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::time::timeout;

/// An emulator that answers does so at once.
const PATIENCE: Duration = Duration::from_secs(10);
/// Its answers to what we ask are short.
const LINE: u64 = 1024 * 1024;

/// A connection to it.
#[derive(Debug)]
pub(super) struct Monitor {
    stream: BufReader<UnixStream>,
}

impl Monitor {
    /// Connects and says hello.
    pub(super) async fn connect(socket: &Path) -> io::Result<Self> {
        let connecting = async {
            let stream = UnixStream::connect(socket).await?;
            let mut monitor = Self { stream: BufReader::new(stream) };
            monitor.line().await?;
            monitor.execute("qmp_capabilities").await?;
            Ok(monitor)
        };
        timeout(PATIENCE, connecting).await?
    }

    /// The machine's name.
    pub(super) async fn name(&mut self) -> io::Result<String> {
        let answer = self.execute("query-name").await?;
        Ok(answer["name"].as_str().unwrap_or_default().to_owned())
    }

    /// One command without arguments.
    pub(super) async fn execute(&mut self, command: &str) -> io::Result<Value> {
        let talk = async {
            let line = format!("{}\n", json!({ "execute": command }));
            self.stream.get_mut().write_all(line.as_bytes()).await?;
            loop {
                // Between a question and its answer there may be news, which nobody asked for.
                let mut answer = self.line().await?;
                if let Some(value) = answer.get_mut("return") {
                    return Ok(value.take());
                }
                if let Some(error) = answer.get("error") {
                    return Err(io::Error::other(error.to_string()));
                }
            }
        };
        timeout(PATIENCE, talk).await?
    }

    async fn line(&mut self) -> io::Result<Value> {
        let mut line = Vec::new();
        let length = (&mut self.stream).take(LINE).read_until(b'\n', &mut line).await?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        serde_json::from_slice(&line).map_err(io::Error::other)
    }
}
