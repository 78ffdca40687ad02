//! What goes wrong on a host is told with its cause and its cure, and the next run goes on from there.

use std::fs;

use hosts::blueprint::Blueprint;
use hosts::secrets::Secret;

use crate::host::{Host, blueprint, plain_binary, sha256, shells};

/// What a host tells when something is wrong with it, and that it converges once that is put right.
fn told(spoil: impl Fn(&Host, &mut Blueprint), mend: impl Fn(&Host, &mut Blueprint)) -> String {
    let mut words = String::new();
    for shell in shells() {
        let host = Host::new();
        let mut wanted = blueprint(&host);
        spoil(&host, &mut wanted);
        let fault = host.run(shell, &wanted).fault().replace(host.folder.path().to_str().unwrap(), "HOST");
        assert!(words.is_empty() || words == fault, "{shell:?}: {fault}");
        words = fault;
        mend(&host, &mut wanted);
        host.run(shell, &wanted).done();
        assert_eq!(host.run(shell, &wanted).done(), 0, "{shell:?}");
    }
    words
}

#[test]
fn a_download_that_is_not_what_it_should_be() {
    let words = told(
        |host, wanted| {
            host.put("web/tool", "evil\n");
            wanted.binaries.push(plain_binary(&"0".repeat(64)));
        },
        |host, wanted| wanted.binaries[1] = plain_binary(&sha256(&host.at("web/tool"))),
    );
    insta::assert_snapshot!(words, @"web-1: A download is not what it should be (tool): expected 0000000000000000000000000000000000000000000000000000000000000000, got 886b67480dbe73b406ad83a1dd6d9596f93089d90c220ccfc91944c95f1c68c4. Somebody on the way changed it, or the checksum in the configuration is of another release: check both");
}

#[test]
fn no_network_for_a_download() {
    let words = told(
        |host, wanted| wanted.binaries.push(plain_binary(&sha256(&host.at("root/etc/os-release")))),
        |host, _| {
            fs::copy(host.at("root/etc/os-release"), host.at("web/tool")).unwrap();
        },
    );
    insta::assert_snapshot!(words, @"web-1: The host does not reach the network (tool): curl: (6) Could not resolve host. Check the host's route, DNS and proxy, or name a mirror that it can reach; the next apply goes on from here");
}

#[test]
fn packages_that_cannot_be_had() {
    let mend = |host: &Host, _: &mut Blueprint| fs::remove_file(host.at("apt-fails")).unwrap();
    let words = told(|host, _| host.put("apt-fails", "E: Unable to locate package curl\n"), mend);
    insta::assert_snapshot!(words, @"web-1: The distribution's packages cannot be installed (apt-get update): E: Unable to locate package curl. See what apt said; run `apt-get -f install` on the host if its package system is broken");
    let words =
        told(|host, _| host.put("apt-fails", "Err:1 Temporary failure resolving 'packages.example'\n"), mend);
    insta::assert_snapshot!(words, @"web-1: The host does not reach the network (apt-get update): Err:1 Temporary failure resolving 'packages.example'. Check the host's route, DNS and proxy, or name a mirror that it can reach; the next apply goes on from here");
    let words = told(|host, _| host.put("apt-fails", "dpkg: error: No space left on device\n"), mend);
    insta::assert_snapshot!(words, @"web-1: The host's disk is full (apt-get update): dpkg: error: No space left on device. Free some space on the host and apply again");
}

#[test]
fn a_disk_that_holds_something_is_left_alone() {
    let words = told(
        |host, _| host.put("disk", "TYPE=xfs\nLABEL=photos\n"),
        |host, _| {
            assert_eq!(host.read("disk"), "TYPE=xfs\nLABEL=photos\n");
            host.put("disk", "");
        },
    );
    insta::assert_snapshot!(words, @"web-1: A data disk already holds something (HOST/disk): TYPE=xfs LABEL=photos. It is left as it is. If its data may go, wipe it (`wipefs -a DEVICE`); otherwise name another device");
    let words = told(
        |host, _| host.put("disk", "PTTYPE=gpt\n"),
        |host, _| host.put("disk", "TYPE=ext4\nLABEL=lo-data\n"),
    );
    insta::assert_snapshot!(words, @"web-1: A data disk already holds something (HOST/disk): PTTYPE=gpt. It is left as it is. If its data may go, wipe it (`wipefs -a DEVICE`); otherwise name another device");
}

#[test]
fn a_filesystem_that_does_not_grow() {
    let words = told(
        |host, _| {
            host.put("size", "2147483648");
            host.put("disk.blocks", "262144");
            host.put("stays", "");
        },
        |host, _| fs::remove_file(host.at("stays")).unwrap(),
    );
    insta::assert_snapshot!(words, @"web-1: A data disk has become larger, and its file system has not (/srv/data): resize2fs: Permission denied to resize filesystem. See what its program said; grow it by hand if need be, then apply again");
}

#[test]
fn a_disk_that_is_not_there() {
    let words = told(|host, _| fs::remove_file(host.at("disk")).unwrap(), |host, _| host.put("disk", ""));
    insta::assert_snapshot!(words, @"web-1: A data disk is not there (HOST/disk): there is no such device. Attach the disk, or correct the device's name");
}

#[test]
fn a_folder_where_a_file_belongs() {
    for path in ["etc/nomad.conf", "etc/first", "usr/local/bin/tool"] {
        let put = |host: &Host, wanted: &mut Blueprint| {
            host.put("web/tool", "tool\n");
            wanted.binaries.push(plain_binary(&sha256(&host.at("web/tool"))));
            fs::create_dir_all(host.at("root").join(path)).unwrap();
            fs::write(host.at("root").join(path).join("theirs"), "theirs").unwrap();
        };
        let words = told(put, |host, _| {
            assert_eq!(host.log(), "", "nothing was changed");
            assert!(!host.at("root/etc/consul.conf").exists());
            assert_eq!(fs::read_dir(host.at("root").join(path)).unwrap().count(), 1);
            fs::remove_dir_all(host.at("root").join(path)).unwrap();
        });
        let cure = "It is left as it is, and nothing was changed. Move it elsewhere, or remove it if nobody needs it, and apply again";
        assert_eq!(
            words,
            format!("web-1: A folder stands where a file belongs (/{path}): it is a folder. {cure}")
        );
    }
}

#[test]
fn a_folder_where_a_file_of_ours_was_stays() {
    for shell in shells() {
        let host = Host::new();
        let mut wanted = blueprint(&host);
        host.run(shell, &wanted).done();
        wanted.files.retain(|file| file.path != "/etc/alone");
        fs::remove_file(host.at("root/etc/alone")).unwrap();
        fs::create_dir(host.at("root/etc/alone")).unwrap();
        host.run(shell, &wanted).done();
        assert!(host.at("root/etc/alone").is_dir());
        assert_eq!(host.run(shell, &wanted).done(), 0, "{shell:?}");
    }
}

#[test]
fn a_distribution_that_is_not_supported() {
    let mend =
        |host: &Host, _: &mut Blueprint| host.put("root/etc/os-release", "ID=ubuntu\nVERSION_ID=24.04\n");
    let words = told(|host, _| host.put("root/etc/os-release", "ID=alpine\nVERSION_ID=3.20\n"), mend);
    insta::assert_snapshot!(words, @"web-1: The host's distribution is not supported (alpine 3.20 ): no Debian. Use Debian 11 or later, or Ubuntu 22.04 or later");
    let words = told(|host, _| host.put("root/etc/os-release", "ID=debian\nVERSION_ID=9\n"), mend);
    insta::assert_snapshot!(words, @"web-1: The host's distribution is not supported (debian 9 ): too old. Use Debian 11 or later, or Ubuntu 22.04 or later");
}

#[test]
fn a_clock_that_is_wrong() {
    for (between, words) in [((1, 2), "(ahead): it is "), ((i64::MAX - 1, i64::MAX), "(behind): it is ")] {
        let host = Host::new();
        let wanted = Blueprint { clock: Some(between), ..blueprint(&host) };
        let fault = host.run(&["dash"], &wanted).fault();
        assert!(fault.starts_with("web-1: The host's clock is wrong") && fault.contains(words), "{fault}");
        assert_eq!(host.log(), "");
    }
}

#[test]
fn a_service_that_does_not_run() {
    let words = told(
        |host, _| host.put("fails-nomad.service", ""),
        |host, _| fs::remove_file(host.at("fails-nomad.service")).unwrap(),
    );
    insta::assert_snapshot!(words, @"web-1: A service does not run (nomad.service): bind: address already in use. See the service's own words; `journalctl -u SERVICE` on the host has more");
}

#[test]
fn a_setting_that_is_refused() {
    let words = told(
        |host, _| host.put("sysctl-fails", ""),
        |host, _| fs::remove_file(host.at("sysctl-fails")).unwrap(),
    );
    insta::assert_snapshot!(words, @"web-1: A kernel setting was refused (net.ipv4.ip_forward): permission denied on key. The kernel has no such setting, or the host is a container that may not change it");
}

#[test]
fn something_in_a_files_place() {
    for shell in shells() {
        let host = Host::new();
        let mut wanted = blueprint(&host);
        host.put("root/etc/dir", "");
        wanted.files[0].path = "/etc/dir/nomad.conf".into();
        let fault = host.run(shell, &wanted).fault();
        assert!(
            fault.starts_with("web-1: A file or folder cannot be written (/etc/dir/nomad.conf): "),
            "{fault}"
        );
    }
}

#[test]
fn another_run_at_work() {
    let host = Host::new();
    let wanted = blueprint(&host);
    fs::create_dir_all(host.at("root/var/lib/lostops/lock")).unwrap();
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let born = stat.rsplit(") ").next().unwrap().split(' ').nth(19).unwrap().to_owned();
    let pid = std::process::id();
    host.put("root/var/lib/lostops/lock/pid", &format!("{pid} {born}\n"));
    let fault = host.run(&["dash"], &wanted).fault();
    assert!(
        fault.contains("Another run is at work on this host") && fault.contains(&format!("process {pid}"))
    );
    assert_eq!(host.log(), "");
    // The same number, but another process: the lock was left behind.
    host.put("root/var/lib/lostops/lock/pid", &format!("{pid} 1{born}\n"));
    host.run(&["dash"], &wanted).done();
    assert!(!host.at("root/var/lib/lostops/lock").exists());
}

#[test]
fn a_script_that_arrives_in_part_does_nothing() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let host = Host::new();
    let text = hosts::converge::script(&blueprint(&host)).unwrap().text;
    let text = text.expose();
    for shell in shells() {
        for end in [text.len() - 1, text.len() - 3, text.len() - 30, text.len() / 2] {
            let mut child = Command::new(shell[0]);
            child.args(&shell[1..]).args(["-s", "--", "--root"]).arg(host.at("root"));
            let mut child = child.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            let cut = if end == text.len() - 1 { &text[..text.rfind("main").unwrap()] } else { &text[..end] };
            child.stdin.take().unwrap().write_all(cut.as_bytes()).unwrap();
            child.wait().unwrap();
            assert!(
                !host.at("root/var/lib/lostops/applied").exists() && !host.at("root/etc/nomad.conf").exists()
            );
        }
    }
}

#[test]
fn names_that_a_host_cannot_take_are_refused_before() {
    let host = Host::new();
    let refused = |spoil: fn(&mut Blueprint)| {
        let mut wanted = blueprint(&host);
        spoil(&mut wanted);
        hosts::converge::script(&wanted).unwrap_err().to_string()
    };
    insta::assert_snapshot!(refused(|wanted| wanted.files[0].path = "/etc/a b".into()), @"web-1: the path `/etc/a b`: it is not a plain absolute path. Choose a name of letters, digits and . _ / @ : + -");
    insta::assert_snapshot!(refused(|wanted| wanted.files[0].path = "/etc/../x".into()), @"web-1: the path `/etc/../x`: it is not a plain absolute path. Choose a name of letters, digits and . _ / @ : + -");
    insta::assert_snapshot!(refused(|wanted| wanted.packages[0] = "--purge".into()), @"web-1: the name `--purge`: it has characters that a host cannot take there. Choose a name of letters, digits and . _ / @ : + -");
    insta::assert_snapshot!(refused(|wanted| wanted.units[0].name = "$(id)".into()), @"web-1: the name `$(id)`: it has characters that a host cannot take there. Choose a name of letters, digits and . _ / @ : + -");
    insta::assert_snapshot!(refused(|wanted| wanted.files[0].content = Secret::new("a\0b")), @"web-1: the file `/etc/nomad.conf`: it contains a NUL, so it is no text. Choose a name of letters, digits and . _ / @ : + -");
}
