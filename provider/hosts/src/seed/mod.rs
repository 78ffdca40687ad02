//! Hosts that do not exist yet: what cloud-init finds at their first boot, as user-data for a cloud or as a NoCloud seed
//! that any hypervisor takes for a CD.
//!
//! Pure but for writing the file. Must never template text: everything is serialised, so no value can become syntax.

mod cloud_config;
mod iso;
mod network;

use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde::Serialize;

use crate::way::{Task, Unusable};
pub use cloud_config::{CloudConfig, SshKeys, User, WriteFile};
pub use network::{Ethernet, Match, Nameservers, Network, Route};

/// What the label has to be for cloud-init to look at the volume.
const LABEL: &str = "cidata";
const RUN: &str = include_str!("seed.sh");

/// What one host finds at its first boot.
#[derive(Clone, Debug)]
pub struct Seed {
    /// Tells this host from any other; another one makes cloud-init believe that it boots for the first time.
    pub instance_id: String,
    /// Its name.
    pub hostname: String,
    /// Who can log in.
    pub users: Vec<User>,
    /// Its SSH key, if it is to be known before it is first seen.
    pub ssh_keys: Option<SshKeys>,
    /// Its network. Unset: it asks DHCP on the first interface.
    pub network: Option<Network>,
    /// What is done late in the first boot. It may fetch nothing from here: there is no connection.
    pub task: Option<Task>,
}

/// Who carries user-data to the host, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// 64 KiB.
    DigitalOcean,
    /// 32 KiB.
    Hetzner,
    /// 65,535 bytes.
    Azure,
    /// An image: as much as a sane one has.
    NoCloud,
}

/// What cannot be made into a seed, or not be written.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A value that cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// More than the carrier takes.
    #[error("the user-data of {hostname} has {size} bytes, of which {carrier:?} takes {limit}; {}", cure(*.carrier))]
    TooLarge {
        /// Whose.
        hostname: String,
        /// How large it is.
        size: usize,
        /// Who would carry it.
        carrier: Carrier,
        /// How much it takes.
        limit: usize,
    },
    /// It cannot be serialised.
    #[error("cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The file cannot be written.
    #[error("cannot write {path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
}

fn cure(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::NoCloud => "let the host fetch what is large",
        _ => "leave the work to SSH: user-data should only let us in",
    }
}

impl From<Unusable> for SeedError {
    fn from(Unusable(why): Unusable) -> Self {
        Self::Unusable(why)
    }
}

impl Carrier {
    /// How many bytes of user-data it takes.
    pub fn limit(self) -> usize {
        match self {
            Self::DigitalOcean => 64 * 1024,
            Self::Hetzner => 32 * 1024,
            Self::Azure => 65_535,
            Self::NoCloud => 64 * 1024 * 1024,
        }
    }
}

#[derive(Serialize)]
struct MetaData<'a> {
    #[serde(rename = "instance-id")]
    instance_id: &'a str,
    #[serde(rename = "local-hostname")]
    local_hostname: &'a str,
}

impl Seed {
    /// The text of `user-data`, if its carrier takes that much.
    pub fn user_data(&self, carrier: Carrier) -> Result<String, SeedError> {
        self.check()?;
        let mut write_files = Vec::new();
        let mut runcmd = Vec::new();
        if let Some(task) = &self.task {
            write_files.push(WriteFile::private("/var/lib/lostops/seed.tar", &task.bundle()?));
            write_files.push(WriteFile::private("/var/lib/lostops/seed.sh", RUN.as_bytes()));
            runcmd.push(vec!["sh".into(), "/var/lib/lostops/seed.sh".into()]);
        }
        let config = CloudConfig {
            hostname: Some(self.hostname.clone()),
            manage_etc_hosts: Some("localhost".into()),
            users: self.users.clone(),
            disable_root: Some(true),
            ssh_pwauth: Some(false),
            ssh_keys: self.ssh_keys.clone(),
            write_files,
            runcmd,
        };
        let text = config.text()?;
        let (hostname, size, limit) = (self.hostname.clone(), text.len(), carrier.limit());
        if size > limit {
            return Err(SeedError::TooLarge { hostname, size, carrier, limit });
        }
        Ok(text)
    }

    /// The text of `meta-data`.
    pub fn meta_data(&self) -> Result<String, SeedError> {
        self.check()?;
        Ok(cloud_config::yaml(&MetaData { instance_id: &self.instance_id, local_hostname: &self.hostname })?)
    }

    /// The text of `network-config`, if there is any.
    pub fn network_config(&self) -> Result<Option<String>, SeedError> {
        Ok(self.network.as_ref().map(cloud_config::yaml).transpose()?)
    }

    /// The NoCloud volume: the same to the byte for the same seed. It holds whatever secrets the task holds.
    pub fn image(&self) -> Result<Vec<u8>, SeedError> {
        let (user_data, meta_data) = (self.user_data(Carrier::NoCloud)?, self.meta_data()?);
        let network = self.network_config()?;
        let mut files = vec![iso::File { name: "meta-data", content: meta_data.as_bytes() }];
        if let Some(network) = &network {
            files.push(iso::File { name: "network-config", content: network.as_bytes() });
        }
        files.push(iso::File { name: "user-data", content: user_data.as_bytes() });
        Ok(iso::image(LABEL, &files))
    }

    fn check(&self) -> Result<(), SeedError> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let name = &self.hostname;
        if name.is_empty()
            || name.len() > 63
            || name.starts_with('-')
            || name.ends_with('-')
            || !name.chars().all(fits)
        {
            let why =
                format!("{name:?} cannot be a host's name: lower-case letters, digits and `-`, at most 63");
            return Err(SeedError::Unusable(why));
        }
        if self.instance_id.trim().is_empty() {
            return Err(SeedError::Unusable(format!("the seed of {name} has no instance id")));
        }
        if self.task.as_ref().is_some_and(|task| !task.blobs.is_empty()) {
            let why = format!(
                "the seed of {name} cannot offer large files: give addresses that the host can fetch from"
            );
            return Err(SeedError::Unusable(why));
        }
        Ok(())
    }
}

/// Writes a file for its owner alone, whole or not at all, and returns when it is on the disk: for what cannot be made again.
pub fn keep(path: &Path, content: &[u8]) -> Result<(), SeedError> {
    let failed = |source| SeedError::File { path: path.display().to_string(), source };
    if write(path, content)? {
        let synced = |path: &Path| std::fs::File::open(path).and_then(|file| file.sync_all());
        synced(path).and_then(|()| synced(folder(path))).map_err(failed)?;
    }
    Ok(())
}

/// Writes an image for its owner alone, whole or not at all. Whether that changed anything is the answer.
pub fn write(path: &Path, image: &[u8]) -> Result<bool, SeedError> {
    let failed = |source| SeedError::File { path: path.display().to_string(), source };
    let private = std::fs::Permissions::from_mode(0o600);
    if std::fs::read(path).is_ok_and(|there| there == image) {
        std::fs::set_permissions(path, private).map_err(failed)?;
        return Ok(false);
    }
    let mut file = tempfile::Builder::new().permissions(private).tempfile_in(folder(path)).map_err(failed)?;
    file.write_all(image).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(true)
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
