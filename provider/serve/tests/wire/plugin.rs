//! One provider process, as Terraform would start it.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

const REATTACH: &str = "TF_REATTACH_PROVIDERS=";

/// Longer than anything takes here; who waits so long waits for ever.
const FOR_EVER: Duration = Duration::from_secs(20);

/// A running provider; killed when dropped.
pub struct Plugin {
    child: Child,
    line: String,
    rest: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
    /// Its temporary folder, which goes even if it had no time to clear it.
    _folder: TempDir,
}

/// What a provider left behind.
pub struct Remains {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

/// The example, which cargo builds beside the tests.
pub fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("examples/tiny");
    assert!(
        program.exists(),
        "{} is missing: build it with `cargo build --examples -p serve`",
        program.display()
    );
    program
}

/// The example with nothing in its environment that Terraform would set.
pub fn command() -> Command {
    let mut command = Command::new(program());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("TF_") || name.starts_with("PLUGIN_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Plugin {
    /// Starts the provider with the cookie and these variables, and waits for its handshake.
    pub fn start(variables: &[(&str, &str)]) -> Self {
        let mut command = command();
        command.env(COOKIE.0, COOKIE.1);
        Self::run(command, variables, "1|")
    }

    /// Starts it for debugging, and waits for the line that says how to reach it.
    pub fn debug() -> Self {
        let mut command = command();
        command.arg("-debug");
        Self::run(command, &[], REATTACH)
    }

    fn run(mut command: Command, variables: &[(&str, &str)], expected: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = command.env("TMPDIR", folder.path()).envs(variables.iter().copied()).spawn().unwrap();
        let (lines, rest) = tail(child.stdout.take().unwrap());
        let (_, stderr) = tail(child.stderr.take().unwrap());
        let mut plugin =
            Self { child, line: String::new(), rest: Some(rest), stderr: Some(stderr), _folder: folder };
        while !plugin.line.starts_with(expected) {
            let Ok(line) = lines.recv_timeout(FOR_EVER) else {
                panic!("no line: {}", plugin.finish().stderr);
            };
            plugin.line = line;
        }
        plugin
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The line that says how to reach it.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The fields of the handshake.
    pub fn fields(&self) -> Vec<&str> {
        self.line.split('|').collect()
    }

    /// Where its socket is.
    pub fn socket(&self) -> PathBuf {
        if let Some(variable) = self.line.strip_prefix(REATTACH) {
            let json: serde_json::Value = serde_json::from_str(variable.trim_matches('\'')).unwrap();
            let provider = json.as_object().unwrap().values().next().unwrap();
            return provider["Addr"]["String"].as_str().unwrap().into();
        }
        assert_eq!(self.fields()[2], "unix");
        self.fields()[3].into()
    }

    pub fn signal(&self, name: &str) {
        signal(name, self.id());
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until it ends by itself.
    pub fn finish(mut self) -> Remains {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < FOR_EVER, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        };
        let text = |thread: &mut Option<JoinHandle<String>>| thread.take().unwrap().join().unwrap();
        Remains { status, stdout: text(&mut self.rest), stderr: text(&mut self.stderr) }
    }

    /// Ends it politely.
    pub fn end(self) -> Remains {
        self.signal("TERM");
        self.finish()
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal by its name.
pub fn signal(name: &str, id: u32) {
    let status = Command::new("sh").args(["-c", &format!("kill -{name} {id}")]).status().unwrap();
    assert!(status.success());
}

/// Reads everything, so that nobody blocks; hands out each line as soon as it is there.
fn tail(from: impl Read + Send + 'static) -> (Receiver<String>, JoinHandle<String>) {
    let (sender, receiver) = channel();
    let thread = std::thread::spawn(move || {
        let mut text = String::new();
        for line in BufReader::new(from).lines() {
            let line = line.unwrap();
            text += &line;
            text.push('\n');
            let _ = sender.send(line);
        }
        text
    });
    (receiver, thread)
}
