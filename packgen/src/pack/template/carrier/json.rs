//! JSON: strings are quoted, or escaped where quotes are open.

use super::super::encode::inner;
use super::{Carrier, Next, Quotes, Refusal};

/// A JSON file.
#[derive(Default)]
pub(super) struct Json {
    open: bool,
    escaped: bool,
}

impl Carrier for Json {
    fn fixed(&mut self, text: &str) {
        for char in text.chars() {
            match char {
                _ if self.escaped => self.escaped = false,
                '\\' if self.open => self.escaped = true,
                '"' => self.open = !self.open,
                _ => {}
            }
        }
    }

    fn value(&mut self, value: &str, _: Next<'_>) -> Result<String, Refusal> {
        if self.escaped {
            return Err(Refusal::new("a value cannot stand directly after `\\`", "leave out the backslash"));
        }
        Ok(if self.open { inner(value) } else { format!("\"{}\"", inner(value)) })
    }

    fn whole(&mut self, _: &str, _: Next<'_>) -> Result<(), Refusal> {
        if self.open { Err(Refusal::quoted("quotes")) } else { Ok(()) }
    }

    fn quotes(&self) -> Quotes {
        match (self.open, self.escaped) {
            (true, true) => Quotes::Escape,
            (true, false) => Quotes::Open,
            _ => Quotes::None,
        }
    }
}
