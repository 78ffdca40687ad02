//! What this process knows about each address: whether anybody answers there, and how many calls are under way.
//!
//! One process reaches one address once: however many clients and jobs ask, an address where nobody answers costs its
//! budget a single time. Must never forget that for a caller who did not ask for patience.

use std::collections::HashMap;
use std::io::{Error, ErrorKind};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::{TcpStream, UnixStream};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::address::Address;
use super::request::Lane;
use crate::config::Limits;

/// Agents take 100 connections from one address; these lanes leave room for others on this machine.
const CALLS: usize = 24;
const WAITS: usize = 56;

static PEERS: LazyLock<Mutex<HashMap<String, Arc<Peer>>>> = LazyLock::new(Mutex::default);

/// One address, shared by every client of this process.
#[derive(Debug)]
pub(crate) struct Peer {
    health: Mutex<Health>,
    gate: tokio::sync::Mutex<()>,
    calls: Semaphore,
    waits: Semaphore,
}

#[derive(Clone, Debug)]
enum Health {
    Untried,
    Up,
    Failing { since: Instant },
    Down { why: String },
}

/// Why nobody was reached.
#[derive(Debug)]
pub(crate) struct Unreached {
    pub why: String,
    /// Whether knocking again makes sense.
    pub again: bool,
}

impl Peer {
    /// The one of this address.
    pub(crate) fn of(address: &Address) -> Arc<Self> {
        Arc::clone(lock(&PEERS).entry(address.to_string()).or_default())
    }

    /// A place among the calls under way.
    pub(crate) async fn place(&self, lane: Lane) -> Option<SemaphorePermit<'_>> {
        let lane = if lane == Lane::Wait { &self.waits } else { &self.calls };
        lane.acquire().await.ok()
    }

    /// Makes sure that somebody answers, as far as it is known or can be found out within the budget.
    pub(crate) async fn contact(&self, address: &Address, limits: &Limits) -> Result<(), Unreached> {
        if let Some(known) = self.known(limits) {
            return known;
        }
        let _one_at_a_time = self.gate.lock().await;
        if let Some(known) = self.known(limits) {
            return known;
        }
        match probe(address, limits.connect).await {
            Ok(()) => {
                self.answered();
                Ok(())
            }
            Err(why) => {
                self.set(Health::Down { why: why.clone() });
                Err(Unreached { why, again: !limits.patience.is_zero() })
            }
        }
    }

    /// What needs no knocking.
    fn known(&self, limits: &Limits) -> Option<Result<(), Unreached>> {
        match self.health() {
            Health::Up => Some(Ok(())),
            Health::Failing { since } if since.elapsed() < limits.outage => Some(Ok(())),
            Health::Down { why } if limits.patience.is_zero() => Some(Err(Unreached { why, again: false })),
            Health::Untried | Health::Failing { .. } | Health::Down { .. } => None,
        }
    }

    /// Somebody is there.
    pub(crate) fn answered(&self) {
        self.set(Health::Up);
    }

    /// Nobody took the connection, although the address had answered before.
    pub(crate) fn failed(&self, why: String, limits: &Limits) -> Unreached {
        let since = match self.health() {
            Health::Failing { since } => since,
            _ => Instant::now(),
        };
        let again = since.elapsed() < limits.outage;
        self.set(if again { Health::Failing { since } } else { Health::Down { why: why.clone() } });
        Unreached { why, again }
    }

    fn health(&self) -> Health {
        lock(&self.health).clone()
    }

    fn set(&self, health: Health) {
        *lock(&self.health) = health;
    }
}

impl Default for Peer {
    fn default() -> Self {
        Self {
            health: Mutex::new(Health::Untried),
            gate: tokio::sync::Mutex::new(()),
            calls: Semaphore::new(CALLS),
            waits: Semaphore::new(WAITS),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Connects and hangs up: the cheapest way to learn whether somebody listens.
async fn probe(address: &Address, budget: Duration) -> Result<(), String> {
    let connect = async {
        match address {
            Address::Host { host, port, .. } => TcpStream::connect((host.as_str(), *port)).await.map(drop),
            Address::Socket(path) => UnixStream::connect(path).await.map(drop),
        }
    };
    match tokio::time::timeout(budget, connect).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(words(&error)),
        Err(_) => Err(format!("no connection within {budget:?}")),
    }
}

/// A connection's failure in words that do not depend on the operating system.
pub(crate) fn words(error: &Error) -> String {
    match error.kind() {
        ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        ErrorKind::NotFound => "no such file".to_owned(),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "the network is unreachable".to_owned(),
        ErrorKind::TimedOut => "no connection within the system's time".to_owned(),
        _ if error.to_string().contains("lookup address") => "the name does not resolve".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASTY: Limits = Limits {
        connect: Duration::from_millis(200),
        patience: Duration::ZERO,
        outage: Duration::from_millis(100),
        answer: Duration::from_secs(1),
        answer_bytes: 1000,
    };

    fn nobody() -> Address {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        Address::Host { secure: false, host: "127.0.0.1".into(), port }
    }

    #[tokio::test]
    async fn an_address_where_nobody_answers_is_remembered() {
        let address = nobody();
        let first = Peer::of(&address).contact(&address, &HASTY).await.expect_err("nobody is there");
        assert_eq!((first.why.as_str(), first.again), ("connection refused", false));
        let Address::Host { port, .. } = address else { unreachable!() };
        let _now_somebody = std::net::TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
        let second = Peer::of(&address).contact(&address, &HASTY).await.expect_err("it is remembered");
        assert!(!second.again);
        let patient = Limits { patience: Duration::from_secs(1), ..HASTY };
        Peer::of(&address).contact(&address, &patient).await.expect("a patient caller knocks again");
        Peer::of(&address).contact(&address, &HASTY).await.expect("and what it found is good for all");
    }

    #[tokio::test]
    async fn a_silent_address_costs_its_budget_once() {
        // An address of a network that is reserved for documentation: packets go nowhere, or the system says so.
        let address = Address::Host { secure: false, host: "192.0.2.1".into(), port: 4646 };
        let peer = Peer::of(&address);
        let started = Instant::now();
        for _ in 0..30 {
            peer.contact(&address, &HASTY).await.expect_err("nobody is there");
        }
        assert!(started.elapsed() < 2 * HASTY.connect, "{:?}", started.elapsed());
    }

    #[test]
    fn an_outage_is_borne_for_a_while() {
        let peer = Peer::default();
        peer.answered();
        assert!(peer.failed("connection refused".into(), &HASTY).again);
        std::thread::sleep(HASTY.outage);
        assert!(!peer.failed("connection refused".into(), &HASTY).again);
        assert!(matches!(peer.known(&HASTY), Some(Err(_))));
        peer.answered();
        assert!(matches!(peer.known(&HASTY), Some(Ok(()))));
    }
}
