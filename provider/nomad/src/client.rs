//! A Nomad cluster, and the nouns that it can be asked about.
//!
//! Cheap to clone: clones share connections. Must never change what it was made with; who wants another namespace
//! gets another client.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::http::{Http, Product, Request};
use crate::read::{Read, decoded};
use crate::{Config, Error, Secret};

static NOMAD: Product =
    Product { name: "Nomad", port: 4646, token_header: "X-Nomad-Token", index_header: "X-Nomad-Index" };

/// A Nomad cluster.
#[derive(Clone, Debug)]
pub struct Client {
    http: Arc<Http>,
    token: Option<Secret>,
    region: Option<String>,
    namespace: Option<String>,
}

impl Client {
    /// Makes ready to ask; connects to nobody yet.
    pub fn new(config: &Config) -> Result<Self, Error> {
        let token = config.token.clone().filter(|token| !token.is_empty());
        let named = |name: &Option<String>| name.clone().filter(|name| !name.is_empty());
        let (region, namespace) = (named(&config.region), named(&config.namespace));
        Ok(Self { http: Arc::new(Http::new(&NOMAD, config)?), token, region, namespace })
    }

    /// The same cluster, asked by somebody else.
    #[must_use]
    pub fn with_token(&self, token: Secret) -> Self {
        Self { token: Some(token), ..self.clone() }
    }

    /// The same cluster's other namespace; `*` is all of them where lists are asked for.
    #[must_use]
    pub fn in_namespace(&self, namespace: &str) -> Self {
        Self { namespace: Some(namespace.to_owned()), ..self.clone() }
    }

    /// Another region of the same federation.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        Self { region: Some(region.to_owned()), ..self.clone() }
    }

    /// The namespace that is asked about.
    pub fn namespace(&self) -> &str {
        self.namespace.as_deref().unwrap_or("default")
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

    /// Changes something and reads what came of it.
    pub(crate) async fn write<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        let request = self.scoped(request);
        let answer = self.http.send(&request).await?;
        decoded(&self.http, &request, &answer)
    }

    /// Changes something whose answer says nothing that we need.
    pub(crate) async fn run(&self, request: Request) -> Result<(), Error> {
        self.http.send(&self.scoped(request)).await.map(drop)
    }

    /// The request as it leaves: who asks, and about which namespace and region unless it says so itself.
    pub(crate) fn scoped(&self, mut request: Request) -> Request {
        request.token = request.token.or_else(|| self.token.clone());
        for (name, value) in [("namespace", &self.namespace), ("region", &self.region)] {
            if !request.names(name) {
                request = request.with_some(name, value.as_ref());
            }
        }
        request
    }
}
