//! A Consul cluster, as far as running one under Nomad and finding services needs it.
//!
//! Same transport, same rules as for Nomad. Must never know what runs on it.

mod acl;
mod agent;
mod catalog;
mod config_entries;
mod kv;
mod operator;

use std::sync::Arc;

use serde::de::DeserializeOwned;

pub use self::acl::{
    Acl, AuthMethod, BindingRule, Link, NewToken, NodeIdentity, Policy, Role, ServiceIdentity, Token,
};
pub use self::agent::{Agent, Member, Myself, TokenUse};
pub use self::catalog::{Catalog, Check, Instance, Node};
pub use self::config_entries::ConfigEntries;
pub use self::kv::{Entry, Kv};
pub use self::operator::{Health, Operator, Raft, RaftServer, ServerHealth};
use crate::http::{Http, Product, Request};
use crate::read::{Read, decoded};
use crate::{Config, Error, Secret};

static CONSUL: Product =
    Product { name: "Consul", port: 8500, token_header: "X-Consul-Token", index_header: "X-Consul-Index" };

/// A Consul cluster. Cheap to clone: clones share connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: Arc<Http>,
    token: Option<Secret>,
    datacenter: Option<String>,
}

impl Client {
    /// Makes ready to ask; connects to nobody yet.
    pub fn new(config: &Config) -> Result<Self, Error> {
        let token = config.token.clone().filter(|token| !token.is_empty());
        let datacenter = config.datacenter.clone().filter(|name| !name.is_empty());
        Ok(Self { http: Arc::new(Http::new(&CONSUL, config)?), token, datacenter })
    }

    /// The same cluster, asked by somebody else.
    #[must_use]
    pub fn with_token(&self, token: Secret) -> Self {
        Self { token: Some(token), ..self.clone() }
    }

    /// Another datacenter of the same federation.
    #[must_use]
    pub fn in_datacenter(&self, datacenter: &str) -> Self {
        Self { datacenter: Some(datacenter.to_owned()), ..self.clone() }
    }

    /// Who may do what.
    pub fn acl(&self) -> Acl<'_> {
        Acl(self)
    }

    /// The agent that answers.
    pub fn agent(&self) -> Agent<'_> {
        Agent(self)
    }

    /// Nodes and services.
    pub fn catalog(&self) -> Catalog<'_> {
        Catalog(self)
    }

    /// How services may speak with each other.
    pub fn config_entries(&self) -> ConfigEntries<'_> {
        ConfigEntries(self)
    }

    /// Keys and values.
    pub fn kv(&self) -> Kv<'_> {
        Kv(self)
    }

    /// The servers themselves.
    pub fn operator(&self) -> Operator<'_> {
        Operator(self)
    }

    pub(crate) fn http(&self) -> &Http {
        &self.http
    }

    pub(crate) fn read<T: DeserializeOwned>(&self, request: Request) -> Read<T> {
        Read::new(&self.http, self.scoped(request))
    }

    pub(crate) fn read_optional<T: DeserializeOwned>(&self, request: Request) -> Read<Option<T>> {
        Read::optional(&self.http, self.scoped(request))
    }

    pub(crate) async fn write<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        let request = self.scoped(request);
        let answer = self.http.send(&request).await?;
        decoded(&self.http, &request, &answer)
    }

    pub(crate) async fn run(&self, request: Request) -> Result<(), Error> {
        self.http.send(&self.scoped(request)).await.map(drop)
    }

    pub(crate) fn scoped(&self, mut request: Request) -> Request {
        request.token = request.token.or_else(|| self.token.clone());
        request.with_some("dc", self.datacenter.as_ref())
    }
}
