//! Truth is Nomad: every jobspec in a checkout of Nomad's source is judged by Nomad itself and by us.
//!
//! `LOSTOPS_NOMAD_TREE` names the checkout (files, and jobspecs inside documentation and Go tests),
//! `LOSTOPS_NOMAD` the program, which is otherwise looked for on `PATH`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on ends with a panic"
)]

mod agent;
mod cases;
mod commands;
mod disagreements;
mod formatting;
mod hostile;
mod parse;
mod printing;
mod program;
mod reading;
mod register;
mod report;
