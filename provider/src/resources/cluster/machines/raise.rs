//! Making and starting machines. What is known of one is kept before anything else of it is there, so that a run which is
//! cut off leaves no machine that nobody knows.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::pin::Pin;

use hosts::Fault;
use hosts::fleet::together;
use hosts::qemu::{Place, Record, Status};
use hosts::secrets::{Broken, mark};
use hosts::seed::SshKeys;
use hosts::ssh::make_key;
use kit::Result;

use super::super::fleet::broken;
use super::super::model::{self, Cluster, Host, Pool};
use super::order::{self, Order};
use super::wanted::{self, HERE, of_host};
use super::yard::{PORTS, Yard};
use super::{Raised, resize};
use crate::config::Settings;
use crate::jobs::Progress;

/// So many machines come up at once.
const AT_ONCE: usize = 4;

/// A machine on its way, by its host's name.
type Starting<'a> = Pin<Box<dyn Future<Output = (String, Result<Record, Fault>)> + Send + 'a>>;

/// What is to be done about a host's machine.
enum Found {
    /// Nothing.
    Runs(Record),
    /// It runs, and should have been started otherwise.
    Lags(Record, Box<Order>),
    /// It is to be started.
    Waits(Box<Order>),
}

/// Has all machines run that the cluster should have.
pub(super) async fn raise(
    settings: &Settings,
    cluster: &Cluster,
    prior: Option<&Cluster>,
    yard: &Yard,
) -> Result<Raised> {
    let mut raised = Raised::default();
    let Some(block) = &cluster.qemu else { return Ok(raised) };
    let mut site = Site { cluster, block, prior, yard, taken: taken(cluster, prior, yard) };
    let mut orders = Vec::new();
    for (pool, host) in wanted::hosts(cluster) {
        let place = yard.place(&cluster.name, &host.name);
        match place.status().await.and_then(|status| Ok((status, place.record()?))) {
            Err(fault) => drop(raised.faults.insert(host.name.clone(), of_host(&host.name, fault))),
            Ok((status, record)) => match site.find(pool, host, status, record)? {
                Ok(Found::Runs(record)) => drop(raised.records.insert(host.name.clone(), record)),
                Ok(Found::Lags(record, order)) => {
                    raised.records.insert(host.name.clone(), record);
                    raised.outdated.insert(host.name.clone(), *order);
                }
                Ok(Found::Waits(order)) => orders.push(*order),
                Err(fault) => drop(raised.faults.insert(host.name.clone(), fault)),
            },
        }
    }
    let qemu = order::qemu(cluster);
    let progress = Progress::new(settings.progress.clone());
    let start = |order: Order| -> Starting<'_> {
        let (qemu, progress) = (&qemu, &progress);
        Box::pin(async move {
            progress.tell(&format!("{}/{}", cluster.name, order.host), &order.told);
            let came = order.start(qemu).await;
            (order.host, came)
        })
    };
    let started = together(AT_ONCE, orders.into_iter().map(start).collect());
    for (host, came) in started.await {
        match came {
            Ok(record) => {
                raised.records.insert(host.clone(), record);
                raised.fresh.insert(host);
            }
            Err(fault) => drop(raised.faults.insert(host.clone(), of_host(&host, fault))),
        }
    }
    Ok(raised)
}

/// What orders are made from.
struct Site<'a> {
    cluster: &'a Cluster,
    block: &'a model::Qemu,
    prior: Option<&'a Cluster>,
    yard: &'a Yard,
    taken: BTreeSet<u16>,
}

impl Site<'_> {
    fn find(
        &mut self,
        pool: &Pool,
        host: &Host,
        status: Status,
        record: Option<Record>,
    ) -> Result<Result<Found, Fault>> {
        let place = self.yard.place(&self.cluster.name, &host.name);
        Ok(match (status, record) {
            (Status::Running { .. }, Some(record)) => self.running(pool, host, &place, record),
            (Status::Stopped, Some(record)) => {
                Ok(Found::Waits(self.again(pool, host, record, "starting its machine")))
            }
            (Status::Absent, _) => {
                let (record, seed) = self.anew(pool, host, &place)?;
                Ok(Found::Waits(self.order((pool, host), record, Some(seed), "making its machine")))
            }
            (_, None) => Err(unknown(&host.name, &place)),
        })
    }

    /// A machine that runs goes on, unless it should have been started otherwise.
    fn running(
        &mut self,
        pool: &Pool,
        host: &Host,
        place: &Place,
        mut record: Record,
    ) -> Result<Found, Fault> {
        if record.shape.is_none() {
            // From now on another configuration is seen to be one.
            record.shape = resize::started(self.prior.unwrap_or(self.cluster), &host.name, &record);
            place.keep(&record)?;
        }
        let should = wanted::shape(self.cluster, self.block, pool);
        if record.shape.as_ref().is_none_or(|is| resize::changes(is, &should).is_empty()) {
            return Ok(Found::Runs(record));
        }
        let order = self.again(pool, host, record.clone(), "starting its machine anew");
        Ok(Found::Lags(record, order))
    }

    /// How a machine that was made is started as it should be now.
    fn again(&mut self, pool: &Pool, host: &Host, mut record: Record, told: &'static str) -> Box<Order> {
        record.ports = self.ports(pool, host, record.ports);
        self.order((pool, host), record, None, told)
    }

    fn order(
        &self,
        (pool, host): (&Pool, &Host),
        record: Record,
        seed: Option<Vec<u8>>,
        told: &'static str,
    ) -> Box<Order> {
        let machine = wanted::machine(self.cluster, (self.block, self.yard), (pool, host), &record, seed);
        let shape = wanted::shape(self.cluster, self.block, pool);
        Box::new(Order { host: host.name.clone(), machine, record, shape, told })
    }

    /// What is known of a new machine, and its seed. Its ports are those that the state knows, if it knows any.
    fn anew(&mut self, pool: &Pool, host: &Host, place: &Place) -> Result<(Record, Vec<u8>)> {
        let members = self.prior.and_then(|prior| prior.hosts.known());
        let before = members.and_then(|members| members.get(&host.name)?.ports.clone());
        let ports = self.ports(pool, host, before.unwrap_or_default());
        let made = || -> Result<_, Broken> { Ok((mark()?, make_key()?)) };
        let (instance, (private, public)) = made().map_err(broken)?;
        let key = SshKeys { ed25519_private: private.expose().to_owned(), ed25519_public: public.clone() };
        let shape = wanted::shape(self.cluster, self.block, pool);
        let record = Record::new(format!("{}-{instance}", host.name), public, ports, shape);
        let seed = wanted::seed(self.cluster, self.block, (host, place), &record, key)?;
        Ok((record, seed))
    }

    /// These ports, and one more for each way in that has none yet.
    fn ports(&mut self, pool: &Pool, host: &Host, mut ports: BTreeMap<String, u16>) -> BTreeMap<String, u16> {
        for what in wanted::shape(self.cluster, self.block, pool).doors.into_keys() {
            if ports.contains_key(&what) {
                continue;
            }
            let first = self.yard.first_port(&host.name, &what);
            let free = |port: &u16| !self.taken.contains(port) && TcpListener::bind((HERE, *port)).is_ok();
            if let Some(port) = (first..PORTS.end).chain(PORTS.start..first).find(free) {
                self.taken.insert(port);
                ports.insert(what, port);
            }
        }
        ports
    }
}

/// Ports that are some machine's, whether it runs or not.
fn taken(cluster: &Cluster, prior: Option<&Cluster>, yard: &Yard) -> BTreeSet<u16> {
    let records =
        yard.hosts().into_iter().filter_map(|host| yard.place(&cluster.name, &host).record().ok()?);
    let members = prior.and_then(|prior| prior.hosts.known()).into_iter().flat_map(BTreeMap::values);
    let known = members.filter_map(|member| member.ports.clone());
    records.map(|record| record.ports).chain(known).flat_map(BTreeMap::into_values).collect()
}

fn unknown(host: &str, place: &Place) -> Fault {
    let cause = format!("{} has no machine.json, which says how it is reached", place.folder.display());
    let cure = "Put the file back; or end the machine and remove its folder, then apply again";
    Fault::of_host(host, "Nobody knows its machine", cause, cure)
}
