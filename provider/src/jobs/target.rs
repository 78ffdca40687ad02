//! Which Nomad a resource's jobs run on, and whether it can be asked now.

use kit::{Cx, Diagnostic, Late, Result};
use nomad::Client;

use super::Common;
use crate::config::{Reach, Settings};
use crate::connection::{Connection, Patience};

/// The Nomad of a resource.
#[derive(Debug)]
pub enum Target {
    /// None is wanted.
    None,
    /// It is only known at apply.
    Later,
    /// Nobody has said where it is.
    Nowhere,
    /// This one; whether it belongs to a cluster that may just have been made.
    Here(Box<Connection>, bool),
    /// What was said cannot be used.
    Broken(Diagnostic),
}

impl Target {
    /// The one that the resource names, else the provider's.
    pub fn of(common: &Common, settings: &Settings) -> Self {
        if common.render_only {
            return Self::None;
        }
        match (&common.nomad, &settings.nomad) {
            (Some(Late::Known(connection)), _) => Self::Here(Box::new(connection.clone()), true),
            (Some(Late::Unknown), _) | (None, Reach::NotKnownYet) => Self::Later,
            (None, Reach::Nowhere) => Self::Nowhere,
            (None, Reach::Broken(problem)) => Self::Broken(problem.clone()),
            (None, Reach::Here(connection)) => Self::Here(connection.clone(), false),
        }
    }

    /// The namespace that the connection is for, as far as it is known.
    pub fn namespace(&self) -> Option<&str> {
        match self {
            Self::Here(connection, _) => connection.namespace.as_deref(),
            _ => None,
        }
    }

    /// A client for a change, in the namespace of the jobs.
    pub fn for_change(&self, common: &Common) -> Result<Client> {
        match self {
            Self::Here(connection, ours) => {
                let patience = if *ours { Patience::NewCluster } else { Patience::Change };
                Ok(in_namespace(&connection.client(patience)?, common))
            }
            Self::Broken(problem) => Err(problem.clone().into()),
            Self::None | Self::Later | Self::Nowhere => Err(nowhere().into()),
        }
    }

    /// A client for a look, in the namespace of the jobs; none if nobody can be asked.
    pub fn for_look(&self, common: &Common) -> Result<Option<Client>> {
        match self {
            Self::Here(connection, _) => Ok(Some(in_namespace(&connection.client(Patience::Look)?, common))),
            Self::Broken(problem) => Err(problem.clone().into()),
            Self::None | Self::Later | Self::Nowhere => Ok(None),
        }
    }
}

fn in_namespace(client: &Client, common: &Common) -> Client {
    match common.namespace.as_deref() {
        Some(namespace) => client.in_namespace(namespace),
        None => client.clone(),
    }
}

/// Nobody has said where Nomad is.
pub fn nowhere() -> Diagnostic {
    Diagnostic::error(
        "No Nomad is known",
        "The jobs have to run somewhere: pass a cluster's connection (`nomad = lostops_cluster.main.nomad`), or set \
         `nomad { addresses = [\"https://…:4646\"] }` in the provider block, or the environment variable NOMAD_ADDR. \
         With `render_only = true` nothing is registered and no Nomad is needed.",
    )
}

/// What the provider's own Nomad said, for everybody who needs it.
pub fn settings(cx: &Cx) -> Result<std::sync::Arc<Settings>> {
    cx.provider::<Settings>()
}

/// Nomad's refusal as words for a person; whatever is known to be secret is masked.
pub fn refused(summary: impl Into<String>, error: &nomad::Error) -> Diagnostic {
    Diagnostic::error(summary, masked(&error.to_string()))
}

/// A text for a person, without anything that is known to be secret.
pub fn masked(text: &str) -> String {
    serve::log::secrets().redact(text).into_owned()
}
