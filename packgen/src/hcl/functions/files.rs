//! Functions that read files. The files themselves belong to the environment, which keeps a pack in its folder.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Args, Failure, Function, Param, Purity, Want};
use crate::hcl::set::ordered;
use crate::hcl::types::Type;
use crate::hcl::value::{Kind, Sequence, Value};
use crate::lasting::Bytes;
use crate::source::Span;

const PATH: Param = Param::text("path");

pub(super) const ROWS: &[Function] = &[
    Function::new("abspath", &[PATH], abspath).purity(Purity::Machine).doc("The absolute path of a path."),
    Function::new("basename", &[PATH], basename).doc("The last part of a path."),
    Function::new("dirname", &[PATH], dirname).doc("A path without its last part."),
    Function::new("file", &[PATH], file).purity(Purity::Files).doc("The text of a file."),
    Function::new("filebase64", &[PATH], filebase64)
        .purity(Purity::Files)
        .doc("The bytes of a file as base64."),
    Function::new("fileexists", &[PATH], fileexists)
        .purity(Purity::Files)
        .returns(Want::Bool)
        .doc("Whether there is such a file."),
    Function::new("fileset", &[PATH, Param::text("pattern")], fileset)
        .purity(Purity::Files)
        .returns(Want::Any)
        .doc("The files in a folder whose names fit a pattern with *, **, ?, […] and {a,b}."),
    Function::new("pathexpand", &[PATH], pathexpand)
        .purity(Purity::Machine)
        .doc("The path with `~` replaced by the home folder."),
];

fn abspath(args: &Args<'_>) -> Result<Value, Failure> {
    args.scope
        .env()
        .files()
        .absolute(args.text(0)?)
        .map(Value::string)
        .map_err(|wrong| Failure::arg(0, wrong))
}

fn basename(args: &Args<'_>) -> Result<Value, Failure> {
    let path = args.text(0)?;
    let trimmed = path.trim_end_matches('/');
    let name = match trimmed.rsplit('/').next() {
        _ if path.is_empty() => ".",
        Some("") | None => "/",
        Some(name) => name,
    };
    Ok(Value::string(name))
}

fn dirname(args: &Args<'_>) -> Result<Value, Failure> {
    let path = args.text(0)?;
    let folder = path.rfind('/').map_or("", |at| path.get(..=at).unwrap_or(""));
    Ok(Value::string(clean(folder)))
}

/// The shortest way to write a path: no empty parts, no `.`, and `..` only in front.
pub(crate) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// The path with the home folder in place of `~`.
fn expand(args: &Args<'_>) -> Result<String, Failure> {
    let path = args.text(0)?;
    match path.strip_prefix('~') {
        None => Ok(path.as_str().to_owned()),
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            let home = args.scope.env().files().home().map_err(|wrong| Failure::arg(0, wrong))?;
            Ok(clean(&format!("{home}{rest}")))
        }
        Some(_) => Err(Failure::arg(0, "the home folder of another user is not known")),
    }
}

fn pathexpand(args: &Args<'_>) -> Result<Value, Failure> {
    expand(args).map(Value::string)
}

pub(super) fn bytes<'a>(args: &Args<'a>) -> Result<Bytes<'a>, Failure> {
    args.scope.env().files().read(&expand(args)?).map_err(|wrong| Failure::arg(0, wrong))
}

fn file(args: &Args<'_>) -> Result<Value, Failure> {
    match bytes(args)?.text() {
        Ok(text) => Ok(Value::string(text)),
        Err(_) => Err(Failure::arg(0, "the file is no UTF-8 text; filebase64 reads any file")),
    }
}

fn filebase64(args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::string(STANDARD.encode(&*bytes(args)?)))
}

fn fileexists(args: &Args<'_>) -> Result<Value, Failure> {
    args.scope.env().files().exists(&expand(args)?).map(Value::bool).map_err(|wrong| Failure::arg(0, wrong))
}

fn fileset(args: &Args<'_>) -> Result<Value, Failure> {
    let found = args.scope.env().files().list(args.text(0)?, args.text(1)?).map_err(Failure::new)?;
    let items = found.into_iter().map(Value::string).collect();
    let set = ordered(Sequence { element: Type::String, items });
    Ok(Value::new(Kind::Set(std::sync::Arc::new(set)), Span::NONE))
}
