//! A host in a folder: its root, its stand-ins, and what they noted.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use hosts::blueprint::{Binary, Blueprint, Dir, Disk, Fetch, File, Packing, Proof, Unit, User};
use hosts::converge::{Event, script};
use hosts::secrets::Secret;
use hosts::spec::{Arch, Filesystem};

/// What may read the script.
pub const SHELLS: [&[&str]; 4] = [&["dash"], &["busybox", "sh"], &["bash"], &["bash", "--posix"]];

/// The shells that are here; the others are said to be missing.
pub fn shells() -> Vec<&'static [&'static str]> {
    let required = env::var("LOSTOPS_REQUIRE").unwrap_or_default();
    let there = |shell: &&&[&str]| {
        let found = Command::new(shell[0]).args(&shell[1..]).args(["-c", "exit 0"]).output().is_ok();
        if !found {
            assert!(
                !required.split(',').any(|name| name == shell[0]),
                "{} is required and not found",
                shell[0]
            );
            println!("skipped: {} not found", shell[0]);
        }
        found
    };
    SHELLS.iter().filter(there).copied().collect()
}

/// A host.
pub struct Host {
    pub folder: tempfile::TempDir,
}

/// What a run said and how it ended.
pub struct Run {
    pub events: Vec<Event>,
    pub code: Option<i32>,
    pub stderr: String,
}

impl Run {
    /// What it changed, a line each.
    pub fn changes(&self) -> String {
        let changed = self.events.iter().filter_map(|event| match event {
            Event::Changed { kind, name } => Some(format!("{kind} {name}\n")),
            _ => None,
        });
        changed.collect()
    }

    /// How much it says it changed.
    pub fn done(&self) -> u32 {
        match self.events.last() {
            Some(Event::Done { changes, .. }) => *changes,
            other => panic!("not done: {other:?}, {}", self.stderr),
        }
    }

    /// What went wrong, as a person is told.
    pub fn fault(&self) -> String {
        assert_eq!(self.code, Some(1), "{:?} {}", self.events, self.stderr);
        self.events.last().unwrap().fault("web-1").unwrap().to_string()
    }
}

impl Host {
    pub fn new() -> Self {
        let host = Self { folder: tempfile::tempdir().unwrap() };
        for folder in ["root/etc", "packages", "enabled", "active", "with", "sysctl", "mounted", "web"] {
            fs::create_dir_all(host.at(folder)).unwrap();
        }
        host.put("root/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
        host
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn put(&self, path: &str, text: &str) {
        fs::write(self.at(path), text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap_or_default()
    }

    pub fn mode(&self, path: &str) -> u32 {
        fs::metadata(self.at(path)).unwrap().permissions().mode() & 0o7777
    }

    /// What the stand-ins were asked to change since the last time.
    pub fn log(&self) -> String {
        let log = self.read("log");
        let _ = fs::remove_file(self.at("log"));
        log
    }

    pub fn start(&self, shell: &[&str], blueprint: &Blueprint, options: &[&str]) -> Child {
        let text = script(blueprint).unwrap().text;
        let standins = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/converge/standins");
        let path = format!("{}:{}", standins.display(), env::var("PATH").unwrap());
        let mut child = Command::new(shell[0])
            .args(&shell[1..])
            .args(["-s", "--", "--root"])
            .arg(self.at("root"))
            .args(options)
            .env("PATH", path)
            .env("STANDINS", self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.expose().as_bytes()).unwrap();
        child
    }

    pub fn run_with(&self, shell: &[&str], blueprint: &Blueprint, options: &[&str]) -> Run {
        let output = self.start(shell, blueprint, options).wait_with_output().unwrap();
        Run {
            events: String::from_utf8_lossy(&output.stdout).lines().filter_map(Event::parse).collect(),
            code: output.status.code(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub fn run(&self, shell: &[&str], blueprint: &Blueprint) -> Run {
        let run = self.run_with(shell, blueprint, &[]);
        assert_eq!(run.stderr, "", "{shell:?}");
        run
    }
}

pub fn file(path: &str, content: &str) -> File {
    File {
        path: path.into(),
        content: Secret::new(content),
        mode: 0o640,
        owner: Some("nomad:nomad".into()),
        secret: false,
        once: false,
    }
}

pub fn unit(name: &str, on: &[&str]) -> Unit {
    let on = on.iter().map(|path| (*path).to_owned()).collect();
    Unit { name: name.into(), restart_on: on, ..Unit::default() }
}

/// A program that is packed as `tar` packs it, put on the stand-in for the web; its SHA-256.
pub fn archive(host: &Host) -> String {
    fs::create_dir_all(host.at("pack")).unwrap();
    host.put("pack/bridge", "#!/bin/sh\necho bridge\n");
    host.put("pack/portmap", "#!/bin/sh\necho portmap\n");
    let mut tar = Command::new("tar");
    tar.arg("-C").arg(host.at("pack")).arg("-czf").arg(host.at("web/cni.tgz")).arg(".");
    assert!(tar.status().unwrap().success());
    sha256(&host.at("web/cni.tgz"))
}

pub fn sha256(path: &Path) -> String {
    let sum = Command::new("sha256sum").arg(path).output().unwrap();
    String::from_utf8(sum.stdout).unwrap()[..64].to_owned()
}

pub fn plain_binary(sha256: &str) -> Binary {
    let fetch = Fetch { url: "https://x.test/tool".into(), proof: Proof::Sha256(sha256.into()) };
    let fetches = BTreeMap::from([(Arch::Amd64, fetch.clone()), (Arch::Arm64, fetch)]);
    let path = "/usr/local/bin/tool".into();
    Binary { name: "tool".into(), version: "1.0".into(), packing: Packing::Plain, path, fetches }
}

/// A blueprint with a little of everything.
pub fn blueprint(host: &Host) -> Blueprint {
    let sum = archive(host);
    host.put("disk", "");
    let fetch = Fetch { url: "https://user:hunter2@x.test/cni.tgz".into(), proof: Proof::Sha256(sum) };
    let cni = Binary {
        name: "cni-plugins".into(),
        version: "1.9.1".into(),
        packing: Packing::TarGz,
        path: "/opt/cni/bin".into(),
        fetches: BTreeMap::from([(Arch::Amd64, fetch.clone()), (Arch::Arm64, fetch)]),
    };
    Blueprint {
        host: "web-1".into(),
        users: vec![User {
            name: "nomad".into(),
            system: true,
            home: "/opt/nomad".into(),
            shell: "/usr/sbin/nologin".into(),
            groups: vec![],
        }],
        packages: vec!["curl".into(), "nftables".into()],
        disks: vec![Disk {
            device: host.at("disk").to_str().unwrap().into(),
            filesystem: Filesystem::Ext4,
            label: "lo-data".into(),
            path: "/srv/data".into(),
        }],
        dirs: vec![Dir { path: "/opt/nomad/data".into(), mode: 0o700, owner: None }],
        files: vec![
            file("/etc/nomad.conf", "it's $(id)\n`x` \"y\" \\z %s\n"),
            File { mode: 0o600, secret: true, ..file("/etc/consul.conf", "key\n") },
            File { once: true, ..file("/etc/first", "first\n") },
            file("/etc/alone", ""),
        ],
        binaries: vec![cni],
        modules: vec!["no_such_module".into()],
        sysctl: BTreeMap::from([
            ("net.ipv4.ip_forward".into(), "1".into()),
            ("net.ipv4.ip_local_port_range".into(), "49152 65535".into()),
        ]),
        units: vec![
            unit("consul.service", &["/etc/consul.conf"]),
            unit("nomad.service", &["/etc/nomad.conf", "/opt/cni/bin"]),
        ],
        clock: Some((0, 99_999_999_999)),
        ..Blueprint::default()
    }
}
