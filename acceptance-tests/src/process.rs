//! Processes: started in a group of their own, watched with a deadline, and looked for when they should be gone.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

pub use rustix::process::Signal;
use rustix::process::{Pid, kill_process, kill_process_group};

use crate::outcome::Outcome;

/// How long a command may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_mins(2);

/// A command that is running.
#[derive(Debug)]
pub struct Running {
    child: Child,
    what: String,
    stdout: Stream,
    stderr: Stream,
}

/// What a process has printed so far, and the thread that reads it.
#[derive(Debug)]
struct Stream(Arc<Mutex<Vec<u8>>>, JoinHandle<()>);

impl Running {
    /// Starts a command as the leader of a new process group, which is what a terminal's Ctrl-C reaches.
    pub fn start(command: &mut Command) -> Self {
        let what = words(command);
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start {what}: {error}"));
        let stdout = Stream::drain(child.stdout.take().expect("stdout is piped"));
        let stderr = Stream::drain(child.stderr.take().expect("stderr is piped"));
        Self { child, what, stdout, stderr }
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has printed this, and returns everything it has printed to standard output.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        let printed = || self.stdout.so_far() + &self.stderr.so_far();
        assert!(wait_until(PATIENCE, || printed().contains(text)), "{} never printed {text:?}", self.what);
        self.stdout.so_far()
    }

    /// Signals the process and everything that it started.
    pub fn signal_group(&self, signal: Signal) {
        kill_process_group(pid(self.child.id()), signal).expect("the group can be signalled");
    }

    /// Signals the process alone.
    pub fn signal(&self, signal: Signal) {
        kill_process(pid(self.child.id()), signal).expect("the process can be signalled");
    }

    /// Waits for the end.
    pub fn finish(self) -> Outcome {
        self.finish_within(PATIENCE)
    }

    /// Waits for the end of what may take longer.
    pub fn finish_within(mut self, patience: Duration) -> Outcome {
        let deadline = Instant::now() + patience;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                break status;
            }
            if Instant::now() > deadline {
                self.signal_group(Signal::KILL);
                let _ = self.child.wait();
                panic!("{} did not end within {patience:?}", self.what);
            }
            thread::sleep(Duration::from_millis(2));
        };
        let (stdout, stderr) = (self.stdout.into_text(), self.stderr.into_text());
        Outcome { what: self.what, code: status.code(), stdout, stderr }
    }
}

fn words(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy();
    let arguments = command.get_args().map(|argument| format!(" {}", argument.to_string_lossy()));
    arguments.fold(program.into_owned(), |line, argument| line + &argument)
}

pub(crate) fn pid(id: u32) -> Pid {
    i32::try_from(id).ok().and_then(Pid::from_raw).expect("a child has a process id")
}

impl Stream {
    fn drain(mut stream: impl Read + Send + 'static) -> Self {
        let printed = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&printed);
        let thread = thread::spawn(move || {
            let mut piece = [0; 8192];
            // What was read before an error is all there is to show.
            while let Ok(length @ 1..) = stream.read(&mut piece) {
                shared.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&piece[..length]);
            }
        });
        Self(printed, thread)
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    fn into_text(self) -> String {
        let Self(printed, thread) = self;
        thread.join().expect("reading does not panic");
        String::from_utf8_lossy(&printed.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

/// Waits until something is so. Whether it became so is the answer.
pub fn wait_until(limit: Duration, mut so: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + limit;
    while !so() {
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}

/// Ends every process that has this folder in its command line or its environment: what an agent left running that ended
/// in haste. The folder is a test's own, so that nobody else's process names it.
pub fn end_all_of(folder: &Path) {
    let name = folder.display().to_string();
    let own = std::process::id();
    let numbers = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    for number in numbers.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()) {
        let says = |file: &str| {
            let bytes = std::fs::read(format!("/proc/{number}/{file}")).unwrap_or_default();
            String::from_utf8_lossy(&bytes).contains(&name)
        };
        if number != own && (says("cmdline") || says("environ")) {
            let _ = kill_process(pid(number), Signal::KILL);
        }
    }
}

/// The processes that run the program at this path.
pub fn running(program: &Path) -> Vec<String> {
    let output = Command::new("ps").args(["-A", "-o", "pid=,args="]).output().expect("ps can be run");
    let list = String::from_utf8_lossy(&output.stdout).into_owned();
    let path = program.display().to_string();
    let of_program =
        |line: &&str| line.trim_start().split_once(' ').is_some_and(|(_, args)| args.starts_with(&path));
    list.lines().filter(of_program).map(str::to_owned).collect()
}
