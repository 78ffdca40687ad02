//! The syntax of a block → a block of the tree: expressions become values, `dynamic` blocks what they stand for.

use std::sync::Arc;

use crate::hcl::eval::Scope;
use crate::hcl::syntax::{Attribute, BlockSyntax, Body as Syntax, Item};
use crate::hcl::{Entry, Text, Value};
use crate::source::{Diagnostic, Diagnostics, Spanned};
use crate::tree::{Attr, Block, Name, Trail, Via};

use super::grammar::{self, Body};

/// A `job` block.
pub(crate) fn job(scope: &Scope<'_>, job: &BlockSyntax, out: &mut Diagnostics) -> Block {
    block(scope, job, Some(&grammar::JOB), None, out)
}

fn block(
    scope: &Scope<'_>,
    syntax: &BlockSyntax,
    body: Option<&'static Body>,
    via: Option<&Arc<Via>>,
    out: &mut Diagnostics,
) -> Block {
    let mut block = Block {
        ty: syntax.ty.clone(),
        labels: syntax.labels.clone(),
        attrs: Vec::new(),
        blocks: Vec::new(),
        via: via.cloned(),
        span: syntax.span,
    };
    fill(scope, &syntax.body, body, via, &mut block, out);
    block
}

fn fill(
    scope: &Scope<'_>,
    syntax: &Syntax,
    body: Option<&'static Body>,
    via: Option<&Arc<Via>>,
    into: &mut Block,
    out: &mut Diagnostics,
) {
    let free = body.is_some_and(|body| body.map.is_some());
    for item in &syntax.items {
        match item {
            Item::Attribute(attribute) => into.attrs.extend(attr(scope, attribute, out)),
            Item::Block(inner) if &*inner.ty.value == "dynamic" && !free => {
                dynamic(scope, inner, body, via, into, out);
            }
            Item::Block(inner) => {
                let inside = if free { body } else { inside(body, &inner.ty.value) };
                into.blocks.push(block(scope, inner, inside, None, out));
            }
        }
    }
}

fn inside(body: Option<&'static Body>, ty: &str) -> Option<&'static Body> {
    body.and_then(|body| body.block(ty)).map(|slot| slot.body)
}

fn attr(scope: &Scope<'_>, attribute: &Attribute, out: &mut Diagnostics) -> Option<Attr> {
    let value = out.take(scope.eval(&attribute.expr))?;
    Some(Attr {
        name: attribute.name.clone(),
        value,
        expr: attribute.expr.span,
        literal_object: attribute.expr.is_object(),
    })
}

fn dynamic(
    scope: &Scope<'_>,
    syntax: &BlockSyntax,
    body: Option<&'static Body>,
    via: Option<&Arc<Via>>,
    into: &mut Block,
    out: &mut Diagnostics,
) {
    let Some(ty) = syntax.labels.first() else {
        out.push(Diagnostic::error(
            "dynamic",
            "`dynamic` needs the type of the block that it makes",
            syntax.header,
        ));
        return;
    };
    let contents: Vec<&BlockSyntax> =
        syntax.body.blocks().filter(|block| &*block.ty.value == "content").collect();
    let (Some(each), [content]) = (syntax.body.attribute("for_each"), contents.as_slice()) else {
        out.push(Diagnostic::error(
            "dynamic",
            "`dynamic` needs `for_each` and one `content` block",
            syntax.header,
        ));
        return;
    };
    let Some(collection) = out.take(scope.eval(&each.expr)) else { return };
    let Some(turns) = turns(&collection) else {
        let message = format!("`for_each` needs a list, a set, a map or an object, not {}", collection.ty());
        out.push(Diagnostic::error("dynamic", message, each.expr.span));
        return;
    };
    let iterator =
        syntax.body.attribute("iterator").and_then(|name| name.expr.as_word()).unwrap_or(&ty.value);
    for (key, value) in turns {
        let key_text: Arc<str> = key.as_str().map_or_else(|| format!("{:?}", key.kind).into(), Into::into);
        let key_text = key.as_number().map_or(key_text, |number| number.to_string().into());
        let trail = Trail::Dynamic { block: ty.value.clone(), key: key_text };
        let trace = Arc::new(Via { at: syntax.header, what: trail, up: via.cloned() });
        let turn = Value::object(vec![Entry::new("key", key), Entry::new("value", value)]);
        scope.with(iterator, &turn, |scope| {
            let labels = labels(scope, &syntax.body, out);
            let mut made = Block {
                ty: ty.clone(),
                labels,
                attrs: Vec::new(),
                blocks: Vec::new(),
                via: Some(trace.clone()),
                span: content.span,
            };
            fill(scope, &content.body, inside(body, &ty.value), Some(&trace), &mut made, out);
            into.blocks.push(made);
        });
    }
}

fn turns(collection: &Value) -> Option<Vec<(Value, Value)>> {
    if let Some(entries) = collection.entries() {
        return Some(
            entries.iter().map(|entry| (Value::string(entry.key.clone()), entry.value.clone())).collect(),
        );
    }
    let items = collection.items()?;
    let is_set = matches!(collection.kind, crate::hcl::Kind::Set(_));
    let key = |(at, item): (usize, &Value)| {
        let key = if is_set { item.clone() } else { Value::number(i64::try_from(at).unwrap_or(i64::MAX)) };
        (key, item.clone())
    };
    Some(items.iter().enumerate().map(key).collect())
}

fn labels(scope: &Scope<'_>, syntax: &Syntax, out: &mut Diagnostics) -> Vec<Name> {
    let Some(labels) = syntax.attribute("labels") else { return Vec::new() };
    let Some(value) = out.take(scope.eval(&labels.expr)) else { return Vec::new() };
    let label = |item: &Value| -> Option<Name> {
        let text: Text = crate::hcl::types::convert(item, &crate::hcl::Type::String).ok()?.as_text()?.clone();
        Some(Spanned::new(text.shared().clone(), item.at.or(labels.expr.span)))
    };
    value.items().unwrap_or_default().iter().filter_map(label).collect()
}
