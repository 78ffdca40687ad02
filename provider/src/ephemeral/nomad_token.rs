//! `lostops_nomad_token`: a token for one run of Terraform, taken back when the run is over.

use kit::check::{Verdict, one_of};
use kit::{Block, Computed, Cx, Diagnostic, Ephemeral, Late, Lease, Private, Result};
use nomad::acl::{NewToken, RoleLink, TokenKind};
use packgen::jobspec::duration;

use crate::config::{Reach, Settings};
use crate::connection::{Connection, Patience};
use crate::jobs::{masked, nowhere, refused};

/// A Nomad ACL token that lives as long as one run of Terraform.
///
/// It is made when Terraform needs it, deleted when the run is over, and stored nowhere. If a run is killed, its time to
/// live ends it.
#[derive(Block)]
pub struct Model {
    /// The Nomad that makes it: `nomad` of a cluster. Unset: that of the provider.
    #[attr(sensitive)]
    pub nomad: Option<Late<Connection>>,
    /// What it is called in Nomad.
    #[attr(default = "terraform")]
    pub name: String,
    /// What it may do: `client` what its policies and roles permit, `management` everything.
    #[attr(default = "client", check = one_of(&["client", "management"]))]
    pub kind: String,
    /// Its policies, by name.
    pub policies: Option<Vec<String>>,
    /// Its roles, by name.
    pub roles: Option<Vec<String>>,
    /// Whether all regions of the federation know it.
    #[attr(default = false)]
    pub global: bool,
    /// How long it lives at most, such as `30m`. Nomad allows a minute to a day, unless it is configured otherwise.
    #[attr(default = "1h", check = lifetime)]
    pub ttl: String,
    /// The token itself.
    #[attr(sensitive)]
    pub secret_id: Computed<String>,
    /// Its public name.
    pub accessor_id: Computed<String>,
    /// When it ends, as RFC 3339.
    pub expiration_time: Computed<String>,
}

/// The ephemeral resource.
pub struct NomadToken;

impl Ephemeral for NomadToken {
    type Model = Model;
    const NAME: &'static str = "lostops_nomad_token";

    async fn open(&self, cx: &Cx, model: &mut Model) -> Result<Lease> {
        let connection = connection(cx, model)?;
        let token = NewToken {
            name: model.name.clone(),
            kind: if model.kind == "management" { TokenKind::Management } else { TokenKind::Client },
            policies: model.policies.clone().unwrap_or_default(),
            roles: model.roles.iter().flatten().map(|name| RoleLink { name: name.clone() }).collect(),
            global: model.global,
            expiration_ttl: duration::parse(&model.ttl).ok(),
        };
        let client = connection.client(Patience::Change)?;
        let made = client.acl().create_token(&token).await;
        let made = made.map_err(|error| refused("Nomad does not make a token", &error))?;
        serve::log::secrets().hide(made.secret_id.expose());
        model.secret_id.set(made.secret_id.expose());
        model.accessor_id.set(made.accessor_id.as_str());
        model.expiration_time.set(made.expiration_time.unwrap_or_default());
        let mut private = Private::default();
        private.set("accessor_id", &made.accessor_id);
        private.set("nomad", &connection);
        Ok(Lease { renew_in: None, private })
    }

    async fn close(&self, _: &Cx, private: Private) -> Result<()> {
        let (Some(accessor), Some(connection)) =
            (private.get::<String>("accessor_id"), private.get::<Connection>("nomad"))
        else {
            return Ok(());
        };
        let deleted = connection.client(Patience::Change)?.acl().delete_token(&accessor).await;
        match deleted {
            Err(error) if error.is_not_found() => Ok(()),
            other => other.map_err(|error| {
                let summary = format!("The token {accessor} could not be taken back");
                let detail =
                    format!("It ends by itself at the end of its `ttl`. {}", masked(&error.to_string()));
                Diagnostic::error(summary, detail).into()
            }),
        }
    }

    fn check(&self, model: &Model) -> Vec<Diagnostic> {
        let nothing = model.policies.iter().chain(&model.roles).all(Vec::is_empty);
        let problem = Diagnostic::error(
            "The token could do nothing",
            "policies: a token of kind `client` needs at least one policy or role.",
        );
        (model.kind == "client" && nothing).then(|| problem.attribute("policies")).into_iter().collect()
    }
}

fn connection(cx: &Cx, model: &Model) -> Result<Connection> {
    if let Some(Late::Known(connection)) = &model.nomad {
        return Ok(connection.clone());
    }
    match &cx.provider::<Settings>()?.nomad {
        Reach::Here(connection) if model.nomad.is_none() => Ok((**connection).clone()),
        Reach::Broken(problem) => Err(problem.clone().into()),
        _ => Err(nowhere().into()),
    }
}

fn lifetime(given: &str) -> Verdict {
    match duration::parse(given) {
        Ok(nanos) if nanos > 0 => Ok(()),
        _ => Err(format!("expected a time such as 30m or 2h, got {given:?}")),
    }
}
