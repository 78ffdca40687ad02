//! A real sshd for one test.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use hosts::ssh::{Client, Contact, Credentials, Host};
use hosts::way::{Event, Task};
use tempfile::TempDir;

/// A running server, and what it needs.
pub struct Sshd {
    child: Child,
    folder: TempDir,
    pub port: u16,
}

/// The program, unless it is not there, which is said.
pub fn find() -> Option<PathBuf> {
    let places = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"];
    let found = std::env::var_os("LOSTOPS_SSHD")
        .map(PathBuf::from)
        .or_else(|| places.iter().map(PathBuf::from).find(|path| path.is_file()));
    if found.is_none() {
        let required = std::env::var("LOSTOPS_REQUIRE").unwrap_or_default();
        assert!(!required.split(',').any(|word| word.trim() == "sshd"), "sshd is required and not found");
        eprintln!("skipped: sshd not found");
    }
    found
}

impl Sshd {
    /// A server that lets in who has the folder's key.
    pub fn start() -> Option<Self> {
        Self::with("")
    }

    /// The same with more lines of `sshd_config`, in which `FOLDER` is its folder.
    pub fn with(more: &str) -> Option<Self> {
        let program = find()?;
        if Path::new("/run").is_dir() {
            // Where sshd runs as root it wants this; a packaged service makes it at its start.
            let _ = fs::create_dir_all("/run/sshd");
        }
        let folder = tempfile::tempdir().unwrap();
        for name in ["host", "user", "other"] {
            keygen(&folder.path().join(name), "");
        }
        keygen(&folder.path().join("locked"), "hunter2");
        fs::create_dir(folder.path().join("bin")).unwrap();
        fs::create_dir(folder.path().join("scratch")).unwrap();
        let keys =
            ["user.pub", "locked.pub"].map(|name| fs::read_to_string(folder.path().join(name)).unwrap());
        fs::write(folder.path().join("authorized"), keys.concat()).unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let path = std::env::var("PATH").unwrap();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey FOLDER/host\nAuthorizedKeysFile FOLDER/authorized\nPidFile none\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n\
             SetEnv PATH=FOLDER/bin:{path} LAB=FOLDER\n{more}\n"
        );
        let config = config.replace("FOLDER", &folder.path().display().to_string());
        fs::write(folder.path().join("sshd_config"), config).unwrap();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let child = Command::new(program)
            .args(["-D", "-e", "-f"])
            .arg(folder.path().join("sshd_config"))
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut this = Self { child, folder, port };
        this.wait();
        Some(this)
    }

    fn wait(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            let log = fs::read_to_string(self.path("log")).unwrap();
            assert!(self.child.try_wait().unwrap().is_none(), "sshd has ended: {log}");
            assert!(Instant::now() < deadline, "sshd never listened: {log}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// A path in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file of its folder.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// A program that is found first by whoever logs in.
    pub fn install(&self, name: &str, script: &str) -> PathBuf {
        let path = self.path("bin").join(name);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// A client that has the right key and knows nothing of this machine's own configuration.
    pub fn client(&self) -> Client {
        let credentials = Credentials {
            private_key: Some(self.read("user").into()),
            agent: hosts::ssh::Agent::No,
            ..Credentials::default()
        };
        Client { credentials, config: Vec::new(), scratch: self.path("scratch"), ..Client::default() }
    }

    /// This server as a host.
    pub fn host(&self) -> Host {
        Host { name: "web-1".into(), address: "127.0.0.1".into(), port: Some(self.port), ..Host::default() }
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes a key.
pub fn keygen(path: &Path, passphrase: &str) {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-t", "ed25519", "-N", passphrase, "-C", "a test", "-f"]).arg(path);
    assert!(command.status().unwrap().success());
}

/// Runs a task and remembers what happened.
pub async fn run(client: &Client, host: &Host, task: &Task) -> (Contact, Vec<Event>) {
    let events = Mutex::new(Vec::new());
    let contact = client.run(host, task, &|event| events.lock().unwrap().push(event)).await;
    (contact, events.into_inner().unwrap())
}

/// What a task said that has to succeed.
#[track_caller]
pub fn said(contact: Contact) -> Vec<String> {
    match contact.result {
        Ok(answer) => answer.said,
        Err(fault) => panic!("{fault}"),
    }
}
