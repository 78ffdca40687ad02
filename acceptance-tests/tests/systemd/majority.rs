//! The worst night: most servers are gone for ever. Nothing is made worse by an apply, and what is left becomes a cluster
//! again, as the guide says.

use super::lab::Lab;
use super::story::{clean, job, nothing_to_do};

/// What the guide tells to do on the server that is left.
const AGREE: &str = "systemctl stop nomad; cd /opt/nomad/data/server; \
    printf '[{\"id\": \"%s\", \"address\": \"10.99.0.11:4647\"}]' \"$(cat node-id)\" >raft/peers.json; \
    chown --reference=raft raft/peers.json; systemctl start nomad";

/// Two of three servers are lost; the third goes on with two new ones, and the work was never away.
pub fn lost(lab: &mut Lab) {
    lab.config(&[1, 2, 3], &[4], "");
    lab.apply("three servers and a client");
    job(lab);
    lab.fleet.cut(1);
    lab.fleet.cut(2);
    lab.config(&[1, 5, 6], &[4], "");
    let nothing = "nothing, as long as none of the servers leads: 2 of 3 servers are lost (h2, h3)";
    lab.run(&["plan"]).ok().says(nothing);
    let apply = lab.run(&["apply", "-auto-approve"]);
    apply.exits(1).says("2 of 3 servers are lost (h2, h3)").says("see the guide");
    assert_eq!(lab.on(5, "ls -A /etc/lostops 2>/dev/null"), "", "nothing was begun");
    lab.say("nothing is made worse");

    lab.on(1, AGREE);
    lab.nomad_says(&["server", "members"], |said| said.contains("alive") && said.contains("true"));
    lab.run(&["plan"])
        .ok()
        .says("strike server h2 from the cluster's lists")
        .says("set up server h5: it is new");
    lab.apply("one that was left and two that are new");
    lab.nomad_says(&["operator", "raft", "list-peers"], |said| {
        said.matches("true").count() == 3 && ["h1", "h5", "h6"].iter().all(|host| said.contains(host))
    });
    lab.nomad_says(&["job", "status", "sleeper"], |said| said.contains("running"));
    nothing_to_do(lab);
    let outcome = lab.run(&["destroy", "-auto-approve"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    for number in [1, 4, 5, 6] {
        clean(lab, number);
    }
    lab.here.check_leftovers();
}
