//! What a `constraint` or `affinity` compares, after its shorthands. JSON and rules both read it here.

use crate::hcl::Text;
use crate::tree::Block;

use super::cursor::{Cursor, Known};

/// A comparison as the API has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// What is compared.
    pub attribute: Text,
    /// How.
    pub operator: Text,
    /// With what.
    pub value: Text,
}

/// Shorthands that set operator and value, in the order in which Nomad lets the last one win.
const CONSTRAINT: [&str; 4] = ["version", "semver", "regexp", "set_contains"];
const AFFINITY: [&str; 6] =
    ["version", "semver", "regexp", "set_contains_any", "set_contains_all", "set_contains"];

/// What a `constraint` compares; `None` if a part is not known yet.
pub fn constraint(block: &Block) -> Option<Compared> {
    let at = Cursor::top(block);
    let mut compared = plain(at, &CONSTRAINT)?;
    match at.bool("distinct_hosts") {
        Known::Absent => {}
        Known::Later => return None,
        Known::Is(on) => {
            compared.operator = "distinct_hosts".into();
            compared.value = on.to_string().into();
        }
    }
    let property = at.text_or_empty("distinct_property")?;
    if !property.is_empty() {
        compared.operator = "distinct_property".into();
        compared.attribute = property;
    }
    Some(or_equal(compared))
}

/// What an `affinity` compares; `None` if a part is not known yet.
pub fn affinity(block: &Block) -> Option<Compared> {
    plain(Cursor::top(block), &AFFINITY).map(or_equal)
}

fn plain(at: Cursor<'_>, shorthands: &[&str]) -> Option<Compared> {
    let mut compared = Compared {
        attribute: at.text_or_empty("attribute")?,
        operator: at.text_or_empty("operator")?,
        value: at.text_or_empty("value")?,
    };
    for name in shorthands {
        let value = at.text_or_empty(name)?;
        if !value.is_empty() {
            compared.operator = (*name).into();
            compared.value = value;
        }
    }
    Some(compared)
}

fn or_equal(mut compared: Compared) -> Compared {
    if compared.operator.is_empty() {
        compared.operator = "=".into();
    }
    compared
}
