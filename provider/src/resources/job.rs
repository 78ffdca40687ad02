//! `lostops_job`: a jobspec, or a pack by its name or folder, that runs on a Nomad cluster.

use std::collections::BTreeMap;
use std::path::PathBuf;

use kit::schema::{Block as BlockSchema, Schema};
use kit::{At, Block, Diagnostic, Moved, Number, Result, Value};
use nomad::Secret;
use packgen::hcl;
use packgen::jobspec::{bare, json, patch, print, validate};
use packgen::pack::MARK;
use packgen::source::{Diagnostics, SourceMap, Span, Spanned};
use packgen::tree::{Attr, Block as Node, Tree};

use crate::jobs::rendering::{Bill, Entry, Rendered, Rendering, SecretNeed};
use crate::jobs::{Common, Import, Kind};
use crate::packs::{self, Use, told};

/// Runs a job on a Nomad cluster: a jobspec, or a pack with its variables.
///
/// The plan shows the jobspec as it will be submitted and, where Nomad can be asked, what Nomad would do. An apply waits
/// until the job is healthy; a change that somebody else makes shows as `drift` and is repaired. A job that is there
/// already is taken over only if it carries our mark, `lostops` in its `meta`.
#[derive(Block)]
pub struct Own {
    /// The jobspec, as HCL text. Its variables have to have defaults: put values in with Terraform's own
    /// `templatefile`, or use a pack. Another spelling of the same job is no change.
    #[attr(same = same_job)]
    pub jobspec: Option<String>,
    /// Name of a built-in pack, or the path of a pack's folder.
    pub pack: Option<String>,
    /// The pack's variables: an object with the fields that you want to set. Each is checked against the pack's variable
    /// of that name.
    pub variables: Option<Value>,
    /// Values of secrets, by name: those of the pack; for a jobspec, entries of the Nomad variable
    /// `nomad/jobs/<job id>`, from where its templates read them. They are written to Nomad before the job is registered,
    /// and stored nowhere else.
    #[attr(sensitive, write_only)]
    pub secrets_wo: Option<Value>,
    /// Raise it to have changed secrets written, and those that the pack makes up made anew.
    pub secrets_wo_version: Option<Number>,
    /// What the pack tells about itself, such as its endpoints. Sensitive outputs are left out.
    pub outputs: kit::Computed<Value>,
}

/// The kind of resource.
#[derive(Debug)]
pub struct Job;

impl Kind for Job {
    fn name(&self) -> &'static str {
        "lostops_job"
    }

    fn schema(&self) -> Schema {
        let own = Own::block();
        let common = Common::protecting("as the pack says with `keeps_data`, else `false`");
        let block = BlockSchema {
            attributes: own.attributes.into_iter().chain(common.attributes).collect(),
            blocks: common.blocks,
            ..BlockSchema::new(own.doc)
        };
        Schema { version: 0, block }
    }

    fn render(&self, value: &Value, common: &Common, folders: &[PathBuf]) -> Result<Rendering> {
        match (value.field("jobspec"), value.field("pack")) {
            (Value::String(text), Value::Null) => Ok(bare_job(text, common)?),
            (Value::Null, Value::String(name)) => {
                let pack = packs::open(name, folders)?;
                let of = Use {
                    name: common.name.as_deref(),
                    namespace: common.namespace.as_deref(),
                    patch: common.patch.as_deref(),
                    variables: packs::variables(Some(value.field("variables"))),
                };
                if value.field("variables").is_unknown() {
                    let keeps_data = Some(pack.manifest().keeps_data);
                    return Ok(Rendering { keeps_data, ..unknown("variables") });
                }
                let rendered = packs::render(&pack, of).map_err(in_variables)?;
                let sensitive = pack.manifest().outputs.iter().filter(|output| output.sensitive);
                let sensitive: Vec<String> = sensitive.map(|output| output.name.value.to_string()).collect();
                let mut rendering = packs::rendering(&pack, rendered);
                named(value, &rendering.bill)?;
                let outputs = std::mem::take(&mut rendering.outputs).into_iter();
                let outputs = outputs.filter(|(name, _)| !sensitive.contains(name));
                rendering.outputs.insert("outputs".into(), dynamic(Value::object(outputs)));
                Ok(rendering)
            }
            (text, name) if text.is_unknown() || name.is_unknown() => Ok(unknown("jobspec or pack")),
            (Value::Null, Value::Null) => Err(one_of_two("Neither is set.").into()),
            _ => Err(one_of_two("Both are set.").into()),
        }
    }

    fn check(&self, value: &Value, common: &Common) -> Vec<Diagnostic> {
        let mut found = lonely(value);
        // A pack that only the provider's own folders hold is not known before the provider is configured.
        if value.field("pack").as_str().is_some_and(|name| !packs::is_there(name)) {
            return found;
        }
        match self.render(value, common, &[]) {
            Ok(rendering) => found.extend(rendering.warnings),
            Err(problems) => found.extend(problems.0),
        }
        found
    }

    fn secrets(&self, value: &Value) -> BTreeMap<String, Secret> {
        let fields = plain(value.field("secrets_wo")).fields().into_iter().flatten();
        fields.filter_map(|(name, value)| Some((name.clone(), Secret::new(text(value)?)))).collect()
    }

    fn needs(&self, bill: &Bill, given: &BTreeMap<String, Secret>) -> Vec<SecretNeed> {
        if !bill.mark.starts_with(PREFIX) {
            return bill.secrets.clone();
        }
        let paths: Vec<String> = bill.jobs.iter().map(|job| format!("nomad/jobs/{}", job.id)).collect();
        let need = |name: &String| SecretNeed {
            name: name.clone(),
            paths: paths.clone(),
            key: name.clone(),
            generate: None,
            description: String::new(),
        };
        given.keys().map(need).collect()
    }

    fn gives(&self, value: &Value, name: &str) -> bool {
        let given = plain(value.field("secrets_wo"));
        given.is_unknown() || !given.field(name).is_null()
    }

    fn secret_version(&self, value: &Value, _: &str) -> Value {
        value.field("secrets_wo_version").clone()
    }

    fn imported(&self, id: &str) -> Vec<Import> {
        let of_a_pack = Import::Use { name: id.to_owned(), pack: "pack" };
        vec![of_a_pack, Import::Job { id: id.to_owned(), text: "jobspec" }]
    }

    fn moved(&self, from: &Moved) -> Option<Result<Value>> {
        (from.resource == "nomad_job" && from.provider.ends_with("/nomad")).then(|| taken_over(&from.state))
    }
}

/// What the mark of a job from a jobspec begins with.
const PREFIX: &str = "jobspec/";

/// Attributes that mean nothing without a pack.
fn lonely(value: &Value) -> Vec<Diagnostic> {
    let without_pack = value.field("pack").is_null() && !value.field("variables").is_null();
    let problem = Diagnostic::error(
        "Variables without a pack",
        "variables: they are those of a `pack`. A `jobspec` is text: put values in with Terraform's `templatefile`.",
    );
    without_pack.then(|| problem.attribute("variables")).into_iter().collect()
}

fn one_of_two(what: &str) -> Diagnostic {
    Diagnostic::error(
        "Either a jobspec or a pack",
        format!("jobspec: {what} Set `jobspec` to the text of a job, or `pack` to a pack's name or folder."),
    )
    .attribute("jobspec")
}

fn unknown(what: &str) -> Rendering {
    let outputs = [("outputs".to_owned(), Value::UNKNOWN)].into();
    let warnings = Vec::new();
    Rendering { jobs: Err(what.to_owned()), bill: Bill::default(), outputs, warnings, keeps_data: None }
}

/// The same findings, at the attribute that holds the variables.
fn in_variables(problem: Diagnostic) -> Diagnostic {
    match problem.path {
        Some(path) if path.0.first() != Some(&kit::Step::Field("patch".into())) => {
            Diagnostic { path: None, ..problem }.attribute("variables")
        }
        _ => problem,
    }
}

/// Secrets that are given have to be the pack's.
fn named(value: &Value, bill: &Bill) -> Result<()> {
    let given = plain(value.field("secrets_wo")).fields().into_iter().flatten().map(|(name, _)| name);
    let known: Vec<&str> = bill.secrets.iter().map(|need| need.name.as_str()).collect();
    let mut strangers = given.filter(|name| !known.contains(&name.as_str()));
    if let Some(name) = strangers.next() {
        let close = validate::did_you_mean(name, known.iter().copied());
        let help = close.unwrap_or_else(|| format!("it needs: {}", known.join(", ")));
        let detail = format!("secrets_wo: with these variables the pack needs no secret {name:?}: {help}.");
        return Err(Diagnostic::error("There is no such secret", detail).attribute("secrets_wo").into());
    }
    Ok(())
}

fn plain(value: &Value) -> &Value {
    match value {
        Value::Dynamic(typed) => plain(&typed.1),
        other => other,
    }
}

fn text(value: &Value) -> Option<String> {
    match plain(value) {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn dynamic(value: Value) -> Value {
    Value::Dynamic(Box::new((kit::Type::natural(&value), value)))
}

/// The job in a jobspec, patched, named and marked.
fn bare_job(given: &str, common: &Common) -> Result<Rendering, Diagnostic> {
    let sources = SourceMap::new();
    let title = "The jobspec is not right";
    let wrong = |findings: &Diagnostics| told(title, findings, &sources).attribute("jobspec");
    let (mut tree, mut findings) = read(&sources, given);
    if let Some(text) = common.patch.as_deref().filter(|_| !findings.has_errors()) {
        findings.extend(patch::apply(std::slice::from_mut(&mut tree), &packs::patch(text)?));
    }
    if !findings.has_errors() {
        findings.extend(validate::check(&tree, validate::Options::default()));
    }
    if findings.has_errors() {
        return Err(wrong(&findings));
    }
    let Some(block) = tree.blocks.first_mut() else {
        return Err(Diagnostic::error(title, "jobspec: it holds no `job` block.").attribute("jobspec"));
    };
    let own = stamp(block, common);
    let text = print::print(&tree).map_err(|finding| wrong(&finding.into()))?;
    let entry = Entry { name: own.name.clone(), id: own.id.clone(), after: Vec::new() };
    let warnings = findings.iter().map(|finding| {
        let lines: Vec<String> = finding.text(&sources).lines().map(|line| format!(" {line}")).collect();
        Diagnostic::warning(format!("Job {}: {}", own.id, finding.message), lines.join("\n"))
            .attribute("jobspec")
    });
    Ok(Rendering {
        bill: Bill { jobs: vec![entry], mark: format!("{PREFIX}{}", own.id), ..Bill::default() },
        outputs: [("outputs".to_owned(), dynamic(Value::Map(BTreeMap::new())))].into(),
        warnings: warnings.collect(),
        keeps_data: Some(false),
        jobs: Ok(vec![Rendered { name: own.name, id: own.id, after: Vec::new(), text: Ok(text) }]),
    })
}

fn read(sources: &SourceMap, text: &str) -> (Tree, Diagnostics) {
    bare::read(sources, sources.add("jobspec", text), &bare::Inputs::default())
}

/// A job's name in its resource, and its id in Nomad.
struct Named {
    name: String,
    id: String,
}

/// Gives a job its id, its namespace and our mark.
fn stamp(job: &mut Node, common: &Common) -> Named {
    let written = job.attr("id").and_then(|attr| attr.value.as_str().map(str::to_owned));
    let label = job.labels.first().map(|label| label.value.to_string()).unwrap_or_default();
    let mut id = written.unwrap_or_else(|| label.clone());
    if let Some(name) = &common.name {
        id.clone_from(name);
        job.attrs.retain(|attr| !matches!(&*attr.name.value, "id" | "name"));
        if let Some(label) = job.labels.first_mut() {
            label.value = name.as_str().into();
        }
    }
    if let Some(namespace) = &common.namespace {
        job.attrs.retain(|attr| &*attr.name.value != "namespace");
        job.attrs.push(attribute("namespace", namespace));
    }
    mark(job, &format!("{PREFIX}{id}"));
    Named { name: label, id }
}

fn mark(job: &mut Node, mark: &str) {
    if let Some(meta) = job.attrs.iter_mut().find(|attr| &*attr.name.value == "meta") {
        let mut entries = meta.value.entries().unwrap_or_default().to_vec();
        entries.retain(|entry| entry.key.as_str() != MARK);
        entries.push(hcl::Entry::new(MARK, hcl::Value::string(mark)));
        meta.value = hcl::Value::object(entries);
        return;
    }
    if let Some(meta) = job.blocks.iter_mut().find(|block| &*block.ty.value == "meta") {
        meta.attrs.retain(|attr| &*attr.name.value != MARK);
        meta.attrs.push(attribute(MARK, mark));
        return;
    }
    job.blocks.push(Node {
        ty: Spanned::new("meta".into(), Span::NONE),
        labels: Vec::new(),
        attrs: vec![attribute(MARK, mark)],
        blocks: Vec::new(),
        via: None,
        span: Span::NONE,
    });
}

fn attribute(name: &str, text: &str) -> Attr {
    let name = Spanned::new(name.into(), Span::NONE);
    Attr { name, value: hcl::Value::string(text), expr: Span::NONE, literal_object: false }
}

/// Whether two texts are the same job, whatever it is marked with.
fn same_job(one: &str, other: &str) -> bool {
    let canonical = |text: &str| {
        let sources = SourceMap::new();
        let (mut tree, findings) = read(&sources, text);
        tree.blocks.iter_mut().for_each(|job| mark(job, ""));
        if findings.has_errors() { None } else { print::print(&tree).ok() }
    };
    one == other || canonical(one).is_some_and(|one| canonical(other) == Some(one))
}

/// The state of a `nomad_job` as one of ours.
fn taken_over(state: &Value) -> Result<Value> {
    let text = state.field("jobspec").as_str().unwrap_or_default();
    let unreadable = || {
        Diagnostic::error(
            "The state of the nomad_job cannot be taken over",
            "Its `jobspec` cannot be read. Remove it from the state and import the job instead: it keeps running.",
        )
    };
    let text = if state.field("json") == &Value::Bool(true) {
        let job = serde_json::from_str(text).map_err(|_| unreadable())?;
        let tree = json::tree(&job).map_err(|_| unreadable())?;
        print::print(&tree).map_err(|_| unreadable())?
    } else {
        text.to_owned()
    };
    let sources = SourceMap::new();
    let (tree, _) = read(&sources, &text);
    let label = tree.blocks.first().and_then(|job| job.labels.first()).map(|label| label.value.to_string());
    let id = state.field("name").as_str().or(state.field("id").as_str()).map(str::to_owned);
    let (Some(label), Some(id)) = (label, id) else { return Err(unreadable().into()) };
    let printed = print::print(&tree).map_err(|_| unreadable())?;
    let one = |value: Value| Value::object([(label.as_str(), value)]);
    let namespace = state.field("namespace").as_str().filter(|name| *name != "default");
    let named_in_text = tree.blocks.first().is_some_and(|job| job.attr("namespace").is_some());
    let namespace = namespace.filter(|_| !named_in_text).map_or(Value::Null, Value::string);
    Ok(Value::object([
        ("jobspec", Value::string(text)),
        ("namespace", namespace),
        ("jobspecs", one(Value::string(printed))),
        ("hidden_jobspecs", Value::Map(BTreeMap::new())),
        ("job_ids", one(Value::string(id))),
        ("versions", one(Value::Number(Number::from(0_i64)))),
        ("complete", Value::Bool(true)),
        ("status", Value::string("healthy")),
    ]))
}

/// So that the derived struct stays what the schema is made of.
const _: fn(&Value, &At<'_>) -> Result<Own, Diagnostic> = <Own as Block>::decode;
