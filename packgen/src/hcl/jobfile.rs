//! A jobspec file from text to tree: variables, locals, the job.
//!
//! For bare files. A pack brings its own variables and locals and uses [`Env`] and [`Expander`] itself.

use super::eval::{Dialect, Env, Files, NoFiles, error};
use super::expand::{Expander, FreeForm, nomad_free_form};
use super::functions::Function;
use super::json_body::{Shape, is_json, parse_json_body};
use super::syntax::{Body, Item, parse_body};
use super::types::nearest;
use super::value::Unknown;
use super::variables::{Inputs, Variable, declared, declared_in_map, resolve};
use crate::source::{Diagnostics, FileId, SourceMap};
use crate::tree::Tree;

/// How a file is evaluated.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// By whose rules.
    pub dialect: Dialect,
    /// What users give.
    pub inputs: &'a Inputs,
    /// What `file()` reads.
    pub files: &'a dyn Files,
    /// Functions beyond Nomad's.
    pub functions: &'a [Function],
    /// Which bodies are free.
    pub free_form: FreeForm,
    /// What is a block in JSON; without it JSON is refused.
    pub shape: Option<Shape>,
}

/// What became of a file.
#[derive(Debug)]
pub struct Evaluated {
    /// Its `job` blocks.
    pub tree: Tree,
    /// The variables it declares.
    pub variables: Vec<Variable>,
    /// What is wrong or unwise.
    pub findings: Diagnostics,
    /// What has to be known before the tree is complete.
    pub unknown: Option<Unknown>,
}

static NO_INPUTS: Inputs = Inputs { layers: Vec::new() };

impl Options<'_> {
    /// No inputs, no files.
    pub fn new(dialect: Dialect) -> Self {
        Options {
            dialect,
            inputs: &NO_INPUTS,
            files: &NoFiles,
            functions: &[],
            free_form: nomad_free_form,
            shape: None,
        }
    }
}

/// Evaluates a file. A wrong variable or local ends it, as what uses them would be wrong too; everything
/// else is found at once.
pub fn evaluate(sources: &SourceMap, file: FileId, options: &Options<'_>) -> Evaluated {
    let (body, mut findings) = parse(sources, file, options.shape);
    let mut done = Evaluated {
        tree: Tree::default(),
        variables: Vec::new(),
        findings: Diagnostics::new(),
        unknown: None,
    };
    check_roots(&body, &mut findings);
    declare(&body, options.dialect, sources, &mut done.variables, &mut findings);
    let mut env =
        Env::new(sources, options.dialect).with_files(options.files).with_functions(options.functions);
    for block in body.blocks().filter(|block| &*block.ty.value == "locals") {
        findings.extend(env.add_locals(&block.body));
    }
    if !findings.has_errors() {
        let (var, more) = resolve(&done.variables, options.inputs, options.dialect, sources);
        findings.extend(more);
        if !findings.has_errors() {
            env.define("var", var);
            findings.extend(env.check_locals());
        }
    }
    if !findings.has_errors() {
        let mut expander = Expander::new(options.free_form);
        let jobs = Body { items: jobs(&body), span: body.span };
        done.tree.blocks = expander.body(&jobs, &env.scope(), None, false).blocks;
        done.unknown = expander.unknown;
        findings.extend(expander.findings);
    }
    findings.extend(env.take_warnings());
    done.findings = findings;
    done
}

fn parse(sources: &SourceMap, file: FileId, shape: Option<Shape>) -> (Body, Diagnostics) {
    let is_json = sources.file(file).is_some_and(|file| is_json(file.text()));
    match shape {
        Some(shape) if is_json => parse_json_body(sources, file, shape),
        _ => parse_body(sources, file),
    }
}

fn jobs(body: &Body) -> Vec<Item> {
    let is_job = |item: &&Item| matches!(item, Item::Block(block) if &*block.ty.value == "job");
    body.items.iter().filter(is_job).cloned().collect()
}

const ROOTS: [&str; 4] = ["job", "locals", "variable", "variables"];

fn check_roots(body: &Body, findings: &mut Diagnostics) {
    for attribute in body.attributes() {
        let message = format!("`{}` cannot stand at the top of a jobspec", &*attribute.name.value);
        let finding = error("unexpected-attribute", message, attribute.name.span);
        findings.push(finding.help("there are the blocks job, locals, variable and variables"));
    }
    for block in body.blocks() {
        let name = &*block.ty.value;
        if !ROOTS.contains(&name) {
            let finding = error(
                "unexpected-block",
                format!("the block `{name}` cannot stand at the top of a jobspec"),
                block.header,
            );
            let close = nearest(name, ROOTS.into_iter()).map(|close| format!("did you mean `{close}`?"));
            findings.push(finding.help(close.unwrap_or_else(|| format!("there are {}", ROOTS.join(", ")))));
        }
        let labels = usize::from(matches!(name, "job" | "variable"));
        if ROOTS.contains(&name) && block.labels.len() != labels {
            let message = if labels == 1 {
                format!("`{name}` has one label: its name")
            } else {
                format!("`{name}` has no label")
            };
            findings.push(error("labels", message, block.header));
        }
    }
    let mut jobs = body.blocks().filter(|block| &*block.ty.value == "job");
    match (jobs.next(), jobs.next()) {
        (Some(first), Some(second)) => {
            findings.push(
                error("duplicate", "a jobspec has one job", second.header).note("first here", first.header),
            );
        }
        (None, _) => findings.push(error("missing", "there is no job in this file", body.span)),
        _ => {}
    }
}

fn declare(
    body: &Body,
    dialect: Dialect,
    sources: &SourceMap,
    variables: &mut Vec<Variable>,
    findings: &mut Diagnostics,
) {
    for block in body.blocks() {
        let (found, more) = match &*block.ty.value {
            "variable" if block.labels.len() == 1 => {
                let (variable, findings) = declared(block, dialect, sources);
                (variable.into_iter().collect(), findings)
            }
            "variables" => declared_in_map(block, sources),
            _ => continue,
        };
        findings.extend(more);
        for variable in found {
            match variables.iter().find(|known| known.name.value == variable.name.value) {
                Some(first) => {
                    let message = format!("the variable `{}` is declared twice", &*variable.name.value);
                    findings.push(error("duplicate", message, variable.span).note("first here", first.span));
                }
                None => variables.push(variable),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(text: &str, dialect: Dialect) -> (Evaluated, SourceMap) {
        let sources = SourceMap::new();
        let file = sources.add("x.nomad.hcl", text);
        let done = evaluate(&sources, file, &Options::new(dialect));
        (done, sources)
    }

    #[test]
    fn dynamic_blocks_become_blocks_with_a_trail() {
        let text = r#"
variable "ports" { default = { http = 80, admin = 9000 } }
locals { name = "web" }
job "x" {
  dynamic "group" {
    for_each = var.ports
    iterator = it
    labels   = ["${local.name}-${it.key}"]
    content {
      count = it.value
      dynamic "constraint" {
        for_each = it.key == "http" ? ["a"] : []
        content { value = "${constraint.value}-${it.key}" }
      }
      task "t" {
        config {
          dynamic "mount" { for_each = [1] }
        }
      }
    }
  }
}
"#;
        let (done, sources) = done(text, Dialect::Nomad);
        assert!(!done.findings.has_errors(), "{}", done.findings.text(&sources));
        let groups: Vec<_> = done.tree.blocks[0].blocks.iter().collect();
        let labels: Vec<&str> = groups.iter().map(|group| &*group.labels[0].value).collect();
        assert_eq!(labels, ["web-admin", "web-http"]);
        let constraint = groups[1].blocks_of("constraint").next().unwrap();
        assert_eq!(constraint.attr("value").unwrap().value, "a-http".into());
        assert!(constraint.via.as_ref().unwrap().up.is_some());
        let config = &groups[0].blocks_of("task").next().unwrap().blocks[0];
        assert_eq!(&*config.blocks[0].ty.value, "dynamic");
    }

    #[test]
    fn mistakes_are_found_together_and_with_their_trail() {
        let text = "job \"x\" {\n  priority = 1 + \"a\"\n  name = upperr(\"x\")\n  dynamic \"group\" {\n    for_each = [1]\n    labels = [\"g\"]\n    content { count = group.valu }\n  }\n}\n";
        let (done, sources) = done(text, Dialect::Pack);
        let all = done.findings.text(&sources);
        assert_eq!(done.findings.len(), 3, "{all}");
        assert!(all.contains("did you mean `upper`?") && all.contains("did you mean `value`?"), "{all}");
        assert!(all.contains("in dynamic \"group\", item 0"), "{all}");
    }

    #[test]
    fn files_that_are_no_jobspecs_are_refused() {
        for (text, expected) in [
            ("", "no job"),
            ("job \"a\" {}\njob \"b\" {}\n", "one job"),
            ("jb \"a\" {}\n", "did you mean `job`?"),
            ("x = 1\njob \"a\" {}\n", "top of a jobspec"),
            ("job {}\n", "one label"),
            ("locals { a = local.b }\nlocals { b = local.a }\njob \"a\" {}\n", "depends on itself"),
            ("variable \"x\" {}\njob \"a\" {}\n", "has no value"),
        ] {
            let (done, sources) = done(text, Dialect::Nomad);
            assert!(done.findings.has_errors());
            let all = done.findings.text(&sources);
            assert!(all.contains(expected), "{all}");
        }
    }
}
