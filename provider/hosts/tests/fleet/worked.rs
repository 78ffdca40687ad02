//! In which order steps are done, and what is left when one cannot be.

use std::sync::OnceLock;
use std::time::Duration;

use hosts::converge::script;
use hosts::fleet::{Crew, Done, Known, Machines, Orders, Sight, Step, plan};
use hosts::secrets::RootSecrets;
use hosts::spec::{
    ClusterSpec, Discovery, Firewall, Host, Introduction, Pool, Release, Role, Security, Source,
};

use super::planned::{known, role, wanted};
use super::world::World;

fn spec(hosts: &[&str]) -> ClusterSpec {
    let pool = |part: Role| {
        let hosts = hosts.iter().filter(|host| role(host) == part);
        let host = |host: &&str| Host { name: (*host).to_owned(), ..Host::default() };
        Pool::of(part, hosts.map(host).collect())
    };
    ClusterSpec {
        name: "lab".into(),
        region: "global".into(),
        datacenter: "dc1".into(),
        nomad: Release { version: hosts::cluster::NOMAD, source: Source::Official },
        discovery: Discovery::Nomad,
        pools: [("servers", Role::Server), ("clients", Role::Client), ("both", Role::Both)]
            .map(|(name, part)| (name.to_owned(), pool(part)))
            .into(),
        firewall: Firewall::default(),
        security: Security::default(),
        logins: Vec::new(),
        ssh_port: 22,
        cni: None,
        time_servers: Vec::new(),
    }
}

pub fn root() -> RootSecrets {
    static ROOT: OnceLock<RootSecrets> = OnceLock::new();
    ROOT.get_or_init(|| RootSecrets::generate("lab", 0).unwrap()).clone()
}

/// Brings a world from what is known to what is wanted.
pub fn work(world: &World, hosts: &[&str], before: &[(&str, Sight)], upgrade: bool) -> Done {
    let known = known(before);
    let steps = plan(&wanted(hosts), &known);
    carry_out(world, hosts, steps, known, upgrade)
}

/// The same for a cluster with that protection.
fn secured(world: &World, hosts: &[&str], before: &[(&str, Sight)], security: Security) -> Done {
    let known = known(before);
    let steps = plan(&wanted(hosts), &known);
    ordered(world, &ClusterSpec { security, ..spec(hosts) }, &orders(hosts, steps, known, false))
}

fn carry_out(world: &World, hosts: &[&str], steps: Vec<Step>, known: Vec<Known>, upgrade: bool) -> Done {
    ordered(world, &spec(hosts), &orders(hosts, steps, known, upgrade))
}

fn orders(hosts: &[&str], steps: Vec<Step>, known: Vec<Known>, upgrade: bool) -> Orders {
    let script = |host: &&str| {
        let print = hosts::blueprint::Blueprint { host: (*host).to_owned(), ..Default::default() };
        ((*host).to_owned(), script(&print).unwrap())
    };
    let all = || hosts.iter().filter(|_| upgrade).map(|host| (*host).to_owned());
    Orders {
        steps,
        founded: known.iter().any(|host| host.finished) && known.iter().all(|host| host.finished),
        known,
        scripts: hosts.iter().map(script).collect(),
        upgraded: all().collect(),
        consul_upgraded: all().collect(),
        restarted: all().collect(),
        at_once: 1,
        deadline: Duration::from_secs(1),
    }
}

/// The same on machines of which some are others than they should be.
pub fn renewing(world: &World, hosts: &[&str], before: &[(&str, Sight)], machines: &dyn Machines) -> Done {
    let known = known(before);
    let steps = plan(&wanted(hosts), &known);
    on(world, &spec(hosts), &orders(hosts, steps, known, false), Some(machines))
}

fn ordered(world: &World, spec: &ClusterSpec, orders: &Orders) -> Done {
    on(world, spec, orders, None)
}

fn on(world: &World, spec: &ClusterSpec, orders: &Orders, machines: Option<&dyn Machines>) -> Done {
    let root = root();
    let consul = Release { version: hosts::cluster::CONSUL, source: Source::Official };
    let discovery = match &mut world.state().consul {
        Some(consul) if consul.keys.is_empty() => {
            let all = consul.members.len();
            consul.keys.insert(root.gossip_key("consul").unwrap().expose().to_owned(), all);
            true
        }
        other => other.is_some(),
    };
    let discovery = if discovery { Discovery::Consul(consul) } else { Discovery::Nomad };
    if world.state().keys.is_empty() {
        world.state().keys.insert(root.gossip_key("nomad").unwrap().expose().to_owned());
    }
    let spec = ClusterSpec { discovery, ..spec.clone() };
    let crew = Crew::new(world, &spec, (&root, None), 8, &|_, _| ()).unwrap().on(machines);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(crew.carry_out(orders))
}

pub const THERE: [(&str, Sight); 5] = [
    ("s1", Sight::Other),
    ("s2", Sight::Other),
    ("s3", Sight::Other),
    ("c1", Sight::Other),
    ("c2", Sight::Other),
];

#[test]
fn a_new_cluster_is_made_all_servers_at_once_and_then_the_clients() {
    let world = World::new(&[]);
    let done = work(&world, &["s1", "s2", "s3", "c1", "c2"], &[], false);
    assert_eq!((done.faults, done.made.len()), (vec![], 5));
    insta::assert_snapshot!(world.state().diary.join(", "), @"converge s1, converge s2, converge s3, 3 at once, introduce c1 by c1/default, converge c1, introduce c2 by c2/default, converge c2, 2 at once");
}

#[test]
fn servers_of_a_living_cluster_change_one_by_one_and_the_leader_last() {
    let world = World::new(&["s1", "s2", "s3", "c1", "c2"]);
    let done = work(&world, &["s1", "s2", "s3", "c1", "c2"], &THERE, true);
    assert_eq!(done.faults, []);
    insta::assert_snapshot!(
        world.state().diary.join(", "),
        @"snapshot, converge s2, converge s3, converge s1, drain c1, converge c1, welcome c1, drain c2, converge c2, welcome c2"
    );
}

#[test]
fn a_server_that_refuses_stops_what_comes_after_it_and_that_is_said() {
    let world = World::new(&["s1", "s2", "s3", "c1"]);
    world.state().broken.insert("s3".into());
    let done = work(&world, &["s1", "s2", "s3", "c1"], &THERE[..4], false);
    assert_eq!(done.made.into_iter().collect::<Vec<_>>(), ["s2"]);
    assert_eq!(done.faults[0].host.as_deref(), Some("s3"));
    assert_eq!(done.faults[1].what, "Left as they are: s1, c1");
}

#[test]
fn a_client_that_refuses_hinders_no_other_but_nobody_leaves() {
    let world = World::new(&["s1", "c1", "c2"]);
    world.state().broken.insert("c1".into());
    let there = [("s1", Sight::Same), ("c1", Sight::Other), ("c2", Sight::Other), ("c3", Sight::Same)];
    let done = work(&world, &["s1", "c1", "c2"], &there, false);
    assert_eq!(done.made.into_iter().collect::<Vec<_>>(), ["c2"]);
    assert!(done.gone.is_empty());
    assert_eq!(done.faults.last().unwrap().what, "Left as they are: c3");
}

#[test]
fn who_goes_is_emptied_first_and_struck_from_every_list() {
    let world = World::new(&["s1", "s2", "s3", "c1", "c2"]);
    let there = THERE.map(|(host, _)| (host, Sight::Same));
    let done = work(&world, &["s2", "c2"], &there[..], false);
    assert_eq!(done.faults, []);
    insta::assert_snapshot!(
        world.state().diary.join(", "),
        @"drain c1, clear c1, dismiss s1, clear s1, dismiss s3, clear s3"
    );
}

#[test]
fn a_lost_server_is_replaced_without_touching_it() {
    let world = World::new(&["s1", "s3"]);
    world.state().voters.insert("s2".into());
    let there = [("s1", Sight::Same), ("s2", Sight::Silent), ("s3", Sight::Same)];
    let done = work(&world, &["s1", "s3", "s4"], &there, false);
    assert_eq!((done.faults, done.gone.len()), (vec![], 1));
    insta::assert_snapshot!(world.state().diary.join(", "), @"converge s4, dismiss s2");
}

#[test]
fn another_gossip_key_is_known_to_all_before_it_is_used_and_the_old_one_goes_last() {
    let world = World::new(&["s1", "s2", "s3"]);
    world.state().keys.insert("an old one".into());
    let done = work(&world, &["s1", "s2", "s3"], &THERE[..3], false);
    assert_eq!(done.faults, []);
    insta::assert_snapshot!(
        world.state().diary.join(", "),
        @"install a key, converge s2, converge s3, converge s1, use a key, remove a key"
    );
}

#[test]
fn a_server_that_was_lost_just_now_does_not_hinder_the_gossip_keys() {
    let world = World::new(&["s1", "s3", "s4"]);
    world.state().voters = ["s1", "s2", "s3"].map(str::to_owned).into();
    world.state().unmissed = 2;
    let there = [("s1", Sight::Same), ("s2", Sight::Silent), ("s3", Sight::Same)];
    let done = work(&world, &["s1", "s3", "s4"], &there, false);
    assert_eq!((done.faults, done.gone.len()), (vec![], 1));
}

#[test]
fn who_is_left_of_a_lost_majority_goes_on_once_it_leads_itself() {
    let world = World::new(&["s1", "s4"]);
    let known = known(&[("s1", Sight::Same), ("s2", Sight::Silent), ("s3", Sight::Silent)]);
    let wanted = wanted(&["s1", "s4"]);
    let root = root();
    let crew = Crew::new(&world, &spec(&["s1", "s4"]), (&root, None), 8, &|_, _| ()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    world.state().voters = ["s1", "s2", "s3"].map(str::to_owned).into();
    let fault = runtime.block_on(crew.decides(&wanted, &known)).unwrap_err();
    assert_eq!(fault.cause, "2 of 3 servers are lost (s2, s3)");
    world.state().voters = ["s1".to_owned()].into();
    assert_eq!(runtime.block_on(crew.decides(&wanted, &known)), Ok(()));
}

#[test]
fn nobody_is_restarted_while_a_server_is_lost() {
    let world = World::new(&["s1", "s3"]);
    world.state().voters.insert("s2".into());
    let there = [("s1", Sight::Other), ("s2", Sight::Silent), ("s3", Sight::Other)];
    let done = work(&world, &["s1", "s2", "s3"], &there, true);
    assert_eq!(
        done.faults[0].cause,
        "its agents would start anew while s2 is lost, and the cluster with them"
    );
    assert!(world.state().diary.is_empty());
}

#[test]
fn who_is_silent_but_lives_is_not_struck_from_the_lists() {
    let world = World::new(&["s1", "s2", "s3", "c1"]);
    let there = [("s1", Sight::Same), ("s2", Sight::Same), ("s3", Sight::Same), ("c1", Sight::Silent)];
    let done = work(&world, &["s1", "s2", "s3"], &there, false);
    assert_eq!(done.faults[0].cause, "it does not answer us, but Nomad says that it lives");
    assert!(done.gone.is_empty());
}

#[test]
fn a_cluster_that_was_never_founded_is_finished_all_at_once() {
    let world = World::new(&[]);
    let mut known = known(&[("s1", Sight::Other), ("s2", Sight::Blank), ("s3", Sight::Blank)]);
    for host in &mut known[1..] {
        host.finished = false;
    }
    let steps = plan(&wanted(&["s1", "s2", "s3"]), &known);
    assert_eq!(steps.len(), 3);
    world.state().up.insert("s1".into());
    world.state().voters.extend(["s1", "s2", "s3"].map(String::from));
    let done = carry_out(&world, &["s1", "s2", "s3"], steps, known, false);
    assert_eq!((done.faults, done.made.len()), (vec![], 3));
    assert!(world.state().diary.iter().any(|line| line == "3 at once"));
}

#[test]
fn a_client_that_comes_is_introduced_unless_nobody_asks_for_that() {
    let world = World::new(&["s1", "c1"]);
    let work = |security| {
        world.state().diary.clear();
        let there = [("s1", Sight::Same), ("c1", Sight::Blank)];
        let done = secured(&world, &["s1", "c1", "c2"], &there, security);
        world.state().up.remove("c2");
        assert_eq!(done.faults, []);
        world.state().diary.join(", ")
    };
    insta::assert_snapshot!(work(Security::default()), @"introduce c1 by c1/default, converge c1, introduce c2 by c2/default, converge c2, 2 at once");
    let nobody = Security { introduction: Introduction::None, ..Security::default() };
    insta::assert_snapshot!(work(nobody), @"converge c1, converge c2, 2 at once");
}

#[test]
fn a_lost_server_hinders_no_client() {
    let world = World::new(&["s1", "s3", "c1"]);
    world.state().voters.insert("s2".into());
    world.state().broken.insert("s2".into());
    let there = [("s1", Sight::Same), ("s2", Sight::Silent), ("s3", Sight::Same), ("c1", Sight::Other)];
    let done = work(&world, &["s1", "s2", "s3", "c1", "c2"], &there, false);
    assert_eq!(done.made.into_iter().collect::<Vec<_>>(), ["c1", "c2"]);
    assert_eq!(done.faults.iter().map(|fault| fault.host.as_deref()).collect::<Vec<_>>(), [Some("s2")]);
}

#[test]
fn a_lost_server_hinders_no_client_that_goes_and_is_not_asked() {
    let world = World::new(&["s1", "s3", "s4", "c1", "c2"]);
    world.state().voters.insert("s2".into());
    world.state().broken.insert("s2".into());
    let there = ["s1", "s3", "s4", "c1", "c2"].map(|host| (host, Sight::Same));
    let there = [&there[..], &[("s2", Sight::Silent)]].concat();
    let done = work(&world, &["s1", "s2", "s3", "c1"], &there, false);
    assert_eq!(done.gone.into_iter().collect::<Vec<_>>(), ["c2"]);
    assert_eq!(done.faults[0].host.as_deref(), Some("s2"));
    assert_eq!(done.faults[1].what, "Left as they are: s4", "every other server is needed");
    insta::assert_snapshot!(world.state().diary.join(", "), @"drain c2, clear c2");
    assert!(world.state().vain.is_empty(), "{:?}", world.state().vain);
}

#[test]
fn what_runs_is_ended_before_its_host_is_cleared_if_it_is_given_time() {
    for (time, diary) in [
        (Some(Duration::from_secs(1)), "drain c1, drain c2, clear c1, clear c2, clear s1"),
        (None, "clear c1, clear c2, clear s1"),
    ] {
        let world = World::new(&["s1", "c1", "c2"]);
        let root = root();
        let crew = Crew::new(&world, &spec(&["s1", "c1", "c2"]), (&root, None), 8, &|_, _| ()).unwrap();
        let hosts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let done = runtime.block_on(crew.dissolve(&hosts(&["c1", "c2"]), &hosts(&["s1"]), time));
        assert_eq!((done.faults, done.gone.len()), (vec![], 3));
        assert_eq!(world.state().diary.join(", "), diary);
    }
}
