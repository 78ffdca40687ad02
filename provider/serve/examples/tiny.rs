//! The smallest provider that Terraform takes: data sources without attributes, written straight on the wire.
//!
//! Exists so that the transport can be tried, by its tests and by hand, without anything above it. What each
//! data source does is in its name.

use serve::Lifecycle;
use serve::transport::{Meta, serve};
use std::collections::HashMap;
use std::process::ExitCode;
use std::time::Duration;
use tfplugin5::provider_server::Provider;
use tfplugin5::{
    Diagnostic, Schema, configure, diagnostic, get_provider_schema, prepare_provider_config,
    read_data_source, schema, stop, validate_data_source_config,
};
use tonic::{Request, Response, Status, async_trait};

const META: Meta = Meta { name: "tiny", address: "example.com/lostops/tiny", version: "0.0.1" };

fn main() -> ExitCode {
    serve(&META, Tiny)
}

struct Tiny(Lifecycle);

#[async_trait]
impl Provider for Tiny {
    async fn get_schema(
        &self,
        _: Request<get_provider_schema::Request>,
    ) -> Result<Response<get_provider_schema::Response>, Status> {
        let names = ["nothing", "wait", "slow", "panic", "log"];
        Ok(Response::new(get_provider_schema::Response {
            provider: Some(empty()),
            data_source_schemas: names.into_iter().map(|name| (format!("tiny_{name}"), empty())).collect(),
            resource_schemas: HashMap::new(),
            ..Default::default()
        }))
    }

    async fn prepare_provider_config(
        &self,
        _: Request<prepare_provider_config::Request>,
    ) -> Result<Response<prepare_provider_config::Response>, Status> {
        Ok(Response::new(prepare_provider_config::Response::default()))
    }

    async fn validate_data_source_config(
        &self,
        _: Request<validate_data_source_config::Request>,
    ) -> Result<Response<validate_data_source_config::Response>, Status> {
        Ok(Response::new(validate_data_source_config::Response::default()))
    }

    async fn configure(
        &self,
        _: Request<configure::Request>,
    ) -> Result<Response<configure::Response>, Status> {
        Ok(Response::new(configure::Response::default()))
    }

    async fn read_data_source(
        &self,
        request: Request<read_data_source::Request>,
    ) -> Result<Response<read_data_source::Response>, Status> {
        let life = self.0.clone();
        let work = self.0.spawn(read(life, request.into_inner()));
        work.await.map(Response::new).map_err(|error| Status::internal(error.to_string()))
    }

    async fn stop(&self, _: Request<stop::Request>) -> Result<Response<stop::Response>, Status> {
        self.0.stop();
        Ok(Response::new(stop::Response::default()))
    }
}

/// The answer is the question, with a warning that tells how the work ended.
async fn read(life: Lifecycle, request: read_data_source::Request) -> read_data_source::Response {
    let ending = match request.type_name.as_str() {
        "tiny_wait" => {
            life.stop_token().cancelled().await;
            "stopped"
        }
        "tiny_slow" => {
            tokio::time::sleep(Duration::from_secs(2)).await;
            tracing::info!("slow work is done");
            "finished"
        }
        "tiny_panic" => crash(),
        "tiny_log" => log(),
        _ => "finished",
    };
    let remark = Diagnostic {
        severity: diagnostic::Severity::Warning.into(),
        summary: ending.into(),
        ..Default::default()
    };
    read_data_source::Response { state: request.config, diagnostics: vec![remark], ..Default::default() }
}

#[expect(clippy::panic, reason = "this is what the data source is for")]
fn crash() -> &'static str {
    serve::log::secrets().hide("hunter2");
    panic!("tiny panics over hunter2")
}

fn log() -> &'static str {
    serve::log::secrets().hide("hunter2");
    let span = tracing::info_span!("rpc", tf_rpc = "ReadDataSource", attempt = 1);
    let _entered = span.enter();
    tracing::error!(code = 7, ratio = 0.5, fatal = false, "an error");
    tracing::warn!(token = "abcdef", "a warning about hunter2");
    tracing::info!(long = "x".repeat(100_000), "a long one");
    tracing::debug!(text = "two\nlines", "a detail");
    tracing::trace!(error = ?std::io::Error::other("hunter2"), "a trifle");
    "finished"
}

fn empty() -> Schema {
    Schema { version: 0, block: Some(schema::Block::default()) }
}
