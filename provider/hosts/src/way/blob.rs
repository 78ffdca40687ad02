//! Large files that a host may ask for by their checksum: programs, archives.
//!
//! Must never hold one in memory: it is read from disk as it is sent.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};

/// A file on this machine that hosts may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    sha256: String,
    size: u64,
    path: PathBuf,
}

impl Blob {
    /// Reads the file once, to know its checksum.
    pub fn of(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let mut file = std::fs::File::open(&path)?;
        let mut context = Context::new(&SHA256);
        let mut size = 0;
        let mut piece = vec![0; 128 * 1024];
        loop {
            let length = file.read(&mut piece)?;
            if length == 0 {
                break;
            }
            context.update(&piece[..length]);
            size += length as u64;
        }
        Ok(Self { sha256: hex(context.finish().as_ref()), size, path })
    }

    /// Its checksum, in lower-case hexadecimal digits: the name by which a script asks for it.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// How long it is.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_whole_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "abc").unwrap();
        let blob = Blob::of(file.path()).unwrap();
        assert_eq!(blob.sha256(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((blob.size(), blob.path()), (3, file.path()));
    }
}
