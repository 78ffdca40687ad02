//! Dynamic host volumes: made if none of that name is there, never changed, never deleted.

use std::collections::BTreeMap;
use std::time::Duration;

use nomad::Client;
use nomad::volumes::{Capability, NewVolume};
use packgen::hcl::Value;
use packgen::pack::NeededVolume;
use packgen::source::Diagnostics;

use super::super::cluster::failed;
use super::super::plan::in_namespace;
use super::super::prepared::Prepared;
use super::super::session::problem;
use super::super::terminal::Terminal;

/// How long a plugin may take to make a volume.
const PATIENCE: Duration = Duration::from_mins(1);

/// Makes what is not there. Gives the names of those that were made.
pub async fn make(
    client: &Client,
    prepared: &Prepared,
    terminal: Terminal,
) -> Result<Vec<String>, Diagnostics> {
    let mut made = Vec::new();
    for volume in &prepared.volumes {
        let here = prepared
            .jobs
            .iter()
            .find(|job| job.id == volume.job_id)
            .map_or_else(|| client.clone(), |job| in_namespace(client, job));
        let name = text(&volume.called).unwrap_or_default();
        let there = here.volumes().list().await.map_err(|error| failed(&error))?;
        if there.iter().any(|other| other.name == name) {
            continue;
        }
        terminal.say(&format!("making the volume {name}"));
        let created = here.volumes().create(&wanted(volume, &name)).await.map_err(|error| failed(&error))?;
        ready(&here, &created.id, &name).await?;
        made.push(name);
    }
    Ok(made)
}

fn wanted(volume: &NeededVolume, name: &str) -> NewVolume {
    let size = volume.size.as_number().and_then(packgen::hcl::Number::to_i64).unwrap_or(0);
    let parameters = [("mode", &volume.mode), ("uid", &volume.uid), ("gid", &volume.gid)];
    let parameters = parameters.into_iter().filter_map(|(key, value)| Some((key.to_owned(), text(value)?)));
    let capability = |(access, attachment): &(String, String)| Capability {
        access_mode: access.clone(),
        attachment_mode: attachment.clone(),
    };
    NewVolume {
        name: name.to_owned(),
        plugin_id: Some("mkdir".to_owned()),
        node_pool: text(&volume.node_pool).filter(|pool| !pool.is_empty() && pool != "all"),
        requested_capacity_min_bytes: size,
        // Nomad refuses a volume that may not become as large as it has to be.
        requested_capacity_max_bytes: size,
        requested_capabilities: volume.uses.iter().map(capability).collect(),
        parameters: parameters.collect::<BTreeMap<_, _>>(),
        ..NewVolume::default()
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_number().map(ToString::to_string))
}

async fn ready(client: &Client, id: &str, name: &str) -> Result<(), Diagnostics> {
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            let found = client.volumes().read(id).await.map_err(|error| failed(&error))?;
            match found.as_ref().map(|volume| volume.state.as_str()) {
                Some("ready") => return Ok(()),
                Some("unavailable") | None => {
                    return Err(problem("volume", format!("the volume {name} could not be made")));
                }
                Some(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    });
    waited.await.unwrap_or_else(|_| {
        Err(problem("volume", format!("the volume {name} is not ready after {} s", PATIENCE.as_secs())))
    })
}
