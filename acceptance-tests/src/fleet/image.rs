//! The Debian that whole systems are made from: the disk that `acceptance-tests/vm/image.sh` makes, mounted for reading.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::run;
use crate::program::{find, required};

/// A mounted disk, until this is dropped.
#[derive(Debug)]
pub struct Image {
    root: PathBuf,
}

impl Image {
    /// The disk's path, from `LOSTOPS_VM_IMAGE`. What is missing is said.
    pub fn find() -> Option<PathBuf> {
        let programs = ["unshare", "ip", "ssh", "ssh-keygen", "mount", "systemd-nspawn"];
        let disk = std::env::var_os("LOSTOPS_VM_IMAGE").map(|folder| PathBuf::from(folder).join("disk"));
        let disk = disk.filter(|disk| disk.is_file());
        let missing = if rustix::process::geteuid().is_root() {
            let program = programs.into_iter().find(|name| find(name).is_none());
            program.or_else(|| {
                disk.is_none().then_some("LOSTOPS_VM_IMAGE (a folder that acceptance-tests/vm/image.sh made)")
            })
        } else {
            Some("root")
        };
        if let Some(what) = missing {
            assert!(!required("systemd"), "{what} is required and not found");
            super::say(&format!("skipped: a cluster on whole systems: {what} not found"));
            return None;
        }
        disk
    }

    /// Mounts the disk in that folder.
    pub fn mount(disk: &Path, folder: &Path) -> Self {
        let root = folder.join("image");
        std::fs::create_dir_all(&root).expect("a folder can be made");
        run(Command::new("mount").args(["-o", "loop,ro,noload"]).arg(disk).arg(&root));
        Self { root }
    }

    /// Where it is mounted.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.root).status();
    }
}
