//! The image that disks start from, which is only read; and how large a disk is.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{Machine, trouble};
use crate::Fault;

/// How an image of QEMU's own format begins. It says how large its disk is after 24 bytes.
const MAGIC: &[u8] = b"QFI\xfb";
const HEAD: u64 = 32;

/// Where the image is, and what it is. Taken for something else it would be a disk of nonsense, and one that is cut off
/// would be worse.
pub(super) fn of(machine: &Machine) -> Result<(PathBuf, String), Fault> {
    let wrong = |error: io::Error| trouble::of_image(machine, &error);
    let path = fs::canonicalize(&machine.image).map_err(wrong)?;
    let file = File::open(&path).map_err(wrong)?;
    let length = file.metadata().map_err(wrong)?.len();
    let (is, size) = match size(file).map_err(wrong)? {
        Some(size) => ("qcow2", size),
        None => ("raw", length),
    };
    if let Some(said) = machine.image_format.as_ref().filter(|said| *said != is) {
        return Err(trouble::of_format(machine, said, is));
    }
    match machine.disk_gib {
        Some(disk) if u64::from(disk) << 30 < size => {
            Err(trouble::of_size(machine, disk, size.div_ceil(1 << 30)))
        }
        _ => Ok((path, is.to_owned())),
    }
}

/// Whether a disk of ours is smaller than that. What does not say how large it is, QEMU may judge.
pub(super) fn is_smaller(disk: &Path, gib: u32) -> io::Result<bool> {
    Ok(size(File::open(disk)?)?.is_some_and(|size| size < u64::from(gib) << 30))
}

/// How large the disk is that this file holds in QEMU's own format.
fn size(file: File) -> io::Result<Option<u64>> {
    let mut head = Vec::new();
    file.take(HEAD).read_to_end(&mut head)?;
    Ok(head.last_chunk().filter(|_| head.starts_with(MAGIC)).map(|size| u64::from_be_bytes(*size)))
}
