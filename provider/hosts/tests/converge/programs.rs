//! Programs from outside the distribution: unpacked as they come, and known by a signature where no checksum is.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use hosts::blueprint::{Binary, Blueprint, Fetch, Packing, Proof};
use hosts::spec::Arch;

use crate::host::{Host, sha256, shells};

fn program(packing: Packing, url: &str, proof: Proof) -> Blueprint {
    let fetch = Fetch { url: url.into(), proof };
    let fetches = BTreeMap::from([(Arch::Amd64, fetch.clone()), (Arch::Arm64, fetch)]);
    let (name, version, path) = ("tool".into(), "1.2.3".into(), "/usr/local/bin/tool".into());
    Blueprint {
        host: "web-1".into(),
        binaries: vec![Binary { name, version, packing, path, fetches }],
        ..Blueprint::default()
    }
}

/// A ZIP archive of one member, stored as it is.
fn zip(member: &str, content: &[u8]) -> Vec<u8> {
    let crc = content.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 },
        )
    });
    let size = u32::try_from(content.len()).unwrap().to_le_bytes();
    let name = u16::try_from(member.len()).unwrap().to_le_bytes();
    let common =
        [&[20, 0, 0, 0, 0, 0, 0, 0, 33, 0][..], &(!crc).to_le_bytes(), &size, &size, &name, &[0, 0]].concat();
    let local = [b"PK\x03\x04", common.as_slice(), member.as_bytes(), content].concat();
    let central = [b"PK\x01\x02\x14\x00", common.as_slice(), &[0; 14], member.as_bytes()].concat();
    let (at, length) = (u32::try_from(local.len()).unwrap(), u32::try_from(central.len()).unwrap());
    let end =
        [b"PK\x05\x06\0\0\0\0\x01\0\x01\0".as_slice(), &length.to_le_bytes(), &at.to_le_bytes(), &[0, 0]];
    [local, central, end.concat()].concat()
}

#[test]
fn a_zip_archive() {
    if Command::new("unzip").arg("-v").output().is_err() {
        println!("skipped: unzip not found");
        return;
    }
    let host = Host::new();
    fs::write(host.at("web/tool.zip"), zip("tool", b"#!/bin/sh\necho tool\n")).unwrap();
    let sum = Proof::Sha256(sha256(&host.at("web/tool.zip")));
    let wanted = program(Packing::Zip { member: "tool".into() }, "https://x.test/tool.zip", sum.clone());
    assert_eq!(host.run(&["dash"], &wanted).changes(), "program tool 1.2.3\n");
    assert_eq!(host.read("root/usr/local/bin/tool"), "#!/bin/sh\necho tool\n");
    assert_eq!(host.mode("root/usr/local/bin/tool"), 0o755);
    assert_eq!(host.mode("root/usr/local/bin"), 0o755);
    assert_eq!(host.run(&["dash"], &wanted).done(), 0);
    let other = Host::new();
    fs::copy(host.at("web/tool.zip"), other.at("web/tool.zip")).unwrap();
    let wanted = program(Packing::Zip { member: "another".into() }, "https://x.test/tool.zip", sum);
    let fault = other.run(&["dash"], &wanted).fault();
    assert!(fault.starts_with("web-1: A download cannot be unpacked (tool): "), "{fault}");
    assert!(!other.at("root/usr/local/bin/tool").exists());
}

/// A key, and what it signs.
struct Signer {
    home: tempfile::TempDir,
    fingerprint: String,
}

impl Signer {
    fn new() -> Option<Self> {
        let home = tempfile::tempdir().unwrap();
        let mut signer = Self { home, fingerprint: String::new() };
        if Command::new("gpgv").arg("--version").output().is_err()
            || Command::new("gpg").arg("--version").output().is_err()
        {
            println!("skipped: gpg and gpgv not found");
            return None;
        }
        signer.gpg(&[
            "--passphrase",
            "",
            "--quick-generate-key",
            "maker@example.com",
            "rsa2048",
            "sign",
            "never",
        ]);
        let listed = signer.gpg(&["--with-colons", "--list-keys"]);
        let line = listed.lines().find(|line| line.starts_with("fpr:")).unwrap();
        line.split(':').nth(9).unwrap().clone_into(&mut signer.fingerprint);
        Some(signer)
    }

    fn gpg(&self, args: &[&str]) -> String {
        let mut command = Command::new("gpg");
        command.args(["--batch", "--quiet", "--yes", "--homedir"]).arg(self.home.path()).args(args);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Puts a program on the web, with a signed list of its checksum and the key.
    fn publish(&self, host: &Host) {
        host.put("web/tool_1.2.3", "#!/bin/sh\necho tool\n");
        let sum = sha256(&host.at("web/tool_1.2.3"));
        host.put("web/SUMS", &format!("{}  other\n{sum}  tool_1.2.3\n", "0".repeat(64)));
        self.sign(host);
        // Newer programs leave the checksum of the text out.
        let key = self.gpg(&["--armor", "--export"]);
        let key: Vec<&str> = key.lines().filter(|line| !line.starts_with('=')).collect();
        host.put("web/key.txt", &key.join("\n"));
    }

    fn sign(&self, host: &Host) {
        let (sums, signature) = (host.at("web/SUMS"), host.at("web/SUMS.sig"));
        self.gpg(&["--output", signature.to_str().unwrap(), "--detach-sign", sums.to_str().unwrap()]);
    }

    fn proof(&self) -> Proof {
        let at = |name: &str| format!("https://x.test/{name}");
        Proof::Signed {
            sums: at("SUMS"),
            signature: at("SUMS.sig"),
            key: at("key.txt"),
            fingerprint: self.fingerprint.clone(),
        }
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        // It has started an agent for itself.
        let _ = Command::new("gpgconf")
            .arg("--homedir")
            .arg(self.home.path())
            .args(["--kill", "gpg-agent"])
            .output();
    }
}

#[test]
fn a_signed_list_of_checksums() {
    let Some(maker) = Signer::new() else { return };
    for shell in shells() {
        let host = Host::new();
        maker.publish(&host);
        let wanted = program(Packing::Plain, "https://x.test/tool_1.2.3", maker.proof());
        assert_eq!(host.run(shell, &wanted).changes(), "program tool 1.2.3\n");
        host.log();
        assert_eq!((host.run(shell, &wanted).done(), host.log()), (0, String::new()));
    }
}

#[test]
fn what_is_not_signed_by_the_maker_is_refused() {
    let (Some(maker), Some(other)) = (Signer::new(), Signer::new()) else { return };
    let refused = |spoil: &dyn Fn(&Host)| {
        let host = Host::new();
        maker.publish(&host);
        spoil(&host);
        let fault =
            host.run(&["dash"], &program(Packing::Plain, "https://x.test/tool_1.2.3", maker.proof())).fault();
        assert!(!host.at("root/usr/local/bin/tool").exists());
        fault
    };
    let signature = "web-1: A release's signature is not to be trusted (tool): ";
    let changed = refused(&|host| host.put("web/SUMS", &format!("{}  tool_1.2.3\n", "0".repeat(64))));
    assert!(changed.starts_with(signature) && changed.contains("BAD signature"), "{changed}");
    let exchanged = refused(&|host| other.publish(host));
    assert!(exchanged.starts_with(signature) && exchanged.contains(&maker.fingerprint), "{exchanged}");
    let quoted = refused(&|host| {
        other.publish(host);
        let (sums, signature) = (host.at("web/SUMS"), host.at("web/SUMS.sig"));
        let notation = format!("a@example.com=GOODSIG VALIDSIG {}", maker.fingerprint);
        let signature = ["--output", signature.to_str().unwrap(), "--detach-sign", sums.to_str().unwrap()];
        other.gpg(&[&["--sig-notation", &notation][..], &signature].concat());
    });
    assert!(quoted.starts_with(signature) && quoted.contains("another key"), "{quoted}");
    let mixed = refused(&|host| other.sign(host));
    assert!(mixed.starts_with(signature), "{mixed}");
    let left_out = refused(&|host| {
        host.put("web/SUMS", "");
        maker.sign(host);
    });
    assert!(left_out.contains("the signed list does not name tool_1.2.3"), "{left_out}");
    let replaced = refused(&|host| host.put("web/tool_1.2.3", "evil\n"));
    assert!(replaced.starts_with("web-1: A download is not what it should be (tool): "), "{replaced}");
}
