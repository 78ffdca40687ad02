//! `[…]`, `{…}` and loops. Objects and maps are gone over in the order of their keys, always.

use std::collections::BTreeMap;

use super::{Dialect, Evaluated, Scope, error};
use crate::hcl::syntax::{Expr, ForExpr, ObjectItem, ObjectKey};
use crate::hcl::text::Text;
use crate::hcl::types::{Type, article, convert};
use crate::hcl::value::{Entry, Kind, Unknown, Value};
use crate::source::{Diagnostic, Span};

/// What one element takes in memory, about.
const ELEMENT_BYTES: usize = 64;

impl Scope<'_> {
    pub(super) fn tuple(&self, items: &[Expr], span: Span) -> Evaluated {
        let values: Vec<Value> = items.iter().map(|item| self.eval(item)).collect::<Result<_, _>>()?;
        self.measured(Value::tuple(values), span)
    }

    /// Loops and `…` can make values that are too large to go on with.
    fn measured(&self, value: Value, span: Span) -> Evaluated {
        self.env.measure(&value, span)?;
        Ok(value.with_at(span))
    }

    pub(super) fn object(&self, items: &[ObjectItem], span: Span) -> Evaluated {
        let mut entries: Vec<Entry> = Vec::with_capacity(items.len());
        let mut sensitive = false;
        let mut unknown: Option<Unknown> = None;
        for item in items {
            let (key, key_at) = match &item.key {
                ObjectKey::Word(word, at) => (Some(word.clone()), *at),
                ObjectKey::Expr(expr) => {
                    let value = self.eval(expr)?;
                    sensitive |= value.sensitive;
                    (object_key(&value, expr.span, &mut unknown)?, expr.span)
                }
            };
            let value = self.eval(&item.value)?;
            if let Some(key) = key {
                entries.push(Entry { key, key_at, value });
            }
        }
        if let Some(unknown) = unknown {
            return Ok(Value { kind: Kind::Unknown(unknown), at: span, sensitive });
        }
        self.refuse_duplicates(&entries)?;
        self.measured(Value::object(entries).with_sensitive(sensitive), span)
    }

    /// Nomad silently takes the last of two entries with one key; in a pack that is a mistake.
    fn refuse_duplicates(&self, entries: &[Entry]) -> Result<(), Diagnostic> {
        let mut seen: Vec<(&str, Span)> =
            entries.iter().map(|entry| (entry.key.as_str(), entry.key_at)).collect();
        seen.sort_unstable();
        for pair in seen.windows(2) {
            if let [(first, first_at), (second, second_at)] = pair
                && first == second
            {
                let message = format!("the key {first:?} is there twice; Nomad takes the last one");
                if self.env.dialect() == Dialect::Pack {
                    return Err(error("duplicate", message, *second_at).note("first here", *first_at));
                }
                self.env.warn(
                    Diagnostic::warning("duplicate", message, *second_at).note("first here", *first_at),
                );
            }
        }
        Ok(())
    }

    pub(super) fn for_loop(&self, each: &ForExpr, span: Span) -> Evaluated {
        let collection = self.eval(&each.collection)?;
        let at = each.collection.span;
        match &collection.kind {
            Kind::Null(_) => {
                let finding = error("null", "a loop cannot go over null", at);
                return Err(finding.help("`coalesce(…, [])` gives an empty list then"));
            }
            Kind::Unknown(unknown) => {
                let kind = Kind::Unknown(Unknown { ty: Type::Any, why: unknown.why.clone() });
                return Ok(Value { kind, at: span, sensitive: collection.sensitive });
            }
            _ if collection.items().is_none() && collection.entries().is_none() => {
                let message = format!(
                    "a loop goes over a list, a map or an object, this is {}",
                    article(&collection.ty())
                );
                return Err(error("type", message, at));
            }
            _ => {}
        }
        let mut turns = Turns { scope: self, each, known: true, sensitive: collection.sensitive, why: None };
        let result =
            if each.key.is_some() { turns.object(&collection)? } else { turns.tuple(&collection)? };
        let Turns { known, sensitive, why, .. } = turns;
        if known {
            return self.measured(result.with_sensitive(sensitive), span);
        }
        let why = why.map_or_else(|| "a condition or key of the loop".into(), |unknown| unknown.why);
        Ok(Value { kind: Kind::Unknown(Unknown { ty: Type::Any, why }), at: span, sensitive })
    }
}

/// The key of an entry; `None` if it is not known yet.
fn object_key(value: &Value, at: Span, why: &mut Option<Unknown>) -> Result<Option<Text>, Diagnostic> {
    if value.is_null() {
        return Err(error("null", "null cannot be a key", at));
    }
    let key = convert(value, &Type::String)
        .map_err(|_| error("type", format!("a key is a string, this is {}", article(&value.ty())), at))?;
    match key.kind {
        Kind::String(text) => Ok(Some(text)),
        Kind::Unknown(unknown) => {
            why.get_or_insert(unknown);
            Ok(None)
        }
        _ => Err(error("type", "a key is a string", at)),
    }
}

/// The turns of a loop.
struct Turns<'a> {
    scope: &'a Scope<'a>,
    each: &'a ForExpr,
    known: bool,
    sensitive: bool,
    why: Option<Unknown>,
}

impl Turns<'_> {
    fn tuple(&mut self, collection: &Value) -> Evaluated {
        let mut values = Vec::new();
        self.turn(collection, |turns, scope| {
            if turns.keeps(scope)? {
                values.push(scope.eval(&turns.each.value)?);
            }
            Ok(())
        })?;
        Ok(Value::tuple(values))
    }

    fn object(&mut self, collection: &Value) -> Evaluated {
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        let mut groups: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        self.turn(collection, |turns, scope| {
            let Some(key_expr) = &turns.each.key else { return Ok(()) };
            if !turns.keeps(scope)? {
                return Ok(());
            }
            let Some(key) = turns.key(scope, key_expr)? else { return Ok(()) };
            let value = scope.eval(&turns.each.value)?;
            let name = key.as_str().to_owned();
            if turns.each.group {
                groups.entry(name.clone()).or_default().push(value.clone());
            } else if entries.contains_key(&name) {
                let finding =
                    error("duplicate", format!("two turns of the loop have the key {name:?}"), key_expr.span);
                return Err(finding.help("`...` after the value collects all values of a key in a list"));
            }
            entries.insert(name, Entry { key, key_at: key_expr.span, value });
            Ok(())
        })?;
        let grouped = |(name, mut entry): (String, Entry)| {
            if let Some(values) = groups.remove(&name) {
                entry.value = Value::tuple(values).with_at(entry.value.at);
            }
            entry
        };
        Ok(Value::object(entries.into_iter().map(grouped).collect()))
    }

    fn key(&mut self, scope: &Scope<'_>, expr: &Expr) -> Result<Option<Text>, Diagnostic> {
        let value = scope.eval(expr)?;
        self.sensitive |= value.sensitive;
        let key = object_key(&value, expr.span, &mut self.why)?;
        self.known &= key.is_some();
        Ok(key)
    }

    fn keeps(&mut self, scope: &Scope<'_>) -> Result<bool, Diagnostic> {
        let Some(condition) = &self.each.condition else { return Ok(true) };
        let value = scope.eval(condition)?;
        if value.is_null() {
            return Err(error("null", "a condition is true or false, this is null", condition.span));
        }
        let decided = convert(&value, &Type::Bool).map_err(|_| {
            let message = format!("a condition is true or false, this is {}", article(&value.ty()));
            error("type", message, condition.span)
        })?;
        self.sensitive |= decided.sensitive;
        match decided.kind {
            Kind::Bool(keep) => Ok(keep),
            Kind::Unknown(unknown) => {
                self.known = false;
                self.why.get_or_insert(unknown);
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    fn turn(
        &mut self,
        collection: &Value,
        mut inside: impl FnMut(&mut Self, &Scope<'_>) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let (scope, each) = (self.scope, self.each);
        for_each_element(collection, |key, value| {
            scope.env.charge(ELEMENT_BYTES, each.collection.span)?;
            match &each.key_name {
                Some(name) => scope.with(name, &key, |scope| {
                    scope.with(&each.value_name, value, |scope| inside(self, scope))
                }),
                None => scope.with(&each.value_name, value, |scope| inside(self, scope)),
            }
        })
    }
}

/// Goes over a list, set, tuple, map or object in Nomad's order. The key of a set's element is the element.
pub(crate) fn for_each_element(
    collection: &Value,
    mut inside: impl FnMut(Value, &Value) -> Result<(), Diagnostic>,
) -> Result<(), Diagnostic> {
    let is_set = matches!(collection.kind, Kind::Set(_));
    for (at, item) in collection.items().unwrap_or_default().iter().enumerate() {
        let key = if is_set { item.clone() } else { Value::number(at) };
        inside(key, item)?;
    }
    for entry in collection.entries().unwrap_or_default() {
        let key = Value::new(Kind::String(entry.key.clone()), entry.key_at);
        inside(key, &entry.value)?;
    }
    Ok(())
}
