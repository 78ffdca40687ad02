//! What must be there before the jobs are: volumes and secrets.

use crate::hcl::eval::Env;
use crate::hcl::syntax::Expr;
use crate::hcl::types::convert;
use crate::hcl::{Text, Type, Value};
use crate::jobspec::cursor::{Cursor, Known};
use crate::source::{Diagnostic, Diagnostics};

use super::super::manifest::{Generate, SecretEntry, VolumeEntry};
use super::job::RenderedJob;
use super::{Base, Chosen, condition};

/// A dynamic host volume that a job needs. Values are strings or numbers, perhaps not known yet.
#[derive(Clone, Debug)]
pub struct NeededVolume {
    /// Its name in the pack.
    pub name: String,
    /// The job that uses it, by its name in the pack.
    pub job: String,
    /// The id of that job.
    pub job_id: String,
    /// How the job uses it: access mode and attachment mode.
    pub uses: Vec<(String, String)>,
    /// Its name in Nomad.
    pub called: Value,
    /// The node pool it is made in.
    pub node_pool: Value,
    /// How many bytes it has at least; null if the pack does not say.
    pub size: Value,
    /// The user that owns it; null if the pack does not say.
    pub uid: Value,
    /// The group that owns it; null if the pack does not say.
    pub gid: Value,
    /// Its permissions in octal digits; null if the pack does not say.
    pub mode: Value,
}

/// A secret that jobs need.
#[derive(Clone, Debug)]
pub struct NeededSecret {
    /// Its name in the pack.
    pub name: String,
    /// The Nomad variables that hold it, each with the id of the job that reads it.
    pub paths: Vec<(String, String)>,
    /// Its key there.
    pub key: String,
    /// How it is made if nobody gives one.
    pub generate: Option<Generate>,
    /// What it is for.
    pub description: String,
}

/// The names of all volumes in Nomad, for the object `pack`. They may depend on variables only.
pub(in crate::pack) fn volume_names(base: &Base<'_>, out: &mut Diagnostics) -> Vec<(String, Value)> {
    let env = base.env(None, &[], &[], out);
    let name = |entry: &VolumeEntry, out: &mut Diagnostics| match &entry.called {
        None => Value::string(base.instance.volume_name(&entry.job, &entry.name)),
        Some(expr) => evaluated(&env, expr, &Type::String, "name", out).unwrap_or_else(Value::null),
    };
    base.pack.manifest.volumes.iter().map(|entry| (entry.name.to_string(), name(entry, out))).collect()
}

/// The volumes of the jobs that run.
pub(super) fn volumes(
    env: &Env<'_>,
    base: &Base<'_>,
    chosen: &Chosen<'_>,
    names: &[(String, Value)],
    jobs: &[RenderedJob],
    out: &mut Diagnostics,
) -> Vec<NeededVolume> {
    let mut needed = Vec::new();
    for (entry, (_, called)) in base.pack.manifest.volumes.iter().zip(names) {
        let runs = chosen.iter().any(|(job, when)| **job == *entry.job.value && *when != Ok(false));
        if !runs || entry.when.as_ref().is_some_and(|when| condition(env, when, out) == Ok(false)) {
            continue;
        }
        let job = jobs.iter().find(|job| job.name == *entry.job.value);
        let mut take = |expr: &Option<Expr>, ty: Type, name| {
            expr.as_ref().and_then(|expr| evaluated(env, expr, &ty, name, out)).unwrap_or_else(Value::null)
        };
        let volume = NeededVolume {
            name: entry.name.to_string(),
            job: entry.job.to_string(),
            job_id: base.instance.job_id(&entry.job),
            uses: job.map_or_else(Vec::new, |job| uses(job, called)),
            called: called.clone(),
            node_pool: take(&entry.node_pool, Type::String, "node_pool"),
            size: take(&entry.size, Type::String, "size"),
            uid: take(&entry.uid, Type::Number, "uid"),
            gid: take(&entry.gid, Type::Number, "gid"),
            mode: take(&entry.mode, Type::String, "mode"),
        };
        let volume = NeededVolume { size: bytes(&volume.size, entry, out), ..volume };
        check(&volume, entry, out);
        let pool = || {
            job.and_then(|job| job.block())
                .and_then(|block| block.attr("node_pool"))
                .map(|attr| attr.value.clone())
        };
        let node_pool = if volume.node_pool.is_null() {
            pool().unwrap_or_else(Value::null)
        } else {
            volume.node_pool.clone()
        };
        if let Some(job) = job {
            used(&volume, job, entry, out);
        }
        needed.push(NeededVolume { node_pool, ..volume });
    }
    needed
}

fn evaluated(env: &Env<'_>, expr: &Expr, ty: &Type, name: &str, out: &mut Diagnostics) -> Option<Value> {
    let value = out.take(env.scope().eval(expr))?;
    if value.holds_secret() {
        out.push(Diagnostic::error(
            "secret-in-job",
            format!("a secret would be readable in the volume's `{name}`"),
            expr.span,
        ));
        return None;
    }
    let converted = convert(&value, ty)
        .map_err(|wrong| Diagnostic::error("type", format!("`{name}`: {}", wrong.message), expr.span));
    out.take(converted)
}

/// The number of bytes that a size says.
fn bytes(size: &Value, entry: &VolumeEntry, out: &mut Diagnostics) -> Value {
    let Some(text) = size.as_str() else { return size.clone() };
    if let Some(bytes) = parse_size(text) {
        return Value::number(bytes);
    }
    let at = entry.size.as_ref().map_or(entry.at, |expr| expr.span);
    let finding = Diagnostic::error("size", format!("{text:?} is no size"), at);
    out.push(finding.help("write a number and a unit: \"500MiB\", \"20GiB\", \"1TiB\""));
    Value::null()
}

/// `20GiB` → bytes. Units of 1000 and of 1024 are told apart.
fn parse_size(text: &str) -> Option<i64> {
    const UNITS: [(&str, i64); 9] = [
        ("", 1),
        ("KB", 1000),
        ("KiB", 1 << 10),
        ("MB", 1_000_000),
        ("MiB", 1 << 20),
        ("GB", 1_000_000_000),
        ("GiB", 1 << 30),
        ("TB", 1_000_000_000_000),
        ("TiB", 1 << 40),
    ];
    let digits = text.trim_end_matches(|char: char| !char.is_ascii_digit());
    let unit = text.get(digits.len()..)?.trim();
    let factor = UNITS.iter().find(|(name, _)| *name == unit)?.1;
    digits.parse::<i64>().ok().filter(|number| *number > 0)?.checked_mul(factor)
}

fn check(volume: &NeededVolume, entry: &VolumeEntry, out: &mut Diagnostics) {
    let mode = volume.mode.as_str();
    if mode.is_some_and(|mode| {
        mode.is_empty() || mode.len() > 4 || !mode.bytes().all(|digit| (b'0'..=b'7').contains(&digit))
    }) {
        let at = entry.mode.as_ref().map_or(entry.at, |expr| expr.span);
        out.push(
            Diagnostic::error("mode", "permissions are three or four octal digits", at)
                .help("write `mode = \"0750\"`"),
        );
    }
    for (value, expr, name) in [(&volume.uid, &entry.uid, "uid"), (&volume.gid, &entry.gid, "gid")] {
        let fits = value
            .as_number()
            .is_none_or(|number| number.to_i64().is_some_and(|id| (0..=i64::from(u32::MAX)).contains(&id)));
        if !fits {
            let at = expr.as_ref().map_or(entry.at, |expr| expr.span);
            out.push(Diagnostic::error("owner", format!("`{name}` is a whole number, zero or more"), at));
        }
    }
}

/// The modes in which a job mounts a volume; a plain file system for one writer, if it does not say.
fn uses(job: &RenderedJob, called: &Value) -> Vec<(String, String)> {
    let groups = job.block().into_iter().map(Cursor::top).flat_map(|job| job.blocks_of("group"));
    let mounts = groups.flat_map(|group| group.blocks_of("volume"));
    let own = mounts.filter(|mount| {
        mount.text("source").is().is_some_and(|source| Some(source.as_str()) == called.as_str())
    });
    let mode = |mount: Cursor<'_>, name, default: &str| match mount.text(name) {
        Known::Is(text) if !text.is_empty() => text.to_string(),
        _ => default.to_owned(),
    };
    let mut uses: Vec<(String, String)> = own
        .map(|mount| {
            (mode(mount, "access_mode", "single-node-writer"), mode(mount, "attachment_mode", "file-system"))
        })
        .collect();
    uses.sort();
    uses.dedup();
    uses
}

/// A volume that its job does not mount would be made for nothing.
fn used(volume: &NeededVolume, job: &RenderedJob, entry: &VolumeEntry, out: &mut Diagnostics) {
    let (Some(block), Some(called)) = (job.block(), volume.called.as_str()) else { return };
    let mounts = Cursor::top(block).blocks_of("group").flat_map(|group| group.blocks_of("volume"));
    let sources: Vec<Known<Text>> = mounts.map(|mount| mount.text("source")).collect();
    let unsure = sources.iter().any(|source| matches!(source, Known::Later));
    let mounted = sources.iter().any(|source| matches!(source, Known::Is(text) if text.as_str() == called));
    if !(unsure || mounted) {
        let finding = Diagnostic::error(
            "volume-unused",
            format!("no group of job {:?} mounts the volume {called:?}", job.name),
            entry.at,
        );
        out.push(finding.help(format!(
            "add `volume {:?} {{ type = \"host\" source = pack.volumes.{} … }}` to its group",
            &*entry.name.value, &*entry.name.value
        )));
    }
}

/// The secrets of the jobs that run.
pub(super) fn secrets(
    env: &Env<'_>,
    base: &Base<'_>,
    chosen: &Chosen<'_>,
    out: &mut Diagnostics,
) -> Vec<NeededSecret> {
    let mut needed = Vec::new();
    for entry in &base.pack.manifest.secrets {
        let running: Vec<&str> = readers(entry, chosen);
        if running.is_empty()
            || entry.when.as_ref().is_some_and(|when| condition(env, when, out) == Ok(false))
        {
            continue;
        }
        needed.push(NeededSecret {
            name: entry.name.to_string(),
            paths: running
                .iter()
                .map(|job| (base.instance.secrets_path(job), base.instance.job_id(job)))
                .collect(),
            key: entry.key.clone(),
            generate: entry.generate,
            description: entry.description.clone(),
        });
    }
    needed
}

fn readers<'e>(entry: &'e SecretEntry, chosen: &Chosen<'_>) -> Vec<&'e str> {
    let runs = |name: &str| chosen.iter().any(|(job, when)| *job == name && *when != Ok(false));
    entry.jobs.iter().map(|job| &*job.value).filter(|job| runs(job)).collect()
}
