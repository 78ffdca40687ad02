//! packgen turns packs and jobspecs written in Nomad's HCL into jobs, and says where they are wrong.
//!
//! A library first: it reads no environment, talks to no network and prints nothing. What it finds out
//! is a value or a [`source::Diagnostic`]; the command line and the provider decide what to do with it.

pub mod hcl;
pub mod jobspec;
pub mod pack;
pub mod source;
pub mod tree;
