//! What is known of a machine and cannot be asked of it: kept in its folder, before anything else of it is there, so that
//! a run that is cut off leaves no machine that nobody knows.
//!
//! No secret is in it.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;

use serde::{Deserialize, Serialize};

use super::{Place, trouble};
use crate::Fault;
use crate::seed;

/// What is known of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    version: u32,
    /// Tells this machine from one that had its name before.
    pub instance: String,
    /// The public half of the SSH key that its seed gave it.
    pub host_key: String,
    /// Ports of this machine that lead into it, by what is there.
    pub ports: BTreeMap<String, u16>,
    /// What it was started with. Unset: nobody kept that when it was.
    #[serde(default)]
    pub shape: Option<Shape>,
}

/// What a machine is started with, and has until it is started again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// How many processors.
    pub cpus: u16,
    /// How much memory.
    pub memory_mib: u32,
    /// How large its disk is.
    pub disk_gib: u32,
    /// Further disks, by name, in GiB.
    pub volumes: BTreeMap<String, u32>,
    /// Its own ports that are reached from outside, by what is there.
    pub doors: BTreeMap<String, u16>,
}

impl Record {
    /// What is known of a new machine.
    pub fn new(instance: String, host_key: String, ports: BTreeMap<String, u16>, shape: Shape) -> Self {
        Self { version: 1, instance, host_key, ports, shape: Some(shape) }
    }
}

impl Place {
    /// What is known of it; none if nothing is.
    pub fn record(&self) -> Result<Option<Record>, Fault> {
        let text = match fs::read_to_string(self.record_file()) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(trouble::of_folder(self, &error)),
        };
        match serde_json::from_str::<Record>(&text) {
            Ok(record) if record.version == 1 => Ok(Some(record)),
            Ok(record) => Err(trouble::of_record(self, &format!("it has format {}", record.version))),
            Err(error) => Err(trouble::of_record(self, &error.to_string())),
        }
    }

    /// Keeps what is known of it; it is on the disk when this returns.
    pub fn keep(&self, record: &Record) -> Result<(), Fault> {
        let wrong = |error: io::Error| trouble::of_folder(self, &error);
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder).map_err(wrong)?;
        let text = serde_json::to_string_pretty(record).map_err(io::Error::other).map_err(wrong)? + "\n";
        seed::keep(&self.record_file(), text.as_bytes())
            .map_err(|error| wrong(io::Error::other(error.to_string())))
    }
}
