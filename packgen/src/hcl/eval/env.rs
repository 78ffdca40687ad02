//! What expressions may read: variables, locals, functions, files. And how much they may cost.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use regex::Regex;

use super::{Evaluated, Scope, error};
use crate::hcl::functions::Function;
use crate::hcl::syntax::{Body, Expr, NamePath, Step};
use crate::hcl::types::nearest;
use crate::hcl::value::{Entry, Value};
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

/// The files that expressions may read, by names relative to the file that is evaluated.
pub trait Files {
    /// The bytes of a file.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;

    /// Whether there is such a file.
    fn exists(&self, path: &str) -> Result<bool, String>;

    /// The files below `folder` whose names fit `pattern`, in order.
    fn list(&self, folder: &str, pattern: &str) -> Result<Vec<String>, String>;

    /// The absolute path of a path.
    fn absolute(&self, path: &str) -> Result<String, String>;

    /// The home folder, for paths that begin with `~`.
    fn home(&self) -> Result<String, String>;
}

/// No files at all.
#[derive(Clone, Copy, Debug)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Err("files cannot be read here".to_owned())
    }

    fn exists(&self, _: &str) -> Result<bool, String> {
        Err("files cannot be read here".to_owned())
    }

    fn list(&self, _: &str, _: &str) -> Result<Vec<String>, String> {
        Err("files cannot be read here".to_owned())
    }

    fn absolute(&self, _: &str) -> Result<String, String> {
        Err("files cannot be read here".to_owned())
    }

    fn home(&self) -> Result<String, String> {
        Err("files cannot be read here".to_owned())
    }
}

/// What expressions may read. One for each evaluation of a job; not shared between threads.
pub struct Env<'a> {
    sources: &'a SourceMap,
    dialect: Dialect,
    files: &'a dyn Files,
    extra: &'a [Function],
    roots: Vec<Root>,
    locals: HashMap<Arc<str>, Local<'a>>,
    /// Where the same locals may be known already.
    outer: Option<&'a Env<'a>>,
    /// Whether what is evaluated has read a root that is another one elsewhere.
    varied: Cell<bool>,
    warnings: RefCell<Diagnostics>,
    regexes: RefCell<HashMap<String, Regex>>,
    depth: Cell<u32>,
    bytes: Cell<u64>,
}

/// A name that expressions can begin with.
struct Root {
    name: Arc<str>,
    value: Value,
    varies: bool,
}

struct Local<'a> {
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
            outer: None,
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
    pub fn define(&mut self, name: impl Into<Arc<str>>, value: Value) {
        self.roots.push(Root { name: name.into(), value, varies: false });
    }

    /// Defines a name that is another value in [`Env::within`].
    pub fn define_varying(&mut self, name: impl Into<Arc<str>>, value: Value) {
        self.roots.push(Root { name: name.into(), value, varies: true });
    }

    /// Takes over the locals that `outer` has evaluated, as far as they are the same ones and have read nothing that may
    /// be something else here: a name that varies, or locals that are not there. All other names must be the same.
    #[must_use]
    pub fn within(mut self, outer: &'a Env<'a>) -> Self {
        self.outer = Some(outer);
        self
    }

    /// Adds the attributes of a `locals` block. They may refer to each other in any order.
    pub fn add_locals(&mut self, body: &'a Body) -> Diagnostics {
        let mut findings = Diagnostics::new();
        for block in body.blocks() {
            let message =
                format!("a locals block holds attributes only, not the block `{}`", &*block.ty.value);
            findings.push(error("unexpected-block", message, block.header));
        }
        for attribute in body.attributes() {
            let local = Local {
                expr: &attribute.expr,
                name_at: attribute.name.span,
                state: RefCell::new(State::Waiting),
            };
            if let Some(first) = self.locals.get(&attribute.name.value) {
                let message = format!("local.{} is defined twice", &*attribute.name.value);
                let finding = match self.dialect {
                    Dialect::Nomad => Diagnostic::warning(
                        "duplicate",
                        message + "; Nomad takes the last one",
                        attribute.name.span,
                    ),
                    _ => error("duplicate", message, attribute.name.span),
                };
                findings.push(finding.note("first here", first.name_at));
            }
            self.locals.insert(attribute.name.value.clone(), local);
        }
        findings
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

    /// Evaluates all locals, those that nothing uses too, and gives what is wrong with them.
    pub fn check_locals(&self) -> Diagnostics {
        let mut order: Vec<(&Arc<str>, Span)> =
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

    fn local(&self, name: &str, at: Span) -> Evaluated {
        let Some(local) = self.locals.get(name) else {
            self.varied.set(true);
            return Err(self.no_local(name, at));
        };
        if let Some(known) = self.outer.and_then(|outer| outer.settled(name, local)) {
            return known;
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

    /// What a local is wherever the same one is found.
    fn settled(&self, name: &str, other: &Local<'_>) -> Option<Evaluated> {
        let local = self.locals.get(name).filter(|own| std::ptr::eq(own.expr, other.expr))?;
        match &*local.state.borrow() {
            State::Done(result, false) => Some(result.clone()),
            _ => None,
        }
    }

    fn no_local(&self, name: &str, at: Span) -> Diagnostic {
        let mut known: Vec<&str> = self.locals.keys().map(|name| &**name).collect();
        known.sort_unstable();
        let close = nearest(name, known.into_iter()).map(|close| format!("did you mean `local.{close}`?"));
        error("unknown-local", format!("there is no local.{name}"), at).maybe_help(close)
    }

    fn all_locals(&self, at: Span) -> Evaluated {
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
