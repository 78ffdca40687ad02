//! `#[derive(Block)]`: lists a struct's fields for the kit, nothing more. What the settings mean is the kit's business.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Error, Expr, ExprLit, Field, Fields, Lit, Meta, Result};

/// Derives the kit's `Block` for a struct with named fields.
///
/// A field is an attribute, or a nested block if marked `#[block]`. Its `///` lines are what the user reads, and have
/// to be there. Settings stand in `#[attr(force_new, stable, check = dns_label, default = 3, …)]` and
/// `#[block(min = 1, set)]`: each is the method of that name on the kit's `Attribute` or `NestedBlock`.
#[proc_macro_derive(Block, attributes(attr, block))]
pub fn derive_block(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(Error::into_compile_error).into()
}

fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new(input.span(), "only a struct can be a block"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new(input.span(), "a block's fields need names"));
    };
    let fields = fields.named.iter().map(Row::of).collect::<Result<Vec<_>>>()?;
    let (name, doc) = (&input.ident, doc(&input.attrs, input.span())?);
    let settings = settings(&input.attrs, "block")?;
    let schema = fields.iter().map(Row::schema);
    let decode = fields.iter().map(Row::decode);
    let encode = fields.iter().map(Row::encode);
    Ok(quote! {
        impl ::kit::Block for #name {
            fn block() -> ::kit::schema::Block {
                ::kit::schema::Block::new(#doc) #(#settings)* #(#schema)*
            }
            fn decode(value: &::kit::Value, at: &::kit::At<'_>) -> ::std::result::Result<Self, ::kit::Diagnostic> {
                Ok(Self { #(#decode),* })
            }
            fn encode(&self) -> ::kit::Value {
                ::kit::Value::object::<&str>([#(#encode),*])
            }
        }
    })
}

/// One field, as it is listed.
struct Row<'a> {
    field: &'a Field,
    name: String,
    doc: String,
    block: bool,
    settings: Vec<TokenStream>,
}

impl<'a> Row<'a> {
    fn of(field: &'a Field) -> Result<Self> {
        let ident = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let block = field.attrs.iter().any(|a| a.path().is_ident("block"));
        let settings = settings(&field.attrs, if block { "block" } else { "attr" })?;
        let name = ident.trim_start_matches("r#").to_owned();
        Ok(Self { field, name, doc: doc(&field.attrs, field.span())?, block, settings })
    }

    fn schema(&self) -> TokenStream {
        let (ty, name, doc, settings) = (&self.field.ty, &self.name, &self.doc, &self.settings);
        if self.block {
            quote! { .block(::kit::schema::NestedBlock::of::<#ty>(#name, #doc) #(#settings)*) }
        } else {
            quote! { .attribute(::kit::schema::Attribute::of::<#ty>(#name, #doc) #(#settings)*) }
        }
    }

    fn decode(&self) -> TokenStream {
        let (ident, name) = (&self.field.ident, &self.name);
        if self.block {
            quote! { #ident: ::kit::model::nested(value, #name, at)? }
        } else {
            quote! { #ident: ::kit::model::attribute(value, #name, at)? }
        }
    }

    fn encode(&self) -> TokenStream {
        let (ident, name) = (&self.field.ident, &self.name);
        if self.block {
            let set = self.settings.iter().any(|s| s.to_string().replace(' ', "") == ".set()");
            quote! { (#name, ::kit::Nest::encode(&self.#ident, #set)) }
        } else {
            quote! { (#name, ::kit::Attr::encode(&self.#ident)) }
        }
    }
}

/// The settings of `#[attr(…)]` or `#[block(…)]`, as calls of the methods that they name.
fn settings(attrs: &[Attribute], kind: &str) -> Result<Vec<TokenStream>> {
    let mut calls = Vec::new();
    for attr in attrs.iter().filter(|a| a.path().is_ident(kind) && matches!(a.meta, Meta::List(_))) {
        attr.parse_nested_meta(|meta| {
            let name = meta.path.require_ident()?;
            let call = match meta.value() {
                Err(_) => quote! { .#name() },
                Ok(value) => {
                    let value: Expr = value.parse()?;
                    let value = if name == "default" {
                        by_reference(&value)
                    } else {
                        quote! { #value }
                    };
                    quote! { .#name(#value) }
                }
            };
            calls.push(call);
            Ok(())
        })?;
    }
    Ok(calls)
}

/// A default is written as a literal of the field's kind; text becomes a `String`, a bare number an `i64`.
fn by_reference(value: &Expr) -> TokenStream {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => quote! { &::std::string::String::from(#text) },
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) if int.suffix().is_empty() => quote! { &(#int as i64) },
        other => quote! { &(#other) },
    }
}

/// The `///` lines, without which nobody could use the attribute.
fn doc(attrs: &[Attribute], span: proc_macro2::Span) -> Result<String> {
    let lines: Vec<String> = attrs.iter().filter_map(doc_line).collect();
    let text = lines.join("\n").trim().to_owned();
    if text.is_empty() {
        Err(Error::new(span, "a `///` comment is missing: it is what the user reads"))
    } else {
        Ok(text)
    }
}

fn doc_line(attr: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attr.meta else { return None };
    match &pair.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if pair.path.is_ident("doc") => {
            let line = text.value();
            Some(line.strip_prefix(' ').unwrap_or(&line).to_owned())
        }
        _ => None,
    }
}
