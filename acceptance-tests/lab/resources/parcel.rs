//! A parcel: a resource with a past. Its states have had three shapes, and it takes over files.

use std::collections::BTreeSet;

use kit::{Block, Cx, Diagnostic, Moved, Number, Private, Resource, Result, State, Value};

use crate::store::store;

/// A parcel in the lab's folder.
#[derive(Block)]
pub struct Parcel {
    /// Name of the file.
    #[attr(force_new)]
    pub name: String,
    /// What is in it.
    pub content: String,
    /// How heavy it is.
    pub grams: Option<Number>,
    /// What is stuck on it.
    #[attr(check = kit::check::dns_label)]
    pub stickers: Option<BTreeSet<String>>,
}

/// `lab_parcel`
pub struct ParcelResource;

impl Resource for ParcelResource {
    type Model = Parcel;
    const NAME: &'static str = "lab_parcel";
    const VERSION: i64 = 2;

    async fn create(&self, cx: &Cx, planned: Parcel, state: &mut State<'_, Parcel>) -> Result<()> {
        store(cx)?.put(&planned.name, &planned.content)?;
        state.record(&planned);
        Ok(())
    }

    async fn read(&self, cx: &Cx, mut current: Parcel, _: &mut Private) -> Result<Option<Parcel>> {
        let Some(content) = store(cx)?.get(&current.name)? else { return Ok(None) };
        current.content = content;
        Ok(Some(current))
    }

    async fn update(&self, cx: &Cx, _: Parcel, planned: Parcel, state: &mut State<'_, Parcel>) -> Result<()> {
        store(cx)?.put(&planned.name, &planned.content)?;
        state.record(&planned);
        Ok(())
    }

    async fn delete(&self, cx: &Cx, prior: Parcel, _: &mut State<'_, Parcel>) -> Result<()> {
        store(cx)?.remove(&prior.name)
    }

    /// Version 0 had `weight = "1.5kg"`, version 1 `grams` and one `sticker`.
    fn upgrade(&self, version: i64, state: Value) -> Result<Value> {
        let Value::Map(mut fields) = state else { return Ok(state) };
        if version < 1 {
            let weight = fields.remove("weight").unwrap_or(Value::Null);
            fields.insert("grams".to_owned(), grams(&weight)?);
        }
        if let Some(sticker) = fields.remove("sticker") {
            let stickers = Value::set((!sticker.is_null()).then_some(sticker));
            fields.insert("stickers".to_owned(), stickers);
        }
        Ok(Value::Map(fields))
    }

    fn moved(&self, from: &Moved) -> Option<Result<Value>> {
        (from.resource == "lab_file" && from.provider.ends_with("/lostops/lab")).then(|| {
            let keep = ["name", "content"].map(|name| (name, from.state.field(name).clone()));
            Ok(Value::object(keep))
        })
    }
}

fn grams(weight: &Value) -> Result<Value> {
    let Some(text) = weight.as_str() else { return Ok(Value::Null) };
    let kilograms = text.strip_suffix("kg").and_then(|number| number.parse::<f64>().ok());
    let grams = kilograms.and_then(|number| Number::try_from(number * 1000.0).ok());
    let wrong = || {
        Diagnostic::error("Unreadable state", format!("weight: expected something like 1.5kg, got {text:?}"))
    };
    grams.map(Value::Number).ok_or_else(|| wrong().into())
}
