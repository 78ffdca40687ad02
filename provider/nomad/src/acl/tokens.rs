//! Tokens: who asks.

use serde::{Deserialize, Serialize};

use super::Acl;
use crate::http::{Request, Safety};
use crate::json::or_empty;
use crate::{Error, Read, Secret};

/// What a token may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// What its policies and roles permit.
    #[default]
    Client,
    /// Everything.
    Management,
}

/// A token as it is to be.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may do.
    #[serde(rename = "Type")]
    pub kind: TokenKind,
    /// Its policies, by name.
    pub policies: Vec<String>,
    /// Its roles.
    pub roles: Vec<RoleLink>,
    /// Whether all regions of the federation know it.
    pub global: bool,
    /// How long it lives, in nanoseconds; unset: until it is deleted.
    #[serde(rename = "ExpirationTTL", skip_serializing_if = "Option::is_none")]
    pub expiration_ttl: Option<i64>,
}

/// A role by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RoleLink {
    /// Its name.
    pub name: String,
}

/// A token as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Token {
    /// Its public name.
    #[serde(rename = "AccessorID")]
    pub accessor_id: String,
    /// The secret; none in a list.
    #[serde(rename = "SecretID", deserialize_with = "or_empty")]
    pub secret_id: Secret,
    /// What it is for.
    pub name: String,
    /// `client` or `management`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// Its policies, by name.
    #[serde(deserialize_with = "or_empty")]
    pub policies: Vec<String>,
    /// Its roles.
    #[serde(deserialize_with = "or_empty")]
    pub roles: Vec<RoleLink>,
    /// Whether all regions of the federation know it.
    pub global: bool,
    /// When it ends, if it does, as RFC 3339.
    pub expiration_time: Option<String>,
}

impl Acl<'_> {
    /// All of them, without their secrets.
    pub fn tokens(&self) -> Read<Vec<Token>> {
        self.0.read(Request::get(&["acl", "tokens"]))
    }

    /// A token by its public name, if it is there.
    pub fn token(&self, accessor_id: &str) -> Read<Option<Token>> {
        self.0.read_optional(Request::get(&["acl", "token", accessor_id]))
    }

    /// The token that asks.
    pub fn token_self(&self) -> Read<Token> {
        self.0.read(Request::get(&["acl", "token", "self"]))
    }

    /// Makes one.
    pub async fn create_token(&self, token: &NewToken) -> Result<Token, Error> {
        self.0.write(Request::post(&["acl", "token"], Safety::Once).json(token)).await
    }

    /// Makes it so; its secret stays.
    pub async fn update_token(&self, accessor_id: &str, token: &NewToken) -> Result<Token, Error> {
        let mut body = serde_json::json!(token);
        body["AccessorID"] = accessor_id.into();
        self.0.write(Request::post(&["acl", "token", accessor_id], Safety::Guarded).json(&body)).await
    }

    /// Takes it away.
    pub async fn delete_token(&self, accessor_id: &str) -> Result<(), Error> {
        self.0.run(Request::delete(&["acl", "token", accessor_id])).await
    }
}
