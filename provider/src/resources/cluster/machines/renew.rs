//! Machines that run and are not what they should be: each is switched off in order and started as it should be, when the
//! fleet says that it is its turn.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use hosts::Fault;
use hosts::fleet::Machines;
use hosts::qemu::{Qemu, Record};
use kit::Result;

use super::super::model::Cluster;
use super::super::reach::Past;
use super::arrive::Door;
use super::order::Order;
use super::wanted::of_host;
use super::{Raised, order};
use crate::config::Settings;

/// The machines that are to be others than they are.
#[derive(Default)]
pub(in super::super) struct Renewals {
    qemu: Qemu,
    waiting: BTreeMap<String, (Order, Door)>,
    renewed: Mutex<BTreeMap<String, Record>>,
}

impl Renewals {
    /// Those that run; the others were started as they should be.
    pub fn of(
        settings: &Settings,
        cluster: &Cluster,
        hosts: &BTreeMap<String, Past>,
        raised: &mut Raised,
    ) -> Result<Self> {
        let mut waiting = BTreeMap::new();
        for (host, order) in std::mem::take(&mut raised.outdated) {
            // Who does not let us in has its fault already.
            if let Some(past) = hosts.get(&host).filter(|_| !raised.faults.contains_key(&host)) {
                let door = Door::of(settings, cluster, (&host, past), &order.machine.place, Door::BOOT)?;
                waiting.insert(host, (order, door));
            }
        }
        Ok(Self { qemu: order::qemu(cluster), waiting, renewed: Mutex::default() })
    }

    /// What is known of a machine since it was started anew.
    pub fn record(&self, host: &str) -> Option<Record> {
        self.renewed.lock().unwrap_or_else(PoisonError::into_inner).get(host).cloned()
    }
}

impl Machines for Renewals {
    fn renews(&self, host: &str) -> bool {
        self.waiting.contains_key(host)
    }

    fn renew<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = std::result::Result<(), Fault>> + Send + 'a>> {
        Box::pin(async move {
            let Some((order, door)) = self.waiting.get(host) else { return Ok(()) };
            let record = order.renew(&self.qemu).await.map_err(|fault| of_host(host, fault))?;
            // Also of one that never comes back it is known where its ports are.
            self.renewed.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned(), record);
            door.opens().await
        })
    }
}
