//! Nomad and Consul over their HTTP APIs, for programs that must not guess: typed, bounded, patient where that is safe.
//!
//! Must never know Terraform, packs or hosts, and never read the environment: a caller brings a [`Config`].
//!
//! The rooms:
//!
//! | room | what is in it |
//! | --- | --- |
//! | [`Client`], [`Config`] | the way to a Nomad cluster; clones share connections, so make one and clone it |
//! | [`Read`], [`Follow`] | whatever can be looked at: `.await` it once, or `.follow()` it (blocking queries) |
//! | [`Error`] | which call, what came back, what to do |
//! | [`jobs`] | parse, validate, plan, register under a check, scale, versions, revert, deregister, dispatch |
//! | [`plan`] | what a change would do, in the words of a jobspec |
//! | [`deployment`] | following a registration or a removal to its end, with what failing tasks said |
//! | [`evaluations`], [`deployments`], [`allocations`], [`placement`] | what the scheduler decides, and why not |
//! | [`namespaces`], [`node_pools`], [`nodes`], [`volumes`], [`csi`], [`variables`], [`services`] | the other nouns |
//! | [`events`] | what happens, as it happens |
//! | [`acl`], [`operator`], [`agent`] | who may do what; the servers; one agent; snapshots |
//! | [`consul`] | the same way to a Consul cluster |
//! | `http` | the transport: addresses in turn, budgets, what may be done again, limits, TLS faults |
//!
//! ```no_run
//! # async fn example() -> Result<(), nomad::Error> {
//! use nomad::jobs::{Check, Register};
//!
//! let config = nomad::Config { addresses: vec!["https://10.0.0.1:4646".into()], ..Default::default() };
//! let client = nomad::Client::new(&config)?;
//! let job = client.jobs().parse("job \"web\" {}", "", false).await?;
//! let plan = client.jobs().plan(&job).await?;
//! let how = Register { check: Check::of(&plan), ..Register::default() };
//! let registered = client.jobs().register(&job, &how).await?;
//! let options = nomad::deployment::Options::default();
//! let verdict = nomad::deployment::watch(&client, "web", &registered, &options, &mut |_| {}).await?;
//! assert!(verdict.is_good());
//! # Ok(())
//! # }
//! ```

pub mod acl;
pub mod agent;
pub mod allocations;
mod client;
mod config;
pub mod consul;
pub mod csi;
mod cure;
pub mod deployment;
pub mod deployments;
mod error;
pub mod evaluations;
pub mod events;
mod http;
pub mod jobs;
mod json;
mod logs;
pub mod namespaces;
pub mod node_pools;
pub mod nodes;
pub mod operator;
pub mod placement;
pub mod plan;
mod read;
mod secret;
pub mod services;
mod snapshots;
mod tls;
pub mod variables;
pub mod volumes;

pub use allocations::Allocation;
pub use client::Client;
pub use config::{Config, Limits, Tls};
pub use deployments::Deployment;
pub use error::{Error, Problem};
pub use evaluations::Evaluation;
pub use http::Saved;
pub use logs::Stream;
pub use read::{Follow, Indexed, Read};
pub use secret::Secret;
