//! Rules for artifacts.

use crate::source::Diagnostics;

use super::super::cursor::Cursor;
use super::paths::escapes;
use super::scene::Task;

const RULES: &[fn(Cursor<'_>, &mut Diagnostics)] = &[source, destination, checksum];

pub(super) fn check(task: &Task<'_, '_>, out: &mut Diagnostics) {
    for at in task.at.blocks_of("artifact") {
        for rule in RULES {
            rule(at, out);
        }
    }
}

fn source(at: Cursor<'_>, out: &mut Diagnostics) {
    if at.text_or_empty("source").is_some_and(|source| source.is_empty()) {
        out.push(at.error_at("source", "artifact-source", "an artifact needs a `source`"));
    }
}

fn destination(at: Cursor<'_>, out: &mut Diagnostics) {
    if at.text("destination").is().is_some_and(|path| escapes("task", &path)) {
        out.push(at.error_at(
            "destination",
            "path-escapes",
            "the destination lies outside of the allocation's folder",
        ));
    }
}

/// What is only known at run time is checked there.
fn checksum(at: Cursor<'_>, out: &mut Diagnostics) {
    let entries = at.entries("options");
    let Some(attr) = entries.iter().find(|attr| &*attr.name.value == "checksum") else { return };
    let Some(text) = attr.value.as_str().filter(|text| !text.contains("${")) else { return };
    if let Some(problem) = wrong_checksum(text.trim()) {
        let finding = crate::source::Diagnostic::error("artifact-checksum", problem, attr.expr);
        out.push(at.place_at(attr, finding).help("write `checksum = \"sha256:…\"` in hexadecimal digits"));
    }
}

fn wrong_checksum(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(':').collect();
    let [kind, digits] = parts.as_slice() else {
        return Some("a checksum is written as type:value".to_owned());
    };
    let length = match *kind {
        "md5" => 32,
        "sha1" => 40,
        "sha256" => 64,
        "sha512" => 128,
        other => {
            return Some(format!("{other:?} is no checksum that Nomad knows (md5, sha1, sha256, sha512)"));
        }
    };
    if digits.len() != length || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(format!("a {kind} checksum has {length} hexadecimal digits"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::testing::{task, tells};

    fn artifact(text: &str) -> String {
        task(&format!("artifact {{\nsource = \"https://example.com/x\"\n{text}\n}}"))
    }

    #[test]
    fn artifacts_have_a_source_and_stay_in_the_allocation() {
        tells("artifact-source", &task("artifact {}"), &artifact(""));
        tells(
            "path-escapes",
            &artifact("destination = \"../../../x\""),
            &artifact("destination = \"local/x\""),
        );
    }

    #[test]
    fn checksums() {
        let checksum = |text: &str| artifact(&format!("options {{\nchecksum = \"{text}\"\n}}"));
        let right = format!("sha256:{}", "a".repeat(64));
        for wrong in ["", "abc", "crc:00", "sha256:abc", &format!("sha1:{}", "g".repeat(40))] {
            tells("artifact-checksum", &checksum(wrong), &checksum(&right));
        }
        tells("artifact-checksum", &checksum("x"), &checksum("${NOMAD_META_checksum}"));
    }
}
