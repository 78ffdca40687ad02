//! Dynamic host volumes: folders on nodes that survive the jobs that use them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::http::{Request, Safety};
use crate::json::or_empty;
use crate::{Allocation, Client, Error, Read};

/// The volumes of a client's namespace.
#[derive(Clone, Copy, Debug)]
pub struct Volumes<'a>(&'a Client);

impl Client {
    /// Dynamic host volumes.
    pub fn volumes(&self) -> Volumes<'_> {
        Volumes(self)
    }
}

/// A volume as it is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewVolume {
    /// The id of a volume that is to be changed.
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name; several volumes may have it.
    pub name: String,
    /// Which plugin makes it; unset: a plain folder.
    #[serde(rename = "PluginID", skip_serializing_if = "Option::is_none")]
    pub plugin_id: Option<String>,
    /// On this node.
    #[serde(rename = "NodeID", skip_serializing_if = "Option::is_none")]
    pub node_id: Option<String>,
    /// On a node of this pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_pool: Option<String>,
    /// On a node that fits.
    pub constraints: Vec<Constraint>,
    /// At least this large.
    pub requested_capacity_min_bytes: i64,
    /// At most this large.
    pub requested_capacity_max_bytes: i64,
    /// How it may be used.
    pub requested_capabilities: Vec<Capability>,
    /// What the plugin wants to know.
    pub parameters: BTreeMap<String, String>,
    /// Where it is, for one that exists already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_path: Option<String>,
}

/// What a node has to be like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Constraint {
    /// What is looked at.
    #[serde(rename = "LTarget")]
    pub attribute: String,
    /// How it is compared.
    #[serde(rename = "Operand")]
    pub operator: String,
    /// With what.
    #[serde(rename = "RTarget")]
    pub value: String,
}

/// A way to use a volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Capability {
    /// Such as `single-node-writer`.
    pub access_mode: String,
    /// `file-system` or `block-device`.
    pub attachment_mode: String,
}

/// A volume as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Volume {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
    /// The namespace.
    pub namespace: String,
    /// Its name; several volumes may have it.
    pub name: String,
    /// Which plugin made it; none for one that was registered.
    #[serde(rename = "PluginID")]
    pub plugin_id: String,
    /// On which node.
    #[serde(rename = "NodeID")]
    pub node_id: String,
    /// In which pool.
    pub node_pool: String,
    /// How large.
    pub capacity_bytes: i64,
    /// Where on the node; a list does not say so.
    #[serde(deserialize_with = "or_empty")]
    pub host_path: String,
    /// `pending`, `ready` or `unavailable`.
    pub state: String,
    /// What uses it; a list does not say so.
    #[serde(deserialize_with = "or_empty")]
    pub allocations: Vec<Allocation>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Made {
    volume: Volume,
}

impl Volumes<'_> {
    /// All of the namespace.
    pub fn list(&self) -> Read<Vec<Volume>> {
        self.0.read(Request::get(&["volumes"]).with("type", "host"))
    }

    /// A volume, if it is there.
    pub fn read(&self, id: &str) -> Read<Option<Volume>> {
        self.0.read_optional(Request::get(&["volume", "host", id]))
    }

    /// Lets a plugin make it, or change it if it has an id. It is there when its state is `ready`: follow it.
    pub async fn create(&self, volume: &NewVolume) -> Result<Volume, Error> {
        self.put("create", volume).await
    }

    /// Makes a folder that exists already known.
    pub async fn register(&self, volume: &NewVolume) -> Result<Volume, Error> {
        self.put("register", volume).await
    }

    async fn put(&self, verb: &str, volume: &NewVolume) -> Result<Volume, Error> {
        // Two new ones of the same name are two volumes.
        let safety = if volume.id.is_some() { Safety::Guarded } else { Safety::Once };
        let request = Request::put(&["volume", "host", verb], safety).json(&json!({"Volume": volume}));
        Ok(self.0.write::<Made>(request).await?.volume)
    }

    /// Takes it away with what is in it; refused while something uses it. `force` forgets it although its node is gone.
    pub async fn delete(&self, id: &str, force: bool) -> Result<(), Error> {
        self.0.run(Request::delete(&["volume", "host", id]).with("force", force)).await
    }
}
