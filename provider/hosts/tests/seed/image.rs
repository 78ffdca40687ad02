//! The image: whoever reads it finds what was put in, and it is the same each time.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use hosts::seed::{Carrier, SeedError, write};
use hosts::way::Task;
use proptest::prelude::*;

use crate::made::{small, whole};
use crate::reader::read;

#[test]
fn both_kinds_of_names_show_the_same_files() {
    for seed in [whole(), small()] {
        let image = seed.image().unwrap();
        let (plain, joliet) = (read(&image, false), read(&image, true));
        assert_eq!((plain.label.as_str(), joliet.label.as_str()), ("cidata", "cidata"));
        assert_eq!(plain.files, joliet.files);
        assert_eq!(plain.files["user-data"], seed.user_data(Carrier::NoCloud).unwrap().as_bytes());
        assert_eq!(plain.files["meta-data"], seed.meta_data().unwrap().as_bytes());
        assert_eq!(plain.files.contains_key("network-config"), seed.network.is_some());
        assert!(plain.modes.values().all(|mode| *mode == 0o100_400), "{:?}", plain.modes);
        assert!(image == seed.image().unwrap(), "the same to the byte");
    }
}

#[test]
fn what_a_person_sees_of_it() {
    insta::assert_snapshot!(small().user_data(Carrier::Hetzner).unwrap());
    insta::assert_snapshot!(small().meta_data().unwrap());
    insta::assert_snapshot!(whole().network_config().unwrap().unwrap());
}

#[test]
fn the_file_is_its_owners_and_is_written_only_if_it_differs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web-1.iso");
    fs::write(&path, "something else").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let image = small().image().unwrap();
    assert!(write(&path, &image).unwrap());
    assert!(!write(&path, &image).unwrap());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    assert!(fs::read(&path).unwrap() == image);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let error = write(&folder.path().join("missing/x.iso"), &image).unwrap_err().to_string();
    assert!(error.contains("missing/x.iso"), "{error}");
}

#[test]
fn what_does_not_fit_is_refused_with_a_way_out() {
    let mut seed = whole();
    seed.task = Some(Task::new("x".repeat(60_000)));
    assert!(matches!(seed.user_data(Carrier::Hetzner), Err(SeedError::TooLarge { limit: 32_768, .. })));
    let error = seed.user_data(Carrier::DigitalOcean).unwrap_err().to_string();
    assert!(error.starts_with("the user-data of web-1 has ") && error.contains("SSH"), "{error}");
    assert!(seed.user_data(Carrier::NoCloud).is_ok());
    for name in ["", "Web", "web_1", "-a", &"a".repeat(64), "a\nb"] {
        let seed = hosts::seed::Seed { hostname: name.into(), ..small() };
        assert!(matches!(seed.image(), Err(SeedError::Unusable(_))), "{name}");
    }
    assert!(hosts::seed::Seed { instance_id: " ".into(), ..small() }.image().is_err());
}

/// Programs of this machine that read such an image.
#[test]
fn other_readers_agree() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seed.iso");
    let seed = whole();
    write(&path, &seed.image().unwrap()).unwrap();
    let expected = seed.user_data(Carrier::NoCloud).unwrap();
    for names in ["-R", "-J"] {
        let Ok(listed) = Command::new("isoinfo").args([names, "-x", "/user-data", "-i"]).arg(&path).output()
        else {
            eprintln!("skipped: isoinfo not found");
            break;
        };
        assert!(listed.stdout == expected.as_bytes(), "{names}: {}", String::from_utf8_lossy(&listed.stderr));
    }
    match Command::new("blkid").args(["-p", "-o", "value", "-s", "LABEL"]).arg(&path).output() {
        Ok(output) => assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "cidata"),
        Err(_) => eprintln!("skipped: blkid not found"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is in a value, YAML reads back what was meant, and the image carries it.
    #[test]
    fn any_value_comes_through(name in "\\PC{1,30}|[\u{0}-\u{2}\u{7f}-\u{a0}\u{2028}\u{feff}\u{1f600}\"\\\\:#]{1,9}", size in 0_usize..9000) {
        let mut seed = whole();
        seed.users[0].ssh_authorized_keys = vec![name.clone()];
        seed.instance_id = format!("i{name}");
        let task = seed.task.as_mut().unwrap();
        task.files.insert("large".into(), vec![7; size]);
        let image = seed.image().unwrap();
        let (plain, joliet) = (read(&image, false), read(&image, true));
        prop_assert_eq!(&plain.files, &joliet.files);
        let text = String::from_utf8(plain.files["user-data"].clone()).unwrap();
        let read: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        prop_assert_eq!(&read["users"][0]["ssh_authorized_keys"][0], &name);
        let meta = String::from_utf8(plain.files["meta-data"].clone()).unwrap();
        let read: serde_json::Value = serde_saphyr::from_str(&meta).unwrap();
        prop_assert_eq!(&read["instance-id"], &format!("i{name}"));
        // What is not printable makes PyYAML refuse the whole document.
        let unprintable = |c: char| matches!(c, '\u{7f}'..='\u{9f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
        prop_assert!(!text.contains(unprintable), "{:?}", text);
    }
}
