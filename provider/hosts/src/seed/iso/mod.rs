//! A small ISO 9660 image with Joliet and Rock Ridge names: files in the root folder, nothing else.
//!
//! A pure function: equal files give equal bytes, so nothing here may ask for the time, and every date is the same.

mod record;
mod volume;

use record::{Extent, Names};
use volume::Volume;

const SECTOR: usize = 2048;
/// Where things are, in sectors; the first sixteen are the system's. Two path tables for each kind of names: little
/// endian, then big endian.
const PRIMARY: usize = 16;
const JOLIET: usize = 17;
const END: usize = 18;
const PRIMARY_TABLES: usize = 19;
const JOLIET_TABLES: usize = 21;
const ROOT: usize = 23;

/// A file for the root folder.
#[derive(Clone, Copy, Debug)]
pub(super) struct File<'a> {
    /// Lower-case letters, digits and `-`. Its first eight characters are those of no other file.
    pub name: &'a str,
    /// What is in it.
    pub content: &'a [u8],
}

/// The image of a volume with this label that has these files, which are sorted by name.
pub(super) fn image(label: &str, files: &[File<'_>]) -> Vec<u8> {
    // How long a folder is does not depend on where things are, so a first draft tells where they can be.
    let draft = vec![Extent::default(); files.len()];
    let length = |names| record::folder(names, Extent::default(), files, &draft).len();
    let plain = Extent { sector: ROOT, bytes: length(Names::RockRidge) };
    let joliet = Extent { sector: plain.end(), bytes: length(Names::Joliet) };
    let mut next = joliet.end();
    let mut extents = Vec::new();
    for file in files {
        let extent = Extent { sector: next, bytes: file.content.len() };
        next = extent.end();
        extents.push(extent);
    }
    let mut image = vec![0; next * SECTOR];
    let mut put =
        |sector: usize, bytes: &[u8]| image[sector * SECTOR..][..bytes.len()].copy_from_slice(bytes);
    put(PRIMARY, &Volume { label, names: Names::RockRidge, root: plain, sectors: next }.descriptor());
    put(JOLIET, &Volume { label, names: Names::Joliet, root: joliet, sectors: next }.descriptor());
    put(END, b"\xffCD001\x01");
    for (tables, root) in [(PRIMARY_TABLES, plain), (JOLIET_TABLES, joliet)] {
        put(tables, &volume::path_table(root, u32::to_le_bytes, u16::to_le_bytes));
        put(tables + 1, &volume::path_table(root, u32::to_be_bytes, u16::to_be_bytes));
    }
    put(plain.sector, &record::folder(Names::RockRidge, plain, files, &extents));
    put(joliet.sector, &record::folder(Names::Joliet, joliet, files, &extents));
    for (file, extent) in files.iter().zip(extents) {
        put(extent.sector, file.content);
    }
    image
}
