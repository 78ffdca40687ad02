//! Roles: policies under one name, so that tokens need not be changed when what they may do is.

use serde::{Deserialize, Serialize};

use super::{Acl, made_or_changed};
use crate::http::Request;
use crate::json::or_empty;
use crate::{Error, Read};

/// Policies under one name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Role {
    /// Its id; empty for one that is to be made.
    #[serde(rename = "ID", skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Its name, which no other role has.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its policies.
    #[serde(deserialize_with = "or_empty")]
    pub policies: Vec<PolicyLink>,
}

/// A policy by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PolicyLink {
    /// Its name.
    pub name: String,
}

impl From<&str> for PolicyLink {
    fn from(name: &str) -> Self {
        Self { name: name.to_owned() }
    }
}

impl Acl<'_> {
    /// All of them.
    pub fn roles(&self) -> Read<Vec<Role>> {
        self.0.read(Request::get(&["acl", "roles"]))
    }

    /// A role by its id, if it is there.
    pub fn role(&self, id: &str) -> Read<Option<Role>> {
        self.0.read_optional(Request::get(&["acl", "role", id]))
    }

    /// A role by its name, if it is there.
    pub fn role_named(&self, name: &str) -> Read<Option<Role>> {
        self.0.read_optional(Request::get(&["acl", "role", "name", name]))
    }

    /// Makes it, or makes the one of that id so.
    pub async fn put_role(&self, role: &Role) -> Result<Role, Error> {
        self.0.write(made_or_changed("role", &role.id).json(role)).await
    }

    /// Takes it away; tokens that have it may do less from then on.
    pub async fn delete_role(&self, id: &str) -> Result<(), Error> {
        self.0.run(Request::delete(&["acl", "role", id])).await
    }
}
