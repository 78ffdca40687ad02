//! What a row of the table says about its function.

use std::sync::Arc;

use super::{Args, Failure};
use crate::hcl::eval::{Evaluated, Scope};
use crate::hcl::syntax::Call;
use crate::hcl::types::Type;
use crate::hcl::value::Value;
use crate::source::Span;

/// A function of the language.
#[derive(Clone)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// The arguments it always takes.
    pub params: &'static [Param],
    /// What all further arguments are, if it takes any number.
    pub rest: Option<Param>,
    /// What it gives.
    pub returns: Want,
    /// Whether it gives the same each time.
    pub purity: Purity,
    /// How unknown parts, secrets and origins pass through it.
    pub flow: Flow,
    /// Whether Nomad has it.
    pub in_nomad: bool,
    /// One sentence for the documentation.
    pub doc: &'static str,
    /// Its code.
    pub run: Run,
}

/// One argument.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name in messages.
    pub name: &'static str,
    /// What it is converted to.
    pub want: Want,
    /// Whether it may be null.
    pub null: bool,
    /// Whether it may be unknown.
    pub unknown: bool,
}

/// A type, as a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Want {
    Any,
    Bool,
    Number,
    String,
    Strings,
    Numbers,
    List,
    Set,
}

/// Whether a function gives the same each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purity {
    /// It depends on its arguments only.
    Pure,
    /// It reads files of the pack.
    Files,
    /// It depends on the machine.
    Machine,
    /// It gives something new each time.
    Random,
}

/// How unknown parts, secrets and origins pass through a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// It needs to know everything; strings that it makes are the user's if any argument is.
    Blend,
    /// It needs to know everything and keeps the origins of strings itself.
    Keep,
    /// It moves its arguments' parts around without looking at them.
    Parts,
}

/// Code that knows more than its arguments.
pub type Shared = dyn Fn(&Args<'_>) -> Result<Value, Failure> + Send + Sync;

/// The code of a function.
#[derive(Clone)]
pub enum Run {
    /// Code of ours.
    Plain(fn(&Args<'_>) -> Result<Value, Failure>),
    /// Code that knows more than its arguments.
    Shared(Arc<Shared>),
    /// Code that reads its arguments unevaluated.
    Syntax(fn(&Scope<'_>, &Call, Span) -> Evaluated),
}

impl Function {
    /// A pure function of Nomad's that gives a string.
    pub const fn new(
        name: &'static str,
        params: &'static [Param],
        run: fn(&Args<'_>) -> Result<Value, Failure>,
    ) -> Self {
        Function {
            name,
            params,
            rest: None,
            returns: Want::String,
            purity: Purity::Pure,
            flow: Flow::Blend,
            in_nomad: true,
            doc: "",
            run: Run::Plain(run),
        }
    }

    /// A function of a pack that Nomad does not have.
    pub fn shared(
        name: &'static str,
        params: &'static [Param],
        run: impl Fn(&Args<'_>) -> Result<Value, Failure> + Send + Sync + 'static,
    ) -> Self {
        fn nothing(_: &Args<'_>) -> Result<Value, Failure> {
            Err(Failure::new("not callable"))
        }
        Function { in_nomad: false, run: Run::Shared(Arc::new(run)), ..Function::new(name, params, nothing) }
    }

    /// Any number of further arguments.
    #[must_use]
    pub const fn rest(mut self, rest: Param) -> Self {
        self.rest = Some(rest);
        self
    }

    /// What it gives.
    #[must_use]
    pub const fn returns(mut self, returns: Want) -> Self {
        self.returns = returns;
        self
    }

    /// Whether it gives the same each time.
    #[must_use]
    pub const fn purity(mut self, purity: Purity) -> Self {
        self.purity = purity;
        self
    }

    /// How things pass through it.
    #[must_use]
    pub const fn flow(mut self, flow: Flow) -> Self {
        self.flow = flow;
        self
    }

    /// What it is for.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// For packs only.
    #[must_use]
    pub const fn not_in_nomad(mut self) -> Self {
        self.in_nomad = false;
        self
    }

    /// The argument at this place.
    pub(super) fn param(&self, at: usize) -> Option<&Param> {
        self.params.get(at).or(self.rest.as_ref())
    }

    /// `name(first, second, rest…)`.
    pub fn signature(&self) -> String {
        let mut names: Vec<String> = self.params.iter().map(|param| param.name.to_owned()).collect();
        names.extend(self.rest.map(|rest| format!("{}…", rest.name)));
        format!("{}({})", self.name, names.join(", "))
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.signature())
    }
}

impl Param {
    /// An argument that is neither null nor unknown.
    pub const fn new(name: &'static str, want: Want) -> Self {
        Param { name, want, null: false, unknown: false }
    }

    /// A string.
    pub const fn text(name: &'static str) -> Self {
        Self::new(name, Want::String)
    }

    /// A number.
    pub const fn number(name: &'static str) -> Self {
        Self::new(name, Want::Number)
    }

    /// A value of any type.
    pub const fn any(name: &'static str) -> Self {
        Self::new(name, Want::Any)
    }

    /// It may be null.
    #[must_use]
    pub const fn or_null(mut self) -> Self {
        self.null = true;
        self
    }

    /// It may be unknown.
    #[must_use]
    pub const fn or_unknown(mut self) -> Self {
        self.unknown = true;
        self
    }
}

impl Want {
    /// The type.
    pub fn ty(self) -> Type {
        match self {
            Want::Any => Type::Any,
            Want::Bool => Type::Bool,
            Want::Number => Type::Number,
            Want::String => Type::String,
            Want::Strings => Type::list(Type::String),
            Want::Numbers => Type::list(Type::Number),
            Want::List => Type::list(Type::Any),
            Want::Set => Type::set(Type::Any),
        }
    }
}
