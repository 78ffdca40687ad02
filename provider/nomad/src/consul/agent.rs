//! One Consul agent: the very one that the address leads to.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Client;
use crate::http::{Request, Safety};
use crate::json::or_empty;
use crate::{Error, Read, Secret};

/// The agent that answers.
#[derive(Clone, Copy, Debug)]
pub struct Agent<'a>(pub(super) &'a Client);

/// What an agent says about itself.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Myself {
    /// The part of its configuration that it shows, such as `Version` and `NodeName`.
    #[serde(deserialize_with = "or_empty")]
    pub config: BTreeMap<String, Value>,
    /// What the others know of it.
    pub member: Member,
}

/// An agent as the others know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its address.
    pub addr: String,
    /// 1: alive, 2: leaving, 3: left, 4: failed.
    pub status: i64,
    /// What it says about itself, such as `role` and `build`.
    #[serde(deserialize_with = "or_empty")]
    pub tags: BTreeMap<String, String>,
}

impl Member {
    /// Whether it is there.
    pub fn is_alive(&self) -> bool {
        self.status == 1
    }
}

/// What an agent uses a token for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// Its own work.
    Agent,
    /// Requests that bring none.
    Default,
    /// Registering services from its configuration.
    ConfigFileRegistration,
}

impl Agent<'_> {
    /// What it says about itself.
    pub fn myself(&self) -> Read<Myself> {
        self.0.read(Request::get(&["agent", "self"]))
    }

    /// The agents that it knows.
    pub fn members(&self) -> Read<Vec<Member>> {
        self.0.read(Request::get(&["agent", "members"]))
    }

    /// Gives it a token.
    pub async fn set_token(&self, purpose: TokenUse, token: &Secret) -> Result<(), Error> {
        let purpose = match purpose {
            TokenUse::Agent => "agent",
            TokenUse::Default => "default",
            TokenUse::ConfigFileRegistration => "config_file_service_registration",
        };
        let body = json!({"Token": token.expose()});
        self.0.run(Request::put(&["agent", "token", purpose], Safety::Guarded).json(&body)).await
    }

    /// Declares an agent gone that did not say goodbye; with `prune` it is forgotten, too.
    pub async fn force_leave(&self, name: &str, prune: bool) -> Result<(), Error> {
        let request = Request::put(&["agent", "force-leave", name], Safety::Guarded);
        self.0.run(if prune { request.with("prune", "true") } else { request }).await
    }

    /// Lets it leave the cluster and end.
    pub async fn leave(&self) -> Result<(), Error> {
        self.0.run(Request::put(&["agent", "leave"], Safety::Once)).await
    }

    /// Lets it read its configuration again.
    pub async fn reload(&self) -> Result<(), Error> {
        self.0.run(Request::put(&["agent", "reload"], Safety::Guarded)).await
    }
}
