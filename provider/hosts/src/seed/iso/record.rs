//! Directory records: what a folder is made of.
//!
//! Must never put a record across the border of a sector.

use super::{File, SECTOR};

/// The date of everything in an image: the first second of this millennium.
const DATE: [u8; 7] = [100, 1, 1, 0, 0, 0, 0];
/// Owner root, for root alone.
const FOLDER_MODE: u32 = 0o040_500;
const FILE_MODE: u32 = 0o100_400;

/// Where something is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extent {
    pub sector: usize,
    pub bytes: usize,
}

impl Extent {
    /// The first sector behind it.
    pub(super) fn end(self) -> usize {
        self.sector + self.bytes.div_ceil(SECTOR)
    }
}

/// Which names a folder has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// Eight capitals, and the real name beside them.
    RockRidge,
    /// The real name in UTF-16.
    Joliet,
}

/// The root folder's whole sectors.
pub(super) fn folder(names: Names, this: Extent, files: &[File<'_>], extents: &[Extent]) -> Vec<u8> {
    let rock_ridge = names == Names::RockRidge;
    let kept = |fields: Vec<u8>| if rock_ridge { fields } else { Vec::new() };
    // It is its own parent. Only its own record says which extension is used.
    let itself = kept([&sharing()[..], &permissions(FOLDER_MODE, 2), &extension()].concat());
    let mut records =
        vec![record(&[0], this, true, &itself), record(&[1], this, true, &kept(permissions(FOLDER_MODE, 2)))];
    for (file, extent) in files.iter().zip(extents) {
        let name = if rock_ridge { capitals(file.name) } else { utf16(file.name) };
        let fields = kept([permissions(FILE_MODE, 1), real_name(file.name)].concat());
        records.push(record(&name, *extent, false, &fields));
    }
    packed(&records)
}

/// The record of one thing.
pub(super) fn record(name: &[u8], extent: Extent, folder: bool, fields: &[u8]) -> Vec<u8> {
    let mut record = vec![0, 0];
    record.extend(both(number(extent.sector)));
    let bytes = if folder { extent.bytes.next_multiple_of(SECTOR) } else { extent.bytes };
    record.extend(both(number(bytes)));
    record.extend(DATE);
    record.extend([if folder { 2 } else { 0 }, 0, 0]);
    record.extend(both_short(1));
    record.push(byte(name.len()));
    record.extend(name);
    record.resize(record.len().next_multiple_of(2), 0);
    record.extend(fields);
    record.resize(record.len().next_multiple_of(2), 0);
    record[0] = byte(record.len());
    record
}

fn packed(records: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for record in records {
        if bytes.len() % SECTOR + record.len() > SECTOR {
            bytes.resize(bytes.len().next_multiple_of(SECTOR), 0);
        }
        bytes.extend(record);
    }
    bytes.resize(bytes.len().next_multiple_of(SECTOR), 0);
    bytes
}

/// What a reader without any extension sees.
fn capitals(name: &str) -> Vec<u8> {
    let fits = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let name: String = name.chars().take(8).map(fits).collect();
    format!("{name}.;1").into_bytes()
}

pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// SP: fields of this kind follow in every record.
fn sharing() -> [u8; 7] {
    *b"SP\x07\x01\xbe\xef\x00"
}

/// ER: which extension it is.
fn extension() -> [u8; 18] {
    *b"ER\x12\x01\x0a\x00\x00\x01RRIP_1991A"
}

/// PX: mode, number of links, user and group.
fn permissions(mode: u32, links: u32) -> Vec<u8> {
    let numbers = [mode, links, 0, 0].map(both).concat();
    [&b"PX\x24\x01"[..], &numbers].concat()
}

/// NM: the name as it is.
fn real_name(name: &str) -> Vec<u8> {
    [&[b'N', b'M', byte(5 + name.len()), 1, 0], name.as_bytes()].concat()
}

/// A number in both orders of bytes.
pub(super) fn both(number: u32) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    bytes[4..].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// A short number in both orders of bytes.
pub(super) fn both_short(number: u16) -> [u8; 4] {
    let ([a, b], [c, d]) = (number.to_le_bytes(), number.to_be_bytes());
    [a, b, c, d]
}

/// Images are far smaller than what 32 bits can count; the seed's limits see to that.
pub(super) fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn byte(value: usize) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}
