//! A run that is killed anywhere leaves a host that the next run makes right, with nothing restarted too little.

use std::env;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hosts::blueprint::Blueprint;
use hosts::secrets::Secret;

use crate::host::{Host, blueprint, shells};

/// Numbers as random as this needs: `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit.max(1)
    }
}

/// Everything that counts on a host, and what its services were started with.
fn state(host: &Host) -> Vec<(String, String)> {
    let paths = [
        "root/etc/nomad.conf",
        "root/etc/consul.conf",
        "root/etc/alone",
        "root/opt/cni/bin/bridge",
        "root/opt/cni/bin/portmap",
        "with/nomad.service",
        "with/consul.service",
        "disk",
        "root/var/lib/lostops/files",
        "root/var/lib/lostops/applied",
        "sysctl/net.ipv4.ip_forward",
    ];
    paths.iter().map(|path| ((*path).to_owned(), host.read(path))).collect()
}

/// Kills a run after a while, and whatever it has started with it.
fn killed(host: &Host, shell: &[&str], wanted: &Blueprint, after: Duration) -> bool {
    let mut child = host.start(shell, wanted, &[]);
    let begun = Instant::now();
    while begun.elapsed() < after {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        sleep(Duration::from_micros(200));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // A stand-in that it had just started ends by itself in a moment: a real program would go on as well.
    sleep(Duration::from_millis(30));
    true
}

#[test]
fn killed_anywhere_it_still_converges() {
    let count: u64 = env::var("LOSTOPS_INTERRUPTIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(2);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = env::var("LOSTOPS_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or(u64::from(now.subsec_nanos()));
    println!("{count} interruptions for each shell, LOSTOPS_SEED={seed}");
    let mut dice = Dice(seed);
    for shell in shells() {
        let whole = Host::new();
        let begun = Instant::now();
        whole.run(shell, &changed(&blueprint(&whole))).done();
        let length = begun.elapsed();
        let mut hits = 0;
        for round in 0..count {
            let host = Host::new();
            let before = blueprint(&host);
            let wanted = changed(&before);
            // Every other time the host is new; otherwise it is one whose configuration changes.
            if round % 2 == 1 {
                host.run(shell, &before).done();
            }
            for _ in 0..=dice.below(2) {
                let after = Duration::from_micros(dice.below(u64::try_from(length.as_micros()).unwrap()));
                hits += u64::from(killed(&host, shell, &wanted, after));
            }
            host.run(shell, &wanted).done();
            let left = host.run(shell, &wanted);
            assert_eq!((left.changes().as_str(), left.done()), ("", 0), "{shell:?}, round {round}");
            let folder = |host: &Host| host.folder.path().display().to_string();
            for ((path, is), (_, should)) in state(&host).into_iter().zip(state(&whole)) {
                // Hashes of blueprints differ as the disk's path does.
                if !path.ends_with("applied") {
                    assert_eq!(
                        is.replace(&folder(&host), ""),
                        should.replace(&folder(&whole), ""),
                        "{shell:?}, {path}"
                    );
                }
            }
        }
        println!("{shell:?}: {hits} runs killed, of {length:?} when whole");
    }
}

/// The same with changed configuration.
fn changed(blueprint: &Blueprint) -> Blueprint {
    let mut changed = blueprint.clone();
    for at in [0, 1] {
        changed.files[at].content = Secret::new(format!("{} and more\n", changed.files[at].content.expose()));
    }
    changed
}
