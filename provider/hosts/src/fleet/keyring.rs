//! The gossip keys that living agents use: another one is brought to all of them before it is used, and the old one goes
//! when nobody needs it any more. A run that is cut off anywhere is finished by the next.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::Reach;
use super::council::{Council, Patience};
use crate::Fault;
use crate::cluster::Product;
use crate::secrets::Secret;

/// How long agents may take to hear of a key.
const HEARD: Duration = Duration::from_mins(1);

/// What the agents of one product should speak with.
pub(super) struct Keyring<'a, R> {
    pub council: Council<'a, R>,
    pub product: Product,
    pub key: &'a Secret,
}

/// Which keys are known, and to how many.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Known {
    keys: BTreeMap<String, u64>,
    num_nodes: u64,
}

impl<R: Reach> Keyring<'_, R> {
    /// Brings the key to all agents, so that who has only this one is understood.
    pub async fn install(&self) -> Result<(), Fault> {
        if self.known().await?.keys.contains_key(self.key.expose()) {
            return Ok(());
        }
        self.tell("install", "POST", self.key.expose()).await?;
        let patience = Patience::of(HEARD);
        loop {
            let known = self.known().await?;
            let heard = known.keys.get(self.key.expose()).copied().unwrap_or_default();
            if heard > 0 && heard >= known.num_nodes {
                return Ok(());
            }
            let why = format!("{heard} of {} agents have it", known.num_nodes);
            patience.rest(why).await.map_err(failed)?;
        }
    }

    /// Has all agents use the key, and forget every other.
    pub async fn settle(&self) -> Result<(), Fault> {
        let known = self.known().await?;
        if known.keys.keys().all(|key| key == self.key.expose()) {
            return Ok(());
        }
        self.tell("use", "PUT", self.key.expose()).await?;
        for key in known.keys.keys().filter(|key| *key != self.key.expose()) {
            self.tell("remove", "DELETE", key).await?;
        }
        Ok(())
    }

    async fn known(&self) -> Result<Known, Fault> {
        let known = match self.product {
            Product::Nomad => self.council.get("/v1/agent/keyring/list").await,
            // A server answers for its own datacenter, and for the world beside it if there is one.
            Product::Consul => self
                .council
                .get("/v1/operator/keyring")
                .await
                .map(|mut all: Vec<Known>| all.pop().unwrap_or_default()),
        };
        known.map_err(failed)
    }

    /// Nomad has a place for each deed, Consul a method.
    async fn tell(&self, deed: &str, method: &str, key: &str) -> Result<(), Fault> {
        let body = json!({ "Key": key });
        let told = match self.product {
            Product::Nomad => {
                self.council.ask("PUT", &format!("/v1/agent/keyring/{deed}"), Some(&body)).await
            }
            Product::Consul => self.council.ask(method, "/v1/operator/keyring", Some(&body)).await,
        };
        told.map(drop).map_err(failed)
    }
}

fn failed(why: String) -> Fault {
    let cure =
        "See that all agents run (`nomad server members`, `consul members`), then apply again: it goes on";
    Fault::of_cluster("The gossip keys cannot be changed", why, cure)
}
