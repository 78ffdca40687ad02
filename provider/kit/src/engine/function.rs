//! A function's call, driven.

use crate::function::{AnyFunction, CallError, Signature};
use crate::path::At;
use crate::schema::Attribute;
use crate::value::Value;

/// A function with its signature, ready to be called.
#[allow(missing_debug_implementations, reason = "the author's side is opaque")]
pub struct FunctionEngine {
    function: &'static dyn AnyFunction,
    signature: Signature,
}

/// Why a call has no result: the text, and the position of the argument that it is about.
pub type Refusal = (String, Option<usize>);

impl FunctionEngine {
    /// Makes the signature, once.
    pub fn new(function: &'static dyn AnyFunction) -> Self {
        Self { function, signature: function.signature() }
    }

    /// What it takes and returns.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Calls it with as many arguments as it has parameters. A result that hangs on something unknown is unknown.
    pub fn call(&self, arguments: Vec<Value>) -> Result<Value, Refusal> {
        let parameters = &self.signature.parameters;
        if arguments.len() != parameters.len() {
            let counts = format!("expected {} arguments, got {}", parameters.len(), arguments.len());
            return Err((counts, None));
        }
        for (position, (parameter, argument)) in parameters.iter().zip(&arguments).enumerate() {
            check(parameter, argument).map_err(|problem| (problem, Some(position)))?;
        }
        let object = Value::object(parameters.iter().map(|p| p.name.as_ref()).zip(arguments));
        self.function.call(object).map_err(|error| self.refusal(error))
    }

    fn refusal(&self, error: CallError) -> Refusal {
        let position = |name: &str| self.signature.parameters.iter().position(|p| p.name == name);
        (error.text, error.parameter.as_deref().and_then(position))
    }
}

fn check(parameter: &Attribute, argument: &Value) -> Result<(), String> {
    let mut found = Vec::new();
    let root = At::ROOT;
    parameter.checks.iter().for_each(|check| check.run(argument, &root.field(&parameter.name), &mut found));
    found.into_iter().next().map_or(Ok(()), |problem| Err(problem.detail))
}
