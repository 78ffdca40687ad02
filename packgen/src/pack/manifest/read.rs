//! Reads `pack.hcl`.

use std::collections::HashMap;

use super::fields::Fields;
use super::{Alphabet, Generate, JobEntry, Manifest, OutputEntry, SecretEntry, VolumeEntry};
use crate::hcl::syntax::{BlockSyntax, Item, parse_body};
use crate::hcl::types::{TypeRules, nearest, parse_type};
use crate::hcl::{Field, Type};
use crate::jobspec::grammar::Release;
use crate::pack::ready;
use crate::source::{Diagnostic, Diagnostics, FileId, SourceMap, Span, Spanned};
use crate::tree::Name;

const ROOTS: [&str; 5] = ["pack", "job", "volume", "secret", "output"];

pub(super) fn manifest(sources: &SourceMap, file: FileId) -> (Manifest, Diagnostics) {
    let (body, mut out) = ready::find(sources, file).unwrap_or_else(|| parse_body(sources, file));
    let nowhere = Spanned::new("".into(), Span::new(file, 0, 0));
    let mut manifest = Manifest {
        name: nowhere,
        version: String::new(),
        summary: String::new(),
        description: None,
        nomad: None,
        keeps_data: false,
        jobs: Vec::new(),
        volumes: Vec::new(),
        secrets: Vec::new(),
        outputs: Vec::new(),
    };
    let mut packs = 0;
    for item in &body.items {
        match item {
            Item::Block(block) => {
                packs += usize::from(&*block.ty.value == "pack");
                root(sources, block, &mut manifest, &mut out);
            }
            Item::Attribute(attribute) => {
                let message = format!("`{}` cannot stand at the top of pack.hcl", &*attribute.name.value);
                out.push(
                    Diagnostic::error("root-unknown", message, attribute.name.span)
                        .help(format!("there are the blocks {}", ROOTS.join(", "))),
                );
            }
        }
    }
    if packs != 1 && !out.has_errors() {
        let finding = Diagnostic::error("pack-block", "pack.hcl has one `pack` block", Span::new(file, 0, 0));
        out.push(finding.help(
            "write `pack \"name\" { version = \"1.0.0\" summary = \"…\" }`, each attribute on its line",
        ));
    }
    check(&manifest, &mut out);
    (manifest, out)
}

fn root(sources: &SourceMap, block: &BlockSyntax, into: &mut Manifest, out: &mut Diagnostics) {
    let fields = Fields::new(sources, block, out);
    match &*block.ty.value {
        "pack" => pack(fields, into),
        "job" => into.jobs.extend(job(fields)),
        "volume" => into.volumes.extend(volume(fields)),
        "secret" => into.secrets.extend(secret(fields)),
        "output" => into.outputs.extend(output(fields)),
        other => {
            let close = nearest(other, ROOTS.into_iter()).map(|close| format!("did you mean `{close}`?"));
            let help = match other {
                "variable" => "variables stand in variables.hcl".to_owned(),
                "locals" => "locals stand in locals.hcl".to_owned(),
                _ => close.unwrap_or_else(|| format!("there are {}", ROOTS.join(", "))),
            };
            let message = format!("`{other}` cannot stand at the top of pack.hcl");
            out.push(Diagnostic::error("root-unknown", message, block.ty.span).help(help));
        }
    }
}

fn pack(mut fields: Fields<'_>, into: &mut Manifest) {
    if let Some(name) = fields.label() {
        into.name = name;
    }
    into.version = fields.required_text("version", "write `version = \"1.0.0\"`");
    into.summary = fields.required_text("summary", "say in one sentence what the pack is");
    into.description = fields.text("description");
    let at = fields.expr("nomad").map(|expr| expr.span);
    if let (Some(text), Some(at)) = (fields.text("nomad"), at) {
        into.nomad = release(&text);
        if into.nomad.is_none() {
            let finding =
                Diagnostic::error("version", format!("{text:?} names no oldest release of Nomad"), at);
            fields.out.push(finding.help("write `nomad = \">= 1.10\"`"));
        }
    }
    let keeps_data = fields.constant("keeps_data", &Type::Bool);
    into.keeps_data = keeps_data.and_then(|value| value.as_bool()).unwrap_or(false);
    fields.finish();
}

/// `>= 1.10` or `>= 1.10.2`.
fn release(text: &str) -> Option<Release> {
    let mut parts = text.trim().strip_prefix(">=")?.trim().split('.').map(|part| part.parse::<u8>().ok());
    let release = Release(parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    if parts.next().is_some() { None } else { Some(release) }
}

fn job(mut fields: Fields<'_>) -> Option<JobEntry> {
    let job = JobEntry {
        name: fields.label()?,
        when: fields.expr("when"),
        after: fields.names("after"),
        description: fields.text("description"),
    };
    fields.finish();
    Some(job)
}

fn volume(mut fields: Fields<'_>) -> Option<VolumeEntry> {
    let name = fields.label()?;
    if !fields.has("job") {
        fields.missing("job", "say which job uses it: `job = \"…\"`");
    }
    let job = fields.names("job").into_iter().next();
    let volume = VolumeEntry {
        job: job.unwrap_or_else(|| name.clone()),
        name,
        when: fields.expr("when"),
        called: fields.expr("name"),
        node_pool: fields.expr("node_pool"),
        size: fields.expr("size"),
        uid: fields.expr("uid"),
        gid: fields.expr("gid"),
        mode: fields.expr("mode"),
        description: fields.text("description"),
        at: fields.at(),
    };
    fields.finish();
    Some(volume)
}

fn secret(mut fields: Fields<'_>) -> Option<SecretEntry> {
    let name = fields.label()?;
    if !fields.has("job") {
        fields.missing("job", "say which job reads it: `job = \"…\"`");
    }
    let secret = SecretEntry {
        jobs: fields.names("job"),
        key: fields.text("key").unwrap_or_else(|| name.to_string()),
        when: fields.expr("when"),
        generate: generate(&mut fields),
        description: fields.required_text("description", "say what the secret is for"),
        at: fields.at(),
        name,
    };
    let key = secret.key.as_str();
    if key.is_empty() || !key.chars().all(|char| char.is_ascii_alphanumeric() || char == '_') {
        let finding =
            Diagnostic::error("secret-key", format!("{key:?} cannot be the key of a secret"), fields.at());
        fields.out.push(finding.help("templates read it as `.key`: use letters, digits and `_`"));
    }
    fields.finish();
    Some(secret)
}

fn generate(fields: &mut Fields<'_>) -> Option<Generate> {
    let field = |name: &str, ty: Type| Field { name: name.into(), ty, optional: true, default: None };
    let ty = Type::Object([field("alphabet", Type::String), field("length", Type::Number)].into());
    let value = fields.constant("generate", &ty)?;
    let number = value.get("length").and_then(|length| length.as_number()).map(crate::hcl::Number::to_i64);
    let length = number.map_or(Some(32), |length| length.and_then(|length| usize::try_from(length).ok()));
    let alphabet = match value.get("alphabet").and_then(|alphabet| alphabet.as_str()) {
        None | Some("alphanumeric") => Some(Alphabet::Alphanumeric),
        Some("hex") => Some(Alphabet::Hex),
        Some(_) => None,
    };
    match (length.filter(|length| (16..=1024).contains(length)), alphabet) {
        (Some(length), Some(alphabet)) => Some(Generate { length, alphabet }),
        (None, _) => {
            fields.out.push(Diagnostic::error(
                "secret-length",
                "a secret has 16 to 1024 characters",
                value.at,
            ));
            None
        }
        (_, None) => {
            fields.out.push(Diagnostic::error(
                "secret-alphabet",
                "`alphabet` is \"alphanumeric\" or \"hex\"",
                value.at,
            ));
            None
        }
    }
}

fn output(mut fields: Fields<'_>) -> Option<OutputEntry> {
    let name = fields.label()?;
    let ty = match fields.expr("type") {
        Some(expr) => fields.out.take(parse_type(&expr, TypeRules::Any)).unwrap_or(Type::Any),
        None => Type::Any,
    };
    if !fields.has("type") {
        fields.missing("type", "say what it is, for example `type = string`");
    }
    let sensitive =
        fields.constant("sensitive", &Type::Bool).and_then(|value| value.as_bool()).unwrap_or(false);
    let description = fields.required_text("description", "say what it is good for");
    let Some(value) = fields.expr("value") else {
        fields.missing("value", "write `value = …`");
        return None;
    };
    fields.finish();
    Some(OutputEntry { name, ty, value, sensitive, description })
}

/// What the blocks say about each other.
fn check(manifest: &Manifest, out: &mut Diagnostics) {
    twice("job", manifest.jobs.iter().map(|job| &job.name), out);
    twice("volume", manifest.volumes.iter().map(|volume| &volume.name), out);
    twice("secret", manifest.secrets.iter().map(|secret| &secret.name), out);
    twice("output", manifest.outputs.iter().map(|output| &output.name), out);
    let names = std::iter::once(&manifest.name).chain(manifest.jobs.iter().map(|job| &job.name));
    for name in names.filter(|name| !name.is_empty() && !is_name(name)) {
        let finding = Diagnostic::error("name", format!("{:?} cannot be a name", &*name.value), name.span);
        out.push(finding.help("names have small letters, digits, `_` and `-`, and begin with a letter"));
    }
    let after = manifest.jobs.iter().flat_map(|job| &job.after);
    let volumes = manifest.volumes.iter().map(|volume| &volume.job);
    let secrets = manifest.secrets.iter().flat_map(|secret| &secret.jobs);
    for name in after.chain(volumes).chain(secrets).filter(|name| manifest.job(name).is_none()) {
        let close = nearest(name, manifest.jobs.iter().map(|job| &**job.name))
            .map(|close| format!("did you mean {close:?}?"));
        out.push(
            Diagnostic::error("unknown-job", format!("the pack has no job {:?}", &*name.value), name.span)
                .maybe_help(close),
        );
    }
    if manifest.jobs.is_empty() && !out.has_errors() {
        let finding = Diagnostic::error("no-jobs", "the pack has no jobs", manifest.name.span);
        out.push(finding.help("for the file web.nomad.hcl write `job \"web\" {}`"));
    }
    if manifest.keeps_data && manifest.volumes.is_empty() && !out.has_errors() {
        let message = "it says that it keeps data, and has no volume that does";
        let finding = Diagnostic::error("keeps-data", message, manifest.name.span);
        out.push(finding.help("add a `volume`, or leave out `keeps_data`"));
    }
    cycles(manifest, out);
}

/// Small letters, digits, `_` and `-`, a letter first.
pub(in crate::pack) fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'))
}

fn twice<'m>(what: &str, names: impl Iterator<Item = &'m Name>, out: &mut Diagnostics) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for name in names {
        if let Some(first) = seen.insert(&name.value, name.span) {
            let message = format!("{what} {:?} is there twice", &*name.value);
            out.push(Diagnostic::error("duplicate", message, name.span).note("first here", first));
        }
    }
}

fn cycles(manifest: &Manifest, out: &mut Diagnostics) {
    let mut done: Vec<&str> = Vec::new();
    loop {
        let before = done.len();
        let ready = |job: &&JobEntry| {
            !done.contains(&&**job.name)
                && job.after.iter().all(|first| done.contains(&&***first) || manifest.job(first).is_none())
        };
        let next: Vec<&str> = manifest.jobs.iter().filter(ready).map(|job| &**job.name).collect();
        done.extend(next);
        if done.len() == before {
            break;
        }
    }
    if let Some(stuck) = manifest.jobs.iter().find(|job| !done.contains(&&**job.name)) {
        let message = format!("job {:?} waits for itself, by way of `after`", &*stuck.name.value);
        let at = stuck.after.first().map_or(stuck.name.span, |first| first.span);
        out.push(Diagnostic::error("cycle", message, at).help("leave one of the names out"));
    }
}
