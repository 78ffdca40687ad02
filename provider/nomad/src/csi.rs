//! CSI volumes: storage that a plugin attaches to whichever node needs it.
//!
//! Must never show a plugin's secrets: they are sent, and never come back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::http::{Request, Safety};
use crate::json::or_empty;
use crate::volumes::Capability;
use crate::{Allocation, Client, Error, Read, Secret};

/// The CSI volumes of a client's namespace.
#[derive(Clone, Copy, Debug)]
pub struct Csi<'a>(&'a Client);

impl Client {
    /// CSI volumes and plugins.
    pub fn csi(&self) -> Csi<'_> {
        Csi(self)
    }
}

/// A volume as it is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewVolume {
    /// Its id, by which jobs ask for it.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its name, for people and for the plugin.
    pub name: String,
    /// What the storage itself calls it, for one that exists already.
    #[serde(rename = "ExternalID", skip_serializing_if = "String::is_empty")]
    pub external_id: String,
    /// Which plugin attaches it.
    #[serde(rename = "PluginID")]
    pub plugin_id: String,
    /// How it may be used.
    pub requested_capabilities: Vec<Capability>,
    /// At least this large.
    pub requested_capacity_min: i64,
    /// At most this large.
    pub requested_capacity_max: i64,
    /// A snapshot that it begins as.
    #[serde(rename = "SnapshotID", skip_serializing_if = "String::is_empty")]
    pub snapshot_id: String,
    /// Another volume that it begins as.
    #[serde(rename = "CloneID", skip_serializing_if = "String::is_empty")]
    pub clone_id: String,
    /// How it is mounted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mount_options: Option<MountOptions>,
    /// Where it has to be reachable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_topologies: Option<Topologies>,
    /// What the plugin wants to know to make it.
    pub parameters: BTreeMap<String, String>,
    /// What the plugin wants to know to attach it.
    pub context: BTreeMap<String, String>,
    /// What the plugin has to prove.
    #[serde(skip_serializing)]
    pub secrets: BTreeMap<String, Secret>,
}

/// How a volume is mounted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MountOptions {
    /// Such as `ext4`.
    #[serde(rename = "FSType")]
    pub fs_type: String,
    /// Such as `noatime`; a read one may be hidden.
    #[serde(deserialize_with = "or_empty")]
    pub mount_flags: Vec<String>,
}

/// Where a volume has to be reachable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Topologies {
    /// In one of these.
    #[serde(deserialize_with = "or_empty")]
    pub required: Vec<Topology>,
    /// Better in one of these, the first one most.
    #[serde(deserialize_with = "or_empty")]
    pub preferred: Vec<Topology>,
}

/// A place, as the plugin names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Topology {
    /// Such as `zone` = `b`.
    #[serde(deserialize_with = "or_empty")]
    pub segments: BTreeMap<String, String>,
}

/// A volume as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Volume {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What the storage itself calls it.
    #[serde(rename = "ExternalID")]
    pub external_id: String,
    /// Which plugin attaches it.
    #[serde(rename = "PluginID")]
    pub plugin_id: String,
    /// How large.
    pub capacity: i64,
    /// How it may be used; a list does not say so.
    #[serde(deserialize_with = "or_empty")]
    pub requested_capabilities: Vec<Capability>,
    /// How it is used now; empty: not at all.
    #[serde(deserialize_with = "or_empty")]
    pub access_mode: String,
    /// Whether something can be placed that uses it.
    pub schedulable: bool,
    /// What uses it; a list does not say so.
    #[serde(deserialize_with = "or_empty")]
    pub allocations: Vec<Allocation>,
    /// How many of its plugin's nodes are well.
    pub nodes_healthy: i64,
    /// How many there are.
    pub nodes_expected: i64,
    /// As which change it became so.
    pub modify_index: u64,
}

/// A plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Plugin {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
    /// What it calls itself.
    pub provider: String,
    /// Its version; a list does not say so.
    pub version: String,
    /// Whether it can do nothing without a controller.
    pub controller_required: bool,
    /// How many of its controllers are well.
    pub controllers_healthy: i64,
    /// How many there are.
    pub controllers_expected: i64,
    /// How many of its nodes are well.
    pub nodes_healthy: i64,
    /// How many there are.
    pub nodes_expected: i64,
}

/// A snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Snapshot {
    /// What the storage itself calls it.
    #[serde(rename = "ID")]
    pub id: String,
    /// What the storage itself calls the volume.
    #[serde(rename = "ExternalSourceVolumeID")]
    pub external_source_volume_id: String,
    /// How large.
    pub size_bytes: i64,
    /// When it was made, in seconds since 1970.
    pub create_time: i64,
    /// Whether a volume can begin as it.
    pub is_ready: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Made {
    #[serde(deserialize_with = "or_empty")]
    volumes: Vec<Volume>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Snapshots {
    #[serde(deserialize_with = "or_empty")]
    snapshots: Vec<Snapshot>,
}

impl Csi<'_> {
    /// All volumes of the namespace.
    pub fn volumes(&self) -> Read<Vec<Volume>> {
        self.0.read(Request::get(&["volumes"]).with("type", "csi"))
    }

    /// A volume, if it is there.
    pub fn volume(&self, id: &str) -> Read<Option<Volume>> {
        self.0.read_optional(Request::get(&["volume", "csi", id]))
    }

    /// Lets the plugin make it. A plugin that is asked twice for one name gives the same volume.
    pub async fn create(&self, volume: &NewVolume) -> Result<Option<Volume>, Error> {
        let request = Request::put(&["volume", "csi", &volume.id, "create"], Safety::Guarded);
        let made: Made = self.0.write(request.json(&body(volume))).await?;
        Ok(made.volumes.into_iter().next())
    }

    /// Makes storage that exists already known, or changes what is known of it.
    pub async fn register(&self, volume: &NewVolume) -> Result<(), Error> {
        let request = Request::put(&["volume", "csi", &volume.id], Safety::Guarded);
        self.0.run(request.json(&body(volume))).await
    }

    /// Takes it off a node that is gone or stuck.
    pub async fn detach(&self, id: &str, node_id: &str) -> Result<(), Error> {
        let path = ["volume", "csi", id, "detach"];
        self.0.run(Request::delete(&path).with("node", node_id)).await
    }

    /// Forgets it; the storage itself stays. Refused while something uses it, unless forced.
    pub async fn deregister(&self, id: &str, force: bool) -> Result<(), Error> {
        self.0.run(Request::delete(&["volume", "csi", id]).with("force", force)).await
    }

    /// Lets the plugin take the storage itself away, with what is in it.
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        self.0.run(Request::delete(&["volume", "csi", id, "delete"])).await
    }

    /// All plugins.
    pub fn plugins(&self) -> Read<Vec<Plugin>> {
        self.0.read(Request::get(&["plugins"]).with("type", "csi"))
    }

    /// A plugin, if it is there.
    pub fn plugin(&self, id: &str) -> Read<Option<Plugin>> {
        self.0.read_optional(Request::get(&["plugin", "csi", id]))
    }

    /// Keeps what is in a volume now, under a name that the plugin knows it by from then on.
    pub async fn snapshot(&self, volume_id: &str, name: &str) -> Result<Option<Snapshot>, Error> {
        let body = json!({"Snapshots": [{"SourceVolumeID": volume_id, "Name": name}]});
        let request = Request::put(&["volumes", "snapshot"], Safety::Guarded).json(&body);
        let made: Snapshots = self.0.write(request).await?;
        Ok(made.snapshots.into_iter().next())
    }

    /// All snapshots that a plugin knows.
    pub async fn snapshots(&self, plugin_id: &str) -> Result<Vec<Snapshot>, Error> {
        let request = Request::get(&["volumes", "snapshot"]).with("plugin_id", plugin_id);
        Ok(self.0.read::<Snapshots>(request).await?.snapshots)
    }

    /// Takes a snapshot away.
    pub async fn delete_snapshot(&self, plugin_id: &str, id: &str) -> Result<(), Error> {
        let request = Request::delete(&["volumes", "snapshot"]).with("plugin_id", plugin_id);
        self.0.run(request.with("snapshot_id", id)).await
    }
}

/// What is sent: the only place where the secrets are written out.
fn body(volume: &NewVolume) -> Value {
    let mut sent = json!(volume);
    let secrets = volume.secrets.iter().map(|(name, secret)| (name.clone(), Value::from(secret.expose())));
    sent["Secrets"] = Value::Object(secrets.collect());
    json!({"Volumes": [sent]})
}
