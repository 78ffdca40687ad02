//! The least that it can cost: one ssh for each host, all at once, with a tar stream and a script.

use acceptance_tests::Fleet;
use std::fs;
use std::process::{Command, Stdio};
use std::thread;

use super::work::{COMMANDS, DIRS, LARGE, Work};

/// One ssh for each host; the large files go along the first time only.
pub fn run(fleet: &Fleet, work: &Work, again: bool) {
    thread::scope(|scope| {
        for number in 0..fleet.len() {
            let (address, key) = (fleet.address(number), fleet.key());
            let bundle = work.folder().join(format!("floor-{number}.tar"));
            pack(work, number, again, &bundle);
            scope.spawn(move || {
                let status = Command::new("ssh")
                    .args(["-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"])
                    .args(["-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-i"])
                    .arg(key)
                    .arg(format!("root@{address}"))
                    .arg("tar -xf - -C / && sh /floor.sh")
                    .stdin(fs::File::open(bundle).expect("the bundle can be read"))
                    .stdout(Stdio::null())
                    .status();
                assert!(status.expect("ssh can be started").success(), "{address}");
            });
        }
    });
}

/// The tree as it is to be there, and the script, as an archive.
fn pack(work: &Work, number: usize, again: bool, bundle: &std::path::Path) {
    let tree = work.folder().join(format!("floor-{number}"));
    let put = |path: &str| {
        let path = tree.join(path.trim_start_matches('/'));
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder can be made");
        path
    };
    for path in DIRS {
        fs::create_dir_all(put(path)).expect("a folder can be made");
    }
    for (path, content) in Work::small(number) {
        fs::write(put(&path), content).expect("a file can be written");
    }
    for (path, _) in LARGE {
        let path_here = put(path);
        let _ = fs::remove_file(&path_here);
        if !again {
            fs::hard_link(work.large(path), path_here).expect("a file can be linked");
        }
    }
    let mut script = vec!["set -e\nid shop >/dev/null 2>&1 || useradd --system shop\n".to_owned()];
    for (path, size) in LARGE {
        script.push(format!("[ \"$(stat -c %s {path})\" = {size} ]; chmod 755 {path}\n"));
    }
    for name in COMMANDS {
        script.push(format!("[ -e /var/lib/shop/{name} ] || echo done >/var/lib/shop/{name}\n"));
    }
    fs::write(tree.join("floor.sh"), script.concat()).expect("a file can be written");
    let status = Command::new("tar").arg("-C").arg(&tree).arg("-cf").arg(bundle).arg(".").status();
    assert!(status.expect("tar can be started").success());
}
