//! What differs between two jobs, in words: `group.web.count: 1 → 3`.
//!
//! Order, spelling (`"60"` or `60`, block or attribute) and comments make no difference.

use crate::hcl::Value;
use crate::source::Span;
use crate::tree::{Attr, Block};

use super::grammar::{self, Body, Type};
use super::pairing::{Key, body_inside, key, spelled_out};
use super::read::{Datum, read};

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Where in the job: `group.web.task.app.config.image`.
    pub path: String,
    /// What it was; `None` if it was not there.
    pub before: Option<String>,
    /// What it is; `None` if it is gone.
    pub after: Option<String>,
    /// Where it was written.
    pub before_at: Span,
    /// Where it is written.
    pub after_at: Span,
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => write!(f, "{}: {before} → {after}", self.path),
            (None, Some(after)) => write!(f, "{}: + {after}", self.path),
            (Some(before), None) => write!(f, "{}: - {before}", self.path),
            (None, None) => write!(f, "{}", self.path),
        }
    }
}

/// The differences from one `job` block to another, in the order of the second.
pub fn jobs(before: &Block, after: &Block) -> Vec<Change> {
    let mut out = Vec::new();
    blocks(Some(&grammar::JOB), "", before, after, &mut out);
    out
}

fn blocks(body: Option<&'static Body>, path: &str, before: &Block, after: &Block, out: &mut Vec<Change>) {
    let (before, after) = (&spelled_out(body, before), &spelled_out(body, after));
    let (old, new) = (attrs(body, before), attrs(body, after));
    for attr in &new {
        attr_change(
            body,
            path,
            old.iter().find(|other| other.name.value == attr.name.value),
            Some(attr),
            out,
        );
    }
    for attr in old.iter().filter(|attr| !new.iter().any(|other| other.name.value == attr.name.value)) {
        attr_change(body, path, Some(attr), None, out);
    }
    let mut left: Vec<&Block> = inner(body, before).collect();
    for (index, block) in inner(body, after).enumerate() {
        let inside = body_inside(body, after, block);
        let at = join(path, &name(body, block, index, after));
        match take_twin(body, &mut left, block) {
            Some(twin) => blocks(inside, &at, twin, block, out),
            None => whole(inside, &at, block, false, out),
        }
    }
    for (index, block) in left.into_iter().enumerate() {
        whole(
            body_inside(body, before, block),
            &join(path, &name(body, block, index, before)),
            block,
            true,
            out,
        );
    }
}

/// Attributes that say something, those of maps included.
fn attrs(body: Option<&'static Body>, block: &Block) -> Vec<Attr> {
    let is_map = body.is_none_or(|body| body.map.is_some());
    let all = if is_map { block.free_form() } else { block.attrs.clone() };
    all.into_iter().filter(|attr| !attr.value.is_null()).collect()
}

/// The blocks of a body that has blocks; those of a map are attributes.
fn inner<'t>(body: Option<&'static Body>, block: &'t Block) -> impl Iterator<Item = &'t Block> {
    let is_map = body.is_none_or(|body| body.map.is_some());
    block.blocks.iter().filter(move |_| !is_map)
}

fn take_twin<'t>(body: Option<&'static Body>, left: &mut Vec<&'t Block>, block: &Block) -> Option<&'t Block> {
    let wanted = key(body, block);
    let same = |other: &&Block| {
        other.ty.value == block.ty.value
            && if wanted == Key::None { equal(body, other, block) } else { key(body, other) == wanted }
    };
    let at = left.iter().position(same)?;
    Some(left.remove(at))
}

fn equal(body: Option<&'static Body>, before: &Block, after: &Block) -> bool {
    let mut out = Vec::new();
    blocks(body_inside(body, after, after), "", before, after, &mut out);
    out.is_empty()
}

fn name(body: Option<&'static Body>, block: &Block, index: usize, outer: &Block) -> String {
    let ty = &*block.ty.value;
    match key(body, block) {
        Key::Only => ty.to_owned(),
        Key::Labels(labels) => format!("{ty}.{}", labels.join(".")),
        Key::Named(name) => format!("{ty}[{name}]"),
        Key::None => {
            let before = outer.blocks.iter().take(index).filter(|other| &*other.ty.value == ty).count();
            format!("{ty}[{before}]")
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// A block that is only on one side.
fn whole(body: Option<&'static Body>, path: &str, block: &Block, gone: bool, out: &mut Vec<Change>) {
    let here = |text: &str| Some(text.to_owned());
    let (before, after) = if gone { (here("{ … }"), None) } else { (None, here("{ … }")) };
    let (before_at, after_at) = if gone { (block.span, Span::NONE) } else { (Span::NONE, block.span) };
    out.push(Change { path: path.to_owned(), before, after, before_at, after_at });
    let block = &spelled_out(body, block);
    for attr in attrs(body, block) {
        let (old, new) = if gone { (Some(&attr), None) } else { (None, Some(&attr)) };
        attr_change(body, path, old, new, out);
    }
    for (index, child) in inner(body, block).enumerate() {
        whole(
            body_inside(body, block, child),
            &join(path, &name(body, child, index, block)),
            child,
            gone,
            out,
        );
    }
}

fn attr_change(
    body: Option<&'static Body>,
    path: &str,
    before: Option<&Attr>,
    after: Option<&Attr>,
    out: &mut Vec<Change>,
) {
    let Some(name) = after.or(before).map(|attr| attr.name.value.clone()) else { return };
    let of_map = body.and_then(|body| body.map).map(|map| map.value);
    let ty = body.and_then(|body| body.attr(&name)).map(|def| def.ty).or(of_map).unwrap_or(Type::Any);
    let shown = |attr: &Attr| shown(ty, attr);
    let (before_text, after_text) = (before.map(shown), after.map(shown));
    if before_text == after_text {
        return;
    }
    let place = |attr: Option<&Attr>| attr.map_or(Span::NONE, |attr| attr.value.at.or(attr.expr));
    out.push(Change {
        path: join(path, &name),
        before: before_text,
        after: after_text,
        before_at: place(before),
        after_at: place(after),
    });
}

/// A value in the one way that it is shown; secrets are not.
fn shown(ty: Type, attr: &Attr) -> String {
    if attr.value.holds_secret() {
        return "(secret)".to_owned();
    }
    match read(ty, &attr.value) {
        Ok(Datum::Text(text)) => format!("{:?}", text.as_str()),
        Ok(Datum::Bool(value)) => value.to_string(),
        Ok(Datum::Int(value)) => value.to_string(),
        Ok(Datum::Nanos(nanos)) => super::duration::text(nanos),
        Ok(Datum::Texts(items)) => format!(
            "[{}]",
            items.iter().map(|item| format!("{:?}", item.as_str())).collect::<Vec<_>>().join(", ")
        ),
        Ok(Datum::Unknown(_)) => "(not known yet)".to_owned(),
        _ => any(&attr.value),
    }
}

fn any(value: &Value) -> String {
    if let Some(text) = value.as_str() {
        return format!("{text:?}");
    }
    if let Some(number) = value.as_number() {
        return number.to_string();
    }
    if let Some(items) = value.items() {
        return format!("[{}]", items.iter().map(any).collect::<Vec<_>>().join(", "));
    }
    if let Some(entries) = value.entries() {
        let entry = |entry: &crate::hcl::Entry| format!("{} = {}", entry.key, any(&entry.value));
        return format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "));
    }
    value.as_bool().map_or_else(|| "null".to_owned(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobspec::bare::{Inputs, read as read_file};
    use crate::source::SourceMap;

    fn changes(before: &str, after: &str) -> Vec<String> {
        let sources = SourceMap::new();
        let tree = |text: &str| {
            let file = sources.add("t.nomad.hcl", format!("job \"j\" {{\n{text}\n}}\n"));
            let (tree, findings) = read_file(&sources, file, &Inputs::default());
            assert!(!findings.has_errors(), "{}", findings.text(&sources));
            tree
        };
        jobs(&tree(before).blocks[0], &tree(after).blocks[0]).iter().map(Change::to_string).collect()
    }

    #[test]
    fn changes_are_told_with_their_paths() {
        let task = |image: &str, more: &str| {
            format!(
                "group \"web\" {{\ncount = 1\ntask \"app\" {{\ndriver = \"docker\"\nconfig {{\nimage = \"{image}\"\n}}\n{more}\n}}\n}}"
            )
        };
        assert_eq!(
            changes(&task("a:1", ""), &task("a:2", "kill_timeout = \"90s\"")),
            [
                "group.web.task.app.kill_timeout: + 1m30s",
                "group.web.task.app.config.image: \"a:1\" → \"a:2\""
            ]
        );
        assert_eq!(changes("priority = 50", "priority = 60\nregion = null"), ["priority: 50 → 60"]);
        assert_eq!(changes("region = \"a\"", ""), ["region: - \"a\""]);
    }

    #[test]
    fn blocks_are_told_apart_as_patches_do() {
        let service =
            |name: &str, port: &str| format!("service {{\nname = \"{name}\"\nport = \"{port}\"\n}}");
        let group = |text: String| format!("group \"g\" {{\n{text}\n}}");
        assert_eq!(
            changes(
                &group(service("a", "x") + "\n" + &service("b", "y")),
                &group(service("b", "z") + "\n" + &service("c", "x"))
            ),
            [
                "group.g.service[b].port: \"y\" → \"z\"",
                "group.g.service[c]: + { … }",
                "group.g.service[c].name: + \"c\"",
                "group.g.service[c].port: + \"x\"",
                "group.g.service[a]: - { … }",
                "group.g.service[a].name: - \"a\"",
                "group.g.service[a].port: - \"x\""
            ]
        );
        let constraint = |value: &str| format!("constraint {{\nattribute = \"a\"\nvalue = \"{value}\"\n}}");
        assert_eq!(
            changes(
                &(constraint("1") + "\n" + &constraint("2")),
                &(constraint("2") + "\n" + &constraint("1"))
            ),
            [""; 0]
        );
    }

    #[test]
    fn spelling_makes_no_difference() {
        assert_eq!(
            changes("priority = \"50\"\nmeta {\na = 1\n}", "priority = 50\nmeta = {\na = \"1\"\n}"),
            [""; 0]
        );
        assert_eq!(
            changes(
                "group \"g\" {\nshutdown_delay = \"90s\"\n}",
                "group \"g\" {\nshutdown_delay = \"1m30s\"\n}"
            ),
            [""; 0]
        );
    }
}
