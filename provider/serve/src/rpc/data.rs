//! Data sources.

use kit::Diagnostic;
use tfplugin5::{DynamicValue, read_data_source, validate_data_source_config};

use super::Session;
use crate::codec::diagnostic::diagnostics;

pub(super) fn validate(
    session: &Session,
    request: validate_data_source_config::Request,
) -> validate_data_source_config::Response {
    let validated = session.catalogue.data_sources.get(&request.type_name).and_then(|source| {
        let config = source.decode(request.config)?;
        Ok(source.engine.validate(&config))
    });
    validate_data_source_config::Response {
        diagnostics: diagnostics(validated.unwrap_or_else(|problem| vec![problem])),
    }
}

pub(super) async fn read(
    session: &Session,
    request: read_data_source::Request,
) -> read_data_source::Response {
    let (state, found) = looked_up(session, request).await.unwrap_or_else(|problem| (None, vec![problem]));
    read_data_source::Response { state, diagnostics: diagnostics(found), ..Default::default() }
}

async fn looked_up(
    session: &Session,
    request: read_data_source::Request,
) -> Result<(Option<DynamicValue>, Vec<Diagnostic>), Diagnostic> {
    let source = session.catalogue.data_sources.get(&request.type_name)?;
    let config = source.decode(request.config)?;
    let (value, found) = source.engine.read(&session.cx(), &config).await;
    Ok((value.map(|value| source.encode(&value)).transpose()?, found))
}
