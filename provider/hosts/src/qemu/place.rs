//! A machine that there is, or may be: known by its name and its folder alone. It is found again by what lies in there.
//!
//! Must never end a process that does not answer as this machine.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::monitor::Monitor;
use super::{START, trouble};
use crate::Fault;

/// What says what is known of a machine. It is there before anything else of it is, and goes last.
const RECORD: &str = "machine.json";

/// Where a machine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Its own folder; everything that belongs to it is in there.
    pub folder: PathBuf,
}

/// What is there of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing.
    Absent,
    /// Its disk; nothing runs.
    Stopped,
    /// It runs.
    Running {
        /// The emulator's process.
        pid: u32,
    },
}

impl Place {
    /// What is there of it now.
    pub async fn status(&self) -> Result<Status, Fault> {
        if !self.path("disk.qcow2").exists() {
            return Ok(Status::Absent);
        }
        let Some(pid) = self.pid() else { return Ok(Status::Stopped) };
        // A process of that number is only ours if it also answers where ours would, by its name.
        let answers = match Monitor::connect(&self.path("qmp")).await {
            Ok(mut monitor) => monitor.name().await.is_ok_and(|name| name == self.name),
            Err(_) => false,
        };
        Ok(if answers { Status::Running { pid } } else { Status::Stopped })
    }

    /// For how long it has been running, as far as is known.
    pub fn uptime(&self) -> Option<Duration> {
        fs::metadata(self.path("pid")).ok()?.modified().ok()?.elapsed().ok()
    }

    /// Ends it: asks its system to shut down, and after that time takes the power away. Its disk stays.
    pub async fn stop(&self, grace: Duration) -> Result<(), Fault> {
        let Status::Running { pid } = self.status().await? else { return Ok(()) };
        if let Ok(mut monitor) = Monitor::connect(&self.path("qmp")).await {
            if !grace.is_zero()
                && monitor.execute("system_powerdown").await.is_ok()
                && ended(pid, grace).await
            {
                return Ok(());
            }
            // It may be gone before it has answered.
            let _ = monitor.execute("quit").await;
        }
        if ended(pid, START).await { Ok(()) } else { Err(trouble::stubborn(self, pid)) }
    }

    /// Ends it and removes everything that was made for it. The image stays, and so does whatever else lies in its folder.
    pub async fn destroy(&self, grace: Duration) -> Result<(), Fault> {
        self.stop(grace).await?;
        let wrong = |error: io::Error| trouble::of_folder(self, &error);
        for name in ["disk.qcow2", "disk.new", "seed.iso", "pid", "qmp", "console.log"] {
            remove(&self.path(name)).map_err(wrong)?;
        }
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let is_disk = path.extension().is_some_and(|extension| extension == "qcow2");
            if is_disk && name.to_string_lossy().starts_with("volume-") {
                remove(&path).map_err(wrong)?;
            }
        }
        remove(&self.path(RECORD)).map_err(wrong)?;
        match fs::remove_dir(&self.folder) {
            Err(error)
                if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty) =>
            {
                Err(wrong(error))
            }
            _ => Ok(()),
        }
    }

    /// The last lines that it wrote to its console.
    pub fn last_words(&self) -> String {
        let console = fs::read(self.path("console.log")).unwrap_or_default();
        let text = String::from_utf8_lossy(&console);
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn record_file(&self) -> PathBuf {
        self.path(RECORD)
    }

    fn pid(&self) -> Option<u32> {
        fs::read_to_string(self.path("pid")).ok()?.trim().parse().ok()
    }
}

async fn ended(pid: u32, limit: Duration) -> bool {
    let deadline = Instant::now() + limit;
    let there = || i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw).is_some_and(runs);
    while there() {
        if Instant::now() > deadline {
            return false;
        }
        sleep(Duration::from_millis(50)).await;
    }
    true
}

fn runs(pid: rustix::process::Pid) -> bool {
    // A zombie has ended: its parent has not looked yet.
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    rustix::process::test_kill_process(pid).is_ok() && !stat.contains(") Z ")
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
