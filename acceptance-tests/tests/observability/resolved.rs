//! A job's files on disk, as its program would find them: with addresses where Nomad would fill them in, and with the
//! paths of a task led into a folder here.

use std::fs;
use std::path::{Path, PathBuf};

use crate::pack::Job;

/// Where a bucket is served here, if a program for that is found.
pub const BUCKET: &str = "127.0.0.1:9000";

/// Where a task keeps things, outside of its own files.
const ROOTS: &[&str] =
    &["/local/", "/secrets/", "/loki", "/var/tempo", "/alloc/", "/prometheus", "/alertmanager"];

/// A task's folder.
#[derive(Debug)]
pub struct Resolved {
    folder: tempfile::TempDir,
}

impl Resolved {
    /// Writes the files of a job. Those whose content only a cluster can tell (targets, secrets) are left out.
    pub fn new(job: Job<'_>) -> Self {
        let resolved = Self { folder: tempfile::tempdir().expect("a folder can be made") };
        for file in job.files() {
            let told_later = file.path.starts_with("local/targets/") || file.path == "local/limits.env";
            if file.path.starts_with("secrets/") || told_later {
                continue;
            }
            let text = if file.filled_in { addresses(file.text) } else { file.text.to_owned() };
            resolved.write(file.path, &host(&bucket(&here(&text, resolved.folder.path()))));
        }
        for secret in ["consul_token", "smtp_password"] {
            resolved.write(&format!("secrets/{secret}"), "x");
        }
        resolved
    }

    /// Where a file of the task is.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// An argument of the task's program, with paths that are here.
    pub fn led_here(&self, argument: &str) -> String {
        let (flag, path) = argument.split_once('=').map_or(("", argument), |(flag, path)| (flag, path));
        if !ROOTS.iter().any(|root| path.starts_with(root)) {
            return argument.to_owned();
        }
        let equals = if flag.is_empty() { "" } else { "=" };
        format!("{flag}{equals}{}{path}", self.folder.path().display())
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
}

/// What stands for an address until Nomad knows it, replaced by what Nomad writes while it knows none.
fn addresses(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, lookup)) = rest.split_once("{{ with ") {
        let (_, after) = lookup.split_once("{{ else }}").expect("an address has an else");
        let (nobody, after) = after.split_once("{{ end }}").expect("an address has an end");
        out.push_str(before);
        out.push_str(nobody);
        rest = after;
    }
    out + rest
}

/// The bucket of a variant as the one that is served here.
fn bucket(text: &str) -> String {
    if !text.contains("fsn1.example.com") {
        return text.to_owned();
    }
    text.replace("fsn1.example.com", BUCKET).replace("insecure: false", "insecure: true")
}

/// The host as a task on it sees it: this one.
fn host(text: &str) -> String {
    text.replace("\"/host/", "\"/").replace("\"/host\"", "\"/\"")
}

fn here(text: &str, folder: &Path) -> String {
    let folder = folder.display();
    let mut text = text.to_owned();
    for root in ROOTS {
        for before in ["\"", " ", "'", "["] {
            text = text.replace(&format!("{before}{root}"), &format!("{before}{folder}{root}"));
        }
    }
    text
}
