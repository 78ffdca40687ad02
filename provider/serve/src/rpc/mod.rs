//! The provider's service: each call decoded, handed to the kit's engine, and answered.
//!
//! Each call runs as a task of its own, so that a panic in one leaves the others alive. An expected failure is
//! always a diagnostic in a proper answer: an error of the wire would lose the state that goes with it.

mod catalogue;
mod data;
mod ephemeral;
mod function;
mod offer;
mod provider;
mod resource;

use std::sync::{Arc, PoisonError, RwLock};

use kit::{Cx, Diagnostic, ProviderData, Registry};
use tfplugin5::provider_server::Provider;
use tfplugin5::{
    apply_resource_change, call_function, close_ephemeral_resource, configure, get_functions, get_metadata,
    get_provider_schema, get_resource_identity_schemas, import_resource_state, move_resource_state,
    open_ephemeral_resource, plan_resource_change, prepare_provider_config, read_data_source, read_resource,
    renew_ephemeral_resource, stop, upgrade_resource_state, validate_data_source_config,
    validate_ephemeral_resource_config, validate_resource_type_config,
};
use tonic::{Request, Response, Status};

use crate::{Lifecycle, codec};
use catalogue::Catalogue;

/// What a call returns.
type Answer<T> = Result<Response<T>, Status>;

/// The service, as tonic calls it.
#[derive(Clone)]
pub(crate) struct Service(Arc<Session>);

/// What all calls share.
pub(crate) struct Session {
    catalogue: Catalogue,
    life: Lifecycle,
    data: RwLock<ProviderData>,
}

impl Session {
    /// What a verb may use. It is stopped when Terraform asks for it.
    fn cx(&self) -> Cx {
        Cx::new(self.data(), self.life.stop_token())
    }

    /// The same for work that has to be done although Terraform wants to stop: what is open must be closed.
    fn cx_beyond_stop(&self) -> Cx {
        Cx::new(self.data(), tokio_util::sync::CancellationToken::new())
    }

    fn data(&self) -> ProviderData {
        self.data.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn configured(&self, data: ProviderData) {
        *self.data.write().unwrap_or_else(PoisonError::into_inner) = data;
    }
}

impl Service {
    pub(crate) fn new(registry: &'static Registry, life: Lifecycle) -> Self {
        Self(Arc::new(Session { catalogue: Catalogue::new(registry), life, data: RwLock::default() }))
    }

    /// Runs a call's work as a task of its own. `lost` is the answer if it panics.
    async fn run<T, F>(
        &self,
        work: impl FnOnce(Arc<Session>) -> F,
        lost: impl FnOnce(Diagnostic) -> T,
    ) -> Answer<T>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let done = self.0.life.spawn(work(Arc::clone(&self.0))).await;
        Ok(Response::new(done.unwrap_or_else(|_| lost(Diagnostic::crash()))))
    }
}

/// An answer that can say nothing but what went wrong.
trait Told: Default {
    fn told(diagnostic: Diagnostic) -> Self;
}

macro_rules! told {
    ($($messages:ident),* $(,)?) => {$(
        impl Told for $messages::Response {
            fn told(diagnostic: Diagnostic) -> Self {
                let mut answer = Self::default();
                answer.diagnostics.push(codec::diagnostic::diagnostic(diagnostic));
                answer
            }
        }
    )*};
}
told!(
    close_ephemeral_resource,
    configure,
    get_functions,
    get_metadata,
    get_provider_schema,
    get_resource_identity_schemas,
    import_resource_state,
    move_resource_state,
    open_ephemeral_resource,
    plan_resource_change,
    prepare_provider_config,
    read_data_source,
    renew_ephemeral_resource,
    upgrade_resource_state,
    validate_data_source_config,
    validate_ephemeral_resource_config,
    validate_resource_type_config,
);

#[tonic::async_trait]
impl Provider for Service {
    async fn get_schema(
        &self,
        request: Request<get_provider_schema::Request>,
    ) -> Answer<get_provider_schema::Response> {
        self.run(|session| async move { offer::schema(&session, request.into_inner()) }, Told::told).await
    }

    async fn get_metadata(&self, request: Request<get_metadata::Request>) -> Answer<get_metadata::Response> {
        self.run(|session| async move { offer::metadata(&session, request.into_inner()) }, Told::told).await
    }

    async fn get_functions(
        &self,
        request: Request<get_functions::Request>,
    ) -> Answer<get_functions::Response> {
        self.run(|session| async move { offer::functions(&session, request.into_inner()) }, Told::told).await
    }

    async fn get_resource_identity_schemas(
        &self,
        request: Request<get_resource_identity_schemas::Request>,
    ) -> Answer<get_resource_identity_schemas::Response> {
        self.run(|session| async move { offer::identities(&session, request.into_inner()) }, Told::told).await
    }

    async fn prepare_provider_config(
        &self,
        request: Request<prepare_provider_config::Request>,
    ) -> Answer<prepare_provider_config::Response> {
        self.run(|session| async move { provider::prepare(&session, request.into_inner()) }, Told::told).await
    }

    async fn configure(&self, request: Request<configure::Request>) -> Answer<configure::Response> {
        self.run(
            |session| async move { provider::configure(&session, request.into_inner()).await },
            Told::told,
        )
        .await
    }

    async fn validate_resource_type_config(
        &self,
        request: Request<validate_resource_type_config::Request>,
    ) -> Answer<validate_resource_type_config::Response> {
        self.run(|session| async move { resource::validate(&session, request.into_inner()) }, Told::told)
            .await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<upgrade_resource_state::Request>,
    ) -> Answer<upgrade_resource_state::Response> {
        self.run(|session| async move { resource::upgrade(&session, request.into_inner()) }, Told::told).await
    }

    async fn move_resource_state(
        &self,
        request: Request<move_resource_state::Request>,
    ) -> Answer<move_resource_state::Response> {
        self.run(|session| async move { resource::take_over(&session, request.into_inner()) }, Told::told)
            .await
    }

    async fn plan_resource_change(
        &self,
        request: Request<plan_resource_change::Request>,
    ) -> Answer<plan_resource_change::Response> {
        self.run(|session| async move { resource::plan(&session, request.into_inner()).await }, Told::told)
            .await
    }

    async fn import_resource_state(
        &self,
        request: Request<import_resource_state::Request>,
    ) -> Answer<import_resource_state::Response> {
        self.run(|session| async move { resource::import(&session, request.into_inner()).await }, Told::told)
            .await
    }

    async fn validate_data_source_config(
        &self,
        request: Request<validate_data_source_config::Request>,
    ) -> Answer<validate_data_source_config::Response> {
        self.run(|session| async move { data::validate(&session, request.into_inner()) }, Told::told).await
    }

    async fn read_data_source(
        &self,
        request: Request<read_data_source::Request>,
    ) -> Answer<read_data_source::Response> {
        self.run(|session| async move { data::read(&session, request.into_inner()).await }, Told::told).await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<validate_ephemeral_resource_config::Request>,
    ) -> Answer<validate_ephemeral_resource_config::Response> {
        self.run(|session| async move { ephemeral::validate(&session, request.into_inner()) }, Told::told)
            .await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<open_ephemeral_resource::Request>,
    ) -> Answer<open_ephemeral_resource::Response> {
        self.run(|session| async move { ephemeral::open(&session, request.into_inner()).await }, Told::told)
            .await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<renew_ephemeral_resource::Request>,
    ) -> Answer<renew_ephemeral_resource::Response> {
        self.run(|session| async move { ephemeral::renew(&session, request.into_inner()).await }, Told::told)
            .await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<close_ephemeral_resource::Request>,
    ) -> Answer<close_ephemeral_resource::Response> {
        self.run(|session| async move { ephemeral::close(&session, request.into_inner()).await }, Told::told)
            .await
    }

    async fn read_resource(
        &self,
        request: Request<read_resource::Request>,
    ) -> Answer<read_resource::Response> {
        let request = request.into_inner();
        let (state, private) = (request.current_state.clone(), request.private.clone());
        // What cannot be looked at stays as it is known.
        self.run(
            |session| async move { resource::read(&session, request).await },
            |crash| read_resource::Response {
                new_state: state,
                private,
                diagnostics: codec::diagnostic::diagnostics([crash]),
                ..Default::default()
            },
        )
        .await
    }

    async fn apply_resource_change(
        &self,
        request: Request<apply_resource_change::Request>,
    ) -> Answer<apply_resource_change::Response> {
        let request = request.into_inner();
        let (state, private) = (request.prior_state.clone(), request.planned_private.clone());
        self.run(
            |session| async move { resource::apply(&session, request).await },
            |crash| apply_resource_change::Response {
                new_state: state,
                private,
                diagnostics: codec::diagnostic::diagnostics([crash]),
                ..Default::default()
            },
        )
        .await
    }

    async fn call_function(
        &self,
        request: Request<call_function::Request>,
    ) -> Answer<call_function::Response> {
        let request = request.into_inner();
        self.run(
            |session| async move { function::call(&session, request) },
            |crash| function::refused(crash.to_string(), None),
        )
        .await
    }

    async fn stop(&self, _: Request<stop::Request>) -> Answer<stop::Response> {
        self.0.life.stop();
        Ok(Response::new(stop::Response::default()))
    }
}

#[cfg(test)]
mod tests;
