//! Binding rules: what somebody may do whose word an auth method takes.

use serde::{Deserialize, Serialize};

use super::{Acl, made_or_changed};
use crate::http::Request;
use crate::{Error, Read};

/// What a token that came by an auth method may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BindingRule {
    /// Its id; empty for one that is to be made.
    #[serde(rename = "ID", skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What it is for; a list does not say so.
    pub description: String,
    /// Which auth method.
    pub auth_method: String,
    /// For whom, such as `value.team == "ops"`; empty: for all; a list does not say so.
    pub selector: String,
    /// `role`, `policy` or `management`; a list does not say so.
    pub bind_type: String,
    /// Which role or policy, with `${value.…}` in it; a list does not say so.
    pub bind_name: String,
}

impl Acl<'_> {
    /// All of them, without what they say.
    pub fn binding_rules(&self) -> Read<Vec<BindingRule>> {
        self.0.read(Request::get(&["acl", "binding-rules"]))
    }

    /// A binding rule, if it is there.
    pub fn binding_rule(&self, id: &str) -> Read<Option<BindingRule>> {
        self.0.read_optional(Request::get(&["acl", "binding-rule", id]))
    }

    /// Makes it, or makes the one of that id so.
    pub async fn put_binding_rule(&self, rule: &BindingRule) -> Result<BindingRule, Error> {
        self.0.write(made_or_changed("binding-rule", &rule.id).json(rule)).await
    }

    /// Takes it away; tokens that it gave stay.
    pub async fn delete_binding_rule(&self, id: &str) -> Result<(), Error> {
        self.0.run(Request::delete(&["acl", "binding-rule", id])).await
    }
}
