//! Parses the addresses that a caller gives, once and at the beginning.

use std::fmt;
use std::path::PathBuf;

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// A host and a port.
    Host {
        /// With TLS.
        secure: bool,
        /// A name or an IP address, the latter without brackets.
        host: String,
        /// The port.
        port: u16,
    },
    /// A socket in the file system.
    Socket(PathBuf),
}

impl Address {
    /// Parses `https://host:port`, `http://…`, `unix://path`, and `host:port`, which means `http`.
    pub(crate) fn parse(text: &str, default_port: u16) -> Result<Self, String> {
        let text = text.trim();
        if let Some(path) = text.strip_prefix("unix://") {
            return socket(path);
        }
        let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let url = reqwest::Url::parse(&full).map_err(|error| format!("`{text}` is no address: {error}"))?;
        let secure = match url.scheme() {
            "https" => true,
            "http" => false,
            other => return Err(format!("`{text}`: unknown scheme `{other}`, use https, http or unix")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an address must not carry a user or a password: use a token".to_owned());
        }
        if url.path() != "/" || url.query().is_some() {
            return Err(format!("`{text}`: an address ends after the port"));
        }
        let host = url.host_str().ok_or_else(|| format!("`{text}` names no host"))?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self::Host { secure, host, port: port(&full).unwrap_or(default_port) })
    }

    /// The beginning of every URL there. A name that TLS has to check takes the host's place.
    pub(crate) fn base(&self, server_name: Option<&str>) -> String {
        match self {
            Self::Host { secure: true, port, .. } if server_name.is_some() => {
                format!("https://{}:{port}", server_name.unwrap_or_default())
            }
            Self::Host { .. } => self.to_string(),
            Self::Socket(_) => "http://localhost".to_owned(),
        }
    }

    pub(crate) fn is_secure(&self) -> bool {
        matches!(self, Self::Host { secure: true, .. })
    }
}

/// The port as written: a URL forgets one that is the scheme's own.
fn port(url: &str) -> Option<u16> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.trim_end_matches('/');
    let (_, port) = host.rsplit_once(':')?;
    port.parse().ok()
}

fn socket(path: &str) -> Result<Address, String> {
    if path.starts_with('/') {
        Ok(Address::Socket(PathBuf::from(path)))
    } else {
        Err(format!("`unix://{path}`: a socket is named by its whole path, `unix:///…`"))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host { secure, host, port } => {
                let scheme = if *secure { "https" } else { "http" };
                let (open, close) = if host.contains(':') { ("[", "]") } else { ("", "") };
                write!(f, "{scheme}://{open}{host}{close}:{port}")
            }
            Self::Socket(path) => write!(f, "unix://{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<String, String> {
        Address::parse(text, 4646).map(|address| address.to_string())
    }

    #[test]
    fn what_people_write_is_understood() {
        assert_eq!(shown("http://127.0.0.1:4646/"), Ok("http://127.0.0.1:4646".into()));
        assert_eq!(shown("https://nomad.example.com"), Ok("https://nomad.example.com:4646".into()));
        assert_eq!(shown("https://nomad.example.com:443"), Ok("https://nomad.example.com:443".into()));
        assert_eq!(shown(" 10.0.0.1:80 "), Ok("http://10.0.0.1:80".into()));
        assert_eq!(shown("https://[::1]:4646"), Ok("https://[::1]:4646".into()));
        assert_eq!(shown("https://[::1]"), Ok("https://[::1]:4646".into()));
        assert_eq!(shown("unix:///run/nomad.sock"), Ok("unix:///run/nomad.sock".into()));
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_reason() {
        for (text, why) in [
            ("", "is no address"),
            ("ftp://x", "unknown scheme `ftp`"),
            ("unix://run/x", "whole path"),
            ("https://root:secret@x:1", "must not carry a user"),
            ("https://x:4646/ui", "ends after the port"),
            ("https://x:99999", "is no address"),
        ] {
            let error = shown(text).expect_err(text);
            assert!(error.contains(why), "{text}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_name_for_tls_replaces_the_host_but_not_in_what_people_read() {
        let address = Address::parse("https://10.0.0.1:4646", 4646).expect("an address");
        assert_eq!(address.base(Some("server.global.nomad")), "https://server.global.nomad:4646");
        assert_eq!(address.to_string(), "https://10.0.0.1:4646");
    }
}
