//! What a user gives: layers of values, each stronger than the one before.

use crate::hcl::data::{json, yaml};
use crate::hcl::eval::{Dialect, Env, error};
use crate::hcl::syntax::parse_body;
use crate::hcl::value::Value;
use crate::lasting::Str;
use crate::source::{Diagnostics, FileId, SourceMap, Span, Spanned};
use crate::tree::Name;

/// Where values come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file of values.
    File,
    /// The environment. Names that no variable has are not looked at.
    Environment,
    /// The command line.
    Flag,
    /// Terraform.
    Provider,
}

/// How a file of values is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `name = value`.
    Hcl,
    /// A JSON object.
    Json,
    /// A YAML mapping.
    Yaml,
}

impl Format {
    /// The format of a file, by its name and, where that says nothing, by its text.
    pub fn of(name: &str, text: &str) -> Format {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        match extension.to_ascii_lowercase().as_str() {
            "json" => Format::Json,
            "yaml" | "yml" => Format::Yaml,
            _ if text.trim_start_matches(' ').starts_with('{') => Format::Json,
            _ => Format::Hcl,
        }
    }
}

/// What is given for a variable.
#[derive(Clone, Debug)]
pub enum Given {
    /// A value.
    Value(Value),
    /// A text that is read by the variable's type: as it is for strings, as an expression otherwise.
    Text(FileId),
}

/// Values from one place.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The place.
    pub source: Source,
    /// What is given, by name.
    pub values: Vec<(Name, Given)>,
}

/// All layers, the strongest last.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// The layers.
    pub layers: Vec<Layer>,
}

impl Inputs {
    /// Adds a layer that is stronger than all before.
    #[must_use]
    pub fn with(mut self, layer: Layer) -> Self {
        self.layers.push(layer);
        self
    }
}

impl Layer {
    /// The values of a file.
    pub fn file(sources: &SourceMap, file: FileId, format: Format) -> Result<Layer, Diagnostics> {
        let values = match format {
            Format::Hcl => hcl(sources, file)?,
            Format::Json => entries(&json::parse(sources, file)?)?,
            Format::Yaml => entries(&yaml::parse(sources, file)?)?,
        };
        Ok(Layer { source: Source::File, values })
    }

    /// Texts such as `name=value` of the command line or the environment; `origin` begins the name under
    /// which findings show them: `--var name`.
    pub fn texts<'a>(
        sources: &SourceMap,
        source: Source,
        origin: &str,
        texts: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Layer {
        let given = |(name, text): (&str, &str)| {
            let file = sources.add(format!("{origin}{name}"), text);
            (Spanned::new(Str::from(name), Span::new(file, 0, text.len())), Given::Text(file))
        };
        Layer { source, values: texts.into_iter().map(given).collect() }
    }

    /// Values that are there already.
    pub fn values(source: Source, values: impl IntoIterator<Item = (String, Value)>) -> Layer {
        let given =
            |(name, value): (String, Value)| (Spanned::new(Str::from(name), value.at), Given::Value(value));
        Layer { source, values: values.into_iter().map(given).collect() }
    }
}

fn hcl(sources: &SourceMap, file: FileId) -> Result<Vec<(Name, Given)>, Diagnostics> {
    let (body, mut findings) = parse_body(sources, file);
    let env = Env::new(sources, Dialect::Constant);
    for block in body.blocks() {
        let finding = error("unexpected-block", "a file of values has `name = value` only", block.header);
        findings.push(finding.help(format!("write `{} = {{ … }}`", &*block.ty.value)));
    }
    let mut values = Vec::new();
    for attribute in body.attributes() {
        if let Some(value) = findings.take(env.scope().eval(&attribute.expr)) {
            values.push((attribute.name.clone(), Given::Value(value)));
        }
    }
    findings.ok(values).map(|(values, _)| values)
}

fn entries(value: &Value) -> Result<Vec<(Name, Given)>, Diagnostics> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    let Some(entries) = value.entries() else {
        return Err(
            error("type", "a file of values is an object with the names of variables", value.at).into()
        );
    };
    let given = entries.iter().map(|entry| {
        (Spanned::new(entry.key.shared().clone(), entry.key_at), Given::Value(entry.value.clone()))
    });
    Ok(given.collect())
}
