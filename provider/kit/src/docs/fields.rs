//! A schema as lists of fields: what has to be written, what may be, what the provider sets; then what is inside.

use crate::schema::{Attribute, Block, NestedBlock, Nesting, Presence};
use crate::ty::Type;

use super::markdown::{code, constraint, item, literal, prose};

/// The whole section of a schema.
pub(super) fn schema(block: &Block) -> String {
    let mut page = String::from("## Schema\n");
    page.push_str(&lists(block, "", |title| format!("\n### {title}\n\n")));
    page.push_str(&inside(block, ""));
    page
}

/// A block's own fields. `above` is the way to it, ending in a dot.
fn lists(block: &Block, above: &str, heading: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    for group in [Group::Required, Group::Optional, Group::ReadOnly] {
        let attributes =
            block.attributes.iter().filter(|a| Group::of(a) == group).map(|a| attribute(a, above));
        let blocks = block.blocks.iter().filter(|n| Group::of_block(n) == group).map(|n| nested(n, above));
        let lines: String = attributes.chain(blocks).collect();
        if !lines.is_empty() {
            text.push_str(&heading(group.title()));
            text.push_str(&lines);
        }
    }
    text
}

/// The sections of everything that is inside a block, each after the one that it belongs to.
fn inside(block: &Block, above: &str) -> String {
    let mut text = String::new();
    for attribute in &block.attributes {
        if let Some(fields) = object_of(attribute) {
            let path = format!("{above}{}", attribute.name);
            text.push_str(&section("nestedatt", &path, &fields));
            text.push_str(&inside(&fields, &format!("{path}.")));
        }
    }
    for nested in &block.blocks {
        let path = format!("{above}{}", nested.name);
        text.push_str(&section("nestedblock", &path, &nested.block));
        text.push_str(&inside(&nested.block, &format!("{path}.")));
    }
    text
}

fn section(kind: &str, path: &str, block: &Block) -> String {
    let title = format!("\n<a id=\"{}\"></a>\n### Nested Schema for {}\n", anchor(kind, path), code(path));
    title + &lists(block, &format!("{path}."), |title| format!("\n{title}:\n\n"))
}

fn anchor(kind: &str, path: &str) -> String {
    format!("{kind}--{}", path.replace('.', "--"))
}

fn below(kind: &str, path: &str) -> String {
    format!("(see [below for nested schema](#{}))", anchor(kind, path))
}

/// The lists that a schema is told in.
#[derive(Clone, Copy, PartialEq)]
enum Group {
    Required,
    Optional,
    ReadOnly,
}

impl Group {
    fn of(attribute: &Attribute) -> Self {
        match attribute.presence {
            Presence::Required => Self::Required,
            Presence::Optional | Presence::OptionalComputed => Self::Optional,
            Presence::Computed => Self::ReadOnly,
        }
    }

    fn of_block(nested: &NestedBlock) -> Self {
        if nested.min > 0 { Self::Required } else { Self::Optional }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Required => "Required",
            Self::Optional => "Optional",
            Self::ReadOnly => "Read-Only",
        }
    }
}

fn attribute(a: &Attribute, above: &str) -> String {
    let mut words = vec![a.ty.to_string()];
    let flags = [
        (a.sensitive, "Sensitive"),
        (a.write_only, "Write-only"),
        (a.force_new, "Forces replacement"),
        (a.deprecated.is_some(), "Deprecated"),
    ];
    words.extend(flags.iter().filter(|(is, _)| *is).map(|(_, word)| (*word).to_owned()));
    let mut notes: Vec<String> =
        a.checks.iter().filter_map(|check| check.doc.as_deref().map(prose)).collect();
    notes.extend(default(a));
    notes.extend(a.deprecated.as_deref().map(deprecated));
    if object_of(a).is_some() {
        notes.push(below("nestedatt", &format!("{above}{}", a.name)));
    }
    line(&a.name, &words, &a.doc, &notes)
}

fn default(a: &Attribute) -> Option<String> {
    match (&a.default_doc, &a.default) {
        (Some(words), _) => Some(format!("Default: {}.", prose(words))),
        (None, Some(value)) => Some(format!("Default: {}.", code(&literal(value)))),
        (None, None) if a.presence == Presence::OptionalComputed => {
            Some("Set by the provider if left out.".to_owned())
        }
        (None, None) => None,
    }
}

fn deprecated(instead: &str) -> String {
    format!("**Deprecated:** {}", prose(instead))
}

fn nested(n: &NestedBlock, above: &str) -> String {
    let kind = match n.nesting {
        Nesting::Single => "Block",
        Nesting::List => "Block List",
        Nesting::Set => "Block Set",
        Nesting::Map => "Block Map",
    };
    let mut words = vec![kind.to_owned()];
    if n.nesting != Nesting::Single {
        words.extend((n.min > 0).then(|| format!("Min: {}", n.min)));
        words.extend((n.max > 0).then(|| format!("Max: {}", n.max)));
    }
    words.extend(n.force_new.then(|| "Forces replacement".to_owned()));
    words.extend(n.block.deprecated.is_some().then(|| "Deprecated".to_owned()));
    let mut notes: Vec<String> = n.block.deprecated.as_deref().map(deprecated).into_iter().collect();
    notes.extend(
        (n.nesting == Nesting::Map)
            .then(|| format!("Each has a label: {}.", code(&format!("{} \"…\" {{ }}", n.name)))),
    );
    notes.push(below("nestedblock", &format!("{above}{}", n.name)));
    line(&n.name, &words, &n.block.doc, &notes)
}

/// One item. Notes follow the text, or stand below it where it is more than one paragraph.
fn line(name: &str, words: &[String], doc: &str, notes: &[String]) -> String {
    let (doc, notes) = (prose(doc), notes.join(" "));
    let between =
        if doc.contains("\n\n") || doc.contains("\n```") || doc.contains("\n- ") { "\n\n" } else { " " };
    let text = format!("{} ({}) {doc}{between}{notes}", code(name), words.join(", "));
    format!("- {}\n", item(text.trim_end()))
}

/// What is inside an object, or inside the objects of a collection. All of it has to be written, if any is.
fn object_of(a: &Attribute) -> Option<Block> {
    let fields = object_type(&a.ty)?;
    let presence = if a.is_configurable() { Presence::Required } else { Presence::Computed };
    let documented = a.object.as_deref();
    let attributes = fields.iter().map(|(name, ty)| {
        let field = documented.and_then(|block| block.attributes.iter().find(|field| field.name == *name));
        match field {
            Some(field) => Attribute { presence, ..field.clone() },
            None => Attribute::new(
                name.clone(),
                format!("Of the type {}.", code(&constraint(ty))),
                ty.clone(),
                presence,
            ),
        }
    });
    Some(Block { attributes: attributes.collect(), ..Block::default() })
}

fn object_type(ty: &Type) -> Option<&std::collections::BTreeMap<std::borrow::Cow<'static, str>, Type>> {
    match ty {
        Type::Object(fields) => Some(fields),
        Type::List(element) | Type::Set(element) | Type::Map(element) => object_type(element),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_made_from_data_is_told_like_any_other() {
        let ports = Type::list(Type::object([("port", Type::Number), ("labels", Type::map(Type::String))]));
        let block = Block::new("x")
            .attribute(Attribute::new("ports", "Ports\n# of it", ports, Presence::Optional))
            .attribute(Attribute {
                default_doc: Some("what the *pack* says".into()),
                ..Attribute::new("image", "An image.", Type::String, Presence::Optional)
            });
        insta::assert_snapshot!(schema(&block), @r#"
        ## Schema

        ### Optional

        - `ports` (List of Object) Ports
          \# of it (see [below for nested schema](#nestedatt--ports))
        - `image` (String) An image. Default: what the *pack* says.

        <a id="nestedatt--ports"></a>
        ### Nested Schema for `ports`

        Required:

        - `labels` (Map of String) Of the type `map(string)`.
        - `port` (Number) Of the type `number`.
        "#);
    }
}
