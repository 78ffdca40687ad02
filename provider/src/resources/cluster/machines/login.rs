//! Whether whoever runs Terraform can log in to machines that let in nobody else.

use hosts::ssh::HostKey;
use kit::{Diagnostic, Result};

use super::super::model::Cluster;
use super::super::reach;
use crate::config::Settings;

/// Refuses what would lock us out. A key that cannot be told without asking somebody is believed to be among them.
pub(super) async fn check(settings: &Settings, cluster: &Cluster) -> Result<()> {
    let ours = reach::login(settings)?.credentials.public_keys().await;
    let named = cluster.ssh.as_ref().and_then(|ssh| ssh.public_keys.as_ref()).into_iter().flatten();
    let named: Vec<HostKey> = named.filter_map(|key| key.parse().ok()).collect();
    let Some(own) = ours.first().filter(|_| !ours.iter().any(|own| named.contains(own))) else {
        return Ok(());
    };
    let detail = format!(
        "The key of the provider's block `ssh` is not among `public_keys`, and nobody else is let in to machines that are made. Add it:\n{own}"
    );
    Err(Diagnostic::error("lostops itself could not log in", detail).attribute("ssh.public_keys").into())
}
