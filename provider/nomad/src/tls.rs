//! Makes one HTTP client for one address: whom it believes, as whom it presents itself, and where a name leads.
//!
//! Must never fall back to less protection than was asked for.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, Identity};

use crate::config::{Limits, Tls};
use crate::http::Address;

/// Idle connections that are kept per address; agents count every open one.
const IDLE: usize = 24;

/// The client for an address.
pub(crate) fn client(address: &Address, tls: &Tls, limits: &Limits) -> Result<Client, String> {
    let builder = Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .connect_timeout(limits.connect)
        .pool_max_idle_per_host(IDLE)
        .tcp_nodelay(true);
    let builder = match address {
        Address::Host { secure: false, .. } => builder.tls_certs_only([]),
        Address::Host { secure: true, host, .. } => secured(builder, host, tls)?,
        Address::Socket(path) => builder.tls_certs_only([]).unix_socket(path.clone()),
    };
    builder.build().map_err(|error| format!("the TLS settings cannot be used: {}", deepest(&error)))
}

fn secured(builder: ClientBuilder, host: &str, tls: &Tls) -> Result<ClientBuilder, String> {
    let mut builder = builder.tls_danger_accept_invalid_certs(tls.skip_verify);
    if let Some(pem) = filled(tls.ca_pem.as_deref()) {
        builder = builder.tls_certs_only(authorities(pem)?);
    }
    if let Some(identity) = identity(tls)? {
        builder = builder.identity(identity);
    }
    match tls.server_name.as_deref() {
        None => Ok(builder),
        Some(name) if name.parse::<std::net::IpAddr>().is_ok() => {
            Err(format!("tls_server_name is `{name}`: it has to be a name, not an address"))
        }
        Some(_) => Ok(builder.dns_resolver(LeadsTo(host.to_owned()))),
    }
}

fn authorities(pem: &str) -> Result<Vec<Certificate>, String> {
    let read = Certificate::from_pem_bundle(pem.as_bytes());
    let found = read.map_err(|error| format!("ca_pem is not PEM: {}", deepest(&error)))?;
    if found.is_empty() { Err("ca_pem holds no certificate".to_owned()) } else { Ok(found) }
}

fn identity(tls: &Tls) -> Result<Option<Identity>, String> {
    let key = tls.client_key_pem.as_ref().map(crate::Secret::expose);
    match (filled(tls.client_cert_pem.as_deref()), filled(key)) {
        (None, None) => Ok(None),
        (Some(_), None) => Err("client_cert_pem is given without client_key_pem".to_owned()),
        (None, Some(_)) => Err("client_key_pem is given without client_cert_pem".to_owned()),
        (Some(certificate), Some(key)) => {
            let both = zeroize::Zeroizing::new(format!("{certificate}\n{key}\n"));
            let identity = Identity::from_pem(both.as_bytes());
            let why = "client_cert_pem and client_key_pem are no certificate and unencrypted key in PEM form";
            identity.map(Some).map_err(|error| format!("{why}: {}", deepest(&error)))
        }
    }
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

fn deepest(error: &(dyn std::error::Error + 'static)) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// Whatever name the certificate has to carry, the way leads to this host.
struct LeadsTo(String);

impl Resolve for LeadsTo {
    fn resolve(&self, _: Name) -> Resolving {
        let host = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            let found: Addrs = Box::new(found.collect::<Vec<SocketAddr>>().into_iter());
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    fn told(tls: &Tls) -> String {
        let address = Address::Host { secure: true, host: "127.0.0.1".into(), port: 4646 };
        client(&address, tls, &Limits::default()).map(drop).expect_err("it cannot be used")
    }

    #[test]
    fn settings_that_protect_nothing_are_refused() {
        let pem = || Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----".to_owned());
        assert_eq!(
            told(&Tls { ca_pem: Some("hello".into()), ..Tls::default() }),
            "ca_pem holds no certificate"
        );
        assert!(
            told(&Tls { ca_pem: pem(), ..Tls::default() }).starts_with("the TLS settings cannot be used")
        );
        assert!(told(&Tls { client_cert_pem: pem(), ..Tls::default() }).contains("without client_key_pem"));
        let key = Some(Secret::new("hello"));
        assert!(
            told(&Tls { client_key_pem: key.clone(), ..Tls::default() }).contains("without client_cert_pem")
        );
        let both = Tls { client_cert_pem: pem(), client_key_pem: key, ..Tls::default() };
        assert!(told(&both).contains("no certificate and unencrypted key"));
        let name = Tls { server_name: Some("10.0.0.1".into()), ..Tls::default() };
        assert!(told(&name).contains("has to be a name"));
    }
}
