//! The kit's schemas and signatures as the protocol's.

use kit::schema::{Attribute, Block, NestedBlock, Nesting, Presence, Schema};
use kit::{Signature, Type};
use prost::bytes::Bytes;
use tfplugin5::schema::nested_block::NestingMode;
use tfplugin5::{Function, StringKind, function, schema};

use super::json;

/// A schema.
pub fn schema(from: &Schema) -> tfplugin5::Schema {
    tfplugin5::Schema { version: from.version, block: Some(block(&from.block)) }
}

fn block(from: &Block) -> schema::Block {
    schema::Block {
        attributes: from.attributes.iter().map(attribute).collect(),
        block_types: from.blocks.iter().map(nested).collect(),
        description: from.doc.to_string(),
        description_kind: StringKind::Markdown.into(),
        deprecated: from.deprecated.is_some(),
        deprecation_message: from.deprecated.clone().unwrap_or_default().into_owned(),
        ..Default::default()
    }
}

fn attribute(from: &Attribute) -> schema::Attribute {
    schema::Attribute {
        name: from.name.to_string(),
        r#type: type_name(&from.ty),
        description: from.doc.to_string(),
        required: from.presence == Presence::Required,
        optional: matches!(from.presence, Presence::Optional | Presence::OptionalComputed),
        computed: from.is_computed(),
        sensitive: from.sensitive,
        description_kind: StringKind::Markdown.into(),
        deprecated: from.deprecated.is_some(),
        write_only: from.write_only,
        deprecation_message: from.deprecated.clone().unwrap_or_default().into_owned(),
    }
}

fn nested(from: &NestedBlock) -> schema::NestedBlock {
    // Terraform counts single, list and set blocks; for labelled ones the protocol has no counts.
    let (nesting, min, max) = match from.nesting {
        Nesting::Single => (NestingMode::Single, from.min.min(1), from.min.min(1)),
        Nesting::List => (NestingMode::List, from.min, from.max),
        Nesting::Set => (NestingMode::Set, from.min, from.max),
        Nesting::Map => (NestingMode::Map, 0, 0),
    };
    schema::NestedBlock {
        type_name: from.name.to_string(),
        block: Some(block(&from.block)),
        nesting: nesting.into(),
        min_items: min.into(),
        max_items: max.into(),
    }
}

/// A function's signature.
pub fn function(from: &Signature) -> Function {
    Function {
        parameters: from.parameters.iter().map(parameter).collect(),
        variadic_parameter: None,
        r#return: Some(function::Return { r#type: type_name(&from.output) }),
        summary: from.doc.lines().next().unwrap_or_default().to_owned(),
        description: from.doc.to_string(),
        description_kind: StringKind::Markdown.into(),
        deprecation_message: String::new(),
    }
}

fn parameter(from: &Attribute) -> function::Parameter {
    function::Parameter {
        name: from.name.to_string(),
        r#type: type_name(&from.ty),
        allow_null_value: Signature::allows_null(from),
        allow_unknown_values: from.late,
        description: from.doc.to_string(),
        description_kind: StringKind::Markdown.into(),
    }
}

fn type_name(ty: &Type) -> Bytes {
    json::encode(&ty.name()).into()
}
