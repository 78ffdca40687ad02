//! What a value is: a function that takes anything, even what is not known yet.

use kit::{Block, CallError, Function, Late, Value};

/// Says what a value is.
#[derive(Block)]
pub struct Parameters {
    /// Any value.
    pub value: Option<Late<Value>>,
}

/// `provider::lab::kind`
pub struct Kind;

impl Function for Kind {
    type Parameters = Parameters;
    type Output = Late<String>;
    const NAME: &'static str = "kind";

    fn call(&self, arguments: Parameters) -> Result<Late<String>, CallError> {
        Ok(match arguments.value {
            None => Late::Known("null".to_owned()),
            Some(Late::Known(value)) => Late::Known(value.kind().to_owned()),
            // Terraform holds on to a known answer, so there must not be one before the question is known.
            Some(Late::Unknown) => Late::Unknown,
        })
    }
}
