//! Text that a user typed, in places where something reads it once more after the job was submitted.
//!
//! Quoting cannot help there: Nomad and consul-template look into the value itself. So each such place is
//! found by the origin of its text. It changes nothing; it only reports.

use crate::hcl::{Kind, Text, Value};
use crate::jobspec::cursor::Cursor;
use crate::jobspec::grammar::{self, Body, Runtime};
use crate::source::{Diagnostic, Diagnostics, Severity, Span};
use crate::tree::{Attr, Tree};

/// Checks all of a tree: errors in packs, warnings in bare files.
pub fn check(tree: &Tree, severity: Severity, out: &mut Diagnostics) {
    for job in &tree.blocks {
        Walk { severity, out }.body(&grammar::JOB, Cursor::top(job));
    }
}

struct Walk<'o> {
    severity: Severity,
    out: &'o mut Diagnostics,
}

impl Walk<'_> {
    fn body(&mut self, body: &'static Body, at: Cursor<'_>) {
        if let Some(map) = body.map {
            at.block.free_form().iter().for_each(|attr| self.attr(map.rt, at, attr));
            return;
        }
        for attr in &at.block.attrs {
            let own = body.attr(&attr.name.value).map(|def| def.rt);
            let map = || body.block(&attr.name.value).and_then(|slot| slot.body.map).map(|map| map.rt);
            self.attr(own.or_else(map).unwrap_or(Runtime::None), at, attr);
        }
        for inner in &at.block.blocks {
            if let Some(slot) = body.block(&inner.ty.value) {
                self.body(slot.body, at.inside(inner));
            }
        }
    }

    fn attr(&mut self, rt: Runtime, at: Cursor<'_>, attr: &Attr) {
        let own = if rt == Runtime::Template { at.text("left_delimiter").is() } else { None };
        let delimiter = own.as_deref().filter(|text| !text.is_empty()).unwrap_or("{{");
        self.value(rt, delimiter, at, attr, &attr.value);
    }

    fn value(&mut self, rt: Runtime, delimiter: &str, at: Cursor<'_>, attr: &Attr, value: &Value) {
        if value.sensitive {
            self.secret(at, attr, value);
            return;
        }
        if let Kind::String(text) = &value.kind {
            self.text(rt, delimiter, at, attr, text);
            return;
        }
        for entry in value.entries().unwrap_or_default() {
            self.text(rt, delimiter, at, attr, &entry.key);
        }
        for part in value.parts() {
            self.value(rt, delimiter, at, attr, part);
        }
    }

    fn secret(&mut self, at: Cursor<'_>, attr: &Attr, value: &Value) {
        let message = format!("a secret would be readable in the job's `{}`", &*attr.name.value);
        let finding = at.explain(Diagnostic::error("secret-in-job", message, attr.expr.or(attr.name.span)));
        let finding = if value.at.is_some() && value.at != finding.at {
            finding.note("the secret is made here", value.at)
        } else {
            finding
        };
        self.out.push(finding.help(
            "declare a `secret` in pack.hcl instead of a sensitive variable, and read it where the task runs: `{{ with nomadVar \"nomad/jobs/…\" }}{{ .key }}{{ end }}`",
        ));
    }

    fn text(&mut self, rt: Runtime, delimiter: &str, at: Cursor<'_>, attr: &Attr, text: &Text) {
        if !text.has_user_part() {
            return;
        }
        let found = match rt {
            Runtime::Template => consul_template(text, delimiter),
            Runtime::Hcl => hcl(text),
            Runtime::Regex => replaced(text),
            Runtime::None | Runtime::Scheduler => None,
        };
        let Some(Found { user, message, help, severe }) = found else { return };
        let severity = if severe { self.severity } else { Severity::Warning };
        let message = format!("`{}`: {message}", &*attr.name.value);
        let finding = Diagnostic {
            severity,
            ..Diagnostic::error("evaluated-again", message, attr.expr.or(attr.name.span))
        };
        let finding = if user.is_some() { finding.note("the text comes from here", user) } else { finding };
        self.out.push(at.explain(finding).help(help));
    }
}

/// What is wrong with a text.
struct Found {
    user: Span,
    message: String,
    help: &'static str,
    severe: bool,
}

fn consul_template(text: &Text, open: &str) -> Option<Found> {
    let help = "leave the braces out of the value; a pack that wants to allow them prints the value with `{{ct …}}` in a `.hbs` file";
    if let Some((_, user)) = overlapping(text, open) {
        let message = format!("consul-template would run the `{open}` in this text, which a user gave");
        return Some(Found { user, message, help, severe: true });
    }
    let mut rest = 0;
    while let Some(start) =
        text.as_str().get(rest..).and_then(|tail| tail.find(open)).map(|at| rest + at + open.len())
    {
        let (end, broken) = action(text, start);
        if let Some(user) = broken {
            let message = "this text, which a user gave, would become a part of a command of consul-template"
                .to_owned();
            return Some(Found {
                user,
                message,
                help: "let it have letters, digits and `_-./:@` only",
                severe: true,
            });
        }
        rest = end;
    }
    None
}

/// The end of the action that begins at `start`, and the user's text that is more than a word in it.
fn action(text: &Text, start: usize) -> (usize, Option<Span>) {
    let mut quote: Option<char> = None;
    let mut skip = false;
    for (at, char) in text.as_str().get(start..).unwrap_or("").char_indices() {
        let at = start + at;
        let harmless = match quote {
            Some('`') => char != '`',
            Some(quote) => char != quote && char != '\\' && char != '\n',
            None => char.is_ascii_alphanumeric() || char == '_',
        };
        if !harmless && let Some(user) = text.user_at(at, at + char.len_utf8()) {
            return (at, Some(user));
        }
        match (quote, char) {
            _ if skip => skip = false,
            (Some('"' | '\''), '\\') => skip = true,
            (Some(open), _) if open == char => quote = None,
            (None, '"' | '`' | '\'') => quote = Some(char),
            (None, '}') => return (at + 1, None),
            _ => {}
        }
    }
    (text.len(), None)
}

fn hcl(text: &Text) -> Option<Found> {
    let help = "escape it in the pack: `replace(x, \"$${\", \"$$$${\")`, and the same for `%{`";
    for open in ["${", "%{"] {
        if let Some((_, user)) = overlapping(text, open) {
            let message = format!(
                "the node evaluates this once more and would run the `{open}` in it, which a user gave"
            );
            return Some(Found { user, message, help, severe: true });
        }
    }
    let mut rest = 0;
    while let Some(start) = text.as_str().get(rest..).and_then(|tail| tail.find("${")).map(|at| rest + at + 2)
    {
        let end =
            text.as_str().get(start..).and_then(|tail| tail.find('}')).map_or(text.len(), |at| start + at);
        let code = text.as_str().get(start..end).unwrap_or("").char_indices();
        let mut other =
            code.filter(|(_, char)| !(char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.')));
        if let Some(user) =
            other.find_map(|(at, char)| text.user_at(start + at, start + at + char.len_utf8()))
        {
            let message =
                "this text, which a user gave, would become a part of an expression that the node evaluates"
                    .to_owned();
            return Some(Found {
                user,
                message,
                help: "let it have letters, digits and `_-.` only",
                severe: true,
            });
        }
        rest = end.max(start);
    }
    None
}

fn replaced(text: &Text) -> Option<Found> {
    let mut rest = 0;
    while let Some(start) = text.as_str().get(rest..).and_then(|tail| tail.find("${")).map(|at| rest + at) {
        let name = text.as_str().get(start + 2..).unwrap_or("");
        let length = name
            .find(|char: char| !(char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.')))
            .unwrap_or(name.len());
        let closed = length > 0 && name.get(length..).is_some_and(|tail| tail.starts_with('}'));
        let end = start + 2 + length;
        if closed && let Some(user) = text.user_at(start, end + 1) {
            let message =
                "the node replaces the `${…}` in this text, which a user gave, if it knows the name"
                    .to_owned();
            return Some(Found {
                user,
                message,
                help: "there is no way to escape it; use a value without `${…}` if this is not meant",
                severe: false,
            });
        }
        rest = end;
    }
    None
}

/// The first place where `pattern` stands and a user typed a part of it.
fn overlapping(text: &Text, pattern: &str) -> Option<(usize, Span)> {
    let bytes = text.as_str();
    (0..bytes.len())
        .filter(|at| bytes.get(*at..).is_some_and(|tail| tail.starts_with(pattern)))
        .find_map(|at| Some((at, text.user_at(at, at + pattern.len())?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hcl::Origin;
    use crate::hcl::text::TextBuilder;

    /// `|` separates the author's parts from the user's.
    fn text(parts: &str) -> Text {
        let mut out = TextBuilder::default();
        for (at, part) in parts.split('|').enumerate() {
            if at % 2 == 0 { out.push_str(part) } else { out.push_origin(part, Origin::User(Span::NONE)) }
        }
        out.finish()
    }

    #[test]
    fn consul_template_must_not_run_what_a_user_gave() {
        let bad = |parts: &str| consul_template(&text(parts), "{{").is_some();
        assert!(
            bad("a |{{ key }}|")
                && bad("a {|{ x|")
                && bad("{{ key \"|x\" | y|\" }}")
                && bad("{{ |.x | y| }}")
        );
        assert!(
            !bad("{{ key \"|web-1/x y|\" }} |} plain {|")
                && !bad("{{ env \"A\" }} |x|")
                && !bad("{{ x }}|\"|")
        );
        assert!(
            consul_template(&text("|[[ x ]]|"), "[[").is_some()
                && consul_template(&text("|{{ x }}|"), "[[").is_none()
        );
    }

    #[test]
    fn nodes_must_not_evaluate_what_a_user_gave() {
        assert!(
            hcl(&text("|${x}|")).is_some()
                && hcl(&text("$|{x}|")).is_some()
                && hcl(&text("|%{if}|")).is_some()
        );
        assert!(hcl(&text("${env[\"|x\"] + [\"|\"]}")).is_some());
        assert!(
            hcl(&text("${NOMAD_PORT_|http|} |plain {}|")).is_none() && hcl(&text("${attr.x}|$|")).is_none()
        );
        assert!(replaced(&text("|${attr.x}|")).is_some() && replaced(&text("|${not a name}|")).is_none());
        assert!(replaced(&text("${attr.|x|}")).is_some() && replaced(&text("${attr.x} |y|")).is_none());
    }
}
