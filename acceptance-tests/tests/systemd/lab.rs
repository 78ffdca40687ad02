//! The hosts, Terraform's folder, and a person who looks at both.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use acceptance_tests::{Cli, Fleet, Image, Mirror, Outcome, Provider, Workspace, wait_until};

/// What a change of hosts may take.
const PATIENCE: Duration = Duration::from_mins(12);

/// What hosts get.
#[derive(Clone)]
pub struct Programs {
    pub nomad: PathBuf,
    /// Of whichever release it is; a cluster without discovery by Consul has none.
    pub consul: Option<PathBuf>,
}

/// Everything that a story needs. Dropped in this order.
pub struct Lab {
    pub here: Workspace,
    pub fleet: Fleet,
    pub nomad: PathBuf,
    consul: Option<PathBuf>,
    /// How services are found, as the configuration says it.
    pub discovery: String,
    binaries: String,
    _image: Image,
    _folder: tempfile::TempDir,
    began: Instant,
}

impl Lab {
    pub fn new(cli: &Cli, provider: &Provider, disk: &Path, programs: Programs, hosts: u8) -> Self {
        let began = Instant::now();
        let folder = tempfile::tempdir().expect("a folder can be made");
        let image = Image::mount(disk, folder.path());
        let fleet = Fleet::boot(hosts, &image, folder.path());
        let here = Workspace::new(cli, provider);
        let mirror = Mirror::of(&here.path("objects"), "10.99.0.1");
        let Programs { nomad, consul } = programs;
        let mut binaries = mirror.agent("nomad", &nomad, "10.99.0.1") + &mirror.cni("10.99.0.1");
        let mut discovery = "discovery = \"nomad\"".to_owned();
        if let Some(consul) = &consul {
            binaries += &mirror.agent("consul", consul, "10.99.0.1");
            discovery = format!("consul_version = {:?}", version(consul));
        }
        let lab =
            Self { here, fleet, nomad, consul, discovery, binaries, _image: image, _folder: folder, began };
        lab.say("the hosts are up");
        lab
    }

    /// Has hosts get that Nomad from now on.
    pub fn hosts_get(&mut self, nomad: &Path) {
        let folder = self.here.path("objects").join(version(nomad));
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        let mirror = Mirror::of(&folder, "10.99.0.1");
        self.binaries = mirror.agent("nomad", nomad, "10.99.0.1") + &mirror.cni("10.99.0.1");
    }

    /// Says how far it is.
    pub fn say(&self, words: &str) {
        eprintln!("{:5.0} s: {words}", self.began.elapsed().as_secs_f64());
    }

    /// A cluster of these servers and clients, numbered from one, and what else is said.
    pub fn config(&self, servers: &[usize], clients: &[usize], more: &str) {
        let hosts = |numbers: &[usize]| {
            let host = |number: &usize| {
                format!(
                    "host {{\n name = \"h{number}\"\n address = \"{}\"\n }}\n",
                    self.fleet.address(number - 1)
                )
            };
            numbers.iter().map(host).collect::<String>()
        };
        let pool = |name: &str, role: &str, numbers: &[usize]| {
            if numbers.is_empty() {
                return String::new();
            }
            format!("pool {name:?} {{\n role = {role:?}\n {} }}\n", hosts(numbers))
        };
        let pools = pool("servers", "server", servers) + &pool("workers", "client", clients);
        self.here.config(&self.cluster(&format!("{pools} ssh {{}}\n {more}\n")));
    }

    /// The text of a configuration with a cluster in which that stands.
    pub fn cluster(&self, inside: &str) -> String {
        format!(
            "provider \"lostops\" {{\n ssh {{\n private_key_file = {:?}\n agent = \"none\"\n user = \"root\"\n }}\n }}\n\
             resource \"lostops_cluster\" \"c\" {{\n name = \"lab\"\n {}\n\
             firewall {{\n admin_cidrs = [\"10.99.0.0/24\"]\n }}\n binaries {{\n {} }}\n {inside} }}\n",
            self.fleet.key().display().to_string(),
            self.discovery,
            self.binaries,
        )
    }

    /// Runs Terraform with as much patience as hosts need.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        let mut command = self.here.command(arguments);
        command.env("LOSTOPS_PROGRESS", self.here.path("progress"));
        acceptance_tests::Running::start(&mut command).finish_within(PATIENCE)
    }

    /// `apply`, which has to succeed and to finish everything.
    #[track_caller]
    pub fn apply(&self, what: &str) -> Outcome {
        let outcome = self.run(&["apply", "-auto-approve"]);
        let complete = self.here.state().attribute("lostops_cluster.c.complete").clone();
        assert!(outcome.code == Some(0) && complete == true, "{what}: {outcome:?}\n{}", self.progress());
        self.say(what);
        outcome
    }

    /// What was told on the way.
    pub fn progress(&self) -> String {
        std::fs::read_to_string(self.here.path("progress")).unwrap_or_default()
    }

    /// What a command on a host prints.
    pub fn on(&self, number: usize, words: &str) -> String {
        let mut command = Command::new("ssh");
        command.args([
            "-F",
            "none",
            "-o",
            "BatchMode=yes",
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "LogLevel=ERROR",
        ]);
        command
            .args(["-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=20", "-i"])
            .arg(self.fleet.key());
        let output = command.arg(format!("root@{}", self.fleet.address(number - 1))).arg(words).output();
        let output = output.expect("ssh can be started");
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).trim().to_owned()
    }

    /// What Nomad's own command line says, through what the state says of the cluster.
    pub fn nomad(&self, words: &[&str]) -> (bool, String) {
        self.asking().say(words)
    }

    /// What Consul's own command line says, in the same way.
    pub fn consul(&self, words: &[&str]) -> (bool, String) {
        self.asking_consul().say(words)
    }

    /// What it says to who has no token.
    pub fn consul_as_nobody(&self, words: &[&str]) -> (bool, String) {
        let mut asking = self.asking_consul();
        asking.variables[1].1.clear();
        asking.say(words)
    }

    fn asking_consul(&self) -> Asking {
        let consul = self.consul.clone().expect("the cluster has a Consul");
        self.way("consul", consul, "CONSUL_HTTP_TOKEN")
    }

    /// The way to Nomad that the state has now.
    pub fn asking(&self) -> Asking {
        self.way("nomad", self.nomad.clone(), "NOMAD_TOKEN")
    }

    fn way(&self, product: &str, program: PathBuf, token: &'static str) -> Asking {
        let state = self.here.state();
        let value = |path: &str| state.attribute(&format!("lostops_cluster.c.{path}")).clone();
        let text = |path: &str| value(path).as_str().unwrap_or_default().to_owned();
        let ca = self.here.path("objects/ca.pem");
        std::fs::write(&ca, text("ca_pem")).expect("a file can be written");
        let addresses = value(&format!("{product}.addresses")).as_array().cloned().unwrap_or_default();
        let (ca, name) = (ca.display().to_string(), text(&format!("{product}.tls_server_name")));
        let [at, trust, server] = match product {
            "nomad" => ["NOMAD_ADDR", "NOMAD_CACERT", "NOMAD_TLS_SERVER_NAME"],
            _ => ["CONSUL_HTTP_ADDR", "CONSUL_CACERT", "CONSUL_TLS_SERVER_NAME"],
        };
        Asking {
            program,
            at,
            addresses: addresses.iter().filter_map(|address| address.as_str().map(str::to_owned)).collect(),
            variables: [
                ("HOME", self.here.path("home").display().to_string()),
                (token, text(&format!("{product}.token"))),
                (trust, ca),
                (server, name),
            ],
        }
    }

    /// Starts an apply.
    pub fn start(&self) -> acceptance_tests::Running {
        let _ = std::fs::remove_file(self.here.path("progress"));
        let mut command = self.here.command(&["apply", "-auto-approve"]);
        acceptance_tests::Running::start(command.env("LOSTOPS_PROGRESS", self.here.path("progress")))
    }

    /// Waits until an apply has told that.
    #[track_caller]
    pub fn told(&self, words: &str) {
        let told = wait_until(Duration::from_mins(4), || self.progress().contains(words));
        assert!(told, "{words:?} was never told:\n{}", self.progress());
    }

    /// Waits until Nomad says something.
    #[track_caller]
    pub fn nomad_says(&self, words: &[&str], so: impl Fn(&str) -> bool) {
        until(&format!("nomad {words:?}"), || self.nomad(words).1, so);
    }

    /// Waits until Consul does.
    #[track_caller]
    pub fn consul_says(&self, words: &[&str], so: impl Fn(&str) -> bool) {
        until(&format!("consul {words:?}"), || self.consul(words).1, so);
    }

    /// Waits until a command on a host does.
    #[track_caller]
    pub fn host_says(&self, number: usize, words: &str, so: impl Fn(&str) -> bool) {
        until(&format!("h{number}: {words}"), || self.on(number, words), so);
    }
}

#[track_caller]
fn until(what: &str, ask: impl Fn() -> String, so: impl Fn(&str) -> bool) {
    let mut said = String::new();
    let became = wait_until(Duration::from_mins(2), || {
        said = ask();
        so(&said)
    });
    assert!(became, "{what}: {said}");
}

/// Which release of Consul that is.
pub fn version(program: &Path) -> String {
    let output = Command::new(program).arg("version").output().expect("it can be started");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = said.split_whitespace().find_map(|word| word.strip_prefix('v'));
    version.and_then(|version| version.split('+').next()).expect("it says its version").to_owned()
}

/// Nomad's or Consul's own command line, for one cluster.
pub struct Asking {
    program: PathBuf,
    at: &'static str,
    addresses: Vec<String>,
    variables: [(&'static str, String); 4],
}

impl Asking {
    /// What it says, asked at one server after the other until it succeeds.
    pub fn say(&self, words: &[&str]) -> (bool, String) {
        let mut said = String::new();
        for address in &self.addresses {
            let mut command = Command::new(&self.program);
            command.args(words).env_clear().envs(self.variables.clone()).env(self.at, address);
            let output = command.output().expect("it can be started");
            said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            if output.status.success() {
                return (true, said);
            }
        }
        (false, said)
    }
}
