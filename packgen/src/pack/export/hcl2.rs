//! A pack's jobs as files that plain Nomad takes: `nomad job run -var … loki.nomad.hcl`.
//!
//! One file holds all that its job needs. A sensitive variable is left out: its value would stand in it.

use std::fmt::Write as _;

use crate::hcl::eval::Dialect;
use crate::hcl::quote::{References, quoted};
use crate::hcl::variables::{Variable, resolve};
use crate::hcl::{Type, Value};
use crate::jobspec::format::format;
use crate::source::{Diagnostic, Diagnostics, Span};

use super::super::folder::Sandbox;
use super::super::instance::{Instance, MARK};
use super::super::render::{self, Base, volume_names};
use super::super::{JobFile, Pack, RenderedJob, Request, functions};
use super::rewrite::{Rewriter, uses_pack};
use super::validation::looks_at_itself;
use super::{Exported, prove, value};

/// One file for each job that runs with these values: its name and text. With them come warnings.
pub(in crate::pack) fn hcl2(pack: &Pack, request: &Request) -> Result<Exported, Diagnostics> {
    let rendered = pack.render(request)?;
    let jobs = rendered.jobs.map_err(|why| {
        Diagnostic::error("not-known", format!("it is not known which jobs run: {why}"), Span::NONE)
    })?;
    let mut out = Diagnostics::new();
    let instance = Instance::new(&pack.manifest, request.name.as_deref())?;
    let (vars, _) = resolve(&pack.variables, &request.inputs, Dialect::Pack, &pack.sources);
    let (sandbox, functions) = (Sandbox(&*pack.folder), functions::all(&pack.folder.shown()));
    let vars_with_name = render::with_name(&vars, &instance);
    let base =
        Base { pack, instance: &instance, vars: &vars_with_name, sandbox: &sandbox, functions: &functions };
    let volumes = volume_names(&base, &mut out);
    rules_left_out(pack, &mut out);
    let mut files = Vec::new();
    for job in &jobs {
        let Some(file) = pack.jobs.iter().find(|file| *file.name.value == *job.name) else { continue };
        let env = base.env(Some(&job.name), &volumes, &file.locals, &mut out);
        let mut rewriter = Rewriter::new(pack, &env, instance.name_value(), &mut out);
        let text = written(pack, file, job, &vars, &instance.value(Some(&job.name), &volumes), &mut rewriter);
        let text = format(&text);
        prove(&text, job, |_| {}, &mut out);
        files.push((format!("{}.nomad.hcl", job.id), text));
    }
    out.ok(files)
}

/// Nomad lets a rule look at its own variable only.
fn rules_left_out(pack: &Pack, out: &mut Diagnostics) {
    for variable in &pack.variables {
        for rule in variable.validations.iter().filter(|rule| !looks_at_itself(rule, &variable.name.value)) {
            let message = "this rule looks at several variables and is left out: Nomad has no such rules";
            out.push(Diagnostic::warning("left-out", message, rule.span));
        }
    }
}

fn written(
    pack: &Pack,
    file: &JobFile,
    job: &RenderedJob,
    vars: &Value,
    own: &Value,
    rewriter: &mut Rewriter<'_>,
) -> String {
    let mut out = head(pack, job);
    for variable in pack.variables.iter().filter(|variable| !variable.sensitive) {
        out.push_str(&declared(pack, variable, vars.get(&variable.name.value)));
    }
    out.push_str("locals {\n");
    if uses_pack([&file.block.body].into_iter().chain(&pack.locals).chain(&file.locals)) {
        let _ = writeln!(out, "pack = {}", value::text(own));
    }
    for body in pack.locals.iter().chain(&file.locals) {
        for attribute in body.attributes() {
            let _ = writeln!(out, "{} = {}", &*attribute.name.value, rewriter.expr(&attribute.expr));
        }
    }
    out.push_str("}\n\n");
    let _ = writeln!(out, "job {} {{", quoted(&job.id, References::Escape));
    let own_meta = file.block.body.blocks().any(|block| &*block.ty.value == "meta")
        || file.block.body.attribute("meta").is_some();
    let mark = job.block().and_then(|block| block.blocks_of("meta").next()).and_then(|meta| meta.attr(MARK));
    let in_attribute = || job.block()?.attr("meta")?.value.get(MARK).cloned();
    let mark = mark.map(|attr| attr.value.clone()).or_else(in_attribute);
    let mark = quoted(mark.as_ref().and_then(Value::as_str).unwrap_or_default(), References::Escape);
    if !own_meta {
        let _ = writeln!(out, "meta {{\n{MARK} = {mark}\n}}");
    }
    out.push_str(&rewriter.body(&file.block.body, &format!("{MARK} = {mark}")));
    out.push_str("}\n");
    out
}

fn head(pack: &Pack, job: &RenderedJob) -> String {
    let manifest = &pack.manifest;
    let mut out = format!(
        "# Job {} of the pack {} {}, written by `packgen export hcl2`.\n",
        job.name, &*manifest.name.value, manifest.version
    );
    for secret in
        manifest.secrets.iter().filter(|secret| secret.jobs.iter().any(|name| *name.value == *job.name))
    {
        let _ = writeln!(
            out,
            "# It reads the secret {} from the Nomad variable nomad/jobs/{}.",
            secret.key, job.id
        );
    }
    for volume in manifest.volumes.iter().filter(|volume| *volume.job.value == *job.name) {
        let _ = writeln!(out, "# It may need the host volume {}.", &*volume.name.value);
    }
    out.push('\n');
    out
}

/// A variable as Nomad knows them: one exact type, the default filled in.
fn declared(pack: &Pack, variable: &Variable, now: Option<&Value>) -> String {
    let mut out = format!("variable {} {{\n", quoted(&variable.name.value, References::Escape));
    let ty = variable.value_type().concrete();
    if !ty.holds_any() && ty != Type::Any {
        let _ = writeln!(out, "type = {ty}");
    }
    if let Some(description) = &variable.description {
        let _ = writeln!(out, "description = {}", quoted(description, References::Escape));
    }
    if let Some(now) = now {
        let _ = writeln!(out, "default = {}", value::text(now));
    }
    for rule in variable.validations.iter().filter(|rule| looks_at_itself(rule, &variable.name.value)) {
        let condition = pack.sources.slice(rule.condition.span);
        let _ = writeln!(
            out,
            "validation {{\ncondition = {condition}\nerror_message = {}\n}}",
            quoted(&rule.message, References::Escape)
        );
    }
    out.push_str("}\n\n");
    out
}
