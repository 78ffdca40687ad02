//! Says how to make Terraform use a provider that a developer has started himself.
//!
//! Exists so that the line need not be put together by hand. Must print it on standard output, where a
//! script can pick it up.

use super::Meta;
use super::handshake::PROTOCOL;
use super::listen::Address;
use serde::Serialize;
use std::collections::BTreeMap;

/// What is printed: a sentence for a person, and a line for a shell.
pub(super) fn greeting(meta: &Meta, address: &Address) -> String {
    format!(
        "{} {} is waiting. Run Terraform with this variable to use it; Ctrl-C ends it.\n\n\
         TF_REATTACH_PROVIDERS={}",
        meta.program(),
        meta.version,
        quote(&reattach(meta.address, address)),
    )
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reattach<'a> {
    protocol: &'a str,
    protocol_version: u8,
    pid: u32,
    /// Not a test of ours: it keeps Terraform from ending us after the first use.
    test: bool,
    addr: Addr<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Addr<'a> {
    network: &'a str,
    string: String,
}

fn reattach(provider: &str, address: &Address) -> String {
    let addr = Addr { network: address.network(), string: address.to_string() };
    let reattach =
        Reattach { protocol: "grpc", protocol_version: PROTOCOL, pid: std::process::id(), test: true, addr };
    serde_json::json!(BTreeMap::from([(provider, reattach)])).to_string()
}

/// The text as one word of a POSIX shell.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn the_line_is_what_terraform_reads() {
        let meta = Meta { name: "tiny", address: "example.com/we/tiny", version: "1.2.3" };
        let greeting = greeting(&meta, &Address::Unix("/tmp/it's/socket".into()));
        let (sentence, line) = greeting.split_once("\n\n").unwrap();
        assert!(sentence.starts_with("terraform-provider-tiny 1.2.3 is waiting."), "{sentence}");
        let word = line.strip_prefix("TF_REATTACH_PROVIDERS='").unwrap().strip_suffix('\'').unwrap();
        let json: serde_json::Value = serde_json::from_str(&word.replace(r"'\''", "'")).unwrap();
        let expected = serde_json::json!({ "example.com/we/tiny": {
            "Protocol": "grpc",
            "ProtocolVersion": 5,
            "Pid": std::process::id(),
            "Test": true,
            "Addr": { "Network": "unix", "String": "/tmp/it's/socket" },
        }});
        assert_eq!(json, expected);
    }
}
