//! Waiting until machines let us in. The first boot takes as long as it takes; a machine that ends meanwhile is not waited
//! for.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;

use hosts::Fault;
use hosts::fleet::{OverSsh, Reach, together};
use hosts::qemu::{Place, Status};
use hosts::way::Task;
use kit::{Cx, Result};

use super::super::model::Cluster;
use super::super::reach::{self, Past};
use super::wanted::of_host;
use super::{Raised, yard};
use crate::config::Settings;
use crate::jobs::Progress;

/// How long a first boot may take, in software on a busy machine.
const BOOT: Duration = Duration::from_mins(20);
/// How often it is seen whether a machine still runs.
const LOOK: Duration = Duration::from_secs(5);
/// So many are waited for at once.
const AT_ONCE: usize = 16;

/// A host on its way.
type Coming<'a> = Pin<Box<dyn Future<Output = (String, Result<(), Fault>)> + Send + 'a>>;

/// Waits for those of these hosts that were just started or never finished. Who does not come is noted among the faults.
pub(in super::super) async fn arrive(
    cx: &Cx,
    settings: &Settings,
    cluster: &Cluster,
    hosts: &BTreeMap<String, Past>,
    raised: &mut Raised,
    limit: Duration,
) -> Result<()> {
    let waits = |name: &String, past: &Past| raised.fresh.contains(name) || !past.finished;
    let expected: BTreeMap<String, Past> = hosts
        .iter()
        .filter(|(name, past)| raised.records.contains_key(*name) && waits(name, past))
        .map(|(name, past)| (name.clone(), past.clone()))
        .collect();
    let limit = limit.min(BOOT);
    let way = reach::to_machines(settings, cluster.ssh.as_ref(), &expected, limit)?;
    let yard = yard(cluster)?;
    let progress = Progress::new(settings.progress.clone());
    let wait = |host: &String| -> Coming<'_> {
        let (way, place, progress) = (&way, yard.place(&cluster.name, host), &progress);
        let host = host.clone();
        Box::pin(async move {
            progress.tell(&format!("{}/{host}", cluster.name), &"waiting until its machine is up");
            let came = up(way, &host, &place, limit).await;
            (host, came)
        })
    };
    let work = together(AT_ONCE, expected.keys().map(wait).collect());
    let faults = cx.or_stop(work).await?.into_iter();
    for (host, fault) in faults.filter_map(|(host, came)| Some((host, came.err()?))) {
        raised.records.remove(&host);
        raised.faults.insert(host, fault);
    }
    Ok(())
}

async fn up(way: &OverSsh, host: &str, place: &Place, limit: Duration) -> Result<(), Fault> {
    // What cloud-init is still at would be in our way. Where it failed, what we need is seen to be missing.
    let mut task = Task::new(
        "command -v cloud-init >/dev/null || exit 0\ncloud-init status --wait >/dev/null 2>&1 || :",
    );
    task.deadline = limit;
    tokio::select! {
        came = way.run(host, &task, &|_| ()) => came.map(drop).map_err(|fault| {
            let fault = Fault::from(fault);
            Fault { what: "its machine does not let us in".into(), ..fault }
        }),
        fault = ended(host, place) => Err(fault),
    }
}

async fn ended(host: &str, place: &Place) -> Fault {
    loop {
        tokio::time::sleep(LOOK).await;
        match place.status().await {
            Ok(Status::Running { .. }) => {}
            Ok(_) => {
                let said = place.last_words();
                let cure = "See console.log in its folder; apply again to start it".to_owned();
                let cure = if said.is_empty() { cure } else { format!("{cure}. Its last words:\n{said}") };
                return Fault::of_host(
                    host,
                    "Its machine has ended",
                    "it went off while it was waited for",
                    cure,
                );
            }
            Err(fault) => return of_host(host, fault),
        }
    }
}
