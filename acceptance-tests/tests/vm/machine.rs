//! The machine, and the image that it starts from, which `acceptance-tests/vm/image.sh` makes.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use acceptance_tests::{find, wait_until};
use hosts::qemu::{Forward, Kernel, Machine, Place, Qemu};

/// A disk with its kernel and first root.
#[derive(Clone)]
pub struct Image(PathBuf);

impl Image {
    /// That of `LOSTOPS_VM_IMAGE`; what is missing otherwise.
    pub fn find() -> Result<Self, String> {
        for program in ["qemu-system-x86_64", "qemu-img", "ssh", "ssh-keygen", "python3"] {
            find(program).ok_or(program)?;
        }
        let folder = std::env::var_os("LOSTOPS_VM_IMAGE").map(PathBuf::from);
        let folder = folder.filter(|folder| folder.join("disk").is_file());
        folder
            .map(Self)
            .ok_or_else(|| "LOSTOPS_VM_IMAGE (a folder that acceptance-tests/vm/image.sh made)".into())
    }

    pub fn disk(&self) -> PathBuf {
        self.0.join("disk")
    }

    pub fn kernel(&self) -> PathBuf {
        self.0.join("kernel")
    }

    pub fn initrd(&self) -> PathBuf {
        self.0.join("initrd")
    }
}

/// A running machine, gone when this is dropped.
pub struct Vm {
    machine: Machine,
    ssh: u16,
    /// The port here that leads to Nomad's API.
    pub api: u16,
}

impl Vm {
    /// Starts one.
    pub fn boot(folder: &Path, image: &Image, seed: Vec<u8>) -> Self {
        let [ssh, api] =
            [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free"));
        let [ssh, api] = [ssh, api].map(|held| held.local_addr().expect("it has an address").port());
        let forward = |port, guest_port| Forward { address: Ipv4Addr::LOCALHOST, port, guest_port };
        let machine = Machine {
            place: Place { name: "one".into(), folder: folder.join("one") },
            image: image.disk(),
            image_format: None,
            disk_gib: None,
            volumes: Vec::new(),
            seed: Some(seed),
            cpus: 2,
            memory_mib: 1024,
            forwards: vec![forward(ssh, 22), forward(api, 4646)],
            cable: None,
            kernel: Some(Kernel {
                kernel: image.kernel(),
                initrd: Some(image.initrd()),
                append: "root=LABEL=root rw console=ttyS0".into(),
            }),
        };
        // Where the tests themselves run in a virtual machine, its own virtualisation may be the slower way.
        let hardware = std::env::var_os("LOSTOPS_VM_SOFTWARE").is_none();
        let qemu = Qemu { hardware, ..Qemu::default() };
        block_on(qemu.start(&machine)).expect("the machine starts");
        Self { machine, ssh, api }
    }

    /// What it has written so far.
    pub fn console(&self) -> String {
        let bytes = fs::read(self.machine.place.folder.join("console.log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What a command there prints.
    pub fn ssh(&self, key: &Path, words: &str) -> String {
        let said = ssh(self.ssh, key, words);
        assert!(said.is_ok(), "nobody answers: {said:?}\n{}", self.console());
        said.unwrap_or_default()
    }
}

/// What a command prints where that port leads; if nobody lets us in, what is said of that.
pub fn ssh(port: u16, key: &Path, words: &str) -> Result<String, String> {
    let mut command = Command::new("ssh");
    command.args(["-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"]);
    command.args([
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "LogLevel=ERROR",
        "-o",
        "ConnectTimeout=20",
        "-i",
    ]);
    command.arg(key).args(["-p", &port.to_string(), "ops@127.0.0.1", words]);
    let mut said = String::new();
    let answered = wait_until(Duration::from_mins(2), || {
        let output = command.output().expect("ssh can be started");
        said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        output.status.code() != Some(255)
    });
    if answered { Ok(said) } else { Err(said) }
}

impl Drop for Vm {
    fn drop(&mut self) {
        let _ = block_on(self.machine.place.destroy(Duration::ZERO));
    }
}

/// The result of that work.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("a runtime can be made").block_on(work)
}
