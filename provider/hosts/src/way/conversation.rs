//! The talk with a shell at the other end of three pipes, from its first word to its last.
//!
//! Must never judge: what came to pass goes back as a [`Transcript`].

use std::collections::VecDeque;
use std::pin::pin;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncSeekExt, AsyncWriteExt, BufReader};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::process::{Group, Pipes};
use super::{Event, Listener, Task};
use crate::secrets::Secret;

/// What sudo asks with: nothing else prints it.
pub(crate) const PROMPT: &str = "[lostops: password]";
const MARK: &str = "@lostops ";
/// The last lines of noise that are kept to explain a failure.
const NOISE: usize = 40;
/// The longest line; what is longer is cut.
const LINE: usize = 8 * 1024;
/// How long the shell may take to go after it said how it ended.
const FAREWELL: Duration = Duration::from_secs(3);

/// What the two sides agreed on.
pub(crate) struct Terms<'a> {
    pub task: &'a Task,
    pub bundle: Zeroizing<Vec<u8>>,
    pub password: Option<&'a Secret>,
    pub listener: Listener<'a>,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The script's surroundings ended in order, with this code.
    Code(i32),
    /// The process ended without a last word.
    Cut(Option<i32>),
    /// Sudo asked for a password that there is not.
    NoPassword,
    /// Sudo asked again.
    WrongPassword,
    /// A large file could not be read here.
    Unreadable(String),
}

/// Everything that came to pass.
#[derive(Clone, Debug)]
pub(crate) struct Transcript {
    pub ending: Ending,
    /// Whether the script's surroundings were reached.
    pub ready: bool,
    pub said: Vec<String>,
    pub noise: Vec<String>,
}

enum Order {
    Bytes(Zeroizing<Vec<u8>>),
    File(tokio::fs::File, u64),
}

/// Talks until the end. Dropping this ends the process.
pub(crate) async fn converse(mut group: Group, pipes: Pipes, terms: Terms<'_>) -> Transcript {
    let (orders, ordered) = unbounded_channel();
    let Pipes { stdin, stdout, stderr } = pipes;
    let mut talk = Talk::new(&terms, orders);
    // The writer is dropped with the last word: nobody may be left who reads what it still has.
    let ending = {
        let mut writing = pin!(write(stdin, ordered));
        let mut listening = pin!(talk.listen(stdout, stderr));
        let mut written = false;
        loop {
            tokio::select! {
                ending = &mut listening => break ending,
                () = &mut writing, if !written => written = true,
            }
        }
    };
    let ending = match ending {
        Some(Ending::Code(code)) => {
            let _ = timeout(FAREWELL, group.ended()).await;
            Ending::Code(code)
        }
        Some(ending) => ending,
        None => Ending::Cut(timeout(FAREWELL, group.ended()).await.ok().flatten()),
    };
    Transcript { ending, ready: talk.ready, said: talk.said, noise: talk.noise.into() }
}

/// Writes what was ordered, in order. A pipe that breaks is noticed by who listens.
async fn write(mut stdin: impl tokio::io::AsyncWrite + Unpin, mut orders: UnboundedReceiver<Order>) {
    while let Some(order) = orders.recv().await {
        let written = match order {
            Order::Bytes(bytes) => stdin.write_all(&bytes).await,
            Order::File(file, length) => {
                let mut reader = BufReader::with_capacity(128 * 1024, file.take(length));
                tokio::io::copy_buf(&mut reader, &mut stdin).await.map(|_| ())
            }
        };
        if written.is_err() || stdin.flush().await.is_err() {
            return;
        }
    }
}

struct Talk<'a> {
    terms: &'a Terms<'a>,
    orders: UnboundedSender<Order>,
    ready: bool,
    asked: bool,
    said: Vec<String>,
    said_bytes: usize,
    noise: VecDeque<String>,
}

impl<'a> Talk<'a> {
    fn new(terms: &'a Terms<'a>, orders: UnboundedSender<Order>) -> Self {
        let (said, noise) = (Vec::new(), VecDeque::new());
        Self { terms, orders, ready: false, asked: false, said, said_bytes: 0, noise }
    }

    /// Listens to both pipes until they are closed, or until there is no point in listening on.
    async fn listen(
        &mut self,
        stdout: impl AsyncRead + Unpin,
        stderr: impl AsyncRead + Unpin,
    ) -> Option<Ending> {
        let (mut stdout, mut stderr) = (Lines::new(stdout), Lines::new(stderr));
        let (mut out, mut err) = (true, true);
        while out || err {
            let ending = tokio::select! {
                line = stdout.next(), if out => {
                    let Some(line) = line else { out = false; continue };
                    self.hear(line).await
                }
                line = stderr.next_or_prompt(), if err => match line {
                    Some(line) if line == PROMPT => self.answer(),
                    Some(line) => { self.noise(line); None }
                    None => { err = false; None }
                },
            };
            if ending.is_some() {
                // What was printed before the last word may still be in the other pipe.
                let rest = async {
                    while let Some(line) = stderr.next().await {
                        self.noise(line);
                    }
                };
                let _ = timeout(Duration::from_millis(if err { 50 } else { 0 }), rest).await;
                return ending;
            }
        }
        None
    }

    async fn hear(&mut self, line: String) -> Option<Ending> {
        let Some(words) = line.strip_prefix(MARK) else {
            if self.ready {
                self.say(line);
            } else {
                self.noise(line);
            }
            return None;
        };
        match words.split(' ').collect::<Vec<_>>()[..] {
            ["ready"] if !self.ready => self.start(),
            ["busy"] => (self.terms.listener)(Event::Waiting),
            ["blob", sha256, from] => return self.send(sha256, from.parse().ok()?).await.err(),
            ["end", code] => return Some(Ending::Code(code.parse().ok()?)),
            _ => self.say(line),
        }
        None
    }

    fn start(&mut self) {
        self.ready = true;
        (self.terms.listener)(Event::Ready);
        self.order(Order::Bytes(self.terms.bundle.clone()));
    }

    fn answer(&mut self) -> Option<Ending> {
        if self.asked {
            return Some(Ending::WrongPassword);
        }
        self.asked = true;
        let Some(password) = self.terms.password else { return Some(Ending::NoPassword) };
        let mut line = Zeroizing::new(Vec::with_capacity(password.expose().len() + 1));
        line.extend_from_slice(password.expose().as_bytes());
        line.push(b'\n');
        self.order(Order::Bytes(line));
        None
    }

    async fn send(&mut self, sha256: &str, from: u64) -> Result<(), Ending> {
        let refuse = |why: String| Err(Ending::Unreadable(why));
        let Some(blob) = self.terms.task.blob(sha256) else {
            return refuse(format!("the host asks for a file with checksum {sha256}, which nobody offers"));
        };
        let opened = async {
            let mut file = tokio::fs::File::open(blob.path()).await?;
            file.seek(std::io::SeekFrom::Start(from)).await?;
            Ok::<_, std::io::Error>((file.metadata().await?.len(), file))
        };
        match opened.await {
            Err(error) => refuse(format!("cannot read {}: {error}", blob.path().display())),
            Ok((length, _)) if length != blob.size() => {
                refuse(format!("{} has changed while it was being sent", blob.path().display()))
            }
            Ok((_, file)) => {
                let size = blob.size();
                (self.terms.listener)(Event::Sending { sha256: sha256.into(), from, size });
                self.order(Order::File(file, size.saturating_sub(from)));
                Ok(())
            }
        }
    }

    fn order(&self, order: Order) {
        // Nobody takes orders any more once the pipe is broken, which who listens will notice.
        let _ = self.orders.send(order);
    }

    fn say(&mut self, line: String) {
        let line = self.without_secrets(line);
        self.said_bytes += line.len() + 1;
        if self.said_bytes <= self.terms.task.room {
            self.said.push(line.clone());
        }
        (self.terms.listener)(Event::Said(line));
    }

    fn noise(&mut self, line: String) {
        if line.starts_with("Warning: Permanently added ") || line.trim().is_empty() {
            return;
        }
        let line = self.without_secrets(line);
        if self.noise.len() == NOISE {
            self.noise.pop_front();
        }
        self.noise.push_back(line.clone());
        (self.terms.listener)(Event::Noise(line));
    }

    fn without_secrets(&self, line: String) -> String {
        match self.terms.password.map(Secret::expose) {
            Some(password) if !password.is_empty() && line.contains(password) => {
                line.replace(password, "(hidden)")
            }
            _ => line,
        }
    }
}

/// Lines of a stream that need not be text, each of bounded length.
struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    fn new(reader: R) -> Self {
        Self { reader: BufReader::new(reader), line: Vec::new() }
    }

    /// The next line. Nothing is lost if this is dropped while it waits.
    async fn next(&mut self) -> Option<String> {
        self.until(false).await
    }

    /// The next line, or sudo's prompt, which ends with no line feed.
    async fn next_or_prompt(&mut self) -> Option<String> {
        self.until(true).await
    }

    async fn until(&mut self, prompt: bool) -> Option<String> {
        loop {
            if prompt && self.line.ends_with(PROMPT.as_bytes()) {
                self.line.clear();
                return Some(PROMPT.to_owned());
            }
            let Ok(piece) = self.reader.fill_buf().await else { return self.last() };
            if piece.is_empty() {
                return self.last();
            }
            let end = piece.iter().position(|&byte| byte == b'\n');
            let part = &piece[..end.unwrap_or(piece.len())];
            let room = LINE.saturating_sub(self.line.len());
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            let used = end.map_or(piece.len(), |end| end + 1);
            self.reader.consume(used);
            if end.is_some() {
                return Some(self.take());
            }
        }
    }

    fn last(&mut self) -> Option<String> {
        (!self.line.is_empty()).then(|| self.take())
    }

    fn take(&mut self) -> String {
        let line = String::from_utf8_lossy(&self.line).trim_end_matches('\r').to_owned();
        self.line.clear();
        line
    }
}
