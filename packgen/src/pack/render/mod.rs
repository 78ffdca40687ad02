//! The way of a render: variables → which jobs → evaluate → patch → check → text.
//!
//! A pure function of the pack's files and the request. What is not known yet flows through: an unknown in
//! a job's body leaves that job's text open, an unknown in a `when` leaves open which jobs there are.

mod job;
mod needs;

use std::sync::Arc;

use crate::hcl::eval::{Dialect, Env};
use crate::hcl::types::convert;
use crate::hcl::variables::{self, Inputs, Layer, Source, Variable};
use crate::hcl::{Kind, Type, Value};
use crate::lasting::Str;
use crate::parallel;
use crate::source::{Diagnostic, Diagnostics};
use crate::tree::Tree;

use super::folder::Sandbox;
use super::instance::Instance;
use super::{Pack, functions};

use job::{Known, Task};

pub use job::RenderedJob;
pub(super) use needs::volume_names;
pub use needs::{NeededSecret, NeededVolume};

/// What a pack is rendered with.
#[derive(Debug, Default)]
pub struct Request {
    /// The name of this use of the pack.
    pub name: Option<String>,
    /// Values of its variables.
    pub inputs: Inputs,
    /// Patches to its jobs, each laid over the ones before.
    pub patches: Vec<Tree>,
    /// Whether variables without a value are taken as not known yet, instead of as missing.
    pub open: bool,
}

/// What became of a pack.
#[derive(Debug)]
pub struct Rendered {
    /// The jobs that run, each after those it waits for; why not, if it is not known yet which ones do.
    pub jobs: Result<Vec<RenderedJob>, Str>,
    /// The volumes that must be there before the jobs are.
    pub volumes: Vec<NeededVolume>,
    /// The secrets that must be there before the jobs are.
    pub secrets: Vec<NeededSecret>,
    /// What the pack tells, in the order in which it is written.
    pub outputs: Vec<(String, Value)>,
    /// The mark of its jobs.
    pub mark: String,
    /// Warnings.
    pub findings: Diagnostics,
}

/// Renders a pack. The error holds everything that was found.
pub(super) fn render(pack: &Pack, request: &Request) -> Result<Rendered, Diagnostics> {
    let mut out = Diagnostics::new();
    let instance = Instance::new(&pack.manifest, request.name.as_deref())?;
    let inputs = if request.open { opened(pack, &request.inputs) } else { request.inputs.clone() };
    let (vars, found) = variables::values(&pack.variables, &inputs, Dialect::Pack, &pack.sources);
    let incomplete = found.has_errors();
    let rules = || variables::rules(&pack.variables, &vars, incomplete, Dialect::Pack, &pack.sources);
    out.extend(found);
    if incomplete {
        out.append(rules());
        return Err(out);
    }
    let vars = with_name(&vars, &instance);
    let sandbox = Sandbox(&*pack.folder);
    let functions = functions::all(&pack.folder.shown());
    let base = Base { pack, instance: &instance, vars: &vars, sandbox: &sandbox, functions: &functions };
    // A patch needs all jobs. Without any, whoever has evaluated a job goes on with it.
    let at_once = request.patches.is_empty();
    let mut common = None;
    let (broken, made) = parallel::beside(
        rules,
        || {
            let volumes = needs::volume_names(&base, &mut out);
            let env = base.env(None, &volumes, &[], &mut out);
            out.extend(env.check_locals());
            if out.has_errors() {
                return Vec::new();
            }
            let chosen = chosen(pack, &env, &mut out);
            let known = Arc::new(Known { settled: env.settled(), volumes });
            let tasks = job::tasks(pack, &known, &chosen);
            common = Some((env, chosen, known));
            tasks
        },
        Task::weight,
        |task| job::made(&base, &task, at_once),
    );
    // Values that break a rule may be all that is wrong.
    if broken.has_errors() {
        return Err(broken);
    }
    let Some((env, chosen, known)) = common else { return Err(out) };
    out.append(broken);
    let jobs = job::patched(&base, made, request, &mut out);
    let needed_volumes = needs::volumes(&env, &base, &chosen, &known.volumes, &jobs, &mut out);
    let secrets = needs::secrets(&env, &base, &chosen, &mut out);
    let outputs = outputs(pack, &env, &mut out);
    out.extend(env.take_warnings());
    let open = chosen.iter().find_map(|(_, when)| when.clone().err());
    let jobs = match open {
        Some(why) => Err(why),
        None => Ok(job::ordered(pack, jobs, &instance)),
    };
    let mark = instance.mark();
    let (rendered, findings) = out.ok(Rendered {
        jobs,
        volumes: needed_volumes,
        secrets,
        outputs,
        mark,
        findings: Diagnostics::new(),
    })?;
    Ok(Rendered { findings, ..rendered })
}

/// What all jobs of a render have in common.
pub(super) struct Base<'b> {
    pub pack: &'b Pack,
    pub instance: &'b Instance<'b>,
    pub vars: &'b Value,
    pub sandbox: &'b Sandbox<'b>,
    pub functions: &'b [crate::hcl::functions::Function],
}

/// Which jobs run: `Err` for those of which it is not known yet.
type Chosen<'p> = [(&'p str, Result<bool, Str>)];

impl<'b> Base<'b> {
    /// What the expressions of a job's file see, or those of the pack's own files.
    pub(super) fn env(
        &self,
        job: Option<&str>,
        volumes: &[(String, Value)],
        own: &'b [crate::hcl::syntax::Body],
        out: &mut Diagnostics,
    ) -> Env<'b> {
        let mut env = Env::new(&self.pack.sources, Dialect::Pack)
            .with_files(self.sandbox)
            .with_functions(self.functions);
        env.define("var", self.vars.clone());
        env.define_varying("pack", self.instance.value(job, volumes));
        for locals in self.pack.locals.iter().chain(own) {
            out.extend(env.add_locals(locals));
        }
        env
    }
}

/// With a layer below all others, in which what must be given is not known yet.
fn opened(pack: &Pack, inputs: &Inputs) -> Inputs {
    let unknown = |variable: &Variable| {
        let name = variable.name.to_string();
        let why = format!("var.{name}");
        (name, Value::unknown(variable.value_type(), why))
    };
    let given = |variable: &&Variable| {
        !inputs
            .layers
            .iter()
            .flat_map(|layer| &layer.values)
            .any(|(name, _)| name.value == variable.name.value)
    };
    let open = pack.variables.iter().filter(|variable| variable.is_required()).filter(given).map(unknown);
    let mut layers = vec![Layer::values(Source::Provider, open)];
    layers.extend(inputs.layers.iter().cloned());
    Inputs { layers }
}

pub(super) fn with_name(vars: &Value, instance: &Instance<'_>) -> Value {
    let mut entries = vars.entries().unwrap_or_default().to_vec();
    entries.push(crate::hcl::Entry::new("name", instance.name_value()));
    Value::object(entries)
}

fn chosen<'p>(pack: &'p Pack, env: &Env<'_>, out: &mut Diagnostics) -> Vec<(&'p str, Result<bool, Str>)> {
    let entry = |entry: &'p super::manifest::JobEntry, out: &mut Diagnostics| {
        let when = entry.when.as_ref().map_or(Ok(true), |when| condition(env, when, out));
        (&**entry.name, when)
    };
    pack.manifest.jobs.iter().map(|job| entry(job, out)).collect()
}

/// The value of a `when`; `Err` if it is not known yet.
fn condition(env: &Env<'_>, when: &crate::hcl::syntax::Expr, out: &mut Diagnostics) -> Result<bool, Str> {
    let Some(value) = out.take(env.scope().eval(when)) else { return Ok(false) };
    if let Kind::Unknown(unknown) = &value.kind {
        return Err(unknown.why.clone());
    }
    match convert(&value, &Type::Bool) {
        Ok(value) if !value.is_null() => Ok(value.as_bool().unwrap_or(false)),
        _ => {
            out.push(Diagnostic::error("type", "`when` is true or false", when.span));
            Ok(false)
        }
    }
}

fn outputs(pack: &Pack, env: &Env<'_>, out: &mut Diagnostics) -> Vec<(String, Value)> {
    let mut outputs = Vec::new();
    for entry in &pack.manifest.outputs {
        let Some(value) = out.take(env.scope().eval(&entry.value)) else { continue };
        let converted = convert(&value, &entry.ty).map_err(|wrong| {
            let message = format!("output {:?}{}: {}", &*entry.name.value, wrong.path, wrong.message);
            Diagnostic::error("type", message, entry.value.span)
        });
        let Some(value) = out.take(converted) else { continue };
        if value.holds_secret() && !entry.sensitive {
            let message = format!("output {:?} holds a secret", &*entry.name.value);
            out.push(
                Diagnostic::error("secret-output", message, entry.value.span)
                    .help("add `sensitive = true` to the output"),
            );
            continue;
        }
        outputs.push((entry.name.to_string(), value.with_sensitive(entry.sensitive)));
    }
    outputs
}

#[cfg(test)]
mod tests;
