//! What expressions may read: variables, locals, functions, files. And how much they may cost.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use regex::Regex;

use super::files::{Files, NoFiles};
use super::locals::{Local, Settled};
use super::{Evaluated, Scope, error};
use crate::hcl::functions::Function;
use crate::hcl::syntax::{NamePath, Step};
use crate::hcl::types::nearest;
use crate::hcl::value::Value;
use crate::lasting::Str;
use crate::source::{Diagnostic, Diagnostics, SourceMap, Span};

/// How deep evaluation goes, from local to local too.
const MAX_DEPTH: u32 = 250;

/// How many bytes all values together may take before evaluation is stopped.
const MAX_BYTES: u64 = 64 << 20;

/// How many parts a value may have, and how deep.
const MAX_PARTS: usize = 1 << 20;
const MAX_VALUE_DEPTH: usize = 300;

/// What one step of evaluation costs.
const STEP_BYTES: u64 = 16;

/// By whose rules names and functions are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A bare jobspec: as Nomad reads it. A name that it does not know is left for the node.
    Nomad,
    /// A pack: only names that a node really has are left for it, and results must be the same each time.
    Pack,
    /// A template file: the names that it was given, and none else.
    Template,
    /// Constants only: defaults of variables, variable files.
    Constant,
}

/// What expressions may read. One for each evaluation of a job; not shared between threads.
pub struct Env<'a> {
    sources: &'a SourceMap,
    dialect: Dialect,
    files: &'a dyn Files,
    extra: &'a [Function],
    roots: Vec<Root>,
    pub(super) locals: HashMap<Str, Local<'a>>,
    /// Where the same locals may be known already.
    pub(super) settled: Option<&'a Settled<'a>>,
    /// Whether what is evaluated has read a root that is another one elsewhere.
    pub(super) varied: Cell<bool>,
    warnings: RefCell<Diagnostics>,
    regexes: RefCell<HashMap<String, Regex>>,
    depth: Cell<u32>,
    bytes: Cell<u64>,
}

/// A name that expressions can begin with.
struct Root {
    name: Str,
    value: Value,
    varies: bool,
}

impl<'a> Env<'a> {
    /// Nothing to read yet.
    pub fn new(sources: &'a SourceMap, dialect: Dialect) -> Self {
        Env {
            sources,
            dialect,
            files: &NoFiles,
            extra: &[],
            roots: Vec::new(),
            locals: HashMap::new(),
            settled: None,
            varied: Cell::new(false),
            warnings: RefCell::new(Diagnostics::new()),
            regexes: RefCell::new(HashMap::new()),
            depth: Cell::new(0),
            bytes: Cell::new(0),
        }
    }

    /// Lets expressions read files.
    #[must_use]
    pub fn with_files(mut self, files: &'a dyn Files) -> Self {
        self.files = files;
        self
    }

    /// Adds functions to those that Nomad has.
    #[must_use]
    pub fn with_functions(mut self, extra: &'a [Function]) -> Self {
        self.extra = extra;
        self
    }

    /// Defines a name: `var`, for example.
    pub fn define(&mut self, name: impl Into<Str>, value: Value) {
        self.roots.push(Root { name: name.into(), value, varies: false });
    }

    /// Defines a name that is another value in [`Env::within`].
    pub fn define_varying(&mut self, name: impl Into<Str>, value: Value) {
        self.roots.push(Root { name: name.into(), value, varies: true });
    }

    /// The outermost scope.
    pub fn scope(&self) -> Scope<'_> {
        Scope::top(self)
    }

    /// The texts.
    pub fn sources(&self) -> &'a SourceMap {
        self.sources
    }

    /// By whose rules is read.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The files.
    pub fn files(&self) -> &'a dyn Files {
        self.files
    }

    /// Functions beyond Nomad's.
    pub fn extra_functions(&self) -> &'a [Function] {
        self.extra
    }

    /// Adds a warning.
    pub fn warn(&self, finding: Diagnostic) {
        self.warnings.borrow_mut().push(finding);
    }

    /// The warnings so far.
    pub fn take_warnings(&self) -> Diagnostics {
        self.warnings.take()
    }

    /// Counts what was made; too much is an error.
    pub fn charge(&self, bytes: usize, at: Span) -> Result<(), Diagnostic> {
        let total = self.bytes.get().saturating_add(bytes as u64);
        self.bytes.set(total);
        if total > MAX_BYTES {
            let message = "this makes too much: evaluation was stopped before it filled the memory";
            return Err(error("too-much", message, at).help("look for loops in loops, or values that double"));
        }
        Ok(())
    }

    /// Refuses a value that has too many parts, or parts too deep in it, to be walked through. Parts that
    /// are shared count each time.
    pub fn measure(&self, value: &Value, at: Span) -> Result<(), Diagnostic> {
        let mut left = MAX_PARTS;
        if fits(value, &mut left, MAX_VALUE_DEPTH) {
            return Ok(());
        }
        let message = format!("this value has more than {MAX_PARTS} parts or {MAX_VALUE_DEPTH} levels");
        Err(error("too-much", message, at).help("look for loops in loops, or values that double"))
    }

    /// A regular expression, compiled once.
    pub(crate) fn regex(&self, pattern: &str) -> Result<Regex, String> {
        if let Some(known) = self.regexes.borrow().get(pattern) {
            return Ok(known.clone());
        }
        let words = |wrong: regex::Error| wrong.to_string().lines().last().unwrap_or_default().to_owned();
        let regex = regex::RegexBuilder::new(pattern).size_limit(1 << 20).build().map_err(words)?;
        self.regexes.borrow_mut().insert(pattern.to_owned(), regex.clone());
        Ok(regex)
    }

    pub(super) fn enter(&self, at: Span) -> Result<(), Diagnostic> {
        let bytes = self.bytes.get() + STEP_BYTES;
        self.bytes.set(bytes);
        if self.depth.get() >= MAX_DEPTH || bytes > MAX_BYTES {
            return Err(self.exhausted(at));
        }
        self.depth.set(self.depth.get() + 1);
        Ok(())
    }

    pub(super) fn leave(&self) {
        self.depth.set(self.depth.get() - 1);
    }

    #[cold]
    fn exhausted(&self, at: Span) -> Diagnostic {
        if self.depth.get() >= MAX_DEPTH {
            return error("too-deep", format!("evaluation is more than {MAX_DEPTH} levels deep"), at);
        }
        error("too-much", "evaluation takes too many steps", at).help("look for loops in loops")
    }

    /// The value of a root name, and how many of the steps after it are taken already.
    pub(super) fn root(&self, path: &NamePath) -> Result<Option<(Value, usize)>, Diagnostic> {
        let name = &*path.root.value;
        if let Some(Root { value, varies, .. }) = self.roots.iter().find(|root| *root.name == *name) {
            self.varied.set(self.varied.get() | varies);
            return match (name, path.steps.first()) {
                ("var", Some(Step::Attr(step))) => Ok(Some((variable(value, &step.value, step.span)?, 1))),
                _ => Ok(Some((value.clone(), 0))),
            };
        }
        if name != "local" || matches!(self.dialect, Dialect::Constant | Dialect::Template) {
            return Ok(None);
        }
        match path.steps.first() {
            Some(Step::Attr(step)) => self.local(&step.value, step.span).map(|value| Some((value, 1))),
            _ => self.all_locals(path.root.span).map(|value| Some((value, 0))),
        }
    }

    /// All names that expressions can begin with.
    pub(super) fn root_names(&self) -> impl Iterator<Item = &str> {
        let local = if self.dialect == Dialect::Template { None } else { Some("local") };
        self.roots.iter().map(|root| &*root.name).chain(local)
    }
}

/// A variable by its name; what is missing is said in words about variables.
fn variable(all: &Value, name: &str, at: Span) -> Evaluated {
    if let Some(value) = all.get(name) {
        return Ok(value.clone());
    }
    let known = all.entries().unwrap_or_default().iter().map(|entry| entry.key.as_str());
    let close = nearest(name, known).map(|close| format!("did you mean `var.{close}`?"));
    Err(error("unknown-variable", format!("there is no variable `{name}`"), at).maybe_help(close))
}

fn fits(value: &Value, left: &mut usize, depth: usize) -> bool {
    *left = left.saturating_sub(1);
    if *left == 0 || depth == 0 {
        return false;
    }
    value.parts().all(|part| fits(part, left, depth - 1))
}
