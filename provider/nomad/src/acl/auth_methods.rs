//! Auth methods: how somebody else's word, a signed token of theirs, is turned into one of ours.
//!
//! Must never show a client's secret: it is sent, and comes back as `redacted`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Acl, Token};
use crate::http::{Request, Safety};
use crate::json::or_empty;
use crate::{Error, Read, Secret};

/// Whose word is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AuthMethod {
    /// Its name.
    pub name: String,
    /// `JWT`, or `OIDC` for people with a browser.
    #[serde(rename = "Type")]
    pub kind: String,
    /// Whether the tokens are known in one region (`local`) or in all (`global`).
    pub token_locality: String,
    /// How the tokens are called, with `${auth_method_name}` and the like in it; empty: Nomad's way.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub token_name_format: String,
    /// How long a token lives, such as `1h0m0s`.
    #[serde(rename = "MaxTokenTTL")]
    pub max_token_ttl: String,
    /// Whether it is meant when none is named.
    pub default: bool,
    /// Whom it believes, and what it takes from their word; a list does not say so.
    #[serde(deserialize_with = "or_empty")]
    pub config: AuthConfig,
}

/// Whom an auth method believes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AuthConfig {
    /// Public keys in PEM: whoever has the private one is believed.
    #[serde(
        rename = "JWTValidationPubKeys",
        deserialize_with = "or_empty",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub jwt_validation_pub_keys: Vec<String>,
    /// Where the keys are, for one who publishes them.
    #[serde(rename = "JWKSURL", skip_serializing_if = "String::is_empty")]
    pub jwks_url: String,
    /// Who signed that place's certificate, in PEM.
    #[serde(rename = "JWKSCACert", skip_serializing_if = "String::is_empty")]
    pub jwks_ca_cert: String,
    /// Where the provider tells about itself, without `/.well-known/…`.
    #[serde(rename = "OIDCDiscoveryURL", skip_serializing_if = "String::is_empty")]
    pub oidc_discovery_url: String,
    /// As whom Nomad is known there.
    #[serde(rename = "OIDCClientID", skip_serializing_if = "String::is_empty")]
    pub oidc_client_id: String,
    /// What Nomad proves that with.
    #[serde(rename = "OIDCClientSecret", deserialize_with = "or_empty", skip_serializing)]
    pub oidc_client_secret: Secret,
    /// What is asked for, beside `openid`.
    #[serde(rename = "OIDCScopes", deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub oidc_scopes: Vec<String>,
    /// Where a browser may be sent back to.
    #[serde(
        rename = "AllowedRedirectURIs",
        deserialize_with = "or_empty",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub allowed_redirect_uris: Vec<String>,
    /// Certificates of the provider's authorities, in PEM.
    #[serde(deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub discovery_ca_pem: Vec<String>,
    /// Algorithms, such as `RS256`; none: that one.
    #[serde(deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub signing_algs: Vec<String>,
    /// For whom the word has to be; none: for anybody.
    #[serde(deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub bound_audiences: Vec<String>,
    /// Whose the word has to be; none: anybody's who can sign it.
    #[serde(deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub bound_issuer: Vec<String>,
    /// Which claim becomes which `value.…` of a binding rule.
    #[serde(deserialize_with = "or_empty", skip_serializing_if = "BTreeMap::is_empty")]
    pub claim_mappings: BTreeMap<String, String>,
    /// Which claim becomes which `list.…` of a binding rule.
    #[serde(deserialize_with = "or_empty", skip_serializing_if = "BTreeMap::is_empty")]
    pub list_claim_mappings: BTreeMap<String, String>,
}

impl Acl<'_> {
    /// All of them, without their configurations.
    pub fn auth_methods(&self) -> Read<Vec<AuthMethod>> {
        self.0.read(Request::get(&["acl", "auth-methods"]))
    }

    /// An auth method, if it is there.
    pub fn auth_method(&self, name: &str) -> Read<Option<AuthMethod>> {
        self.0.read_optional(Request::get(&["acl", "auth-method", name]))
    }

    /// Makes it, or, if there is one of that name, makes it so.
    pub async fn put_auth_method(&self, method: &AuthMethod) -> Result<AuthMethod, Error> {
        let mut body = json!(method);
        let secret = &method.config.oidc_client_secret;
        if !secret.is_empty() {
            body["Config"]["OIDCClientSecret"] = secret.expose().into();
        }
        let request = match self.auth_method(&method.name).await? {
            Some(_) => Request::post(&["acl", "auth-method", &method.name], Safety::Guarded),
            // Of two who make it at once, the second is refused.
            None => Request::post(&["acl", "auth-method"], Safety::Guarded),
        };
        self.0.write(request.json(&body)).await
    }

    /// Takes it away, and with it every token that it gave.
    pub async fn delete_auth_method(&self, name: &str) -> Result<(), Error> {
        self.0.run(Request::delete(&["acl", "auth-method", name])).await
    }

    /// Exchanges somebody else's word for a token.
    pub async fn login(&self, auth_method: &str, word: &Secret) -> Result<Token, Error> {
        let body = json!({"AuthMethodName": auth_method, "LoginToken": word.expose()});
        // Once: each time is another token.
        self.0.write(Request::post(&["acl", "login"], Safety::Once).json(&body)).await
    }
}
