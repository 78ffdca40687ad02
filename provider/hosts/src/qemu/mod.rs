//! Virtual machines on this machine: an overlay over a given image, a seed, forwarded ports; detached, and found again by
//! what lies in the machine's own folder.
//!
//! Must never touch the image, and never end a process that does not answer as this machine.

mod command;
mod monitor;
mod trouble;

use std::fs::{self, DirBuilder};
use std::io;
use std::net::Ipv4Addr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::{Instant, sleep, timeout};

use crate::Fault;
use crate::seed;
use monitor::Monitor;

/// How long a program of QEMU's may take to come up.
const START: Duration = Duration::from_mins(1);

/// The programs.
#[derive(Clone, Debug)]
pub struct Qemu {
    /// The emulator.
    pub program: PathBuf,
    /// The maker of disks.
    pub image_program: PathBuf,
    /// Whether the kernel's virtualisation is used where there is any. Inside some virtual machines it is there, and
    /// slower than doing without.
    pub hardware: bool,
}

impl Default for Qemu {
    fn default() -> Self {
        Self { program: "qemu-system-x86_64".into(), image_program: "qemu-img".into(), hardware: true }
    }
}

/// What a virtual machine is.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Its name.
    pub name: String,
    /// Its own folder; everything that belongs to it is in there.
    pub folder: PathBuf,
    /// The image that its disk starts from, which stays as it is.
    pub image: PathBuf,
    /// The image's format: `qcow2` or `raw`.
    pub image_format: String,
    /// How large its disk is; as large as the image if nothing is said.
    pub disk_gib: Option<u32>,
    /// Further disks that are made empty, by name, in GiB.
    pub volumes: Vec<(String, u32)>,
    /// What cloud-init finds: a NoCloud image.
    pub seed: Vec<u8>,
    /// How many processors.
    pub cpus: u16,
    /// How much memory.
    pub memory_mib: u32,
    /// Ports of this machine that lead to ports of it.
    pub forwards: Vec<Forward>,
    /// A kernel to start instead of the image's own.
    pub kernel: Option<Kernel>,
}

/// A TCP port that leads into a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forward {
    /// Where it is here.
    pub address: Ipv4Addr,
    /// Which port it is here.
    pub port: u16,
    /// Which port it is there.
    pub guest_port: u16,
}

/// A kernel of one's own.
#[derive(Clone, Debug)]
pub struct Kernel {
    /// The kernel.
    pub kernel: PathBuf,
    /// Its first root.
    pub initrd: Option<PathBuf>,
    /// Its command line.
    pub append: String,
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

impl Machine {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Qemu {
    /// Makes it and starts it, unless it runs already. It goes on when we end.
    pub async fn start(&self, machine: &Machine) -> Result<u32, Fault> {
        if let Status::Running { pid } = status(machine).await? {
            return Ok(pid);
        }
        check(machine)?;
        let wrong = |error: io::Error| trouble::of_folder(machine, &error);
        DirBuilder::new().recursive(true).mode(0o700).create(&machine.folder).map_err(wrong)?;
        self.disks(machine).await?;
        seed::write(&machine.path("seed.iso"), &machine.seed)
            .map_err(|error| trouble::of_folder(machine, &io::Error::other(error.to_string())))?;
        self.launch(machine).await?;
        let deadline = Instant::now() + START;
        loop {
            if let Status::Running { pid } = status(machine).await? {
                return Ok(pid);
            }
            if Instant::now() > deadline {
                return Err(trouble::silent(machine));
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Starts it with the best processor that it comes up with.
    async fn launch(&self, machine: &Machine) -> Result<(), Fault> {
        let mut processors = command::processors(self.hardware).into_iter().peekable();
        while let Some(processor) = processors.next() {
            for left in ["pid", "qmp"] {
                remove(&machine.path(left)).map_err(|error| trouble::of_folder(machine, &error))?;
            }
            let mut command = Command::new(&self.program);
            command.args(command::arguments(machine, processor));
            match self.run(machine, "cannot start", command).await {
                Err(fault) if processors.peek().is_some() && trouble::of_processor(&fault) => {}
                other => return other.map(|_| ()),
            }
        }
        Ok(())
    }

    async fn disks(&self, machine: &Machine) -> Result<(), Fault> {
        let system = machine.path("disk.qcow2");
        if !system.exists() {
            let image =
                fs::canonicalize(&machine.image).map_err(|error| trouble::of_image(machine, &error))?;
            let mut command = Command::new(&self.image_program);
            command.args(["create", "-q", "-f", "qcow2", "-F", &machine.image_format, "-b"]).arg(image);
            // What is begun must not be taken for what is whole.
            command.arg(machine.path("disk.new")).args(machine.disk_gib.map(|size| format!("{size}G")));
            self.made(machine, command, &system).await?;
        }
        for (name, size) in &machine.volumes {
            let volume = machine.path(&format!("volume-{name}.qcow2"));
            if !volume.exists() {
                let mut command = Command::new(&self.image_program);
                command
                    .args(["create", "-q", "-f", "qcow2"])
                    .arg(machine.path("disk.new"))
                    .arg(format!("{size}G"));
                self.made(machine, command, &volume).await?;
            }
        }
        Ok(())
    }

    async fn made(&self, machine: &Machine, command: Command, path: &Path) -> Result<(), Fault> {
        self.run(machine, "cannot make the disk of", command).await?;
        fs::rename(machine.path("disk.new"), path).map_err(|error| trouble::of_folder(machine, &error))
    }

    async fn run(&self, machine: &Machine, what: &str, mut command: Command) -> Result<Output, Fault> {
        command.stdin(std::process::Stdio::null()).kill_on_drop(true);
        let program = command.as_std().get_program().to_string_lossy().into_owned();
        let output = match timeout(START, command.output()).await {
            Ok(Ok(output)) => output,
            Ok(Err(error)) => return Err(trouble::no_program(machine, &program, &error)),
            Err(_) => return Err(trouble::silent(machine)),
        };
        if output.status.success() {
            return Ok(output);
        }
        Err(trouble::refused(machine, what, &String::from_utf8_lossy(&output.stderr)))
    }
}

/// What is there of it now.
pub async fn status(machine: &Machine) -> Result<Status, Fault> {
    if !machine.path("disk.qcow2").exists() {
        return Ok(Status::Absent);
    }
    let Some(pid) = pid(machine) else { return Ok(Status::Stopped) };
    // A process of that number is only ours if it also answers where ours would, by its name.
    let answers = match Monitor::connect(&machine.path("qmp")).await {
        Ok(mut monitor) => monitor.name().await.is_ok_and(|name| name == machine.name),
        Err(_) => false,
    };
    Ok(if answers { Status::Running { pid } } else { Status::Stopped })
}

/// Ends it: asks its system to shut down, and after that time takes the power away. Its disk stays.
pub async fn stop(machine: &Machine, grace: Duration) -> Result<(), Fault> {
    let Status::Running { pid } = status(machine).await? else { return Ok(()) };
    if let Ok(mut monitor) = Monitor::connect(&machine.path("qmp")).await {
        if !grace.is_zero() && monitor.execute("system_powerdown").await.is_ok() && ended(pid, grace).await {
            return Ok(());
        }
        // It may be gone before it has answered.
        let _ = monitor.execute("quit").await;
    }
    if ended(pid, START).await { Ok(()) } else { Err(trouble::stubborn(machine, pid)) }
}

/// Ends it and removes everything that was made for it. The image stays, and so does whatever else lies in its folder.
pub async fn destroy(machine: &Machine, grace: Duration) -> Result<(), Fault> {
    stop(machine, grace).await?;
    let wrong = |error: io::Error| trouble::of_folder(machine, &error);
    for name in ["disk.qcow2", "disk.new", "seed.iso", "pid", "qmp", "console.log"] {
        remove(&machine.path(name)).map_err(wrong)?;
    }
    for (name, _) in &machine.volumes {
        remove(&machine.path(&format!("volume-{name}.qcow2"))).map_err(wrong)?;
    }
    match fs::remove_dir(&machine.folder) {
        Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty) => {
            Err(wrong(error))
        }
        _ => Ok(()),
    }
}

fn check(machine: &Machine) -> Result<(), Fault> {
    // The address of a socket is at most 108 bytes long, its end included.
    let length = machine.path("qmp").as_os_str().len();
    if length > 107 {
        return Err(trouble::too_long(machine, length));
    }
    let plain =
        |name: &String| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    match machine.volumes.iter().map(|(name, _)| name).chain([&machine.name]).find(|name| !plain(name)) {
        Some(name) => Err(trouble::bad_name(machine, name)),
        None => Ok(()),
    }
}

fn pid(machine: &Machine) -> Option<u32> {
    fs::read_to_string(machine.path("pid")).ok()?.trim().parse().ok()
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

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
