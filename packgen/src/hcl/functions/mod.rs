//! The functions of the language: one table row each, with what it takes, what it is for and whether its
//! result is the same each time.
//!
//! The table has exactly the functions that Nomad has, plus `templatefile` for packs. A row's code sees
//! arguments that are converted, not null and known, unless the row says otherwise.

mod args;
mod collections;
mod conversion;
mod crypto;
mod csv;
mod dates;
mod encoding;
mod files;
mod format;
mod lists;
mod maps;
mod network;
mod numbers;
mod row;
mod sets;
mod strings;
mod templates;
mod text;
mod uuids;

use std::collections::BTreeMap;
use std::sync::LazyLock;

pub use args::{Args, Failure};
pub use row::{Flow, Function, Param, Purity, Run, Want};
pub(crate) use templates::templatefile;

use super::eval::{Dialect, Evaluated, Scope, error};
use super::syntax::Call;
use super::types::{Type, convert, nearest};
use super::value::{Kind, Unknown, Value};
use crate::source::{Diagnostic, Span};

/// All functions, by name.
static TABLE: LazyLock<BTreeMap<&'static str, &'static Function>> = LazyLock::new(|| {
    let parts: [&'static [Function]; 17] = [
        collections::ROWS,
        conversion::ROWS,
        crypto::ROWS,
        csv::ROWS,
        dates::ROWS,
        encoding::ROWS,
        files::ROWS,
        format::ROWS,
        lists::ROWS,
        maps::ROWS,
        network::ROWS,
        numbers::ROWS,
        sets::ROWS,
        strings::ROWS,
        templates::ROWS,
        text::ROWS,
        uuids::ROWS,
    ];
    parts.into_iter().flatten().map(|row| (row.name, row)).collect()
});

/// All functions in the order of their names.
pub fn all() -> impl Iterator<Item = &'static Function> {
    TABLE.values().copied()
}

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Function> {
    TABLE.get(name).copied()
}

/// Calls a function.
pub(super) fn call(scope: &Scope<'_>, call: &Call, span: Span) -> Evaluated {
    let function = lookup(scope, call)?;
    if let Run::Syntax(run) = function.run {
        return run(scope, call, span);
    }
    let args = evaluate(scope, function, call, span)?;
    match args {
        Ready::Known(args) => finish(scope, function, &args),
        Ready::Unknown(unknown, sensitive) => {
            let kind = Kind::Unknown(Unknown { ty: function.returns.ty(), why: unknown.why });
            Ok(Value { kind, at: span, sensitive })
        }
    }
}

fn lookup<'a>(scope: &Scope<'a>, call: &Call) -> Result<&'a Function, Diagnostic> {
    let name = &*call.name.value;
    let env = scope.env();
    if env.dialect() == Dialect::Constant {
        let finding = error(
            "not-constant",
            format!("`{name}(…)` cannot be used here: the value must be a constant"),
            call.name.span,
        );
        return Err(finding.help("what has to be computed goes into `locals`"));
    }
    let own = env.extra_functions().iter().find(|row| row.name == name);
    let Some(function) = own.or_else(|| find(name)) else { return Err(unknown_function(scope, call)) };
    match (env.dialect(), function.purity) {
        (Dialect::Nomad, _) if !function.in_nomad => {
            let message = format!("Nomad has no function `{name}`; it can be used in packs only");
            Err(error("unknown-function", message, call.name.span))
        }
        (Dialect::Pack, Purity::Random) => {
            let message =
                format!("`{name}` gives something new each time, so every plan would show a change");
            let cure = "let the user give the value, or declare a `secret` with `generate` in pack.hcl";
            Err(error("impure-function", message, call.name.span).help(cure))
        }
        (Dialect::Pack, Purity::Machine) => {
            let message = format!("`{name}` depends on the machine that renders the pack");
            Err(error("impure-function", message, call.name.span).help("use paths relative to the pack"))
        }
        _ => Ok(function),
    }
}

/// Words for functions of other tools that people look for.
const ELSEWHERE: [(&str, &str); 12] = [
    ("alltrue", "write `!contains([for x in …: x], false)`"),
    ("anytrue", "write `contains([for x in …: x], true)`"),
    ("endswith", "write `trimsuffix(s, x) != s`"),
    ("one", "write `try(x[0], null)`"),
    ("regex", "write `regex_replace(…)`"),
    ("startswith", "write `trimprefix(s, x) != s`"),
    ("sum", "it has none"),
    ("tobool", "write `convert(x, bool)`"),
    ("tolist", "write `convert(x, list(any))` or `x[*]`"),
    ("tonumber", "write `convert(x, number)`"),
    ("toset", "write `distinct(x)` or `convert(x, set(string))`"),
    ("tostring", "write `\"${x}\"` or `convert(x, string)`"),
];

fn unknown_function(scope: &Scope<'_>, call: &Call) -> Diagnostic {
    let name = &*call.name.value;
    let finding = error("unknown-function", format!("there is no function `{name}`"), call.name.span);
    if let Some((_, cure)) = ELSEWHERE.iter().find(|(other, _)| *other == name) {
        return finding.help(format!("Nomad's language does not have it: {cure}"));
    }
    let own = scope.env().extra_functions().iter().map(|row| row.name);
    let close = nearest(name, own.chain(TABLE.keys().copied()));
    finding.maybe_help(close.map(|close| format!("did you mean `{close}`?")))
}

/// Arguments with which a function can be called, or what has to be known first.
enum Ready<'a> {
    Known(Args<'a>),
    Unknown(Unknown, bool),
}

fn evaluate<'a>(
    scope: &'a Scope<'a>,
    function: &Function,
    call: &Call,
    span: Span,
) -> Result<Ready<'a>, Diagnostic> {
    let (mut values, mut spans) = (Vec::with_capacity(call.args.len()), Vec::with_capacity(call.args.len()));
    for (at, arg) in call.args.iter().enumerate() {
        let value = scope.eval(arg)?;
        if call.spread && at + 1 == call.args.len() {
            match spread(&value, arg.span)? {
                Ok(items) => {
                    spans.extend(items.iter().map(|_| arg.span));
                    values.extend(items);
                }
                Err(unknown) => return Ok(Ready::Unknown(unknown, value.sensitive)),
            }
        } else {
            values.push(value);
            spans.push(arg.span);
        }
    }
    check_count(function, values.len(), call, span)?;
    let mut args = Args { scope, values, spans, at: span };
    let unknown = convert_all(function, &mut args)?;
    Ok(match unknown {
        Some(unknown) => Ready::Unknown(unknown, args.values.iter().any(Value::holds_secret)),
        None => Ready::Known(args),
    })
}

/// The elements of the argument before `...`.
fn spread(value: &Value, at: Span) -> Result<Result<Vec<Value>, Unknown>, Diagnostic> {
    if value.is_null() {
        return Err(error("null", "what `...` spreads is null", at));
    }
    if let Kind::Unknown(unknown) = &value.kind {
        return Ok(Err(unknown.clone()));
    }
    match value.items() {
        Some(items) => {
            Ok(Ok(items.iter().map(|item| item.clone().with_sensitive(value.sensitive)).collect()))
        }
        None => Err(error("type", "`...` spreads a list, a set or a tuple", at)),
    }
}

fn check_count(function: &Function, given: usize, call: &Call, span: Span) -> Result<(), Diagnostic> {
    let wanted = function.params.len();
    if given >= wanted && (given == wanted || function.rest.is_some()) {
        return Ok(());
    }
    let message = match function.params.get(given) {
        Some(missing) => format!("`{}` needs one more argument: {}", function.name, missing.name),
        None => format!("`{}` takes {wanted} arguments, here are {given}", function.name),
    };
    let at = call.args.get(wanted).map_or(span, |extra| extra.span);
    Err(error("arguments", message, at).help(function.signature()))
}

/// Brings each argument to its type. Gives the unknown that stands in the way, if there is one.
fn convert_all(function: &Function, args: &mut Args<'_>) -> Result<Option<Unknown>, Diagnostic> {
    let mut unknown = None;
    for at in 0..args.values.len() {
        let Some(param) = function.param(at) else { break };
        let (Some(value), Some(&span)) = (args.values.get(at), args.spans.get(at)) else { break };
        let value = match param.want.ty() {
            Type::Any => value.clone(),
            want => convert(value, &want).map_err(|wrong| {
                argument(function, param, &format!("{}{}", in_part(&wrong.path), wrong.message), span)
            })?,
        };
        if value.is_null() && !param.null {
            return Err(argument(function, param, "it must not be null", span));
        }
        let in_the_way =
            if function.flow == Flow::Parts { only_itself(&value) } else { value.first_unknown() };
        if !param.unknown && unknown.is_none() {
            unknown = in_the_way.cloned();
        }
        if let Some(slot) = args.values.get_mut(at) {
            *slot = value;
        }
    }
    Ok(unknown)
}

fn in_part(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("in {path}: ") }
}

fn only_itself(value: &Value) -> Option<&Unknown> {
    if let Kind::Unknown(unknown) = &value.kind { Some(unknown) } else { None }
}

fn argument(function: &Function, param: &Param, message: &str, at: Span) -> Diagnostic {
    error("arguments", format!("`{}`, argument {}: {message}", function.name, param.name), at)
}

fn finish(scope: &Scope<'_>, function: &Function, args: &Args<'_>) -> Evaluated {
    let result = match &function.run {
        Run::Plain(run) => run(args),
        Run::Shared(run) => run(args),
        Run::Syntax(_) => {
            return Err(error("arguments", "this function reads its arguments unevaluated", args.at));
        }
    };
    let mut value = result.map_err(|failure| failure.finding(function, args))?;
    let parts = function.flow == Flow::Parts;
    value.sensitive |= args.values.iter().any(|arg| if parts { arg.sensitive } else { arg.holds_secret() });
    if function.flow == Flow::Blend
        && let Some(origin) = args.user_origin()
    {
        value = args::blended(&value, origin);
    }
    scope.env().charge(weight(&value), args.at)?;
    scope.env().measure(&value, args.at)?;
    Ok(value.with_at(args.at))
}

/// About what a result takes in memory, its parts not counted: they were counted when they were made.
fn weight(value: &Value) -> usize {
    match &value.kind {
        Kind::String(text) => text.len(),
        _ => 64 * (value.items().map_or(0, <[Value]>::len) + value.entries().map_or(0, <[_]>::len)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_what_nomad_has_and_templatefile() {
        let names: Vec<&str> = all().map(|row| row.name).collect();
        let nomad = all().filter(|row| row.in_nomad).count();
        assert_eq!(nomad, 83, "{names:?}");
        let ours: Vec<&str> = all().filter(|row| !row.in_nomad).map(|row| row.name).collect();
        assert_eq!(ours, ["templatefile"]);
    }

    #[test]
    fn every_row_says_what_it_does() {
        for row in all() {
            assert!(row.doc.ends_with('.') && row.doc.len() > 10, "{}", row.name);
            assert!(row.signature().starts_with(row.name));
        }
    }
}
