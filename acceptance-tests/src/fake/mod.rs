//! A Nomad that is none: its HTTP API in this process, so that a machine without Nomad still tests what asks it.
//!
//! It answers as the real one does, which a test compares call by call where a real one is found; it runs nothing.
//! Faults can be put in the way. Must never know who asks.

mod access;
mod canonical;
mod clusters;
mod diff;
mod faults;
mod http;
mod jobs;
mod life;
mod nouns;
mod parse;
mod placing;
mod rollout;
mod scheduler;
mod tasks;
mod wanted;
mod world;

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

pub use self::faults::{Does, Fault};
use self::http::{Answer, Call};
use self::world::World;

/// How often time passes.
const TICK: Duration = Duration::from_millis(5);

/// A fake cluster, which ends when this is dropped.
#[derive(Debug)]
pub struct Fake {
    /// Where it answers, such as `http://127.0.0.1:4646`.
    pub address: String,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    world: Mutex<World>,
    changed: Condvar,
    faults: Mutex<Vec<Fault>>,
    calls: Mutex<Vec<String>>,
    ended: AtomicBool,
}

impl Fake {
    /// A cluster with one node on a free port.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("it has an address"));
        let shared = Arc::new(Shared {
            world: Mutex::new(World::new()),
            changed: Condvar::new(),
            faults: Mutex::default(),
            calls: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let (answering, faulty, ending, ticking) =
            (Arc::clone(&shared), Arc::clone(&shared), Arc::clone(&shared), Arc::clone(&shared));
        http::serve(
            listener,
            Arc::new(move |call| answering.answer(call)),
            Arc::new(move |call| faulty.fault(call)),
            Arc::new(move || ending.ended.load(Ordering::Relaxed)),
        );
        thread::spawn(move || ticking.tick());
        Self { address, shared }
    }

    /// Lets something go wrong from now on.
    pub fn fault(&self, fault: Fault) {
        lock(&self.shared.faults).push(fault);
    }

    /// Lets nothing go wrong any more.
    pub fn heal(&self) {
        lock(&self.shared.faults).clear();
    }

    /// Makes the first token: from now on nobody may do anything without one.
    pub fn secure(&self, secret: &str) {
        self.shared.lock().bootstrap(secret);
    }

    /// A token ends.
    pub fn forget_token(&self, secret: &str) {
        self.shared.lock().access.tokens.remove(secret);
    }

    /// A token's time is over.
    pub fn expire_token(&self, secret: &str) {
        if let Some(token) = self.shared.lock().access.tokens.get_mut(secret) {
            token["Expires"] = 1.into();
        }
    }

    /// Another node comes up.
    pub fn add_node(&self, name: &str) {
        self.shared.lock().add_node(name);
    }

    /// A node is lost.
    pub fn lose_node(&self, name: &str) {
        self.shared.lock().lose_node(name);
    }

    /// The calls that came so far, such as `GET /v1/job/web`.
    pub fn calls(&self) -> Vec<String> {
        lock(&self.shared.calls).clone()
    }

    /// The jobs that there are, whether they run or not, as `namespace/name`.
    pub fn jobs(&self) -> Vec<String> {
        self.shared.lock().jobs.keys().map(|(namespace, name)| format!("{namespace}/{name}")).collect()
    }

    /// A job as it is held, if it is there.
    pub fn job(&self, namespace: &str, name: &str) -> Option<Value> {
        self.shared.lock().job(&(namespace.to_owned(), name.to_owned())).cloned()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        self.shared.changed.notify_all();
        // Wakes the listener, which then sees that it is over.
        let _ = std::net::TcpStream::connect(self.address.trim_start_matches("http://"));
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    fn fault(&self, call: &Call) -> Option<Does> {
        lock(&self.calls).push(call.line());
        faults::strike(&mut lock(&self.faults), call)
    }

    fn tick(&self) {
        while !self.ended.load(Ordering::Relaxed) {
            let mut world = self.lock();
            let before = world.index;
            world.tick();
            if world.index != before {
                self.changed.notify_all();
            }
            drop(world);
            thread::sleep(TICK);
        }
    }

    /// Answers; a question about a change that has not come yet waits for it.
    fn answer(&self, call: &Call) -> Answer {
        let waits_for =
            call.parameter("index").and_then(|index| index.parse::<u64>().ok()).filter(|index| *index > 0);
        let patience = call.parameter("wait").and_then(http::duration).unwrap_or(Duration::from_mins(5));
        let deadline = Instant::now() + patience;
        let mut world = self.lock();
        loop {
            let answer = world.refused(call).unwrap_or_else(|| route(&mut world, call));
            let Some(index) = waits_for.filter(|index| call.method == "GET" && answer.index <= *index) else {
                self.changed.notify_all();
                return answer;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero()
                || self.ended.load(Ordering::Relaxed)
                || (answer.index == 0 && index > 0 && answer.status >= 400)
            {
                return answer;
            }
            let waited = self.changed.wait_timeout(world, left);
            world = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

fn route(world: &mut World, call: &Call) -> Answer {
    let rooms = [jobs::answer, nouns::answer, access::answer, clusters::answer];
    rooms.into_iter().find_map(|room| room(world, call)).unwrap_or_else(|| Answer::text(404, ""))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
