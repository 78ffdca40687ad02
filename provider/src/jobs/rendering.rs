//! What a resource's configuration comes to before anybody is asked: jobs as text, and what they need.
//!
//! A plain value, made by a resource's [`super::Kind`]. What an apply needs beside the texts is kept beside the state as
//! a [`Bill`], so that apply, refresh and destroy need neither configuration nor pack.

use std::collections::BTreeMap;

use kit::{Diagnostic, Private, Value};
use serde::{Deserialize, Serialize};

/// What a configuration comes to.
#[derive(Debug)]
pub struct Rendering {
    /// The jobs, each after those that it waits for; why not, if it is not known yet which ones there are.
    pub jobs: Result<Vec<Rendered>, String>,
    /// What must be there before them.
    pub bill: Bill,
    /// What the resource tells about itself, by attribute.
    pub outputs: BTreeMap<String, Value>,
    /// What the user should hear.
    pub warnings: Vec<Diagnostic>,
    /// Whether the jobs are there to keep data; none while it is not known which jobs there are.
    pub keeps_data: Option<bool>,
}

/// A job.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Its name in the resource.
    pub name: String,
    /// Its id in Nomad.
    pub id: String,
    /// The ids of the jobs that must be healthy before it is registered.
    pub after: Vec<String>,
    /// Its text; why there is none, if something in it is not known yet.
    pub text: Result<String, String>,
}

/// What an apply has to know beside the texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bill {
    /// The jobs, each after those that it waits for.
    pub jobs: Vec<Entry>,
    /// The volumes that the jobs mount.
    pub volumes: Vec<Volume>,
    /// The secrets that the jobs read.
    pub secrets: Vec<SecretNeed>,
    /// By what our jobs are told from others'.
    pub mark: String,
}

/// A job on the bill.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// Its name in the resource.
    pub name: String,
    /// Its id in Nomad.
    pub id: String,
    /// The ids of the jobs that must be healthy before it is registered.
    pub after: Vec<String>,
}

/// A dynamic host volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Volume {
    /// Its name in the pack.
    pub name: String,
    /// Its name in Nomad.
    pub called: String,
    /// The id of the job that mounts it.
    pub job_id: String,
    /// The node pool that it is made in; none for any.
    pub node_pool: Option<String>,
    /// How many bytes it has at least.
    pub bytes: i64,
    /// What the plugin is told: owner and permissions.
    pub parameters: BTreeMap<String, String>,
    /// Access and attachment modes.
    pub uses: Vec<(String, String)>,
}

/// A secret that jobs read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecretNeed {
    /// Its name in the resource.
    pub name: String,
    /// The Nomad variables that hold it.
    pub paths: Vec<String>,
    /// Its key there.
    pub key: String,
    /// How many characters it has if nobody gives one, and whether they are hexadecimal.
    pub generate: Option<(usize, bool)>,
    /// What it is for.
    pub description: String,
}

const BILL: &str = "bill";
const PLANNED: &str = "planned_bill";

impl Bill {
    /// The one of what there is, kept beside the state.
    pub fn kept(private: &Private) -> Self {
        Self::read(private, BILL)
    }

    /// The one of what is planned. An apply that changes nothing must not take it for what there is.
    pub fn planned(private: &Private) -> Self {
        Self::read(private, PLANNED)
    }

    /// Keeps it beside the state.
    pub fn keep(&self, private: &mut Private) {
        private.0.remove(PLANNED);
        private.set(BILL, &self.text());
    }

    /// Keeps it for the apply.
    pub fn plan(&self, private: &mut Private) {
        private.set(PLANNED, &self.text());
    }

    fn read(private: &Private, name: &str) -> Self {
        let text = private.get::<String>(name);
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
