//! Three real servers in network namespaces of their own, with nothing but the files that their blueprints say: they find
//! each other, take their first tokens from whoever of them comes first, and take others when the number is raised.

use std::fmt::Write as _;
use std::process::Command;

use hosts::spec::{ClusterSpec, Discovery, Rotation};

use crate::sample::{NOW, alone, content, found, host, official, pool, root, said, unpack};

/// What the hosts do: `$1` and so on are their folders.
const SCRIPT: &str = r#"
    unset AWS_CA_BUNDLE
    ip link set lo up
    ip link add br0 type bridge; ip link set br0 up
    pids= n=0
    trap 'kill -9 $pids 2>/dev/null' EXIT
    for folder in "$@"; do
        n=$((n + 1))
        unshare -n sleep 300 & pid=$!
        pids="$pids $pid"
        sleep 0.2
        ip link add v$n type veth peer name eth0 netns $pid
        ip link set v$n master br0 up
        nsenter -t $pid -n sh -c "ip link set lo up; ip addr add 10.0.0.$n/24 dev eth0; ip link set eth0 up"
        eval "ns$n=$pid"
    done
    at() { eval "ns=\$ns$1"; shift; nsenter -t $ns -n "$@"; }
    n=0
    for folder in "$@"; do
        n=$((n + 1))
        mkdir -p $folder/opt/nomad/data $folder/opt/consul/data
        if [ -d $folder/etc/consul.d ]; then
            at $n $CONSUL agent -config-dir=$folder/etc/consul.d >$folder/consul.log 2>&1 & pids="$pids $!"
        fi
        # As on a server, it is not root.
        chmod 755 $folder; chown -R 65534:65534 $folder/opt/nomad
        at $n setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/ $NOMAD agent -config=$folder/etc/nomad.d >$folder/nomad.log 2>&1 & pids="$pids $!"
    done
    bootstrap() {
        jobs= n=0
        for folder in "$@"; do
            n=$((n + 1))
            at $n sh $folder/etc/lostops/bootstrap/run & jobs="$jobs $!"
        done
        for job in $jobs; do wait $job && echo bootstrapped || echo failed; done
    }
    ask() { who=$1; shift; at $who curl -s -m 20 -o /dev/null -w '%{http_code}' -K $folder/etc/lostops/bootstrap/curl "$@"; }
    folder=$1
    token() { echo "-H@$1/etc/lostops/bootstrap/$2.token"; }
    bootstrap "$@"
    bootstrap "$@"
    at 1 curl -s -K $1/etc/lostops/bootstrap/curl "$(token $1 nomad)" https://127.0.0.1:4646/v1/agent/members | grep -o '"Status":"[a-z]*"' | sort | uniq -c
    echo "with a token $(ask 2 https://127.0.0.1:4646/v1/nodes "$(token $1 nomad)")"
    echo "without $(ask 2 https://127.0.0.1:4646/v1/nodes -HX-Nothing:1)"
    echo "over a name of its own $(ask 2 https://server-2:4646/v1/status/leader --resolve server-2:4646:127.0.0.1), over another $(ask 2 https://server-9:4646/v1/status/leader --resolve server-9:4646:127.0.0.1)"
    echo "in clear $(ask 2 http://127.0.0.1:4646/v1/status/leader -HX-Nothing:1)"
    if [ -d $1/etc/consul.d ]; then
        at 1 curl -s -K $1/etc/lostops/bootstrap/curl "$(token $1 consul)" https://127.0.0.1:8501/v1/agent/members | grep -o '"Name":"[a-z0-9-]*"' | sort
        at 1 curl -s -K $1/etc/lostops/bootstrap/curl "$(token $1 consul)" https://127.0.0.1:8501/v1/catalog/services | grep -o '"nomad"'
        echo "Consul without $(ask 2 https://127.0.0.1:8501/v1/agent/self -HX-Nothing:1)"
    fi
    for folder in "$@"; do cp $folder/next/* $folder/etc/lostops/bootstrap/; done
    folder=$1
    echo "the next token before $(ask 3 https://127.0.0.1:4646/v1/nodes "$(token $1 nomad)")"
    bootstrap "$@"
    echo "the next token $(ask 3 https://127.0.0.1:4646/v1/nodes "$(token $1 nomad)")"
    find "$@" -name 'acl-bootstrap-reset'
"#;

/// What is said, without the hosts' own words.
fn run(spec: &ClusterSpec, more: &[(&str, &std::path::Path)]) -> Option<String> {
    for program in ["curl", "ip", "nsenter", "setpriv", "unshare"] {
        found(program)?;
    }
    if !Command::new("unshare").args(["-n", "true"]).output().is_ok_and(|output| output.status.success()) {
        println!("skipped: network namespaces not found");
        return None;
    }
    let mut next = root();
    next.rotate(Rotation { tokens: 1, ..Rotation::default() }, NOW);
    let next = hosts::cluster::blueprints(spec, &next).unwrap();
    let names = ["server-1", "server-2", "server-3"];
    let folders: Vec<tempfile::TempDir> = names.iter().map(|name| unpack(&host(spec, name))).collect();
    for (folder, next) in folders.iter().zip(&next) {
        std::fs::create_dir(folder.path().join("next")).unwrap();
        for name in ["nomad.token", "nomad.bootstrap"] {
            std::fs::write(
                folder.path().join("next").join(name),
                content(next, &format!("/etc/lostops/bootstrap/{name}")),
            )
            .unwrap();
        }
    }
    let mut command = Command::new("unshare");
    command
        .args(["-n", "sh", "-uc", SCRIPT, "sh"])
        .args(folders.iter().map(tempfile::TempDir::path))
        .envs(more.iter().copied());
    let (_, mut words) = said(&mut command);
    if words.contains("failed") {
        for folder in &folders {
            let log = std::fs::read_to_string(folder.path().join("nomad.log")).unwrap_or_default();
            let _ = write!(words, "\n{}", log.lines().rev().take(30).collect::<Vec<_>>().join("\n"));
        }
    }
    Some(words)
}

fn servers() -> ClusterSpec {
    let three = [("server-1", "10.0.0.1"), ("server-2", "10.0.0.2"), ("server-3", "10.0.0.3")];
    let pools = [("servers".to_owned(), pool(hosts::spec::Role::Server, &three))].into();
    ClusterSpec { pools, discovery: Discovery::Nomad, ..alone() }
}

#[test]
fn three_servers_of_nomad() {
    let Some(nomad) = found("nomad") else { return };
    let Some(words) = run(&servers(), &[("NOMAD", &nomad)]) else { return };
    insta::assert_snapshot!(words, @r#"
    bootstrapped
    bootstrapped
    bootstrapped
    bootstrapped
    bootstrapped
    bootstrapped
          3 "Status":"alive"
    with a token 200
    without 403
    over a name of its own 200, over another 000
    in clear 400
    the next token before 403
    bootstrapped
    bootstrapped
    bootstrapped
    the next token 200
    "#);
}

#[test]
fn three_servers_of_nomad_and_consul() {
    let (Some(nomad), Some(consul)) = (found("nomad"), found("consul")) else { return };
    let discovery = Discovery::Consul(official(crate::agents::version(&consul)));
    let spec = ClusterSpec { discovery, ..servers() };
    let Some(words) = run(&spec, &[("NOMAD", &nomad), ("CONSUL", &consul)]) else { return };
    insta::assert_snapshot!(words, @r#"
        bootstrapped
        bootstrapped
        bootstrapped
        bootstrapped
        bootstrapped
        bootstrapped
              3 "Status":"alive"
        with a token 200
        without 403
        over a name of its own 200, over another 000
        in clear 400
        "Name":"server-1"
        "Name":"server-2"
        "Name":"server-3"
        "nomad"
        Consul without 403
        the next token before 403
        bootstrapped
        bootstrapped
        bootstrapped
        the next token 200
        "#);
}
