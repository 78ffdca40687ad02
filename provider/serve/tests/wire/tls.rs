//! Who may connect, and with what.

use crate::client::{Identity, Session, dial, over, tls};
use crate::plugin::Plugin;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn start(identity: &Identity) -> Plugin {
    Plugin::start(&[("PLUGIN_CLIENT_CERT", &identity.pem())])
}

/// Whether the provider says as much as a first frame to this peer.
async fn is_served(plugin: &Plugin, config: ClientConfig) -> bool {
    // With TLS 1.3 a client learns only from the first answer whether its certificate was taken.
    let Ok(mut stream) = dial(&plugin.socket(), config).await else { return false };
    let empty_settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    if stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.is_err()
        || stream.write_all(&empty_settings).await.is_err()
    {
        return false;
    }
    matches!(stream.read(&mut [0; 9]).await, Ok(read) if read > 0)
}

#[tokio::test(flavor = "multi_thread")]
async fn check_05_the_right_certificate_with_its_key_is_served() {
    let identity = Identity::new();
    let plugin = start(&identity);
    let config = tls(&plugin, Some(identity.certified()), &[&TLS13, &TLS12]);
    assert!(is_served(&plugin, config.clone()).await);
    let stream = dial(&plugin.socket(), config).await.unwrap();
    assert_eq!(stream.get_ref().1.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    let mut session = Session::open(over(stream).await.unwrap()).await;
    assert_eq!(session.read("tiny_nothing").await.unwrap().diagnostics[0].summary, "finished");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_05_nobody_else_is_served_and_the_right_one_still_is() {
    let (identity, stranger) = (Identity::new(), Identity::new());
    let plugin = start(&identity);
    for versions in [&[&TLS13], &[&TLS12]] {
        let mut peers = [
            ("no certificate", None),
            ("another certificate", Some(stranger.certified())),
            ("the right certificate without its key", Some(identity.stolen_by(&stranger))),
        ];
        for (who, bring) in &mut peers {
            let config = tls(&plugin, bring.take(), versions);
            assert!(!is_served(&plugin, config).await, "{who} is served with {versions:?}");
        }
        assert!(is_served(&plugin, tls(&plugin, Some(identity.certified()), versions)).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_05_without_tls_nobody_is_served() {
    let plugin = start(&Identity::new());
    let mut stream = tokio::net::UnixStream::connect(plugin.socket()).await.unwrap();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.first().is_none_or(|kind| *kind == 21), "more than a TLS alert: {answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_06_http2_is_agreed_on() {
    let identity = Identity::new();
    let plugin = start(&identity);
    let mut config = tls(&plugin, Some(identity.certified()), &[&TLS13, &TLS12]);
    let stream = dial(&plugin.socket(), config.clone()).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    // Older clients do not ask.
    config.alpn_protocols.clear();
    assert!(is_served(&plugin, config).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_07_a_client_that_knows_only_tls_1_2_is_served() {
    let identity = Identity::new();
    let plugin = start(&identity);
    let stream = dial(&plugin.socket(), tls(&plugin, Some(identity.certified()), &[&TLS12])).await.unwrap();
    assert_eq!(stream.get_ref().1.protocol_version(), Some(ProtocolVersion::TLSv1_2));
    let mut session = Session::open(over(stream).await.unwrap()).await;
    assert!(session.read("tiny_nothing").await.is_ok());
}

/// A peer that connects and says nothing must not keep the next one waiting.
#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_peer_blocks_nobody() {
    let identity = Identity::new();
    let plugin = start(&identity);
    let mut stalled = Vec::new();
    for _ in 0..50 {
        stalled.push(tokio::net::UnixStream::connect(plugin.socket()).await.unwrap());
    }
    assert!(is_served(&plugin, tls(&plugin, Some(identity.certified()), &[&TLS13])).await);
}
