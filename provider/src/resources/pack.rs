//! Every built-in pack as a resource: `lostops_<pack>`, made from the pack's own files and from nothing else.
//!
//! | in the pack | in the schema |
//! | --- | --- |
//! | a variable whose type holds no object | an attribute of that type, required if it has no default |
//! | `object({…})` | a nested block; no block means that the variable is not set |
//! | `list(object)`, `set(object)`, `map(object)` | repeated blocks: in order, without, with a label |
//! | `any`, or an object deep inside a collection | a dynamic attribute |
//! | `secret "x"` | `x_wo` and `x_wo_version` |
//! | `output "x"` | a computed attribute |
//!
//! A default stays out of plan and state: when a pack's default changes, `jobspecs` changes, and the plan shows that.
//! Must never hold a list of packs or of their variables.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::OnceLock;

use kit::engine::as_type;
use kit::schema::{Attribute, Block as BlockSchema, NestedBlock, Nesting, Presence, Schema};
use kit::{At, Block, Diagnostic, Result, Type, Value};
use nomad::Secret;
use packgen::hcl;
use packgen::hcl::variables::Variable;
use packgen::pack::Pack;
use packgen::pack::manifest::{OutputEntry, SecretEntry};

use crate::jobs::rendering::Rendering;
use crate::jobs::{Common, Import, Kind};
use crate::packs::{self, Use};
use crate::values::to_packgen;

/// A built-in pack as a kind of resource.
#[derive(Debug)]
pub struct PackKind {
    pack: &'static str,
    name: String,
    loaded: OnceLock<Result<Pack, Diagnostic>>,
}

impl PackKind {
    /// The pack of this name. It is read when somebody asks for more than its name.
    pub fn new(pack: &'static str) -> Self {
        Self { pack, name: format!("lostops_{pack}"), loaded: OnceLock::new() }
    }

    fn pack(&self) -> Result<&Pack, Diagnostic> {
        self.loaded.get_or_init(|| packs::builtin(self.pack)).as_ref().map_err(Clone::clone)
    }

    fn variables(&self) -> &[Variable] {
        self.pack().map_or(&[], Pack::variables)
    }
}

impl Kind for PackKind {
    fn name(&self) -> &str {
        &self.name
    }

    fn schema(&self) -> Schema {
        // A pack that does not load cannot be shipped: a test renders each.
        let Ok(pack) = self.pack() else { return Schema { version: 0, block: Common::block() } };
        let manifest = pack.manifest();
        let common = Common::protecting(if manifest.keeps_data { "`true`" } else { "`false`" });
        let mut block = BlockSchema::new(about(pack));
        for variable in pack.variables() {
            add(&mut block, &Slot::of(variable));
        }
        let secrets = manifest.secrets.iter().flat_map(secret);
        let outputs = manifest.outputs.iter().map(output);
        block.attributes.extend(secrets.chain(common.attributes).chain(outputs));
        block.blocks.extend(common.blocks);
        Schema { version: version(&manifest.version), block }
    }

    fn render(&self, value: &Value, common: &Common, _: &[PathBuf]) -> Result<Rendering> {
        let pack = self.pack()?;
        let given = pack.variables().iter().filter_map(|variable| {
            let name = &*variable.name.value;
            let given = given(&variable.value_type(), value.field(name), &format!("var.{name}"))?;
            Some((name.to_owned(), given))
        });
        let of = Use {
            name: common.name.as_deref(),
            namespace: common.namespace.as_deref(),
            patch: common.patch.as_deref(),
            variables: given.collect(),
        };
        let rendered = packs::render(pack, of)?;
        let mut rendering = packs::rendering(pack, rendered);
        for entry in &pack.manifest().outputs {
            let value = rendering.outputs.remove(&*entry.name.value).unwrap_or(Value::Null);
            rendering.outputs.insert(entry.name.value.to_string(), typed(&terraform_type(&entry.ty), value));
        }
        Ok(rendering)
    }

    fn secrets(&self, value: &Value) -> BTreeMap<String, Secret> {
        let entries = self.pack().map_or(&[][..], |pack| &pack.manifest().secrets);
        let given = entries.iter().filter_map(|entry| {
            let given = value.field(&format!("{}_wo", &*entry.name.value)).as_str()?;
            Some((entry.name.value.to_string(), Secret::new(given)))
        });
        given.collect()
    }

    fn gives(&self, value: &Value, name: &str) -> bool {
        !value.field(&format!("{name}_wo")).is_null()
    }

    fn secret_version(&self, value: &Value, name: &str) -> Value {
        value.field(&format!("{name}_wo_version")).clone()
    }

    fn imported(&self, id: &str) -> Vec<Import> {
        let only = self.pack().ok().and_then(|pack| match pack.manifest().jobs.as_slice() {
            [only] => Some(only.name.value.to_string()),
            _ => None,
        });
        let marked = |mark: String, name: Option<&str>| Import::Marked {
            mark,
            name: name.map(str::to_owned),
            attributes: Vec::new(),
            only: only.clone(),
        };
        let named = marked(format!("{}/{id}", self.pack), Some(id));
        let unnamed = (id == self.pack).then(|| marked(self.pack.to_owned(), None));
        std::iter::once(named).chain(unnamed).collect()
    }

    fn upgrade(&self, state: Value) -> Value {
        let Value::Map(mut fields) = state else { return state };
        for variable in self.variables() {
            let name = variable.name.value.to_string();
            let old = variable.renamed_from.iter().find(|old| fields.contains_key(*old));
            if let Some(value) = old.and_then(|old| fields.get(old).cloned()) {
                fields.entry(name).or_insert(value);
            }
        }
        // What no longer fits is null: the configuration fills it.
        for attribute in self.schema().block.attributes {
            let name = attribute.name.to_string();
            if fields.get(&name).is_some_and(|value| as_type(&attribute.ty, value, &At::ROOT).is_err()) {
                fields.insert(name, Value::Null);
            }
        }
        Value::Map(fields)
    }
}

/// A pack's version as a number that grows with it, so that a state of an older one is brought to today's shape.
fn version(text: &str) -> i64 {
    let parts = text.split('.').map(|part| part.parse::<i64>().unwrap_or(0).clamp(0, 999));
    parts.chain(std::iter::repeat(0)).take(3).fold(0, |sum, part| sum * 1000 + part)
}

fn about(pack: &Pack) -> String {
    let manifest = pack.manifest();
    let mut text = sentence(&manifest.summary);
    if let Some(more) = &manifest.description {
        text.push_str("\n\n");
        text.push_str(&sentence(more));
    }
    text.push_str("\n\nIts jobs:\n");
    for job in &manifest.jobs {
        let what = job.description.as_deref().map(|what| format!(": {}", sentence(what))).unwrap_or_default();
        let _ = write!(text, "\n- `{}`{what}", &*job.name.value);
    }
    if !manifest.volumes.is_empty() {
        text.push_str("\n\nIts volumes, which `delete_data` can name:\n");
        for volume in &manifest.volumes {
            let what = volume.description.as_deref().map(|what| format!(": {}", sentence(what)));
            let _ = write!(text, "\n- `{}`{}", &*volume.name.value, what.unwrap_or_default());
        }
    }
    text
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', ':', '`', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// What is asked for at one place: a variable, or a field of an object.
struct Slot<'a> {
    name: String,
    ty: hcl::Type,
    doc: String,
    required: bool,
    default: Option<&'a hcl::Value>,
    sensitive: bool,
}

impl<'a> Slot<'a> {
    fn of(variable: &'a Variable) -> Self {
        let name = variable.name.value.to_string();
        let doc = variable
            .description
            .as_deref()
            .map_or_else(|| format!("The pack's variable `{name}`."), sentence);
        Self {
            name,
            ty: variable.value_type(),
            doc,
            required: variable.is_required(),
            default: variable.default.as_ref(),
            sensitive: variable.sensitive,
        }
    }

    fn field(field: &'a hcl::types::Field, of: &str) -> Self {
        Self {
            name: field.name.to_string(),
            ty: field.ty.clone(),
            doc: format!("`{}` of `{of}`.", field.name),
            required: !field.optional,
            default: field.default.as_ref(),
            sensitive: false,
        }
    }
}

fn add(block: &mut BlockSchema, slot: &Slot<'_>) {
    match nested(&slot.ty) {
        Some((nesting, fields)) => block.blocks.push(blocks(slot, nesting, fields)),
        None => block.attributes.push(attribute(slot)),
    }
}

/// How a type of objects is nested, if it is one whose objects can be blocks.
fn nested(ty: &hcl::Type) -> Option<(Nesting, &[hcl::types::Field])> {
    let (nesting, object) = match ty {
        hcl::Type::Object(_) => (Nesting::Single, ty),
        hcl::Type::List(element) => (Nesting::List, &**element),
        hcl::Type::Set(element) => (Nesting::Set, &**element),
        hcl::Type::Map(element) => (Nesting::Map, &**element),
        _ => return None,
    };
    let hcl::Type::Object(fields) = object else { return None };
    // Nothing dynamic may stand in a block that repeats: protocol 5 would make the whole collection dynamic.
    let fits = nesting == Nesting::Single || !fields.iter().any(|field| dynamic_inside(&field.ty));
    (fits && !fields.is_empty()).then_some((nesting, fields))
}

fn dynamic_inside(ty: &hcl::Type) -> bool {
    match nested(ty) {
        Some((_, fields)) => fields.iter().any(|field| dynamic_inside(&field.ty)),
        None => terraform_type(ty).has_dynamic(),
    }
}

fn blocks(slot: &Slot<'_>, nesting: Nesting, fields: &[hcl::types::Field]) -> NestedBlock {
    let mut block = BlockSchema::new(slot.doc.clone());
    for field in fields {
        add(&mut block, &Slot::field(field, &slot.name));
    }
    let single = nesting == Nesting::Single;
    let (min, max) = (u32::from(slot.required && single), u32::from(single));
    NestedBlock { name: slot.name.clone().into(), nesting, min, max, force_new: false, block }
}

fn attribute(slot: &Slot<'_>) -> Attribute {
    let presence = if slot.required { Presence::Required } else { Presence::Optional };
    let default = slot.default.filter(|default| !default.is_null()).map(shown);
    Attribute {
        default_doc: default.map(Into::into),
        sensitive: slot.sensitive,
        ..Attribute::new(slot.name.clone(), slot.doc.clone(), terraform_type(&slot.ty), presence)
    }
}

/// A default as a person would write it.
fn shown(default: &hcl::Value) -> String {
    let text = packgen::hcl::data::json::encode(default)
        .map_or_else(|_| String::new(), |text| text.as_str().to_owned());
    let text = if text.chars().count() > 120 { "the pack's own".to_owned() } else { text };
    if text.contains('`') { text } else { format!("`{text}`") }
}

/// The Terraform type of what is no block.
fn terraform_type(ty: &hcl::Type) -> Type {
    match ty {
        hcl::Type::Any => Type::Dynamic,
        hcl::Type::Bool => Type::Bool,
        hcl::Type::Number => Type::Number,
        hcl::Type::String => Type::String,
        hcl::Type::List(element) => collection(element, Type::list),
        hcl::Type::Set(element) => collection(element, Type::set),
        hcl::Type::Map(element) => collection(element, Type::map),
        hcl::Type::Tuple(elements) => Type::Tuple(elements.iter().map(terraform_type).collect()),
        // Terraform's objects have no optional fields: where some are, any object is taken, and the pack checks it.
        hcl::Type::Object(fields) if fields.iter().any(|field| field.optional) => Type::Dynamic,
        hcl::Type::Object(fields) => {
            Type::object(fields.iter().map(|field| (field.name.to_string(), terraform_type(&field.ty))))
        }
    }
}

/// A collection holds values of one type: one that holds any kind is of any kind itself.
fn collection(element: &hcl::Type, build: fn(Type) -> Type) -> Type {
    let element = terraform_type(element);
    if element.has_dynamic() { Type::Dynamic } else { build(element) }
}

fn secret(entry: &SecretEntry) -> [Attribute; 2] {
    let name = &*entry.name.value;
    let made = if entry.generate.is_some() { " If it is not given, one is made up, once." } else { "" };
    let doc = format!(
        "{}{made} It is written to Nomad before the jobs are registered, and kept nowhere else.",
        sentence(&entry.description)
    );
    let version = format!("Raise it to have a changed `{name}_wo` written, or a made-up one made anew.");
    let value = Attribute::new(format!("{name}_wo"), doc, Type::String, Presence::Optional);
    [
        value.sensitive().write_only(),
        Attribute::new(format!("{name}_wo_version"), version, Type::Number, Presence::Optional),
    ]
}

fn output(entry: &OutputEntry) -> Attribute {
    let name = entry.name.value.to_string();
    let doc = sentence(&entry.description);
    Attribute {
        sensitive: entry.sensitive,
        ..Attribute::new(name, doc, terraform_type(&entry.ty), Presence::Computed)
    }
}

/// A value of Terraform's as what is given for a variable of this type; none if it is not set.
fn given(ty: &hcl::Type, value: &Value, place: &str) -> Option<hcl::Value> {
    let Some((nesting, fields)) = nested(ty) else {
        return (!value.is_null()).then(|| to_packgen(value, place));
    };
    let object = |value: &Value, place: &str| object(fields, value, place);
    match (nesting, value) {
        (_, Value::Unknown(_)) => Some(hcl::Value::unknown(ty.concrete(), place)),
        (Nesting::Single, Value::Map(_)) => Some(object(value, place)),
        (Nesting::List | Nesting::Set, Value::List(items) | Value::Set(items)) if !items.is_empty() => {
            let items = items.iter().enumerate();
            Some(hcl::Value::tuple(items.map(|(at, item)| object(item, &format!("{place}[{at}]"))).collect()))
        }
        (Nesting::Map, Value::Map(labelled)) if !labelled.is_empty() => {
            let entry = |(label, item): (&String, &Value)| {
                hcl::Entry::new(label.as_str(), object(item, &format!("{place}.{label}")))
            };
            Some(hcl::Value::object(labelled.iter().map(entry).collect()))
        }
        _ => None,
    }
}

/// A block as an object; what is not written in it is left out, so that the type's own defaults apply.
fn object(fields: &[hcl::types::Field], value: &Value, place: &str) -> hcl::Value {
    if value.is_unknown() {
        return hcl::Value::unknown(hcl::Type::Any, place);
    }
    let entry = |field: &hcl::types::Field| {
        let given = given(&field.ty, value.field(&field.name), &format!("{place}.{}", field.name))?;
        Some(hcl::Entry::new(&*field.name, given))
    };
    hcl::Value::object(fields.iter().filter_map(entry).collect())
}

/// An output as a value of its attribute's type.
fn typed(ty: &Type, value: Value) -> Value {
    match (ty, value) {
        (Type::Dynamic, Value::Null) => Value::Null,
        (Type::Dynamic, value) if !value.is_unknown() => {
            Value::Dynamic(Box::new((Type::natural(&value), value)))
        }
        (Type::Set(element), Value::List(items)) => {
            Value::set(items.into_iter().map(|item| typed(element, item)))
        }
        (Type::List(element), Value::List(items)) => {
            Value::List(items.into_iter().map(|item| typed(element, item)).collect())
        }
        (Type::Map(element), Value::Map(fields)) => {
            Value::object(fields.into_iter().map(|(name, field)| (name, typed(element, field))))
        }
        (Type::Object(types), Value::Map(fields)) => Value::object(types.iter().map(|(name, ty)| {
            let field = fields.get(name.as_ref()).cloned().unwrap_or(Value::Null);
            (name.to_string(), typed(ty, field))
        })),
        (_, value) => value,
    }
}
