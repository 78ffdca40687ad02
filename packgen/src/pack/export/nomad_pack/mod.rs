//! A pack as a pack of HashiCorp's nomad-pack: variables stay variables.
//!
//! nomad-pack renders text, and a server reads that text as HCL. So the values arrive as defaults of HCL
//! variables, written as JSON and escaped so that nothing in them is syntax; job and locals stay HCL.
//! What nomad-pack keeps in a job's `meta` for itself the templates write: its release 0.4.2 does so only
//! where a file holds nothing but the job.

mod condition;
mod follow;
mod pages;
mod piece;
mod template;
mod variables;

use std::collections::BTreeSet;

use crate::hcl::Value;
use crate::hcl::eval::Dialect;
use crate::hcl::variables::resolve;
use crate::source::{Diagnostic, Diagnostics, Span};
use crate::tree::Block;

use super::super::folder::Sandbox;
use super::super::instance::Instance;
use super::super::render::{self, Base, volume_names};
use super::super::{Pack, RenderedJob, Request, functions};
use super::{Exported, prove};

use follow::Follower;
use piece::{Context, Piece};

/// Beginning of the keys that nomad-pack has in a job's `meta`.
const BOOKKEEPING: &str = "pack.";

/// The files of the pack. `freeze` fixes the variables that cannot go on to be variables.
pub(in crate::pack) fn nomad_pack(
    pack: &Pack,
    request: &Request,
    freeze: bool,
) -> Result<Exported, Diagnostics> {
    let mut fixed = BTreeSet::new();
    loop {
        let before = fixed.len();
        let found = files(pack, request, freeze, &mut fixed)?;
        // What was written before a variable was found to be fixed took it for a variable.
        if fixed.len() == before {
            return Ok(found);
        }
    }
}

fn files(
    pack: &Pack,
    request: &Request,
    freeze: bool,
    fixed: &mut BTreeSet<String>,
) -> Result<Exported, Diagnostics> {
    let rendered = pack.render(request)?;
    let jobs = rendered.jobs.map_err(|why| {
        Diagnostic::error("not-known", format!("it is not known which jobs run: {why}"), Span::NONE)
    })?;
    let mut out = Diagnostics::new();
    let instance = Instance::new(&pack.manifest, request.name.as_deref())?;
    let (vars, _) = resolve(&pack.variables, &request.inputs, Dialect::Pack, &pack.sources);
    let vars = render::with_name(&vars, &instance);
    let (sandbox, functions) = (Sandbox(&*pack.folder), functions::all(&pack.folder.shown()));
    let base = Base { pack, instance: &instance, vars: &vars, sandbox: &sandbox, functions: &functions };
    let volumes = volume_names(&base, &mut out);
    let mut templates = Vec::new();
    for file in &pack.jobs {
        let env = base.env(Some(&file.name.value), &volumes, &file.locals, &mut out);
        let own = &file.locals;
        let follower = Follower { pack, env: &env, own, freeze, fixed: &mut *fixed, out: &mut out };
        templates.push((file, template::job(follower, file)));
    }
    order(pack, &mut out);
    if out.has_errors() {
        return Err(out);
    }
    let frozen: Vec<String> = fixed.iter().cloned().collect();
    let includes = [("variables", variables::declared(pack))];
    let name = nomad_packs_name(pack);
    let context = Context {
        pack: &name,
        single: pack.manifest.jobs.len() == 1,
        vars: &vars,
        fixed: &frozen,
        includes: &includes,
    };
    for (file, pieces) in &templates {
        check(
            &context,
            pieces,
            jobs.iter().find(|job| job.name == *file.name.value),
            file.block.header,
            &mut out,
        );
    }
    let unset = variables::unset(pack, &frozen);
    if let Some(first) = pack.variables.iter().find(|variable| unset.contains(&variable.name.to_string())) {
        let message = format!("nomad-pack takes null for missing: {}", unset.join(", "));
        let finding = Diagnostic::warning("null-by-default", message, first.span);
        out.push(finding.help("run it with `--allow-unset-vars`, as its README says"));
    }
    let mut files = vec![
        ("metadata.hcl".to_owned(), pages::metadata(pack, &name)),
        ("variables.hcl".to_owned(), variables::file(pack, &frozen)?),
        ("outputs.tpl".to_owned(), context.written(&pages::outputs(pack, &mut out))),
        ("README.md".to_owned(), pages::readme(pack, &name, &frozen, &unset, &vars)),
        ("templates/_variables.tpl".to_owned(), variables::template(&context, pack)),
    ];
    for (file, pieces) in &templates {
        files.push((format!("templates/{}.nomad.tpl", &*file.name.value), context.written(pieces)));
    }
    out.ok(files)
}

/// The pack's name as nomad-pack takes one: without `-`.
fn nomad_packs_name(pack: &Pack) -> String {
    pack.manifest.name.replace('-', "_")
}

/// With the values now, each template gives the job that the pack renders, or nothing.
fn check(
    context: &Context<'_>,
    pieces: &[Piece],
    job: Option<&RenderedJob>,
    at: Span,
    out: &mut Diagnostics,
) {
    // nomad-pack takes out what Go prints for a value that is missing, wherever it stands.
    if pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains("<no value>"))) {
        let message = "nomad-pack would take the words `<no value>` out of this job";
        out.push(Diagnostic::error("not-in-nomad-pack", message, at).help("write them otherwise"));
    }
    let text = context.rendered(pieces);
    match job {
        Some(job) => prove(&text, job, without_bookkeeping, out),
        None if text.trim().is_empty() => {}
        None => out.push(Diagnostic::error("not-portable", "nomad-pack would run this job", at)),
    }
}

/// Forgets what only nomad-pack has in `meta`.
fn without_bookkeeping(job: &mut Block) {
    for attr in job.attrs.iter_mut().filter(|attr| &**attr.name == "meta") {
        let entries = attr.value.entries().unwrap_or_default().iter();
        let kept = entries.filter(|entry| !entry.key.as_str().starts_with(BOOKKEEPING)).cloned().collect();
        attr.value = Value::object(kept);
    }
}

/// nomad-pack starts all jobs at once.
fn order(pack: &Pack, out: &mut Diagnostics) {
    if let Some(after) = pack.manifest.jobs.iter().find_map(|job| job.after.first()) {
        let message = "nomad-pack starts all jobs at once: it has no `after`";
        out.push(
            Diagnostic::warning("no-order", message, after.span)
                .help("let tasks wait for what they need, or run the pack a second time"),
        );
    }
}
