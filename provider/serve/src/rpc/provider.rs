//! The provider block.

use kit::{Diagnostic, ProviderData};
use tfplugin5::{configure, prepare_provider_config};

use super::Session;
use crate::codec::diagnostic::diagnostics;

pub(super) fn prepare(
    session: &Session,
    request: prepare_provider_config::Request,
) -> prepare_provider_config::Response {
    let provider = session.catalogue.provider();
    let prepared_config = request.config.clone();
    let found = match provider.decode(request.config) {
        Ok(config) => provider.engine.validate(&config),
        Err(problem) => vec![problem],
    };
    prepare_provider_config::Response { prepared_config, diagnostics: diagnostics(found) }
}

pub(super) async fn configure(session: &Session, request: configure::Request) -> configure::Response {
    tracing::debug!(terraform = request.terraform_version, "configuring the provider");
    let (data, found) = configured(session, request)
        .await
        .unwrap_or_else(|problem| (ProviderData::Unconfigured, vec![problem]));
    session.configured(data);
    configure::Response { diagnostics: diagnostics(found) }
}

async fn configured(
    session: &Session,
    request: configure::Request,
) -> Result<(ProviderData, Vec<Diagnostic>), Diagnostic> {
    let provider = session.catalogue.provider();
    let config = provider.decode(request.config)?;
    Ok(provider.engine.configure(&session.cx(), &config).await)
}
