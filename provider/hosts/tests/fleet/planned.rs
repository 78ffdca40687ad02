//! What has to happen to which host, in which order.

use hosts::fleet::{Act, Known, Sight, Wanted, majority, plan};
use hosts::spec::Role;

pub fn role(host: &str) -> Role {
    match host.as_bytes() {
        [b's', ..] => Role::Server,
        [b'b', ..] => Role::Both,
        _ => Role::Client,
    }
}

pub fn wanted(hosts: &[&str]) -> Vec<Wanted> {
    hosts.iter().map(|host| Wanted { host: (*host).to_owned(), role: role(host) }).collect()
}

pub fn known(hosts: &[(&str, Sight)]) -> Vec<Known> {
    let of = |(host, sight): &(&str, Sight)| Known {
        host: (*host).to_owned(),
        role: role(host),
        finished: true,
        sight: *sight,
    };
    hosts.iter().map(of).collect()
}

fn steps(wanted: &[Wanted], known: &[Known]) -> Vec<String> {
    plan(wanted, known).iter().map(ToString::to_string).collect()
}

const FINE: [(&str, Sight); 4] =
    [("s1", Sight::Same), ("s2", Sight::Same), ("s3", Sight::Same), ("c1", Sight::Same)];

#[test]
fn a_cluster_is_made_servers_first() {
    insta::assert_snapshot!(steps(&wanted(&["c1", "s1", "s2"]), &[]).join("\n"), @"
    set up server s1: it is new
    set up server s2: it is new
    set up client c1: it is new
    ");
}

#[test]
fn what_is_as_it_should_be_is_left_alone() {
    assert!(steps(&wanted(&["s1", "s2", "s3", "c1"]), &known(&FINE)).is_empty());
}

#[test]
fn who_is_there_changes_before_who_comes_and_who_comes_is_there_before_who_goes() {
    let mut there = known(&FINE);
    for host in &mut there {
        host.sight = Sight::Other;
    }
    insta::assert_snapshot!(steps(&wanted(&["s0", "s1", "s2", "c0", "c2"]), &there).join("\n"), @"
    change what differs on server s1: it is not what it should be
    change what differs on server s2: it is not what it should be
    set up server s0: it is new
    set up client c0: it is new
    set up client c2: it is new
    move the work of client c1 elsewhere, and take lostops off it: it is no longer wanted
    take server s3 out of the cluster, and lostops off it: it is no longer wanted
    ");
}

#[test]
fn a_silent_host_that_nobody_wants_is_only_struck_from_the_lists() {
    let there = [("s1", Sight::Same), ("c1", Sight::Silent)];
    let steps = plan(&wanted(&["s1"]), &known(&there));
    assert_eq!((steps.len(), steps[0].act), (1, Act::Forget));
}

#[test]
fn half_of_the_servers_lost_stops_everything_but_a_cluster_that_never_was_is_no_loss() {
    let wanted = wanted(&["s1", "s2", "s3"]);
    let lost = |second, third| [("s1", Sight::Same), ("s2", second), ("s3", third)];
    let one = known(&lost(Sight::Silent, Sight::Same));
    assert_eq!(majority(&wanted, &one), Ok(()));
    assert_eq!(steps(&wanted, &one), ["set up server s2: it did not answer"]);
    let fault = majority(&wanted, &known(&lost(Sight::Silent, Sight::Blank))).unwrap_err();
    assert_eq!(fault.cause, "2 of 3 servers are lost (s2, s3)");
    let mut never = known(&lost(Sight::Blank, Sight::Silent));
    for host in &mut never[1..] {
        host.finished = false;
    }
    assert_eq!(majority(&wanted, &never), Ok(()));
    assert_eq!(steps(&wanted, &never).len(), 2);
}
