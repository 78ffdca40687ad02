//! Services that Nomad itself knows: where they are.

use serde::Deserialize;

use crate::http::Request;
use crate::json::or_empty;
use crate::{Client, Read};

/// The services of a client's namespace.
#[derive(Clone, Copy, Debug)]
pub struct Services<'a>(&'a Client);

impl Client {
    /// Services.
    pub fn services(&self) -> Services<'_> {
        Services(self)
    }
}

/// One place where a service is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Service {
    /// Its name.
    pub service_name: String,
    /// Which job.
    #[serde(rename = "JobID")]
    pub job_id: String,
    /// Which allocation.
    #[serde(rename = "AllocID")]
    pub alloc_id: String,
    /// Where.
    pub address: String,
    /// On which port.
    pub port: u16,
    /// What it is marked with.
    #[serde(deserialize_with = "or_empty")]
    pub tags: Vec<String>,
}

impl Services<'_> {
    /// Where a service is; nowhere if it is not known.
    pub fn read(&self, name: &str) -> Read<Vec<Service>> {
        self.0.read(Request::get(&["service", name]))
    }

    /// Where a job's services are.
    pub fn of_job(&self, id: &str) -> Read<Vec<Service>> {
        self.0.read(Request::get(&["job", id, "services"]))
    }
}
