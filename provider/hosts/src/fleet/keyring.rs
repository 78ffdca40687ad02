//! The gossip keys that living agents use: another one is brought to all of them before it is used, and the old one goes
//! when nobody needs it any more. A run that is cut off anywhere is finished by the next.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::Reach;
use super::council::{Council, Patience};
use super::work::Crew;
use crate::Fault;
use crate::cluster::Product;
use crate::secrets::Secret;

/// How long agents may take to hear of a key. Who has just been lost is asked like the others, in vain, until it is missed.
const HEARD: Duration = Duration::from_mins(1);

/// What the agents of one product should speak with.
struct Keyring<'a, R> {
    council: Council<'a, R>,
    product: Product,
    key: &'a Secret,
}

/// Which keys are known, and to how many.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Known {
    keys: BTreeMap<String, u64>,
    num_nodes: u64,
}

impl<R: Reach> Crew<'_, R> {
    /// Brings the gossip keys to all agents; in the end they use no other.
    pub(super) async fn gossip(&self, servers: &BTreeSet<String>, settle: bool) -> Result<(), Fault> {
        for (product, asker, key) in &self.gossip {
            let keyring =
                Keyring { council: Council::of(self.reach, asker, servers), product: *product, key };
            keyring.install().await?;
            if settle {
                keyring.settle().await?;
            }
        }
        Ok(())
    }
}

impl<R: Reach> Keyring<'_, R> {
    /// Brings the key to all agents, so that who has only this one is understood.
    async fn install(&self) -> Result<(), Fault> {
        let patience = Patience::of(HEARD);
        while let Err(why) = self.bring().await {
            patience.rest(why).await.map_err(failed)?;
        }
        Ok(())
    }

    /// Has all agents use the key, and forget every other.
    async fn settle(&self) -> Result<(), Fault> {
        let patience = Patience::of(HEARD);
        while let Err(why) = self.turn().await {
            patience.rest(why).await.map_err(failed)?;
        }
        Ok(())
    }

    async fn bring(&self) -> Result<(), String> {
        if self.missing().await?.is_some() {
            self.tell("install", "POST", self.key.expose()).await?;
            return self.missing().await?.map_or(Ok(()), Err);
        }
        Ok(())
    }

    /// What is missing until all agents have the key.
    async fn missing(&self) -> Result<Option<String>, String> {
        let Known { keys, num_nodes } = self.known().await?;
        let heard = keys.get(self.key.expose()).copied().unwrap_or_default();
        let all = heard > 0 && heard >= num_nodes;
        Ok((!all).then(|| format!("{heard} of {num_nodes} agents have it")))
    }

    async fn turn(&self) -> Result<(), String> {
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

    async fn known(&self) -> Result<Known, String> {
        match self.product {
            Product::Nomad => self.council.get("/v1/agent/keyring/list").await,
            // A server answers for its own datacenter, and for the world beside it if there is one.
            Product::Consul => self
                .council
                .get("/v1/operator/keyring")
                .await
                .map(|mut all: Vec<Known>| all.pop().unwrap_or_default()),
        }
    }

    /// Nomad has a place for each deed, Consul a method.
    async fn tell(&self, deed: &str, method: &str, key: &str) -> Result<(), String> {
        let body = json!({ "Key": key });
        let told = match self.product {
            Product::Nomad => {
                self.council.ask("PUT", &format!("/v1/agent/keyring/{deed}"), Some(&body)).await
            }
            Product::Consul => self.council.ask(method, "/v1/operator/keyring", Some(&body)).await,
        };
        told.map(drop)
    }
}

fn failed(why: String) -> Fault {
    let cure =
        "See that all agents run (`nomad server members`, `consul members`), then apply again: it goes on";
    Fault::of_cluster("The gossip keys cannot be changed", why, cure)
}
