//! Hashes, password hashes and RSA.

use std::fmt::Write as _;

use aws_lc_rs::digest::{self, Algorithm};
use aws_lc_rs::rsa::{Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};

use super::{Args, Failure, Function, Param, Purity};
use crate::hcl::value::Value;

const STR: Param = Param::text("str");

pub(super) const ROWS: &[Function] = &[
    Function::new("bcrypt", &[STR], bcrypt)
        .rest(Param::number("cost"))
        .purity(Purity::Random)
        .doc("A bcrypt hash of a password, a new one each time."),
    Function::new("md5", &[STR], md5).doc("The MD5 hash of a string, as hexadecimal digits."),
    Function::new("rsadecrypt", &[Param::text("ciphertext"), Param::text("privatekey")], rsadecrypt).doc(
        "The text of a base64 string that was encrypted with RSA (PKCS #1 v1.5), by a private key in PEM.",
    ),
    Function::new("sha1", &[STR], sha1).doc("The SHA-1 hash of a string, as hexadecimal digits."),
    Function::new("sha256", &[STR], sha256).doc("The SHA-256 hash of a string, as hexadecimal digits."),
    Function::new("sha512", &[STR], sha512).doc("The SHA-512 hash of a string, as hexadecimal digits."),
];

fn hex(bytes: &[u8]) -> Value {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    Value::string(out)
}

fn sha(args: &Args<'_>, algorithm: &'static Algorithm) -> Result<Value, Failure> {
    Ok(hex(digest::digest(algorithm, args.text(0)?.as_bytes()).as_ref()))
}

fn md5(args: &Args<'_>) -> Result<Value, Failure> {
    Ok(hex(&Md5::digest(args.text(0)?.as_bytes())))
}

fn sha1(args: &Args<'_>) -> Result<Value, Failure> {
    sha(args, &digest::SHA1_FOR_LEGACY_USE_ONLY)
}

fn sha256(args: &Args<'_>) -> Result<Value, Failure> {
    sha(args, &digest::SHA256)
}

fn sha512(args: &Args<'_>) -> Result<Value, Failure> {
    sha(args, &digest::SHA512)
}

fn bcrypt(args: &Args<'_>) -> Result<Value, Failure> {
    let cost = match args.len() {
        1 => 10,
        2 => match args.integer(1)? {
            // Below the least cost the usual one is taken, as in Nomad.
            ..=3 => 10,
            cost => u32::try_from(cost)
                .ok()
                .filter(|cost| *cost <= 15)
                .ok_or_else(|| Failure::arg(1, "a cost up to 15 is required"))?,
        },
        _ => return Err(Failure::new("at most two arguments are taken")),
    };
    let password = args.text(0)?;
    if password.len() > 72 {
        return Err(Failure::arg(0, "a password has at most 72 bytes"));
    }
    let mut salt = [0; 16];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| Failure::new("the system gives no random bytes"))?;
    let hash = ::bcrypt::hash_with_salt(password.as_bytes(), cost, salt)
        .map_err(|wrong| Failure::new(wrong.to_string()))?;
    Ok(Value::string(hash.format_for_version(::bcrypt::Version::TwoA)))
}

fn rsadecrypt(args: &Args<'_>) -> Result<Value, Failure> {
    let sealed = STANDARD
        .decode(args.text(0)?.replace(['\r', '\n'], ""))
        .map_err(|_| Failure::arg(0, "this is no base64"))?;
    let key = private_key(args.text(1)?).map_err(|wrong| Failure::arg(1, wrong))?;
    let mut open = vec![0; key.min_output_size()];
    let open =
        key.decrypt(&sealed, &mut open).map_err(|_| Failure::arg(0, "it was not encrypted for this key"))?;
    String::from_utf8(open.to_vec())
        .map(Value::string)
        .map_err(|_| Failure::new("what was encrypted is no UTF-8 text"))
}

/// A key in PEM, PKCS #1. The library reads PKCS #8, which is the same in a wrapper.
fn private_key(pem: &str) -> Result<Pkcs1PrivateDecryptingKey, String> {
    const BEGIN: &str = "-----BEGIN RSA PRIVATE KEY-----";
    const END: &str = "-----END RSA PRIVATE KEY-----";
    let body = pem.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END)).map(|(body, _)| body);
    let body = body.ok_or("a private key in PEM is required: BEGIN RSA PRIVATE KEY")?;
    if body.contains("ENCRYPTED") {
        return Err("a key with a password cannot be used".to_owned());
    }
    let lines: String = body.lines().filter(|line| !line.contains(':')).map(str::trim).collect();
    let der = STANDARD.decode(lines).map_err(|_| "the key is damaged")?;
    let key = PrivateDecryptingKey::from_pkcs8(&wrapped(&der))
        .map_err(|wrong| format!("the key cannot be used: {wrong}"))?;
    Pkcs1PrivateDecryptingKey::new(key).map_err(|_| "the key cannot be used".to_owned())
}

fn wrapped(der: &[u8]) -> Vec<u8> {
    const VERSION: [u8; 3] = [0x02, 0x01, 0x00];
    const RSA: [u8; 15] =
        [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let inner = [&VERSION[..], &RSA[..], &tagged(0x04, der)].concat();
    tagged(0x30, &inner)
}

/// A DER element: tag, length, content.
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let bytes: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut out = vec![tag];
    if content.len() > 127 {
        out.push(0x80 | u8::try_from(bytes.len()).unwrap_or(8));
    }
    out.extend(bytes);
    out.extend_from_slice(content);
    out
}
