//! Reads an ISO 9660 image from the standard's own description, to check the writer: nothing of it is used here.

use std::collections::BTreeMap;

/// What a volume has.
#[derive(Debug, PartialEq, Eq)]
pub struct Volume {
    pub label: String,
    pub files: BTreeMap<String, Vec<u8>>,
    /// Mode of each file, where the names are Rock Ridge's.
    pub modes: BTreeMap<String, u32>,
}

fn both(bytes: &[u8]) -> usize {
    let little = u32::from_le_bytes(bytes[..4].try_into().unwrap());
    assert_eq!(little, u32::from_be_bytes(bytes[4..8].try_into().unwrap()), "both orders agree");
    usize::try_from(little).unwrap()
}

fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect::<Vec<_>>();
    String::from_utf16(&units).unwrap()
}

/// The volume as whoever knows Joliet, or else Rock Ridge, sees it.
pub fn read(image: &[u8], joliet: bool) -> Volume {
    assert_eq!(image.len() % 2048, 0);
    let wanted = if joliet { 2 } else { 1 };
    let mut descriptors = image[16 * 2048..].chunks_exact(2048).take_while(|sector| sector[0] != 255);
    let descriptor = descriptors.find(|sector| sector[0] == wanted).unwrap();
    assert_eq!(&descriptor[1..7], b"CD001\x01");
    assert_eq!(both(&descriptor[80..88]) * 2048, image.len(), "the volume is the image");
    assert_eq!(descriptor[88..91] == *b"%/E", joliet);
    let label = if joliet {
        utf16(&descriptor[40..72])
    } else {
        String::from_utf8(descriptor[40..72].into()).unwrap()
    };
    let root = &descriptor[156..190];
    let (start, length) = (both(&root[2..10]) * 2048, both(&root[10..18]));
    check_path_tables(image, descriptor, both(&root[2..10]));
    let mut volume =
        Volume { label: label.trim_end().into(), files: BTreeMap::new(), modes: BTreeMap::new() };
    for sector in image[start..start + length].chunks_exact(2048) {
        let mut rest = sector;
        while let Some(&size @ 1..) = rest.first() {
            let (record, after) = rest.split_at(usize::from(size));
            add(&mut volume, image, record, joliet);
            rest = after;
        }
    }
    volume
}

fn check_path_tables(image: &[u8], descriptor: &[u8], root: usize) {
    let at = |bytes: [u8; 4], little: bool| {
        if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }
    };
    for (offset, little) in [(140, true), (148, false)] {
        let sector = usize::try_from(at(descriptor[offset..offset + 4].try_into().unwrap(), little)).unwrap();
        let table = &image[sector * 2048..][..both(&descriptor[132..140])];
        assert_eq!(usize::try_from(at(table[2..6].try_into().unwrap(), little)).unwrap(), root);
    }
}

fn add(volume: &mut Volume, image: &[u8], record: &[u8], joliet: bool) {
    assert_eq!(record.len() % 2, 0, "records are even");
    let (start, length) = (both(&record[2..10]) * 2048, both(&record[10..18]));
    if record[25] & 2 != 0 {
        return;
    }
    let name = &record[33..33 + usize::from(record[32])];
    let content = image[start..start + length].to_vec();
    if joliet {
        volume.files.insert(utf16(name), content);
        return;
    }
    assert!(name.ends_with(b".;1") && name.len() <= 12, "{name:?}");
    let mut fields = &record[33 + name.len() + (name.len() + 1) % 2..];
    let (mut real, mut mode) = (String::new(), 0);
    while fields.len() > 4 {
        let (field, after) = fields.split_at(usize::from(fields[2]));
        match &field[..2] {
            b"NM" => real = String::from_utf8(field[5..].into()).unwrap(),
            b"PX" => mode = u32::from_le_bytes(field[4..8].try_into().unwrap()),
            other => unreachable!("a field {other:?}"),
        }
        fields = after;
    }
    volume.modes.insert(real.clone(), mode);
    volume.files.insert(real, content);
}
