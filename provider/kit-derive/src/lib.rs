//! `#[derive(Block)]`: lists a struct's fields for the kit, nothing more. What the settings mean is the kit's business.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Error, Expr, ExprLit, Field, Fields, Lit, Meta, Result};

/// Derives the kit's `Block` for a struct with named fields.
///
/// A field is an attribute, or a nested block if marked `#[block]`. Its `///` lines are what the user reads, and have
/// to be there. Settings stand in `#[attr(force_new, stable, check = dns_label, default = 3, …)]` and
/// `#[block(min = 1, set)]`: each is the method of that name on the kit's `Attribute` or `NestedBlock`. A setting of
/// the whole struct, such as `#[block(deprecated = "…")]`, is a method of the kit's `schema::Block`.
#[proc_macro_derive(Block, attributes(attr, block))]
pub fn derive_block(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(Error::into_compile_error).into()
}

fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let fields = named_fields(input)?;
    let fields = fields.into_iter().map(Row::of).collect::<Result<Vec<_>>>()?;
    let (name, doc) = (&input.ident, doc(&input.attrs, &input.ident.to_string(), input.ident.span())?);
    let settings = settings(&input.attrs, "block")?;
    let settings = settings.iter().map(|s| &s.call);
    let schema = fields.iter().map(Row::schema);
    let decode = fields.iter().map(Row::decode);
    let encode = fields.iter().map(Row::encode);
    Ok(quote! {
        impl ::kit::Block for #name {
            fn block() -> ::kit::schema::Block {
                ::kit::schema::Block::new(#doc) #(#settings)* #(#schema)*
            }
            fn decode(value: &::kit::Value, at: &::kit::At<'_>) -> ::std::result::Result<Self, ::kit::Diagnostic> {
                let _ = (value, at);
                Ok(Self { #(#decode),* })
            }
            fn encode(&self) -> ::kit::Value {
                let fields: [(&str, ::kit::Value); _] = [#(#encode),*];
                ::kit::Value::object(fields)
            }
        }
    })
}

fn named_fields(input: &DeriveInput) -> Result<Vec<&Field>> {
    let name = &input.ident;
    let fields = match &input.data {
        Data::Struct(data) => &data.fields,
        Data::Enum(_) | Data::Union(_) => {
            let problem = format!("`{name}` has to be a struct: a block holds all of its fields at once");
            return Err(Error::new(name.span(), problem));
        }
    };
    if let Some(parameter) = input.generics.params.first() {
        let problem = format!("`{name}` cannot have parameters: a schema is of one struct");
        return Err(Error::new(parameter.span(), problem));
    }
    match fields {
        Fields::Named(fields) => Ok(fields.named.iter().collect()),
        Fields::Unit => Ok(Vec::new()),
        Fields::Unnamed(fields) => {
            let problem = format!("the fields of `{name}` need names: they are what the user writes");
            Err(Error::new(fields.span(), problem))
        }
    }
}

/// One field, as it is listed.
struct Row<'a> {
    field: &'a Field,
    name: String,
    doc: String,
    block: bool,
    settings: Vec<Setting>,
}

impl<'a> Row<'a> {
    fn of(field: &'a Field) -> Result<Self> {
        let ident = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let span = field.ident.as_ref().map_or_else(|| field.span(), proc_macro2::Ident::span);
        let block = field.attrs.iter().any(|a| a.path().is_ident("block"));
        let settings = settings(&field.attrs, if block { "block" } else { "attr" })?;
        let name = ident.trim_start_matches("r#").to_owned();
        let doc = doc(&field.attrs, &name, span)?;
        Ok(Self { field, name, doc, block, settings })
    }

    fn schema(&self) -> TokenStream {
        let (ty, name, doc) = (&self.field.ty, &self.name, &self.doc);
        let settings = self.settings.iter().map(|s| &s.call);
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
            let set = self.settings.iter().any(|s| s.name == "set");
            quote! { (#name, ::kit::Nest::encode(&self.#ident, #set)) }
        } else {
            quote! { (#name, ::kit::Attr::encode(&self.#ident)) }
        }
    }
}

/// A setting, and the call of the method that it names.
struct Setting {
    name: String,
    call: TokenStream,
}

/// The settings of `#[attr(…)]` or `#[block(…)]`. The other of the two has no meaning here.
fn settings(attrs: &[Attribute], kind: &str) -> Result<Vec<Setting>> {
    let mut settings = Vec::new();
    for attr in attrs.iter().filter(|a| a.path().is_ident("attr") || a.path().is_ident("block")) {
        if !attr.path().is_ident(kind) {
            let problem = format!("this is a block: write its settings in `#[{kind}(…)]`");
            return Err(Error::new(attr.span(), problem));
        }
        match &attr.meta {
            Meta::Path(_) if kind == "block" => {}
            Meta::List(_) => attr.parse_nested_meta(|meta| {
                settings.push(setting(&meta)?);
                Ok(())
            })?,
            _ => {
                let problem = format!("settings stand in parentheses: `#[{kind}(…)]`");
                return Err(Error::new(attr.span(), problem));
            }
        }
    }
    Ok(settings)
}

fn setting(meta: &ParseNestedMeta<'_>) -> Result<Setting> {
    let name = meta.path.require_ident()?;
    let call = match meta.value() {
        Err(_) => quote! { .#name() },
        Ok(value) => match value.parse()? {
            value if name == "default" => by_reference(name, &value),
            value => quote! { .#name(#value) },
        },
    };
    Ok(Setting { name: name.to_string(), call })
}

/// A default is written as a literal of the field's kind; text becomes a `String`, a bare number an `i64`.
fn by_reference(name: &syn::Ident, value: &Expr) -> TokenStream {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            quote! { .#name(&::std::string::String::from(#text)) }
        }
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) if int.suffix().is_empty() => {
            quote! { .#name(&(#int as i64)) }
        }
        other => quote! { .#name(&(#other)) },
    }
}

/// The `///` lines, without which nobody could use the attribute.
fn doc(attrs: &[Attribute], name: &str, span: Span) -> Result<String> {
    let lines: Vec<String> = attrs.iter().filter_map(doc_line).collect();
    let text = lines.join("\n").trim().to_owned();
    if text.is_empty() {
        let problem = format!("`{name}` needs a `///` comment: it is what the user reads");
        return Err(Error::new(span, problem));
    }
    Ok(text)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(source: &str) -> String {
        expand(&syn::parse_str(source).unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_said_in_words() {
        for (source, expected) in [
            ("/// X.\nenum X { A }", "`X` has to be a struct: a block holds all of its fields at once"),
            ("/// X.\nstruct X(String);", "the fields of `X` need names: they are what the user writes"),
            ("/// X.\nstruct X<T> { /// A.\na: T }", "`X` cannot have parameters: a schema is of one struct"),
            ("struct X {}", "`X` needs a `///` comment: it is what the user reads"),
            ("/// X.\nstruct X { a: String }", "`a` needs a `///` comment: it is what the user reads"),
            (
                "/// X.\nstruct X { ///\nr#type: String }",
                "`type` needs a `///` comment: it is what the user reads",
            ),
            (
                "/// X.\nstruct X { /// A.\n#[block] #[attr(force_new)] a: Y }",
                "this is a block: write its settings in `#[block(…)]`",
            ),
            ("/// X.\nstruct X { /// A.\n#[attr] a: Y }", "settings stand in parentheses: `#[attr(…)]`"),
            ("/// X.\n#[attr(x)] struct X {}", "this is a block: write its settings in `#[block(…)]`"),
        ] {
            assert_eq!(problem(source), expected, "{source}");
        }
    }
}
