//! Source text with what plain Nomad does not have replaced: the object `pack`, `var.name`, and functions
//! that read files of the pack.

use crate::hcl::Value;
use crate::hcl::eval::Env;
use crate::hcl::syntax::{Body, Call, Expr, ExprKind, Item, ObjectKey, Step};
use crate::source::{Diagnostic, Diagnostics, SourceMap, Span};

use super::super::Pack;
use super::{inline, value};

/// Functions whose result is put in their place.
const FROZEN: [&str; 5] = ["template", "templatefile", "file", "filebase64", "fileset"];

/// Rewrites expressions of one job.
pub(super) struct Rewriter<'r> {
    pack: &'r Pack,
    env: &'r Env<'r>,
    name: Value,
    out: &'r mut Diagnostics,
}

impl<'r> Rewriter<'r> {
    /// For expressions that see what `env` has.
    pub fn new(pack: &'r Pack, env: &'r Env<'r>, name: Value, out: &'r mut Diagnostics) -> Self {
        Rewriter { pack, env, name, out }
    }

    /// An expression.
    pub fn expr(&mut self, expr: &Expr) -> String {
        let mut edits = Vec::new();
        self.edits(expr, &mut edits);
        self.apply(expr.span, edits)
    }

    /// What is between the braces of a job, with this in the `meta` that it has.
    pub fn body(&mut self, body: &Body, mark: &str) -> String {
        let mut edits = Vec::new();
        let mut exprs: Vec<&Expr> = Vec::new();
        each_expr(body, &mut |expr| exprs.push(expr));
        for expr in exprs {
            self.edits(expr, &mut edits);
        }
        self.nulls(body, &mut edits);
        for item in &body.items {
            match item {
                Item::Block(block) if &*block.ty.value == "meta" => {
                    let start = block.body.span.start;
                    edits.push((Span { end: start, ..block.body.span }, format!("\n{mark}\n")));
                }
                Item::Attribute(attribute) if &*attribute.name.value == "meta" => {
                    let at = attribute.expr.span;
                    edits.push((Span { end: at.start, ..at }, "merge(".to_owned()));
                    edits.push((Span { start: at.end, ..at }, format!(", {{ {mark} }})")));
                }
                _ => {}
            }
        }
        let mut text = self.apply(body.span, edits);
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }

    /// Plain Nomad refuses `null` for most attributes: one that is null now is left out.
    fn nulls(&mut self, body: &Body, edits: &mut Vec<(Span, String)>) {
        for item in &body.items {
            let attribute = match item {
                Item::Block(block) => {
                    self.nulls(&block.body, edits);
                    continue;
                }
                Item::Attribute(attribute) => attribute,
            };
            if self.env.scope().eval(&attribute.expr).is_ok_and(|value| value.is_null()) {
                let whole = attribute.name.span.to(attribute.expr.span);
                edits.push((whole, String::new()));
                let message = format!(
                    "`{}` is null now and is left out: `-var` does not set it",
                    &*attribute.name.value
                );
                self.out.push(Diagnostic::warning("left-out", message, whole));
            }
        }
    }

    fn apply(&self, span: Span, edits: Vec<(Span, String)>) -> String {
        spliced(&self.pack.sources, span, edits, |text| text).concat()
    }

    fn edits(&mut self, expr: &Expr, edits: &mut Vec<(Span, String)>) {
        let mut calls = Vec::new();
        calls_in(expr, &mut calls);
        for (call, span) in calls {
            edits.extend(match call.args.as_slice() {
                [path, values] if is_inlined(call, path, values) => self.inlined(path, values, span),
                _ => self.frozen(call, span),
            });
        }
        let name = value::text(&self.name);
        expr.names(&mut |path, span| match (&*path.root.value, path.steps.first()) {
            ("pack", _) => edits.push((path.root.span, "local.pack".to_owned())),
            ("var", Some(Step::Attr(step))) if &*step.value == "name" => edits.push((span, name.clone())),
            _ => {}
        });
    }

    /// A template file whose values go on to be variables.
    fn inlined(&mut self, path: &Expr, values: &Expr, span: Span) -> Option<(Span, String)> {
        let after = inline::after(self.pack, self.env, path, span, self.out)?;
        Some((span, format!("{}{}{after}", inline::BEFORE, self.expr(values))))
    }

    fn frozen(&mut self, call: &Call, span: Span) -> Option<(Span, String)> {
        let call_expr = Expr::call(call.clone(), span);
        let made = match self.env.scope().eval(&call_expr) {
            Ok(made) => made,
            Err(finding) => {
                self.out.push(finding.help(
                    "an exported file cannot read the pack's files in a loop: build the text in `locals`",
                ));
                return None;
            }
        };
        let mut varies = false;
        call.args
            .iter()
            .for_each(|arg| arg.names(&mut |path, _| varies |= matches!(&*path.root.value, "var" | "local")));
        if varies {
            let message = format!(
                "the text of this `{}` is that of the values now: `-var` does not change it",
                &*call.name.value
            );
            self.out.push(
                Diagnostic::warning("frozen", message, span)
                    .help("give the values to `packgen export` with `--var`"),
            );
        }
        Some((span, value::text(&made)))
    }
}

/// Whether the text of a call depends on nothing but values that the exported file has too: then the template is
/// what stays, and not what it makes now.
fn is_inlined(call: &Call, path: &Expr, values: &Expr) -> bool {
    let has_names = |expr: &Expr| {
        let mut found = false;
        expr.names(&mut |_, _| found = true);
        found
    };
    &*call.name.value == "templatefile" && !has_names(path) && has_names(values)
}

/// A span's source text with some of it replaced; of replacements inside each other the outer one counts.
pub(super) fn spliced<T>(
    sources: &SourceMap,
    span: Span,
    mut edits: Vec<(Span, T)>,
    source: impl Fn(String) -> T,
) -> Vec<T> {
    edits.sort_by_key(|(at, _)| (at.start, std::cmp::Reverse(at.end)));
    let mut out = Vec::new();
    let mut done = span.start;
    for (at, new) in edits.into_iter().filter(|(at, _)| at.start >= span.start && at.end <= span.end) {
        if at.start < done {
            continue;
        }
        out.push(source(sources.slice(Span { start: done, end: at.start, ..span })));
        out.push(new);
        done = at.end;
    }
    out.push(source(sources.slice(Span { start: done, ..span })));
    out
}

/// Whether any expression of the bodies uses the object `pack`.
pub(super) fn uses_pack<'b>(bodies: impl Iterator<Item = &'b Body>) -> bool {
    let mut uses = false;
    for body in bodies {
        each_expr(body, &mut |expr| expr.names(&mut |path, _| uses |= &*path.root.value == "pack"));
    }
    uses
}

/// Every expression of a body, those of inner blocks too.
pub(super) fn each_expr<'b>(body: &'b Body, see: &mut dyn FnMut(&'b Expr)) {
    for item in &body.items {
        match item {
            Item::Attribute(attribute) => see(&attribute.expr),
            Item::Block(block) => each_expr(&block.body, see),
        }
    }
}

/// The outermost calls of functions that read files.
pub(super) fn calls_in<'e>(expr: &'e Expr, out: &mut Vec<(&'e Call, Span)>) {
    match &expr.kind {
        ExprKind::Call(call) if FROZEN.contains(&&*call.name.value) => out.push((call, expr.span)),
        ExprKind::Call(call) => call.args.iter().for_each(|arg| calls_in(arg, out)),
        ExprKind::Template(parts) | ExprKind::Tuple(parts) => {
            for part in parts {
                calls_in(part, out);
            }
        }
        ExprKind::Wrap(inner)
        | ExprKind::Parens(inner)
        | ExprKind::Steps(inner, _)
        | ExprKind::Unary(_, inner) => calls_in(inner, out),
        ExprKind::Index(left, right, _) | ExprKind::Splat(left, right) => {
            calls_in(left, out);
            calls_in(right, out);
        }
        ExprKind::Conditional(parts) => parts.iter().for_each(|part| calls_in(part, out)),
        ExprKind::Binary(_, parts) => parts.iter().for_each(|part| calls_in(part, out)),
        ExprKind::Object(items) => {
            for item in items {
                if let ObjectKey::Expr(key) = &item.key {
                    calls_in(key, out);
                }
                calls_in(&item.value, out);
            }
        }
        ExprKind::For(each) | ExprKind::Join(each) => {
            for part in [&each.collection, &each.value].into_iter().chain(&each.key).chain(&each.condition) {
                calls_in(part, out);
            }
        }
        ExprKind::Literal(_) | ExprKind::String(_) | ExprKind::Name(_) | ExprKind::Element => {}
    }
}
