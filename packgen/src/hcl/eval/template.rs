//! Strings with `${…}`: each part as text, with the origins of all parts kept.

use super::{Evaluated, Scope, error};
use crate::hcl::syntax::{Expr, ForExpr};
use crate::hcl::text::{Text, TextBuilder};
use crate::hcl::types::{Type, article, convert};
use crate::hcl::value::{Kind, Unknown, Value};
use crate::source::{Diagnostic, Span};

/// Where parts are put together.
#[derive(Default)]
struct Joined {
    text: TextBuilder,
    unknown: Option<Unknown>,
    sensitive: bool,
}

impl Joined {
    fn add(&mut self, value: &Value, at: Span) -> Result<(), Diagnostic> {
        self.sensitive |= value.sensitive;
        match &value.kind {
            Kind::String(text) => self.text.push(text),
            Kind::Unknown(unknown) => {
                let unknown = Unknown { ty: Type::String, why: unknown.why.clone() };
                self.unknown.get_or_insert(unknown);
            }
            Kind::Null(_) => return Err(error("null", "null cannot be part of a text", at)),
            _ => self.text.push(&as_text(value, at)?),
        }
        Ok(())
    }

    fn finish(self, at: Span) -> Value {
        let kind = match self.unknown {
            Some(unknown) => Kind::Unknown(unknown),
            None => Kind::String(self.text.finish()),
        };
        Value { kind, at, sensitive: self.sensitive }
    }
}

fn as_text(value: &Value, at: Span) -> Result<Text, Diagnostic> {
    if let Ok(Value { kind: Kind::String(text), .. }) = convert(value, &Type::String) {
        return Ok(text);
    }
    let finding = error("type", format!("{} cannot be part of a text", article(&value.ty())), at);
    Err(finding.help("`jsonencode(…)` or `join(\", \", …)` make a text of it"))
}

impl Scope<'_> {
    pub(super) fn template(&self, parts: &[Expr], span: Span) -> Evaluated {
        let mut joined = Joined::default();
        for part in parts {
            joined.add(&self.eval(part)?, part.span)?;
        }
        self.env.charge(joined.text.len(), span)?;
        Ok(joined.finish(span))
    }

    /// The turns of a `%{ for }`, one after the other.
    pub(super) fn join(&self, each: &ForExpr, span: Span) -> Evaluated {
        let turns = self.for_loop(each, span)?;
        let mut joined = Joined { sensitive: turns.sensitive, ..Joined::default() };
        match &turns.kind {
            Kind::Tuple(items) => items.iter().try_for_each(|item| joined.add(item, span))?,
            _ => joined.add(&turns, span)?,
        }
        self.env.charge(joined.text.len(), span)?;
        Ok(joined.finish(span))
    }
}
