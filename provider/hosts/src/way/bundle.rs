//! The small files that go with a script, as one tar archive.
//!
//! Must never touch a file system: an archive is a function of what was put in, the same to the byte each time.

use zeroize::Zeroizing;

const BLOCK: usize = 512;

/// One file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// Relative path, at most 100 bytes, which is what the oldest `tar` reads.
    pub name: &'a str,
    /// What is in it.
    pub content: &'a [u8],
}

/// The archive. Its bytes are wiped when dropped, as bundles carry keys.
pub(super) fn archive(entries: &[Entry<'_>]) -> Zeroizing<Vec<u8>> {
    let whole: usize = entries.iter().map(|entry| BLOCK + entry.content.len().next_multiple_of(BLOCK)).sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(whole + 2 * BLOCK));
    for entry in entries {
        bytes.extend_from_slice(&header(entry));
        bytes.extend_from_slice(entry.content);
        let end = bytes.len().next_multiple_of(BLOCK);
        bytes.resize(end, 0);
    }
    let end = bytes.len() + 2 * BLOCK;
    bytes.resize(end, 0);
    bytes
}

/// POSIX ustar. Everything is of mode 0600 and nobody's in particular: who unpacks it owns it.
fn header(entry: &Entry<'_>) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
    put(0, entry.name.as_bytes());
    put(100, b"0000600\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{:011o}\0", entry.content.len()).as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::{Command, Stdio};

    #[test]
    fn the_systems_tar_unpacks_what_was_packed() {
        let folder = tempfile::tempdir().unwrap();
        let long = vec![7_u8; 1025];
        let entries = [
            Entry { name: "script", content: b"echo" },
            Entry { name: "files/empty", content: b"" },
            Entry { name: "files/long", content: &long },
        ];
        let mut tar = Command::new("tar")
            .args(["-xf", "-", "-C"])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        tar.stdin.take().unwrap().write_all(&archive(&entries)).unwrap();
        assert!(tar.wait().unwrap().success());
        for entry in &entries {
            assert_eq!(std::fs::read(folder.path().join(entry.name)).unwrap(), entry.content);
        }
    }

    #[test]
    fn equal_bundles_are_equal_bytes() {
        let entries = [Entry { name: "a", content: b"b" }];
        assert_eq!(archive(&entries), archive(&entries));
        assert_eq!(archive(&entries).len(), 4 * BLOCK);
    }
}
