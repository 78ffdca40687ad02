//! Keys and values, changed only by who knows what was there before.
//!
//! Must never show a value.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::Client;
use crate::http::{Request, Safety};
use crate::{Error, Read, Secret};

/// The keys of a datacenter.
#[derive(Clone, Copy, Debug)]
pub struct Kv<'a>(pub(super) &'a Client);

/// What is held at a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The value in base64.
    value: Option<Secret>,
    /// The change after which it is as it is.
    pub modify_index: u64,
}

impl Entry {
    /// The value, if it is text.
    pub fn text(&self) -> Option<Secret> {
        let encoded = self.value.as_ref().map(Secret::expose).unwrap_or_default();
        String::from_utf8(STANDARD.decode(encoded).ok()?).ok().map(Secret::from)
    }
}

impl Kv<'_> {
    /// A key, if it is there.
    pub async fn read(&self, key: &str) -> Result<Option<Entry>, Error> {
        let found = self.0.read_optional::<Vec<Entry>>(Request::get(&parts(key))).await?;
        Ok(found.and_then(|entries| entries.into_iter().next()))
    }

    /// All keys that begin so.
    pub fn list(&self, prefix: &str) -> Read<Option<Vec<Entry>>> {
        let prefix = prefix.trim_end_matches('/');
        self.0.read_optional(Request::get(&parts(prefix)).with("recurse", "true"))
    }

    /// Writes a value; with an index only if the key is as it was after that change (0: if there is none). The answer
    /// is whether it was written.
    pub async fn put(&self, key: &str, value: &Secret, cas: Option<u64>) -> Result<bool, Error> {
        let mut request = Request::put(&parts(key), Safety::Guarded).with_some("cas", cas);
        request.body = Some(value.expose().as_bytes().to_vec());
        match self.0.write(request).await {
            // An earlier attempt may have had no answer: if our value is there, it was us.
            Ok(false) => Ok(self.read(key).await?.and_then(|entry| entry.text()).as_ref() == Some(value)),
            other => other,
        }
    }

    /// Takes a key away; with an index only if it is as it was after that change. The answer is whether it was.
    pub async fn delete(&self, key: &str, cas: Option<u64>) -> Result<bool, Error> {
        self.0.write(Request::delete(&parts(key)).with_some("cas", cas)).await
    }
}

fn parts(key: &str) -> Vec<&str> {
    std::iter::once("kv").chain(key.split('/')).collect()
}
