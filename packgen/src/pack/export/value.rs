//! A constant as HCL.

use crate::hcl::quote::{References, key, number, quoted};
use crate::hcl::{Kind, Value};

/// The expression; what is not known cannot be written and becomes `null`.
pub(super) fn text(value: &Value) -> String {
    match &value.kind {
        Kind::Null(_) | Kind::Unknown(_) => "null".to_owned(),
        Kind::Bool(value) => value.to_string(),
        Kind::Number(value) => number(value).unwrap_or_else(|| "null".to_owned()),
        Kind::String(text) => quoted(text, References::Escape),
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
            let items: Vec<String> = value.items().unwrap_or_default().iter().map(text).collect();
            format!("[{}]", items.join(", "))
        }
        Kind::Map(_) | Kind::Object(_) => {
            let entries = value.entries().unwrap_or_default().iter();
            let entries: Vec<String> =
                entries.map(|entry| format!("{} = {}", key(&entry.key), text(&entry.value))).collect();
            if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
        }
    }
}
