//! Ephemeral resources.

use std::time::{Duration, SystemTime};

use kit::{Diagnostic, Lease, Private};
use prost::bytes::Bytes;
use prost_types::Timestamp;
use tfplugin5::{
    close_ephemeral_resource, open_ephemeral_resource, renew_ephemeral_resource,
    validate_ephemeral_resource_config,
};

use super::Session;
use crate::codec;
use crate::codec::diagnostic::diagnostics;

pub(super) fn validate(
    session: &Session,
    request: validate_ephemeral_resource_config::Request,
) -> validate_ephemeral_resource_config::Response {
    let validated = session.catalogue.ephemerals.get(&request.type_name).and_then(|ephemeral| {
        let config = ephemeral.decode(request.config)?;
        Ok(ephemeral.engine.validate(&config))
    });
    validate_ephemeral_resource_config::Response {
        diagnostics: diagnostics(validated.unwrap_or_else(|problem| vec![problem])),
    }
}

pub(super) async fn open(
    session: &Session,
    request: open_ephemeral_resource::Request,
) -> open_ephemeral_resource::Response {
    opened(session, request).await.unwrap_or_else(|problem| open_ephemeral_resource::Response {
        diagnostics: diagnostics([problem]),
        ..Default::default()
    })
}

async fn opened(
    session: &Session,
    request: open_ephemeral_resource::Request,
) -> Result<open_ephemeral_resource::Response, Diagnostic> {
    let ephemeral = session.catalogue.ephemerals.get(&request.type_name)?;
    let config = ephemeral.decode(request.config)?;
    let (opened, found) = ephemeral.engine.open(&session.cx(), &config).await;
    let mut response =
        open_ephemeral_resource::Response { diagnostics: diagnostics(found), ..Default::default() };
    if let Some((value, lease)) = opened {
        response.result = Some(ephemeral.encode(&value)?);
        (response.renew_at, response.private) = on_the_wire(lease);
    }
    Ok(response)
}

pub(super) async fn renew(
    session: &Session,
    request: renew_ephemeral_resource::Request,
) -> renew_ephemeral_resource::Response {
    let (lease, found) = renewed(session, request).await.unwrap_or_else(|problem| (None, vec![problem]));
    let (renew_at, private) = lease.map_or((None, None), on_the_wire);
    renew_ephemeral_resource::Response { diagnostics: diagnostics(found), renew_at, private }
}

async fn renewed(
    session: &Session,
    request: renew_ephemeral_resource::Request,
) -> Result<(Option<Lease>, Vec<Diagnostic>), Diagnostic> {
    let ephemeral = session.catalogue.ephemerals.get(&request.type_name)?;
    Ok(ephemeral.engine.renew(&session.cx(), kept(request.private)?).await)
}

pub(super) async fn close(
    session: &Session,
    request: close_ephemeral_resource::Request,
) -> close_ephemeral_resource::Response {
    let found = closed(session, request).await.unwrap_or_else(|problem| vec![problem]);
    close_ephemeral_resource::Response { diagnostics: diagnostics(found) }
}

async fn closed(
    session: &Session,
    request: close_ephemeral_resource::Request,
) -> Result<Vec<Diagnostic>, Diagnostic> {
    let ephemeral = session.catalogue.ephemerals.get(&request.type_name)?;
    Ok(ephemeral.engine.close(&session.cx_beyond_stop(), kept(request.private)?).await)
}

fn kept(private: Option<Bytes>) -> Result<Private, Diagnostic> {
    codec::private(&private.unwrap_or_default())
}

fn on_the_wire(lease: Lease) -> (Option<Timestamp>, Option<Bytes>) {
    (lease.renew_in.and_then(moment_in), Some(codec::private_bytes(lease.private)))
}

/// Terraform wants a point in time, authors think in spans.
fn moment_in(span: Duration) -> Option<Timestamp> {
    SystemTime::now().checked_add(span).map(Timestamp::from)
}
