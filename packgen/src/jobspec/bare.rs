//! One jobspec file, read as `nomad job run` reads it: variables, locals, one job; HCL or JSON.
//!
//! The only reader of bare files. It reads no file and no environment by itself; what it may read is
//! handed in. A pack brings its own variables and locals and uses [`Env`] and [`Expander`] itself.

use crate::hcl::eval::{Dialect, Env, Files, NoFiles, error};
use crate::hcl::expand::Expander;
use crate::hcl::json_body::{is_json, parse_json_body};
use crate::hcl::syntax::{Body, Item, parse_body};
use crate::hcl::types::nearest;
use crate::hcl::value::Unknown;
use crate::hcl::variables::{self, Variable, declared, declared_in_map, resolve};
use crate::source::{Diagnostics, FileId, SourceMap};
use crate::tree::Tree;

use super::grammar::path;

/// What a file is read with.
pub struct Inputs<'i> {
    /// The files that its functions may read.
    pub files: &'i dyn Files,
    /// Values of its variables.
    pub variables: variables::Inputs,
}

impl Default for Inputs<'_> {
    fn default() -> Self {
        Inputs { files: &NoFiles, variables: variables::Inputs::default() }
    }
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

/// The job in a file, with expressions evaluated and `dynamic` blocks expanded.
pub fn read(sources: &SourceMap, file: FileId, inputs: &Inputs<'_>) -> (Tree, Diagnostics) {
    let done = evaluate(sources, file, inputs);
    (done.tree, done.findings)
}

/// Evaluates a file. A wrong variable or local ends it, as what uses them would be wrong too; everything
/// else is found at once.
pub fn evaluate(sources: &SourceMap, file: FileId, inputs: &Inputs<'_>) -> Evaluated {
    let (body, mut findings) = parse(sources, file);
    let mut done = Evaluated {
        tree: Tree::default(),
        variables: Vec::new(),
        findings: Diagnostics::new(),
        unknown: None,
    };
    check_roots(&body, &mut findings);
    let (jobs, body) = split(body);
    declare(&body, sources, &mut done.variables, &mut findings);
    let mut env = Env::new(sources, Dialect::Nomad).with_files(inputs.files);
    for block in body.blocks().filter(|block| &*block.ty.value == "locals") {
        findings.extend(env.add_locals(&block.body));
    }
    if !findings.has_errors() {
        let (var, more) = resolve(&done.variables, &inputs.variables, Dialect::Nomad, sources);
        findings.extend(more);
        if !findings.has_errors() {
            env.define("var", var);
            findings.extend(env.check_locals());
        }
    }
    if !findings.has_errors() {
        let mut expander = Expander::new(path::free_form);
        done.tree.blocks = expander.body(&jobs, &env.scope(), None, false).blocks;
        done.unknown = expander.unknown;
        findings.extend(expander.findings);
    }
    findings.extend(env.take_warnings());
    done.findings = findings;
    done
}

fn parse(sources: &SourceMap, file: FileId) -> (Body, Diagnostics) {
    if sources.file(file).is_some_and(|file| is_json(file.text())) {
        return parse_json_body(sources, file, path::shape);
    }
    parse_body(sources, file)
}

/// What becomes the tree, and everything else.
fn split(body: Body) -> (Body, Body) {
    let is_job = |item: &Item| matches!(item, Item::Block(block) if &*block.ty.value == "job");
    let (jobs, others) = body.items.into_vec().into_iter().partition::<Vec<_>, _>(is_job);
    (Body { items: jobs.into(), span: body.span }, Body { items: others.into(), span: body.span })
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

fn declare(body: &Body, sources: &SourceMap, variables: &mut Vec<Variable>, findings: &mut Diagnostics) {
    for block in body.blocks() {
        let (found, more) = match &*block.ty.value {
            "variable" if block.labels.len() == 1 => {
                let (variable, findings) = declared(block.clone(), Dialect::Nomad, sources);
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

    fn done(text: &str) -> (Evaluated, SourceMap) {
        let sources = SourceMap::new();
        let file = sources.add("x.nomad.hcl", text);
        let done = evaluate(&sources, file, &Inputs::default());
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
        let (done, sources) = done(text);
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
        let (done, sources) = done(text);
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
            let (done, sources) = done(text);
            assert!(done.findings.has_errors());
            let all = done.findings.text(&sources);
            assert!(all.contains(expected), "{all}");
        }
    }
}
