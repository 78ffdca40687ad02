//! Waiting until machines let us in. The first boot takes as long as it takes; a machine that ends meanwhile is not waited
//! for.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;

use hosts::Fault;
use hosts::fleet::{OverSsh, Reach, together};
use hosts::qemu::{Place, Record, Status};
use hosts::way::Task;
use kit::{Cx, Failure};
use tokio::time::Instant;

use super::super::model::Cluster;
use super::super::reach::{self, Past};
use super::order;
use super::wanted::of_host;
use super::{Raised, yard};
use crate::config::Settings;
use crate::jobs::Progress;

/// How long a machine has to let us in that has had its time.
const ONCE_MORE: Duration = Duration::from_mins(1);
/// How often it is seen whether a machine still runs.
const LOOK: Duration = Duration::from_secs(5);
/// So many are waited for at once.
const AT_ONCE: usize = 16;

/// A host on its way; with what is known of its machine if that was started anew.
type Coming<'a> = Pin<Box<dyn Future<Output = (String, Option<Record>, Result<(), Fault>)> + Send + 'a>>;

/// The way into a machine that may not be up yet.
pub(super) struct Door {
    way: OverSsh,
    host: String,
    place: Place,
    patience: Duration,
}

impl Door {
    /// How long a first boot may take, in software on a busy machine.
    pub const BOOT: Duration = Duration::from_mins(20);

    /// Where that host's machine lets us in, if it does so within that time.
    pub fn of(
        settings: &Settings,
        cluster: &Cluster,
        (host, past): (&str, &Past),
        place: &Place,
        patience: Duration,
    ) -> kit::Result<Self> {
        let hosts = [(host.to_owned(), past.clone())].into();
        let way = reach::to_machines(settings, cluster.ssh.as_ref(), &hosts, patience)?;
        Ok(Self { way, host: host.to_owned(), place: place.clone(), patience })
    }

    /// Waits until it lets us in, and its first boot is over.
    pub async fn opens(&self) -> Result<(), Fault> {
        // What cloud-init is still at would be in our way. Where it failed, what we need is seen to be missing.
        let mut task = Task::new(
            "command -v cloud-init >/dev/null || exit 0\ncloud-init status --wait >/dev/null 2>&1 || :",
        );
        task.deadline = self.patience;
        tokio::select! {
            came = self.way.run(&self.host, &task, &|_| ()) => came.map(drop).map_err(|fault| {
                let fault = Fault::from(fault);
                Fault { what: "its machine does not let us in".into(), ..fault }
            }),
            fault = ended(&self.host, &self.place) => Err(fault),
        }
    }

    /// The same, until then.
    async fn opens_by(&self, end: Instant) -> Result<(), Fault> {
        let late = || {
            let cause = "it was started anew, and there is no time left to wait for it";
            Fault::of_host(&self.host, "its machine does not let us in", cause, "Apply again")
        };
        tokio::time::timeout_at(end, self.opens()).await.unwrap_or_else(|_| Err(late()))
    }
}

/// Waits for those of these hosts that were started not long ago or never finished. Who does not come is noted among the
/// faults. With `anew`, one that was never finished, does not come and should have been started otherwise is started so:
/// nobody relies on it.
pub(in super::super) async fn arrive(
    cx: &Cx,
    settings: &Settings,
    cluster: &Cluster,
    hosts: &BTreeMap<String, Past>,
    raised: &mut Raised,
    (limit, anew): (Duration, bool),
) -> kit::Result<()> {
    let end = Instant::now() + limit.min(Duration::from_hours(24));
    let yard = yard(cluster)?;
    let qemu = order::qemu(cluster);
    let progress = Progress::new(settings.progress.clone());
    let mut coming: Vec<Coming<'_>> = Vec::new();
    for (host, past) in hosts.iter().filter(|(host, _)| raised.records.contains_key(*host)) {
        let place = yard.place(&cluster.name, host);
        // How long it has been running counts, whoever has waited for it.
        let uptime = place.uptime().unwrap_or_default();
        if past.finished && uptime >= Door::BOOT {
            continue;
        }
        let door = |patience| Door::of(settings, cluster, (host, past), &place, patience);
        let first = door(limit.min(patience(uptime)))?;
        let order = raised.outdated.get(host).filter(|_| anew && !past.finished).cloned();
        let again = order.map(|order| Ok::<_, Failure>((order, door(limit.min(Door::BOOT))?))).transpose()?;
        let (qemu, progress) = (&qemu, &progress);
        coming.push(Box::pin(async move {
            let tell = |what: &str| progress.tell(&format!("{}/{host}", cluster.name), &what);
            tell("waiting until its machine is up");
            let came = first.opens().await;
            let Some((order, door)) = again.filter(|_| came.is_err()) else {
                return (host.clone(), None, came);
            };
            tell(order.told);
            match order.renew(qemu).await {
                Ok(record) => (host.clone(), Some(record), door.opens_by(end).await),
                Err(fault) => (host.clone(), None, Err(of_host(host, fault))),
            }
        }));
    }
    let came = cx.or_stop(together(AT_ONCE, coming)).await?;
    for (host, record, came) in came {
        if let Some(record) = record {
            raised.outdated.remove(&host);
            raised.records.insert(host.clone(), record);
        }
        if let Err(fault) = came {
            raised.faults.insert(host, fault);
        }
    }
    Ok(())
}

/// How long a machine is waited for that has been running for so long.
fn patience(uptime: Duration) -> Duration {
    Door::BOOT.saturating_sub(uptime).max(ONCE_MORE)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_had_time_to_boot_is_not_waited_for_as_long_again() {
        let minutes = |uptime| patience(Duration::from_mins(uptime)).as_secs() / 60;
        assert_eq!([0, 15, 19, 20, 600].map(minutes), [20, 5, 1, 1, 1]);
    }
}
