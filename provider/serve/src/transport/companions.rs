//! The services that go with every plugin: shutdown, two silent streams, health.
//!
//! Exists because Terraform kills a plugin that does not answer these as it expects. Must never send
//! anything on the streams: Terraform would log it as something unexpected.

use crate::lifecycle::Lifecycle;
use tfplugin5::health::health_check_response::ServingStatus;
use tfplugin5::health::health_server::Health;
use tfplugin5::health::{HealthCheckRequest, HealthCheckResponse};
use tfplugin5::plugin::grpc_broker_server::GrpcBroker;
use tfplugin5::plugin::grpc_controller_server::GrpcController;
use tfplugin5::plugin::grpc_stdio_server::GrpcStdio;
use tfplugin5::plugin::{ConnInfo, Empty, StdioData};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, Streaming, async_trait};

/// The name under which a plugin's health is asked for.
const PLUGIN: &str = "plugin";

/// All of them: each needs to know no more than when the process ends.
#[derive(Clone)]
pub(super) struct Companions(pub(super) Lifecycle);

#[async_trait]
impl GrpcController for Companions {
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        // The answer to this call is still sent: the server ends after it.
        self.0.shut_down();
        Ok(Response::new(Empty {}))
    }
}

#[async_trait]
impl GrpcStdio for Companions {
    async fn stream_stdio(&self, _: Request<()>) -> Result<Response<BoxStream<StdioData>>, Status> {
        Ok(Response::new(self.hold(std::future::pending(), [])))
    }
}

#[async_trait]
impl GrpcBroker for Companions {
    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<BoxStream<ConnInfo>>, Status> {
        let mut offers = request.into_inner();
        let hung_up = async move { while let Ok(Some(_)) = offers.message().await {} };
        Ok(Response::new(self.hold(hung_up, [])))
    }
}

#[async_trait]
impl Health for Companions {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        match health(&request.get_ref().service) {
            ServingStatus::ServiceUnknown => Err(Status::not_found("no such service")),
            status => Ok(Response::new(HealthCheckResponse { status: status.into() })),
        }
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<BoxStream<HealthCheckResponse>>, Status> {
        let status = health(&request.get_ref().service).into();
        Ok(Response::new(self.hold(std::future::pending(), [HealthCheckResponse { status }])))
    }
}

impl Companions {
    /// A stream of these messages that then stays open until the process ends or the other side hangs up.
    fn hold<T: Send + 'static, const N: usize>(
        &self,
        hung_up: impl Future<Output = ()> + Send + 'static,
        messages: [T; N],
    ) -> BoxStream<T> {
        let (open, stream) = mpsc::channel(N + 1);
        let shutdown = self.0.shutdown_token();
        tokio::spawn(async move {
            for message in messages {
                // There is room for all of them; it fails only if nobody listens any more.
                let _ = open.try_send(Ok(message));
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = hung_up => {}
                () = open.closed() => {}
            }
        });
        Box::pin(ReceiverStream::new(stream))
    }
}

fn health(service: &str) -> ServingStatus {
    match service {
        "" | PLUGIN => ServingStatus::Serving,
        _ => ServingStatus::ServiceUnknown,
    }
}
