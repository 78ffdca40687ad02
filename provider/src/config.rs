//! The provider block. It is the only reader of environment variables in the provider.
//!
//! Nothing is contacted and nothing has to be set here: what is missing or wrong is an error of the resource that
//! needs it.

use std::env;
use std::path::PathBuf;

use hosts::ssh::{Agent, Credentials};
use kit::{Block, Cx, Diagnostic, Late, Provider, Result};

use crate::connection::Connection;

/// Nothing has to be set: plans work without credentials and without a network.
#[derive(Block)]
pub struct Config {
    /// Folders that hold packs of your own, searched before the built-in ones. Unset: the folders in the environment
    /// variable `LOSTOPS_PACKS`, written like `PATH`.
    pub packs: Option<Vec<String>>,
    /// The Nomad that resources with jobs use if they name no other. Each attribute that is not set comes from the
    /// environment variable that Nomad's own command line reads.
    #[block]
    pub nomad: Option<NomadBlock>,
    /// How clusters log in to hosts that exist, and to machines that they make. Nothing of it is ever in a state. Each
    /// attribute that is not set comes from the environment, and what is not there either from the SSH configuration and the
    /// agent.
    #[block]
    pub ssh: Option<SshBlock>,
}

/// How to log in to hosts.
#[derive(Block, Default)]
pub struct SshBlock {
    /// A private key, whole. Unset: `LOSTOPS_SSH_PRIVATE_KEY`.
    #[attr(sensitive)]
    pub private_key: Option<Late<String>>,
    /// The path of a private key. Unset: `LOSTOPS_SSH_PRIVATE_KEY_FILE`.
    pub private_key_file: Option<Late<String>>,
    /// The socket of the agent to ask, or `none`. Unset: `LOSTOPS_SSH_AGENT`, else the usual one.
    pub agent: Option<Late<String>>,
    /// Who logs in, where a cluster says nobody. Unset: `LOSTOPS_SSH_USER`.
    pub user: Option<Late<String>>,
    /// What `sudo` is told if it asks. Unset: `LOSTOPS_SSH_SUDO_PASSWORD`.
    #[attr(sensitive)]
    pub sudo_password: Option<Late<String>>,
}

/// How to reach Nomad.
#[derive(Block, Default)]
pub struct NomadBlock {
    /// Where Nomad answers, tried in turn: `https://host:4646`, `http://…` or `unix:///…`. Unset: `NOMAD_ADDR`.
    pub addresses: Option<Late<Vec<String>>>,
    /// Who asks. Unset: `NOMAD_TOKEN`.
    #[attr(sensitive)]
    pub token: Option<Late<String>>,
    /// The namespace of jobs that name none. Unset: `NOMAD_NAMESPACE`, else `default`.
    pub namespace: Option<Late<String>>,
    /// Which region. Unset: `NOMAD_REGION`, else the one that answers.
    pub region: Option<Late<String>>,
    /// The name that a server's certificate carries, if not the one in the address. Unset: `NOMAD_TLS_SERVER_NAME`.
    pub tls_server_name: Option<Late<String>>,
    /// The authorities that may vouch for a server, as PEM. Unset: the file that `NOMAD_CACERT` names, else the
    /// authorities of the operating system.
    pub ca_pem: Option<Late<String>>,
    /// Our own certificate, as PEM. Unset: the file that `NOMAD_CLIENT_CERT` names.
    pub client_cert_pem: Option<Late<String>>,
    /// The key of our own certificate, as PEM. Unset: the file that `NOMAD_CLIENT_KEY` names.
    #[attr(sensitive)]
    pub client_key_pem: Option<Late<String>>,
    /// Believe any certificate. Unset: `NOMAD_SKIP_VERIFY`, else false.
    pub skip_verify: Option<bool>,
    /// Fail a plan when Nomad cannot be asked, instead of planning without its word.
    #[attr(default = false)]
    pub required: bool,
}

/// What the provider block comes to.
pub struct Settings {
    /// Folders that hold packs.
    pub packs: Vec<PathBuf>,
    /// The Nomad of resources that name no other.
    pub nomad: Reach,
    /// Whether a plan fails when Nomad cannot be asked.
    pub nomad_required: bool,
    /// How hosts are logged in to; none if something about it is only known at apply.
    pub ssh: Option<Login>,
    /// A file that what happens during an apply is written to, line by line.
    pub progress: Option<PathBuf>,
}

/// How hosts are logged in to.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// What is shown there.
    pub credentials: Credentials,
    /// Who logs in, where nobody else is named.
    pub user: Option<String>,
    /// What `sudo` is told if it asks.
    pub sudo_password: Option<hosts::secrets::Secret>,
}

/// What is known about the provider's own Nomad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nobody has said where it is.
    Nowhere,
    /// Something about it is only known at apply.
    NotKnownYet,
    /// Here.
    Here(Box<Connection>),
    /// Something about it cannot be used.
    Broken(Diagnostic),
}

/// The provider.
pub struct Lostops;

impl Provider for Lostops {
    type Config = Config;
    type Data = Settings;

    async fn configure(&self, _: &Cx, config: Config) -> Result<Settings> {
        let packs = match config.packs {
            Some(folders) => folders.into_iter().map(PathBuf::from).collect(),
            None => env::var_os("LOSTOPS_PACKS")
                .map_or_else(Vec::new, |folders| env::split_paths(&folders).collect()),
        };
        let block = config.nomad.unwrap_or_default();
        let nomad_required = block.required;
        let nomad = reach(block, &variable).unwrap_or_else(Reach::Broken);
        Ok(Settings {
            packs,
            nomad,
            nomad_required,
            ssh: login(config.ssh.unwrap_or_default(), &variable),
            progress: variable("LOSTOPS_PROGRESS").map(PathBuf::from),
        })
    }
}

/// An environment variable that is set and not empty.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// What somebody has given, or what the environment says.
enum Said<T> {
    Nothing,
    Later,
    This(T),
}

fn said<T>(
    written: Option<Late<T>>,
    fallback: impl FnOnce() -> Result<Option<T>, Diagnostic>,
) -> Result<Said<T>, Diagnostic> {
    Ok(match written {
        Some(Late::Known(value)) => Said::This(value),
        Some(Late::Unknown) => Said::Later,
        None => fallback()?.map_or(Said::Nothing, Said::This),
    })
}

impl<T> Said<T> {
    /// The value, taking note of what is known only later.
    fn note(self, later: &mut bool) -> Option<T> {
        match self {
            Self::Nothing => None,
            Self::This(value) => Some(value),
            Self::Later => {
                *later = true;
                None
            }
        }
    }
}

fn reach(block: NomadBlock, variable: &dyn Fn(&str) -> Option<String>) -> Result<Reach, Diagnostic> {
    let plain = |name: &'static str| move || Ok(variable(name));
    let file = |name: &'static str| move || variable(name).map(|path| pem(name, &path)).transpose();
    let mut later = false;
    let mut text = |written, fallback: &dyn Fn() -> Result<Option<String>, Diagnostic>| {
        said(written, fallback).map(|said| said.note(&mut later))
    };
    let connection = Connection {
        addresses: Vec::new(),
        token: text(block.token, &plain("NOMAD_TOKEN"))?,
        region: text(block.region, &plain("NOMAD_REGION"))?,
        namespace: text(block.namespace, &plain("NOMAD_NAMESPACE"))?,
        ca_pem: text(block.ca_pem, &file("NOMAD_CACERT"))?,
        client_cert_pem: text(block.client_cert_pem, &file("NOMAD_CLIENT_CERT"))?,
        client_key_pem: text(block.client_key_pem, &file("NOMAD_CLIENT_KEY"))?,
        tls_server_name: text(block.tls_server_name, &plain("NOMAD_TLS_SERVER_NAME"))?,
        skip_verify: match block.skip_verify {
            Some(flag) => flag,
            None => flag("NOMAD_SKIP_VERIFY", variable)?,
        },
    };
    let address = || Ok(variable("NOMAD_ADDR").map(|address| vec![address]));
    let addresses = said(block.addresses, address)?.note(&mut later).unwrap_or_default();
    let connection = Connection { addresses, ..connection };
    Ok(match later {
        true => Reach::NotKnownYet,
        false if connection.leads_somewhere() => Reach::Here(Box::new(connection)),
        false => Reach::Nowhere,
    })
}

fn login(block: SshBlock, variable: &dyn Fn(&str) -> Option<String>) -> Option<Login> {
    let mut later = false;
    let mut text = |written: Option<Late<String>>, name: &str| match written {
        Some(Late::Known(value)) => Some(value),
        Some(Late::Unknown) => {
            later = true;
            None
        }
        None => variable(name),
    };
    let login = Login {
        credentials: Credentials {
            private_key: text(block.private_key, "LOSTOPS_SSH_PRIVATE_KEY").map(hosts::secrets::Secret::new),
            private_key_file: text(block.private_key_file, "LOSTOPS_SSH_PRIVATE_KEY_FILE").map(PathBuf::from),
            agent: match text(block.agent, "LOSTOPS_SSH_AGENT") {
                None => Agent::Usual,
                Some(word) if word == "none" => Agent::No,
                Some(socket) => Agent::At(socket.into()),
            },
        },
        user: text(block.user, "LOSTOPS_SSH_USER"),
        sudo_password: text(block.sudo_password, "LOSTOPS_SSH_SUDO_PASSWORD")
            .map(hosts::secrets::Secret::new),
    };
    (!later).then_some(login)
}

fn pem(name: &str, path: &str) -> Result<String, Diagnostic> {
    std::fs::read_to_string(path).map_err(|error| {
        let detail = format!("{name} names the file {path}, which cannot be read: {error}.");
        Diagnostic::error("A certificate file of Nomad cannot be read", detail)
    })
}

fn flag(name: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<bool, Diagnostic> {
    let Some(text) = variable(name) else { return Ok(false) };
    match text.to_ascii_lowercase().as_str() {
        "1" | "t" | "true" => Ok(true),
        "0" | "f" | "false" => Ok(false),
        _ => Err(Diagnostic::error(
            format!("{name} is neither true nor false"),
            format!("The environment variable {name} is {text:?}. Write true or false, or take it away."),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(reach: Reach) -> Connection {
        match reach {
            Reach::Here(connection) => *connection,
            other => panic!("{other:?}"),
        }
    }

    fn environment(pairs: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        move |name| pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone())
    }

    #[test]
    fn attributes_come_before_the_environment() {
        let variables = environment(&[
            ("NOMAD_ADDR", "http://env:1"),
            ("NOMAD_TOKEN", "env-token"),
            ("NOMAD_SKIP_VERIFY", "true"),
        ]);
        let block = NomadBlock {
            addresses: Some(Late::Known(vec!["http://written:1".into()])),
            ..NomadBlock::default()
        };
        let connection = here(reach(block, &variables).unwrap());
        assert_eq!(connection.addresses, ["http://written:1"]);
        assert_eq!((connection.token.as_deref(), connection.skip_verify), (Some("env-token"), true));
        assert_eq!(here(reach(NomadBlock::default(), &variables).unwrap()).addresses, ["http://env:1"]);
    }

    #[test]
    fn nothing_said_is_nothing_known_and_what_comes_later_is_not_guessed() {
        assert_eq!(reach(NomadBlock::default(), &|_| None).unwrap(), Reach::Nowhere);
        let block = NomadBlock { token: Some(Late::Unknown), ..NomadBlock::default() };
        assert_eq!(reach(block, &environment(&[("NOMAD_ADDR", "http://x")])).unwrap(), Reach::NotKnownYet);
    }

    #[test]
    fn what_the_environment_names_wrongly_says_so() {
        let problem = reach(NomadBlock::default(), &environment(&[("NOMAD_CACERT", "/nowhere/ca.pem")]));
        assert!(problem.unwrap_err().detail.contains("/nowhere/ca.pem"));
        let problem = reach(NomadBlock::default(), &environment(&[("NOMAD_SKIP_VERIFY", "perhaps")]));
        assert!(problem.unwrap_err().detail.contains("perhaps"));
    }
}
