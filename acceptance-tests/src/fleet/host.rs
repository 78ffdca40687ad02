//! One host of the fleet.

use std::fs;
use std::io::Read;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::run;
use crate::process::wait_until;

/// A running host. Ending its first process ends all of it, as that leads a process namespace of its own.
#[derive(Debug)]
pub(super) struct Host {
    pub name: String,
    pub address: String,
    pub root: PathBuf,
    child: Child,
    folder: PathBuf,
}

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
    pub(super) fn start(number: u8, lower: &Path, folder: &Path, public: &str) -> Self {
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
        let log = fs::File::create(folder.join("log")).expect("a log can be made");
        let child = Command::new("unshare")
            .args(["--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child"])
            .args(["--propagation", "private"])
            .arg(format!("--mount-proc={}", root.join("proc").display()))
            .args(["sh", "-c", INIT])
            .envs([("NAME", name.as_str()), ("ADDRESS", &address)])
            .env("ROOT", &root)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log can be shared"))
            .stderr(log)
            .spawn()
            .expect("unshare can be started");
        let host = Self { name, address, root, child, folder };
        host.plug(number);
        host
    }

    /// Gives it one end of a cable, the other of which is in the bridge.
    fn plug(&self, number: u8) {
        let namespace = |pid: u32| fs::read_link(format!("/proc/{pid}/ns/net")).ok();
        let (pid, ours) = (self.child.id(), namespace(std::process::id()));
        let moved = || namespace(pid).is_some_and(|theirs| Some(theirs) != ours);
        assert!(wait_until(Duration::from_secs(20), moved), "{} has no network: {}", self.name, self.log());
        let (cable, pid) = (format!("v{number}"), pid.to_string());
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

    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

/// What is the host's own: its keys, who may come in, its name.
fn prepare(folder: &Path, public: &str, name: &str) {
    for part in ["root", "work", "upper/etc/ssh/sshd_config.d", "upper/root/.ssh"] {
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
    for private in ["root", "root/.ssh"] {
        let mode = fs::Permissions::from_mode(0o700);
        fs::set_permissions(upper.join(private), mode).expect("a folder's mode can be set");
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // It ignores anything gentler while it waits for its child.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = Command::new("umount").arg("-l").arg(&self.root).status();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
