//! The firewall: as text, as nftables reads it, and as packets meet it.

use std::process::Command;

use hosts::cluster::blueprints;
use hosts::spec::ClusterSpec;

use crate::sample::{alone, content, host, root, said, spec};

const RULES: &str = "/etc/lostops/wall.nft";

/// A network namespace with nftables in it, for as long as a command runs.
fn namespace(script: &str) -> Option<(bool, String)> {
    let ready = Command::new("unshare").args(["-n", "nft", "list", "tables"]).output();
    if !ready.is_ok_and(|output| output.status.success()) {
        println!("skipped: nft in a network namespace not found");
        return None;
    }
    Some(said(Command::new("unshare").args(["-n", "sh", "-euc", script])))
}

#[test]
fn as_text() {
    insta::assert_snapshot!("server", content(&host(&spec(), "server-1"), RULES));
    insta::assert_snapshot!("web", content(&host(&spec(), "web-1"), RULES));
    insta::assert_snapshot!("data", content(&host(&spec(), "data-1"), RULES));
    insta::assert_snapshot!("solo", content(&host(&alone(), "solo"), RULES));
}

#[test]
fn consul_in_clear_is_for_those_who_may_ask_nomad() {
    let mut open = spec();
    open.security.tls = false;
    let rules = content(&host(&open, "server-1"), RULES);
    let of = |port: &str| {
        let own = rules.lines().filter(|line| line.contains(&format!("dport {{ {port} }}")));
        own.filter_map(|line| line.split(" tcp ").next()).collect::<Vec<_>>()
    };
    assert!(!of("8500").is_empty() && of("8500") == of("4646") && of("8501").is_empty(), "{rules}");
    let config = content(&host(&open, "server-1"), "/etc/consul.d/consul.json");
    assert!(config.contains("\"http\": \"0.0.0.0\""), "{config}");
}

#[test]
fn nftables_takes_every_table_also_over_another() {
    let mut wide = spec();
    wide.firewall.cluster_cidrs = vec!["10.0.0.0/8".parse().unwrap(), "10.0.0.0/16".parse().unwrap()];
    for spec in [spec(), alone(), wide] {
        for print in blueprints(&spec, &root()).unwrap() {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("wall"), content(&print, RULES)).unwrap();
            let script = format!("cd {}; nft -f wall; nft -f wall; nft list tables", folder.path().display());
            let Some((fine, words)) = namespace(&script) else { return };
            assert!(fine && words.trim() == "table inet lostops", "{}: {words}", print.host);
        }
    }
}

/// Two namespaces, a client's and a host's with the wall up; what answers is asked for with `curl`.
#[test]
fn packets_meet_it_as_the_matrix_says() {
    let folder = tempfile::tempdir().unwrap();
    let spec = ClusterSpec { ..spec() };
    std::fs::write(folder.path().join("wall"), content(&host(&spec, "web-1"), RULES)).unwrap();
    // The host also publishes port 8080 as Docker does: rewritten to a container's address on a bridge.
    let script = r#"
        cd FOLDER
        mkdir www; cd www
        ip link set lo up
        ip link add docker0 type bridge; ip addr add 172.17.0.1/16 dev docker0; ip link set docker0 up
        sysctl -qw net.ipv4.ip_forward=1
        unshare -n sleep 60 & peer=$!
        unshare -n sleep 60 & box=$!
        trap 'kill $peer $box $servers 2>/dev/null' EXIT
        servers=
        sleep 0.3
        ip link add eth0 type veth peer name eth0 netns $peer
        ip link add veth1 type veth peer name eth0 netns $box
        ip addr add 10.0.1.1/8 dev eth0; ip addr add 192.0.2.1/24 dev eth0; ip addr add 198.51.100.1/24 dev eth0; ip link set eth0 up
        ip link set veth1 master docker0; ip link set veth1 up
        at() { pid=$1; shift; nsenter -t $pid -n "$@"; }
        at $peer ip addr add 10.0.0.1/8 dev eth0; at $peer ip addr add 192.0.2.7/24 dev eth0; at $peer ip addr add 198.51.100.7/24 dev eth0
        at $peer ip link set eth0 up
        at $box ip addr add 172.17.0.2/16 dev eth0; at $box ip link set eth0 up; at $box ip route add default via 172.17.0.1
        at $peer ip route add 172.17.0.0/16 via 198.51.100.1
        nft -f ../wall
        nft add table ip nat
        nft 'add chain ip nat pre { type nat hook prerouting priority dstnat; }'
        nft add rule ip nat pre tcp dport 25000 dnat to 172.17.0.2:8000
        nft add rule ip nat pre tcp dport 80 dnat to 172.17.0.2:8000
        nft add rule ip nat pre tcp dport 8080 dnat to 172.17.0.2:8000
        for port in 22 4646 4647 8000 21000; do python3 -m http.server $port >/dev/null 2>&1 & servers="$servers $!"; done
        at $box python3 -m http.server 8000 >/dev/null 2>&1 & servers="$servers $!"
        answers() { tries=0; until "$@" curl -s -o /dev/null http://127.0.0.1:$port/; do tries=$((tries + 1)); [ $tries -lt 100 ]; sleep 0.2; done; }
        for port in 22 4646 4647 8000 21000; do answers env; done
        port=8000; at $box ip link set lo up; answers at $box
        ask() { at $peer curl -s --connect-timeout 1 -m 10 -o /dev/null --interface $1 http://$2/ && echo "$1 $2 yes" || echo "$1 $2 no"; }
        ask 192.0.2.7 192.0.2.1:22; ask 198.51.100.7 198.51.100.1:22; ask 10.0.0.1 10.0.1.1:22
        ask 192.0.2.7 192.0.2.1:4646; ask 10.0.0.1 10.0.1.1:4646; ask 198.51.100.7 198.51.100.1:4646
        ask 10.0.0.1 10.0.1.1:4647; ask 10.0.0.1 10.0.1.1:8000
        ask 10.0.0.1 10.0.1.1:21000; ask 198.51.100.7 198.51.100.1:21000
        ask 10.0.0.1 10.0.1.1:25000; ask 198.51.100.7 198.51.100.1:25000
        ask 198.51.100.7 198.51.100.1:80; ask 198.51.100.7 198.51.100.1:8080; ask 10.0.0.1 10.0.1.1:8080
        ask 198.51.100.7 172.17.0.2:8000
        at $box curl -s --connect-timeout 1 -m 10 -o /dev/null http://172.17.0.1:4646/ && echo "container host yes"
    "#;
    for program in ["python3", "curl", "ip", "nsenter", "sysctl"] {
        if crate::sample::found(program).is_none() {
            return;
        }
    }
    let Some((_, words)) = namespace(&script.replace("FOLDER", folder.path().to_str().unwrap())) else {
        return;
    };
    insta::assert_snapshot!(words, @r"
        192.0.2.7 192.0.2.1:22 yes
        198.51.100.7 198.51.100.1:22 no
        10.0.0.1 10.0.1.1:22 no
        192.0.2.7 192.0.2.1:4646 yes
        10.0.0.1 10.0.1.1:4646 yes
        198.51.100.7 198.51.100.1:4646 no
        10.0.0.1 10.0.1.1:4647 no
        10.0.0.1 10.0.1.1:8000 no
        10.0.0.1 10.0.1.1:21000 yes
        198.51.100.7 198.51.100.1:21000 no
        10.0.0.1 10.0.1.1:25000 yes
        198.51.100.7 198.51.100.1:25000 no
        198.51.100.7 198.51.100.1:80 yes
        198.51.100.7 198.51.100.1:8080 no
        10.0.0.1 10.0.1.1:8080 no
        198.51.100.7 172.17.0.2:8000 no
        container host yes
        ");
}
