//! Volume descriptors and path tables: where a reader begins.

use super::record::{Extent, Names, both, both_short, number, record, utf16};
use super::{JOLIET_TABLES, PRIMARY_TABLES, SECTOR};

const DATE: &[u8; 17] = b"2000010100000000\0";
const NO_DATE: &[u8; 17] = b"0000000000000000\0";

/// One way to see the image.
pub(super) struct Volume<'a> {
    pub label: &'a str,
    pub names: Names,
    pub root: Extent,
    pub sectors: usize,
}

impl Volume<'_> {
    /// Its descriptor, field after field as the standard counts them.
    pub(super) fn descriptor(&self) -> Vec<u8> {
        let joliet = self.names == Names::Joliet;
        let tables = if joliet { JOLIET_TABLES } else { PRIMARY_TABLES };
        let mut bytes = vec![if joliet { 2 } else { 1 }];
        bytes.extend(b"CD001\x01\0");
        bytes.extend(self.text("", 32));
        bytes.extend(self.text(self.label, 32));
        bytes.extend([0; 8]);
        bytes.extend(both(number(self.sectors)));
        // The escape sequence that says UTF-16.
        bytes.extend(if joliet { *b"%/E" } else { [0; 3] });
        bytes.extend([0; 29]);
        bytes.extend(both_short(1));
        bytes.extend(both_short(1));
        bytes.extend(both_short(2048));
        bytes.extend(both(number(path_table(self.root, u32::to_le_bytes, u16::to_le_bytes).len())));
        bytes.extend(number(tables).to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(number(tables + 1).to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(record(&[0], self.root, true, &[]));
        for length in [128, 128, 128, 128, 37, 37, 37] {
            bytes.extend(self.text("", length));
        }
        for date in [DATE, DATE, NO_DATE, NO_DATE] {
            bytes.extend(date);
        }
        bytes.push(1);
        bytes.resize(SECTOR, 0);
        bytes
    }

    /// A text of so many bytes, filled up with blanks.
    fn text(&self, text: &str, length: usize) -> Vec<u8> {
        if self.names == Names::Joliet {
            let mut bytes = utf16(text);
            bytes.truncate(length);
            while bytes.len() + 2 <= length {
                bytes.extend([0, b' ']);
            }
            bytes.resize(length, 0);
            return bytes;
        }
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize(length, b' ');
        bytes
    }
}

/// The only folder, in one order of bytes.
pub(super) fn path_table(root: Extent, long: fn(u32) -> [u8; 4], short: fn(u16) -> [u8; 2]) -> Vec<u8> {
    [&[1, 0][..], &long(number(root.sector)), &short(1), &[0, 0]].concat()
}
