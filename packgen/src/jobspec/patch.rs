//! Lays a patch over jobs: `job "x" { … }` blocks that say only what differs.
//!
//! Attributes are replaced, `null` takes one away, objects and blocks are merged deeply, lists are
//! replaced. A block that has no counterpart is added.

use std::sync::Arc;

use crate::hcl::{Entry, Kind, Value};
use crate::source::{Diagnostic, Diagnostics};
use crate::tree::{Attr, Block, Trail, Tree, Via};

use super::cursor::Cursor;
use super::grammar::{self, Body};
use super::pairing::{Key, as_block, body_inside, key};
use super::validate::did_you_mean;

/// Lays `patch` over the jobs of `jobs`. A patch for a job that is not there is an error.
pub fn apply(jobs: &mut [Tree], patch: &Tree) -> Diagnostics {
    let mut out = Diagnostics::new();
    for block in &patch.blocks {
        let name = Cursor::top(block).label();
        let found =
            jobs.iter_mut().flat_map(|tree| &mut tree.blocks).find(|job| Cursor::top(job).label() == name);
        if let Some(job) = found {
            merge(Some(&grammar::JOB), job, block);
            continue;
        }
        let known: Vec<&str> =
            jobs.iter().flat_map(|tree| &tree.blocks).map(|job| Cursor::top(job).label()).collect();
        let finding = Diagnostic::error(
            "patch-job",
            format!("there is no job {name:?} to patch"),
            Cursor::top(block).head(),
        );
        out.push(finding.maybe_help(did_you_mean(name, known)));
    }
    out
}

fn merge(body: Option<&'static Body>, base: &mut Block, patch: &Block) {
    for attr in &patch.attrs {
        set(body, base, attr);
    }
    for block in &patch.blocks {
        let entries = base.attrs.iter().position(|attr| attr.name.value == block.ty.value);
        if let Some(at) = entries {
            let attr = base.attrs.remove(at);
            base.blocks.push(as_block(&attr));
        }
        let wanted = key(body, block);
        let twin = base.blocks.iter().position(|other| {
            other.ty.value == block.ty.value && wanted != Key::None && key(body, other) == wanted
        });
        match twin {
            Some(at) => {
                let inner = base.blocks.get(at).and_then(|twin| body_inside(body, base, twin));
                if let Some(twin) = base.blocks.get_mut(at) {
                    merge(inner, twin, block);
                }
            }
            None => base.blocks.push(marked(block)),
        }
    }
}

/// One attribute; where the base has a block of that name, its entries go there.
fn set(body: Option<&'static Body>, base: &mut Block, attr: &Attr) {
    let name = &attr.name.value;
    let is_map = body.and_then(|body| body.block(name)).is_some_and(|slot| slot.or_attribute);
    if is_map && let Some(block) = base.blocks.iter_mut().find(|block| block.ty.value == *name) {
        merge(None, block, &as_block(attr));
        return;
    }
    match base.attrs.iter_mut().find(|other| other.name.value == *name) {
        _ if attr.value.is_null() => base.attrs.retain(|other| other.name.value != *name),
        Some(other) => {
            let value = merged(&other.value, &attr.value);
            *other = Attr { value, ..attr.clone() };
        }
        None => base.attrs.push(attr.clone()),
    }
}

/// Objects are merged entry by entry, `null` takes one away; all else is replaced.
fn merged(base: &Value, patch: &Value) -> Value {
    let (Some(old), Some(new)) = (base.entries(), patch.entries()) else { return patch.clone() };
    let kept = old.iter().filter(|entry| patch.get(&entry.key).is_none()).cloned();
    let set = new.iter().filter(|entry| !entry.value.is_null()).map(|entry| {
        let value = base.get(&entry.key).map_or_else(|| entry.value.clone(), |old| merged(old, &entry.value));
        Entry { value, ..entry.clone() }
    });
    let entries: Vec<Entry> = kept.chain(set).collect();
    let value = Value::object(entries).with_at(patch.at).with_sensitive(base.sensitive || patch.sensitive);
    if let Kind::Object(_) | Kind::Map(_) = value.kind { value } else { patch.clone() }
}

/// A block that the patch adds says so in findings.
fn marked(block: &Block) -> Block {
    let via = Via { at: Cursor::top(block).head(), what: Trail::Patch, up: block.via.clone() };
    Block { via: Some(Arc::new(via)), ..block.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobspec::bare::{Inputs, read};
    use crate::jobspec::print::print;
    use crate::source::SourceMap;

    fn tree(text: &str) -> Tree {
        let sources = SourceMap::new();
        let file = sources.add("t.nomad.hcl", text);
        let (tree, findings) = read(&sources, file, &Inputs::default());
        assert!(!findings.has_errors(), "{}", findings.text(&sources));
        tree
    }

    /// The job after a patch of its task, in canonical form.
    fn patched(task: &str, patch: &str) -> String {
        let wrap = |text: &str| format!("job \"j\" {{\ngroup \"g\" {{\ntask \"t\" {{\n{text}\n}}\n}}\n}}\n");
        let mut jobs = vec![tree(&wrap(task))];
        let findings = apply(&mut jobs, &tree(&wrap(patch)));
        assert!(findings.is_empty());
        let expected = |tree: &Tree| print(tree).unwrap();
        expected(&jobs[0])
    }

    fn printed(task: &str) -> String {
        print(&tree(&format!("job \"j\" {{\ngroup \"g\" {{\ntask \"t\" {{\n{task}\n}}\n}}\n}}\n"))).unwrap()
    }

    #[test]
    fn attributes_are_replaced_and_taken_away() {
        let before = "driver = \"docker\"\nuser = \"a\"\nleader = true";
        assert_eq!(
            patched(before, "user = \"b\"\nleader = null\nkind = \"c\""),
            printed("driver = \"docker\"\nuser = \"b\"\nkind = \"c\"")
        );
    }

    #[test]
    fn maps_are_merged_in_either_spelling() {
        let right = printed("env {\nA = \"1\"\nB = \"3\"\n}");
        let before = "env {\nA = \"1\"\nB = \"2\"\nC = \"4\"\n}";
        assert_eq!(patched(before, "env {\nB = \"3\"\nC = null\n}"), right);
        assert_eq!(patched(before, "env = {\nB = \"3\"\nC = null\n}"), right);
        assert_eq!(patched("env = {\nA = \"1\"\n}", "env {\nB = \"3\"\n}"), right);
    }

    #[test]
    fn blocks_are_found_by_type_label_and_name() {
        let before = "service {\nname = \"a\"\nport = \"x\"\n}\nservice {\nname = \"b\"\nport = \"y\"\n}\nresources {\ncpu = 1\nmemory = 20\n}";
        let after = patched(
            before,
            "service {\nname = \"b\"\nport = \"z\"\n}\nservice {\nname = \"c\"\n}\nresources {\ncpu = 2\n}",
        );
        let right = "service {\nname = \"a\"\nport = \"x\"\n}\nservice {\nname = \"b\"\nport = \"z\"\n}\nservice {\nname = \"c\"\n}\nresources {\ncpu = 2\nmemory = 20\n}";
        assert_eq!(after, printed(right));
        let template = |data: &str| format!("template {{\ndestination = \"local/a\"\ndata = \"{data}\"\n}}");
        assert_eq!(patched(&template("1"), &template("2")), printed(&template("2")));
        let constraint =
            |value: &str| format!("constraint {{\nattribute = \"${{node.class}}\"\nvalue = \"{value}\"\n}}");
        assert_eq!(
            patched(&constraint("1"), &constraint("2")),
            printed(&format!("{}\n{}", constraint("1"), constraint("2")))
        );
    }

    #[test]
    fn settings_of_a_driver_are_merged_by_what_the_driver_takes() {
        let before = "driver = \"docker\"\nconfig {\nimage = \"a:1\"\nargs = [\"x\"]\nauth {\nusername = \"u\"\n}\nlabels = {\na = \"1\"\n}\n}";
        let after = patched(
            before,
            "config {\nimage = \"a:2\"\nargs = [\"y\"]\nauth {\npassword = \"p\"\n}\nlabels = {\nb = \"2\"\n}\n}",
        );
        let right = "driver = \"docker\"\nconfig {\nimage = \"a:2\"\nargs = [\"y\"]\nlabels = {\na = \"1\"\nb = \"2\"\n}\nauth {\nusername = \"u\"\npassword = \"p\"\n}\n}";
        assert_eq!(after, printed(right));
    }

    #[test]
    fn a_patch_for_another_job_is_an_error() {
        let mut jobs = vec![tree("job \"web\" {}\n")];
        let findings = apply(&mut jobs, &tree("job \"wbe\" {}\n"));
        let found = findings.iter().next().unwrap();
        assert_eq!((found.code, found.help.as_deref()), ("patch-job", Some("did you mean `web`?")));
    }
}
