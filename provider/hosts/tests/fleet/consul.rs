//! What happens to Consul beside Nomad: who goes is struck from its lists as well, and its tokens go with what they were for.

use hosts::fleet::Sight;

use super::worked::{THERE, root, work};
use super::world::World;

#[test]
fn a_lost_server_and_a_client_that_goes_are_struck_from_its_lists() {
    let world = World::with_consul(&["s1", "s3", "c1", "c2"]);
    world.state().voters.insert("s2".into());
    let consul = |world: &World| {
        let state = world.state();
        let consul = state.consul.as_ref().unwrap();
        (
            consul.members.iter().cloned().collect::<Vec<_>>(),
            consul.voters.iter().cloned().collect::<Vec<_>>(),
        )
    };
    {
        let mut state = world.state();
        let consul = state.consul.as_mut().unwrap();
        consul.members.insert("s2".into());
        consul.voters.insert("s2".into());
    }
    let there = [
        ("s1", Sight::Same),
        ("s2", Sight::Silent),
        ("s3", Sight::Same),
        ("c1", Sight::Same),
        ("c2", Sight::Same),
    ];
    let done = work(&world, &["s1", "s3", "s4", "c1"], &there, false);
    assert_eq!((done.faults, done.gone.len()), (vec![], 2));
    insta::assert_snapshot!(
        world.state().diary.join(", "),
        @"converge s4, drain c2, clear c2, Consul: strike c2, dismiss s2, Consul: dismiss s2, Consul: strike s2"
    );
    assert_eq!(
        consul(&world),
        (
            vec!["c1".into(), "s1".into(), "s3".into(), "s4".into()],
            vec!["s1".into(), "s3".into(), "s4".into()]
        )
    );
}

#[test]
fn both_keep_a_snapshot_before_they_become_others() {
    let world = World::with_consul(&["s1", "s2", "s3"]);
    let done = work(&world, &["s1", "s2", "s3"], &THERE[..3], true);
    assert_eq!(done.faults, []);
    insta::assert_snapshot!(
        world.state().diary.join(", "),
        @"snapshot, Consul: snapshot, converge s2, converge s3, converge s1"
    );
}

#[test]
fn tokens_of_before_and_of_hosts_that_are_gone_are_taken_back_and_nobody_elses() {
    let world = World::with_consul(&["s1"]);
    let accessor = |usage: &str| root().accessor(usage).unwrap();
    {
        let mut state = world.state();
        let tokens = [("old", "Bootstrap Token"), ("first", "Bootstrap Token"), ("theirs", "deploy")];
        state.tokens = tokens.map(|(name, words)| (name.to_owned(), words.to_owned())).into();
        let tokens = [
            ("first", "Initial Management Token"),
            ("old", "Initial Management Token"),
            ("gone", "Made by lostops: consul/agent/c7"),
            ("theirs", "deploy"),
            (&accessor("consul/agent/s1"), "Made by lostops: consul/agent/s1"),
            (&accessor("consul/nomad-client"), "Made by lostops: consul/nomad-client"),
        ];
        state.consul.as_mut().unwrap().tokens =
            tokens.map(|(name, words)| (name.to_owned(), words.to_owned())).into();
    }
    let done = work(&world, &["s1"], &[("s1", Sight::Same)], false);
    assert_eq!(done.faults, []);
    insta::assert_snapshot!(
        world.state().diary.join(", "),
        @"take back old, Consul: take back gone, Consul: take back old"
    );
}

#[test]
fn a_gossip_key_that_only_some_agents_know_is_brought_to_the_others() {
    let world = World::with_consul(&["s1", "s2", "s3"]);
    {
        let mut state = world.state();
        let key = root().gossip_key("consul").unwrap().expose().to_owned();
        state.consul.as_mut().unwrap().keys = [(key, 2), ("an old one".into(), 3)].into();
    }
    let done = work(&world, &["s1", "s2", "s3"], &THERE[..3], false);
    assert_eq!(done.faults, []);
    insta::assert_snapshot!(
        world.state().diary.join(", "),
        @"Consul: install a key, converge s2, converge s3, converge s1, Consul: change a key, Consul: change a key"
    );
}
