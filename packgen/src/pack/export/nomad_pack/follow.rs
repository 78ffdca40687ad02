//! Source text of a job whose variables go on to be variables. What plain Nomad does not have is written
//! otherwise, and what cannot be written at all is an error, or, if wanted, fixes the variables behind it.

use std::collections::BTreeSet;

use crate::hcl::eval::Env;
use crate::hcl::syntax::{Body, Call, Expr, ExprKind, Item, Step};
use crate::jobspec::grammar;
use crate::source::{Diagnostic, Diagnostics, Span};

use super::super::super::Pack;
use super::super::rewrite::{calls_in, each_expr, spliced};
use super::super::{inline, value};
use super::condition::{Condition, Place, local, place};
use super::piece::Piece;

/// Follows the variables through one job.
pub(super) struct Follower<'f> {
    pub pack: &'f Pack,
    /// What the job's expressions see with the values now.
    pub env: &'f Env<'f>,
    /// Locals of the job's own file.
    pub own: &'f [Body],
    /// Whether variables may be fixed.
    pub freeze: bool,
    /// Those that have to be.
    pub fixed: &'f mut BTreeSet<String>,
    pub out: &'f mut Diagnostics,
}

type Edits = Vec<(Span, Vec<Piece>)>;

impl Follower<'_> {
    /// An expression.
    pub fn expr(&mut self, expr: &Expr) -> Vec<Piece> {
        let mut edits = Edits::new();
        self.edits(expr, &mut edits);
        self.spliced(expr.span, edits)
    }

    /// What is between the braces of a job, without its `meta`, which is written anew.
    pub fn job(&mut self, body: &Body) -> Vec<Piece> {
        let mut edits = Edits::new();
        let mut exprs: Vec<&Expr> = Vec::new();
        each_expr(body, &mut |expr| exprs.push(expr));
        for expr in exprs {
            self.edits(expr, &mut edits);
        }
        self.nulls(body, Some(&grammar::JOB), &mut edits);
        for item in &body.items {
            match item {
                Item::Block(block) if &*block.ty.value == "meta" => edits.push((block.span, Vec::new())),
                Item::Attribute(attribute) if &*attribute.name.value == "meta" => {
                    edits.push((attribute.name.span.to(attribute.expr.span), Vec::new()));
                }
                _ => {}
            }
        }
        self.spliced(body.span, edits)
    }

    fn spliced(&self, span: Span, edits: Edits) -> Vec<Piece> {
        spliced(&self.pack.sources, span, edits, |text| vec![Piece::Text(text)]).concat()
    }

    fn edits(&mut self, expr: &Expr, edits: &mut Edits) {
        let mut calls = Vec::new();
        calls_in(expr, &mut calls);
        for (call, span) in calls {
            if let Some(text) = self.carried(call, span) {
                edits.push((span, text));
            }
        }
        expr.names(&mut |path, _| {
            if &*path.root.value == "pack" {
                edits.push((path.root.span, vec![Piece::Text("local.pack".to_owned())]));
            }
        });
    }

    /// A call that reads a file of the pack.
    fn carried(&mut self, call: &Call, span: Span) -> Option<Vec<Piece>> {
        let behind: BTreeSet<String> = call.args.iter().flat_map(|arg| self.behind(arg)).collect();
        if behind.is_empty() {
            return self.now(call, span);
        }
        if &*call.name.value == "templatefile"
            && let [path, values] = call.args.as_slice()
            && self.behind(path).is_empty()
        {
            return self.inlined(path, values, span);
        }
        let what = format!("nomad-pack cannot run `{}` with values that are given to it", &*call.name.value);
        let help = match &*call.name.value {
            "template" => {
                "write the file as an HCL template (`templatefile(\"x.tftpl\", {…})`) or build it with `yamlencode`"
            }
            _ => "name the file with a text that is always the same",
        };
        self.cannot(what, help, span, &behind);
        if self.freeze { self.now(call, span) } else { None }
    }

    /// What a call gives with the values now.
    fn now(&mut self, call: &Call, span: Span) -> Option<Vec<Piece>> {
        match self.env.scope().eval(&Expr::call(call.clone(), span)) {
            Ok(made) => Some(vec![Piece::Text(value::text(&made))]),
            Err(finding) => {
                self.out.push(
                    finding.help("an exported pack cannot read files in a loop: build the text in `locals`"),
                );
                None
            }
        }
    }

    /// A template file as an expression.
    fn inlined(&mut self, path: &Expr, values: &Expr, span: Span) -> Option<Vec<Piece>> {
        let after = inline::after(self.pack, self.env, path, span, self.out)?;
        let mut pieces = vec![Piece::Text(inline::BEFORE.to_owned())];
        pieces.extend(self.expr(values));
        pieces.push(Piece::Text(after));
        Some(pieces)
    }

    /// Plain Nomad refuses `null` for most attributes: one that may be null is there only if it is not.
    fn nulls(&mut self, body: &Body, known: Option<&'static grammar::Body>, edits: &mut Edits) {
        for item in &body.items {
            match item {
                Item::Block(block) => {
                    let (ty, inner) = match (&*block.ty.value, block.labels.first()) {
                        ("dynamic", Some(label)) => {
                            (&*label.value, block.body.blocks().next().map(|content| &content.body))
                        }
                        (ty, _) => (ty, Some(&block.body)),
                    };
                    let known = known.and_then(|known| known.block(ty)).map(|slot| slot.body);
                    if let Some(inner) = inner {
                        self.nulls(inner, known, edits);
                    }
                }
                Item::Attribute(attribute) => {
                    let name = &*attribute.name.value;
                    let whole = attribute.name.span.to(attribute.expr.span);
                    if !known.and_then(|known| known.attr(name)).is_some_and(|def| def.nullable) {
                        self.null(name, &attribute.expr, whole, edits);
                    }
                }
            }
        }
    }

    fn null(&mut self, name: &str, expr: &Expr, whole: Span, edits: &mut Edits) {
        let variable = if let ExprKind::Name(path) = &expr.kind { place(self.pack, path) } else { None };
        if let Some(Place { path, nullable: true, .. }) = variable {
            let there = Condition::Not(Box::new(Condition::Null(path)));
            let mut pieces = vec![Piece::If(there)];
            let inner: Edits =
                edits.extract_if(.., |(at, _)| at.start >= whole.start && at.end <= whole.end).collect();
            pieces.extend(self.spliced(whole, inner));
            pieces.push(Piece::End);
            edits.push((whole, pieces));
        } else if self.env.scope().eval(expr).is_ok_and(|value| value.is_null()) {
            let behind = self.behind(expr);
            if !behind.is_empty() {
                let what = format!("`{name}` is null now, which plain Nomad does not take");
                let help = "write one variable there: then it is left out while that is null";
                self.cannot(what, help, whole, &behind);
            }
            edits.push((whole, Vec::new()));
        }
    }

    /// Says that something cannot follow the variables behind it, or fixes them.
    pub fn cannot(&mut self, what: String, help: &str, at: Span, behind: &BTreeSet<String>) {
        let names: Vec<&str> = behind.iter().map(String::as_str).collect();
        let names = names.join(", ");
        if self.freeze {
            self.fixed.extend(behind.iter().cloned());
            let message = format!("{what}: fixed at their values now are {names}");
            self.out.push(
                Diagnostic::warning("fixed", message, at)
                    .help("other values need another export, with `--var`"),
            );
            return;
        }
        self.out.push(
            Diagnostic::error("not-in-nomad-pack", what, at)
                .help(format!("{help}; or fix what it depends on ({names}) with `--freeze`")),
        );
    }

    /// The variables that an expression depends on, by way of locals too.
    pub fn behind(&self, expr: &Expr) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        let mut seen = BTreeSet::new();
        self.collect(expr, &mut out, &mut seen);
        out
    }

    fn collect(&self, expr: &Expr, out: &mut BTreeSet<String>, seen: &mut BTreeSet<String>) {
        let mut locals = Vec::new();
        let mut uses_pack = false;
        expr.names(&mut |path, _| match (&*path.root.value, path.steps.first()) {
            ("var", Some(Step::Attr(name))) => {
                out.insert(name.value.to_string());
            }
            ("pack", _) => uses_pack = true,
            ("local", Some(Step::Attr(name))) => locals.push(name.value.to_string()),
            _ => {}
        });
        if uses_pack && seen.insert("pack".to_owned()) {
            out.insert("name".to_owned());
            let called = self.pack.manifest.volumes.iter().filter_map(|volume| volume.called.as_ref());
            called.for_each(|called| self.collect(called, out, seen));
        }
        for name in locals {
            let name = format!("local.{name}");
            if seen.insert(name.clone())
                && let Some(expr) = name.strip_prefix("local.").and_then(|name| self.local(name))
            {
                self.collect(expr, out, seen);
            }
        }
    }

    /// A local of the pack or of the job's file.
    pub fn local(&self, name: &str) -> Option<&Expr> {
        let own = self.own.iter().find_map(|body| body.attribute(name)).map(|attribute| &attribute.expr);
        own.or_else(|| local(self.pack, name))
    }
}
