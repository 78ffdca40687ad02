//! Syntax → the job tree: expressions evaluated, `dynamic` blocks replaced by the blocks they stand for.
//!
//! One mistake does not hide another: an attribute that fails is left out and reported, and the walk goes on.

use std::sync::Arc;

use super::eval::{Scope, error, for_each_element};
use super::syntax::{BlockSyntax, Body, Expr, ExprKind, Item};
use super::types::{Type, article, convert};
use super::value::{Entry, Kind, Unknown, Value};
use crate::lasting::Str;
use crate::source::{Diagnostic, Diagnostics, Span, Spanned};
use crate::tree::{Attr, Block, Name, Trail, Via};

/// Whether a block of this type, in blocks of these types, holds whatever its author likes. Nomad does
/// not expand `dynamic` there.
pub type FreeForm = fn(parents: &[Str], ty: &str) -> bool;

/// The bodies that Nomad does not look into.
pub fn nomad_free_form(_parents: &[Str], ty: &str) -> bool {
    matches!(ty, "config" | "env" | "headers" | "meta" | "options" | "policy")
}

/// What became of a body.
#[derive(Debug, Default)]
pub struct Expanded {
    /// Its attributes.
    pub attrs: Vec<Attr>,
    /// Its blocks.
    pub blocks: Vec<Block>,
}

/// Walks through bodies.
pub struct Expander {
    free_form: FreeForm,
    parents: Vec<Str>,
    /// What was found on the way.
    pub findings: Diagnostics,
    /// What has to be known before it is known which blocks there are.
    pub unknown: Option<Unknown>,
}

impl Expander {
    /// A walk that knows which bodies are free.
    pub fn new(free_form: FreeForm) -> Self {
        Expander { free_form, parents: Vec::new(), findings: Diagnostics::new(), unknown: None }
    }

    /// The attributes and blocks of a body.
    pub fn body(&mut self, body: &Body, scope: &Scope<'_>, via: Option<&Arc<Via>>, free: bool) -> Expanded {
        let mut out = Expanded::default();
        for item in &body.items {
            match item {
                Item::Attribute(attribute) => {
                    if let Some(value) = self.value(&attribute.expr, scope, via) {
                        out.attrs.push(Attr {
                            name: attribute.name.clone(),
                            value,
                            expr: attribute.expr.span,
                            literal_object: attribute.expr.is_object(),
                        });
                    }
                }
                Item::Block(block) if &*block.ty.value == "dynamic" && !free => {
                    self.dynamic(block, scope, via, &mut out);
                }
                Item::Block(block) => {
                    let labels = block.labels.to_vec();
                    let made =
                        self.block(block.ty.clone(), labels, &block.body, scope, via, (free, block.span));
                    out.blocks.push(made);
                }
            }
        }
        out
    }

    fn block(
        &mut self,
        ty: Name,
        labels: Vec<Name>,
        body: &Body,
        scope: &Scope<'_>,
        via: Option<&Arc<Via>>,
        (free, span): (bool, Span),
    ) -> Block {
        let free = free || (self.free_form)(&self.parents, &ty.value);
        self.parents.push(ty.value.clone());
        let Expanded { attrs, blocks } = self.body(body, scope, via, free);
        self.parents.pop();
        Block { ty, labels, attrs, blocks, via: via.cloned(), span }
    }

    fn value(&mut self, expr: &Expr, scope: &Scope<'_>, via: Option<&Arc<Via>>) -> Option<Value> {
        let result = scope.eval(expr).map_err(|finding| on_the_way(finding, via));
        self.findings.take(result)
    }

    fn dynamic(
        &mut self,
        block: &BlockSyntax,
        scope: &Scope<'_>,
        via: Option<&Arc<Via>>,
        out: &mut Expanded,
    ) {
        let Some(spec) = self.findings.take(Spec::of(block)) else { return };
        let Some(collection) = self.value(spec.for_each, scope, via) else { return };
        if let Kind::Unknown(unknown) = &collection.kind {
            self.unknown.get_or_insert(unknown.clone());
            return;
        }
        if let Err(finding) = spec.check(&collection) {
            self.findings.push(on_the_way(finding, via));
            return;
        }
        let turns = for_each_element(&collection, |key, value| {
            let what = Trail::Dynamic { block: spec.ty.value.clone(), key: as_words(&key) };
            let via = Arc::new(Via { at: spec.ty.span, what, up: via.cloned() });
            let entries = vec![
                Entry::new("key", key),
                Entry::new("value", value.clone().with_sensitive(collection.sensitive)),
            ];
            let turn = Value::object(entries);
            scope.with(&spec.iterator, &turn, |scope| {
                if let Some(labels) = self.labels(&spec, scope, &via) {
                    let span = spec.content.span;
                    let made = self.block(
                        spec.ty.clone(),
                        labels,
                        &spec.content.body,
                        scope,
                        Some(&via),
                        (false, span),
                    );
                    out.blocks.push(made);
                }
            });
            scope.env().charge(256, spec.ty.span)
        });
        self.findings.take(turns);
    }

    fn labels(&mut self, spec: &Spec<'_>, scope: &Scope<'_>, via: &Arc<Via>) -> Option<Vec<Name>> {
        let mut labels = Vec::with_capacity(spec.labels.len());
        for expr in spec.labels {
            let value = self.value(expr, scope, Some(via))?;
            if let Kind::Unknown(unknown) = &value.kind {
                self.unknown.get_or_insert(unknown.clone());
                return None;
            }
            let label = convert(&value, &Type::String).ok().and_then(|value| value.as_text().cloned());
            let label = label.ok_or_else(|| {
                let finding = error(
                    "type",
                    format!("a label is a string, this is {}", article(&value.ty())),
                    expr.span,
                );
                on_the_way(finding, Some(via))
            });
            labels.push(Spanned::new(self.findings.take(label)?.shared().clone(), expr.span));
        }
        Some(labels)
    }
}

/// A `dynamic` block as it was written.
struct Spec<'a> {
    ty: Name,
    for_each: &'a Expr,
    iterator: Str,
    labels: &'a [Expr],
    content: &'a BlockSyntax,
}

impl<'a> Spec<'a> {
    fn of(block: &'a BlockSyntax) -> Result<Spec<'a>, Diagnostic> {
        let [ty] = block.labels.as_slice() else {
            return Err(error(
                "labels",
                "`dynamic` has one label: the type of the blocks it makes",
                block.header,
            ));
        };
        for attribute in block.body.attributes() {
            if !matches!(&*attribute.name.value, "for_each" | "iterator" | "labels") {
                let message = format!("`dynamic` has no `{}`", &*attribute.name.value);
                let finding = error("unexpected-attribute", message, attribute.name.span);
                return Err(finding.help("what the blocks hold is written in `content { … }`"));
            }
        }
        let for_each = block.body.attribute("for_each").ok_or_else(|| {
            error("missing", format!("`dynamic {:?}` needs `for_each`", &*ty.value), block.header)
        })?;
        let iterator = match block.body.attribute("iterator") {
            None => ty.value.clone(),
            Some(attribute) => match attribute.expr.as_word() {
                Some(word) => word.into(),
                None => {
                    return Err(error(
                        "type",
                        "`iterator` is a plain word without quotes",
                        attribute.expr.span,
                    ));
                }
            },
        };
        let labels = match block.body.attribute("labels").map(|attribute| &attribute.expr) {
            None => &[],
            Some(Expr { kind: ExprKind::Tuple(labels), .. }) => labels.as_slice(),
            Some(other) => return Err(error("type", "`labels` is a list: [\"name\"]", other.span)),
        };
        Ok(Spec { ty: ty.clone(), for_each: &for_each.expr, iterator, labels, content: content(block, ty)? })
    }

    fn check(&self, collection: &Value) -> Result<(), Diagnostic> {
        let at = self.for_each.span;
        if collection.is_null() {
            let finding = error("null", "`for_each` must not be null", at);
            return Err(finding.help("`x[*]` makes no block of null and one block of anything else"));
        }
        if collection.items().is_none() && collection.entries().is_none() {
            let message = format!(
                "`for_each` goes over a list, a set, a map or an object, this is {}",
                article(&collection.ty())
            );
            return Err(error("type", message, at).help("for a condition write `cond ? [1] : []`"));
        }
        Ok(())
    }
}

fn content<'a>(block: &'a BlockSyntax, ty: &Name) -> Result<&'a BlockSyntax, Diagnostic> {
    let mut found = None;
    for inner in block.body.blocks() {
        if &*inner.ty.value != "content" || !inner.labels.is_empty() {
            let message = format!("`dynamic` has no block `{}`", &*inner.ty.value);
            return Err(error("unexpected-block", message, inner.header)
                .help("what the blocks hold is written in `content { … }`"));
        }
        if found.replace(inner).is_some() {
            return Err(error("duplicate", "`dynamic` has one `content`", inner.header));
        }
    }
    found.ok_or_else(|| {
        error("missing", format!("`dynamic {:?}` needs `content {{ … }}`", &*ty.value), block.header)
    })
}

/// The finding, with the turns of dynamic blocks that led there.
pub fn on_the_way(finding: Diagnostic, via: Option<&Arc<Via>>) -> Diagnostic {
    let mut finding = finding;
    let mut step = via;
    while let Some(via) = step {
        finding = match &via.what {
            Trail::Dynamic { block, key } => {
                finding.note(format!("in dynamic {block:?}, item {key}"), via.at)
            }
            Trail::Patch => finding.note("in a patch", via.at),
        };
        step = via.up.as_ref();
    }
    finding
}

/// The key of a turn, short enough for a message.
fn as_words(key: &Value) -> Str {
    match convert(key, &Type::String) {
        Ok(Value { kind: Kind::String(text), sensitive: false, .. }) if text.len() <= 64 => {
            text.shared().clone()
        }
        _ => "of this set".into(),
    }
}
