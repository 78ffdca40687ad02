//! A real Nomad agent on this machine's loopback, in a folder of its own, ended with the test.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use nomad::{Client, Config, Limits, Secret};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How long an agent may take to be ready.
const PATIENCE: Duration = Duration::from_mins(1);

static SHARED: Mutex<Weak<Agent>> = Mutex::new(Weak::new());

/// A running agent.
pub struct Agent {
    child: Mutex<Child>,
    pub http: u16,
    pub rpc: u16,
    pub serf: u16,
    pub folder: TempDir,
}

/// A program, if it is here.
pub fn found(name: &str) -> Option<PathBuf> {
    let named = std::env::var_os(format!("LOSTOPS_{}", name.to_uppercase()));
    let named = named.filter(|path| !path.is_empty()).map(PathBuf::from);
    let on_path = || {
        let folders = std::env::var_os("PATH")?;
        std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
    };
    let found = named.or_else(on_path).filter(|path| path.is_file());
    if found.is_none() {
        let list = std::env::var("LOSTOPS_REQUIRE").unwrap_or_default();
        assert!(!list.split(',').any(|word| word.trim() == name), "{name} is required and was not found");
        println!("skipped: {name} not found");
    }
    found
}

impl Agent {
    /// The agent of all tests that need nothing special; nothing if there is no Nomad here.
    pub async fn shared() -> Option<Arc<Self>> {
        let agent = {
            let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(agent) = shared.upgrade() {
                agent
            } else {
                let agent = Arc::new(Self::start("")?);
                *shared = Arc::downgrade(&agent);
                agent
            }
        };
        agent.wait_for_node(&agent.client()).await;
        Some(agent)
    }

    /// One with more configuration, that is server and client at once and keeps nothing.
    pub fn start(more: &str) -> Option<Self> {
        Some(Self::run(&found("nomad")?, &["-dev"], more))
    }

    /// A server alone, that keeps what it knows.
    pub fn server(more: &str) -> Option<Self> {
        Some(Self::run(&found("nomad")?, &[], more))
    }

    fn run(program: &Path, arguments: &[&str], more: &str) -> Self {
        let folder = TempDir::with_prefix("nomad-live-").expect("a folder can be made");
        let [http, rpc, serf] = ports();
        let mut text = format!(
            "data_dir = \"{data}\"\nbind_addr = \"127.0.0.1\"\nports {{\n http = {http}\n rpc = {rpc}\n serf = {serf}\n}}\n\
             advertise {{\n http = \"127.0.0.1\"\n rpc = \"127.0.0.1\"\n serf = \"127.0.0.1\"\n}}\n\
             disable_update_check = true\nname = \"test-{http}\"\n\
             consul {{\n auto_advertise = false\n server_auto_join = false\n client_auto_join = false\n}}\n",
            data = folder.path().join("data").display(),
        );
        let alone = "client {\n host_volumes_dir = VOLUMES\n options = {\n \"fingerprint.denylist\" = \
                     \"env_aws,env_gce,env_azure,env_digitalocean,consul,vault\"\n }\n}\n";
        if !arguments.is_empty() {
            text += &alone.replace("VOLUMES", &format!("\"{}\"", folder.path().join("volumes").display()));
        }
        text += more;
        std::fs::write(folder.path().join("agent.hcl"), text).expect("a file can be written");
        let log = std::fs::File::create(folder.path().join("log")).expect("a file can be made");
        let child = Command::new(program)
            .arg("agent")
            .args(arguments)
            .arg("-config")
            .arg(folder.path().join("agent.hcl"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file can be shared"))
            .stderr(log)
            .spawn()
            .expect("nomad can be started");
        Self { child: Mutex::new(child), http, rpc, serf, folder }
    }

    pub fn config(&self) -> Config {
        Config {
            addresses: vec![format!("http://127.0.0.1:{}", self.http)],
            limits: Limits { patience: PATIENCE, ..Limits::default() },
            ..Config::default()
        }
    }

    pub fn client(&self) -> Client {
        Client::new(&self.config()).expect("the configuration is good")
    }

    pub fn with_token(&self, token: &Secret) -> Client {
        self.client().with_token(token.clone())
    }

    /// Waits until there is a leader and a node that takes jobs.
    pub async fn wait_for_node(&self, client: &Client) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let nodes = client.nodes().list().await;
            if nodes.as_ref().is_ok_and(|nodes| nodes.iter().any(|node| node.status == "ready")) {
                return;
            }
            assert!(Instant::now() < deadline, "no node is ready: {nodes:?}\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until a server leads and takes writes.
    pub async fn wait_for_leader(&self, client: &Client) {
        let deadline = Instant::now() + PATIENCE;
        while client.operator().raft().await.map_or(true, |raft| !raft.servers.iter().any(|one| one.leader)) {
            assert!(Instant::now() < deadline, "nobody leads:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Ends it as a crash would.
    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        child.kill().expect("a child can be killed");
        child.wait().expect("a child can be waited for");
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a child has a process id");
        if child.try_wait().ok().flatten().is_some() {
            return;
        }
        // Asked to leave, it ends its tasks, too.
        let _ = kill_process(pid, Signal::INT);
        let deadline = Instant::now() + Duration::from_secs(20);
        while child.try_wait().ok().flatten().is_none() {
            if Instant::now() > deadline {
                let _ = child.kill();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        unmount(self.folder.path());
    }
}

/// An agent that ends in haste leaves its tasks' secret folders mounted: they would outlive the folder.
fn unmount(folder: &Path) {
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let within = |line: &str| {
        let place = PathBuf::from(line.split(' ').nth(1)?);
        place.starts_with(folder).then_some(place)
    };
    for place in mounts.lines().filter_map(within) {
        let _ = Command::new("umount").arg(place).status();
    }
}

/// Ports that are free now.
fn ports() -> [u16; 3] {
    let free = || TcpListener::bind("127.0.0.1:0").expect("a free port");
    let held = [free(), free(), free()];
    held.map(|listener| listener.local_addr().expect("an address").port())
}
