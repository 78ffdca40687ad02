//! What a first run does, that a second does nothing, and that a change touches only what it should.

use std::fs;

use hosts::blueprint::{Command, File};
use hosts::converge::{Event, script};
use hosts::secrets::Secret;
use hosts::spec::Filesystem;

use crate::host::{Host, blueprint, file, plain_binary, sha256, shells, unit};

#[test]
fn the_first_run_makes_everything_and_the_second_nothing() {
    for shell in shells() {
        let host = Host::new();
        let wanted = blueprint(&host);
        let first = host.run(shell, &wanted);
        insta::allow_duplicates! { insta::assert_snapshot!(first.changes().replace(host.folder.path().to_str().unwrap(), "HOST"), @r"
        package curl
        package nftables
        user nomad
        formatted HOST/disk
        mounted /srv/data
        file /etc/fstab
        folder /opt/nomad/data
        file /etc/nomad.conf
        file /etc/consul.conf
        file /etc/first
        file /etc/alone
        program cni-plugins 1.9.1
        setting net.ipv4.ip_forward
        setting net.ipv4.ip_local_port_range
        enabled consul.service
        started consul.service
        enabled nomad.service
        started nomad.service
        "); }
        assert_eq!(first.done(), u32::try_from(first.changes().lines().count()).unwrap());
        assert_eq!(host.read("root/etc/nomad.conf"), "it's $(id)\n`x` \"y\" \\z %s\n");
        assert_eq!((host.mode("root/etc/nomad.conf"), host.mode("root/etc/consul.conf")), (0o640, 0o600));
        assert_eq!((host.mode("root/opt/nomad"), host.mode("root/opt/nomad/data")), (0o755, 0o700));
        assert_eq!(host.mode("root/opt/cni/bin/bridge"), 0o755);
        assert_eq!(host.mode("root/var/lib/lostops"), 0o700);
        assert!(host.read("root/opt/cni/bin/portmap").contains("echo portmap"));
        let log = host.log();
        assert!(log.contains("systemctl start nomad.service"), "{log}");

        let second = host.run(shell, &wanted);
        assert_eq!((second.changes().as_str(), second.done()), ("", 0), "{shell:?}");
        assert_eq!(host.log(), "modprobe no_such_module\n");
        assert_eq!(
            second.events.last(),
            Some(&Event::Done { changes: 0, hash: script(&wanted).unwrap().hash })
        );
    }
}

#[test]
fn without_its_notes_a_host_misses_nothing_but_programs_and_has_notes_again_after_the_next_run() {
    for shell in shells() {
        let host = Host::new();
        let wanted = blueprint(&host);
        host.run(shell, &wanted).done();
        fs::remove_dir_all(host.at("root/var/lib/lostops")).unwrap();
        let seen = host.run_with(shell, &wanted, &["--check"]);
        assert_eq!(seen.changes(), "program cni-plugins 1.9.1\nrestarted nomad.service\n", "{shell:?}");
        host.run(shell, &wanted).done();
        assert_eq!(host.read("root/var/lib/lostops/applied").trim(), script(&wanted).unwrap().hash);
        assert_eq!(host.run(shell, &wanted).done(), 0);
        // Nothing has to be changed to note it.
        fs::remove_file(host.at("root/var/lib/lostops/applied")).unwrap();
        assert_eq!(host.run(shell, &wanted).done(), 0);
        assert_eq!(host.read("root/var/lib/lostops/applied").trim(), script(&wanted).unwrap().hash);
    }
}

#[test]
fn a_change_restarts_only_what_it_touches() {
    for shell in shells() {
        let host = Host::new();
        let mut wanted = blueprint(&host);
        host.run(shell, &wanted).done();
        host.log();
        wanted.files[0].content = Secret::new("other\n");
        let run = host.run(shell, &wanted);
        assert_eq!(run.changes(), "file /etc/nomad.conf\nrestarted nomad.service\n", "{shell:?}");
        assert_eq!(host.read("with/nomad.service"), "other\n");
        wanted.files[3].content = Secret::new("nobody reads it\n");
        assert_eq!(host.run(shell, &wanted).changes(), "file /etc/alone\n");
        wanted.units[0].reload_on = std::mem::take(&mut wanted.units[0].restart_on);
        wanted.files[1].content = Secret::new("new key\n");
        host.log();
        assert_eq!(host.run(shell, &wanted).changes(), "file /etc/consul.conf\nreloaded consul.service\n");
        assert_eq!(host.log(), "modprobe no_such_module\nsystemctl reload-or-restart consul.service\n");
    }
}

#[test]
fn what_somebody_changed_on_the_host_is_put_right() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    let host = Host::new();
    let wanted = blueprint(&host);
    host.run(&["dash"], &wanted).done();
    host.put("root/etc/nomad.conf", "edited\n");
    host.put("root/etc/first", "theirs\n");
    host.put("root/opt/cni/bin/bridge", "worm\n");
    host.put("sysctl/net.ipv4.ip_forward", "0");
    fs::set_permissions(host.at("root/etc/consul.conf"), fs::Permissions::from_mode(0o644)).unwrap();
    fs::remove_file(host.at("active/consul.service")).unwrap();
    let run = host.run(&["dash"], &wanted);
    insta::assert_snapshot!(run.changes(), @r"
        file /etc/nomad.conf
        file /etc/consul.conf
        program cni-plugins 1.9.1
        setting net.ipv4.ip_forward
        started consul.service
        restarted nomad.service
        ");
    assert_eq!(host.mode("root/etc/consul.conf"), 0o600);
    assert_eq!(host.read("root/etc/first"), "theirs\n");
    assert!(host.read("root/opt/cni/bin/bridge").contains("echo bridge"));
}

#[test]
fn a_filesystem_grows_with_its_disk_once() {
    for (filesystem, program) in [(Filesystem::Ext4, "resize2fs"), (Filesystem::Xfs, "xfs_growfs")] {
        for shell in shells() {
            let host = Host::new();
            let mut wanted = blueprint(&host);
            wanted.disks[0].filesystem = filesystem;
            host.put("disk", &format!("TYPE={}\nLABEL=lo-data\n", filesystem.name()));
            // A little of a disk is never used.
            host.put("size", "1077936128");
            host.put("disk.blocks", "262144");
            host.run(shell, &wanted).done();
            assert!(!host.log().contains(program), "{shell:?}");
            host.put("size", "5368709120000");
            let look = host.run_with(shell, &wanted, &["--check"]);
            assert_eq!(
                (look.changes().as_str(), host.read("disk.blocks").as_str()),
                ("grown /srv/data\n", "262144")
            );
            assert_eq!(host.run(shell, &wanted).changes(), "grown /srv/data\n", "{shell:?}");
            assert_eq!(host.read("disk.blocks").trim(), "1310720000");
            assert_eq!(host.run(shell, &wanted).done(), 0, "{shell:?}");
            assert_eq!(host.log().matches(program).count(), 1, "{shell:?}");
        }
    }
}

#[test]
fn what_is_no_longer_wanted_goes() {
    let host = Host::new();
    let mut wanted = blueprint(&host);
    wanted.files.push(file("/etc/nomad.extra", "x\n"));
    wanted.units[1].restart_on.push("/etc/nomad.extra".into());
    wanted.units.push(unit("old.service", &[]));
    host.run(&["dash"], &wanted).done();
    wanted.files.pop();
    wanted.units.pop();
    wanted.units[1].restart_on.pop();
    let run = host.run(&["dash"], &wanted);
    assert_eq!(run.changes(), "stopped old.service\nremoved /etc/nomad.extra\nrestarted nomad.service\n");
    assert!(!host.at("root/etc/nomad.extra").exists() && !host.at("active/old.service").exists());
    assert_eq!(host.run(&["dash"], &wanted).done(), 0);
}

#[test]
fn what_stood_in_the_place_of_a_file_is_kept_and_comes_back_when_the_file_goes() {
    for shell in shells() {
        let host = Host::new();
        let mut wanted = blueprint(&host);
        fs::create_dir_all(host.at("root/etc/docker")).unwrap();
        host.put("root/etc/docker/daemon.json", "theirs\n");
        wanted.files.push(file("/etc/docker/daemon.json", "ours\n"));
        host.run(shell, &wanted).done();
        assert_eq!(host.read("root/etc/docker/daemon.json"), "ours\n");
        assert_eq!(host.read("root/var/lib/lostops/before/etc/docker/daemon.json"), "theirs\n");
        assert_eq!(host.run(shell, &wanted).done(), 0);
        // What somebody makes of ours is not theirs.
        host.put("root/etc/docker/daemon.json", "changed\n");
        host.run(shell, &wanted).done();
        assert_eq!(host.read("root/var/lib/lostops/before/etc/docker/daemon.json"), "theirs\n");
        wanted.files.pop();
        host.run(shell, &wanted).done();
        assert_eq!(host.read("root/etc/docker/daemon.json"), "theirs\n");
        assert_eq!(host.run(shell, &wanted).done(), 0);
    }
}

#[test]
fn a_run_that_was_cut_off_does_not_take_what_is_ours_for_theirs() {
    let host = Host::new();
    let mut wanted = blueprint(&host);
    fs::create_dir_all(host.at("root/etc/docker")).unwrap();
    wanted.files.push(file("/etc/docker/daemon.json", "ours\n"));
    host.run(&["dash"], &wanted).done();
    // As if the end had never been reached.
    fs::remove_file(host.at("root/var/lib/lostops/files")).unwrap();
    host.put("root/var/lib/lostops/ours", "/etc/docker/daemon.json\n");
    wanted.files.last_mut().unwrap().content = Secret::new("ours, too\n");
    host.run(&["dash"], &wanted).done();
    assert!(!host.at("root/var/lib/lostops/before").exists());
}

#[test]
fn a_check_tells_and_touches_nothing() {
    for shell in shells() {
        let host = Host::new();
        let mut wanted = blueprint(&host);
        let told = host.run_with(shell, &wanted, &["--check"]);
        assert!(told.done() > 10, "{shell:?} {}", told.stderr);
        assert!(!host.at("root/var").exists() && !host.at("root/opt").exists());
        assert_eq!(host.log(), "");
        host.run(shell, &wanted).done();
        wanted.files[0].content = Secret::new("other\n");
        host.log();
        let told = host.run_with(shell, &wanted, &["--check"]);
        assert_eq!(told.changes(), "file /etc/nomad.conf\nrestarted nomad.service\n");
        assert!(host.read("root/etc/nomad.conf").starts_with("it's"));
    }
}

#[test]
fn a_program_without_an_address_is_asked_for() {
    let host = Host::new();
    let mut wanted = blueprint(&host);
    host.put("web/tool", "#!/bin/sh\necho tool\n");
    let sum = sha256(&host.at("web/tool"));
    wanted.binaries = vec![plain_binary(&sum)];
    for fetch in wanted.binaries[0].fetches.values_mut() {
        fetch.url = String::new();
    }
    let run = host.run(&["dash"], &wanted);
    assert_eq!(run.code, Some(3));
    assert_eq!(run.events.last(), Some(&Event::Need { sha256: sum.clone(), name: "tool".into() }));
    std::fs::rename(host.at("web/tool"), host.at(&format!("root/var/lib/lostops/cache/{sum}"))).unwrap();
    assert!(host.run(&["dash"], &wanted).changes().contains("program tool 1.0\n"));
    assert_eq!(host.mode("root/usr/local/bin/tool"), 0o755);
    assert_eq!(host.run(&["dash"], &wanted).done(), 0);
}

#[test]
fn commands_run_unless_there_is_nothing_to_do() {
    let host = Host::new();
    let mut wanted = blueprint(&host);
    let run = format!("echo it's >>{}", host.at("ran").display());
    let run = run.replace('\'', "\\'");
    wanted.commands =
        vec![Command { name: "say it".into(), run, unless: format!("test -e {}", host.at("ran").display()) }];
    assert!(host.run(&["dash"], &wanted).changes().ends_with("command say it\n"));
    assert_eq!(host.run(&["dash"], &wanted).done(), 0);
    assert_eq!(host.read("ran"), "it's\n");
}

#[test]
fn a_service_that_a_host_has_no_use_for_is_started_once() {
    let host = Host::new();
    let wanted = blueprint(&host);
    host.put("idle-consul.service", "0");
    assert!(host.run(&["dash"], &wanted).changes().contains("started consul.service\n"));
    let second = host.run(&["dash"], &wanted);
    assert_eq!(
        (second.done(), second.events.iter().filter(|event| matches!(event, Event::Note(_))).count()),
        (0, 1)
    );
}

#[test]
fn secrets_are_in_no_event_and_no_note() {
    let host = Host::new();
    let mut wanted = blueprint(&host);
    wanted.files.push(File { secret: true, ..file("/etc/token", "hunter2") });
    let run = host.run(&["dash"], &wanted);
    assert!(!format!("{:?}", run.events).contains("hunter2"));
    assert!(!format!("{wanted:?}{:?}", script(&wanted)).contains("(content: hunter2"));
    for entry in std::fs::read_dir(host.at("root/var/lib/lostops")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap_or_default();
        assert!(!text.contains("hunter2"), "{text}");
    }
}
