//! Functions that write values as base64, URL parts, JSON and YAML, and read them again.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Args, Failure, Flow, Function, Param, Want};
use crate::hcl::data::{json, yaml};
use crate::hcl::value::Value;

const STR: Param = Param::text("str");
const VAL: Param = Param::any("val").or_null();

pub(super) const ROWS: &[Function] = &[
    Function::new("base64decode", &[STR], base64decode).doc("The text that a base64 string stands for."),
    Function::new("base64encode", &[STR], base64encode).doc("The bytes of a string as base64."),
    Function::new("jsondecode", &[STR], jsondecode)
        .returns(Want::Any)
        .doc("The value that a JSON text stands for."),
    Function::new("jsonencode", &[VAL], jsonencode).flow(Flow::Keep).doc("The value as JSON, on one line."),
    Function::new("urlencode", &[STR], urlencode).doc("The string as a part of a URL's query."),
    Function::new("yamldecode", &[STR], yamldecode)
        .returns(Want::Any)
        .doc("The value that a YAML text stands for."),
    Function::new("yamlencode", &[VAL], yamlencode).flow(Flow::Keep).doc("The value as a YAML document."),
];

fn base64encode(args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::string(STANDARD.encode(args.text(0)?.as_bytes())))
}

fn base64decode(args: &Args<'_>) -> Result<Value, Failure> {
    let text = args.text(0)?.replace(['\r', '\n'], "");
    let bytes = STANDARD.decode(text).map_err(|_| Failure::arg(0, "this is no base64"))?;
    String::from_utf8(bytes)
        .map(Value::string)
        .map_err(|_| Failure::arg(0, "what it stands for is no UTF-8 text"))
}

fn urlencode(args: &Args<'_>) -> Result<Value, Failure> {
    let mut out = String::new();
    for byte in args.text(0)?.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    Ok(Value::string(out))
}

fn jsonencode(args: &Args<'_>) -> Result<Value, Failure> {
    json::encode(args.value(0)?).map(Value::string).map_err(Failure::new)
}

fn jsondecode(args: &Args<'_>) -> Result<Value, Failure> {
    json::decode(args.text(0)?).map_err(|wrong| Failure::arg(0, wrong))
}

fn yamlencode(args: &Args<'_>) -> Result<Value, Failure> {
    yaml::encode(args.value(0)?).map(Value::string).map_err(Failure::new)
}

fn yamldecode(args: &Args<'_>) -> Result<Value, Failure> {
    yaml::decode(args.text(0)?).map_err(|wrong| Failure::arg(0, wrong))
}
