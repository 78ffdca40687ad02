//! One host of the fleet.

use std::fs;
use std::io::Read;
use std::net::TcpStream;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::run;
use crate::process::wait_until;

/// A running host. Ending its first process ends all of it, as that leads a process namespace of its own.
#[derive(Debug)]
pub(super) struct Host {
    number: u8,
    first: First,
    pub name: String,
    pub address: String,
    pub root: PathBuf,
    child: Option<Child>,
    folder: PathBuf,
    boot: u32,
}

/// What runs on a host first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    /// sshd, and nothing else ever.
    Sshd,
    /// systemd, as on a real machine.
    Systemd,
}

/// What a whole system needs to believe that this is a machine of its own. Its cgroup is one of its own, so that what it
/// makes there is nobody else's. Images are on a real disk: there is no overlay over an overlay.
const BOOT: &str = r#"
set -e
for HIERARCHY in /sys/fs/cgroup /sys/fs/cgroup/*; do
  [ -e "$HIERARCHY/cgroup.procs" ] && mkdir -p "$HIERARCHY/$CGROUP" || continue
  for SET in cpuset.cpus cpuset.mems; do
    [ ! -e "$HIERARCHY/$SET" ] || cat "$HIERARCHY/$SET" >"$HIERARCHY/$CGROUP/$SET"
  done
  echo $$ >"$HIERARCHY/$CGROUP/cgroup.procs" 2>/dev/null || :
done
ip link set lo up
until ip link set eth0 up 2>/dev/null; do sleep 0.02; done
ip addr add "$ADDRESS/24" dev eth0
ip route add default via 10.99.0.1
exec systemd-nspawn --quiet --directory="$ROOT" --boot --register=no --keep-unit --machine="$NAME" --console=pipe \
  --network-namespace-path=/proc/self/ns/net --capability=all --system-call-filter='add_key keyctl bpf' \
  --bind="$STORE/docker:/var/lib/docker" --bind="$STORE/containerd:/var/lib/containerd"
"#;

/// Lets what runs there make cgroups below its own, as on a real machine.
const LAB: &str = "[Unit]
Before=docker.service nomad.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'for HIERARCHY in /sys/fs/cgroup /sys/fs/cgroup/*; do mount -o remount,bind,rw $HIERARCHY || :; done'
";

/// How many boots there were in this program.
static BOOTS: AtomicU32 = AtomicU32::new(0);

/// What its first process does: it waits for the network, then becomes sshd.
const INIT: &str = r#"
set -e
mount -t tmpfs tmpfs "$ROOT/run"
mkdir "$ROOT/run/sshd"
mount --rbind /dev "$ROOT/dev"
hostname "$NAME"
ip link set lo up
until ip link set eth0 up 2>/dev/null; do sleep 0.02; done
ip addr add "$ADDRESS/24" dev eth0
ip route add default via 10.99.0.1
exec chroot "$ROOT" /usr/sbin/sshd -D -e
"#;

impl Host {
    pub(super) fn start(number: u8, first: First, lower: &Path, folder: &Path, public: &str) -> Self {
        let (name, address) = (format!("h{number}"), format!("10.99.0.{}", 10 + u16::from(number)));
        let folder = folder.join(&name);
        let root = folder.join("root");
        prepare(&folder, public, &name);
        let layers = format!(
            "lowerdir={},upperdir={},workdir={}",
            lower.display(),
            folder.join("upper").display(),
            folder.join("work").display()
        );
        run(Command::new("mount").args(["-t", "overlay", "overlay", "-o", &layers]).arg(&root));
        let mut host = Self { number, first, name, address, root, child: None, folder, boot: 0 };
        host.power();
        host
    }

    /// Lets it run, as it was when it was cut off.
    pub(super) fn power(&mut self) {
        self.boot = BOOTS.fetch_add(1, Ordering::Relaxed);
        let log = fs::File::options().create(true).append(true).open(self.folder.join("log"));
        let log = log.expect("a log can be made");
        let mut command = Command::new("unshare");
        match self.first {
            First::Sshd => command
                .args(["--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child"])
                .args(["--propagation", "private"])
                .arg(format!("--mount-proc={}", self.root.join("proc").display()))
                .args(["sh", "-c", INIT]),
            First::Systemd => command.args(["--net", "sh", "-c", BOOT]).process_group(0),
        };
        let child = command
            .envs([("NAME", &self.name), ("ADDRESS", &self.address), ("CGROUP", &self.cgroup())])
            .env("SYSTEMD_NSPAWN_API_VFS_WRITABLE", "network")
            .env("ROOT", &self.root)
            .env("STORE", self.folder.join("store"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log can be shared"))
            .stderr(log)
            .spawn()
            .expect("unshare can be started");
        self.plug(child.id());
        self.child = Some(child);
    }

    /// Gives it one end of a cable, the other of which is in the bridge.
    fn plug(&self, pid: u32) {
        let namespace = |pid: u32| fs::read_link(format!("/proc/{pid}/ns/net")).ok();
        let ours = namespace(std::process::id());
        let moved = || namespace(pid).is_some_and(|theirs| Some(theirs) != ours);
        assert!(wait_until(Duration::from_secs(20), moved), "{} has no network: {}", self.name, self.log());
        let (cable, pid) = (format!("v{}", self.number), pid.to_string());
        // That of a host before goes with its namespace, which may take a moment.
        let _ = Command::new("ip").args(["link", "del", &cable]).output();
        run(Command::new("ip")
            .args(["link", "add", &cable, "type", "veth", "peer", "name", "eth0", "netns", &pid]));
        run(Command::new("ip").args(["link", "set", &cable, "master", "br0", "up"]));
    }

    pub(super) fn answers(&self) -> bool {
        let Ok(address) = format!("{}:22", self.address).parse() else { return false };
        let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_secs(1)) else {
            return false;
        };
        let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
        let mut banner = [0; 4];
        stream.read_exact(&mut banner).is_ok() && banner == *b"SSH-"
    }

    /// Ends it at once. It ignores anything gentler while it waits for its child.
    pub(super) fn cut(&mut self) {
        let cgroups = Path::new("/sys/fs/cgroup");
        empty(&cgroups.join(self.cgroup()));
        for hierarchy in fs::read_dir(cgroups).into_iter().flatten().flatten() {
            empty(&hierarchy.path().join(self.cgroup()));
        }
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Another one for each boot: nothing of the one before can be in the way.
    fn cgroup(&self) -> String {
        format!("lostops-{}-{}-{}", std::process::id(), self.name, self.boot)
    }

    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

/// What is the host's own: its keys, who may come in, its name.
fn prepare(folder: &Path, public: &str, name: &str) {
    for part in [
        "root",
        "work",
        "upper/etc/ssh/sshd_config.d",
        "upper/root/.ssh",
        "upper/etc/systemd/system/multi-user.target.wants",
        "store/docker",
        "store/containerd",
    ] {
        fs::create_dir_all(folder.join(part)).expect("a folder can be made");
    }
    let upper = folder.join("upper");
    let write = |path: &str, text: &str| fs::write(upper.join(path), text).expect("a file can be written");
    run(Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(upper.join("etc/ssh/ssh_host_ed25519_key")));
    write("etc/ssh/sshd_config.d/lab.conf", "HostKey /etc/ssh/ssh_host_ed25519_key\nUseDNS no\n");
    write("root/.ssh/authorized_keys", public);
    write("etc/hostname", name);
    // Nobody tells it what it is, and its network is set up from outside.
    for unit in [
        "cloud-init",
        "cloud-init-local",
        "cloud-config",
        "cloud-final",
        "systemd-networkd",
        "systemd-networkd-wait-online",
    ] {
        let _ = symlink("/dev/null", upper.join(format!("etc/systemd/system/{unit}.service")));
    }
    write("etc/systemd/system/lab.service", LAB);
    let _ = symlink("../lab.service", upper.join("etc/systemd/system/multi-user.target.wants/lab.service"));
    for private in ["root", "root/.ssh"] {
        let mode = fs::Permissions::from_mode(0o700);
        fs::set_permissions(upper.join(private), mode).expect("a folder's mode can be set");
    }
}

/// Ends everything in a cgroup and below, and removes it.
fn empty(cgroup: &Path) {
    for entry in fs::read_dir(cgroup).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            empty(&entry.path());
        }
    }
    let alive = || fs::read_to_string(cgroup.join("cgroup.procs")).unwrap_or_default();
    wait_until(Duration::from_secs(5), || {
        let pids: Vec<i32> = alive().lines().filter_map(|line| line.parse().ok()).collect();
        for pid in pids.iter().filter_map(|pid| rustix::process::Pid::from_raw(*pid)) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
        pids.is_empty()
    });
    let _ = fs::remove_dir(cgroup);
}

impl Drop for Host {
    fn drop(&mut self) {
        self.cut();
        let _ = Command::new("umount").arg("-l").arg(&self.root).status();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
