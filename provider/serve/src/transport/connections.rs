//! Accepts connections, and knows how many there are.
//!
//! Exists because a peer that stalls in its TLS handshake must not keep others waiting, and because the last
//! connection's end is how a provider learns that its Terraform is gone. Must never count a peer that has
//! not proven who it is.

use super::listen::Listener;
use crate::lifecycle::Lifecycle;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::server::Connected;

/// How long a peer may take to prove who it is.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long to wait after a failed accept, which most often means that there are too many open files.
const RECOVERY: Duration = Duration::from_millis(50);
/// How long a client may take to dial again before it counts as gone.
const REDIAL: Duration = Duration::from_secs(1);

/// The connections that are open now.
#[derive(Clone)]
pub(super) struct Visits(watch::Sender<Count>);

#[derive(Clone, Copy, Default)]
struct Count {
    open: usize,
    ever: bool,
}

impl Visits {
    /// None so far.
    pub(super) fn new() -> Self {
        Self(watch::Sender::default())
    }

    /// Accepts until the process ends.
    pub(super) fn accept(
        &self,
        listener: Listener,
        tls: Option<TlsAcceptor>,
        life: &Lifecycle,
    ) -> ReceiverStream<io::Result<Connection>> {
        let (door, visitors) = mpsc::channel(16);
        let (visits, life) = (self.clone(), life.clone());
        tokio::spawn(async move {
            let shutdown = life.shutdown_token();
            while let Some(accepted) = shutdown.run_until_cancelled(listener.accept()).await {
                match accepted {
                    Ok(peer) => drop(tokio::spawn(visits.clone().admit(
                        peer,
                        tls.clone(),
                        life.clone(),
                        door.clone(),
                    ))),
                    Err(error) => {
                        tracing::warn!(%error, "cannot accept a connection");
                        tokio::time::sleep(RECOVERY).await;
                    }
                }
            }
        });
        ReceiverStream::new(visitors)
    }

    async fn admit(
        self,
        peer: Box<dyn Stream>,
        tls: Option<TlsAcceptor>,
        life: Lifecycle,
        door: mpsc::Sender<io::Result<Connection>>,
    ) {
        let stream: Pin<Box<dyn Stream>> = match tls {
            None => peer.into(),
            Some(tls) => match timeout(HANDSHAKE, tls.accept(peer)).await {
                Ok(Ok(stream)) => Box::pin(stream),
                Ok(Err(error)) => return tracing::warn!(%error, "refused a connection"),
                Err(_) => return tracing::warn!("a peer did not finish its TLS handshake in time"),
            },
        };
        let visit = self.begin(&life);
        // Fails only if the server is gone, and then the connection has no use.
        let _ = door.send(Ok(Connection { stream, _visit: visit })).await;
    }

    fn begin(&self, life: &Lifecycle) -> Visit {
        self.0.send_modify(|count| {
            if count.open == 0 {
                life.rearm();
            }
            count.open += 1;
            count.ever = true;
        });
        Visit(self.clone())
    }

    /// Waits until somebody has connected.
    pub(super) async fn begun(&self) {
        self.until(|count| count.ever).await;
    }

    /// Waits until whoever had connected is gone and what was begun is finished. Work that listens for a stop is told
    /// to: nobody would record what it goes on to make.
    pub(super) async fn over(&self, life: &Lifecycle) {
        loop {
            self.until(|count| count.ever && count.open == 0).await;
            let again = self.until(|count| count.open > 0);
            let finished = async {
                tokio::time::sleep(REDIAL).await;
                life.stop();
                life.idle().await;
            };
            tokio::select! {
                () = again => {}
                () = finished => return,
            }
        }
    }

    async fn until(&self, condition: impl FnMut(&Count) -> bool) {
        // Fails only if the sender is gone, and this is one.
        let _ = self.0.subscribe().wait_for(condition).await.map(drop);
    }
}

/// One open connection; it ends when this is dropped.
struct Visit(Visits);

impl Drop for Visit {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| count.open -= 1);
    }
}

/// What bytes come and go through: a socket, with TLS or without.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Listener {
    async fn accept(&self) -> io::Result<Box<dyn Stream>> {
        Ok(match self {
            #[cfg(unix)]
            Self::Unix(listener) => Box::new(listener.accept().await?.0),
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Calls are short, and waiting for more to send only makes them slow.
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
        })
    }
}

/// A connection whose peer may call.
pub(super) struct Connection {
    stream: Pin<Box<dyn Stream>>,
    _visit: Visit,
}

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_read(cx, into)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write(cx, from)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write_vectored(cx, from)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_over_when_the_last_one_has_left_and_does_not_come_back() {
        let (visits, life) = (Visits::new(), Lifecycle::default());
        let over = visits.over(&life);
        tokio::pin!(over);
        let (first, second) = (visits.begin(&life), visits.begin(&life));
        drop(first);
        assert!(timeout(REDIAL * 3, &mut over).await.is_err(), "one is still there");
        drop(second);
        assert!(timeout(REDIAL / 2, &mut over).await.is_err(), "it may dial again");
        let third = visits.begin(&life);
        assert!(timeout(REDIAL * 3, &mut over).await.is_err(), "it did");
        drop(third);
        assert!(timeout(REDIAL * 2, &mut over).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_not_over_while_work_is_unfinished() {
        let (visits, life) = (Visits::new(), Lifecycle::default());
        let work = life.spawn(tokio::time::sleep(REDIAL * 10));
        drop(visits.begin(&life));
        let over = visits.over(&life);
        tokio::pin!(over);
        assert!(timeout(REDIAL * 9, &mut over).await.is_err());
        work.await.unwrap();
        assert!(timeout(REDIAL, &mut over).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_listens_ends_when_there_is_nobody_to_tell() {
        let (visits, life) = (Visits::new(), Lifecycle::default());
        let stop = life.stop_token();
        life.spawn(async move { stop.cancelled().await });
        drop(visits.begin(&life));
        assert!(timeout(REDIAL * 2, visits.over(&life)).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_not_over_before_it_has_begun() {
        let (visits, life) = (Visits::new(), Lifecycle::default());
        assert!(timeout(REDIAL * 100, visits.over(&life)).await.is_err());
        assert!(timeout(REDIAL * 100, visits.begun()).await.is_err());
        drop(visits.begin(&life));
        visits.begun().await;
    }

    #[tokio::test]
    async fn a_new_session_is_not_stopped_by_the_last_ones_stop() {
        let (visits, life) = (Visits::new(), Lifecycle::default());
        let first = visits.begin(&life);
        life.stop();
        let second = visits.begin(&life);
        assert!(life.stop_token().is_cancelled(), "still the same session");
        drop((first, second));
        let _third = visits.begin(&life);
        assert!(!life.stop_token().is_cancelled());
    }
}
