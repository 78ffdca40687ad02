//! Configuration that the cluster holds: how services may speak with each other, defaults, intentions.
//!
//! An entry travels as the JSON that Consul defines for its kind.

use serde_json::Value;

use super::Client;
use crate::http::{Request, Safety};
use crate::{Error, Read};

/// Configuration that the cluster holds.
#[derive(Clone, Copy, Debug)]
pub struct ConfigEntries<'a>(pub(super) &'a Client);

impl ConfigEntries<'_> {
    /// All of a kind, such as `service-intentions`.
    pub fn list(&self, kind: &str) -> Read<Vec<Value>> {
        self.0.read(Request::get(&["config", kind]))
    }

    /// An entry, if it is there.
    pub fn read(&self, kind: &str, name: &str) -> Read<Option<Value>> {
        self.0.read_optional(Request::get(&["config", kind, name]))
    }

    /// Makes it so; with an index only if it is as it was after that change (0: if there is none). The answer is
    /// whether it is so now.
    pub async fn put(&self, entry: &Value, cas: Option<u64>) -> Result<bool, Error> {
        let request = Request::put(&["config"], Safety::Guarded).with_some("cas", cas);
        self.0.write(request.json(entry)).await
    }

    /// Takes it away.
    pub async fn delete(&self, kind: &str, name: &str) -> Result<(), Error> {
        self.0.run(Request::delete(&["config", kind, name])).await
    }
}
