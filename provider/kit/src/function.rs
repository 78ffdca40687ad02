//! A function: pure, called without a configured provider, in `validate`, `plan` and `apply` alike.

use std::borrow::Cow;

use crate::model::{Attr, Block};
use crate::path::At;
use crate::schema::{self, Presence};
use crate::ty::Type;
use crate::value::Value;

/// A function. Its parameters are the fields of `Parameters`, in order: `Option` may be null, `Late` may be unknown.
pub trait Function: Send + Sync + 'static {
    /// A derived struct whose fields are the parameters.
    type Parameters: Block;
    /// What it returns.
    type Output: Attr;
    /// The name after `provider::lostops::`.
    const NAME: &'static str;

    /// Computes the result. It must depend on the arguments alone.
    fn call(&self, arguments: Self::Parameters) -> Result<Self::Output, CallError>;
}

/// Why a function has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// What is wrong, and what would be right.
    pub text: String,
    /// The parameter that it is about.
    pub parameter: Option<Cow<'static, str>>,
}

impl CallError {
    /// Something is wrong with the whole call.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), parameter: None }
    }

    /// Something is wrong with the argument for this parameter.
    pub fn argument(parameter: impl Into<Cow<'static, str>>, text: impl Into<String>) -> Self {
        Self { text: text.into(), parameter: Some(parameter.into()) }
    }
}

/// What a function takes and returns.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The first line is the summary.
    pub doc: Cow<'static, str>,
    /// In order.
    pub parameters: Vec<schema::Attribute>,
    /// The type of the result.
    pub output: Type,
}

/// A function without its type.
pub trait AnyFunction: Send + Sync {
    /// The name after `provider::lostops::`.
    fn name(&self) -> &str;
    /// What it takes and returns.
    fn signature(&self) -> Signature;
    /// Calls it with an object of its arguments by name.
    fn call(&self, arguments: Value) -> Result<Value, CallError>;
}

impl<F: Function> AnyFunction for F {
    fn name(&self) -> &str {
        F::NAME
    }

    fn signature(&self) -> Signature {
        let block = F::Parameters::block();
        Signature { doc: block.doc, parameters: block.attributes, output: F::Output::ty() }
    }

    fn call(&self, arguments: Value) -> Result<Value, CallError> {
        let arguments = <F::Parameters as Block>::decode(&arguments, &At::ROOT).map_err(|d| {
            let parameter = d.path.and_then(|path| match path.0.into_iter().next() {
                Some(crate::path::Step::Field(name)) => Some(Cow::Owned(name)),
                _ => None,
            });
            CallError { text: d.detail, parameter }
        })?;
        Function::call(self, arguments).map(|output| output.encode())
    }
}

impl Signature {
    /// Whether null is a value that this parameter takes.
    pub fn allows_null(parameter: &schema::Attribute) -> bool {
        parameter.presence == Presence::Optional
    }
}
