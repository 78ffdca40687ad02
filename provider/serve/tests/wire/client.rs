//! The Terraform side of a connection, with the certificate that Terraform would bring.

use crate::plugin::Plugin;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::TokioIo;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P521_SHA512,
};
use rustls::client::ResolvesClientCert;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, SignatureScheme, SupportedProtocolVersion};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tfplugin5::plugin::grpc_broker_client::GrpcBrokerClient;
use tfplugin5::plugin::grpc_controller_client::GrpcControllerClient;
use tfplugin5::plugin::grpc_stdio_client::GrpcStdioClient;
use tfplugin5::plugin::{ConnInfo, Empty, StdioData};
use tfplugin5::provider_client::ProviderClient;
use tfplugin5::{DynamicValue, read_data_source};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::transport::{Channel, Endpoint};
use tonic::{Status, Streaming};

/// A key and the certificate that goes with it, in the form of those that Terraform makes.
#[derive(Debug)]
pub struct Identity {
    key: KeyPair,
    certificate: rcgen::Certificate,
}

impl Identity {
    pub fn new() -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::OrganizationName, "Nobody");
        params.distinguished_name.push(DnType::CommonName, "localhost");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
            KeyUsagePurpose::KeyAgreement,
            KeyUsagePurpose::KeyCertSign,
        ];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.self_signed(&key).unwrap();
        Self { key, certificate }
    }

    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// The certificate of one with the key of another.
    pub fn stolen_by(&self, thief: &Self) -> CertifiedKey {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(thief.key.serialize_der()));
        let key = aws_lc_rs::default_provider().key_provider.load_private_key(key).unwrap();
        CertifiedKey::new(vec![self.certificate.der().clone()], key)
    }

    pub fn certified(&self) -> CertifiedKey {
        self.stolen_by(self)
    }
}

/// Brings this certificate, or none.
#[derive(Debug)]
struct Bring(Option<Arc<CertifiedKey>>);

impl ResolvesClientCert for Bring {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

/// Terraform's side of TLS: it trusts what the handshake line carries and nothing else.
pub fn tls(
    plugin: &Plugin,
    bring: Option<CertifiedKey>,
    versions: &[&'static SupportedProtocolVersion],
) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(STANDARD_NO_PAD.decode(plugin.fields()[5]).unwrap())).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_client_cert_resolver(Arc::new(Bring(bring.map(Arc::new))));
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

/// Dials with TLS, as far as the client can tell that it worked.
pub async fn dial(socket: &Path, config: ClientConfig) -> std::io::Result<TlsStream<UnixStream>> {
    let stream = UnixStream::connect(socket).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

/// A channel over one connection that is already there.
pub async fn over<S>(stream: S) -> Result<Channel, tonic::transport::Error>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut stream = Some(stream);
    let connector = tower::service_fn(move |_| {
        let stream = stream.take().ok_or_else(|| std::io::Error::other("a second connection"));
        async move { stream.map(TokioIo::new) }
    });
    Endpoint::from_static("http://localhost").connect_with_connector(connector).await
}

/// A channel without TLS.
pub async fn plain(socket: PathBuf) -> Channel {
    over(UnixStream::connect(socket).await.unwrap()).await.unwrap()
}

/// A connection with all that Terraform opens on it at once.
pub struct Session {
    pub provider: ProviderClient<Channel>,
    controller: GrpcControllerClient<Channel>,
    pub stdio: Streaming<StdioData>,
    pub broker: Streaming<ConnInfo>,
    /// Kept open, as Terraform does.
    _offers: tokio::sync::mpsc::Sender<ConnInfo>,
}

impl Session {
    pub async fn open(channel: Channel) -> Self {
        let (offers, outbound) = tokio::sync::mpsc::channel(1);
        let outbound = tokio_stream::wrappers::ReceiverStream::new(outbound);
        let stdio = GrpcStdioClient::new(channel.clone()).stream_stdio(()).await.unwrap().into_inner();
        let broker =
            GrpcBrokerClient::new(channel.clone()).start_stream(outbound).await.unwrap().into_inner();
        Self {
            provider: ProviderClient::new(channel.clone())
                .max_decoding_message_size(usize::MAX)
                .max_encoding_message_size(usize::MAX),
            controller: GrpcControllerClient::new(channel),
            stdio,
            broker,
            _offers: offers,
        }
    }

    /// A session without TLS.
    pub async fn plain(plugin: &Plugin) -> Self {
        Self::open(plain(plugin.socket()).await).await
    }

    pub async fn shut_down(&mut self) -> Result<(), Status> {
        self.controller.shutdown(Empty {}).await.map(drop)
    }

    /// Calls one of the example's data sources.
    pub async fn read(&mut self, name: &str) -> Result<read_data_source::Response, Status> {
        read(self.provider.clone(), name).await
    }
}

/// Calls one of the example's data sources.
pub async fn read(
    mut provider: ProviderClient<Channel>,
    name: &str,
) -> Result<read_data_source::Response, Status> {
    let request =
        read_data_source::Request { type_name: name.into(), config: Some(empty()), ..Default::default() };
    Ok(provider.read_data_source(request).await?.into_inner())
}

/// The empty object.
pub fn empty() -> DynamicValue {
    DynamicValue { msgpack: prost::bytes::Bytes::from_static(&[0x80]), ..Default::default() }
}
