//! cloud-init's own judgement, from an old release and a new one: a Debian root that has it, named by
//! `LOSTOPS_CLOUD_INIT_ROOTS` (several, separated by `:`), in which it runs under chroot.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hosts::seed::{Carrier, Seed};

use crate::made::{small, whole};

fn roots() -> Vec<PathBuf> {
    let named = std::env::var_os("LOSTOPS_CLOUD_INIT_ROOTS").unwrap_or_default();
    let roots = std::env::split_paths(&named)
        .filter(|root| root.join("usr/bin/cloud-init").exists())
        .collect::<Vec<_>>();
    if roots.is_empty() {
        let required = std::env::var("LOSTOPS_REQUIRE").unwrap_or_default();
        assert!(
            !required.split(',').any(|word| word.trim() == "cloud-init"),
            "cloud-init is required and not found"
        );
        eprintln!("skipped: cloud-init not found (LOSTOPS_CLOUD_INIT_ROOTS)");
    }
    roots
}

/// What cloud-init of this root says of user-data, and whether it accepts it.
fn judge(root: &Path, user_data: &str) -> (bool, String) {
    let folder = tempfile::tempdir_in(root.join("tmp")).unwrap();
    fs::write(folder.path().join("user-data"), user_data).unwrap();
    let inside = Path::new("/").join(folder.path().strip_prefix(root).unwrap()).join("user-data");
    let output = Command::new("chroot")
        .arg(root)
        .args(["cloud-init", "schema", "--config-file"])
        .arg(inside)
        .output()
        .unwrap();
    let words = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&words).into_owned())
}

#[test]
fn every_release_accepts_it() {
    for root in roots() {
        for seed in [whole(), small(), Seed { users: Vec::new(), ..small() }] {
            let (accepted, words) = judge(&root, &seed.user_data(Carrier::NoCloud).unwrap());
            assert!(accepted && !words.to_lowercase().contains("deprecat"), "{}: {words}", root.display());
        }
        let (accepted, _) = judge(&root, "#cloud-config\n{\"users\": [{\"name\": 7}]}\n");
        assert!(!accepted, "{}: a judge that accepts everything judges nothing", root.display());
    }
}
