//! Mutual TLS with the one Terraform process that started this one.
//!
//! Exists because the certificate that Terraform brings (P-521, self-signed, flagged as an authority) is one
//! that the usual verification of certificate chains refuses; so its exact bytes are what is trusted, and
//! possession of its key is what is proven. Must never let anybody in who proves less, and never depends on
//! which crypto provider some other crate has made the process's default.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme,
};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use thiserror::Error as ThisError;
use tokio_rustls::TlsAcceptor;

/// A clock that is a little slow, on either side, must not make a new certificate one of the future.
const BACKDATED: Duration = Duration::from_mins(1);
/// Longer than any run, and a run's connection is made once, at its start.
const VALID: Duration = Duration::from_hours(365 * 24);

/// Our side of the connection.
pub(super) struct Tls {
    pub(super) acceptor: TlsAcceptor,
    /// Our certificate as the handshake carries it.
    pub(super) certificate: String,
}

/// Why there can be no TLS.
#[derive(Debug, ThisError)]
pub(super) enum TlsError {
    #[error(
        "PLUGIN_CLIENT_CERT holds no certificate that can be read ({0}); Terraform sets it when it starts a \
         provider, so unset it wherever else it comes from"
    )]
    Client(String),
    #[error("cannot make a certificate: {0}")]
    Own(#[from] rcgen::Error),
    #[error("cannot set up TLS: {0}")]
    Setup(#[from] Error),
}

impl Tls {
    /// TLS with a new certificate of ours, for whoever holds the key to the given one.
    pub(super) fn new(client: &str) -> Result<Self, TlsError> {
        let client = read(client)?;
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let own = certificate(&key)?;
        let text = STANDARD_NO_PAD.encode(&own);
        let provider = Arc::new(aws_lc_rs::default_provider());
        let pinned = Arc::new(Pinned { client, provider: Arc::clone(&provider) });
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(pinned)
            .with_single_cert(
                vec![own],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )?;
        // Newer Terraform hangs up unless this is agreed on.
        config.alpn_protocols = vec![b"h2".to_vec()];
        // There is one connection; nothing will be resumed.
        config.send_tls13_tickets = 0;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate: text })
    }
}

fn read(pem: &str) -> Result<CertificateDer<'static>, TlsError> {
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes())
        .map_err(|error| TlsError::Client(error.to_string()))?;
    ParsedCertificate::try_from(&certificate).map_err(|error| TlsError::Client(error.to_string()))?;
    Ok(certificate)
}

fn certificate(key: &KeyPair) -> Result<CertificateDer<'static>, rcgen::Error> {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()])?;
    let now = SystemTime::now();
    params.not_before = (now - BACKDATED).into();
    params.not_after = (now + VALID).into();
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params.self_signed(key)?.der().clone())
}

/// Trusts one certificate, whatever is written in it, and whoever can sign with its key.
#[derive(Debug)]
struct Pinned {
    client: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for Pinned {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if *end_entity == self.client {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> String {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap().pem()
    }

    /// A signature's length varies, and with it the need for padding, which Terraform does not take.
    #[test]
    fn the_certificate_is_written_without_padding_every_time() {
        let client = client();
        let mut remainders = std::collections::BTreeSet::new();
        for _ in 0..40 {
            let text = Tls::new(&client).unwrap().certificate;
            assert!(!text.contains(['=', '-', '_', '\n']), "{text}");
            let der = STANDARD_NO_PAD.decode(&text).unwrap();
            remainders.insert(der.len() % 3);
        }
        assert!(remainders.len() > 1, "only one length was seen: {remainders:?}");
    }

    #[test]
    fn what_is_no_certificate_is_refused_with_the_variables_name() {
        let hollow = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap().serialize_pem();
        for text in ["", "nonsense", "-----BEGIN CERTIFICATE-----\n", hollow, &key] {
            let error = Tls::new(text).err().unwrap().to_string();
            assert!(
                error.starts_with("PLUGIN_CLIENT_CERT holds no certificate that can be read ("),
                "{error}"
            );
        }
    }
}
