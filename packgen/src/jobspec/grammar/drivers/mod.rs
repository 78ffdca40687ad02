//! What the task drivers take in `config`. Nomad itself looks at this only when a task starts.

mod docker;
mod exec;
mod java;
mod podman;

use super::Body;

/// The settings of a driver, if it is known here.
pub fn driver(name: &str) -> Option<&'static Body> {
    ALL.iter().find(|(known, _)| *known == name).map(|(_, body)| *body)
}

/// All drivers known here, by name.
pub static ALL: &[(&str, &Body)] = &[
    ("docker", &docker::DOCKER),
    ("exec", &exec::EXEC),
    ("exec2", &exec::EXEC2),
    ("java", &java::JAVA),
    ("podman", &podman::PODMAN),
    ("qemu", &java::QEMU),
    ("raw_exec", &exec::RAW_EXEC),
];
