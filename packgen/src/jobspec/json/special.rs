//! Where the API's object is not simply the block: shorthands, defaults that the parser fills in, and
//! fields that move.

use serde_json::{Map, Value as Json, json};

use crate::tree::Block;

use super::super::grammar::Body;
use super::super::shorthand::{self, Compared};

type Object = Map<String, Json>;

/// Does what is special about a kind of block, after its fields were copied.
pub(super) fn finish(body: &Body, block: &Block, out: &mut Object) {
    match body.name {
        "Constraint" => compared(shorthand::constraint(block), out),
        "Affinity" => compared(shorthand::affinity(block), out),
        "NetworkResource" => ports(out),
        "PeriodicConfig" => periodic(out),
        "Template" => template(out),
        "ChangeScript" => change_script(out),
        "Vault" => vault(out),
        "ScalingPolicy" => scaling(block, out),
        "Task" => identities(out),
        _ => {}
    }
}

fn compared(compared: Option<Compared>, out: &mut Object) {
    let Some(compared) = compared else { return };
    for (field, text) in
        [("LTarget", compared.attribute), ("RTarget", compared.value), ("Operand", compared.operator)]
    {
        out.insert(field.to_owned(), text.as_str().into());
    }
}

/// A `port` with `static` is reserved; if there is any `port`, blocks of the old form are lost.
fn ports(out: &mut Object) {
    let Some(Json::Array(ports)) = out.get("DynamicPorts").cloned() else { return };
    let is_static = |port: &Json| port.get("Value").and_then(Json::as_i64).is_some_and(|value| value > 0);
    let (reserved, dynamic): (Vec<Json>, Vec<Json>) = ports.into_iter().partition(is_static);
    let list = |ports: Vec<Json>| if ports.is_empty() { Json::Null } else { ports.into() };
    out.insert("ReservedPorts".to_owned(), list(reserved));
    out.insert("DynamicPorts".to_owned(), list(dynamic));
}

fn periodic(out: &mut Object) {
    let written = |field| out.get(field).is_some_and(|value: &Json| !value.is_null());
    if written("Spec") || written("Specs") {
        out.insert("SpecType".to_owned(), "cron".into());
    }
}

fn fill(out: &mut Object, defaults: Json) {
    let Json::Object(defaults) = defaults else { return };
    for (field, value) in defaults {
        if out.get(&field).is_none_or(Json::is_null) {
            out.insert(field, value);
        }
    }
}

fn template(out: &mut Object) {
    fill(
        out,
        json!({ "ChangeMode": "restart", "Perms": "0644", "Splay": 5_000_000_000_i64, "ErrMissingKey": false }),
    );
}

fn change_script(out: &mut Object) {
    fill(
        out,
        json!({ "Args": [], "Timeout": 5_000_000_000_i64, "FailOnError": false, "RunOnFirstRender": false }),
    );
}

fn vault(out: &mut Object) {
    fill(out, json!({ "Env": true, "DisableFile": false, "ChangeMode": "restart" }));
}

fn scaling(block: &Block, out: &mut Object) {
    let kind = match block.labels.first().map(|label| label.to_lowercase()).as_deref() {
        None => "horizontal",
        Some("cpu") => "vertical_cpu",
        Some(_) => "vertical_mem",
    };
    if out.get("Type").and_then(Json::as_str) == Some("") {
        out.insert("Type".to_owned(), kind.into());
    }
}

/// The first identity without a name of its own has a field of its own.
fn identities(out: &mut Object) {
    let Some(Json::Array(all)) = out.get_mut("Identities") else { return };
    let is_default = |one: &Json| matches!(one.get("Name").and_then(Json::as_str), Some("" | "default"));
    if let Some(at) = all.iter().position(is_default) {
        let default = all.remove(at);
        out.insert("Identity".to_owned(), default);
    }
}
