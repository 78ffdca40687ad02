//! Handlebars text → [`tree`](super::tree), by the handlebars crate. It knows no values, and nothing else of packgen:
//! the build reads the templates of built-in packs with it too.

use std::borrow::Cow;

use handlebars::template::{BlockParam, HelperTemplate, Parameter, TemplateElement};
use handlebars::{Template, TemplateError};

use super::tree::{At, Block, Element, Kind, List, Param, Str};

/// Reads a template.
pub fn compile(text: &str) -> Result<Vec<Element>, Box<TemplateError>> {
    Template::compile(text).map(|template| elements(&template, At::default())).map_err(Box::new)
}

/// The parts of a template; those that the crate gives no place are at `outer`.
fn elements(template: &Template, outer: At) -> Vec<Element> {
    let mut places = template.mapping.iter().map(|mapping| At { line: mapping.0, column: mapping.1 });
    let elements = template.elements.iter().map(|element| (element, places.next().unwrap_or(outer)));
    elements.filter_map(|(element, at)| Some(Element { at, kind: kind(element, at)? })).collect()
}

/// What an element is; nothing for a comment.
fn kind(element: &TemplateElement, at: At) -> Option<Kind> {
    Some(match element {
        TemplateElement::RawString(text) => Kind::Text(text.clone().into()),
        TemplateElement::Expression(tag) => Kind::Value { value: value(tag), raw: false },
        TemplateElement::HtmlExpression(tag) => Kind::Value { value: value(tag), raw: true },
        TemplateElement::HelperBlock(tag) => Kind::Block(block(tag, at)),
        TemplateElement::Comment(_) => return None,
        _ => Kind::Foreign,
    })
}

fn block(tag: &HelperTemplate, at: At) -> Block {
    let inside = |template: &Option<Template>| {
        template.as_ref().map_or(Cow::Borrowed(&[][..]), |template| elements(template, at).into())
    };
    let names = match &tag.block_param {
        Some(BlockParam::Single(one)) => vec![name(one)],
        Some(BlockParam::Pair((one, two))) => vec![name(one), name(two)],
        _ => Vec::new(),
    };
    Block {
        name: name(&tag.name),
        params: params(tag),
        names: names.into(),
        inner: inside(&tag.template),
        otherwise: inside(&tag.inverse),
    }
}

/// A tag with nothing but a name is that value; otherwise the name is a helper's.
fn value(tag: &HelperTemplate) -> Param {
    if tag.params.is_empty() && tag.hash.is_empty() {
        return param(&tag.name);
    }
    let option = tag.hash.keys().min().map(|option| option.clone().into());
    Param::Call { helper: name(&tag.name), values: params(tag), option }
}

fn params(tag: &HelperTemplate) -> List<Param> {
    tag.params.iter().map(param).collect()
}

fn param(parameter: &Parameter) -> Param {
    match parameter {
        Parameter::Literal(json) => Param::Literal(json.to_string().into()),
        Parameter::Subexpression(inner) => match inner.as_element() {
            TemplateElement::Expression(tag) => value(tag),
            _ => Param::Foreign,
        },
        _ => Param::Name(name(parameter)),
    }
}

fn name(parameter: &Parameter) -> Str {
    parameter.as_name().unwrap_or_default().to_owned().into()
}
