//! Why this process was started, read once from its arguments and environment.
//!
//! Exists to turn what a shell or Terraform hands over into values that are right by construction. Must
//! never open, bind or print anything.

use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use thiserror::Error;

/// By this Terraform and a plugin know each other; it keeps nothing secret.
const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");
const CERTIFICATE: &str = "PLUGIN_CLIENT_CERT";
const MULTIPLEX: &str = "PLUGIN_MULTIPLEX_GRPC";
const SOCKET_DIRECTORY: &str = "PLUGIN_UNIX_SOCKET_DIR";
const SOCKET_GROUP: &str = "PLUGIN_UNIX_SOCKET_GROUP";
const PORTS: [&str; 2] = ["PLUGIN_MIN_PORT", "PLUGIN_MAX_PORT"];

/// Why this process was started.
#[derive(Debug, PartialEq)]
pub(super) enum Launch {
    /// To serve Terraform.
    Serve(Plan),
    /// To tell its version.
    Version,
    /// To tell how it is used.
    Help,
    /// By a person who may not know what it is.
    ByHand,
}

/// How to serve.
#[derive(Debug, PartialEq)]
pub(super) struct Plan {
    pub(super) mode: Mode,
    pub(super) place: Place,
}

/// Who will connect.
#[derive(Debug, PartialEq)]
pub(super) enum Mode {
    /// The Terraform process that started this one.
    Plugin {
        /// The PEM text of the one certificate that may connect; none means that there is no TLS.
        certificate: Option<String>,
        /// Whether to say in the handshake that connections are not shared.
        multiplex: bool,
    },
    /// Any number of Terraform processes, one after the other, that a developer starts.
    Debug,
}

/// Where to listen.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "folders and groups are for sockets, which are for Unix"))]
pub(super) struct Place {
    /// A folder in which the socket must be, because somebody asked for it.
    pub(super) demanded: Option<PathBuf>,
    /// Folders in which a socket may be, best first. None means TCP.
    pub(super) folders: Vec<PathBuf>,
    /// The group, by name or number, that may connect besides the user.
    pub(super) group: Option<String>,
    /// The ports to try for TCP; zero alone means any.
    pub(super) ports: RangeInclusive<u16>,
}

/// What was wrong with an argument or a variable.
#[derive(Debug, Error)]
pub(super) enum LaunchError {
    #[error("unknown option {0:?}; the options are -debug, -version and -help")]
    Option(OsString),
    #[error("{name} is {value:?}, which is not a port number from 0 to 65535; correct it or unset it")]
    Port { name: &'static str, value: OsString },
    #[error("PLUGIN_MIN_PORT is {from}, above PLUGIN_MAX_PORT, which is {to}; correct or unset them")]
    Ports { from: u16, to: u16 },
    #[error("{0} is not text; correct it or unset it")]
    NotText(&'static str),
}

impl Launch {
    /// Reads the arguments (without the program's name) and the variables.
    pub(super) fn read(
        arguments: impl Iterator<Item = OsString>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, LaunchError> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let mut debug = false;
        for argument in arguments {
            match argument.to_str() {
                Some("-debug" | "--debug") => debug = true,
                Some("-version" | "--version") => return Ok(Self::Version),
                Some("-help" | "--help") => return Ok(Self::Help),
                _ => return Err(LaunchError::Option(argument)),
            }
        }
        let mode = if debug {
            Mode::Debug
        } else if variable(COOKIE.0).is_some_and(|value| value == COOKIE.1) {
            Mode::Plugin {
                certificate: text(&variable, CERTIFICATE)?,
                multiplex: variable(MULTIPLEX).is_some(),
            }
        } else {
            return Ok(Self::ByHand);
        };
        Ok(Self::Serve(Plan { mode, place: Place::read(&variable)? }))
    }
}

impl Place {
    fn read(variable: &impl Fn(&str) -> Option<OsString>) -> Result<Self, LaunchError> {
        let [from, to] = [port(variable, PORTS[0])?, port(variable, PORTS[1])?];
        if from > to {
            return Err(LaunchError::Ports { from, to });
        }
        let folders = if cfg!(unix) {
            let temporary = variable("TMPDIR").map(PathBuf::from);
            temporary.into_iter().chain([PathBuf::from("/tmp")]).collect()
        } else {
            Vec::new()
        };
        Ok(Self {
            demanded: variable(SOCKET_DIRECTORY).filter(|_| cfg!(unix)).map(PathBuf::from),
            folders,
            group: text(variable, SOCKET_GROUP)?,
            ports: from..=to,
        })
    }
}

fn text(
    variable: &impl Fn(&str) -> Option<OsString>,
    name: &'static str,
) -> Result<Option<String>, LaunchError> {
    variable(name).map(OsString::into_string).transpose().map_err(|_| LaunchError::NotText(name))
}

fn port(variable: &impl Fn(&str) -> Option<OsString>, name: &'static str) -> Result<u16, LaunchError> {
    let Some(value) = variable(name) else { return Ok(0) };
    value.to_str().and_then(|text| text.trim().parse().ok()).ok_or(LaunchError::Port { name, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str], variables: &[(&str, &str)]) -> Result<Launch, String> {
        let variable = |name: &str| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
        };
        Launch::read(arguments.iter().map(OsString::from), variable).map_err(|error| error.to_string())
    }

    fn plan(variables: &[(&str, &str)]) -> Plan {
        match read(&[], &[variables, &[COOKIE]].concat()) {
            Ok(Launch::Serve(plan)) => plan,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn without_the_cookie_a_person_started_it() {
        assert_eq!(read(&[], &[]), Ok(Launch::ByHand));
        assert_eq!(read(&[], &[(COOKIE.0, "something")]), Ok(Launch::ByHand));
    }

    #[test]
    fn options_are_taken_with_one_dash_or_two() {
        for dashes in ["-", "--"] {
            assert_eq!(read(&[&format!("{dashes}version")], &[]), Ok(Launch::Version));
            assert_eq!(read(&[&format!("{dashes}help")], &[COOKIE]), Ok(Launch::Help));
            let Ok(Launch::Serve(plan)) = read(&[&format!("{dashes}debug")], &[COOKIE]) else { panic!() };
            assert_eq!(plan.mode, Mode::Debug);
        }
        for unknown in ["-v", "--serve", "---debug", "debug", ""] {
            assert_eq!(
                read(&[unknown], &[COOKIE]),
                Err(format!("unknown option {unknown:?}; the options are -debug, -version and -help"))
            );
        }
    }

    #[test]
    fn what_terraform_sets_is_taken_over() {
        let plan = plan(&[
            (CERTIFICATE, "PEM"),
            (MULTIPLEX, "1"),
            (SOCKET_GROUP, "staff"),
            ("PLUGIN_MIN_PORT", "10000"),
            ("PLUGIN_MAX_PORT", "25000"),
        ]);
        assert_eq!(plan.mode, Mode::Plugin { certificate: Some("PEM".into()), multiplex: true });
        assert_eq!((plan.place.ports, plan.place.group), (10000..=25000, Some("staff".into())));
    }

    #[test]
    fn empty_variables_are_unset_ones() {
        let plan =
            plan(&[(CERTIFICATE, ""), (MULTIPLEX, ""), (SOCKET_DIRECTORY, ""), ("PLUGIN_MIN_PORT", "")]);
        assert_eq!(plan.mode, Mode::Plugin { certificate: None, multiplex: false });
        assert_eq!((plan.place.demanded, plan.place.ports), (None, 0..=0));
    }

    #[test]
    #[cfg(unix)]
    fn the_temporary_folder_comes_first_and_then_the_usual_one() {
        assert_eq!(plan(&[("TMPDIR", "/scratch")]).place.folders, [PathBuf::from("/scratch"), "/tmp".into()]);
        assert_eq!(plan(&[]).place.folders, [PathBuf::from("/tmp")]);
    }

    #[test]
    fn senseless_ports_are_refused() {
        let refused = |value| read(&[], &[COOKIE, ("PLUGIN_MAX_PORT", value)]).unwrap_err();
        assert!(refused("many").starts_with("PLUGIN_MAX_PORT is \"many\", which is not a port number"));
        assert!(refused("70000").contains("70000"));
        let crossed = read(&[], &[COOKIE, ("PLUGIN_MIN_PORT", "9"), ("PLUGIN_MAX_PORT", "8")]);
        assert!(crossed.unwrap_err().starts_with("PLUGIN_MIN_PORT is 9, above PLUGIN_MAX_PORT"));
    }
}
