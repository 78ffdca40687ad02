//! What is to be done on a host: a script, what it needs, and how long it may take.
//!
//! Must never put anything that could be secret on a command line: it all travels in the bundle.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::bundle::{Entry, archive};
use super::{Blob, Unusable};
use crate::converge::quote;

const ENTRY: &str = include_str!("entry.sh");
const BLOB: &str = include_str!("blob.sh");

/// One script of POSIX sh and what it needs. It runs in an empty private folder that is gone afterwards.
///
/// What it prints to standard output is what it says; standard error is noise, shown only when it fails. `LOSTOPS_PEER`
/// is `$SSH_CONNECTION`, also behind sudo, and empty on other ways.
#[derive(Clone, Debug)]
pub struct Task {
    /// The script.
    pub script: String,
    /// Its positional parameters.
    pub arguments: Vec<String>,
    /// Variables that are exported to it.
    pub environment: BTreeMap<String, String>,
    /// Small files (up to a few MiB in all) that stand beside the script, by relative path: `$LOSTOPS_WORK/<path>`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Large files that it may fetch: `sh "$LOSTOPS_BLOB" <sha256> <path>`. Sent only if asked for.
    pub blobs: Vec<Arc<Blob>>,
    /// A file on the host that only one task at a time may hold.
    pub lock: Option<String>,
    /// How many bytes of what it says are kept; the rest is only passed on.
    pub room: usize,
    /// How long to wait for the lock.
    pub patience: Duration,
    /// How long it may take altogether, waiting included.
    pub deadline: Duration,
}

impl Task {
    /// A task without files, lock or arguments that may take five minutes.
    pub fn new(script: impl Into<String>) -> Self {
        Self {
            script: script.into(),
            arguments: Vec::new(),
            environment: BTreeMap::new(),
            files: BTreeMap::new(),
            blobs: Vec::new(),
            lock: None,
            room: 1024 * 1024,
            patience: Duration::from_mins(2),
            deadline: Duration::from_mins(5),
        }
    }

    /// The blob with this checksum.
    pub(super) fn blob(&self, sha256: &str) -> Option<&Blob> {
        self.blobs.iter().find(|blob| blob.sha256() == sha256).map(Arc::as_ref)
    }

    /// The script, its surroundings and its files as one archive.
    pub(crate) fn bundle(&self) -> Result<Zeroizing<Vec<u8>>, Unusable> {
        let environment = Zeroizing::new(self.surroundings()?);
        let blobs = self.blobs.iter().map(|blob| format!("{} {}\n", blob.sha256(), blob.size()));
        let blobs = blobs.collect::<Vec<_>>().concat();
        let own = [
            ("script", self.script.as_bytes()),
            ("environment", environment.as_bytes()),
            ("blob", BLOB.as_bytes()),
            ("blobs", blobs.as_bytes()),
        ];
        for name in self.files.keys() {
            check_name(name, &own.map(|(name, _)| name))?;
        }
        let files = self.files.iter().map(|(name, content)| (name.as_str(), content.as_slice()));
        let entries = own.into_iter().chain(files).map(|(name, content)| Entry { name, content });
        Ok(archive(&entries.collect::<Vec<_>>()))
    }

    /// The variables and the positional parameters, as a script that sets them.
    fn surroundings(&self) -> Result<String, Unusable> {
        let mut lines = Vec::new();
        for (name, value) in &self.environment {
            let fits = |c: char| c == '_' || c.is_ascii_alphanumeric();
            if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(fits) {
                return Err(Unusable(format!("{name:?} cannot be the name of a variable")));
            }
            lines.push(format!("{name}={}; export {name}\n", quote(value)));
        }
        let arguments = self.arguments.iter().map(|word| format!(" {}", quote(word))).collect::<Vec<_>>();
        lines.push(format!("set --{}\n", arguments.concat()));
        let text = lines.concat();
        if text.contains('\0') || self.script.contains('\0') {
            return Err(Unusable("a script and its arguments cannot contain a NUL byte".into()));
        }
        Ok(text)
    }

    /// The words that start it in a shell: they tell nothing but the bundle's size and the lock.
    pub(crate) fn entry(&self, size: usize) -> [String; 6] {
        let lines = ENTRY.lines().filter(|line| !line.starts_with('#')).map(str::trim);
        let prologue = lines.collect::<Vec<_>>().join(" ");
        let (lock, patience) = (self.lock.clone().unwrap_or_default(), self.patience.as_secs());
        ["-c".into(), prologue, "lostops".into(), size.to_string(), lock, patience.to_string()]
    }
}

/// A name stays inside the folder, does not hide one of ours, and fits into a tar header.
fn check_name(name: &str, taken: &[&str]) -> Result<(), Unusable> {
    let inside = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if !inside || name.len() > 100 || name.contains('\0') || taken.contains(&name) {
        return Err(Unusable(format!("{name:?} cannot be the name of a file beside a script")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_survives_every_login_shell() {
        let [_, prologue, ..] = Task::new("true").entry(1);
        assert!(!prologue.contains(['\'', '!', '\\', '\n']), "{prologue}");
    }

    #[test]
    fn what_cannot_be_packed_is_refused() {
        for name in ["", "/etc/passwd", "../up", "a/./b", "script", &"x".repeat(101)] {
            let mut task = Task::new("true");
            task.files.insert(name.into(), Vec::new());
            assert!(task.bundle().is_err(), "{name}");
        }
        for name in ["", "1A", "A B", "A=B"] {
            let mut task = Task::new("true");
            task.environment.insert(name.into(), String::new());
            assert!(task.bundle().is_err(), "{name}");
        }
        assert!(Task::new("\0").bundle().is_err());
    }

    #[test]
    fn secrets_are_in_the_bundle_and_on_no_command_line() {
        let mut task = Task::new("cat key");
        task.files.insert("key".into(), b"hunter2".to_vec());
        task.environment.insert("TOKEN".into(), "hunter3".into());
        let bundle = task.bundle().unwrap();
        assert!(!task.entry(bundle.len()).concat().contains("hunter"));
        assert!(String::from_utf8_lossy(&bundle).contains("hunter2"));
    }
}
