//! Locals: evaluated when they are first read, and never twice.
//!
//! Where the same ones are read in several places (the jobs of a pack), what they are is handed on, unless it may be
//! something else there.

use std::cell::RefCell;
use std::collections::HashMap;

use super::env::{Dialect, Env};
use super::{Evaluated, error};
use crate::hcl::syntax::{Body, Expr};
use crate::hcl::types::nearest;
use crate::hcl::value::{Entry, Value};
use crate::lasting::Str;
use crate::source::{Diagnostic, Diagnostics, Span};

pub(super) struct Local<'a> {
    expr: &'a Expr,
    name_at: Span,
    state: RefCell<State>,
}

enum State {
    Waiting,
    Running,
    /// What it is, and whether it may be something else elsewhere.
    Done(Evaluated, bool),
}

/// Locals that are the same everywhere, and what they are. Threads can share them.
pub struct Settled<'a>(HashMap<Str, (&'a Expr, Evaluated)>);

impl<'a> Env<'a> {
    /// Adds the attributes of a `locals` block. They may refer to each other in any order.
    pub fn add_locals(&mut self, body: &'a Body) -> Diagnostics {
        let mut findings = Diagnostics::new();
        for block in body.blocks() {
            let message =
                format!("a locals block holds attributes only, not the block `{}`", &*block.ty.value);
            findings.push(error("unexpected-block", message, block.header));
        }
        self.locals.reserve(body.items.len());
        for attribute in body.attributes() {
            let local = Local {
                expr: &attribute.expr,
                name_at: attribute.name.span,
                state: RefCell::new(State::Waiting),
            };
            if let Some(first) = self.locals.insert(attribute.name.value.clone(), local) {
                let message = format!("local.{} is defined twice", &*attribute.name.value);
                let finding = match self.dialect() {
                    Dialect::Nomad => Diagnostic::warning(
                        "duplicate",
                        message + "; Nomad takes the last one",
                        attribute.name.span,
                    ),
                    _ => error("duplicate", message, attribute.name.span),
                };
                findings.push(finding.note("first here", first.name_at));
            }
        }
        findings
    }

    /// Evaluates all locals, those that nothing uses too, and gives what is wrong with them.
    pub fn check_locals(&self) -> Diagnostics {
        let mut order: Vec<(&Str, Span)> =
            self.locals.iter().map(|(name, local)| (name, local.name_at)).collect();
        order.sort_by_key(|(_, at)| *at);
        let mut findings = Diagnostics::new();
        for (name, at) in order {
            if let Err(finding) = self.local(name, at) {
                findings.push(finding);
            }
        }
        findings
    }

    /// The locals that were evaluated and have read nothing that may be something else elsewhere: a name that varies, or
    /// locals that are not there.
    pub fn settled(&self) -> Settled<'a> {
        let known = self.locals.iter().filter_map(|(name, local)| match &*local.state.borrow() {
            State::Done(result, false) => Some((name.clone(), (local.expr, result.clone()))),
            _ => None,
        });
        Settled(known.collect())
    }

    /// Takes over what the same locals are elsewhere. All names but those that vary must be the same there.
    #[must_use]
    pub fn within(mut self, settled: &'a Settled<'a>) -> Self {
        self.settled = Some(settled);
        self
    }

    /// What a local is.
    pub(super) fn local(&self, name: &str, at: Span) -> Evaluated {
        let Some(local) = self.locals.get(name) else {
            self.varied.set(true);
            return Err(self.no_local(name, at));
        };
        if let Some((expr, known)) = self.settled.and_then(|settled| settled.0.get(name))
            && std::ptr::eq(*expr, local.expr)
        {
            return known.clone();
        }
        match &*local.state.borrow() {
            State::Done(result, varies) => {
                self.varied.set(self.varied.get() | varies);
                return result.clone();
            }
            State::Running => {
                let message = format!("local.{name} depends on itself");
                return Err(error("cycle", message, at).note("defined here", local.name_at));
            }
            State::Waiting => {}
        }
        local.state.replace(State::Running);
        let before = self.varied.replace(false);
        let result = self.scope().eval(local.expr);
        local.state.replace(State::Done(result.clone(), self.varied.get()));
        self.varied.set(self.varied.get() | before);
        result
    }

    fn no_local(&self, name: &str, at: Span) -> Diagnostic {
        let mut known: Vec<&str> = self.locals.keys().map(|name| &**name).collect();
        known.sort_unstable();
        let close = nearest(name, known.into_iter()).map(|close| format!("did you mean `local.{close}`?"));
        error("unknown-local", format!("there is no local.{name}"), at).maybe_help(close)
    }

    /// The object of all of them.
    pub(super) fn all_locals(&self, at: Span) -> Evaluated {
        self.varied.set(true);
        let mut entries = Vec::with_capacity(self.locals.len());
        for (name, local) in &self.locals {
            entries.push(Entry {
                key: name.clone().into(),
                key_at: local.name_at,
                value: self.local(name, at)?,
            });
        }
        Ok(Value::object(entries).with_at(at))
    }
}
