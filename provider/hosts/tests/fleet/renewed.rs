//! Machines under hosts that are switched off and on again: in which order, and what stops that.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use hosts::Fault;
use hosts::fleet::{Done, Machines, Sight};
use hosts::spec::Role;

use super::planned::role;
use super::worked::{THERE, renewing};
use super::world::World;

/// The machines of a world.
struct Garage<'a> {
    world: &'a World,
    renewed: BTreeSet<&'a str>,
    /// Those that do not come back.
    broken: BTreeSet<&'a str>,
}

impl Machines for Garage<'_> {
    fn renews(&self, host: &str) -> bool {
        self.renewed.contains(host)
    }

    fn renew<'a>(&'a self, host: &'a str) -> Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>> {
        Box::pin(async move {
            self.world.goes_off(host);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            if self.broken.contains(host) {
                return Err(Fault::of_host(host, "it does not come back", "no", "see"));
            }
            self.world.state().up.insert(host.to_owned());
            Ok(())
        })
    }
}

fn renew(world: &World, hosts: &[&str], before: &[(&str, Sight)], broken: &[&str]) -> Done {
    let renewed = hosts.iter().copied().collect();
    let garage = Garage { world, renewed, broken: broken.iter().copied().collect() };
    renewing(world, hosts, before, &garage)
}

const ALL: [&str; 5] = ["s1", "s2", "s3", "c1", "c2"];

#[test]
fn servers_are_off_one_by_one_and_clients_when_they_are_empty() {
    let world = World::new(&ALL);
    let done = renew(&world, &ALL, &THERE, &[]);
    assert_eq!((done.faults, done.made.len()), (vec![], 5));
    insta::assert_snapshot!(
        world.state().diary.join(", "),
        @"off s2, converge s2, off s3, converge s3, off s1, converge s1, drain c1, off c1, converge c1, welcome c1, drain c2, off c2, converge c2, welcome c2"
    );
    assert_eq!(world.state().fewest, Some(2), "there was a majority all the time");
}

#[test]
fn a_machine_that_does_not_come_back_stops_what_comes_after_it() {
    let world = World::new(&ALL);
    let done = renew(&world, &ALL, &THERE, &["s2"]);
    assert!(done.made.is_empty(), "{done:?}");
    insta::assert_snapshot!(world.state().diary.join(", "), @"off s2");
    assert_eq!(done.faults.last().unwrap().what, "Left as they are: s1, s3, c1, c2");
    assert_eq!(world.state().fewest, Some(2));

    let world = World::new(&ALL);
    let servers_are_fine =
        THERE.map(|(host, sight)| (host, if role(host) == Role::Server { Sight::Same } else { sight }));
    let done = renew(&world, &ALL, &servers_are_fine, &["c1"]);
    assert!(done.made.is_empty(), "{done:?}");
    insta::assert_snapshot!(world.state().diary.join(", "), @"drain c1, off c1");
    assert_eq!(done.faults.last().unwrap().what, "Left as they are: c2");
}

#[test]
fn no_machine_is_switched_off_while_a_server_is_lost() {
    let world = World::new(&["s1", "s3"]);
    world.state().voters.insert("s2".into());
    let there = [("s1", Sight::Other), ("s2", Sight::Silent), ("s3", Sight::Other)];
    let done = renew(&world, &["s1", "s2", "s3"], &there, &[]);
    assert!(done.faults[0].cause.contains("while s2 is lost"), "{done:?}");
    assert!(world.state().diary.is_empty());
}

#[test]
fn the_machine_of_a_lost_server_may_be_switched_off_as_nobody_misses_it() {
    let world = World::new(&["s1", "s3"]);
    world.state().voters.insert("s2".into());
    let there = [("s1", Sight::Same), ("s2", Sight::Silent), ("s3", Sight::Same)];
    let garage = Garage { world: &world, renewed: ["s2"].into(), broken: [].into() };
    let done = renewing(&world, &["s1", "s2", "s3"], &there, &garage);
    assert_eq!(done.faults, []);
    assert_eq!(world.state().diary.join(", "), "off s2, converge s2");
}

#[test]
fn one_host_that_is_everything_goes_off_and_comes_back() {
    let world = World::new(&["b1"]);
    let done = renew(&world, &["b1"], &[("b1", Sight::Other)], &[]);
    assert_eq!(done.faults, []);
    insta::assert_snapshot!(world.state().diary.join(", "), @"off b1, converge b1");
}

#[test]
fn the_work_of_servers_that_work_goes_elsewhere_before_and_comes_back_before_the_next() {
    let world = World::new(&["b1", "b2", "b3"]);
    let there = ["b1", "b2", "b3"].map(|host| (host, Sight::Other));
    let done = renew(&world, &["b1", "b2", "b3"], &there, &[]);
    assert_eq!(done.faults, []);
    insta::assert_snapshot!(world.state().diary.join(", "), @"drain b2, off b2, converge b2, welcome b2, drain b3, off b3, converge b3, welcome b3, drain b1, off b1, converge b1, welcome b1");
    assert_eq!(world.state().fewest, Some(2));
}

#[test]
fn a_client_that_was_not_finished_shows_its_token_when_its_machine_is_back() {
    let world = World::new(&["s1"]);
    let garage = Garage { world: &world, renewed: ["c1"].into(), broken: [].into() };
    let done = renewing(&world, &["s1", "c1"], &[("s1", Sight::Same)], &garage);
    assert_eq!(done.faults, []);
    insta::assert_snapshot!(world.state().diary.join(", "), @"off c1, introduce c1 by c1/default, converge c1");
}
