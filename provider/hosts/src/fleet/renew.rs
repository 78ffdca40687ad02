//! Machines under hosts: some of them have to be switched off and on again before what is on them is changed.
//!
//! Must never know how machines are made.

use futures_util::future::BoxFuture;

use super::Reach;
use super::orders::Orders;
use super::work::Crew;
use crate::Fault;

/// The machines under a cluster's hosts, where somebody made them who can make them others.
pub trait Machines: Send + Sync {
    /// Whether the host's machine is another than it should be.
    fn renews(&self, host: &str) -> bool;

    /// Switches it off in order, and on again as it should be. It is back when it lets us in.
    fn renew<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<(), Fault>>;
}

impl<R: Reach> Crew<'_, R> {
    /// Whether the host is away for a while before it is changed.
    pub(super) fn renews(&self, host: &str) -> bool {
        self.machines.is_some_and(|machines| machines.renews(host))
    }

    /// Has a host's machine be what it should be.
    pub(super) async fn renew(&self, host: &str) -> Result<(), Fault> {
        match self.machines.filter(|machines| machines.renews(host)) {
            Some(machines) => {
                (self.told)(host, "switching its machine off and on");
                machines.renew(host).await
            }
            None => Ok(()),
        }
    }
}

/// Whether somebody else could do a host's work meanwhile.
pub(super) fn is_replaceable(host: &str, orders: &Orders) -> bool {
    orders.known.iter().any(|other| other.host != host && other.role.works())
}
