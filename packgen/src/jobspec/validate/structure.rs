//! What Nomad's parser refuses: a walk over the tree along the grammar.

use crate::source::{Diagnostic, Diagnostics};
use crate::tree::{Attr, Tree};

use super::super::cursor::Cursor;
use super::super::grammar::{self, Body, Count, MapOf, Release, Slot, Type};
use super::super::read::{Datum, read};
use super::{Dialect, Options, did_you_mean};

/// Checks all of a tree.
pub(super) fn tree(tree: &Tree, options: Options, out: &mut Diagnostics) {
    if tree.blocks.is_empty() {
        out.push(Diagnostic::error("job-missing", "a `job` block is missing", crate::source::Span::NONE));
    }
    for (at, block) in tree.blocks.iter().enumerate() {
        let job = Cursor::top(block);
        if at > 0 {
            let first =
                tree.blocks.first().map_or(crate::source::Span::NONE, |first| Cursor::top(first).head());
            out.push(
                job.error("job-twice", "a file holds one job, this is another")
                    .note("the first is here", first),
            );
        }
        labels(job, Some("name"), out);
        Walk { options, out }.body(&grammar::JOB, job);
    }
}

struct Walk<'o> {
    options: Options,
    out: &'o mut Diagnostics,
}

impl Walk<'_> {
    fn body(&mut self, body: &'static Body, at: Cursor<'_>) {
        if let Some(map) = body.map {
            self.map(map, at);
            return;
        }
        for attr in &at.block.attrs {
            self.attr(body, at, attr);
        }
        for def in body.attrs.iter().filter(|def| def.required && at.block.attr(def.name).is_none()) {
            let message = format!("`{}` is missing in `{}`", def.name, &*at.block.ty.value);
            self.out.push(at.error("attribute-missing", message).help(def.doc));
        }
        for inner in &at.block.blocks {
            self.block(body, at, at.inside(inner));
        }
        for slot in body.blocks {
            self.count(slot, at);
        }
        self.special(body, at);
    }

    fn attr(&mut self, body: &'static Body, at: Cursor<'_>, attr: &Attr) {
        let name = &*attr.name.value;
        if let Some(def) = body.attr(name) {
            self.since(name, def.since, at);
            if attr.value.is_null() && !def.nullable && self.options.dialect == Dialect::Nomad {
                let message = format!("`{name}` cannot be null");
                self.out.push(
                    at.place_at(attr, Diagnostic::error("null", message, attr.expr)).help("leave it out"),
                );
                return;
            }
            self.value(def.ty, at, attr);
            return;
        }
        match body.block(name) {
            Some(slot) if slot.or_attribute => self.value(Type::Map, at, attr),
            Some(_) => {
                let message = format!("`{name}` is a block, not an attribute");
                let finding = Diagnostic::error("block-as-attribute", message, attr.name.span);
                self.out.push(at.explain(finding).help(format!("write `{name} {{ … }}` without `=`")));
            }
            None => {
                let message = format!("`{}` has no attribute `{name}`", &*at.block.ty.value);
                let finding = Diagnostic::error("attribute-unknown", message, attr.name.span);
                self.out.push(at.explain(finding).maybe_help(did_you_mean(name, body.names())));
            }
        }
    }

    fn value(&mut self, ty: Type, at: Cursor<'_>, attr: &Attr) {
        if let Err(problem) = read(ty, &attr.value) {
            let message = format!("`{}`: {problem}", &*attr.name.value);
            self.out.push(at.place_at(attr, Diagnostic::error("type", message, attr.expr)));
        }
    }

    fn map(&mut self, map: MapOf, at: Cursor<'_>) {
        for attr in at.block.free_form() {
            match read(map.value, &attr.value) {
                Ok(Datum::Null)
                    if !matches!(map.value, Type::Any | Type::Strs)
                        && self.options.dialect == Dialect::Nomad =>
                {
                    let message = format!("`{}` cannot be null", &*attr.name.value);
                    self.out.push(
                        at.place_at(&attr, Diagnostic::error("null", message, attr.expr))
                            .help("leave it out"),
                    );
                }
                Ok(_) => {}
                Err(problem) => {
                    let message = format!("`{}`: {problem}", &*attr.name.value);
                    self.out.push(at.place_at(&attr, Diagnostic::error("type", message, attr.expr)));
                }
            }
        }
    }

    fn block(&mut self, body: &'static Body, outer: Cursor<'_>, at: Cursor<'_>) {
        let name = &*at.block.ty.value;
        if let Some(slot) = body.block(name) {
            self.since(name, slot.since, at);
            labels(at, slot.body.label, self.out);
            self.body(slot.body, at);
            return;
        }
        let (message, help) = match body.attr(name) {
            Some(_) => {
                (format!("`{name}` is an attribute, not a block"), Some(format!("write `{name} = …`")))
            }
            None => (
                format!("`{}` has no block `{name}`", &*outer.block.ty.value),
                did_you_mean(name, body.names()),
            ),
        };
        let finding = Diagnostic::error("block-unknown", message, at.block.ty.span);
        self.out.push(at.explain(finding).maybe_help(help));
    }

    /// A block that may stand once does so, and not beside an attribute of its name.
    fn count(&mut self, slot: &'static Slot, at: Cursor<'_>) {
        let mut found = at.blocks_of(slot.name);
        let Some(first) = found.next() else { return };
        if slot.or_attribute
            && let Some(attr) = at.block.attr(slot.name)
        {
            let message = format!("`{}` is written as an attribute and as a block", slot.name);
            self.out.push(first.error("block-twice", message).note("the attribute is here", attr.name.span));
        }
        if slot.count == Count::One
            && let Some(second) = found.next()
        {
            let message = format!("`{}` may stand here once, this is another", slot.name);
            self.out.push(second.error("block-twice", message).note("the first is here", first.head()));
        }
    }

    fn since(&mut self, name: &str, since: Release, at: Cursor<'_>) {
        if let Some(target) = self.options.target.filter(|target| since > *target) {
            let message = format!("`{name}` is known since Nomad {since}, this job must run on {target}");
            self.out.push(at.error("too-new", message));
        }
    }

    fn special(&mut self, body: &'static Body, at: Cursor<'_>) {
        match body.name {
            "TaskGroup" => group_scaling(at, self.out),
            "Task" => task_scaling(at, self.out),
            _ => {}
        }
    }
}

fn labels(at: Cursor<'_>, label: Option<&str>, out: &mut Diagnostics) {
    let wanted = usize::from(label.is_some());
    let ty = &*at.block.ty.value;
    if at.block.labels.len() < wanted {
        out.push(
            at.error("label-missing", format!("`{ty}` needs a name"))
                .help(format!("write `{ty} \"name\" {{ … }}`")),
        );
    } else if let Some(extra) = at.block.labels.get(wanted) {
        let message =
            if wanted == 0 { format!("`{ty}` takes no label") } else { format!("`{ty}` takes one label") };
        out.push(at.explain(Diagnostic::error("label-extra", message, extra.span)));
    }
}

fn group_scaling(group: Cursor<'_>, out: &mut Diagnostics) {
    let Some(scaling) = group.block_of("scaling") else { return };
    if scaling.block.attr("max").is_none() {
        out.push(scaling.error("scaling-max", "`max` is missing in `scaling`"));
    }
    if let Some(kind) = scaling.text("type").is().filter(|kind| !matches!(kind.as_str(), "" | "horizontal")) {
        let message = format!("a group is scaled horizontally, not by {:?}", kind.as_str());
        out.push(scaling.error_at("type", "scaling-type", message).help("leave `type` out"));
    }
}

fn task_scaling(task: Cursor<'_>, out: &mut Diagnostics) {
    let mut seen: Vec<(String, Cursor<'_>)> = Vec::new();
    for scaling in task.blocks_of("scaling") {
        let label = scaling.label().to_lowercase();
        let wanted = match label.as_str() {
            "cpu" => "vertical_cpu",
            "mem" => "vertical_mem",
            _ => {
                out.push(scaling.error("scaling-label", "a task scales by `cpu` or `mem`"));
                continue;
            }
        };
        if let Some((_, first)) = seen.iter().find(|(known, _)| *known == label) {
            let message = format!("`scaling {label:?}` may stand here once, this is another");
            out.push(scaling.error("block-twice", message).note("the first is here", first.head()));
        }
        if scaling.text("type").is().is_some_and(|kind| kind.as_str() != wanted && !kind.is_empty()) {
            let message = format!("the type of `scaling {label:?}` is {wanted:?}");
            out.push(scaling.error_at("type", "scaling-type", message).help("leave `type` out"));
        }
        seen.push((label, scaling));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobspec::bare::{Inputs, read as read_file};
    use crate::source::SourceMap;

    fn found(text: &str, options: Options) -> Vec<String> {
        let sources = SourceMap::new();
        let file = sources.add("t.nomad.hcl", text);
        let (tree, findings) = read_file(&sources, file, &Inputs::default());
        assert!(!findings.has_errors(), "{}", findings.text(&sources));
        let mut out = Diagnostics::new();
        super::tree(&tree, options, &mut out);
        out.iter()
            .map(|one| {
                format!(
                    "{}: {}{}",
                    one.code,
                    one.message,
                    one.help.as_ref().map_or(String::new(), |help| format!(" ({help})"))
                )
            })
            .collect()
    }

    fn in_group(text: &str) -> Vec<String> {
        found(&format!("job \"j\" {{\ngroup \"g\" {{\n{text}\n}}\n}}\n"), Options::default())
    }

    fn in_task(text: &str) -> Vec<String> {
        in_group(&format!("task \"t\" {{\n{text}\n}}"))
    }

    #[test]
    fn names_that_are_not_known() {
        assert_eq!(
            in_group("cuont = 1"),
            ["attribute-unknown: `group` has no attribute `cuont` (did you mean `count`?)"]
        );
        assert_eq!(
            in_group("netwrok {}"),
            ["block-unknown: `group` has no block `netwrok` (did you mean `network`?)"]
        );
        assert_eq!(
            in_group("update = {}"),
            ["block-as-attribute: `update` is a block, not an attribute (write `update { … }` without `=`)"]
        );
        assert_eq!(
            in_group("count {}"),
            ["block-unknown: `count` is an attribute, not a block (write `count = …`)"]
        );
        assert_eq!(in_group("count = 1\nupdate {}\nmeta = {\na = 1\n}"), [""; 0]);
    }

    #[test]
    fn values_of_another_type() {
        assert_eq!(
            in_group("count = \"x\""),
            ["type: `count`: a whole number is required, this is a string"]
        );
        assert_eq!(in_group("meta {\na = [1]\n}"), ["type: `a`: a string is required, this is a list"]);
        assert_eq!(
            in_group("shutdown_delay = \"1d\""),
            ["type: `shutdown_delay`: \"1d\" is no duration: there are no days, write hours (24h)"]
        );
        assert_eq!(in_task("config {\na = 1 / 0\n}"), ["type: `a`: a number is required, this is infinite"]);
        assert_eq!(in_task("config {\na = [1, \"b\", null]\n}"), [""; 0]);
    }

    #[test]
    fn null_means_not_written_where_nomad_says_so() {
        assert_eq!(in_task("user = null"), ["null: `user` cannot be null (leave it out)"]);
        assert_eq!(in_task("env {\nA = null\n}"), ["null: `A` cannot be null (leave it out)"]);
        assert_eq!(in_group("count = null"), [""; 0]);
        let pack = Options { dialect: Dialect::Pack, ..Options::default() };
        assert_eq!(found("job \"j\" {\ngroup \"g\" {\ntask \"t\" {\nuser = null\n}\n}\n}\n", pack), [""; 0]);
    }

    #[test]
    fn blocks_stand_once_and_have_their_labels() {
        assert_eq!(
            in_group("update {}\nupdate {}"),
            ["block-twice: `update` may stand here once, this is another"]
        );
        assert_eq!(
            in_task("env {}\nenv = {}"),
            ["block-twice: `env` is written as an attribute and as a block"]
        );
        assert_eq!(in_group("network {}\nnetwork {}"), [""; 0]);
        assert_eq!(in_group("update \"a\" {}"), ["label-extra: `update` takes no label"]);
        assert_eq!(in_group("task {}"), ["label-missing: `task` needs a name (write `task \"name\" { … }`)"]);
        assert_eq!(in_group("task \"a\" \"b\" {}"), ["label-extra: `task` takes one label"]);
    }

    #[test]
    fn what_must_be_written() {
        assert_eq!(
            in_task("lifecycle {}"),
            ["attribute-missing: `hook` is missing in `lifecycle` (Before, beside or after the main tasks.)"]
        );
        assert_eq!(in_group("scaling {}"), ["scaling-max: `max` is missing in `scaling`"]);
        assert_eq!(
            in_group("scaling {\nmax = 1\ntype = \"vertical_cpu\"\n}"),
            ["scaling-type: a group is scaled horizontally, not by \"vertical_cpu\" (leave `type` out)"]
        );
        assert_eq!(in_task("scaling \"disk\" {}"), ["scaling-label: a task scales by `cpu` or `mem`"]);
        assert_eq!(
            in_task("scaling \"cpu\" {}\nscaling \"CPU\" {}"),
            ["block-twice: `scaling \"cpu\"` may stand here once, this is another"]
        );
        assert_eq!(in_task("scaling \"cpu\" {\nmax = 1\ntype = \"vertical_cpu\"\n}"), [""; 0]);
    }

    #[test]
    fn what_is_newer_than_the_cluster() {
        let target = Options { target: Some(Release(1, 10, 0)), ..Options::default() };
        let secret = "job \"j\" {\ngroup \"g\" {\ntask \"t\" {\nsecret \"a\" {}\n}\n}\n}\n";
        assert_eq!(
            found(secret, target),
            ["too-new: `secret` is known since Nomad 1.11.0, this job must run on 1.10.0"]
        );
        assert_eq!(found(secret, Options { target: Some(Release(1, 11, 0)), ..Options::default() }), [""; 0]);
    }

    #[test]
    fn findings_say_where_a_value_and_a_block_come_from() {
        let text = "variable \"ports\" {\ndefault = [80, \"x\"]\n}\njob \"j\" {\ngroup \"g\" {\nnetwork {\ndynamic \"port\" {\nfor_each = var.ports\nlabels = [\"p${port.key}\"]\ncontent {\nstatic = port.value\n}\n}\n}\n}\n}\n";
        let sources = SourceMap::new();
        let file = sources.add("t.nomad.hcl", text);
        let (tree, _) = read_file(&sources, file, &Inputs::default());
        let mut out = Diagnostics::new();
        super::tree(&tree, Options::default(), &mut out);
        let shown = out.text(&sources);
        assert_eq!(out.len(), 1, "{shown}");
        for part in [
            "t.nomad.hcl:11:10",
            "the value comes from here",
            "t.nomad.hcl:2:16",
            "in dynamic \"port\", item 1",
        ] {
            assert!(shown.contains(part), "{part} is missing:\n{shown}");
        }
    }
}
