//! Packs for whoever needs one here: found, and rendered with Terraform's values.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kit::{Diagnostic, Value};
use packgen::hcl::variables::{Inputs, Layer, Source};
use packgen::pack::{Builtin, Disk, Folder, Pack, Rendered, Request};
use packgen::source::{Diagnostics, SourceMap};

use crate::values::to_packgen;

/// A pack by its name, from these folders or built in; else the pack in the folder of that path.
pub fn open(name: &str, folders: &[PathBuf]) -> Result<Pack, Diagnostic> {
    let own = folders.iter().map(|folder| folder.join(name)).find(|folder| folder.join("pack.hcl").is_file());
    let folder: Arc<dyn Folder> = match (own, Builtin::find(name)) {
        (Some(own), _) => Arc::new(on_disk(name, &own)?),
        (None, Some(builtin)) => Arc::new(builtin),
        (None, None) => Arc::new(on_disk(name, Path::new(name))?),
    };
    let sources = Arc::new(SourceMap::new());
    match Pack::load(folder, Arc::clone(&sources)) {
        Ok((pack, _)) => Ok(pack),
        Err(findings) => Err(told(&format!("The pack {name:?} is not right"), &findings, &sources)),
    }
}

fn on_disk(name: &str, folder: &Path) -> Result<Disk, Diagnostic> {
    Disk::open(folder).map_err(|problem| {
        let builtin: Vec<&str> = Builtin::all().map(Builtin::name).collect();
        let detail = format!("Built in are: {}. As a folder: {problem}.", builtin.join(", "));
        Diagnostic::error(format!("There is no pack {name:?}"), detail).attribute("pack")
    })
}

/// The jobs that a pack makes of these variables. What is wrong is told with its place in the pack.
pub fn render(pack: &Pack, name: Option<&str>, variables: Option<&Value>) -> Result<Rendered, Diagnostic> {
    let given = variables.and_then(untyped).and_then(Value::fields).into_iter().flatten();
    let values = given.map(|(name, value)| (name.clone(), to_packgen(value, &format!("var.{name}"))));
    let request = Request {
        name: name.map(str::to_owned),
        inputs: Inputs::default().with(Layer::values(Source::Provider, values)),
        ..Request::default()
    };
    let title = format!("The pack {:?} cannot be rendered", &*pack.manifest().name.value);
    pack.render(&request).map_err(|findings| told(&title, &findings, pack.sources()))
}

fn untyped(value: &Value) -> Option<&Value> {
    match value {
        Value::Dynamic(typed) => untyped(&typed.1),
        Value::Null => None,
        other => Some(other),
    }
}

/// Findings as one diagnostic: each line begins with a space, so that Terraform keeps source lines and carets as they
/// stand.
pub fn told(title: &str, findings: &Diagnostics, sources: &SourceMap) -> Diagnostic {
    let lines: Vec<String> = findings.text(sources).lines().map(|line| format!(" {line}")).collect();
    Diagnostic::error(title, lines.join("\n"))
}
