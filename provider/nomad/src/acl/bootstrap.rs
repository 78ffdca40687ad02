//! The first token of a cluster, and the ones that let somebody in once.
//!
//! Must never lose a first token: who brings the secret can ask as often as needed and gets the same token.

use serde::Deserialize;
use serde_json::json;

use super::{Acl, Token};
use crate::http::{Request, Safety};
use crate::json::or_empty;
use crate::{Error, Secret};

/// The first token, and whether it was made just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bootstrapped {
    /// The token.
    pub token: Token,
    /// Whether it was made just now.
    pub fresh: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Made {
    #[serde(rename = "OneTimeToken")]
    token: OneTime,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OneTime {
    #[serde(rename = "OneTimeSecretID")]
    secret: Secret,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Exchanged {
    token: Token,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Introduced {
    #[serde(rename = "JWT", deserialize_with = "or_empty")]
    jwt: Secret,
}

impl Acl<'_> {
    /// Makes the first token with this secret, which has to be a UUID; or finds that it was made with it before.
    pub async fn bootstrap(&self, secret: &Secret) -> Result<Bootstrapped, Error> {
        let body = json!({"BootstrapSecret": secret.expose()});
        // Made twice, the second is refused, and then we look.
        let request = Request::post(&["acl", "bootstrap"], Safety::Guarded).json(&body);
        match self.0.write::<Token>(request).await {
            Ok(token) => Ok(Bootstrapped { token, fresh: true }),
            Err(error) if error.text().contains("bootstrap already done") => {
                let known = self.0.with_token(secret.clone()).acl().token_self().await;
                known.map(|token| Bootstrapped { token, fresh: false }).map_err(|_| error)
            }
            Err(error) => Err(error),
        }
    }

    /// Makes a secret that can be exchanged for the asking token, once and soon: for a browser.
    pub async fn one_time(&self) -> Result<Secret, Error> {
        let made: Made = self.0.write(Request::post(&["acl", "token", "onetime"], Safety::Guarded)).await?;
        Ok(made.token.secret)
    }

    /// Exchanges such a secret for the token.
    pub async fn exchange(&self, one_time: &Secret) -> Result<Token, Error> {
        let body = json!({"OneTimeSecretID": one_time.expose()});
        let request = Request::post(&["acl", "token", "onetime", "exchange"], Safety::Once).json(&body);
        Ok(self.0.write::<Exchanged>(request).await?.token)
    }

    /// Makes a letter of introduction with which a client may join, for so many seconds.
    pub async fn introduce_client(
        &self,
        node_name: &str,
        node_pool: &str,
        seconds: u32,
    ) -> Result<Secret, Error> {
        let ttl = i64::from(seconds) * 1_000_000_000;
        let body = json!({"TTL": ttl, "NodeName": node_name, "NodePool": node_pool});
        let path = ["acl", "identity", "client-introduction-token"];
        Ok(self.0.write::<Introduced>(Request::post(&path, Safety::Guarded).json(&body)).await?.jwt)
    }
}
