//! The attributes of one block of `pack.hcl`: each is taken once, what is left over is unknown.

use crate::hcl::eval::{Dialect, Env};
use crate::hcl::syntax::{Attribute, BlockSyntax, Expr, ExprKind};
use crate::hcl::types::nearest;
use crate::hcl::{Type, Value, types::convert};
use crate::source::{Diagnostic, Diagnostics, SourceMap, Span, Spanned};
use crate::tree::Name;

/// The attributes of a block.
pub(super) struct Fields<'b> {
    sources: &'b SourceMap,
    block: &'b BlockSyntax,
    taken: Vec<&'static str>,
    /// What was found so far.
    pub out: &'b mut Diagnostics,
}

impl<'b> Fields<'b> {
    /// None taken yet. A block inside is an error: these blocks have attributes only.
    pub fn new(sources: &'b SourceMap, block: &'b BlockSyntax, out: &'b mut Diagnostics) -> Self {
        for inner in block.body.blocks() {
            let message =
                format!("`{}` holds attributes only, not the block `{}`", &*block.ty.value, &*inner.ty.value);
            let finding = Diagnostic::error("unexpected-block", message, inner.header);
            out.push(finding.help(format!("write `{} = {{ … }}`", &*inner.ty.value)));
        }
        Fields { sources, block, taken: Vec::new(), out }
    }

    /// The only label of the block.
    pub fn label(&mut self) -> Option<Name> {
        if let [one] = self.block.labels.as_slice() {
            return Some(one.clone());
        }
        let ty = &*self.block.ty.value;
        let finding = Diagnostic::error("label", format!("`{ty}` needs one name"), self.block.header);
        self.out.push(finding.help(format!("write `{ty} \"name\" {{ … }}`")));
        None
    }

    fn take(&mut self, name: &'static str) -> Option<&'b Attribute> {
        self.taken.push(name);
        self.block.body.attribute(name)
    }

    /// An expression that is evaluated later.
    pub fn expr(&mut self, name: &'static str) -> Option<Expr> {
        self.take(name).map(|attribute| attribute.expr.clone())
    }

    /// A constant of a type.
    pub fn constant(&mut self, name: &'static str, ty: &Type) -> Option<Value> {
        let attribute = self.take(name)?;
        let env = Env::new(self.sources, Dialect::Constant);
        let value = self.out.take(env.scope().eval(&attribute.expr))?;
        if value.is_null() {
            return None;
        }
        let converted = convert(&value, ty).map_err(|wrong| {
            Diagnostic::error(
                "type",
                format!("`{name}{}`: {}", wrong.path, wrong.message),
                attribute.expr.span,
            )
        });
        self.out.take(converted)
    }

    /// A constant string.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        self.constant(name, &Type::String).and_then(|value| value.as_str().map(str::to_owned))
    }

    /// A constant string that must be there and say something.
    pub fn required_text(&mut self, name: &'static str, help: &str) -> String {
        let text = self.text(name).unwrap_or_default();
        if text.trim().is_empty() && !self.out.has_errors() {
            self.missing(name, help);
        }
        text
    }

    /// Says that an attribute is missing.
    pub fn missing(&mut self, name: &str, help: &str) {
        let message = format!("`{name}` is missing in `{}`", &*self.block.ty.value);
        self.out.push(Diagnostic::error("attribute-missing", message, self.block.header).help(help));
    }

    /// Whether an attribute is written.
    pub fn has(&self, name: &str) -> bool {
        self.block.body.attribute(name).is_some()
    }

    /// A name of a job, or a list of them, with their places.
    pub fn names(&mut self, name: &'static str) -> Vec<Name> {
        let Some(attribute) = self.take(name) else { return Vec::new() };
        let items = match &attribute.expr.kind {
            ExprKind::Tuple(items) => items.iter().collect(),
            _ => vec![&attribute.expr],
        };
        let mut names = Vec::new();
        for item in items {
            if let ExprKind::String(text) = &item.kind {
                names.push(Spanned::new(text.shared().clone(), item.span));
                continue;
            }
            let finding = Diagnostic::error("type", format!("`{name}` takes names in quotes"), item.span);
            self.out.push(finding.help(format!("write `{name} = \"…\"` or `{name} = [\"…\", \"…\"]`")));
        }
        names
    }

    /// All that was written but is not known.
    pub fn finish(self) {
        for attribute in self.block.body.attributes() {
            let name = &*attribute.name.value;
            if self.taken.contains(&name) {
                continue;
            }
            let close =
                nearest(name, self.taken.iter().copied()).map(|close| format!("did you mean `{close}`?"));
            let known = || format!("it has {}", self.taken.join(", "));
            let message = format!("`{}` has no attribute `{name}`", &*self.block.ty.value);
            let finding = Diagnostic::error("attribute-unknown", message, attribute.name.span);
            self.out.push(finding.help(close.unwrap_or_else(known)));
        }
    }

    /// Type and label of the block.
    pub fn at(&self) -> Span {
        self.block.header
    }
}
