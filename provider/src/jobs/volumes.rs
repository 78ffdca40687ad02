//! Dynamic host volumes: made if none of that name is there, never changed, deleted only when named.

use std::collections::BTreeSet;
use std::time::Duration;

use kit::{Diagnostic, Result};
use nomad::Client;
use nomad::volumes::{Capability, NewVolume};

use super::rendering::Volume;
use super::target::refused;

/// How long a plugin may take to make a volume.
const PATIENCE: Duration = Duration::from_mins(2);

/// Makes what is not there. Gives the ids of those that were made; none of them stays if one fails.
pub async fn make(client: &Client, needed: &[Volume]) -> Result<Vec<String>> {
    let mut made = Vec::new();
    let verdict = all(client, needed, &mut made).await;
    if verdict.is_err() {
        undo(client, &made).await;
    }
    verdict.map(|()| made)
}

async fn all(client: &Client, needed: &[Volume], made: &mut Vec<String>) -> Result<()> {
    if needed.is_empty() {
        return Ok(());
    }
    let there = client.volumes().list().await;
    let there = there.map_err(|error| refused("The volumes of Nomad cannot be looked at", &error))?;
    for volume in needed {
        if there.iter().any(|other| other.name == volume.called) || fixed(client, volume).await? {
            continue;
        }
        let created = client.volumes().create(&wanted(volume)).await;
        let created = created
            .map_err(|error| refused(format!("The volume {} cannot be made", volume.called), &error))?;
        made.push(created.id.clone());
        ready(client, &created.id, &volume.called).await?;
    }
    Ok(())
}

/// Whether a node of the pool has a host volume of that name in its configuration.
async fn fixed(client: &Client, volume: &Volume) -> Result<bool> {
    let problem = |error: &nomad::Error| refused("The nodes of Nomad cannot be looked at", error);
    let nodes = client.nodes().list().await.map_err(|error| problem(&error))?;
    let pool = volume.node_pool.as_deref();
    for node in nodes.iter().filter(|node| pool.is_none_or(|pool| pool == node.node_pool)) {
        let node = client.nodes().read(&node.id).await.map_err(|error| problem(&error))?;
        if node.is_some_and(|node| node.has_host_volume(&volume.called)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn wanted(volume: &Volume) -> NewVolume {
    let capability = |(access, attachment): &(String, String)| Capability {
        access_mode: access.clone(),
        attachment_mode: attachment.clone(),
    };
    NewVolume {
        name: volume.called.clone(),
        plugin_id: Some("mkdir".to_owned()),
        node_pool: volume.node_pool.clone(),
        requested_capacity_min_bytes: volume.bytes,
        // Nomad refuses a volume that may not become as large as it has to be.
        requested_capacity_max_bytes: volume.bytes,
        requested_capabilities: volume.uses.iter().map(capability).collect(),
        parameters: volume.parameters.clone(),
        ..NewVolume::default()
    }
}

async fn ready(client: &Client, id: &str, name: &str) -> Result<()> {
    let failed = |why: String| Diagnostic::error(format!("The volume {name} is not ready"), why);
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            let found = client.volumes().read(id).await;
            let found =
                found.map_err(|error| refused(format!("The volume {name} cannot be looked at"), &error))?;
            match found.as_ref().map(|volume| volume.state.as_str()) {
                Some("ready") => return Ok(()),
                Some("unavailable") | None => {
                    let why = "The node's plugin could not make it: the log of Nomad's client says why.";
                    return Err(failed(why.to_owned()).into());
                }
                Some(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    });
    let late = || failed(format!("Its plugin has not made it within {} s.", PATIENCE.as_secs())).into();
    waited.await.unwrap_or_else(|_| Err(late()))
}

/// Deletes the volumes that are named, by their names in the pack or in Nomad. Gives the names of those that stay.
pub async fn delete(client: &Client, volumes: &[Volume], named: &BTreeSet<String>) -> Result<Vec<String>> {
    let (doomed, kept): (Vec<&Volume>, Vec<&Volume>) =
        volumes.iter().partition(|volume| named.contains(&volume.name) || named.contains(&volume.called));
    let kept = kept.into_iter().map(|volume| volume.called.clone()).collect();
    if doomed.is_empty() {
        return Ok(kept);
    }
    let there = client.volumes().list().await;
    let there = there.map_err(|error| refused("The volumes of Nomad cannot be looked at", &error))?;
    for volume in doomed {
        for found in there.iter().filter(|found| found.name == volume.called) {
            gone(client, &found.id, &volume.called).await?;
        }
    }
    Ok(kept)
}

/// Nomad lets a volume go only a moment after its last user has ended.
async fn gone(client: &Client, id: &str, name: &str) -> Result<()> {
    let mut tries = 0;
    loop {
        match client.volumes().delete(id, false).await {
            Ok(()) => return Ok(()),
            Err(error) if error.is_not_found() => return Ok(()),
            Err(_) if tries < 20 => tokio::time::sleep(Duration::from_millis(500)).await,
            Err(error) => return Err(refused(format!("The volume {name} cannot be deleted"), &error).into()),
        }
        tries += 1;
    }
}

/// Takes away what this run has made and nothing has used yet.
pub async fn undo(client: &Client, made: &[String]) {
    for id in made {
        if let Err(error) = client.volumes().delete(id, false).await {
            tracing::warn!("a volume that was just made stays: {error}");
        }
    }
}
