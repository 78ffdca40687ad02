//! A machine that is to be started, and what is known of it before and afterwards.

use std::time::Duration;

use hosts::Fault;
use hosts::qemu::{Machine, Qemu, Record, Shape};

use super::super::model::Cluster;

/// How long a system may take to shut down before the power is taken away.
const GRACE: Duration = Duration::from_mins(3);

/// A machine that is to be started.
#[derive(Clone)]
pub(super) struct Order {
    pub host: String,
    pub machine: Machine,
    pub record: Record,
    pub shape: Shape,
    pub told: &'static str,
}

impl Order {
    /// Starts it. What it is started with is known of a new one before it is made; of any other only when it runs, as long as
    /// it may be the one of before that does.
    pub async fn start(&self, qemu: &Qemu) -> Result<Record, Fault> {
        let place = &self.machine.place;
        place.keep(&self.record)?;
        qemu.start(&self.machine).await?;
        let mut record = self.record.clone();
        record.shape = Some(self.shape.clone());
        if record != self.record {
            place.keep(&record)?;
        }
        Ok(record)
    }

    /// Switches it off in order, and starts it.
    pub async fn renew(&self, qemu: &Qemu) -> Result<Record, Fault> {
        self.machine.place.stop(GRACE).await?;
        self.start(qemu).await
    }
}

/// The programs as the cluster wants them.
pub(super) fn qemu(cluster: &Cluster) -> Qemu {
    let hardware = cluster.qemu.as_ref().is_none_or(|block| block.acceleration == "auto");
    Qemu { hardware, ..Qemu::default() }
}
