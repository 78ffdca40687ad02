//! Virtual machines on this machine: an overlay over a given image, a seed, forwarded ports; detached, and found again by
//! what lies in the machine's own folder.
//!
//! Must never touch the image.

mod command;
mod image;
mod monitor;
mod place;
mod record;
mod trouble;

use std::fs::DirBuilder;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::{Instant, sleep, timeout};

use crate::Fault;
use crate::seed;
use place::remove;

pub use place::{Place, Status};
pub use record::{Record, Shape};

/// How long a program of QEMU's may take to come up.
const START: Duration = Duration::from_mins(1);

/// The longest path of a socket that there can be, in bytes.
pub const SOCKET_PATH: usize = 107;

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
    /// Its name, and its own folder.
    pub place: Place,
    /// The image that its disk starts from, which stays as it is.
    pub image: PathBuf,
    /// The image's format: `qcow2` or `raw`. Unset: what the image says of itself.
    pub image_format: Option<String>,
    /// How large its disk is; as large as the image if nothing is said.
    pub disk_gib: Option<u32>,
    /// Further disks that are made empty, by name, in GiB.
    pub volumes: Vec<(String, u32)>,
    /// What cloud-init finds: a NoCloud image. Unset: the one that is in its folder already.
    pub seed: Option<Vec<u8>>,
    /// How many processors.
    pub cpus: u16,
    /// How much memory.
    pub memory_mib: u32,
    /// Ports of this machine that lead to ports of it.
    pub forwards: Vec<Forward>,
    /// The cable to other machines.
    pub cable: Option<Cable>,
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

/// A network of machines among themselves: a multicast group on the loopback of this machine, for which nobody needs to be
/// root. Who runs programs here can listen on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cable {
    /// The group.
    pub group: Ipv4Addr,
    /// Its port.
    pub port: u16,
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

impl Place {
    /// The hardware addresses of its network cards: the way out, and the cable.
    pub fn cards(&self) -> [String; 2] {
        [command::mac(&self.name), command::mac(&format!("{}/cable", self.name))]
    }
}

impl Qemu {
    /// Makes it and starts it, unless it runs already. It goes on when we end.
    pub async fn start(&self, machine: &Machine) -> Result<u32, Fault> {
        let place = &machine.place;
        if let Status::Running { pid } = place.status().await? {
            return Ok(pid);
        }
        check(machine)?;
        let wrong = |error: io::Error| trouble::of_folder(place, &error);
        DirBuilder::new().recursive(true).mode(0o700).create(&place.folder).map_err(wrong)?;
        if let Some(seed) = &machine.seed {
            seed::write(&place.path("seed.iso"), seed)
                .map_err(|error| wrong(io::Error::other(error.to_string())))?;
        }
        self.disks(machine).await?;
        self.launch(machine).await?;
        let deadline = Instant::now() + START;
        loop {
            if let Status::Running { pid } = place.status().await? {
                return Ok(pid);
            }
            if Instant::now() > deadline {
                return Err(trouble::silent(place));
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Starts it with the best processor that it comes up with.
    async fn launch(&self, machine: &Machine) -> Result<(), Fault> {
        let place = &machine.place;
        let mut processors = command::processors(self.hardware).into_iter().peekable();
        while let Some(processor) = processors.next() {
            for left in ["pid", "qmp"] {
                remove(&place.path(left)).map_err(|error| trouble::of_folder(place, &error))?;
            }
            let mut command = Command::new(&self.program);
            command.args(command::arguments(machine, processor));
            match self.run(place, "cannot start", command).await {
                Err(fault) if processors.peek().is_some() && trouble::of_processor(&fault) => {}
                other => return other.map(|_| ()),
            }
        }
        Ok(())
    }

    async fn disks(&self, machine: &Machine) -> Result<(), Fault> {
        let place = &machine.place;
        for (name, size) in &machine.volumes {
            let volume = place.path(&format!("volume-{name}.qcow2"));
            if volume.exists() {
                self.grow(place, &volume, *size).await?;
            } else {
                let mut command = Command::new(&self.image_program);
                command.args(["create", "-q", "-f", "qcow2"]).arg(place.path("disk.new"));
                command.arg(format!("{size}G"));
                self.made(place, command, &volume).await?;
            }
        }
        // Last, as what has a disk counts as made.
        let system = place.path("disk.qcow2");
        if system.exists() {
            return match machine.disk_gib {
                Some(size) => self.grow(place, &system, size).await,
                None => Ok(()),
            };
        }
        let (image, format) = image::of(machine)?;
        let mut command = Command::new(&self.image_program);
        command.args(["create", "-q", "-f", "qcow2", "-F", &format, "-b"]).arg(image);
        // What is begun must not be taken for what is whole.
        command.arg(place.path("disk.new")).args(machine.disk_gib.map(|size| format!("{size}G")));
        self.made(place, command, &system).await
    }

    /// Makes a disk larger that is smaller than that. None becomes smaller.
    async fn grow(&self, place: &Place, disk: &Path, size: u32) -> Result<(), Fault> {
        if !image::is_smaller(disk, size).map_err(|error| trouble::of_folder(place, &error))? {
            return Ok(());
        }
        let mut command = Command::new(&self.image_program);
        command.args(["resize", "-q", "-f", "qcow2"]).arg(disk).arg(format!("{size}G"));
        self.run(place, "cannot grow the disk of", command).await.map(drop)
    }

    async fn made(&self, place: &Place, command: Command, path: &Path) -> Result<(), Fault> {
        self.run(place, "cannot make the disk of", command).await?;
        std::fs::rename(place.path("disk.new"), path).map_err(|error| trouble::of_folder(place, &error))
    }

    async fn run(&self, place: &Place, what: &str, mut command: Command) -> Result<Output, Fault> {
        command.stdin(std::process::Stdio::null()).kill_on_drop(true);
        let program = command.as_std().get_program().to_string_lossy().into_owned();
        let output = match timeout(START, command.output()).await {
            Ok(Ok(output)) => output,
            Ok(Err(error)) => return Err(trouble::no_program(place, &program, &error)),
            Err(_) => return Err(trouble::silent(place)),
        };
        if output.status.success() {
            return Ok(output);
        }
        Err(trouble::refused(place, what, &String::from_utf8_lossy(&output.stderr)))
    }
}

fn check(machine: &Machine) -> Result<(), Fault> {
    let place = &machine.place;
    // The address of a socket is at most 108 bytes long, its end included.
    let length = place.path("qmp").as_os_str().len();
    if length > SOCKET_PATH {
        return Err(trouble::too_long(place, length));
    }
    let plain =
        |name: &String| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if let Some(name) =
        machine.volumes.iter().map(|(name, _)| name).chain([&place.name]).find(|name| !plain(name))
    {
        return Err(trouble::bad_name(place, name));
    }
    // QEMU would say so, but not which of them it is.
    let taken = |forward: &&Forward| {
        TcpListener::bind((forward.address, forward.port))
            .is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
    };
    machine.forwards.iter().find(taken).map_or(Ok(()), |forward| Err(trouble::taken(place, *forward)))
}
