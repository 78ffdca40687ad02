//! A text several times over: a function that can be called wrongly.

use kit::{Block, CallError, Function};

/// Repeats a text.
#[derive(Block)]
pub struct Parameters {
    /// The text.
    pub text: String,
    /// How often; once, if null.
    #[attr(check = kit::check::between(0, 1000))]
    pub times: Option<u32>,
}

/// `provider::lab::repeat`
pub struct Repeat;

impl Function for Repeat {
    type Parameters = Parameters;
    type Output = String;
    const NAME: &'static str = "repeat";

    fn call(&self, arguments: Parameters) -> Result<String, CallError> {
        if arguments.text.is_empty() {
            return Err(CallError::argument("text", "nothing to repeat"));
        }
        Ok(arguments.text.repeat(arguments.times.unwrap_or(1) as usize))
    }
}
