//! Packs for whoever needs one here: found, rendered with Terraform's values, and told in Terraform's words.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kit::{Diagnostic, Value};
use packgen::hcl;
use packgen::hcl::variables::{Inputs, Layer, Source};
use packgen::jobspec::bare;
use packgen::jobspec::validate::did_you_mean;
use packgen::pack::manifest::Alphabet;
use packgen::pack::{Builtin, Disk, Folder, NeededSecret, NeededVolume, Pack, Rendered, Request};
use packgen::source::{Diagnostics, SourceMap, Span, Spanned};
use packgen::tree::{Attr, Block, Tree};

use crate::jobs::rendering::{self, Bill, Entry, Rendering, SecretNeed, Volume};
use crate::values::{from_packgen, to_packgen};

/// A pack by its name, from these folders or built in; else the pack in the folder of that path.
pub fn open(name: &str, folders: &[PathBuf]) -> Result<Pack, Diagnostic> {
    let own = folders.iter().map(|folder| folder.join(name)).find(|folder| folder.join("pack.hcl").is_file());
    let folder: Arc<dyn Folder> = match (own, Builtin::find(name)) {
        (Some(own), _) => Arc::new(on_disk(name, &own)?),
        (None, Some(builtin)) => Arc::new(builtin),
        (None, None) => Arc::new(on_disk(name, Path::new(name))?),
    };
    load(name, folder)
}

/// Whether there is such a pack before the provider's own folders are known.
pub fn is_there(name: &str) -> bool {
    Builtin::find(name).is_some() || Path::new(name).join("pack.hcl").is_file()
}

/// A pack that is a part of the program.
pub fn builtin(name: &str) -> Result<Pack, Diagnostic> {
    match Builtin::find(name) {
        Some(builtin) => load(name, Arc::new(builtin)),
        None => Err(missing(name, "it is not a part of the program")),
    }
}

fn load(name: &str, folder: Arc<dyn Folder>) -> Result<Pack, Diagnostic> {
    let sources = Arc::new(SourceMap::new());
    match Pack::load(folder, Arc::clone(&sources)) {
        Ok((pack, _)) => Ok(pack),
        Err(findings) => Err(told(&format!("The pack {name:?} is not right"), &findings, &sources)),
    }
}

fn on_disk(name: &str, folder: &Path) -> Result<Disk, Diagnostic> {
    Disk::open(folder).map_err(|problem| missing(name, &problem))
}

fn missing(name: &str, problem: &str) -> Diagnostic {
    let builtin: Vec<&str> = Builtin::all().map(Builtin::name).collect();
    let close = did_you_mean(name, builtin.iter().copied());
    let close = close.map(|close| format!(" In short: {close}")).unwrap_or_default();
    let detail = format!("Built in are: {}. As a folder: {problem}.{close}", builtin.join(", "));
    Diagnostic::error(format!("There is no pack {name:?}"), detail).attribute("pack")
}

/// The variables in a value of any type: an object, or nothing.
pub fn variables(value: Option<&Value>) -> Vec<(String, hcl::Value)> {
    let given = value.and_then(untyped).and_then(Value::fields).into_iter().flatten();
    given.map(|(name, value)| (name.clone(), to_packgen(value, &format!("var.{name}")))).collect()
}

fn untyped(value: &Value) -> Option<&Value> {
    match value {
        Value::Dynamic(typed) => untyped(&typed.1),
        Value::Null => None,
        other => Some(other),
    }
}

/// What a pack is rendered with.
#[derive(Debug, Default)]
pub struct Use<'a> {
    /// The name of this use.
    pub name: Option<&'a str>,
    /// The namespace of its jobs, if it is not theirs to say.
    pub namespace: Option<&'a str>,
    /// Changes to its jobs, as HCL text.
    pub patch: Option<&'a str>,
    /// Its variables.
    pub variables: Vec<(String, hcl::Value)>,
}

/// The jobs that a pack makes of these variables. What is wrong is told with its place in the pack.
pub fn render(pack: &Pack, of: Use<'_>) -> Result<Rendered, Diagnostic> {
    let mut patches = Vec::new();
    if let Some(text) = of.patch {
        patches.push(patch(text)?);
    }
    if let Some(namespace) = of.namespace {
        let names = pack.manifest().jobs.iter().map(|job| job.name.value.to_string());
        patches.extend(names.map(|name| in_namespace(&name, namespace)));
    }
    let request = Request {
        name: of.name.map(str::to_owned),
        inputs: Inputs::default().with(Layer::values(Source::Provider, of.variables)),
        patches,
        open: false,
    };
    let title = format!("The pack {:?} cannot be rendered", &*pack.manifest().name.value);
    pack.render(&request).map_err(|findings| {
        let problem = told(&title, &findings, pack.sources());
        match blamed(pack, &findings) {
            Some(variable) => problem.attribute(&variable),
            None => problem,
        }
    })
}

/// The variable that all findings are about, if it is one.
fn blamed(pack: &Pack, findings: &Diagnostics) -> Option<String> {
    let about = |message: &str| {
        let names = pack.variables().iter().map(|variable| variable.name.value.to_string());
        names
            .filter(|name| message.contains(&format!("`{name}`")) || message.contains(&format!("var.{name}")))
            .max_by_key(String::len)
    };
    let mut names = findings.iter().map(|finding| about(&finding.message));
    let first = names.next()??;
    names.all(|name| name.as_ref() == Some(&first)).then_some(first)
}

/// A patch from its text.
pub fn patch(text: &str) -> Result<Tree, Diagnostic> {
    let sources = SourceMap::new();
    let file = sources.add("patch", text);
    let (tree, findings) = bare::read(&sources, file, &bare::Inputs::default());
    if findings.has_errors() {
        return Err(told("The patch cannot be read", &findings, &sources).attribute("patch"));
    }
    Ok(tree)
}

/// A patch that puts a job into a namespace.
fn in_namespace(job: &str, namespace: &str) -> Tree {
    let name = |text: &str| Spanned::new(text.into(), Span::NONE);
    let value = hcl::Value::string(namespace);
    let attr = Attr { name: name("namespace"), value, expr: Span::NONE, literal_object: false };
    let block = Block {
        ty: name("job"),
        labels: vec![name(job)],
        attrs: vec![attr],
        blocks: Vec::new(),
        via: None,
        span: Span::NONE,
    };
    Tree { blocks: vec![block] }
}

/// What a render is to the engine room.
pub fn rendering(pack: &Pack, rendered: Rendered) -> Rendering {
    let warning = |finding: &packgen::source::Diagnostic| {
        let title = format!("{}: {}", &*pack.manifest().name.value, finding.message);
        Diagnostic::warning(title, indented(&finding.text(pack.sources())))
    };
    let outputs = rendered.outputs.iter().map(|(name, value)| (name.clone(), from_packgen(value)));
    let mut bill = Bill {
        jobs: Vec::new(),
        volumes: rendered.volumes.iter().filter_map(volume).collect(),
        secrets: rendered.secrets.iter().map(secret).collect(),
        mark: rendered.mark,
    };
    let jobs = match rendered.jobs {
        Err(why) => Err(why.to_string()),
        Ok(jobs) => Ok(jobs
            .into_iter()
            .map(|job| rendering::Rendered {
                name: job.name,
                id: job.id,
                after: job.after,
                text: job.text.map_err(|why| why.to_string()),
            })
            .collect::<Vec<_>>()),
    };
    let entry = |job: &rendering::Rendered| Entry {
        name: job.name.clone(),
        id: job.id.clone(),
        after: job.after.clone(),
    };
    bill.jobs = jobs.iter().flatten().map(entry).collect();
    Rendering {
        jobs,
        bill,
        outputs: outputs.collect::<BTreeMap<_, _>>(),
        warnings: rendered.findings.iter().map(warning).collect(),
        keeps_data: Some(pack.manifest().keeps_data),
    }
}

/// A volume, once everything about it is known.
fn volume(needed: &NeededVolume) -> Option<Volume> {
    let text = |value: &hcl::Value| {
        value.as_str().map(str::to_owned).or_else(|| value.as_number().map(ToString::to_string))
    };
    let parameters = [("mode", &needed.mode), ("uid", &needed.uid), ("gid", &needed.gid)];
    let parameters = parameters.into_iter().filter_map(|(key, value)| Some((key.to_owned(), text(value)?)));
    Some(Volume {
        name: needed.name.clone(),
        called: text(&needed.called)?,
        job_id: needed.job_id.clone(),
        node_pool: text(&needed.node_pool).filter(|pool| !pool.is_empty() && pool != "all"),
        bytes: needed.size.as_number().and_then(hcl::Number::to_i64).unwrap_or(0),
        parameters: parameters.collect(),
        uses: needed.uses.clone(),
    })
}

fn secret(needed: &NeededSecret) -> SecretNeed {
    let paths = needed.paths.iter().map(|(path, _)| path.clone()).collect();
    let generate = needed.generate.map(|how| (how.length, how.alphabet == Alphabet::Hex));
    let (name, key) = (needed.name.clone(), needed.key.clone());
    SecretNeed { name, paths, key, generate, description: needed.description.clone() }
}

/// Findings as one diagnostic: each line begins with a space, so that Terraform keeps source lines and carets as they
/// stand.
pub fn told(title: &str, findings: &Diagnostics, sources: &SourceMap) -> Diagnostic {
    Diagnostic::error(title, indented(&findings.text(sources)))
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!(" {line}")).collect::<Vec<_>>().join("\n")
}
