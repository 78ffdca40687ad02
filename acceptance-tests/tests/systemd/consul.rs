//! The same hosts with Consul beside Nomad: what it knows, who may ask it, and that it goes where the cluster goes.

use std::time::Duration;

use acceptance_tests::wait_until;
use serde_json::Value;

use super::lab::Lab;
use super::story::{clean, nothing_to_do, open_ports, secrets_are_kept};

/// A service that is checked over TCP, by the identity of its job, and a task that reads a key by its own; in a namespace
/// that somebody made.
const JOB: &str = r#"job "web" {
  namespace = "team"
  group "g" {
    network {
      port "http" {
        to = 8080
      }
    }
    service {
      name = "web"
      port = "http"
      check {
        type     = "tcp"
        interval = "2s"
        timeout  = "2s"
      }
    }
    task "t" {
      driver = "docker"
      consul {}
      config {
        image   = "lab:1"
        command = "/usr/bin/perl"
        args    = ["-MIO::Socket::INET", "-e", "my $s = IO::Socket::INET->new(Listen => 5, LocalPort => 8080, ReuseAddr => 1) or die; while (my $c = $s->accept) { close $c }"]
        ports   = ["http"]
      }
      template {
        data        = "{{ key \"greeting\" }}"
        destination = "local/greeting"
      }
      resources {
        cpu    = 50
        memory = 48
      }
    }
  }
}
"#;

/// An image of what is on the host.
const IMAGE: &str = "set -e; systemctl start docker; D=$(mktemp -d); mkdir -p $D/usr/bin $D/bin; cp /usr/bin/perl $D/usr/bin; \
    mkdir -p $D/usr/lib/x86_64-linux-gnu; cp -r /usr/lib/x86_64-linux-gnu/perl-base $D/usr/lib/x86_64-linux-gnu; \
    for L in $(ldd /usr/bin/perl | grep -o '/[^ ]*'); do mkdir -p $D$(dirname $L); cp $L $D$L; done; tar -C $D -c . \
    | curl -sS --unix-socket /run/docker.sock -H 'Content-Type: application/x-tar' --data-binary @- 'http://docker/images/create?fromSrc=-&repo=lab&tag=1'";

/// What rotates everything once.
const ROTATED: &str = "rotate {\n certs = 1\n gossip = 1\n tokens = 1\n }";

/// A cluster with Consul from its first day to its last.
pub fn life(lab: &mut Lab) {
    lab.config(&[1, 2, 3], &[4], "");
    lab.apply("three servers and a client with Consul");
    nothing_to_do(lab);
    members(lab, &["h1", "h2", "h3", "h4"]);
    voters(lab, &["h1", "h2", "h3"]);
    closed(lab);
    lab.consul_says(&["catalog", "nodes", "-service=nomad"], |said| {
        ["h1", "h2", "h3"].iter().all(|host| said.contains(host))
    });
    lab.consul_says(&["catalog", "nodes", "-service=nomad-client"], |said| said.contains("h4"));
    lab.say("Nomad is in Consul's catalogue");
    job(lab);

    lab.config(&[1, 2, 3], &[4, 5], "");
    let before = starts(lab, 1);
    lab.apply("one more client");
    assert_eq!(starts(lab, 1), before, "no server starts anew because a client comes");
    members(lab, &["h1", "h2", "h3", "h4", "h5"]);
    nothing_to_do(lab);
    let image = lab.on(5, IMAGE);
    assert!(image.contains("sha256:"), "{image}");
    lab.config(&[1, 2, 3], &[5], "");
    lab.apply("a client less");
    served(lab, "h5");
    members(lab, &["h1", "h2", "h3", "h5"]);
    lab.consul_says(&["catalog", "nodes"], |said| !said.contains("h4"));
    clean(lab, 4);
    nothing_to_do(lab);

    rotation(lab);
    upgrade(lab);
    loss(lab);
    shrink(lab);
    end(lab, &[6, 5]);
}

/// A client that does not answer while gossip keys become others knows none that counts when it is back.
pub fn away(lab: &mut Lab) {
    lab.config(&[1], &[2], "");
    lab.apply("a server and a client with Consul");
    members(lab, &["h1", "h2"]);
    lab.fleet.cut(1);
    lab.host_says(1, &asked("/v1/agent/members"), |said| said.contains("\"Status\":4"));
    lab.config(&[1], &[2], "rotate {\n gossip = 1\n }");
    lab.run(&["apply", "-auto-approve"]).exits(1).says("h2: ");
    lab.say("gossip keys have changed without it");
    lab.fleet.power(1);
    lab.apply("it is back");
    members(lab, &["h1", "h2"]);
    nothing_to_do(lab);
    end(lab, &[1, 2]);
}

fn job(lab: &Lab) {
    let image = lab.on(4, IMAGE);
    assert!(image.contains("sha256:"), "{image}");
    assert!(lab.consul(&["kv", "put", "greeting", "hello"]).0);
    let jobspec = lab.here.path("objects/web.nomad.hcl");
    std::fs::write(&jobspec, JOB).expect("a file can be written");
    assert!(lab.nomad(&["namespace", "apply", "team"]).0);
    let (ran, said) = lab.nomad(&["job", "run", &jobspec.display().to_string()]);
    assert!(ran, "{said}");
    served(lab, "h4");
    let tokens = tokens(lab);
    let own = tokens.iter().filter(|token| token["AuthMethod"] == "nomad-workloads").collect::<Vec<_>>();
    assert!(own.iter().any(|token| token["ServiceIdentities"][0]["ServiceName"] == "web"), "{own:?}");
    assert!(own.iter().any(|token| token["Roles"][0]["Name"] == "nomad-tasks"), "{own:?}");
    let greeting = lab.on(4, "cat /opt/nomad/data/alloc/*/t/local/greeting");
    assert_eq!(greeting, "hello", "a task reads what its own identity may read");
    lab.say("a job runs, and is known by its own identity");
}

/// The service is healthy there, and nowhere else.
#[track_caller]
fn served(lab: &Lab, host: &str) {
    lab.host_says(1, &asked("/v1/health/service/web?passing"), |said| {
        let there: Vec<Value> = serde_json::from_str(said).unwrap_or_default();
        matches!(&there[..], [one] if one["Node"]["Node"] == host)
    });
}

/// Other certificates, gossip keys and tokens; what was before counts no more, and the job never was away.
fn rotation(lab: &Lab) {
    let token = |lab: &Lab| lab.here.state().attribute("lostops_cluster.c.consul.token").clone();
    let (before, keys) = (token(lab), lab.consul(&["keyring", "-list"]).1);
    let old: Vec<Value> = tokens(lab);
    let consul = "journalctl -u consul --no-pager -o cat | grep -c Started";
    let starts = lab.on(5, consul);
    watch(lab, "/v1/health/service/web?passing&stale");
    lab.config(&[1, 2, 3], &[5], ROTATED);
    lab.apply("other certificates, gossip keys and tokens");
    never_away(lab);
    assert_eq!(lab.on(5, consul), starts, "a client's Consul takes another token without a restart");
    assert_ne!(token(lab), before);
    members(lab, &["h1", "h2", "h3", "h5"]);
    let now = lab.consul(&["keyring", "-list"]).1;
    let listed =
        |said: &str| said.lines().filter(|line| line.contains("= [")).map(str::to_owned).collect::<Vec<_>>();
    assert!(listed(&now) != listed(&keys) && listed(&now).len() == listed(&keys).len(), "{keys}{now}");
    served(lab, "h5");
    lab.nomad_says(&["node", "status"], |said| said.contains("ready"));
    nothing_to_do(lab);
    let made = |token: &Value| !token["AuthMethod"].is_string() && token["AccessorID"] != ANONYMOUS;
    let left = wait_until(Duration::from_mins(1), || {
        tokens(lab)
            .iter()
            .filter(|token| made(token))
            .all(|token| !old.iter().any(|o| o["AccessorID"] == token["AccessorID"]))
    });
    assert!(left, "an old token still counts: {:?}", tokens(lab));
    for number in [1, 2, 3, 5] {
        let refused =
            "journalctl -u consul --no-pager -o cat --since -20s | grep -c 'blocked by ACLs\\|ACL not found'";
        lab.host_says(number, refused, |said| said == "0");
    }
    lab.say("what was before counts no more");
}

/// Another Consul, by its name: the archive is the same. Who is first to be changed keeps a snapshot of all.
fn upgrade(lab: &mut Lab) {
    let (front, patch) = lab.discovery.rsplit_once('.').expect("a version");
    let patch: u32 = patch.trim_matches('"').parse().expect("a number");
    lab.discovery = format!("{front}.{}\"", patch + 1);
    lab.config(&[1, 2, 3], &[5], ROTATED);
    // An agent that starts anew checks anew: what it knows stays in the catalogue, and passes a moment later.
    watch(lab, "/v1/catalog/service/web?stale");
    lab.apply("another Consul");
    never_away(lab);
    voters(lab, &["h1", "h2", "h3"]);
    members(lab, &["h1", "h2", "h3", "h5"]);
    let kept = [1, 2, 3].map(|number| {
        lab.on(number, "for FILE in /var/backups/lostops/consul-*.snap; do [ ! -e $FILE ] || { stat -c %a $FILE; consul snapshot inspect $FILE; }; done 2>&1")
    });
    let kept: Vec<&String> = kept.iter().filter(|said| !said.is_empty()).collect();
    assert!(matches!(kept[..], [one] if one.starts_with("600") && one.contains("Index")), "{kept:?}");
    nothing_to_do(lab);
}

/// Asks for the service all the time, at a server that answers with just what it knows.
fn watch(lab: &Lab, path: &str) {
    let ask = asked(path).replace('\'', "\"");
    let once = format!("{ask} -w \"%{{http_code}}\" >>/run/seen; echo >>/run/seen; sleep 0.3");
    let all = format!("while [ ! -e /run/enough ]; do {once}; done");
    lab.on(1, &format!("rm -f /run/seen /run/enough; nohup sh -c '{all}' >/dev/null 2>&1 &"));
}

/// The service never was away. That a server is, while it is changed, is no answer.
#[track_caller]
fn never_away(lab: &Lab) {
    let seen = lab.on(1, "touch /run/enough; sleep 1; cut -c -300 /run/seen");
    let there = seen.lines().filter(|line| line.starts_with("[{")).count();
    let away = seen.lines().filter(|line| *line == "[]200").count();
    assert!(there > 5 && away == 0, "there {there} times, away {away} times");
}

/// Everybody's token, which Consul makes by itself.
const ANONYMOUS: &str = "00000000-0000-0000-0000-000000000002";

/// A server is lost, and another takes its place.
fn loss(lab: &mut Lab) {
    lab.fleet.cut(1);
    lab.config(&[1, 3, 6], &[5], ROTATED);
    lab.apply("another server for one that is lost");
    voters(lab, &["h1", "h3", "h6"]);
    members(lab, &["h1", "h3", "h5", "h6"]);
    lab.consul_says(&["catalog", "nodes"], |said| !said.contains("h2"));
    served(lab, "h5");
    nothing_to_do(lab);
}

/// Of three servers one is left.
fn shrink(lab: &Lab) {
    lab.config(&[6], &[5], ROTATED);
    lab.apply("one server of three");
    voters(lab, &["h6"]);
    members(lab, &["h5", "h6"]);
    lab.host_says(6, &asked("/v1/health/service/web?passing"), |said| said.contains("h5"));
    clean(lab, 1);
    clean(lab, 3);
    nothing_to_do(lab);
}

fn end(lab: &Lab, hosts: &[usize]) {
    let outcome = lab.run(&["destroy", "-auto-approve"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}\n{}", lab.progress());
    for number in hosts {
        clean(lab, *number);
    }
    lab.say("nothing is left");
    lab.here.check_leftovers();
}

/// These and no others are members that live; who has left may be remembered.
#[track_caller]
fn members(lab: &Lab, hosts: &[&str]) {
    lab.consul_says(&["members"], |said| {
        let mut alive: Vec<&str> = said
            .lines()
            .skip(1)
            .filter(|line| !line.contains(" left "))
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        alive.sort_unstable();
        alive == hosts && said.matches(" alive ").count() == hosts.len()
    });
}

/// These and no others vote.
#[track_caller]
fn voters(lab: &Lab, hosts: &[&str]) {
    lab.consul_says(&["operator", "raft", "list-peers"], |said| {
        let mut peers: Vec<&str> = said
            .lines()
            .skip(1)
            .filter(|line| line.contains(" true "))
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        peers.sort_unstable();
        peers == hosts && said.lines().count() == hosts.len() + 1
    });
}

/// Nobody is let in without a token or in clear, no port is open that the matrix does not name.
fn closed(lab: &Lab) {
    secrets_are_kept(lab);
    for words in [&["kv", "get", "greeting"][..], &["acl", "token", "list"], &["keyring", "-list"]] {
        let (let_in, said) = lab.consul_as_nobody(words);
        assert!(!let_in && (said.contains("403") || said.contains("denied by ACLs")), "{words:?}: {said}");
    }
    let seen = lab.consul_as_nobody(&["catalog", "services"]).1;
    assert!(!seen.contains("nomad") && lab.consul(&["catalog", "services"]).1.contains("nomad"), "{seen}");
    assert_eq!(open_ports(lab, 4), [22, 4646], "what the matrix names for a client and an administrator");
    assert_eq!(open_ports(lab, 1), [22, 4646, 8501], "what it names for a server");
    let clear = lab.on(1, "curl -sS -m 5 http://127.0.0.1:8500/v1/status/leader 2>&1; echo code=$?");
    assert!(clear.ends_with("code=7"), "{clear}");
    let strange = lab.on(4, "curl -sS -m 5 -k https://10.99.0.11:8300/ 2>&1; echo code=$?");
    assert!(!strange.ends_with("code=0"), "{strange}");
}

fn tokens(lab: &Lab) -> Vec<Value> {
    let (answered, said) = lab.consul(&["acl", "token", "list", "-format=json"]);
    assert!(answered, "{said}");
    serde_json::from_str(&said).expect("a list")
}

/// How often Consul and Nomad were started on a host.
fn starts(lab: &Lab, number: usize) -> String {
    lab.on(number, "journalctl -u nomad -u consul --no-pager -o cat | grep -c 'Started'")
}

/// What shows an answer of Consul's on a server, asked with the first token.
fn asked(path: &str) -> String {
    format!(
        "curl -sS -m 20 -K /etc/lostops/bootstrap/curl -H @/etc/lostops/bootstrap/consul.token 'https://127.0.0.1:8501{path}'"
    )
}
