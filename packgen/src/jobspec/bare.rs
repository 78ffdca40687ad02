//! One jobspec file, read as `nomad job run` reads it: variables, locals, one job.
//!
//! It reads no file and no environment by itself; what it may read is handed in.

use crate::hcl::eval::{Dialect, Env, Files, NoFiles};
use crate::hcl::syntax::{BlockSyntax, Body, Item, parse_body};
use crate::hcl::{Entry, Value};
use crate::source::{Diagnostic, Diagnostics, FileId, SourceMap};
use crate::tree::Tree;

use super::expand;
use super::validate::did_you_mean;

/// What a file is read with.
pub struct Inputs<'i> {
    /// The files that its functions may read.
    pub files: &'i dyn Files,
    /// Values of its variables; a name that the file does not declare is an error.
    pub variables: Vec<(String, Value)>,
}

impl Default for Inputs<'_> {
    fn default() -> Self {
        Inputs { files: &NoFiles, variables: Vec::new() }
    }
}

/// The job in a file, with `dynamic` blocks expanded and expressions evaluated.
pub fn read(sources: &SourceMap, file: FileId, inputs: &Inputs<'_>) -> (Tree, Diagnostics) {
    let (body, mut out) = parse_body(sources, file);
    if out.has_errors() {
        return (Tree::default(), out);
    }
    roots(&body, &mut out);
    let mut env = Env::new(sources, Dialect::Nomad).with_files(inputs.files);
    let variables = variables(sources, &body, inputs, &mut out);
    env.define("var", Value::object(variables));
    for locals in blocks_of(&body, "locals") {
        out.extend(env.add_locals(&locals.body));
    }
    if out.has_errors() {
        return (Tree::default(), out);
    }
    out.extend(env.check_locals());
    if out.has_errors() {
        return (Tree::default(), out);
    }
    let mut tree = Tree::default();
    for job in blocks_of(&body, "job") {
        tree.blocks.push(expand::job(&env.scope(), job, &mut out));
    }
    out.extend(env.take_warnings());
    (tree, out)
}

fn blocks_of<'b>(body: &'b Body, ty: &'b str) -> impl Iterator<Item = &'b BlockSyntax> {
    body.blocks().filter(move |block| &*block.ty.value == ty)
}

/// What may stand at the top of a file.
fn roots(body: &Body, out: &mut Diagnostics) {
    const ROOTS: [(&str, usize); 4] = [("job", 1), ("variable", 1), ("variables", 0), ("locals", 0)];
    for item in &body.items {
        let (name, block) = match item {
            Item::Attribute(attribute) => (&attribute.name, None),
            Item::Block(block) => (&block.ty, Some(block)),
        };
        let known = ROOTS.iter().find(|(root, _)| **root == *name.value);
        match (block, known) {
            (Some(block), Some((root, labels))) if block.labels.len() != *labels => {
                let message = if *labels == 1 {
                    format!("`{root}` needs one name")
                } else {
                    format!("`{root}` takes no label")
                };
                out.push(Diagnostic::error("root-label", message, block.header));
            }
            (Some(_), Some(_)) => {}
            _ => {
                let message = format!("`{}` cannot stand at the top of a jobspec", &*name.value);
                let help = did_you_mean(&name.value, ROOTS.iter().map(|(root, _)| *root));
                out.push(Diagnostic::error("root-unknown", message, name.span).maybe_help(help));
            }
        }
    }
    if !body.blocks().any(|block| &*block.ty.value == "job") {
        out.push(Diagnostic::error("job-missing", "a `job` block is missing", body.span));
    }
}

fn variables(sources: &SourceMap, body: &Body, inputs: &Inputs<'_>, out: &mut Diagnostics) -> Vec<Entry> {
    let env = Env::new(sources, Dialect::Constant);
    let mut entries = Vec::new();
    for block in blocks_of(body, "variable") {
        let Some(name) = block.labels.first() else { continue };
        let given =
            inputs.variables.iter().find(|(given, _)| **given == *name.value).map(|(_, value)| value.clone());
        let default =
            block.body.attribute("default").and_then(|default| out.take(env.scope().eval(&default.expr)));
        let Some(value) = given.or(default) else {
            out.push(Diagnostic::error(
                "variable-unset",
                format!("var.{} has no value", &*name.value),
                name.span,
            ));
            continue;
        };
        entries.push(Entry { key: name.value.clone().into(), key_at: name.span, value });
    }
    for block in blocks_of(body, "variables") {
        for attribute in block.body.attributes() {
            if let Some(value) = out.take(env.scope().eval(&attribute.expr)) {
                entries.push(Entry {
                    key: attribute.name.value.clone().into(),
                    key_at: attribute.name.span,
                    value,
                });
            }
        }
    }
    entries
}
