//! Starts a provider the way Terraform does, to see how long it takes until it can be called.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// By this a provider knows that it was not started by hand; it keeps nothing secret.
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// How long it takes from the start of this program to its handshake line, and that line.
///
/// With a client's certificate (PEM) there is TLS, as there always is with Terraform.
pub fn handshake(program: &Path, certificate: Option<&str>) -> (Duration, String) {
    let mut command = Command::new(program);
    command.env("TF_PLUGIN_MAGIC_COOKIE", COOKIE).env("PLUGIN_PROTOCOL_VERSIONS", "5,6");
    command.env("PLUGIN_MIN_PORT", "10000").env("PLUGIN_MAX_PORT", "25000");
    match certificate {
        Some(pem) => command.env("PLUGIN_CLIENT_CERT", pem),
        None => command.env_remove("PLUGIN_CLIENT_CERT"),
    };
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let begun = Instant::now();
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let mut line = String::new();
    let stdout = child.stdout.take().expect("stdout is piped");
    BufReader::new(stdout).read_line(&mut line).expect("stdout can be read");
    let elapsed = begun.elapsed();
    // Asked politely, so that it takes its socket with it.
    let _ = rustix::process::kill_process(crate::process::pid(child.id()), rustix::process::Signal::TERM);
    child.wait().expect("a child can be waited for");
    (elapsed, line.trim_end().to_owned())
}
