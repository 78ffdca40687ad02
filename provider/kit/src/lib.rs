//! The kit: how a Terraform provider is written in Rust without knowing how Terraform talks to it.
//!
//! An author derives [`Block`] for a struct and writes a [`Resource`]'s four verbs; the [`engine`] does the rest:
//! schema, decoding, planning, state, documentation. The kit knows values and schemas. It must never know tonic,
//! HTTP, files, clocks or the environment.

pub mod check;
pub mod docs;
pub mod engine;
pub mod model;
pub mod schema;

mod context;
mod data;
mod diagnostic;
mod ephemeral;
mod function;
mod number;
mod path;
mod provider;
mod resource;
mod ty;
mod value;

pub use context::{Cx, Limit, Private, ProviderData, Slot, State};
pub use data::{AnyDataSource, DataSource};
pub use diagnostic::{Diagnostic, Failure, Result, Severity};
pub use ephemeral::{AnyEphemeral, Ephemeral, Lease};
pub use function::{AnyFunction, CallError, Function, Signature};
pub use kit_derive::Block;
pub use model::{Attr, Block, Computed, Late, Nest};
pub use number::{Number, NumberError};
pub use path::{At, Path, Step};
pub use provider::{AnyProvider, Provider, Registry};
pub use resource::{AnyResource, BoxFuture, Moved, Plan, Resource, Timeouts};
pub use ty::Type;
pub use value::{Refinement, Value};
