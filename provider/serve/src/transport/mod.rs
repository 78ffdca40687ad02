//! Brings a provider's service to Terraform: start, handshake, connections, end.
//!
//! Exists so that the rest of the crate sees calls and nothing else. Must never look into a call.

mod companions;
mod connections;
mod debug;
mod handshake;
mod host;
mod launch;
mod listen;
mod signals;
mod tls;

use crate::lifecycle::Lifecycle;
use crate::{crash, log};
use launch::Launch;
use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;
use tfplugin5::provider_server::Provider;

/// What the transport has to know of the provider that it serves.
#[derive(Clone, Copy, Debug)]
pub struct Meta {
    /// The provider's type, such as `random`.
    pub name: &'static str,
    /// Its full source address, such as `registry.terraform.io/hashicorp/random`.
    pub address: &'static str,
    /// Its version, such as `1.2.3`.
    pub version: &'static str,
}

/// Serves the provider until Terraform is done with it; returns what `main` returns.
///
/// `service` makes the provider from the life of the process that it will run in. It runs after the process
/// is known to have been started by Terraform (or for debugging), inside a tokio runtime and before the
/// handshake, so it has to be quick.
pub fn serve<S: Provider>(meta: &Meta, service: impl FnOnce(Lifecycle) -> S) -> ExitCode {
    match start(meta, service) {
        Ok(code) => code,
        Err(error) => {
            say(std::io::stderr(), &format!("{}: {}", meta.program(), Chain(&*error)));
            ExitCode::FAILURE
        }
    }
}

fn start<S: Provider>(
    meta: &Meta,
    service: impl FnOnce(Lifecycle) -> S,
) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let launch = Launch::read(std::env::args_os().skip(1), |name| std::env::var_os(name))?;
    let plan = match launch {
        Launch::Serve(plan) => plan,
        Launch::Version => {
            say(std::io::stdout(), &format!("{} {}", meta.program(), meta.version));
            return Ok(ExitCode::SUCCESS);
        }
        Launch::Help => {
            say(std::io::stdout(), &meta.help());
            return Ok(ExitCode::SUCCESS);
        }
        Launch::ByHand => {
            say(std::io::stderr(), &meta.introduction());
            return Ok(ExitCode::FAILURE);
        }
    };
    crash::install();
    log::install(log::Level::read(meta.name, |name| std::env::var_os(name)));
    // The work waits for others far more than it computes; and each further thread is paid at every start.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let code = runtime.block_on(host::host(meta, &plan, service, std::io::stdout()));
    // What is still running after a shutdown has had its time.
    runtime.shutdown_background();
    Ok(code?)
}

/// Everything that this process itself says to a person or to Terraform, apart from logs and crashes.
/// There is nobody to tell if the other side is gone.
fn say(mut to: impl Write, text: &str) {
    let _ = writeln!(to, "{text}");
}

impl Meta {
    fn program(&self) -> String {
        format!("terraform-provider-{}", self.name)
    }

    fn introduction(&self) -> String {
        format!(
            "{} {} is a plugin that Terraform and OpenTofu start by themselves: name {} in `required_providers` \
             and run `terraform init` (to debug it, start it with -debug).",
            self.program(),
            self.version,
            self.address,
        )
    }

    fn help(&self) -> String {
        format!(
            "{}\n\nOptions:\n  -debug    Wait for Terraform and say how to make it connect.\n  \
             -version  Print the version.\n  -help     Print this.",
            self.introduction()
        )
    }
}

/// An error with its causes, on one line.
struct Chain<'a>(&'a dyn std::error::Error);

impl Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
