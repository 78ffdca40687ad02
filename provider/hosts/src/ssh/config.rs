//! What `ssh` is told, as configuration files in a private folder: one per hop, ours before the user's own, so that the
//! process list shows nothing and the user's own file still says what we do not.
//!
//! Must never leave a question of trust to a default.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use super::run::Client;
use super::{Agent, Host, HostKey, private};
use crate::way::quote;

/// The name under which a host's key is kept, whatever its address is today.
const ALIAS: &str = "lostops";

/// What every connection of ours is, and every one that the user's configuration makes on the way.
const ALWAYS: &str = "\
Host *
  BatchMode yes
  ClearAllForwardings yes
  ControlMaster no
  ControlPath none
  EscapeChar none
  ForkAfterAuthentication no
  ForwardAgent no
  ForwardX11 no
  LogLevel INFO
  PermitLocalCommand no
  RemoteCommand none
  RequestTTY no
  ServerAliveCountMax 4
  ServerAliveInterval 15
  StdinNull no
  TCPKeepAlive yes
  Tunnel no
  UpdateHostKeys no
";

/// The folder of one connection. It is gone when this is.
#[derive(Debug)]
pub(super) struct Folder {
    folder: private::Folder,
    hops: usize,
}

struct Hop<'a> {
    address: &'a str,
    user: Option<&'a str>,
    port: Option<u16>,
    keys: &'a [HostKey],
}

impl Folder {
    /// Writes everything that this connection needs.
    pub(super) fn new(
        client: &Client,
        host: &Host,
        key: Option<&crate::secrets::Secret>,
    ) -> io::Result<Self> {
        let folder = private::Folder::new(&client.scratch)?;
        let hops = host.bastions.len() + 1;
        let this = Self { folder, hops };
        if let Some(key) = key {
            this.folder.write("key", key.expose())?;
        }
        let bastions = host.bastions.iter();
        let mut way: Vec<Hop<'_>> = bastions
            .map(|hop| Hop {
                address: &hop.address,
                user: hop.user.as_deref(),
                port: hop.port,
                keys: &hop.keys,
            })
            .collect();
        way.push(Hop {
            address: &host.address,
            user: host.user.as_deref(),
            port: host.port,
            keys: &host.keys,
        });
        for (number, hop) in way.iter().enumerate() {
            let before = number.checked_sub(1).map(|before| this.proxy(client, before, way[before].address));
            this.folder.write(&name("known", number), &known_hosts(hop.keys))?;
            let config = this.config(client, number, hop, before.as_deref(), key.is_some());
            this.folder.write(&name("config", number), &config)?;
        }
        Ok(this)
    }

    /// The configuration for the host itself.
    pub(super) fn last(&self) -> PathBuf {
        self.file("config", self.hops - 1)
    }

    /// The private key is needed for the login only.
    pub(super) fn forget_key(&self) {
        let _ = std::fs::remove_file(self.key());
    }

    /// The keys by which each hop is known now, the host's own last.
    pub(super) fn known(&self) -> Vec<Vec<HostKey>> {
        let text = |number| std::fs::read_to_string(self.file("known", number)).unwrap_or_default();
        (0..self.hops).map(|number| HostKey::all_in(&text(number))).collect()
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key")
    }

    fn file(&self, what: &str, number: usize) -> PathBuf {
        self.folder.path().join(name(what, number))
    }

    /// The command whose standard input and output are a connection to the next hop.
    fn proxy(&self, client: &Client, number: usize, address: &str) -> String {
        let words = [
            client.program.to_string_lossy().replace('%', "%%"),
            "-F".into(),
            self.file("config", number).to_string_lossy().replace('%', "%%"),
            "-W".into(),
        ];
        let words = words.map(|word| quote(&word)).join(" ");
        format!("{words} '[%h]:%p' -- {}", quote(&address.replace('%', "%%")))
    }

    fn config(
        &self,
        client: &Client,
        number: usize,
        hop: &Hop<'_>,
        proxy: Option<&str>,
        key: bool,
    ) -> String {
        let mut text = format!("Host {}\n", hop.address);
        let mut set = |name: &str, value: &str| {
            let _ = writeln!(text, "  {name} {value}");
        };
        set("HostKeyAlias", ALIAS);
        set("UserKnownHostsFile", &path(&self.file("known", number)));
        set("GlobalKnownHostsFile", "/dev/null");
        set("KnownHostsCommand", "none");
        set("HashKnownHosts", "no");
        set("CheckHostIP", "no");
        set("VerifyHostKeyDNS", "no");
        let trust = hop.keys.is_empty() && client.believe_at_first_contact;
        set("StrictHostKeyChecking", if trust { "accept-new" } else { "yes" });
        set("ConnectTimeout", &client.connect_timeout.as_secs().max(1).to_string());
        let port = hop.port.map(|port| port.to_string());
        for (name, value) in [("User", hop.user), ("Port", port.as_deref()), ("ProxyCommand", proxy)] {
            if let Some(value) = value {
                set(name, value);
            }
        }
        let ours = key.then(|| self.key());
        let files = ours.iter().chain(&client.credentials.private_key_file).collect::<Vec<_>>();
        for file in &files {
            set("IdentityFile", &path(file));
        }
        match &client.credentials.agent {
            // With a key of ours, an agent full of others would use up the server's patience before it is tried.
            Agent::Usual if !files.is_empty() => set("IdentitiesOnly", "yes"),
            Agent::Usual => {}
            Agent::At(socket) => set("IdentityAgent", &path(socket)),
            Agent::No => set("IdentityAgent", "none"),
        }
        text += ALWAYS;
        for file in &client.config {
            let _ = writeln!(text, "Include {}", glob(file));
        }
        text
    }
}

fn name(what: &str, number: usize) -> String {
    format!("{what}-{number}")
}

fn known_hosts(keys: &[HostKey]) -> String {
    keys.iter().map(|key| format!("{ALIAS} {key}\n")).collect::<Vec<_>>().concat()
}

/// A path as a value of `ssh_config`: quoted, and nothing in it expanded.
fn path(path: &Path) -> String {
    format!("\"{}\"", path.to_string_lossy().replace('\\', r"\\").replace('"', "\\\"").replace('%', "%%"))
}

/// A path that is expanded as a glob: `~` as ssh understands it, and no other magic.
fn glob(path: &Path) -> String {
    format!("\"{}\"", path.to_string_lossy().replace('\\', r"\\").replace('"', "\\\""))
}
