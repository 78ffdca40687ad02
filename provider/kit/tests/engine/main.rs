//! The engine from outside: what Terraform asks, and what it must be answered.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test fails as the test does")]

mod apply;
mod drive;
mod others;
mod plan;
mod random;
mod rules;
mod state;
mod terraform;
mod thing;
mod validate;

use std::future::Future;

/// Runs a future that waits for nothing but itself.
fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}
