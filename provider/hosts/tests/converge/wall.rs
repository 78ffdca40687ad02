//! The firewall's guard, by the real nftables in a network namespace of its own.

use std::process::Command;

use hosts::blueprint::Wall;

use crate::host::{Host, blueprint, unit};

#[test]
fn whoever_would_be_locked_out_is_told_before_anything_happens() {
    let ready = Command::new("unshare").args(["-n", "nft", "list", "tables"]).output();
    if !ready.is_ok_and(|output| output.status.success()) {
        println!("skipped: nft in a network namespace not found");
        return;
    }
    let host = Host::new();
    let mut wanted = blueprint(&host);
    wanted.units.insert(0, unit("lostops-wall.service", &[]));
    wanted.wall = Some(Wall {
        table: "inet lostops".into(),
        unit: "lostops-wall.service".into(),
        admitted: vec!["192.0.2.0/24".parse().unwrap(), "2001:db8::/32".parse().unwrap()],
    });
    let nft = Command::new("sh").args(["-c", "command -v nft"]).output().unwrap();
    let nft = String::from_utf8(nft.stdout).unwrap();
    let run = |peer: &str| {
        host.run_with(
            &["env", &format!("NFT={}", nft.trim()), "unshare", "-n", "dash"],
            &wanted,
            &["--peer", peer],
        )
    };
    for peer in ["198.51.100.1 5 6 7", "2001:db9::1", "10.0.0.1"] {
        let fault = run(peer).fault();
        assert!(fault.contains("The firewall would lock out whoever applies this"), "{fault}");
        assert!(!host.at("root/etc/nomad.conf").exists());
    }
    for peer in ["192.0.2.7 50000 10.0.0.1 22", "2001:db8:5::1", ""] {
        run(peer).done();
    }
}
