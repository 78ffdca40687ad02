//! What is to be on each host: a user, six folders, a file of 40 MB and one of 10 MB, six small files of its own, two
//! units, kernel settings, and what three commands leave behind.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The work, and the files that it needs.
pub struct Work {
    folder: PathBuf,
}

pub const DIRS: [&str; 6] =
    ["/opt/shop", "/opt/shop/bin", "/etc/shop", "/etc/shop/parts", "/var/lib/shop", "/var/log/shop"];
pub const LARGE: [(&str, u64); 2] =
    [("/opt/shop/bin/server", 40_000_000), ("/opt/shop/bin/agent", 10_000_000)];
pub const COMMANDS: [&str; 3] = ["one", "two", "three"];

impl Work {
    /// Makes the large files in this folder.
    pub fn new(folder: &Path) -> Self {
        for (path, size) in LARGE {
            let mut bytes = vec![0; usize::try_from(size).expect("it fits into memory")];
            // Bytes that no compression helps with.
            fs::File::open("/dev/urandom")
                .and_then(|mut file| file.read_exact(&mut bytes))
                .expect("there is chance");
            fs::write(folder.join(name(path)), bytes).expect("a file can be written");
        }
        Self { folder: folder.to_owned() }
    }

    /// The folder for everything.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a large file is here.
    pub fn large(&self, path: &str) -> PathBuf {
        self.folder.join(name(path))
    }

    /// The small files of a host: path and content.
    pub fn small(host: usize) -> Vec<(String, String)> {
        let parts = (1..=6).map(|part| {
            let lines = (0..20).map(|line| format!("key_{line} = \"value {part} of host {host}\"\n"));
            (format!("/etc/shop/parts/{part}.conf"), lines.collect::<Vec<_>>().concat())
        });
        let units = ["server", "agent"].map(|unit| {
            let text =
                format!("[Service]\nExecStart=/opt/shop/bin/{unit}\n[Install]\nWantedBy=multi-user.target\n");
            (format!("/etc/systemd/system/shop-{unit}.service"), text)
        });
        let sysctl = ("/etc/sysctl.d/60-shop.conf".to_owned(), "net.core.somaxconn = 1024\n".to_owned());
        parts.chain(units).chain([sysctl]).collect()
    }

    /// Looks whether all of it is there.
    pub fn check(root: &Path, host: usize) {
        let at = |path: &str| root.join(path.trim_start_matches('/'));
        for (path, size) in LARGE {
            let there = fs::metadata(at(path)).map(|file| file.len()).ok();
            assert_eq!(there, Some(size), "host {host}: {path}");
        }
        for (path, content) in Self::small(host) {
            assert_eq!(
                fs::read_to_string(at(&path)).ok().as_deref(),
                Some(content.as_str()),
                "host {host}: {path}"
            );
        }
        assert!(DIRS.iter().all(|path| at(path).is_dir()), "host {host}: folders");
        assert!(
            COMMANDS.iter().all(|name| at(&format!("/var/lib/shop/{name}")).exists()),
            "host {host}: commands"
        );
        let users = fs::read_to_string(at("/etc/passwd")).unwrap_or_default();
        assert!(users.contains("\nshop:"), "host {host}: the user");
    }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
