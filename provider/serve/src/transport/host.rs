//! Serves, from the moment that somebody may connect to the moment that the process may go.
//!
//! Exists to decide when that moment has come: Terraform said so, an operator said so, or Terraform is gone.
//! Must never end sooner than Terraform expects, nor stay behind as an orphan.

use super::companions::Companions;
use super::connections::{Connection, Visits};
use super::launch::{Mode, Plan};
use super::listen::{Endpoint, ListenError};
#[cfg(unix)]
use super::signals::outlive_the_terminal;
use super::signals::{Signal, Signals};
use super::tls::{Tls, TlsError};
use super::{Meta, debug, handshake};
use crate::lifecycle::Lifecycle;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;
use tfplugin5::health::health_server::HealthServer;
use tfplugin5::plugin::grpc_broker_server::GrpcBrokerServer;
use tfplugin5::plugin::grpc_controller_server::GrpcControllerServer;
use tfplugin5::plugin::grpc_stdio_server::GrpcStdioServer;
use tfplugin5::provider_server::{Provider, ProviderServer};
use thiserror::Error;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;

/// What Terraform itself sends and takes, either way.
const LONGEST_MESSAGE: usize = 256 << 20;
/// Terraform kills two seconds after it has asked for a shutdown, and each command asks several times.
const AFTER_SHUTDOWN: Duration = Duration::from_millis(200);
/// How long the answers to finished work may take to be sent.
const AFTER_WORK: Duration = Duration::from_secs(5);
/// Terraform dials as soon as it has read the handshake.
const NOBODY_CAME: Duration = Duration::from_mins(2);

/// Why nobody could be served.
#[derive(Debug, Error)]
pub(super) enum HostError {
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("cannot catch signals: {0}")]
    Signals(io::Error),
    #[error("cannot tell Terraform where to connect, as standard output cannot be written to: {0}")]
    Announce(io::Error),
    #[error("nobody connected within {} seconds", NOBODY_CAME.as_secs())]
    NobodyCame,
}

/// Why the process may go.
#[derive(Debug)]
enum End {
    /// Somebody said so by call: work has little time.
    Asked,
    /// Somebody said so by signal: work is stopped and has the time that it needs to save what there is.
    Signalled,
    /// Terraform is gone, and so is all work.
    Orphaned,
    NobodyCame,
}

/// Serves until the end; `out` gets the handshake, or the greeting.
pub(super) async fn host<S: Provider>(
    meta: &Meta,
    plan: &Plan,
    service: impl FnOnce(Lifecycle) -> S,
    mut out: impl Write,
) -> Result<ExitCode, HostError> {
    let mut signals = Signals::catch().map_err(HostError::Signals)?;
    #[cfg(unix)]
    if let Mode::Plugin { .. } = plan.mode {
        outlive_the_terminal().map_err(HostError::Signals)?;
    }
    let life = Lifecycle::default();
    let provider = service(life.clone());
    let Endpoint { listener, address, folder: _folder } = Endpoint::open(&plan.place)?;
    let (tls, announcement) = match &plan.mode {
        Mode::Debug => (None, debug::greeting(meta, &address)),
        Mode::Plugin { certificate: None, multiplex } => (None, handshake::line(&address, "", *multiplex)),
        Mode::Plugin { certificate: Some(client), multiplex } => {
            let tls = Tls::new(client)?;
            (Some(tls.acceptor), handshake::line(&address, &tls.certificate, *multiplex))
        }
    };
    writeln!(out, "{announcement}").and_then(|()| out.flush()).map_err(HostError::Announce)?;
    let visits = Visits::new();
    let server = tokio::spawn(answer(provider, visits.accept(listener, tls, &life), life.clone()));
    let end = match plan.mode {
        Mode::Plugin { .. } => until_done(&life, &visits, &mut signals).await,
        Mode::Debug => until_signalled(&life, &mut signals, &[Signal::Interrupt, Signal::Terminate]).await,
    };
    tracing::debug!(?end, "ending");
    close(end, &life, &mut signals, server).await
}

async fn answer<S: Provider>(
    provider: S,
    connections: ReceiverStream<io::Result<Connection>>,
    life: Lifecycle,
) {
    let companions = Companions(life.clone());
    let provider = ProviderServer::new(provider)
        .max_decoding_message_size(LONGEST_MESSAGE)
        .max_encoding_message_size(LONGEST_MESSAGE);
    let served = tonic::transport::Server::builder()
        .add_service(provider)
        .add_service(GrpcControllerServer::new(companions.clone()))
        .add_service(GrpcStdioServer::new(companions.clone()))
        .add_service(GrpcBrokerServer::new(companions.clone()))
        .add_service(HealthServer::new(companions))
        .serve_with_incoming_shutdown(connections, life.shutdown_token().cancelled_owned())
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "the server failed");
        life.shut_down();
    }
}

async fn until_done(life: &Lifecycle, visits: &Visits, signals: &mut Signals) -> End {
    let nobody = async {
        if timeout(NOBODY_CAME, visits.begun()).await.is_ok() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        end = until_signalled(life, signals, &[Signal::Terminate]) => end,
        () = visits.over(life) => End::Orphaned,
        () = nobody => End::NobodyCame,
    }
}

/// Waits for a shutdown or one of these signals; others are none of our business.
async fn until_signalled(life: &Lifecycle, signals: &mut Signals, fatal: &[Signal]) -> End {
    let shutdown = life.shutdown_token();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return End::Asked,
            signal = signals.next() => {
                if fatal.contains(&signal) {
                    return End::Signalled;
                }
                tracing::debug!(?signal, "Terraform will say what is to happen");
            }
        }
    }
}

async fn close(
    end: End,
    life: &Lifecycle,
    signals: &mut Signals,
    server: JoinHandle<()>,
) -> Result<ExitCode, HostError> {
    let shutdown = life.shutdown_token();
    let mut patience = AFTER_SHUTDOWN;
    if let End::Signalled = end {
        life.stop();
        tokio::select! {
            () = life.idle() => patience = AFTER_WORK,
            () = shutdown.cancelled() => {}
            _ = signals.next() => {}
        }
    }
    life.shut_down();
    // Whoever has not come to an end by now is cut off.
    let _ = timeout(patience, server).await;
    match end {
        End::NobodyCame => Err(HostError::NobodyCame),
        End::Asked | End::Signalled | End::Orphaned => Ok(ExitCode::SUCCESS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::launch::Place;
    use hyper_util::rt::TokioIo;
    use std::io::BufRead;
    use tfplugin5::plugin::Empty;
    use tfplugin5::plugin::grpc_controller_client::GrpcControllerClient;
    use tfplugin5::provider_client::ProviderClient;
    use tokio::net::TcpStream;
    use tonic::Code;
    use tonic::transport::{Channel, Endpoint as Remote};

    const META: Meta = Meta { name: "none", address: "example.com/lostops/none", version: "0.0.0" };

    struct Nothing;

    impl Provider for Nothing {}

    async fn dial(address: String) -> Channel {
        let connector = tower::service_fn(move |_| {
            let address = address.clone();
            async move { TcpStream::connect(address).await.map(TokioIo::new) }
        });
        Remote::from_static("http://localhost").connect_with_connector(connector).await.unwrap()
    }

    /// As on a system without sockets in folders, from the handshake to the shutdown.
    #[tokio::test(flavor = "multi_thread")]
    async fn it_serves_over_tcp() {
        let place = Place { demanded: None, folders: Vec::new(), group: None, ports: 0..=0 };
        let plan = Plan { mode: Mode::Plugin { certificate: None, multiplex: false }, place };
        let (from, out) = io::pipe().unwrap();
        let hosting = tokio::spawn(async move { host(&META, &plan, |_| Nothing, out).await });
        let lines = tokio::task::spawn_blocking(|| io::BufReader::new(from).lines().next().unwrap().unwrap());
        let line = lines.await.unwrap();
        let fields: Vec<_> = line.split('|').collect();
        assert_eq!((fields[2], fields[4], fields[5]), ("tcp", "grpc", ""));
        let channel = dial(fields[3].to_owned()).await;
        let mut provider = ProviderClient::new(channel.clone());
        let refusal = provider.get_schema(tfplugin5::get_provider_schema::Request {}).await.unwrap_err();
        assert_eq!(refusal.code(), Code::Unimplemented);
        GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
        assert!(hosting.await.unwrap().is_ok());
    }
}
