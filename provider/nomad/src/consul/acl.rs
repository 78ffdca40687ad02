//! Who may do what in Consul, and how Nomad's jobs come by a token.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Client;
use crate::http::{Request, Safety};
use crate::json::or_empty;
use crate::{Error, Read, Secret};

/// Access control of a cluster.
#[derive(Clone, Copy, Debug)]
pub struct Acl<'a>(pub(super) &'a Client);

/// A token as it is to be.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewToken {
    /// Its public name, if it is to be a chosen one.
    #[serde(rename = "AccessorID", skip_serializing_if = "Option::is_none")]
    pub accessor_id: Option<String>,
    /// What it is for.
    pub description: String,
    /// Its policies.
    pub policies: Vec<Link>,
    /// Its roles.
    pub roles: Vec<Link>,
    /// What it may do as a node.
    pub node_identities: Vec<NodeIdentity>,
    /// What it may do as a service.
    pub service_identities: Vec<ServiceIdentity>,
}

/// A policy or a role by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Link {
    /// Its name.
    pub name: String,
}

/// What an agent needs on its node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodeIdentity {
    /// The node.
    pub node_name: String,
    /// Its datacenter.
    pub datacenter: String,
}

/// What a service needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceIdentity {
    /// The service.
    pub service_name: String,
}

/// A token as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Token {
    /// Its public name.
    #[serde(rename = "AccessorID")]
    pub accessor_id: String,
    /// The secret; lists may hide it.
    #[serde(rename = "SecretID", deserialize_with = "or_empty")]
    pub secret_id: Secret,
    /// What it is for.
    pub description: String,
    /// Its policies.
    #[serde(deserialize_with = "or_empty")]
    pub policies: Vec<Link>,
    /// What it may do as a node.
    #[serde(deserialize_with = "or_empty")]
    pub node_identities: Vec<NodeIdentity>,
}

/// What is permitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Policy {
    /// Its id; empty for one that is to be made.
    #[serde(rename = "ID", skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The rules; none in a list.
    pub rules: String,
}

/// Policies under one name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Role {
    /// Its id; empty for one that is to be made.
    #[serde(rename = "ID", skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its policies.
    #[serde(deserialize_with = "or_empty")]
    pub policies: Vec<Link>,
}

/// How somebody else's word is turned into a token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AuthMethod {
    /// Its name.
    pub name: String,
    /// Such as `jwt`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// What it is for.
    pub description: String,
    /// `local` or `global`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub token_locality: String,
    /// Its settings, as its kind wants them.
    #[serde(deserialize_with = "or_empty")]
    pub config: BTreeMap<String, Value>,
}

/// What a token that came by an auth method may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BindingRule {
    /// Its id; empty for one that is to be made.
    #[serde(rename = "ID", skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What it is for.
    pub description: String,
    /// Which auth method.
    pub auth_method: String,
    /// For whom.
    pub selector: String,
    /// `service`, `role`, …
    pub bind_type: String,
    /// Which one, with `${value.…}` in it.
    pub bind_name: String,
}

impl Acl<'_> {
    /// Makes the first token with this secret, which has to be a UUID; or finds that it was made with it before. Says
    /// whether it was made just now.
    pub async fn bootstrap(&self, secret: &Secret) -> Result<(Token, bool), Error> {
        let body = json!({"BootstrapSecret": secret.expose()});
        let request = Request::put(&["acl", "bootstrap"], Safety::Guarded).json(&body);
        match self.0.write::<Token>(request).await {
            Ok(token) => Ok((token, true)),
            Err(error) if error.text().contains("bootstrap no longer allowed") => {
                let known = self.0.with_token(secret.clone()).acl().token_self().await;
                known.map(|token| (token, false)).map_err(|_| error)
            }
            Err(error) => Err(error),
        }
    }

    /// All tokens.
    pub fn tokens(&self) -> Read<Vec<Token>> {
        self.0.read(Request::get(&["acl", "tokens"]))
    }

    /// The token that asks.
    pub fn token_self(&self) -> Read<Token> {
        self.0.read(Request::get(&["acl", "token", "self"]))
    }

    /// Makes a token; one with a chosen name is made once.
    pub async fn create_token(&self, token: &NewToken) -> Result<Token, Error> {
        let safety = if token.accessor_id.is_some() { Safety::Guarded } else { Safety::Once };
        self.0.write(Request::put(&["acl", "token"], safety).json(token)).await
    }

    /// Takes a token away.
    pub async fn delete_token(&self, accessor_id: &str) -> Result<(), Error> {
        self.0.run(Request::delete(&["acl", "token", accessor_id])).await
    }

    /// All policies, without their rules.
    pub fn policies(&self) -> Read<Vec<Policy>> {
        self.0.read(Request::get(&["acl", "policies"]))
    }

    /// A policy by name, if it is there.
    pub async fn policy(&self, name: &str) -> Result<Option<Policy>, Error> {
        absent_or(self.0.read::<Option<Policy>>(Request::get(&["acl", "policy", "name", name])).await)
    }

    /// Makes a policy, or makes the one of that id so.
    pub async fn put_policy(&self, policy: &Policy) -> Result<Policy, Error> {
        self.0.write(put("policy", &policy.id).json(policy)).await
    }

    /// Takes a policy away.
    pub async fn delete_policy(&self, id: &str) -> Result<(), Error> {
        self.0.run(Request::delete(&["acl", "policy", id])).await
    }

    /// A role by name, if it is there.
    pub async fn role(&self, name: &str) -> Result<Option<Role>, Error> {
        absent_or(self.0.read::<Option<Role>>(Request::get(&["acl", "role", "name", name])).await)
    }

    /// Makes a role, or makes the one of that id so.
    pub async fn put_role(&self, role: &Role) -> Result<Role, Error> {
        self.0.write(put("role", &role.id).json(role)).await
    }

    /// An auth method, if it is there.
    pub async fn auth_method(&self, name: &str) -> Result<Option<AuthMethod>, Error> {
        absent_or(self.0.read::<Option<AuthMethod>>(Request::get(&["acl", "auth-method", name])).await)
    }

    /// Makes an auth method, or, if there is one of that name, makes it so.
    pub async fn put_auth_method(&self, method: &AuthMethod) -> Result<AuthMethod, Error> {
        let name = if self.auth_method(&method.name).await?.is_some() { method.name.as_str() } else { "" };
        self.0.write(put("auth-method", name).json(method)).await
    }

    /// The binding rules of an auth method.
    pub fn binding_rules(&self, auth_method: &str) -> Read<Vec<BindingRule>> {
        self.0.read(Request::get(&["acl", "binding-rules"]).with("authmethod", auth_method))
    }

    /// Makes a binding rule, or makes the one of that id so.
    pub async fn put_binding_rule(&self, rule: &BindingRule) -> Result<BindingRule, Error> {
        self.0.write(put("binding-rule", &rule.id).json(rule)).await
    }
}

fn put(noun: &str, id: &str) -> Request {
    match id {
        "" => Request::put(&["acl", noun], Safety::Once),
        id => Request::put(&["acl", noun, id], Safety::Guarded),
    }
}

/// Consul says of a name that is not there: 404, or 403 with these words, or 500 with these words, by its version.
fn absent_or<T>(read: Result<Option<T>, Error>) -> Result<Option<T>, Error> {
    match read {
        Err(error) if error.is_not_found() || error.text().contains("ACL not found") => Ok(None),
        other => other,
    }
}
