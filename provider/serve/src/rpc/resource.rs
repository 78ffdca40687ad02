//! Resources.

use kit::engine::{Applied, Change, Planned, Proposal, ResourceEngine, Verb};
use kit::{Cx, Diagnostic, Failure, Limit, Moved, Value};
use prost::bytes::Bytes;
use tfplugin5::{
    DynamicValue, RawState, apply_resource_change, import_resource_state, move_resource_state,
    plan_resource_change, read_resource, upgrade_resource_state, validate_resource_type_config,
};
use tokio_util::sync::CancellationToken;

use super::Session;
use super::catalogue::Entry;
use crate::codec;
use crate::codec::diagnostic::diagnostics;

pub(super) fn validate(
    session: &Session,
    request: validate_resource_type_config::Request,
) -> validate_resource_type_config::Response {
    let validated = session.catalogue.resources.get(&request.type_name).and_then(|resource| {
        let write_only = request.client_capabilities.is_some_and(|c| c.write_only_attributes_allowed);
        Ok(resource.engine.validate(resource.decode(request.config)?, write_only))
    });
    let found = validated.unwrap_or_else(|problem| vec![problem]);
    validate_resource_type_config::Response { diagnostics: diagnostics(found) }
}

pub(super) fn upgrade(
    session: &Session,
    request: upgrade_resource_state::Request,
) -> upgrade_resource_state::Response {
    let (upgraded_state, found) = split(upgraded(session, request));
    upgrade_resource_state::Response { upgraded_state, diagnostics: diagnostics(found) }
}

fn upgraded(session: &Session, request: upgrade_resource_state::Request) -> Result<DynamicValue, Failure> {
    let resource = session.catalogue.resources.get(&request.type_name)?;
    let saved = saved_state(request.raw_state)?;
    Ok(resource.encode(&resource.engine.upgrade(request.version, saved)?)?)
}

fn saved_state(raw: Option<RawState>) -> Result<Value, Diagnostic> {
    let raw = raw.unwrap_or_default();
    if raw.json.is_empty() && !raw.flatmap.is_empty() {
        return Err(Diagnostic::error(
            "State from before Terraform 0.12",
            "Apply once with Terraform 0.12 or later and the provider version that made this state, then upgrade.",
        ));
    }
    codec::json::decode(&raw.json).map_err(|problem| codec::malformed("a saved state", &problem))
}

pub(super) fn take_over(
    session: &Session,
    request: move_resource_state::Request,
) -> move_resource_state::Response {
    // Another provider's private data would mean nothing to us.
    let ours = request.source_provider_address == session.catalogue.registry.address;
    let target_private = if ours { request.source_private.clone() } else { Bytes::new() };
    let (target_state, found) = split(taken_over(session, request, &target_private));
    move_resource_state::Response {
        target_state,
        target_private,
        diagnostics: diagnostics(found),
        ..Default::default()
    }
}

fn taken_over(
    session: &Session,
    request: move_resource_state::Request,
    private: &[u8],
) -> Result<DynamicValue, Failure> {
    let resource = session.catalogue.resources.get(&request.target_type_name)?;
    let from = Moved {
        provider: request.source_provider_address,
        resource: request.source_type_name,
        version: request.source_schema_version,
        state: saved_state(request.source_state)?,
        private: codec::private(private)?,
    };
    Ok(resource.encode(&resource.engine.take_over(&from)?)?)
}

pub(super) async fn read(session: &Session, request: read_resource::Request) -> read_resource::Response {
    let (state, private) = (request.current_state.clone(), request.private.clone());
    looked(session, request).await.unwrap_or_else(|problem| read_resource::Response {
        new_state: state,
        private,
        diagnostics: diagnostics([problem]),
        ..Default::default()
    })
}

async fn looked(
    session: &Session,
    request: read_resource::Request,
) -> Result<read_resource::Response, Diagnostic> {
    let resource = session.catalogue.resources.get(&request.type_name)?;
    let current = resource.decode(request.current_state)?;
    let private = codec::private(&request.private)?;
    let cx = limited(session, &resource.engine, Verb::Read, &current)?;
    let looked = resource.engine.read(&cx.cx, current, private).await;
    let (new_state, private, found) = on_the_wire(resource, looked)?;
    Ok(read_resource::Response { new_state, private, diagnostics: diagnostics(found), ..Default::default() })
}

pub(super) async fn plan(
    session: &Session,
    request: plan_resource_change::Request,
) -> plan_resource_change::Response {
    planned(session, request).await.unwrap_or_else(|problem| plan_resource_change::Response {
        diagnostics: diagnostics([problem]),
        ..Default::default()
    })
}

async fn planned(
    session: &Session,
    request: plan_resource_change::Request,
) -> Result<plan_resource_change::Response, Diagnostic> {
    let resource = session.catalogue.resources.get(&request.type_name)?;
    let proposal = Proposal {
        prior: resource.decode(request.prior_state)?,
        proposed: resource.decode(request.proposed_new_state)?,
        config: resource.decode(request.config)?,
        private: codec::private(&request.prior_private)?,
    };
    let Planned { value, replace, private, diagnostics: found } =
        resource.engine.plan(&session.cx(), proposal).await;
    Ok(plan_resource_change::Response {
        planned_state: value.map(|value| resource.encode(&value)).transpose()?,
        requires_replace: replace.into_iter().map(codec::diagnostic::path).collect(),
        planned_private: codec::private_bytes(private),
        diagnostics: diagnostics(found),
        ..Default::default()
    })
}

pub(super) async fn apply(
    session: &Session,
    request: apply_resource_change::Request,
) -> apply_resource_change::Response {
    let (prior, private) = (request.prior_state.clone(), request.planned_private.clone());
    applied(session, request).await.unwrap_or_else(|problem| apply_resource_change::Response {
        new_state: prior,
        private,
        diagnostics: diagnostics([problem]),
        ..Default::default()
    })
}

async fn applied(
    session: &Session,
    request: apply_resource_change::Request,
) -> Result<apply_resource_change::Response, Diagnostic> {
    let resource = session.catalogue.resources.get(&request.type_name)?;
    let change = Change {
        prior: resource.decode(request.prior_state)?,
        planned: resource.decode(request.planned_state)?,
        config: resource.decode(request.config)?,
        private: codec::private(&request.planned_private)?,
    };
    let (verb, limits) = match (change.prior.is_null(), change.planned.is_null()) {
        (true, _) => (Verb::Create, &change.planned),
        (false, true) => (Verb::Delete, &change.prior),
        (false, false) => (Verb::Update, &change.planned),
    };
    let cx = limited(session, &resource.engine, verb, limits)?;
    let mut applied = resource.engine.apply(&cx.cx, change).await;
    let new_state = resource.encode(&applied.value).or_else(|misfit| {
        // Terraform would forget what was made.
        let state = resource.encode_what_fits(&applied.value).ok_or_else(|| misfit.clone())?;
        applied.diagnostics.push(misfit);
        Ok(state)
    })?;
    Ok(apply_resource_change::Response {
        new_state: Some(new_state),
        private: codec::private_bytes(applied.private),
        diagnostics: diagnostics(applied.diagnostics),
        ..Default::default()
    })
}

pub(super) async fn import(
    session: &Session,
    request: import_resource_state::Request,
) -> import_resource_state::Response {
    imported(session, request).await.unwrap_or_else(|problem| import_resource_state::Response {
        diagnostics: diagnostics([problem]),
        ..Default::default()
    })
}

async fn imported(
    session: &Session,
    request: import_resource_state::Request,
) -> Result<import_resource_state::Response, Diagnostic> {
    let resource = session.catalogue.resources.get(&request.type_name)?;
    let cx = limited(session, &resource.engine, Verb::Read, &Value::Null)?;
    let imported = resource.engine.import(&cx.cx, &request.id).await;
    let exists = !imported.value.is_null();
    let (state, private, found) = on_the_wire(resource, imported)?;
    let object = import_resource_state::ImportedResource {
        type_name: request.type_name,
        state,
        private,
        identity: None,
    };
    Ok(import_resource_state::Response {
        imported_resources: exists.then_some(object).into_iter().collect(),
        diagnostics: diagnostics(found),
        deferred: None,
    })
}

/// A context whose limit ends with it.
struct Limited {
    cx: Cx,
    timer: tokio::task::JoinHandle<()>,
}

impl Drop for Limited {
    fn drop(&mut self) {
        self.timer.abort();
    }
}

fn limited(
    session: &Session,
    engine: &ResourceEngine,
    verb: Verb,
    value: &Value,
) -> Result<Limited, Diagnostic> {
    let (words, span) = engine.limit(verb, value)?;
    let over = CancellationToken::new();
    let cx = session.cx().limited(Limit { over: over.clone(), words });
    let timer = tokio::spawn(async move {
        tokio::time::sleep(span).await;
        over.cancel();
    });
    Ok(Limited { cx, timer })
}

type Message = (Option<DynamicValue>, Bytes, Vec<Diagnostic>);

fn on_the_wire(resource: &Entry<ResourceEngine>, applied: Applied) -> Result<Message, Diagnostic> {
    let state = resource.encode(&applied.value)?;
    Ok((Some(state), codec::private_bytes(applied.private), applied.diagnostics))
}

fn split(outcome: Result<DynamicValue, Failure>) -> (Option<DynamicValue>, Vec<Diagnostic>) {
    match outcome {
        Ok(state) => (Some(state), Vec::new()),
        Err(failure) => (None, failure.0),
    }
}
