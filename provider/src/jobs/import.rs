//! Import: finds jobs by what the user wrote after `terraform import`, `[namespace/]name`, through the provider's Nomad.
//!
//! Texts come back as they were submitted; where they were not kept, from the job itself. Variables stay null until the
//! configuration fills them.

use kit::{Cx, Diagnostic, Result, Value};
use nomad::Client;
use nomad::jobs::JobStub;
use packgen::jobspec::{json, print};
use packgen::pack::MARK;

use super::Kind;
use super::kind::Import;
use super::state::State;
use super::target::{nowhere, refused, settings};
use crate::config::Reach;
use crate::connection::Patience;

/// The object behind an import id.
pub async fn import<K: Kind>(kind: &K, cx: &Cx, id: &str) -> Result<Option<Value>> {
    let (namespace, name) = match id.split_once('/') {
        Some((namespace, name)) => (Some(namespace), name),
        None => (None, id),
    };
    let settings = settings(cx)?;
    let connection = match &settings.nomad {
        Reach::Here(connection) => connection,
        Reach::Broken(problem) => return Err(problem.clone().into()),
        Reach::Nowhere | Reach::NotKnownYet => return Err(nowhere().into()),
    };
    let client = connection.client(Patience::Change)?;
    let client = namespace.map_or_else(|| client.clone(), |namespace| client.in_namespace(namespace));
    for candidate in kind.imported(name) {
        if let Some(found) = candidate_of(kind, &client, candidate, namespace).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

async fn candidate_of<K: Kind>(
    kind: &K,
    client: &Client,
    candidate: Import,
    namespace: Option<&str>,
) -> Result<Option<Value>> {
    let failed = |error: &nomad::Error| refused("The jobs of Nomad cannot be looked at", error);
    let (ids, name, attributes, text, only) = match candidate {
        Import::Use { name, pack } => {
            let all = client.jobs().list("").await.map_err(|error| failed(&error))?;
            let of = |job: &JobStub| {
                let (of, own) = job.meta.get(MARK)?.split_once('/')?;
                (own == name && of != "jobspec" && job.parent_id.is_none()).then(|| of.to_owned())
            };
            let Some(found) = all.iter().find_map(of) else { return Ok(None) };
            let own = all.iter().filter(|job| of(job).as_ref() == Some(&found));
            (own.map(|job| job.id.clone()).collect(), Some(name), vec![(pack, found)], None, None)
        }
        Import::Job { id, text } => (vec![id], None, Vec::new(), Some(text), None),
        Import::Marked { mark, name, attributes, only } => {
            let all = client.jobs().list("").await.map_err(|error| failed(&error))?;
            let own = |job: &&JobStub| job.meta.get(MARK) == Some(&mark) && job.parent_id.is_none();
            (all.iter().filter(own).map(|job| job.id.clone()).collect(), name, attributes, None, only)
        }
    };
    let mut state = State { complete: Some(true), status: Some("healthy".to_owned()), ..State::default() };
    let mut source = None;
    for id in &ids {
        let Some(job) = client.jobs().read(id).await.map_err(|error| failed(&error))? else { continue };
        let submitted = submitted(client, id, job.version).await?;
        let own = only.clone().unwrap_or_else(|| own_name(name.as_deref(), id));
        state.ids.insert(own.clone(), id.clone());
        state.versions.insert(own.clone(), i64::try_from(job.version).unwrap_or_default());
        state.texts.insert(own, submitted.clone());
        source = Some(submitted);
    }
    let Some(source) = source else { return Ok(None) };
    let mut value = blank(kind);
    if let Value::Map(fields) = &mut value {
        let text_of = |text: Option<&str>| text.map_or(Value::Null, Value::string);
        // What keeps data is protected by the next apply; until then nobody has said so.
        fields.insert("deletion_protection".into(), Value::Bool(false));
        fields.insert("name".into(), text_of(name.as_deref()));
        fields.insert("namespace".into(), text_of(namespace.filter(|name| *name != "default")));
        for (attribute, given) in attributes {
            fields.insert(attribute.into(), Value::string(given));
        }
        if let Some(text) = text {
            fields.insert(text.into(), Value::string(source));
        }
    }
    Ok(Some(state.write(value)))
}

/// The name of a job in its resource: its id without the name of the use.
fn own_name(name: Option<&str>, id: &str) -> String {
    let rest = name.and_then(|name| id.strip_prefix(name)).and_then(|rest| rest.strip_prefix('-'));
    rest.unwrap_or(id).to_owned()
}

/// An object of this kind in which nothing is set but what has a default.
fn blank<K: Kind>(kind: &K) -> Value {
    let block = kind.schema().block;
    let attributes = block.attributes.iter();
    let attributes = attributes.map(|a| (a.name.to_string(), a.default.clone().unwrap_or(Value::Null)));
    let blocks = block.blocks.iter().map(|nested| (nested.name.to_string(), nested.absent()));
    Value::Map(attributes.chain(blocks).collect())
}

/// The text that a job was made of; where it was not kept, one that says the same.
async fn submitted(client: &Client, id: &str, version: u64) -> Result<String> {
    let failed = |error: &nomad::Error| refused(format!("Job {id} cannot be looked at"), error);
    let kept = client.jobs().submission(id, version).await.map_err(|error| failed(&error))?;
    if let Some(kept) = kept
        .filter(|kept| kept.format == "hcl2" && kept.variables.is_empty() && kept.variable_flags.is_empty())
    {
        return Ok(kept.source);
    }
    let whole = client.jobs().read_whole(id).await.map_err(|error| failed(&error))?;
    let unreadable =
        || Diagnostic::error(format!("Job {id} cannot be read"), "It cannot be written as a jobspec.");
    let tree = json::tree(&whole.unwrap_or_default()).map_err(|_| unreadable())?;
    Ok(print::print(&tree).map_err(|_| unreadable())?)
}
