//! Universally unique identifiers, random or made from a name.

use std::fmt::Write as _;

use aws_lc_rs::digest;

use super::{Args, Failure, Function, Param, Purity};
use crate::hcl::value::Value;

pub(super) const ROWS: &[Function] = &[
    Function::new("uuidv4", &[], uuidv4).purity(Purity::Random).doc("A new random identifier each time."),
    Function::new("uuidv5", &[Param::text("namespace"), Param::text("name")], uuidv5)
        .doc("The identifier of a name in a namespace: dns, url, oid, x500 or an identifier."),
];

/// The four namespaces differ in one byte.
const NAMESPACE: [u8; 16] =
    [0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8];

fn uuidv4(_: &Args<'_>) -> Result<Value, Failure> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Failure::new("the system gives no random bytes"))?;
    Ok(Value::string(text(bytes, 4)))
}

fn uuidv5(args: &Args<'_>) -> Result<Value, Failure> {
    let known = |last: u8| {
        let mut bytes = NAMESPACE;
        bytes[3] = last;
        bytes
    };
    let namespace = match args.text(0)?.as_str() {
        "dns" => known(0x10),
        "url" => known(0x11),
        "oid" => known(0x12),
        "x500" => known(0x14),
        other => {
            parse(other).ok_or_else(|| Failure::arg(0, "dns, url, oid, x500 or an identifier is required"))?
        }
    };
    let mut hash = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
    hash.update(&namespace);
    hash.update(args.text(1)?.as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash.finish().as_ref()).for_each(|(byte, hashed)| *byte = *hashed);
    Ok(Value::string(text(bytes, 5)))
}

/// With or without dashes, in braces, or as `urn:uuid:`.
fn parse(text: &str) -> Option<[u8; 16]> {
    let lower = text.to_ascii_lowercase();
    let inner = lower.strip_prefix("urn:uuid:").unwrap_or(&lower);
    let inner = inner.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(inner);
    let dashes_fit = match inner.len() {
        36 => inner.match_indices('-').map(|(at, _)| at).eq([8, 13, 18, 23]),
        32 => !inner.contains('-'),
        _ => false,
    };
    let digits = inner.replace('-', "");
    if !dashes_fit || digits.len() != 32 {
        return None;
    }
    let mut bytes = [0; 16];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

fn text(mut bytes: [u8; 16], version: u8) -> String {
    bytes[6] = (bytes[6] & 0x0f) | (version << 4);
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut out = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        let _ = write!(out, "{byte:02x}");
    }
    out
}
