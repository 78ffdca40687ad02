//! Reads a pack's folder: which files it must have, what may stand in each, and that they fit together.

use std::sync::Arc;

use crate::hcl::eval::Dialect;
use crate::hcl::syntax::{BlockSyntax, Body, Item, parse_body};
use crate::hcl::types::nearest;
use crate::hcl::variables::{Variable, declared};
use crate::parallel;
use crate::source::{Diagnostic, Diagnostics, FileId, SourceMap, Span};

use super::{Folder, JobFile, Manifest, Pack, ready};

/// Ending of a job's file.
const JOB_ENDING: &str = ".nomad.hcl";

/// Reads a pack.
pub(super) fn pack(
    folder: Arc<dyn Folder>,
    sources: Arc<SourceMap>,
) -> Result<(Pack, Diagnostics), Diagnostics> {
    let files = folder.files().map_err(|message| Diagnostic::error("io", message, Span::NONE))?;
    let loader = Loader { folder: &*folder, sources: &sources, files: &files };
    let mut out = Diagnostics::new();
    let Some(file) = loader.file("pack.hcl")? else {
        let shown = folder.shown();
        let shown = match shown.trim_end_matches('/') {
            "" | "." => "this folder",
            other => other,
        };
        let message = format!("{shown} is no pack: it has no pack.hcl");
        let finding = Diagnostic::error("no-pack", message, Span::NONE);
        return Err(finding.help("`packgen new <folder>` makes a pack that works").into());
    };
    let (manifest, found) = Manifest::read(&sources, file);
    out.extend(found);
    let jobs = manifest.jobs.iter().map(|entry| format!("{}{JOB_ENDING}", &*entry.name.value));
    let paths: Vec<String> =
        ["variables.hcl", "locals.hcl"].map(str::to_owned).into_iter().chain(jobs).collect();
    let texts = paths.iter().map(|path| loader.file(path)).collect::<Result<Vec<_>, _>>()?;
    let mut bodies = parsed(&sources, texts).into_iter();
    let variables = loader.variables(bodies.next().flatten(), &mut out);
    let locals = Loader::locals(bodies.next().flatten(), &mut out);
    let jobs = loader.jobs(&manifest, bodies, &mut out);
    loader.leftovers(&manifest, &mut out);
    let pack = Pack { sources, folder, manifest, variables, locals, jobs };
    out.ok(pack)
}

/// A file that was parsed, and what is wrong with it.
type Parsed = (Body, Diagnostics);

/// All files parsed. Those of a built-in pack are, so that no thread is needed for them.
fn parsed(sources: &SourceMap, files: Vec<Option<FileId>>) -> Vec<Option<Parsed>> {
    let known: Vec<_> = files.iter().map(|file| file.and_then(|file| ready::find(sources, file))).collect();
    let unread = files.iter().zip(&known).filter_map(|(file, known)| file.filter(|_| known.is_none()));
    let length = |file: &FileId| sources.file(*file).map_or(0, |file| file.text().len());
    let read = parallel::each(unread.collect(), length, |file| parse_body(sources, file));
    let mut read = read.into_iter();
    let one =
        |(file, known): (Option<FileId>, Option<Parsed>)| file.and_then(|_| known.or_else(|| read.next()));
    files.into_iter().zip(known).map(one).collect()
}

struct Loader<'l> {
    folder: &'l dyn Folder,
    sources: &'l SourceMap,
    files: &'l [String],
}

impl Loader<'_> {
    fn file(&self, path: &str) -> Result<Option<FileId>, Diagnostics> {
        let bytes = self.folder.read(path).map_err(|message| Diagnostic::error("io", message, Span::NONE))?;
        let name = format!("{}{path}", self.folder.shown());
        Ok(bytes.map(|bytes| self.sources.add_bytes(name, bytes)).transpose()?)
    }

    /// A file's blocks. What is not one of `allowed` is an error.
    fn blocks(path: &str, (body, found): Parsed, allowed: &[&str], out: &mut Diagnostics) -> Body {
        out.extend(found);
        for item in &body.items {
            let (name, at) = match item {
                Item::Attribute(attribute) => (&*attribute.name.value, attribute.name.span),
                Item::Block(block) if allowed.contains(&&*block.ty.value) => continue,
                Item::Block(block) => (&*block.ty.value, block.ty.span),
            };
            let short = path.rsplit('/').next().unwrap_or(path);
            let finding =
                Diagnostic::error("root-unknown", format!("`{name}` cannot stand at the top of {short}"), at);
            out.push(finding.help(home(name, allowed)));
        }
        body
    }

    fn variables(&self, parsed: Option<Parsed>, out: &mut Diagnostics) -> Vec<Variable> {
        let Some(parsed) = parsed else { return Vec::new() };
        let body = Self::blocks("variables.hcl", parsed, &["variable"], out);
        let mut variables: Vec<Variable> = Vec::new();
        for block in body.into_blocks().filter(|block| &*block.ty.value == "variable") {
            let (variable, found) = declared(block, Dialect::Pack, self.sources);
            out.extend(found);
            let Some(variable) = variable else { continue };
            if let Some(first) = variables.iter().find(|other| other.name.value == variable.name.value) {
                let message = format!("variable {:?} is there twice", &*variable.name.value);
                out.push(
                    Diagnostic::error("duplicate", message, variable.name.span)
                        .note("first here", first.name.span),
                );
                continue;
            }
            variables.push(variable);
        }
        for variable in variables.iter().filter(|variable| &*variable.name.value == "name") {
            let finding = Diagnostic::error(
                "reserved",
                "every pack has the variable `name` already",
                variable.name.span,
            );
            out.push(
                finding
                    .help("it is the name of the instance, null if none is given; call this one otherwise"),
            );
        }
        variables
    }

    fn locals(parsed: Option<Parsed>, out: &mut Diagnostics) -> Vec<Body> {
        let body = parsed.map(|parsed| Self::blocks("locals.hcl", parsed, &["locals"], out));
        body.into_iter().flat_map(Body::into_blocks).map(|block| block.body).collect()
    }

    fn jobs(
        &self,
        manifest: &Manifest,
        parsed: impl Iterator<Item = Option<Parsed>>,
        out: &mut Diagnostics,
    ) -> Vec<JobFile> {
        let mut jobs = Vec::new();
        for (entry, parsed) in manifest.jobs.iter().zip(parsed) {
            let path = format!("{}{JOB_ENDING}", &*entry.name.value);
            let Some(parsed) = parsed else {
                let finding = Diagnostic::error(
                    "no-job-file",
                    format!("the job's file {path} is missing"),
                    entry.name.span,
                );
                let close = nearest(&path, self.job_files());
                out.push(finding.maybe_help(close.map(|close| format!("did you mean the file {close}?"))));
                continue;
            };
            let body = Self::blocks(&path, parsed, &["job", "locals"], out);
            let whole = body.span;
            let (mut blocks, others): (Vec<_>, Vec<_>) =
                body.into_blocks().partition(|block| &*block.ty.value == "job");
            if blocks.len() == 1
                && let Some(block) = blocks.pop()
            {
                label(&block, &entry.name, out);
                let locals = others.into_iter().filter(|block| &*block.ty.value == "locals");
                let locals = locals.map(|block| block.body).collect();
                jobs.push(JobFile { name: entry.name.clone(), block, locals });
            } else if !out.has_errors() {
                let at = blocks.get(1).map_or(whole, |second| second.header);
                out.push(Diagnostic::error(
                    "one-job",
                    format!("{path} holds one `job` block, here are {}", blocks.len()),
                    at,
                ));
            }
        }
        jobs
    }

    fn job_files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str).filter(|path| path.ends_with(JOB_ENDING) && !path.contains('/'))
    }

    /// Files at the top that nothing reads: probably misspelt.
    fn leftovers(&self, manifest: &Manifest, out: &mut Diagnostics) {
        for path in self.job_files() {
            let name = path.strip_suffix(JOB_ENDING).unwrap_or(path);
            if manifest.job(name).is_none() {
                let finding = Diagnostic::error(
                    "job-not-named",
                    format!("pack.hcl has no job {name:?}, so {path} would never run"),
                    manifest.name.span,
                );
                out.push(finding.help(format!("add `job {name:?} {{}}` to pack.hcl, or remove the file")));
            }
        }
        let top = self
            .files
            .iter()
            .filter(|path| !path.contains('/') && has_ending(path, "hcl") && !path.ends_with(JOB_ENDING));
        for path in top.filter(|path| !["pack.hcl", "variables.hcl", "locals.hcl"].contains(&path.as_str())) {
            let finding = Diagnostic::warning(
                "file-not-read",
                format!("{path} is read by nothing"),
                manifest.name.span,
            );
            out.push(
                finding.help(
                    "a pack has pack.hcl, variables.hcl, locals.hcl and one <job>.nomad.hcl for each job",
                ),
            );
        }
    }
}

/// Whether a file's name ends so.
fn has_ending(path: &str, ending: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|own| own == ending)
}

/// The job is called as its file is.
fn label(job: &BlockSyntax, name: &crate::tree::Name, out: &mut Diagnostics) {
    match job.labels.as_slice() {
        [label] if label.value == name.value => {}
        [label] => {
            let message = format!("the job in this file is called {:?} in pack.hcl", &*name.value);
            out.push(Diagnostic::error("job-name", message, label.span).note("it is named here", name.span));
        }
        _ => out.push(Diagnostic::error("label-missing", "`job` needs one name", job.header)),
    }
}

/// Where a block belongs.
fn home(name: &str, allowed: &[&str]) -> String {
    match name {
        "variable" => "variables stand in variables.hcl".to_owned(),
        "locals" => "locals stand in locals.hcl, or beside the job that uses them".to_owned(),
        "job" => "a job stands in <name>.nomad.hcl".to_owned(),
        "volume" | "secret" | "output" | "pack" => format!("`{name}` stands in pack.hcl"),
        _ => match nearest(name, allowed.iter().copied()) {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!("there is {}", allowed.join(" and ")),
        },
    }
}
