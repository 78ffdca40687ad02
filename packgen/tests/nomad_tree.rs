//! Truth is Nomad: every jobspec in a checkout of Nomad's source is read by Nomad itself and by us.
//!
//! `LOSTOPS_NOMAD_TREE` names the checkout (files, and jobspecs inside documentation and Go tests),
//! `LOSTOPS_NOMAD` the program, which is otherwise looked for on `PATH`. Nothing of that tree is kept here.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use packgen::hcl::eval::Files;
use packgen::jobspec::{bare, json, validate};
use packgen::source::{Diagnostics, SourceMap};
use serde_json::Value as Json;

/// Where we and Nomad disagree on purpose, and why. A path may end with `#n`, the n-th snippet in a file.
const DISAGREEMENTS: &[(&str, &str)] = &[];

/// What one side made of a jobspec.
type Outcome = Result<Json, String>;

#[test]
fn every_jobspec_of_nomads_own_tree_is_read_as_nomad_reads_it() {
    let Some((tree, nomad)) = tools() else { return };
    let scratch = tempfile::tempdir().unwrap();
    let cases = cases(&tree, scratch.path());
    let (next, report) = (AtomicUsize::new(0), Mutex::new(Report::default()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((name, path)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (theirs, ours) = (theirs(&nomad, path), ours(path));
                    report.lock().unwrap().add(name, &theirs, &ours);
                }
            });
        }
    });
    let report = report.into_inner().unwrap();
    println!("{}", report.summary());
    assert!(report.equal > 0, "no jobspec was found in {}", tree.display());
    assert!(
        report.surprises.is_empty(),
        "{} disagreements:\n{}",
        report.surprises.len(),
        report.surprises.join("\n")
    );
}

#[derive(Default)]
struct Report {
    equal: usize,
    refused: usize,
    known: usize,
    surprises: Vec<String>,
}

impl Report {
    fn add(&mut self, name: &str, theirs: &Outcome, ours: &Outcome) {
        let problem = match (theirs, ours) {
            (Ok(theirs), Ok(ours)) => match difference("", theirs, ours) {
                None => return self.equal += 1,
                Some(difference) => format!("differs at {difference}"),
            },
            (Err(_), Err(_)) => return self.refused += 1,
            (Ok(_), Err(ours)) => format!("only we refuse it: {ours}"),
            (Err(theirs), Ok(_)) => format!("only Nomad refuses it: {}", theirs.trim()),
        };
        if DISAGREEMENTS.iter().any(|(known, _)| name.ends_with(known)) {
            self.known += 1;
        } else {
            self.surprises.push(format!("{name}: {problem}"));
        }
    }

    fn summary(&self) -> String {
        format!("{} equal, {} refused by both, {} known disagreements", self.equal, self.refused, self.known)
    }
}

/// The first field in which two jobs differ.
fn difference(path: &str, theirs: &Json, ours: &Json) -> Option<String> {
    match (theirs, ours) {
        (Json::Object(a), Json::Object(b)) => {
            let gone = a
                .keys()
                .find(|key| !b.contains_key(*key))
                .map(|key| format!("{path}.{key}: we have no such field"));
            let extra = || {
                b.keys().find(|key| !a.contains_key(*key)).map(|key| format!("{path}.{key}: only we have it"))
            };
            let inside =
                || a.iter().find_map(|(key, value)| difference(&format!("{path}.{key}"), value, b.get(key)?));
            gone.or_else(extra).or_else(inside)
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(at, (a, b))| difference(&format!("{path}[{at}]"), a, b))
        }
        (Json::Number(a), Json::Number(b)) if a.as_f64() == b.as_f64() => None,
        (a, b) if a == b => None,
        (a, b) => Some(format!("{path}: Nomad {a}, we {b}")),
    }
}

fn theirs(nomad: &Path, file: &Path) -> Outcome {
    let out = Command::new(nomad).args(["job", "run", "-output"]).arg(file).output().unwrap();
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned());
    }
    let whole: Json = serde_json::from_slice(&out.stdout).map_err(|error| error.to_string())?;
    Ok(whole["Job"].clone())
}

fn ours(file: &Path) -> Outcome {
    let sources = SourceMap::new();
    let bytes = std::fs::read(file).unwrap();
    let words = |findings: &Diagnostics| {
        findings.iter().map(|one| one.message.clone()).collect::<Vec<_>>().join("; ")
    };
    let id = sources.add_bytes(file.display().to_string(), bytes).map_err(|finding| finding.message)?;
    let disk = Disk(file.parent().unwrap().to_owned());
    let inputs = bare::Inputs { files: &disk, ..bare::Inputs::default() };
    let (tree, mut findings) = bare::read(&sources, id, &inputs);
    validate::structure(&tree, validate::Options::default(), &mut findings);
    if findings.has_errors() {
        return Err(words(&findings));
    }
    json::job(&tree.blocks[0]).map_err(|finding| finding.message)
}

/// Files beside the jobspec.
struct Disk(PathBuf);

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.0.join(path)).map_err(|error| error.to_string())
    }

    fn exists(&self, path: &str) -> Result<bool, String> {
        Ok(self.0.join(path).is_file())
    }

    fn list(&self, _: &str, _: &str) -> Result<Vec<String>, String> {
        Err("not in this test".to_owned())
    }

    fn absolute(&self, path: &str) -> Result<String, String> {
        Ok(self.0.join(path).display().to_string())
    }

    fn home(&self) -> Result<String, String> {
        Err("not in this test".to_owned())
    }
}

/// The tree and the program; says what is missing, which is a failure if it was asked for.
fn tools() -> Option<(PathBuf, PathBuf)> {
    let tree = std::env::var_os("LOSTOPS_NOMAD_TREE").map(PathBuf::from).filter(|tree| tree.is_dir());
    let nomad = std::env::var_os("LOSTOPS_NOMAD").map(PathBuf::from).or_else(|| on_path("nomad"));
    let missing = if tree.is_none() { "nomad tree" } else { "nomad" };
    if let (Some(tree), Some(nomad)) = (tree, nomad) {
        return Some((tree, nomad));
    }
    let required = std::env::var("LOSTOPS_REQUIRE").unwrap_or_default();
    assert!(!required.split(',').any(|name| name.trim() == missing.replace(' ', "-")), "{missing} not found");
    println!("skipped: {missing} not found");
    None
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// All jobspecs: files as they are, snippets as files of their own.
fn cases(tree: &Path, scratch: &Path) -> Vec<(String, PathBuf)> {
    let mut cases = Vec::new();
    let mut folders = vec![tree.to_owned()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            let name = path.strip_prefix(tree).unwrap().display().to_string();
            let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
            if path.is_symlink() || path.file_name().is_some_and(|name| name == "node_modules") {
                continue;
            } else if path.is_dir() {
                folders.push(path);
            } else if matches!(kind, "hcl" | "nomad" | "jobspec") {
                cases.extend(Some((name, path)).filter(|(_, path)| is_jobspec(&read(path))));
            } else if matches!(kind, "go" | "mdx" | "md") {
                for (at, text) in snippets(kind, &read(&path)).into_iter().enumerate() {
                    let name = format!("{name}#{at}");
                    let file = scratch.join(format!("{}.hcl", name.replace(['/', '#'], "_")));
                    std::fs::write(&file, text).unwrap();
                    cases.push((name, file));
                }
            }
        }
    }
    cases
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
}

/// Whether a line at the margin, or near it, opens a job.
fn is_jobspec(text: &str) -> bool {
    let opens = |line: &str| {
        line.trim_start()
            .strip_prefix("job")
            .is_some_and(|rest| rest.starts_with([' ', '{']) && rest.trim_end().ends_with('{'))
    };
    text.lines().any(opens)
}

/// Raw strings in Go, fenced blocks in Markdown.
fn snippets(kind: &str, text: &str) -> Vec<String> {
    let fence = if kind == "go" { "`" } else { "```" };
    let inside = text.split(fence).skip(1).step_by(2);
    let body = |part: &str| {
        if kind == "go" {
            part.to_owned()
        } else {
            part.split_once('\n').map_or(String::new(), |(_, body)| body.to_owned())
        }
    };
    inside.map(body).filter(|part| is_jobspec(part)).collect()
}
