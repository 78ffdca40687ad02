//! The cluster that `plan` and `run` talk to. The only place of the command line that knows the network.

use std::future::Future;
use std::path::PathBuf;

use clap::Args;
use nomad::{Client, Config, Secret, Tls};
use packgen::source::{Diagnostic, Diagnostics, Span};

use super::session::{Session, problem};

/// Flags of the commands that talk to Nomad. The token comes from `NOMAD_TOKEN` only.
#[derive(Debug, Args)]
pub struct Cluster {
    /// Where Nomad is.
    #[arg(long, env = "NOMAD_ADDR", default_value = "http://127.0.0.1:4646", help_heading = "Nomad")]
    address: String,
    /// Namespace of jobs that do not say theirs.
    #[arg(long, env = "NOMAD_NAMESPACE", help_heading = "Nomad")]
    namespace: Option<String>,
    /// Region to ask.
    #[arg(long, env = "NOMAD_REGION", help_heading = "Nomad")]
    region: Option<String>,
    /// Certificate of the authority that vouches for the server.
    #[arg(long, env = "NOMAD_CACERT", value_name = "FILE", help_heading = "Nomad")]
    ca_cert: Option<PathBuf>,
    /// Our own certificate.
    #[arg(long, env = "NOMAD_CLIENT_CERT", value_name = "FILE", help_heading = "Nomad")]
    client_cert: Option<PathBuf>,
    /// Its key.
    #[arg(long, env = "NOMAD_CLIENT_KEY", value_name = "FILE", help_heading = "Nomad")]
    client_key: Option<PathBuf>,
    /// The name in the server's certificate, if not the one in the address.
    #[arg(long, env = "NOMAD_TLS_SERVER_NAME", value_name = "NAME", help_heading = "Nomad")]
    tls_server_name: Option<String>,
}

impl Cluster {
    /// Does something with a client. Only now is there a runtime: commands that need none start faster.
    pub fn run<T, F: Future<Output = Result<T, Diagnostics>>>(
        &self,
        task: impl FnOnce(Client) -> F,
    ) -> Result<T, Diagnostics> {
        let client = Client::new(&self.config()?).map_err(|error| failed(&error))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| problem("io", error.to_string()))?;
        runtime.block_on(task(client))
    }

    fn config(&self) -> Result<Config, Diagnostics> {
        let read = |path: &Option<PathBuf>| path.as_ref().map(read_text).transpose();
        let tls = Tls {
            ca_pem: read(&self.ca_cert)?,
            client_cert_pem: read(&self.client_cert)?,
            client_key_pem: read(&self.client_key)?.map(Secret::new),
            server_name: self.tls_server_name.clone(),
            ..Tls::default()
        };
        let namespace = self.namespace.clone().filter(|namespace| !namespace.is_empty());
        Ok(Config {
            addresses: vec![self.address.clone()],
            token: Session::environment("NOMAD_TOKEN").map(Secret::new),
            region: self.region.clone().filter(|region| !region.is_empty()),
            namespace,
            tls,
            ..Config::default()
        })
    }
}

fn read_text(path: &PathBuf) -> Result<String, Diagnostics> {
    std::fs::read_to_string(path).map_err(|error| problem("io", format!("{}: {error}", path.display())))
}

/// What Nomad said, as a finding.
pub fn failed(error: &nomad::Error) -> Diagnostics {
    let finding = Diagnostic::error("nomad", error.to_string(), Span::NONE);
    let help = match () {
        () if error.is_forbidden() && Session::environment("NOMAD_TOKEN").is_none() => {
            "there is no token: set NOMAD_TOKEN"
        }
        () if error.is_forbidden() => "see whether NOMAD_TOKEN is the right one: `nomad acl token self`",
        () if error.is_unreachable() => "see whether NOMAD_ADDR, or `--address`, is where Nomad is",
        () => return finding.into(),
    };
    finding.help(help).into()
}
