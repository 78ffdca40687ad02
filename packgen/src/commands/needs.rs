//! What a rendered pack needs and tells, as JSON. Secrets are shown nowhere.

use packgen::hcl::{Kind, Value};
use packgen::pack::Rendered;
use serde_json::{Map, Value as Json, json};

/// The volumes.
pub fn volumes(rendered: &Rendered) -> Json {
    let volume = |volume: &packgen::pack::NeededVolume| {
        json!({
            "name": volume.name,
            "job": volume.job,
            "called": value(&volume.called),
            "node_pool": value(&volume.node_pool),
            "size_bytes": value(&volume.size),
            "uid": value(&volume.uid),
            "gid": value(&volume.gid),
            "mode": value(&volume.mode),
        })
    };
    rendered.volumes.iter().map(volume).collect()
}

/// The secrets: where they are, never what they are.
pub fn secrets(rendered: &Rendered) -> Json {
    let secret = |secret: &packgen::pack::NeededSecret| {
        let paths: Vec<&str> = secret.paths.iter().map(|(path, _)| path.as_str()).collect();
        json!({ "name": secret.name, "paths": paths, "key": secret.key, "generated": secret.generate.is_some(), "description": secret.description })
    };
    rendered.secrets.iter().map(secret).collect()
}

/// The outputs; those that are secrets are null.
pub fn outputs(rendered: &Rendered) -> Json {
    let outputs = rendered.outputs.iter().map(|(name, own)| (name.clone(), value(own)));
    Json::Object(outputs.collect::<Map<_, _>>())
}

/// A value as JSON; secrets and what is not known become null.
pub fn value(own: &Value) -> Json {
    if own.sensitive {
        return Json::Null;
    }
    match &own.kind {
        Kind::Null(_) | Kind::Unknown(_) => Json::Null,
        Kind::Bool(value) => (*value).into(),
        Kind::Number(number) => number.to_i64().map_or_else(|| number.to_f64().into(), Json::from),
        Kind::String(text) => text.as_str().into(),
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
            own.items().unwrap_or_default().iter().map(value).collect()
        }
        Kind::Map(_) | Kind::Object(_) => {
            let entries = own.entries().unwrap_or_default().iter();
            Json::Object(entries.map(|entry| (entry.key.to_string(), value(&entry.value))).collect())
        }
    }
}
