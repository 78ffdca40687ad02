//! What happens to the hosts.

use std::time::Duration;

use acceptance_tests::{Signal, wait_until};
use serde_json::json;

use super::lab::Lab;

/// A cluster from its first day to its last.
pub fn life(lab: &mut Lab) {
    lab.config(&[1, 2, 3], &[4], "");
    lab.run(&["plan"]).ok().says("set up server h1: it is new").says("set up client h4: it is new");
    lab.apply("three servers and a client");
    nothing_to_do(lab);
    secure(lab);
    lab.nomad_says(&["server", "members"], |said| said.matches("alive").count() == 3);
    lab.nomad_says(&["node", "status"], |said| said.contains("h4") && said.contains("ready"));
    job(lab);

    lab.config(&[1, 2, 3], &[4, 5], "");
    let restarts = starts(lab, 1);
    lab.run(&["plan"]).ok().says("set up client h5: it is new");
    lab.apply("one more client");
    assert_eq!(starts(lab, 1), restarts, "no server starts anew because a client comes");
    nothing_to_do(lab);

    lab.on(5, "echo '{}' >/etc/nomad.d/join.json; systemctl stop nomad");
    lab.run(&["plan"])
        .ok()
        .says("h5: /etc/nomad.d/join.json: as made → changed")
        .says("change what differs on client h5");
    lab.apply("what somebody changed is as it was");
    lab.nomad_says(&["node", "status"], |said| said.matches("ready").count() == 2);

    assert!(lab.nomad(&["node", "eligibility", "-disable", &node(lab, "h5")]).0);
    let plan = lab.run(&["plan", "-detailed-exitcode"]);
    plan.ok().says("h5 of cluster lab gets no work: somebody has made it ineligible");
    assert!(lab.nomad(&["node", "eligibility", "-enable", &node(lab, "h5")]).0);

    lab.config(&[1, 2, 3], &[5], "");
    lab.run(&["plan"]).ok().says("move the work of client h4 elsewhere, and take lostops off it");
    lab.apply("a client less, whose work has moved");
    lab.nomad_says(&["job", "status", "sleeper"], |said| said.contains("running"));
    lab.nomad_says(&["node", "status"], |said| !said.contains("h4"));
    clean(lab, 4);
    nothing_to_do(lab);

    rotation(lab);
    loss(lab);
    shrink(lab);
    end(lab);
}

/// Of three servers one is left, which still knows everything.
fn shrink(lab: &Lab) {
    lab.config(&[6], &[5], "rotate {\n certs = 1\n gossip = 1\n tokens = 1\n }");
    let plan = lab.run(&["plan"]);
    plan.ok().says("take server h1 out of the cluster").says("take server h3 out of the cluster");
    lab.apply("one server of three");
    lab.nomad_says(&["operator", "raft", "list-peers"], |said| said.matches("true").count() == 1);
    lab.nomad_says(&["job", "status", "sleeper"], |said| said.contains("running"));
    nothing_to_do(lab);
    clean(lab, 1);
    clean(lab, 3);
}

/// Certificates and tokens are others, and nobody noticed.
fn rotation(lab: &Lab) {
    let token = |lab: &Lab| lab.here.state().attribute("lostops_cluster.c.nomad.token").clone();
    let before = token(lab);
    let keys = |lab: &Lab| lab.nomad(&["operator", "gossip", "keyring", "list"]).1;
    let old = keys(lab);
    lab.config(&[1, 2, 3], &[5], "rotate {\n certs = 1\n gossip = 1\n tokens = 1\n }");
    lab.apply("other certificates, gossip keys and tokens");
    assert_ne!(token(lab), before);
    let new = keys(lab);
    assert!(
        new != old && new.contains("Gathering") && new.matches('=').count() == old.matches('=').count(),
        "{old}{new}"
    );
    lab.nomad_says(&["server", "members"], |said| said.matches("alive").count() == 3);
    lab.nomad_says(&["job", "status", "sleeper"], |said| said.contains("running"));
    nothing_to_do(lab);
}

/// A server is lost, and another takes its place.
fn loss(lab: &mut Lab) {
    lab.fleet.cut(1);
    lab.run(&["plan"]).ok().says("h2: there → no answer").says("set up server h2: it did not answer");
    lab.config(&[1, 3, 6], &[5], "rotate {\n certs = 1\n gossip = 1\n tokens = 1\n }");
    lab.apply("another server for one that is lost");
    lab.nomad_says(&["operator", "raft", "list-peers"], |said| {
        said.matches("true").count() >= 3 && said.contains("h6") && !said.contains("h2")
    });
    lab.nomad_says(&["job", "status", "sleeper"], |said| said.contains("running"));
    nothing_to_do(lab);
}

fn end(lab: &Lab) {
    let outcome = lab.run(&["destroy", "-auto-approve"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}\n{}", lab.progress());
    assert!(lab.here.state().is_empty());
    for number in [1, 3, 5, 6] {
        clean(lab, number);
    }
    lab.say("nothing is left");
    lab.here.check_leftovers();
}

/// What the cluster of hosts that do not answer lets in.
const STRICT: &str = "security {\n introduction = \"strict\"\n }\n";

/// Hosts that do not answer: a server stops everything, a client is waited for by the next apply, or let go in the end.
pub fn unreachable(lab: &mut Lab) {
    lab.fleet.cut(0);
    lab.config(&[1], &[2, 3], STRICT);
    let outcome = lab.run(&["apply", "-auto-approve"]);
    outcome.exits(1).says("Not all servers of cluster lab answer").says("h1");
    assert!(lab.here.state().is_empty());
    lab.fleet.power(0);
    lab.fleet.cut(2);
    let outcome = lab.run(&["apply", "-auto-approve"]);
    outcome.ok().says("Warning: h3: ");
    let complete = |lab: &Lab| lab.here.state().attribute("lostops_cluster.c.complete").clone();
    assert_eq!(complete(lab), json!(false), "{outcome:?}");
    lab.say("two of three hosts are a cluster");
    lab.nomad_says(&["node", "status"], |said| said.matches("ready").count() == 1);
    let outcome = lab.run(&["apply", "-auto-approve"]);
    outcome.exits(1).says("h3: ");
    assert_eq!(complete(lab), json!(false), "what is not finished stays unfinished: {outcome:?}");
    lab.fleet.power(2);
    lab.apply("the third is back");
    nothing_to_do(lab);
    stranger(lab);
    twice(lab);

    lab.fleet.cut(2);
    let outcome = lab.run(&["destroy", "-auto-approve"]);
    outcome.exits(1).says("Cluster lab is not gone from all of its hosts");
    lab.fleet.power(2);
    let outcome = lab.run(&["destroy", "-auto-approve"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    for number in 1..=3 {
        clean(lab, number);
    }

    lab.config(&[1], &[2, 3], "on_destroy {\n graceful = false\n }");
    lab.apply("hosts that do not answer may be let go");
    lab.fleet.cut(2);
    let outcome = lab.run(&["destroy", "-auto-approve"]);
    outcome.ok().says("h3 is let go as it is");
    for number in 1..=2 {
        clean(lab, number);
    }
    lab.here.check_leftovers();
}

/// A host with the cluster's certificate that nobody has introduced is not let in, until it is introduced.
fn stranger(lab: &Lab) {
    let forgets = "systemctl stop nomad; rm -rf /opt/nomad/data; install -d -m 700 /opt/nomad/data; systemctl start nomad";
    lab.on(3, forgets);
    let refused = wait_until(Duration::from_mins(1), || {
        lab.on(3, "journalctl -u nomad --no-pager -o cat | grep -c 'Permission denied'") != "0"
    });
    assert!(refused, "{}", lab.on(3, "journalctl -u nomad --no-pager -o cat | tail -n 20"));
    lab.nomad_says(&["node", "status"], |said| said.matches("ready").count() == 1);
    lab.on(3, "rm -rf /var/lib/lostops /etc/nomad.d/join.json");
    lab.apply("a host that has forgotten who it is was introduced again");
    lab.nomad_says(&["node", "status"], |said| said.matches("ready").count() == 2);
    nothing_to_do(lab);
}

/// A name cannot wander to another machine while the one that has it still runs.
fn twice(lab: &Lab) {
    lab.config(&[1], &[2, 3], STRICT);
    let path = lab.here.path("config/main.tf");
    let text = std::fs::read_to_string(&path).expect("there is a configuration");
    let elsewhere = text.replace(lab.fleet.address(2), lab.fleet.address(3));
    assert_ne!(text, elsewhere);
    lab.here.config(&elsewhere);
    let outcome = lab.run(&["apply", "-auto-approve"]);
    outcome.exits(1).says("h3 would be two machines");
    clean(lab, 4);
    lab.here.config(&text);
    lab.say("a name is one machine");
    nothing_to_do(lab);
}

/// A first apply that is interrupted, and a state that is lost.
pub fn resumed(lab: &mut Lab) {
    lab.config(&[1, 2, 3], &[], "");
    let apply = lab.start();
    lab.told("h2: file");
    apply.signal(Signal::INT);
    let outcome = apply.finish_within(Duration::from_mins(3));
    lab.say("the first apply was cut off");
    assert_ne!(outcome.code, Some(0), "{outcome:?}");
    lab.apply("the next one has finished it");
    let ca = lab.here.state().attribute("lostops_cluster.c.ca_pem").clone();
    nothing_to_do(lab);

    std::fs::remove_file(lab.here.path("config/terraform.tfstate")).expect("there is a state");
    lab.apply("a lost state is no lost cluster").says("Cluster lab was begun before");
    assert_eq!(lab.here.state().attribute("lostops_cluster.c.ca_pem"), &ca);
    nothing_to_do(lab);
    lab.nomad_says(&["server", "members"], |said| said.matches("alive").count() == 3);

    std::fs::remove_file(lab.here.path("config/terraform.tfstate")).expect("there is a state");
    lab.run(&["import", "lostops_cluster.c", "ssh://root@10.99.0.12"]).ok();
    lab.say("and can be imported from one of its servers");
    assert_eq!(lab.here.state().attribute("lostops_cluster.c.ca_pem"), &ca);
    let plan = lab.run(&["plan"]);
    assert!(!plan.ok().said("set up server") && !plan.said("change what differs"), "{plan:?}");
    lab.apply("what only the configuration says is filled in");
    nothing_to_do(lab);
    let outcome = lab.run(&["destroy", "-auto-approve"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    lab.here.check_leftovers();
}

#[track_caller]
pub fn nothing_to_do(lab: &Lab) {
    let outcome = lab.run(&["plan", "-detailed-exitcode"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
}

/// The id of a node.
fn node(lab: &Lab, name: &str) -> String {
    let listed = lab.nomad(&["node", "status", "-verbose"]).1;
    let line = listed.lines().find(|line| line.split_whitespace().any(|word| word == name));
    line.and_then(|line| line.split_whitespace().next()).unwrap_or_default().to_owned()
}

/// How often Nomad was started on a host.
fn starts(lab: &Lab, number: usize) -> String {
    lab.on(number, "journalctl -u nomad --no-pager -o cat | grep -c 'Started'")
}

/// No port is open that the matrix does not name, and secrets are for their owners alone.
fn secure(lab: &Lab) {
    let keys = lab.here.state().attribute("lostops_cluster.c.hosts.h1.host_key").clone();
    assert!(keys.as_str().is_some_and(|key| key.starts_with("ssh-ed25519 ")), "{keys}");
    secrets_are_kept(lab);
    assert_eq!(open_ports(lab, 4), [22, 4646], "what the matrix names for a client and an administrator");
}

/// Root secrets are on servers and not in the state, and secrets are for their owners alone.
pub fn secrets_are_kept(lab: &Lab) {
    let state = std::fs::read_to_string(lab.here.path("config/terraform.tfstate")).expect("there is a state");
    assert!(!state.contains("\"master\"") && !state.contains("PRIVATE KEY"), "the state has no root secrets");
    let open = "find /etc/lostops /etc/nomad.d /etc/consul.d -type f -perm /007 -exec grep -l 'PRIVATE KEY\\|encrypt\"\\|\"tokens\"\\|\"master\"' {} + 2>/dev/null";
    let listed = "ps axww -o args | grep -c '[P]RIVATE KEY' || :";
    for number in 1..=4 {
        assert_eq!(lab.on(number, open), "", "secrets are for their owners alone");
        assert_eq!(lab.on(number, listed), "0");
    }
    assert_eq!(lab.on(4, "test -e /etc/lostops/root.json; echo $?"), "1", "a client has no root secrets");
}

/// What is open to an administrator, of what there is.
pub fn open_ports(lab: &Lab, number: usize) -> Vec<u16> {
    let reached = |port: u16| {
        let address = format!("{}:{port}", lab.fleet.address(number - 1)).parse().expect("an address");
        std::net::TcpStream::connect_timeout(&address, Duration::from_millis(300)).is_ok()
    };
    let ports = [22, 80, 4646, 4647, 4648, 8300, 8301, 8302, 8500, 8501, 8502, 8503, 8600, 20000];
    ports.into_iter().filter(|port| reached(*port)).collect()
}

/// Docker's containers, whether its own program is there or not.
const CONTAINERS: &str = "curl -sS --unix-socket /run/docker.sock 'http://docker/containers/json?all=1' 2>/dev/null | grep -o '\"Id\":\"[0-9a-f]*'";

/// Something that runs, in Docker, made of what is on the host.
pub fn job(lab: &Lab) {
    for number in [4, 5] {
        let image = "set -e; D=$(mktemp -d); mkdir -p $D/bin; cp /bin/sleep $D/bin; for L in $(ldd /bin/sleep | grep -o '/[^ ]*'); do mkdir -p $D$(dirname $L); cp $L $D$L; done; tar -C $D -c . | curl -sS --unix-socket /run/docker.sock -H 'Content-Type: application/x-tar' --data-binary @- 'http://docker/images/create?fromSrc=-&repo=lab&tag=1'";
        if number == 4 {
            let made = lab.on(number, image);
            assert!(made.contains("sha256:"), "{made}");
        } else {
            lab.on(number, &format!("systemctl start docker; {image}"));
        }
    }
    let jobspec = lab.here.path("objects/sleeper.nomad.hcl");
    let text = "job \"sleeper\" {\n group \"g\" {\n task \"t\" {\n driver = \"docker\"\n config {\n image = \"lab:1\"\n command = \"/bin/sleep\"\n args = [\"100000\"]\n }\n resources {\n cpu = 50\n memory = 32\n }\n }\n }\n}\n";
    std::fs::write(&jobspec, text).expect("a file can be written");
    let (ran, said) = lab.nomad(&["job", "run", &jobspec.display().to_string()]);
    assert!(ran, "{said}");
    lab.say("a job runs");
    assert_eq!(lab.on(4, CONTAINERS).lines().count(), 1);
}

/// Nothing of ours is on a host any more, and people can still log in.
pub fn clean(lab: &Lab, number: usize) {
    let left = "ls -d /etc/lostops /var/lib/lostops /opt/*/data /etc/nomad.d/*.json /etc/consul.d/*.json /usr/local/bin/* /etc/systemd/system/{nomad,consul}.service 2>/dev/null; pgrep -x 'nomad|consul'; nft list tables | grep lostops";
    let left = lab.on(number, &format!("{left}; {CONTAINERS}"));
    assert_eq!(left, "", "something is left on h{number}");
}
