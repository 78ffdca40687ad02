//! The engine room of every resource that runs jobs, whatever its jobs are made of.
//!
//! | room | what is in it |
//! | --- | --- |
//! | [`Kind`] | what one kind of resource says about itself: schema, rendering, secrets |
//! | [`Jobs`] | the resource as the kit drives it; planning |
//! | [`Common`] | the attributes that all have |
//! | `rendering` | jobs as text, and the bill: what an apply needs besides |
//! | `ask` | a plan's question to Nomad, told as warnings |
//! | `refresh`, `look` | what runs, compared with what was submitted |
//! | `apply`, `survey`, `secrets`, `volumes`, `run` | create and update |
//! | `removal` | destroy |
//! | `import`, `mark` | finding jobs, and whose they are |
//! | `target`, `spec`, `state`, `progress` | which Nomad; text ⇄ API; state ⇄ value; what happens, as it happens |

mod apply;
mod ask;
mod common;
mod import;
mod kind;
mod look;
mod mark;
mod progress;
mod refresh;
mod removal;
pub mod rendering;
mod resource;
mod run;
mod secrets;
mod spec;
mod state;
mod survey;
mod target;
mod volumes;

pub use common::Common;
pub use kind::{Import, Kind};
pub use progress::Progress;
pub use resource::Jobs;
pub use target::{masked, nowhere, refused};
